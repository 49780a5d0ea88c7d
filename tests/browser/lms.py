"""What people click in the two LMSs, behind one set of verbs."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

from playwright.sync_api import FrameLocator, Page, expect

from lti_mentor.demo import Campus
from lti_mentor.demo.campus import Lms
from lti_mentor.demo.canvas.setup import TOKEN as CANVAS_TOKEN
from lti_mentor.demo.moodle.setup import TOKEN as MOODLE_TOKEN

COURSE = "Negotiation in practice"
TOOL = "Mentorship"
"""What its places in the LMS are called."""
REGISTERED = "LTI Mentor"
"""The name it registers itself under."""


class Dialect(Protocol):
    """The steps of the story that happen in the LMS itself."""

    kind: ClassVar[str]
    frame: ClassVar[str]

    def register(self, page: Page, address: str) -> dict[str, str]:
        """As admin, register the tool; return what an operator is told of it."""

    def open_tab(self, page: Page) -> None:
        """Open the tool where everybody of the course finds it."""

    def open_hub(self, page: Page) -> None:
        """Open the tool outside of any course."""

    def choose_content(self, page: Page) -> FrameLocator:
        """As instructor, begin to add a practice; return the tool's frame."""

    def save_content(self, page: Page, title: str) -> None:
        """Save what the tool sent."""

    def open_practice(self, page: Page, title: str) -> None:
        """Open the practice in the course."""

    def grade(self, page: Page, learner: str, title: str) -> str:
        """As instructor, return what the gradebook shows."""


def become(page: Page, campus: Campus, lms: Lms, name: str) -> None:
    """Be somebody from now on."""
    page.goto(campus.portal_url)
    crowd = page.get_by_role("region", name=lms.name)
    crowd.locator("details").evaluate_all("all => all.forEach(d => { d.open = true })")
    crowd.get_by_role("button", name=name, exact=True).click()


@dataclass
class Moodle:
    """Moodle 4.5's pages."""

    lms: Lms
    kind: ClassVar[str] = "moodle"
    frame: ClassVar[str] = "#contentframe"

    def register(self, page: Page, address: str) -> dict[str, str]:
        page.get_by_role("link", name="Site administration").click()
        page.get_by_role("link", name="Manage tools").click()
        page.get_by_label("Tool URL").fill(address)
        page.get_by_role("button", name="Add LTI Advantage").click()
        connect(page.frame_locator("iframe[title='Registration of the tool']"))
        page.get_by_role("button", name="Activate").click()
        page.get_by_role("button", name="Show in activity chooser").click()
        page.get_by_text("View configuration details").click()
        known = page.locator("dl").inner_text().splitlines()
        told = dict(zip(known[::2], known[1::2], strict=True))
        self._open_home(page)
        return {
            "issuer": told["Platform ID"],
            "client_id": told["Client ID"],
            "auth_url": told["Authentication request URL"],
            "token_url": told["Access token URL"],
            "jwks_url": told["Public keyset URL"],
            "lms_kind": "moodle",
            "lms_url": self.lms.url,
            "lms_token": MOODLE_TOKEN,
        }

    def _open_home(self, page: Page) -> None:
        """Let everybody use the site home's activity, and put the tool there."""
        page.get_by_role("link", name="Site administration").click()
        page.get_by_role("button", name="Allow mod/lti:view").click()
        page.get_by_role("link", name="Add an activity to the site home").click()
        self._add_plain(page)

    def _add_plain(self, page: Page) -> None:
        page.get_by_role("link", name=REGISTERED).click()
        page.get_by_label("Activity name").fill(TOOL)
        page.get_by_role("button", name="Save and return to course").click()

    def arrange(self, page: Page) -> None:
        """As instructor, put the tool at the top of the course."""
        open_course(page)
        page.get_by_role("link", name="Add an activity to General").click()
        self._add_plain(page)

    def open_tab(self, page: Page) -> None:
        page.goto(self.lms.url)
        open_course(page)
        page.get_by_role("link", name=TOOL, exact=True).click()

    def open_hub(self, page: Page) -> None:
        page.goto(self.lms.url)
        page.get_by_role("link", name=TOOL, exact=True).click()

    def choose_content(self, page: Page) -> FrameLocator:
        page.goto(self.lms.url)
        open_course(page)
        page.get_by_role("link", name="Add an activity to Week 3").click()
        page.get_by_role("link", name=REGISTERED).click()
        page.get_by_role("button", name="Select content").click()
        return page.frame_locator("#content iframe")

    def save_content(self, page: Page, title: str) -> None:
        expect(page.get_by_label("Activity name")).to_have_value(title)
        page.get_by_role("button", name="Save and return to course").click()

    def open_practice(self, page: Page, title: str) -> None:
        page.goto(self.lms.url)
        open_course(page)
        page.get_by_role("link", name=title).click()

    def grade(self, page: Page, learner: str, title: str) -> str:
        page.goto(self.lms.url)
        open_course(page)
        page.get_by_role("link", name="Grades").click()
        row = page.locator(f"tr[data-person='{learner}']")
        return row.locator(f"td[data-item='{title}']").inner_text()


def open_course(page: Page) -> None:
    page.get_by_role("link", name=COURSE, exact=True).first.click()


def connect(frame: FrameLocator) -> None:
    """Agree on the tool's own registration page, then close it."""
    frame.get_by_role("button", name="Connect").click()
    expect(frame.get_by_role("heading", name="Connected")).to_be_visible()
    frame.get_by_role("button", name="Close").click()


@dataclass
class Canvas:
    """Canvas's pages."""

    lms: Lms
    kind: ClassVar[str] = "canvas"
    frame: ClassVar[str] = "iframe[name=tool_content]"

    def register(self, page: Page, address: str) -> dict[str, str]:
        page.get_by_role("link", name="Admin", exact=True).click()
        page.get_by_role("link", name="Register a tool").click()
        page.get_by_label("Dynamic Registration URL").fill(address)
        page.get_by_role("button", name="Continue").click()
        connect(page.frame_locator("iframe[title='Registration of the tool']"))
        client_id = page.locator(".client-id").inner_text()
        page.get_by_role("button", name="Install & enable").click()
        platform = self.lms.recall("canvas")["institution"]
        return {
            "issuer": platform.issuer,
            "client_id": client_id,
            "auth_url": self.lms.url + "/api/lti/authorize_redirect",
            "token_url": self.lms.url + "/login/oauth2/token",
            "jwks_url": self.lms.url + "/api/lti/security/jwks",
            "lms_kind": "canvas",
            "lms_url": self.lms.url,
            "lms_token": CANVAS_TOKEN,
        }

    def arrange(self, page: Page) -> None:
        """As instructor, switch the course's tab on."""
        open_course(page)
        page.get_by_role("link", name="Settings").click()
        page.get_by_role("button", name=f"Enable {TOOL}").click()

    def open_tab(self, page: Page) -> None:
        page.goto(self.lms.url)
        open_course(page)
        menu = page.get_by_role("navigation", name="Course navigation")
        menu.get_by_role("link", name=TOOL).click()

    def open_hub(self, page: Page) -> None:
        page.goto(self.lms.url)
        menu = page.get_by_role("navigation", name="Global navigation")
        menu.get_by_role("link", name=TOOL).click()

    def choose_content(self, page: Page) -> FrameLocator:
        page.goto(self.lms.url)
        open_course(page)
        page.get_by_role("link", name="Assignments").click()
        page.get_by_role("link", name="+ Assignment").click()
        page.locator("[data-pick]").first.click()
        outer = page.frame_locator("iframe[name=resource_selection]")
        return outer.frame_locator("iframe[name=tool_content]")

    def save_content(self, page: Page, title: str) -> None:
        page.get_by_text(f"Opens {title}").wait_for()
        page.get_by_role("button", name="Save & Publish").click()

    def open_practice(self, page: Page, title: str) -> None:
        page.goto(self.lms.url)
        open_course(page)
        page.get_by_role("link", name="Assignments").click()
        page.get_by_role("link", name=title).click()

    def grade(self, page: Page, learner: str, title: str) -> str:
        page.goto(self.lms.url)
        open_course(page)
        page.get_by_role("link", name="Gradebook").click()
        heads = page.locator("table.grades thead th").all_inner_texts()
        place = next(i for i, head in enumerate(heads) if head.startswith(title))
        row = page.locator("tbody tr").filter(has_text=learner)
        return row.locator("td, th").nth(place).inner_text().split("\n")[0].split()[0]
