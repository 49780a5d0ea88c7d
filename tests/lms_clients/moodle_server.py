"""A Moodle that replays what Moodle 4.5.6 answered, with a few people moved about."""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tests.lms_clients.local_server import Reply, Request, Served

RECORDINGS = Path(__file__).parent.parent / "recordings"
TOKEN = "a-moodle-token"
FINISHED, UNFINISHED, SUSPENDED = "53", "20", "52"


@cache
def load(name: str) -> Any:
    return json.loads((RECORDINGS / f"{name}.json").read_text())


def body(name: str) -> Any:
    return load(name).get("response", {}).get("body")


@cache
def by_function() -> dict[str, Any]:
    """The answer of each function that was recorded under its own name."""
    return {
        path.stem.removeprefix("ws_"): body(path.stem)
        for path in RECORDINGS.glob("ws_*.json")
        if body(path.stem) is not None
    }


def functions(server: Served) -> list[str]:
    """What was called, in order."""
    return [request.form["wsfunction"] for request in server.requests]


@dataclass
class MoodleServer:
    """Switches of what the account may do."""

    rights: bool = True
    mod_view: bool = True
    frameworks: bool = True
    time_zone: str = "UTC"
    hidden: set[str] = field(default_factory=set)
    """People whom Moodle leaves out of a page, which is the shorter for it."""
    withdrawn: set[str] = field(default_factory=set)
    """Functions that the service does not offer."""
    answers: dict[str, Any] = field(default_factory=dict)
    """What a function answers instead, whatever it is asked."""

    def __call__(self, request: Request) -> Reply:
        form = request.form
        if form.get("moodlewsrestformat") != "json":
            return Reply(body("ws_err_no_format").encode())
        if form["wstoken"] != TOKEN:
            return Reply(body("ws_err_bad_token"))
        function = form["wsfunction"]
        if function in self.answers:
            return Reply(self.answers[function])
        if function in self.withdrawn:
            return Reply(body("ws_err_function_not_in_service"))
        special = getattr(self, f"_{function}", None)
        return Reply(special(form) if special else by_function().get(function))

    def _core_webservice_get_site_info(self, form: dict[str, str]) -> Any:
        site = dict(body("ws_core_webservice_get_site_info"))
        site["functions"] = [
            row for row in site["functions"] if row["name"] not in self.withdrawn
        ]
        return site

    def _core_course_get_courses(self, form: dict[str, str]) -> Any:
        return body("ws_core_course_get_courses") if self.rights else []

    def _core_enrol_get_enrolled_users(self, form: dict[str, str]) -> Any:
        if not self.rights:
            return body("ws_err_bare_enrolled")
        if form["courseid"] not in {"2", "3"}:
            return body("ws_err_unknown_course")
        options = {
            form[f"options[{n}][name]"]: form[f"options[{n}][value]"]
            for n in range(10)
            if f"options[{n}][name]" in form
        }
        if options.get("onlysuspended") == "1":
            return body("ws_core_enrol_get_enrolled_users_suspended")
        users = [
            user
            for user in body("ws_core_enrol_get_enrolled_users")
            if form["courseid"]
            in {str(c["id"]) for c in user.get("enrolledcourses", [{"id": 2}])}
        ]
        users.sort(key=lambda user: user["id"])
        start = int(options.get("limitfrom", 0))
        page = users[start : start + int(options.get("limitnumber", 0) or 9999)]
        return [user for user in page if str(user["id"]) not in self.hidden]

    def _core_user_get_users_by_field(self, form: dict[str, str]) -> Any:
        if not self.rights:
            return body("ws_err_bare_users")
        known = {str(u["id"]): u for u in body("ws_core_user_get_users_by_field_59")}
        account = known["53"] | {"id": 62, "timezone": self.time_zone}
        known["62"] = account
        asked = [value for name, value in form.items() if name.startswith("values[")]
        return [known[value] for value in asked if value in known]

    def _core_completion_get_course_completion_status(
        self, form: dict[str, str]
    ) -> Any:
        if form["courseid"] == "3":
            return body("ws_err_completion_no_criteria")
        if form["userid"] == SUSPENDED:
            return body("ws_err_completion_not_enrolled")
        name = "ws_core_completion_get_course_completion_status"
        done = self._reported(form["userid"])["columns"][5] == "Yes"
        return body(name if done else f"{name}_partial")

    def _reported(self, user_id: str) -> Any:
        users = body("ws_core_enrol_get_enrolled_users")
        name = next(user["username"] for user in users if str(user["id"]) == user_id)
        report = body("ws_core_reportbuilder_retrieve_report")["data"]["rows"]
        return next(
            row
            for row in report
            if row["columns"][1] == name and "NEG101" in row["columns"]
        )

    def _core_completion_get_activities_completion_status(
        self, form: dict[str, str]
    ) -> Any:
        if self.mod_view:
            return body("ws_core_completion_get_activities_completion_status")
        return body("ws_quirk_activities_without_modview_caps")

    def _core_competency_list_competency_frameworks(self, form: dict[str, str]) -> Any:
        if not self.frameworks:
            return {
                "exception": "required_capability_exception",
                "errorcode": "nopermissions",
                "message": "x",
            }
        return body("ws_core_competency_list_competency_frameworks")

    def _report_competency_data_for_report(self, form: dict[str, str]) -> Any:
        if form["userid"] == FINISHED:
            return body("ws_report_competency_data_for_report")
        return body("ws_report_competency_unrated")

    def _core_group_get_course_groups(self, form: dict[str, str]) -> Any:
        return [
            row
            for row in body("ws_core_group_get_course_groups")
            if str(row["courseid"]) == form["courseid"]
        ]

    def _core_calendar_create_calendar_events(self, form: dict[str, str]) -> Any:
        return body(f"ws_core_calendar_create_{form['events[0][eventtype]']}_event")

    def _core_calendar_delete_calendar_events(self, form: dict[str, str]) -> Any:
        if form["events[0][eventid]"] == "404":
            return body("ws_err_unknown_course")
        return None

    def _core_message_send_instant_messages(self, form: dict[str, str]) -> Any:
        if form["messages[0][touserid]"] == "99999":
            return body("ws_err_message_unknown_user")
        return body("ws_core_message_send_instant_messages")

    def _core_competency_grade_competency_in_course(self, form: dict[str, str]) -> Any:
        if form["userid"] == "99":
            return body("ws_err_grade_competency_unknown")
        return body("ws_core_competency_grade_competency_in_course")
