"""Somebody at the campus's Moodle: a browser without script, and a caller."""

import time
from datetime import UTC, datetime
from typing import Any

import requests
from bs4 import BeautifulSoup

from lti_mentor.demo import Campus
from lti_mentor.demo.lti import ALL_SCOPES
from lti_mentor.demo.moodle.setup import TOKEN
from lti_mentor.demo.people import course_named, person_named
from lti_mentor.demo.rows import Activity, Course, GradeItem, ResourceLink
from lti_mentor.demo.world import next_id

SCORES = "application/vnd.ims.lis.v1.score+json"
ITEM = "application/vnd.ims.lis.v2.lineitem+json"
RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"


class Visitor(requests.Session):
    """A browser that posts self-posting forms as script would."""

    def __init__(self, campus: Campus, name: str = "") -> None:
        super().__init__()
        self.url = campus.moodle.url
        if name:
            person = person_named(campus.moodle.world, name)
            self.get(f"{self.url}/become/{person.id}")

    def see(self, path: str) -> requests.Response:
        """Open a page of this Moodle and follow what posts itself."""
        return self.follow(self.get(self.url + path))

    def follow(self, page: requests.Response) -> requests.Response:
        form = BeautifulSoup(page.text, "html.parser").select_one("#ltiform")
        while form:
            fields = {
                str(row["name"]): str(row["value"]) for row in form.select("input")
            }
            page = self.post(str(form["action"]), data=fields)
            form = BeautifulSoup(page.text, "html.parser").select_one("#ltiform")
        return page


class Caller:
    """The integration account and the tool's services."""

    def __init__(self, campus: Campus) -> None:
        self.campus = campus
        self.world = campus.moodle.world
        self.tool = self.world.tools[1]
        self.bearer = campus.moodle.tokens.issue(self.tool, ALL_SCOPES)
        self.base = campus.moodle.url + "/mod/lti/services.php"

    def ask(self, function: str, token: str = TOKEN, **given: Any) -> Any:
        """Call a web-service function."""
        body = {"wstoken": token, "wsfunction": function, "moodlewsrestformat": "json"}
        url = self.campus.moodle.url + "/webservice/rest/server.php"
        return requests.post(url, data=body | given, timeout=5).json()  # noqa: TID251

    def call(self, method: str, path: str, kind: str = "*/*", **options: Any) -> Any:
        """Call an LTI service."""
        header = "Accept" if method == "GET" else "Content-Type"
        headers = {"Authorization": f"Bearer {self.bearer}", header: kind}
        url = path if path.startswith("http") else self.base + path
        return requests.request(method, url, headers=headers, timeout=5, **options)

    def score(self, item: GradeItem, person: int, value: float, **changes: Any) -> Any:
        """Post a score of so many points, now unless told otherwise."""
        at = changes.pop("at", time.time())
        body = {
            "userId": str(person),
            "scoreGiven": value,
            "scoreMaximum": item.maximum,
            "timestamp": datetime.fromtimestamp(at, UTC).isoformat(),
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
        }
        path = f"/{item.course}/lineitems/{item.id}/lineitem/scores?type_id=1"
        return self.call("POST", path, SCORES, json=body | changes)

    def results(self, item: GradeItem, query: str = "") -> Any:
        path = f"/{item.course}/lineitems/{item.id}/lineitem/results?type_id=1{query}"
        return self.call("GET", path, RESULTS)

    def person(self, name: str) -> int:
        return person_named(self.world, name).id

    def course(self, code: str = "NEG101") -> Course:
        return course_named(self.world, code)

    def practice(self, completes: str = "grade", pass_at: float = 0) -> GradeItem:
        """Put a graded activity of the tool into NEG101 and return its column."""
        number, link = next_id(self.world.activities), next_id(self.world.links)
        course = self.course().id
        activity = Activity(
            number, course, "lti", link, "Practice", completes=completes
        )
        item = GradeItem(
            next_id(self.world.grade_items), course, "Practice", 20, pass_at
        )
        item.activity, item.tool = number, 1
        for row in (activity, ResourceLink(link, course, 1, "Practice", number), item):
            self.world.add(row)
        return item

    def state(self, item: GradeItem, person: int) -> int:
        row = self.world.completions.get((item.activity or 0, person))
        return row.state if row else 0
