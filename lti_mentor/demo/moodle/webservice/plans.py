"""Learning plans and one person's competencies outside a course."""

from typing import Any

from lti_mentor.demo.moodle.webservice import skills
from lti_mentor.demo.moodle.webservice.account import Account
from lti_mentor.demo.moodle.webservice.wire import Function, no_record
from lti_mentor.demo.rows import Skill
from lti_mentor.demo.shell import here

FORBIDDEN = (
    "canmanage",
    "canrequestreview",
    "canreview",
    "canbeedited",
    "isactive",
    "isdraft",
    "iscompleted",
    "isinreview",
    "iswaitingforreview",
    "isreopenallowed",
    "iscompleteallowed",
    "isunlinkallowed",
    "isrequestreviewallowed",
    "iscancelreviewrequestallowed",
    "isstartreviewallowed",
    "isstopreviewallowed",
    "isapproveallowed",
    "isunapproveallowed",
)
"""What cannot be done with a plan, except that it is active."""
REVIEWS = (
    "isrequestreviewallowed",
    "iscancelreviewrequestallowed",
    "isstartreviewallowed",
    "isstopreviewallowed",
)
"""Steps of a review nobody may take."""
Row = dict[str, Any]
"""A plan as the world keeps it: id, person, skills, due."""


def _plans(account: Account, person: int | None = None) -> list[Row]:
    kept: list[Row] = here().world.extra.get("plans", [])
    if account.is_bare:
        return []
    return [row for row in kept if person in (None, row["person"])]


def _plan(account: Account, number: int) -> Row:
    for row in _plans(account):
        if row["id"] == number:
            return row
    raise no_record("competency_plan")


def describe(plan: Row) -> dict[str, Any]:
    """Return a learning plan."""
    due, due_words = plan["due"], skills.spoken(plan["due"])
    shared = {"description": "Template", "descriptionformat": 1, "duedate": due}
    return {
        "name": plan["name"],
        "description": "Template",
        "descriptionformat": 1,
        "userid": plan["person"],
        "templateid": 1,
        "origtemplateid": None,
        "status": 1,
        "duedate": due,
        "reviewerid": None,
        "id": plan["id"],
        **skills.STAMPS,
        "statusname": "Active",
        "isbasedontemplate": True,
        **dict.fromkeys(FORBIDDEN, False),
        "isactive": True,
        "duedateformatted": due_words,
        "commentarea": comments("plan", plan["id"], f"plancommentarea{plan['id']}"),
        "template": {
            "shortname": plan["name"],
            **shared,
            "visible": True,
            "contextid": 1,
            "id": 1,
            **skills.STAMPS,
            "duedateformatted": due_words,
            "cohortscount": 0,
            "planscount": len(here().world.extra["plans"]),
            "canmanage": False,
            "canread": True,
            "contextname": "System",
            "contextnamenoprefix": "System",
        },
        "url": f"{skills.base()}/plan.php?id={plan['id']}",
    }


def comments(area: str, item: int, client: str) -> dict[str, Any]:
    """Return the empty comments below a plan or a competency."""
    return {
        "component": "competency",
        "commentarea": area,
        "itemid": item,
        "courseid": 1,
        "contextid": 76,
        "cid": client,
        "autostart": False,
        "canpost": False,
        "canview": True,
        "count": 0,
        "collapsediconkey": "t/collapsed",
        "displaytotalcount": True,
        "displaycancel": False,
        "fullwidth": True,
        "linktext": "Comments",
        "notoggle": False,
        "template": '<div class="comment-message"></div>',
        "canpostorhascomments": False,
    }


def user_competency(skill: Skill, person: int) -> dict[str, Any]:
    """Return one person's competency, whichever course rated it last."""
    number = person * 1000 + skill.id
    return {
        "userid": person,
        "competencyid": skill.id,
        "status": 0,
        "reviewerid": None,
        **skills.rated(skill, skills.rating(skill, person)),
        "id": number,
        **skills.STAMPS,
        "canrequestreview": False,
        "canreview": False,
        **dict.fromkeys(REVIEWS, False),
        "isstatusidle": True,
        "isstatusinreview": False,
        "isstatuswaitingforreview": False,
        "statusname": "-",
        "url": f"{skills.base()}/user_competency.php?id={number}",
    }


def list_plans(account: Account, userid: int) -> list[dict[str, Any]]:
    """Return somebody's plans."""
    return [describe(row) for row in _plans(account, userid)]


def read_plan(account: Account, id: int) -> dict[str, Any]:
    """Return one plan."""
    return describe(_plan(account, id))


def plan_competencies(account: Account, id: int) -> list[dict[str, Any]]:
    """Return a plan's competencies and how its person stands."""
    plan = _plan(account, id)
    return [
        {
            "competency": skills.competency(skill),
            "usercompetency": user_competency(skill, plan["person"]),
        }
        for skill in _skills(plan)
    ]


def _skills(plan: Row) -> list[Skill]:
    return [here().world.skills[number] for number in plan["skills"]]


def plan_page(account: Account, planid: int) -> dict[str, Any]:
    """Return a plan's page."""
    plan = _plan(account, planid)
    shown = [
        {
            "competency": skills.competency(skill),
            "comppath": skills.path(),
            "usercompetency": user_competency(skill, plan["person"]),
        }
        for skill in _skills(plan)
    ]
    good = sum(bool(row["usercompetency"]["proficiency"]) for row in shown)
    share = 100 * good / len(shown) if shown else 0
    return {
        "plan": describe(plan),
        "contextid": 76,
        "pluginbaseurl": skills.base(),
        "competencies": shown,
        "competencycount": len(shown),
        "proficientcompetencycount": good,
        "proficientcompetencypercentage": int(share),
        "proficientcompetencypercentageformatted": f"{share:.1f}",
    }


def plans_page(account: Account, userid: int) -> dict[str, Any]:
    """Return the page of somebody's plans."""
    return {
        "userid": userid,
        "plans": list_plans(account, userid),
        "pluginbaseurl": skills.base(),
        "navigation": [],
        "canreaduserevidence": True,
        "canmanageuserplans": False,
    }


def evidence_page(_account: Account, userid: int) -> dict[str, Any]:
    """Return the page of somebody's own evidence: there is none."""
    return {
        "canmanage": False,
        "userid": userid,
        "pluginbaseurl": skills.base(),
        "evidence": [],
        "navigation": [],
    }


def summary(account: Account, userid: int, competencyid: int) -> dict[str, Any]:
    """Return one person's competency with its evidence."""
    found = _summary(account, userid, competencyid)
    skill = here().world.skills[competencyid]
    found["usercompetency"] = user_competency(skill, userid)
    found["evidence"] = _evidence(account, userid, skill)
    number = found["usercompetency"]["id"]
    found["commentarea"] = comments("user_competency", number, "comments")
    return found


def _summary(account: Account, userid: int, competencyid: int) -> dict[str, Any]:
    skill = here().world.skills.get(competencyid)
    person = here().world.people.get(userid)
    if skill is None or person is None or account.is_bare:
        raise no_record("competency")
    return {
        "showrelatedcompetencies": True,
        "cangrade": True,
        "competency": skills.summary(skill),
        "user": skills.card(person),
    }


def _evidence(account: Account, person: int, skill: Skill) -> list[dict[str, Any]]:
    row = skills.rating(skill, person)
    if row is None:
        return []
    course = here().world.courses[row.course]
    return [skills.evidence(account.person, row, f'"Course: {course.title}"')]


def summary_in_course(
    account: Account, userid: int, competencyid: int, courseid: int
) -> dict[str, Any]:
    """Return one person's competency as one course rated it."""
    course = account.course(courseid)
    found = _summary(account, userid, competencyid)
    skill = here().world.skills[competencyid]
    found["usercompetencycourse"] = skills.rated_in_course(course, skill, userid)
    found["evidence"] = _evidence(account, userid, skill)
    return {
        "usercompetencysummary": found,
        "course": skills.course_card(course),
        "coursemodules": [],
        "plans": list_plans(account, userid),
        "pluginbaseurl": skills.base(),
    }


FUNCTIONS = {
    "core_competency_list_user_plans": Function(list_plans, {"userid": int}),
    "core_competency_read_plan": Function(read_plan, {"id": int}),
    "core_competency_list_plan_competencies": Function(plan_competencies, {"id": int}),
    "tool_lp_data_for_plan_page": Function(plan_page, {"planid": int}),
    "tool_lp_data_for_plans_page": Function(plans_page, {"userid": int}),
    "tool_lp_data_for_user_evidence_list_page": Function(
        evidence_page, {"userid": int}
    ),
    "tool_lp_data_for_user_competency_summary": Function(
        summary, {"userid": int, "competencyid": int}
    ),
    "tool_lp_data_for_user_competency_summary_in_course": Function(
        summary_in_course, {"userid": int, "competencyid": int, "courseid": int}
    ),
}
"""What this module answers."""
