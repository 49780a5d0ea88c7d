"""Where the tool is on, wishes for it elsewhere, and who may start programs."""

import pytest

from lti_mentor.activity.models import Activity, Verb
from lti_mentor.mentoring.models import Program, ProgramState
from lti_mentor.people.models import Context
from lti_mentor.platforms.models import Place, Reach, Registration, Starting
from tests import builders
from tests.tool import code_of
from tests.web.pages import House, Visitor
from tests.web.stage import Stage, stage

THREE = {"name": "Практика", "typed": "Слушать", "weeks": "6"}


@pytest.fixture
def s(house: House) -> Stage:
    return stage(house)


@pytest.fixture
def ada(s: Stage) -> Visitor:
    s.ada.is_org_admin = True
    return s.as_("ada")


@pytest.fixture
def chosen(s: Stage) -> Registration:
    """The tool is on only where it was chosen: nowhere yet."""
    s.tenant.reach = Reach.CHOSEN
    s.session.commit()
    return s.tenant


def course(s: Stage) -> Context:
    s.house.again()
    return s.session.get_one(Context, s.course.id)


def programs(s: Stage) -> list[Program]:
    s.house.again()
    return s.session.query(Program).order_by(Program.id).all()


# Where it is on


def test_it_is_on_everywhere_until_somebody_chooses(s: Stage, ada: Visitor) -> None:
    page = ada.follow("/courses", reach="chosen")
    assert "on nowhere" in page.text
    assert "not switched on" in s.as_("lea").get("/home").heading.lower()

    ada.follow("/courses", reach="everywhere")

    assert "not switched on" not in s.as_("lea").get("/home").heading.lower()


@pytest.mark.parametrize("kind", ["course", "group"])
def test_a_course_is_on_by_itself_or_by_its_group(
    s: Stage, ada: Visitor, chosen: Registration, kind: str
) -> None:
    s.course.group_id, s.course.group_name = "42", "Факультет"
    s.session.commit()
    key = {"course": str(s.course.public_id), "group": "42"}[kind]
    iris = s.as_("iris")
    assert "Not switched on" in iris.get("/home").heading

    page = ada.follow("/courses/on", kind=kind, key=key)
    assert {"course": s.course.title, "group": "Факультет"}[kind] in page.text
    assert "Not switched on" not in iris.get("/home").heading

    place = s.session.query(Place).one()
    ada.follow("/courses/off", place=str(place.public_id))
    assert "Not switched on" in iris.get("/home").heading


@pytest.mark.parametrize(
    "form",
    [
        {"kind": "course", "key": "nothing"},
        {"kind": "group", "key": "of nobody"},
        {"kind": "planet", "key": "1"},
        {},
    ],
)
def test_only_known_courses_and_groups_are_chosen(
    s: Stage, ada: Visitor, form: dict[str, str]
) -> None:
    ada.post("/courses/on", 404, **form)

    assert s.session.query(Place).count() == 0


def test_nothing_of_another_organisation_is_touched(s: Stage, ada: Visitor) -> None:
    far = builders.registration(s.session)
    theirs = builders.context(s.session, far, asked_by=s.lea)
    place = Place(registration_id=far.id, kind="course", key=str(theirs.public_id))
    s.session.add(place)
    teacher = builders.person(s.session, far, "Далёкий")
    draft = builders.program(s.session, theirs, teacher, state=ProgramState.DRAFT)
    s.session.commit()
    before = s.house.dump()

    key = str(theirs.public_id)
    ada.post("/courses/on", 404, kind="course", key=key)
    ada.post("/courses/wish", 404, course=key, answer="yes")
    ada.post("/courses/off", 404, place=str(place.public_id))
    ada.post("/courses/program", 404, program=str(draft.public_id), answer="yes")

    assert s.house.dump() == before
    assert "Далёкий" not in ada.get("/courses").text


@pytest.mark.usefixtures("chosen")
def test_what_runs_where_it_is_off_goes_on(s: Stage) -> None:
    s.couple()

    assert "Not switched on" not in s.as_("lea").get("/home").heading
    assert "Not switched on" not in s.as_("iris").get("/home").heading


@pytest.mark.usefixtures("chosen")
def test_nothing_begins_where_it_is_off(s: Stage) -> None:
    asked = {"deployment_id": "1", "deep_linking": {"return_url": "https://a.example"}}
    asked["deep_linking"] |= {"data": None, "accepts_line_item": True}  # type: ignore[operator]
    iris = s.as_("iris", launch=asked)

    began = iris.ask("POST", "/programs/new", data=THREE)
    linked = iris.ask(
        "POST", "/deep-link", data={"title": "Слушай", "due_on": "2099-01-01"}
    )

    assert (began.status_code, code_of(began)) == (403, "course.off")
    assert (linked.status_code, code_of(linked)) == (403, "course.off")
    assert programs(s) == []


@pytest.mark.usefixtures("chosen")
@pytest.mark.parametrize("path", ["/board", "/programs/new", "/report", "/deep-link"])
def test_no_page_of_the_course_opens_where_it_is_off(s: Stage, path: str) -> None:
    iris = s.as_("iris")

    answer = iris.ask("GET", path)

    assert answer.location.endswith("/not-here")
    nav = [one.text.strip() for one in iris.get("/home").soup.select(".topbar-nav a")]
    assert nav == ["Mentoring"]
    assert code_of(iris.ask("POST", "/board/sync")) == "course.off"


# Wishes


@pytest.mark.usefixtures("chosen")
def test_an_instructor_asks_and_is_answered_with_one_click(
    s: Stage, ada: Visitor
) -> None:
    iris = s.as_("iris")
    page = iris.follow("/not-here")
    assert "You have asked" in page.text
    assert "Ада Администратор" in page.text

    seen = ada.get("/courses").text
    assert "Ирис Учитель" in seen
    ada.follow("/courses/wish", course=str(s.course.public_id), answer="yes")

    assert course(s).asked_by_id is None
    assert "Not switched on" not in iris.get("/home").heading


@pytest.mark.usefixtures("chosen")
def test_a_no_is_told_with_its_reason(s: Stage, ada: Visitor) -> None:
    iris = s.as_("iris")
    iris.post("/not-here")

    no = {"answer": "no", "words": "Весной"}
    ada.follow("/courses/wish", course=str(s.course.public_id), **no)

    page = iris.get("/not-here")
    assert "Весной" in page.text
    assert page.actions()[0].endswith("/not-here")


@pytest.mark.usefixtures("chosen")
@pytest.mark.parametrize("who", ["lea", "tess", "max"])
def test_only_who_teaches_asks(s: Stage, who: str) -> None:
    visitor = s.as_(who)

    assert visitor.ask("POST", "/not-here").status_code == 403
    assert visitor.get("/not-here").actions() == []
    assert course(s).asked_by_id is None


@pytest.mark.usefixtures("chosen")
def test_learners_are_told_whom_to_ask_and_see_no_names(s: Stage) -> None:
    s.ada.is_org_admin = True

    page = s.as_("lea").get("/not-here")

    assert "tell your instructor" in page.text
    assert "Ада" not in page.text


def test_where_it_is_on_nothing_is_asked_for(s: Stage) -> None:
    iris = s.as_("iris")

    assert "switched on here" in iris.get("/not-here").text
    assert code_of(iris.ask("POST", "/not-here")) == "course.not_closed"


# Who may start


def starting(s: Stage, how: Starting) -> None:
    s.tenant.starting = how
    s.session.commit()


def test_everybody_who_teaches_starts_freely(s: Stage) -> None:
    s.as_("iris").follow("/programs/new", **THREE)

    assert [one.state for one in programs(s)] == [ProgramState.RUNNING]


def test_with_approval_a_program_waits_and_asks_nobody(s: Stage, ada: Visitor) -> None:
    ada.follow("/courses/starting", starting="approval")
    iris, lea = s.as_("iris"), s.as_("lea")

    page = iris.follow("/programs/new", **THREE)

    (program,) = programs(s)
    own = f"/programs/{program.public_id}"
    assert program.state is ProgramState.DRAFT
    assert "waits for the approval" in page.text
    assert iris.ask("POST", "/programs/new", data=THREE).status_code == 303
    assert code_of(iris.ask("POST", f"{own}/match")) == "program.not_running"
    assert "Практика" not in lea.get("/mentorship").text


def test_an_approved_program_runs(s: Stage, ada: Visitor) -> None:
    starting(s, Starting.APPROVAL)
    s.as_("iris").follow("/programs/new", **THREE)
    (program,) = programs(s)
    assert "Практика" in ada.get("/courses").text

    answer = {"program": str(program.public_id), "answer": "yes"}
    ada.follow("/courses/program", **answer)
    twice = ada.ask("POST", "/courses/program", data=answer)

    assert [one.state for one in programs(s)] == [ProgramState.RUNNING]
    assert code_of(twice) == "program.answered"
    told = s.session.query(Activity).filter_by(verb=Verb.ANSWERED_PROGRAM).one()
    assert (told.actor_id, told.data) == (s.ada.id, {"state": "running"})


def test_a_declined_program_says_why_and_another_may_be_tried(
    s: Stage, ada: Visitor
) -> None:
    starting(s, Starting.APPROVAL)
    iris = s.as_("iris")
    iris.follow("/programs/new", **THREE)
    (program,) = programs(s)

    no = {"answer": "no", "words": "Сначала поговорим"}
    ada.follow("/courses/program", program=str(program.public_id), **no)

    page = iris.get(f"/programs/{program.public_id}")
    assert "Сначала поговорим" in page.text
    iris.follow("/programs/new", **THREE | {"name": "Вторая"})
    states = [one.state for one in programs(s)]
    assert states == [ProgramState.DECLINED, ProgramState.DRAFT]


def test_only_named_people_start(s: Stage) -> None:
    starting(s, Starting.NAMED)
    iris = s.as_("iris")
    refused = iris.ask("POST", "/programs/new", data=THREE)
    assert code_of(refused) == "program.not_named"

    s.iris.may_start = True
    s.session.commit()
    iris.follow("/programs/new", **THREE)

    assert [one.state for one in programs(s)] == [ProgramState.RUNNING]


def test_who_is_named_needs_no_approval(s: Stage) -> None:
    starting(s, Starting.APPROVAL)
    s.iris.may_start = True

    s.as_("iris").follow("/programs/new", **THREE)

    assert [one.state for one in programs(s)] == [ProgramState.RUNNING]


def test_nonsense_is_no_rule(s: Stage, ada: Visitor) -> None:
    ada.post("/courses/starting", 404, starting="sometimes")

    s.house.again()
    assert s.session.get_one(Registration, s.tenant.id).starting is Starting.FREELY
