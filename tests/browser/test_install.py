"""An admin who has never seen the tool installs it: by its address, and by hand."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.lms import Canvas, Moodle, become
from tests.browser.visit import DESK, PHONE, SCREENS, Visit

ADMIN = "Ada Admin"
FOLDER = SCREENS / "install"
CHOICES = {
    "Tool configuration usage": "Show in activity chooser and as a preconfigured tool",
    "Default launch container": "Embed, without blocks",
    "IMS LTI Assignment and Grade Services": (
        "Use this service for grade sync and column management"
    ),
    "IMS LTI Names and Role Provisioning": (
        "Use this service to retrieve members' information as per privacy settings"
    ),
    "Share launcher's name with tool": "Always",
    "Share launcher's email with tool": "Always",
    "LTI version": "LTI 1.3",
    "Public key type": "Keyset URL",
    "Accept grades from the tool": (
        "As specified in Deep Linking definition or Delegate to teacher"
    ),
}


def look(page: Page, visit: Visit, name: str) -> None:
    """Keep pictures of a page of ours that stands alone, wide and narrow."""
    for width in (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": 900})
        FOLDER.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=FOLDER / f"{name}-{width}.png", full_page=True)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), (
            f"{name} scrolls sideways at {width}"
        )
        visit.find_no_barrier(page.main_frame, name)
    page.set_viewport_size({"width": DESK, "height": 900})


def look_in_frame(page: Page, name: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=FOLDER / f"{name}.png", full_page=True)


@pytest.fixture
def page(browser):
    return browser.pages[0] if browser.pages else browser.new_page()


def values_of(ours: Page) -> dict[str, str]:
    """Return what the tool's page gives for each field of the LMS's form."""
    rows = ours.locator("tbody tr")
    return {
        row.locator("th").inner_text(): row.locator("code")
        .or_(row.locator("td:not(:has(code))"))
        .inner_text()
        for row in rows.all()
    }


def fill_moodles_form(page: Page, values: dict[str, str]) -> None:
    """Do what the tool's page says, field by field."""
    for label, text in values.items():
        if label in CHOICES:
            assert text == CHOICES[label]
            field = page.locator("label").filter(has_text=label).locator("select")
            field.select_option(label=text)
        elif text == "Tick":
            page.get_by_label(label, exact=True).check()
        else:
            page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="Save changes").click()


def details_of(page: Page) -> dict[str, str]:
    """Return what Moodle's card of the tool says about itself."""
    page.get_by_text("View configuration details").click()
    known = page.locator("dl").inner_text().splitlines()
    return dict(zip(known[::2], known[1::2], strict=True))


def pastes(page: Page, address: str):
    """Give Moodle an address; return the frame it opens."""
    page.get_by_label("Tool URL").fill(address)
    page.get_by_role("button", name="Add LTI Advantage").click()
    return page.frame_locator("iframe[title='Registration of the tool']")


def opens_setup(page: Page, frame: str) -> None:
    """Setup and health is where a first admin arrives."""
    tool = page.frame_locator(frame)
    expect(tool.locator(".topbar")).to_be_visible()
    expect(tool.get_by_role("link", name="Setup").first).to_be_visible()


def invitation(ours: Page, tool, lms: str) -> None:
    """Open a fresh invitation in a browser and choose an LMS."""
    ours.goto(tool.command("platform", "invite"))
    ours.get_by_role("link", name=lms, exact=True).click()


@pytest.mark.timeout(200)
def test_moodle_installs_it_again_and_again(campus, tool, page):
    """By its address: connected, switched on, renewed without an invitation."""
    lms = campus.lms("moodle")
    visit = Visit(page, Moodle.frame, FOLDER, tool.url)
    become(page, campus, lms, ADMIN)
    address = tool.command("platform", "invite")
    page.goto(lms.url + "/mod/lti/toolconfigure.php")
    ours = pastes(page, address)
    expect(ours.get_by_role("button", name="Connect")).to_be_visible()
    look_in_frame(page, "moodle-ask")
    ours.get_by_role("button", name="Connect").click()
    expect(ours.get_by_role("heading", name="Connected")).to_be_visible()
    look_in_frame(page, "moodle-connected")
    ours.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Activate").click()
    page.get_by_role("button", name="Show in activity chooser").click()

    ours = pastes(page, tool.url + "/lti/register")
    ours.get_by_role("link", name="Update").click()
    expect(ours.get_by_text("will be renewed")).to_be_visible()
    ours.get_by_role("button", name="Connect").click()
    expect(ours.get_by_role("heading", name="Renewed")).to_be_visible()
    look_in_frame(page, "moodle-renewed")
    ours.get_by_role("button", name="Close").click()
    expect(page.locator(".tool-card")).to_have_count(1)

    Moodle(lms)._open_home(page)
    Moodle(lms).open_hub(page)
    opens_setup(page, Moodle.frame)
    assert tool.rows("select count(*) from registration") == [(1,)]
    assert tool.rows("select count(*) from deployment") == [(1,)]
    visit.calm()


@pytest.mark.timeout(200)
def test_moodle_by_hand(campus, tool, page, browser):
    lms = campus.lms("moodle")
    ours = browser.new_page()
    visit = Visit(ours, Moodle.frame, FOLDER, tool.url)
    ours.goto(tool.command("platform", "invite"))
    look(ours, visit, "choose")
    ours.get_by_role("link", name="Moodle", exact=True).click()
    look(ours, visit, "moodle-by-hand")
    become(page, campus, lms, ADMIN)
    page.goto(lms.url + "/mod/lti/typessettings.php")
    fill_moodles_form(page, values_of(ours))
    told = details_of(page)
    ours.get_by_label("Platform ID").fill("https://127.0.0.1:1/")
    ours.get_by_label("Client ID").fill(told["Client ID"])
    ours.get_by_label("Deployment ID").fill(told["Deployment ID"])
    ours.get_by_role("button", name="Connect").click()
    expect(ours.get_by_role("alert")).to_be_visible()
    look(ours, visit, "moodle-by-hand-wrong")
    ours.get_by_label("Platform ID").fill(told["Platform ID"])
    ours.get_by_role("button", name="Connect").click()
    expect(ours.get_by_role("heading", name="Connected")).to_be_visible()
    look(ours, visit, "moodle-by-hand-connected")
    visit.expected.append("422")
    visit.calm()

    Moodle(lms)._open_home(page)
    Moodle(lms).open_hub(page)
    opens_setup(page, Moodle.frame)


@pytest.mark.timeout(200)
def test_canvas_by_its_address(campus, tool, page):
    lms = campus.lms("canvas")
    visit = Visit(page, Canvas.frame, FOLDER, tool.url)
    become(page, campus, lms, ADMIN)
    page.goto(lms.url + "/accounts/1/apps")
    page.get_by_label("Dynamic Registration URL").fill(
        tool.command("platform", "invite")
    )
    page.get_by_role("button", name="Continue").click()
    ours = page.frame_locator("iframe[title='Registration of the tool']")
    ours.get_by_role("button", name="Connect").click()
    expect(ours.get_by_role("heading", name="Connected")).to_be_visible()
    look_in_frame(page, "canvas-connected")
    ours.get_by_role("button", name="Close").click()
    page.get_by_label("contextmembership").uncheck()
    page.get_by_role("button", name="Install & enable").click()

    page.goto(lms.url + "/accounts/1")
    page.get_by_role("link", name="Mentorship (setup)").click()
    opens_setup(page, Canvas.frame)
    visit.calm()


@pytest.mark.timeout(200)
def test_canvas_by_hand(campus, tool, page, browser):
    lms = campus.lms("canvas")
    ours = browser.new_page()
    visit = Visit(ours, Canvas.frame, FOLDER, tool.url)
    invitation(ours, tool, "Canvas")
    look(ours, visit, "canvas-by-hand")
    values = values_of(ours)
    become(page, campus, lms, ADMIN)
    page.goto(lms.url + "/accounts/1/developer_keys")
    page.get_by_label("Redirect URIs, one a line").fill(values["Redirect URIs"])
    page.get_by_label("or enter a URL that answers it").fill(values["JSON URL"])
    page.get_by_role("button", name="Save key").click()
    page.get_by_role("button", name="LTI Mentor is OFF, switch").click()
    client_id = page.locator(".client-id").inner_text()
    page.goto(lms.url + "/accounts/1/settings/configurations")
    page.get_by_label("Client ID").fill(client_id)
    page.get_by_role("button", name="Install").click()

    ours.get_by_label("Client ID").fill(client_id)
    ours.get_by_text("We do", exact=False).click()
    ours.get_by_label("Address of your Canvas").fill(lms.url)
    ours.get_by_label("Issuer").fill(lms.recall("canvas")["institution"].issuer)
    ours.get_by_role("button", name="Connect").click()
    expect(ours.get_by_role("heading", name="Connected")).to_be_visible()
    look(ours, visit, "canvas-by-hand-connected")
    visit.calm()

    page.goto(lms.url + "/accounts/1")
    page.get_by_role("link", name="Mentorship (setup)").click()
    opens_setup(page, Canvas.frame)
