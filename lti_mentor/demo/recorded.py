"""The site on which Moodle's behaviour was measured, as far as it matters.

Course 2 has criteria, course 3 none; students are 3 to 52, the last suspended in
course 2; 53 to 58 completed it; 59 edits, 60 teaches, 61 manages, 62 calls.
"""

from lti_mentor.demo.rows import (
    Activity,
    Completion,
    Course,
    CourseCompletion,
    Enrolment,
    GradeItem,
    Group,
    Person,
    Proficiency,
    ResourceLink,
    Score,
    Skill,
    Tool,
)
from lti_mentor.demo.world import World

START = 1788217200
"""When the courses began."""
SEEN = 1795375829
"""When everybody was last seen."""
GIVEN = ["Ana", "Bo", "Chen", "Dara", "Eli", "Femi", "Gita", "Hugo", "Ines", "Jon"]
"""Given names of ten students in a row."""
FAMILY = ["Adams", "Baker", "Costa", "Diaz", "Eze"]
"""Family names of ten students each."""
ZONES = [
    "Europe/Madrid",
    "America/New_York",
    "Asia/Kolkata",
    "Africa/Lagos",
    "Australia/Sydney",
]
"""Time zones in turn."""
LEVELS = ["Novice", "Developing", "Competent", "Expert"]
"""The scale; the third is proficient."""
SKILLS = [
    "Active listening",
    "Interest-based bargaining",
    "Conflict resolution",
    "Preparing a BATNA",
    "Giving feedback",
    "Reading charts",
    "Cleaning data",
    "Explaining numbers",
]
"""The framework's competencies; course 2 has five, course 3 the last four."""
TOOL = "http://tool.localhost:9001"
"""Where the recorded tool was."""
CUSTOM = {
    "user_id": "$User.id",
    "username": "$User.username",
    "person_email": "$Person.email.primary",
    "person_tz": "$Person.address.timezone",
    "course_id": "$CourseSection.sourcedId",
    "courselabel": "$Context.label",
    "ctxid": "$Context.id",
    "ctxhist": "$Context.id.history",
    "groups": "$Moodle.Person.userGroupIds",
    "rlid": "$ResourceLink.id",
    "rltitle": "$ResourceLink.title",
    "start": "$CourseSection.timeFrame.begin",
    "end": "$CourseSection.timeFrame.end",
    "due": "$ResourceLink.submission.endDateTime",
    "fixed": "a=b=c",
    "Mixed.Case-Key": "v1",
    "members": "$ToolProxyBinding.memberships.url",
    "lineitems": "$LineItems.url",
    "unknown": "$No.Such.Variable",
    "mentors": "$Person.mentors",
    "rolescopementor": "$User.roleScopeMentor",
}
"""The recorded tool's custom parameters."""
ACTIVITIES = [
    (1, 2, "page", 1, "NEG101 Reading 1", "view"),
    (2, 2, "page", 2, "NEG101 Reflection (self-marked)", "manual"),
    (3, 2, "assign", 1, "NEG101 Case study", "grade"),
    (4, 2, "quiz", 1, "NEG101 Final quiz", "pass"),
    (5, 2, "assign", 2, "NEG101 Project plan", "grade"),
    (6, 2, "url", 1, "NEG101 Further resources", "view"),
    (7, 3, "page", 3, "DATA201 Reading 1", "view"),
    (8, 3, "page", 4, "DATA201 Reflection (self-marked)", "manual"),
    (9, 3, "assign", 3, "DATA201 Case study", "grade"),
    (10, 3, "quiz", 2, "DATA201 Final quiz", "pass"),
    (11, 3, "assign", 4, "DATA201 Project plan", "grade"),
    (12, 3, "url", 2, "DATA201 Further resources", "view"),
    (13, 2, "lti", 1, "Mentor hub (graded)", "grade"),
    (14, 2, "lti", 2, "Mentor hub (no grade)", "view"),
    (15, 2, "lti", 3, "Mentor hub (pass grade)", "pass"),
]
"""Course modules: id, course, kind, instance, title, completed by."""
ITEMS = {2: 3, 3: 4, 4: 5, 9: 13, 10: 15}
"""Grade items of course 2 and their course modules."""


def recorded(world: World) -> None:
    """Fill an empty Moodle world as the measured site was."""
    _people(world)
    _courses(world)
    _tool(world)
    _progress(world)


def _people(world: World) -> None:
    students = [(f"student{n + 1}", GIVEN[n % 10], FAMILY[n // 10]) for n in range(50)]
    others = [(f"grad{n + 1}", GIVEN[n] + "Grad", "Adams") for n in range(6)]
    others += [
        ("teacher1", "GitaTeacher", "Adams"),
        ("teacher2", "HugoTeacher", "Adams"),
    ]
    others += [("manager1", "InesManager", "Adams")]
    for order, (username, given, family) in enumerate([*students, *others]):
        stem, number = username.rstrip("0123456789"), order + 3
        digits = username.removeprefix(stem)
        person = Person(number, username, given, family, str(number))
        person.email = f"{username}@example.com"
        person.idnumber = f"{stem.upper()}-{digits}"
        person.timezone = ZONES[order % 5]
        world.add(person)
    world.people[61].manager = True
    admin = Person(2, "admin", "Admin", "User", "2", email="admin@example.com")
    admin.admin = True
    world.add(admin)
    caller = Person(62, "wsmentor", "Mentor", "Integration", "62")
    caller.email = "ws@example.com"
    world.add(caller)


def _courses(world: World) -> None:
    sections = {0: "General", 1: "New section", 2: "New section", 3: "New section"}
    world.add(Course(1, "MTM", "Mentor Test Moodle"))
    for number, code, title in (
        (2, "NEG101", "Negotiation Skills"),
        (3, "DATA201", "Data Literacy at Work"),
    ):
        course = Course(number, code, title, f"IDN-{code}", code, START)
        course.summary, course.sections = f"Summary of {title}", dict(sections)
        world.add(course)
    world.courses[2].criteria = [1, 2, 3, 4, 5, 6]
    world.courses[2].skills, world.courses[3].skills = [1, 2, 3, 4, 5], [5, 6, 7, 8]
    for number, title in enumerate(SKILLS, start=1):
        skill = Skill(number, title, f"WS-{number}", f"{title} described")
        skill.levels, skill.mastery = LEVELS, 3
        world.add(skill)
    _members(world)
    for row in ACTIVITIES:
        activity = Activity(*row[:5], section=1, completes=row[5])
        activity.intro = f"Intro of {activity.title}"
        world.add(activity)
    world.activities[3].due = 1796083200


def _members(world: World) -> None:
    roles = dict.fromkeys(range(3, 59), "learner") | {59: "instructor", 60: "assistant"}
    for person, role in roles.items():
        world.add(Enrolment(2, person, role, since=START, last_access=SEEN))
        if person <= 32 or person >= 59:
            world.add(Enrolment(3, person, role, since=START))
    world.enrolments[2, 52].status = "suspended"
    world.add(Group(1, 2, "Cohort North", list(range(4, 53, 2))))
    world.add(Group(2, 2, "Cohort South", list(range(3, 53, 2))))


def _tool(world: World) -> None:
    tool = Tool(
        id=1,
        name="LTI Mentor (dump)",
        client_id="7fBuyMBPdzlItCV",
        deployment_id="1",
        login_url=TOOL + "/login",
        launch_url=TOOL + "/launch",
        jwks_url=TOOL + "/jwks",
        redirect_uris=[TOOL + "/launch"],
        deep_link_url=TOOL + "/launch?dl=1",
        description="Pairs learners & mentors now",
        icon_url=TOOL + "/logo.png",
        custom=dict(CUSTOM),
        claims=["name", "email"],
    )
    ags, nrps = "https://purl.imsglobal.org/spec/lti-ags/scope/", "lti-nrps/scope/"
    tool.scopes = [
        *(ags + name for name in ("lineitem", "lineitem.readonly", "result.readonly")),
        ags + "score",
        f"https://purl.imsglobal.org/spec/{nrps}contextmembership.readonly",
        "https://purl.imsglobal.org/spec/lti-ts/scope/toolsetting",
    ]
    world.add(tool)
    for number, activity in ((1, 13), (2, 14), (3, 15)):
        title = world.activities[activity].title
        link = ResourceLink(number, 2, 1, title, activity, text=f"Intro of {title}")
        link.custom = {"inst_param": "42", "MyKey": "Val"}
        world.add(link)
    for item, activity in ITEMS.items():
        row = GradeItem(item, 2, world.activities[activity].title, activity=activity)
        row.tool = 1 if activity > 12 else None
        world.add(row)
    world.grade_items[10].maximum, world.grade_items[10].pass_at = 10.0, 6.0
    world.grade_items[3].pass_at = 60.0


def _progress(world: World) -> None:
    for person in [*range(4, 20), *range(53, 59)]:
        for activity in world.courses[2].criteria:
            state = 2 if activity == 4 else 1
            world.add(Completion(activity, person, state, START))
        world.add(CourseCompletion(2, person, START))
    for person in range(3, 13):
        for item in (2, 3):
            world.add(Score(item, person, 60.0 + person, START, source="teacher"))
    for person, levels in ((53, [1, 2, 3]), (3, [3, 3, 1])):
        for skill, level in enumerate(levels, start=1):
            world.add(Proficiency(skill, person, 2, level, START, "rated by populate"))
    world.extra["plans"] = [
        {
            "id": person - 32,
            "name": "Negotiator path",
            "person": person,
            "skills": [1, 2, 3, 4],
            "due": 1803859200,
        }
        for person in (53, 54)
    ]
