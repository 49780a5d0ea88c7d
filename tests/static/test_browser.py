"""The shell in a real browser: getting in, moving about, losing the way, typing."""

import pytest
from playwright.sync_api import Page, expect

from tests.static import site
from tests.static.conftest import Running

SMALL_TARGETS = """() => {
  const kinds = "button, .btn, summary, nav a, .choice, select, input";
  return [...document.querySelectorAll(kinds)]
    .filter((element) => element.checkVisibility())
    .map((element) => element.closest("label") ?? element)
    .filter((element) => {
      const box = element.getBoundingClientRect();
      return box.width < 24 || box.height < 24;
    })
    .map((element) => element.outerHTML);
}"""
"""What a finger would miss."""


def enter(tab: Page, tool: Running, path: str = "/s/h1/gallery") -> None:
    """Launch, and go on to a page."""
    tab.goto(f"{tool.base}/lti/login")
    expect(tab.locator("h1:visible")).to_have_text("My mentorship")
    if path != "/s/h1/gallery":
        tab.goto(tool.base + path)
        expect(tab.locator(".topbar")).to_be_visible()


def heading(tab: Page, text: str) -> None:
    """Wait for the page with this heading."""
    expect(tab.locator("h1:visible")).to_have_text(text)


def test_a_launch_ends_on_the_page_and_leaves_no_secret_behind(tab, tool):
    enter(tab, tool)

    kept = tab.evaluate("Object.keys(sessionStorage)")

    assert kept == ["lti:h1"]
    assert tool.told.secrets == ["secret-1"]
    asked = " ".join(tool.told.logged)
    assert not any(word in asked for word in (site.TOKEN, "secret-1", "ticket-1"))
    assert tab.complaints == []


def test_a_link_moves_focus_and_says_the_title(tab, tool):
    enter(tab, tool)

    tab.get_by_role("link", name="Skills").click()

    heading(tab, "Second page")
    expect(tab.locator("h1:visible")).to_be_focused()
    expect(tab.locator("#live")).to_contain_text("Second page")
    expect(tab.locator("#live")).to_contain_text("It is done.")
    expect(tab.locator("#loading")).to_be_hidden()
    assert tab.title().startswith("Second page")
    assert tab.complaints == []


def test_back_forward_and_reload_stay_inside(tab, tool):
    enter(tab, tool)
    tab.get_by_role("link", name="Skills").click()
    heading(tab, "Second page")

    tab.go_back()
    heading(tab, "My mentorship")
    tab.go_forward()
    heading(tab, "Second page")
    tab.reload()
    heading(tab, "Second page")

    assert tab.url == f"{tool.base}/s/h1/second"
    assert tab.complaints == []


def test_a_refused_form_keeps_its_text_and_focuses_the_summary(tab, tool):
    enter(tab, tool, "/s/h1/form")
    tab.get_by_label("Your goal").fill("refuse")
    tab.get_by_label("What did you do?").fill("A long story")

    tab.get_by_role("button", name="Send to my mentor").click()

    expect(tab.locator("[data-error-summary]")).to_be_focused()
    expect(tab.get_by_label("What did you do?")).to_have_value("A long story")
    tab.get_by_role("link", name="Say it in more than one word.").click()
    expect(tab.get_by_label("Your goal")).to_be_focused()
    assert tab.url == f"{tool.base}/s/h1/form"


def test_an_address_that_only_takes_posts_never_becomes_the_pages(tab, tool):
    enter(tab, tool)
    tab.get_by_label("Your goal").fill("refuse")

    tab.get_by_role("button", name="Send to my mentor").click()

    heading(tab, "Add an application")
    assert tab.url == f"{tool.base}/s/h1/gallery"


def test_an_accepted_form_leads_to_a_page_that_can_be_reloaded(tab, tool):
    enter(tab, tool, "/s/h1/form")
    tab.get_by_label("Your goal").fill("join tables")

    tab.get_by_role("button", name="Send to my mentor").click()

    heading(tab, "Second page")
    assert tab.url == f"{tool.base}/s/h1/second"
    tab.go_back()
    heading(tab, "Add an application")
    assert tool.told.sent[0]["goal"] == "join tables"


def test_a_session_that_ended_keeps_what_was_typed(tab, tool):
    enter(tab, tool, "/s/h1/form")
    tab.get_by_label("Your goal").fill("join tables")
    tool.told.is_over = True

    tab.get_by_role("button", name="Send to my mentor").click()

    expect(tab.get_by_role("alert")).to_contain_text("Your session ended")
    expect(tab.get_by_label("Your goal")).to_have_value("join tables")
    assert tab.evaluate("sessionStorage.length") == 0


def test_a_page_without_a_session_says_how_to_come_back(tab, tool):
    tab.goto(f"{tool.base}/s/h1/gallery")

    expect(tab.get_by_role("alert")).to_contain_text(
        "Open this tool again from your course"
    )


def test_one_key_extends_a_session_that_is_about_to_end(tab, tool):
    tab.clock.install()
    enter(tab, tool)

    tab.clock.fast_forward("28:30")
    expect(tab.get_by_role("alertdialog")).to_contain_text("Still there?")
    with tab.expect_response("**/lti/session/extend"):
        tab.keyboard.press("Enter")

    expect(tab.get_by_role("alertdialog")).to_be_hidden()
    assert tool.told.extended == 1


def test_a_warning_nobody_answers_ends_the_session_on_this_page(tab, tool):
    tab.clock.install()
    enter(tab, tool)

    tab.clock.fast_forward("28:30")
    expect(tab.get_by_role("alertdialog")).to_be_visible()
    tab.clock.fast_forward("02:00")

    expect(tab.get_by_role("alert").first).to_contain_text("Your session ended")
    assert tool.told.extended == 0
    assert tab.evaluate("sessionStorage.length") == 0


def test_the_end_of_the_day_is_said_once_and_saves_what_is_typed(tab, tool):
    tool.told.ends_in = 600
    tab.clock.install()
    enter(tab, tool, "/s/h1/form")

    tab.clock.fast_forward("08:00")
    expect(tab.get_by_role("alertdialog")).to_contain_text("ends in two minutes")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("alertdialog")).to_be_hidden()
    tab.get_by_label("What did you do?").fill("I joined two tables")
    tab.clock.fast_forward("00:11")
    expect(tab.locator("[data-draft-state]")).to_have_text("Saved as a draft")
    expect(tab.get_by_role("alertdialog")).to_be_hidden()
    tab.get_by_label("What did you do?").fill("I joined three tables")
    with tab.expect_response("**/drafts/application"):
        tab.clock.fast_forward("01:44")

    expect(tab.get_by_role("alert").first).to_contain_text("Your session ended")
    expect(tab.get_by_label("What did you do?")).to_have_value("I joined three tables")
    fields = tool.told.drafts["application"]["fields"]
    assert fields["happened"] == ["I joined three tables"]
    assert tool.told.extended == 0


def test_after_the_end_nothing_is_asked_for_and_the_text_stays(tab, tool):
    enter(tab, tool, "/s/h1/form")
    tab.get_by_label("Your goal").fill("join tables")
    tool.told.is_over = True
    tab.get_by_role("button", name="Send to my mentor").click()
    expect(tab.get_by_role("alert")).to_contain_text("Your session ended")
    asked = len(tool.told.logged)

    tab.get_by_role("link", name="Skills").click()

    link = tab.get_by_role("link", name="Open it again in a new tab")
    expect(link).to_have_attribute("href", site.HERE["again"])
    expect(tab.get_by_label("Your goal")).to_have_value("join tables")
    assert tool.told.logged[asked:] == []


def test_leaving_a_page_saves_what_was_typed_a_moment_ago(tab, tool):
    enter(tab, tool, "/s/h1/form")
    tab.get_by_label("Your goal").fill("join tables")

    with tab.expect_response(lambda got: got.request.method == "POST"):
        tab.get_by_role("link", name="Skills").click()
    heading(tab, "Second page")

    assert tool.told.drafts["application"]["fields"]["goal"] == ["join tables"]


def test_a_draft_that_cannot_be_saved_says_so_until_it_is(tab, tool):
    tab.clock.install()
    enter(tab, tool, "/s/h1/form")
    tab.get_by_label("Your goal").fill("join tables")
    tab.context.set_offline(True)
    tab.clock.fast_forward("00:11")
    expect(tab.locator("[data-draft-state]")).to_contain_text("Not saved yet")

    tab.context.set_offline(False)
    tab.clock.fast_forward("00:11")

    expect(tab.locator("[data-draft-state]")).to_have_text("Saved as a draft")


def test_a_launch_the_server_does_not_answer_can_be_tried_again(tab, tool):
    tab.clock.install()
    refused = []

    def busy(route):
        refused.append(route.request.url)
        route.fulfill(status=503)

    tab.route("**/lti/session", busy)
    tab.goto(f"{tool.base}/lti/login")
    for _ in range(3):
        tab.wait_for_timeout(200)
        tab.clock.fast_forward("00:04")
    expect(tab.locator("h1:visible")).to_have_text("No answer from the server")
    expect(tab.locator("h1:visible")).to_be_focused()
    tab.unroute("**/lti/session")

    tab.get_by_role("button", name="Try again").click()

    heading(tab, "My mentorship")
    assert len(refused) == 3


def test_what_is_typed_is_saved_and_comes_back_in_the_next_launch(tab, tool):
    tab.clock.install()
    enter(tab, tool, "/s/h1/form")
    tab.get_by_label("What did you do?").fill("I joined two tables")
    tab.get_by_text("Weekday mornings").click()

    with tab.expect_response("**/drafts/application"):
        tab.clock.fast_forward("00:11")
    expect(tab.locator("[data-draft-state]")).to_have_text("Saved as a draft")
    enter(tab, tool, "/s/h1/form")

    expect(tab.get_by_label("What did you do?")).to_have_value("I joined two tables")
    expect(tab.get_by_label("Weekday mornings")).to_be_checked()
    expect(tab.get_by_label("Weekday afternoons")).not_to_be_checked()


def test_a_draft_is_forgotten_when_sent_or_discarded(tab, tool):
    draft = {"fields": {"goal": ["old goal"]}}
    tool.told.drafts["application"] = draft
    enter(tab, tool, "/s/h1/form")
    expect(tab.get_by_label("Your goal")).to_have_value("old goal")

    with tab.expect_response("**/drafts/application"):
        tab.get_by_role("button", name="Discard it").click()
    expect(tab.get_by_label("Your goal")).to_have_value("")
    discarded = dict(tool.told.drafts)
    tool.told.drafts["application"] = draft
    tab.get_by_label("Your goal").fill("new goal")
    with tab.expect_response(lambda got: got.request.method == "DELETE"):
        tab.get_by_role("button", name="Send to my mentor").click()

    heading(tab, "Second page")
    assert discarded == {} and tool.told.drafts == {}


@pytest.mark.parametrize(("answer", "sent"), [("Cancel", 0), ("End it", 1)])
def test_a_dangerous_button_asks_first(tab, tool, answer, sent):
    enter(tab, tool, "/s/h1/form")

    tab.get_by_role("button", name="End the mentorship").click()
    dialog = tab.get_by_role("dialog")
    expect(dialog).to_contain_text("Your mentor is told.")
    dialog.get_by_role("button", name=answer).click()

    heading(tab, "Second page" if sent else "Add an application")
    assert len(tool.told.sent) == sent


def test_a_download_goes_by_ticket(tab, tool):
    enter(tab, tool)

    with tab.expect_download() as waiting:
        tab.get_by_role("link", name="Download the list").click()

    assert waiting.value.suggested_filename == "list.csv"
    assert waiting.value.url.endswith("/file/once")


def test_without_a_network_the_page_stays_and_can_try_again(tab, tool):
    enter(tab, tool)
    tab.context.set_offline(True)

    tab.get_by_role("link", name="Skills").click()
    expect(tab.locator("#trouble")).to_contain_text("No answer from the server")
    heading(tab, "My mentorship")
    tab.context.set_offline(False)
    tab.get_by_role("button", name="Try again").click()

    heading(tab, "Second page")
    expect(tab.locator("#trouble")).to_be_hidden()


def test_an_answer_that_is_no_page_of_ours_does_not_empty_this_one(tab, tool):
    enter(tab, tool)
    tab.evaluate(
        "document.querySelector('.topbar-nav li:last-child a').href = '/s/h1/none'"
    )

    tab.get_by_role("link", name="Skills").click()

    expect(tab.locator("#trouble")).to_contain_text("No answer from the server")
    heading(tab, "My mentorship")


def test_signing_out_ends_the_session_here_and_there(tab, tool):
    enter(tab, tool)

    tab.get_by_text("Lin Okafor").first.click()
    tab.get_by_role("button", name="Sign out").click()

    heading(tab, "You are signed out")
    assert tool.told.ended == [f"Bearer {site.TOKEN}"]
    assert tab.evaluate("sessionStorage.length") == 0


def test_another_person_in_the_tab_ends_the_session_before(tab, tool):
    enter(tab, tool)
    tab.evaluate(
        "sessionStorage.setItem('lti:h0', JSON.stringify({token: 'older', who: 'one'}))"
    )
    tool.told.who = "two"

    enter(tab, tool)

    assert sorted(tool.told.ended) == [f"Bearer {site.TOKEN}", "Bearer older"]
    assert tab.evaluate("Object.keys(sessionStorage)") == ["lti:h1"]


def test_a_bearer_never_goes_to_another_host(tab, tool):
    enter(tab, tool, "/s/h1/second")
    seen = []

    def refuse(route):
        seen.append(route.request.headers)
        route.abort()

    tab.context.route("https://lms.example/**", refuse)

    tab.get_by_role("link", name="Elsewhere").click()
    tab.wait_for_event("requestfailed")

    assert seen and all("authorization" not in headers for headers in seen)


def test_a_list_is_filtered_in_place(tab, tool):
    enter(tab, tool)

    tab.get_by_label("Find a learner").fill("reyes")

    expect(tab.locator("#learners tbody tr:visible")).to_have_count(1)


def test_a_phone_of_320_pixels_needs_no_sideways_scrolling(tab, tool):
    tab.set_viewport_size({"width": 320, "height": 640})

    enter(tab, tool)

    assert tab.evaluate("document.documentElement.scrollWidth") == 320


def test_targets_are_large_enough_to_hit(tab, tool):
    enter(tab, tool)

    small = tab.evaluate(SMALL_TARGETS)

    assert small == []


def test_on_a_phone_a_row_is_a_card_whose_cells_say_their_columns(tab, tool):
    tab.set_viewport_size({"width": 375, "height": 800})

    enter(tab, tool, "/s/h1/gallery")

    table = tab.get_by_role("table", name="Learners")
    row = table.get_by_role("row", name="Lin Okafor")
    cell = row.get_by_role("cell").last
    shown = "cell => getComputedStyle(cell, '::before').content"
    assert cell.evaluate(shown) == '"Days: "'
    assert row.evaluate("row => getComputedStyle(row).display") == "block"
    expect(row.get_by_role("rowheader")).to_have_text("Lin Okafor")
    assert table.evaluate("t => t.scrollWidth <= t.parentElement.clientWidth")


def test_on_a_desk_a_table_is_a_table(tab, tool):
    enter(tab, tool, "/s/h1/gallery")

    row = tab.get_by_role("table", name="Learners").get_by_role("row").last
    assert row.evaluate("row => getComputedStyle(row).display") == "table-row"
