"""What each ability needs in Moodle: a function in the service, a right in the role."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lms_clients.capabilities import Ability, Capability, Proof

FUNCTIONS_MENU = (
    "Site administration > Server > Web services > External services > Functions"
)
ROLES_MENU = "Site administration > Users > Permissions > Define roles"

CATEGORIES = "core_course_get_categories"
"""Leads to the courses of a site that has too many for one answer."""

COURSE, PERSON, PEOPLE = "<course>", "<person>", "<people>"
"""Stand in a probe's arguments for what the inspection has found."""


@dataclass(frozen=True, slots=True)
class Need:
    """What one ability needs, and the cheapest call that tries it."""

    ability: Ability
    function: str
    permission: str
    probe: Mapping[str, object] | None = field(default_factory=dict)
    """The arguments of the trial; None for what writes and cannot be tried."""
    is_bulk: bool = True
    in_parts: str = ""
    """The function that it takes besides where one answer would be too large."""

    def capability(
        self, proof: Proof, *, is_on: bool = True, missing: str = ""
    ) -> Capability:
        """Say how it stands with this ability."""
        is_function = missing in {self.function, self.in_parts}
        menu = FUNCTIONS_MENU if is_function else ROLES_MENU
        menu = menu if missing else ""
        return Capability(self.ability, is_on, proof, missing, menu, self.is_bulk)


NEEDS = (
    Need(
        Ability.COURSES,
        "core_course_get_courses",
        "moodle/course:view",
        in_parts=CATEGORIES,
    ),
    Need(
        Ability.MEMBERS,
        "core_enrol_get_enrolled_users",
        "moodle/course:viewparticipants, moodle/course:enrolreview",
        {
            "courseid": COURSE,
            "options": [
                {"name": "userfields", "value": "id,roles"},
                {"name": "limitnumber", "value": 200},
            ],
        },
    ),
    Need(
        Ability.PROFILES,
        "core_user_get_users_by_field",
        "moodle/user:viewdetails",
        {"field": "id", "values": PEOPLE},
    ),
    Need(
        Ability.SECTIONS,
        "core_group_get_course_groups",
        "moodle/course:managegroups",
        {"courseid": COURSE},
    ),
    Need(
        Ability.COURSE_COMPLETIONS,
        "core_completion_get_course_completion_status",
        "report/completion:view",
        {"courseid": COURSE, "userid": PERSON},
        is_bulk=False,
    ),
    Need(
        Ability.ACTIVITY_COMPLETIONS,
        "core_completion_get_activities_completion_status",
        "report/progress:view",
        {"courseid": COURSE, "userid": PERSON},
        is_bulk=False,
    ),
    Need(
        Ability.SKILLS,
        "core_competency_list_course_competencies",
        "moodle/competency:coursecompetencyview",
        {"id": COURSE},
    ),
    Need(
        Ability.PROFICIENCIES,
        "report_competency_data_for_report",
        "moodle/competency:usercompetencyview",
        {"courseid": COURSE, "userid": PERSON, "moduleid": 0},
        is_bulk=False,
    ),
    Need(
        Ability.GRADES,
        "gradereport_user_get_grade_items",
        "moodle/grade:viewall",
        {"courseid": COURSE, "userid": PERSON},
    ),
    Need(
        Ability.ADD_EVENT,
        "core_calendar_create_calendar_events",
        "moodle/calendar:manageentries",
        None,
    ),
    Need(
        Ability.SEND_MESSAGE,
        "core_message_send_instant_messages",
        "moodle/site:sendmessage",
        None,
        is_bulk=False,
    ),
    Need(
        Ability.RATE_SKILL,
        "core_competency_grade_competency_in_course",
        "moodle/competency:competencygrade",
        None,
        is_bulk=False,
    ),
    Need(Ability.UPDATE_GRADES, "core_grades_update_grades", "moodle/grade:edit", None),
)
"""In the order in which they are tried: later ones use what earlier ones found."""

FUNCTIONS = (
    "core_webservice_get_site_info",
    *(need.function for need in NEEDS),
    "core_course_get_contents",
    CATEGORIES,
    "core_course_get_courses_by_field",
    "core_competency_list_competency_frameworks",
    "core_reportbuilder_list_reports",
    "core_reportbuilder_retrieve_report",
    "core_calendar_delete_calendar_events",
)
"""Every function this client calls, for the external service of the token."""

PERMISSIONS = (
    *(name for need in NEEDS for name in need.permission.split(", ")),
    "moodle/competency:competencyview",
    "moodle/reportbuilder:view",
    "webservice/rest:use",
)
"""What the role of the account needs, with `mod/*:view` of every kind of activity."""
