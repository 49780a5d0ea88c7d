"""The whole story in a real browser, in a cross-site frame, in both dialects."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import people
from tests.browser.lms import Canvas, Moodle, become
from tests.browser.visit import SCREENS, Visit

TEACHER, ADMIN = "Ines Keller", "Ada Admin"
MENTOR = "Mateo Silva"
"""Graduated last term; in no course of this one."""


WAITING = "select count(*) from delivery where state in ('waiting', 'WAITING')"


class Story:
    """Who is who, and how they get in."""

    def __init__(self, campus, tool, dialect, visit):
        self.campus, self.tool = campus, tool
        self.lms, self.visit = dialect, visit
        self.page = visit.page
        self.learner = self.title = ""

    def become(self, name):
        become(self.page, self.campus, self.lms.lms, name)

    def in_tab(self, name):
        self.become(name)
        self.lms.open_tab(self.page)
        return self.visit.tool

    def in_hub(self, name):
        self.become(name)
        self.lms.open_hub(self.page)
        return self.visit.tool

    def in_practice(self, name):
        self.become(name)
        self.lms.open_practice(self.page, self.title)
        return self.visit.tool


@pytest.fixture(params=[Moodle, Canvas], ids=["moodle", "canvas"])
def story(request, campus, tool, browser):
    lms = request.param(campus.lms(request.param.kind))
    page = browser.pages[0] if browser.pages else browser.new_page()
    visit = Visit(page, lms.frame, SCREENS / lms.kind, tool.url)
    return Story(campus, tool, lms, visit)


@pytest.mark.timeout(400)
def test_the_whole_story(story):
    the_admin_connects_the_lms(story)
    the_instructor_starts_and_matches(story)
    learner_and_mentor_say_yes(story)
    they_agree_and_book_a_talk(story)
    the_learner_practises_with_the_mentor(story)
    everybody_sees_what_came_of_it(story)
    the_pages_fit_a_phone_and_another_language(story)

    story.visit.calm()


def the_admin_connects_the_lms(story):
    story.become(ADMIN)
    address = story.tool.command("platform", "invite")
    known = story.lms.register(story.page, address)
    lrs = story.campus.lrs
    records = {"lrs_url": lrs.url, "lrs_key": lrs.key, "lrs_secret": lrs.secret}
    story.tool.add_platform(name=story.lms.lms.name, **known, **records)
    story.visit.look_at_lms("registered")


def the_instructor_starts_and_matches(story):
    look = story.visit.look
    story.become(TEACHER)
    story.lms.arrange(story.page)
    tool = story.in_tab(TEACHER)
    people.waits_until_read(tool)
    look("board-new")
    people.starts_a_program(tool)
    look("program-started")
    chooser = story.lms.choose_content(story.page)
    story.title = people.adds_a_practice(chooser)
    story.lms.save_content(story.page, story.title)
    story.visit.look_at_lms("practice-saved")
    tool = story.in_tab(TEACHER)
    people.matches(tool)
    look("pairs-draft")
    story.learner = people.mentee_of(tool, MENTOR)
    people.publishes(tool)
    look("pairs-published")


def learner_and_mentor_say_yes(story):
    look = story.visit.look
    tool = story.in_practice(story.learner)
    people.on(tool, story.title)
    people.told(tool, f"{MENTOR} is proposed as your mentor.")
    look("practice-waiting")
    tool = story.in_tab(story.learner)
    people.told(tool, f"{MENTOR} is proposed as your mentor.")
    look("learner-offer")
    people.follow(tool, "Have a look and answer")
    people.says_yes(tool, joining_as="Take part")
    look("learner-join")
    people.joins(tool)
    people.told(tool, "You said yes.")
    look("learner-said-yes")
    tool = story.in_hub(MENTOR)
    people.on(tool, "Your turn")
    look("mentor-asked")
    people.follow(tool, story.learner)
    look("mentor-offer")
    people.says_yes(tool, joining_as="Become a mentor")
    look("mentor-join")
    people.joins(tool)
    people.told(tool, "You are now working together.")
    look("mentor-began")


def they_agree_and_book_a_talk(story):
    look = story.visit.look
    tool = story.visit.tool
    people.writes_the_agreement(tool)
    people.offers_a_talk(tool)
    look("mentor-signed-and-offered")
    tool = story.in_tab(story.learner)
    people.follow(tool, MENTOR)
    people.signs(tool)
    look("learner-signed")
    tool.locator("button[name=time]").first.click()
    people.told(tool, "Booked.")
    with story.page.expect_download() as download:
        people.follow(tool, "Put it into my calendar")
    assert "BEGIN:VEVENT" in download.value.path().read_text()
    expect(tool.get_by_role("button", name="We met")).to_have_count(0)
    look("learner-booked")


def the_learner_practises_with_the_mentor(story):
    look = story.visit.look
    tool = story.in_practice(story.learner)
    look("plan-empty")
    people.plans(tool)
    look("plan-sent")
    tool = story.in_hub(MENTOR)
    look("mentor-plan-waits")
    people.answers_the_plan(tool)
    tool = story.in_practice(story.learner)
    look("apply-empty")
    people.applies(tool)
    look("applied")
    tool = story.in_hub(MENTOR)
    people.follow(tool, "Begin with the longest")
    look("review-empty")
    people.asks_for_one_change(tool)
    look("mentor-asked-change")
    tool = story.in_practice(story.learner)
    look("change-asked")
    people.changes(tool)
    tool = story.in_hub(MENTOR)
    people.follow(tool, "Begin with the longest")
    look("review-again")
    people.verifies(tool)
    look("mentor-verified")
    tool = story.in_practice(story.learner)
    look("reflect-empty")
    people.reflects(tool)
    look("completed")


def everybody_sees_what_came_of_it(story):
    tool, look = story.visit.tool, story.visit.look
    score = tool.locator(".stat-value").inner_text().split(" ")[0]
    written(story, tool)
    look("receipts")
    story.become(TEACHER)
    grade = story.lms.grade(story.page, story.learner, story.title)
    assert float(grade) == float(score)
    story.visit.look_at_lms("gradebook")
    story.page.goto(story.campus.portal_url + "/records")
    for verb in ("planned", "submit", "approve", "completed", "scored"):
        assert story.page.locator("summary").filter(has_text=verb).count(), verb
    story.visit.look_at_lms("statements")
    tool = story.in_tab(TEACHER)
    look("board")
    people.follow(tool, "Report")
    people.told(tool, "have a verified application")
    look("report")
    counted = tool.locator("li", has_text="First application verified")
    expect(counted.locator(".chart-value")).to_have_text("1")
    tool = story.in_hub(ADMIN)
    look("setup")
    people.follow(tool, "Records")
    people.told(tool, "Written")
    look("records")


def written(story, tool):
    """Reload until the worker has told everybody."""
    for _ in range(40):
        if story.tool.rows(WAITING) == [(0,)]:
            break
        story.page.wait_for_timeout(500)
    tool = story.in_practice(story.learner)
    tool.get_by_text(re.compile(r"\d+ records?$")).click()
    people.told(tool, "Gradebook")


def the_pages_fit_a_phone_and_another_language(story):
    for wish, ending in (("en", "phone"), ("ar-XB", "rtl")):
        story.tool.rows("update person set locale = ?", wish)
        for name, enter in (
            ("learner", lambda: story.in_tab(story.learner)),
            ("practice", lambda: story.in_practice(story.learner)),
            ("mentor", lambda: story.in_hub(MENTOR)),
            ("instructor", lambda: story.in_tab(TEACHER)),
            ("admin", lambda: story.in_hub(ADMIN)),
        ):
            enter()
            story.visit.portrait(f"z-{name}-{ending}-375")
