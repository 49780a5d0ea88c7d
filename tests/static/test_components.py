"""Every component in HTML: names, labels, one h1, ids that occur once."""

from collections import Counter

import pytest
from bs4 import BeautifulSoup

from tests.static import site
from tests.static.reading import one
from tests.static.reading import page as soup

PAGES = ("/s/h1/gallery", "/s/h1/second", "/s/h1/form")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_a_title_and_one_heading_that_says_the_same(path):
    page = soup(path)

    title = one(page, "title").get_text()

    heading = one(page, "h1").get_text(strip=True)
    assert title == f"{heading} · Data literacy, autumn"


@pytest.mark.parametrize("path", PAGES)
def test_ids_occur_once_and_references_to_them_exist(path):
    page = soup(path)

    ids = Counter(tag["id"] for tag in page.select("[id]"))
    wanted = {
        name
        for attribute in ("for", "aria-labelledby", "aria-describedby")
        for tag in page.select(f"[{attribute}]")
        for name in str(tag[attribute]).split()
    }

    doubled = [name for name, count in ids.items() if count > 1]
    assert doubled == []
    assert wanted <= set(ids)


def test_every_control_has_a_label():
    page = soup("/s/h1/gallery")

    bare = [
        control
        for control in page.select("input:not([type=hidden]), select, textarea")
        if not control.find_parent("label")
        and not page.find("label", {"for": control.get("id")})
    ]

    assert bare == []


def test_a_wrong_field_names_its_error_and_its_hint():
    page = soup("/s/h1/gallery")

    field = one(page, "input#goal")

    assert field["aria-describedby"] == "goal-hint goal-error"
    assert field["aria-invalid"] == "true"


def test_the_step_at_hand_is_marked_for_those_who_listen():
    page = soup("/s/h1/gallery")

    now = one(page, "[aria-current=step] .step-label")

    assert now.get_text(strip=True) == "Practise"


def test_each_picture_has_its_table_one_click_away():
    page = soup("/s/h1/gallery")

    pictures = page.find_all("figure")

    assert len(pictures) == 4
    assert all(picture.select_one("details table caption") for picture in pictures)


def test_a_funnel_says_where_most_are_lost():
    page = soup("/s/h1/gallery")

    losses = page.select(".funnel .funnel-loss")

    assert [loss.get_text(strip=True) for loss in losses] == [
        "50 fewer",
        "6 fewer",
        "33 fewer",
    ]
    assert [bool(loss.find("strong")) for loss in losses] == [True, False, False]


def test_text_given_to_a_component_is_escaped():
    app, _ = site.make("en")
    source = """{% import "ui.html" as ui %}{% import "forms.html" as f %}
      {{ ui.next_step_card("<b>x</b>", label="<b>y</b>", url="/a") }}
      {{ ui.confirm_button("<b>z</b>", "/a", '"><b>q</b>') }}
      {{ f.text("n", "<b>l</b>", '"><b>v</b>', hint="<b>h</b>", error="<b>e</b>") }}"""

    with app.test_request_context():
        said = app.jinja_env.from_string(source).render()

    assert not BeautifulSoup(said, "html.parser").find("b")


def test_the_shell_holds_no_data_and_a_text_for_browsers_without_scripts():
    app, _ = site.make("en")

    page = BeautifulSoup(app.test_client().get("/s/h1/gallery").text, "html.parser")

    assert one(page, "html")["lang"] == "en"
    assert "Lin Okafor" not in page.get_text()
    assert page.noscript and page.find("main")


@pytest.mark.parametrize("path", ["/lti/login", "/finish", "/s/h1/gallery"])
def test_a_browser_without_scripts_reads_what_to_do(path):
    app, _ = site.make("en")

    page = BeautifulSoup(app.test_client().get(path).text, "html.parser")

    assert "This page needs JavaScript" in one(page, "noscript").get_text()


def test_the_way_out_of_a_blocked_frame_starts_the_login_again():
    app, _ = site.make("en")

    page = BeautifulSoup(app.test_client().get("/finish").text, "html.parser")

    form = one(page, "form")
    assert (form["action"], form["target"]) == ("/lti/login", "_blank")
    given = {field["name"]: field["value"] for field in form.select("input")}
    assert given == {"iss": "https://lms.example", "login_hint": "7"}
