"""A clean exit over HTTP: the archive, switching off, erasing."""

import io
import json
import zipfile

import pytest

from lti_mentor.db import Base
from lti_mentor.people.models import OneUseLink, Person
from lti_mentor.platforms.models import Place, PlaceKind, Registration
from lti_mentor.practice.models import WorkState
from lti_mentor.privacy import leaving
from lti_mentor.web import db
from tests import builders
from tests.tool import code_of
from tests.web.pages import House, Visitor
from tests.web.stage import Stage, stage


@pytest.fixture
def s(house: House) -> Stage:
    found = stage(house)
    found.tenant.lms_token, found.tenant.lrs_key = "тайна", "ключ"
    found.tenant.lrs_secret = "секрет"
    couple = found.couple()
    found.message(couple, found.max)
    found.work(WorkState.COMPLETED, couple.program, couple)
    found.session.commit()
    return found


@pytest.fixture
def ada(s: Stage) -> Visitor:
    return s.as_("ada")


def test_every_table_is_somebodys_or_the_installations() -> None:
    assert leaving.tables_of_nobody() == leaving.INSTALLATION


Packed = dict[str, list[dict[str, object]]]


def unpacked(data: bytes) -> tuple[Packed, str]:
    """Return the rows of each table, and the whole text."""
    packed = zipfile.ZipFile(io.BytesIO(data))
    rows = {
        name: [json.loads(line) for line in packed.read(name).decode().splitlines()]
        for name in packed.namelist()
        if name.endswith(".jsonl")
    }
    return rows, "".join(packed.read(name).decode() for name in packed.namelist())


def test_the_operators_archive_holds_everything_but_secrets(s: Stage) -> None:
    far = builders.person(s.session, builders.registration(s.session), "Далёкий")
    ada = s.as_("ada")
    s.session.commit()

    with s.house.app.app_context():
        data = b"".join(leaving.archive(db.engine.connect(), s.tenant))

    rows, everything = unpacked(data)
    assert {row["name"] for row in rows["person.jsonl"]} >= {s.lea.name, s.max.name}
    assert "Тайный привет" in everything
    assert len(rows["registration.jsonl"]) == 1
    for secret in ("тайна", "секрет", "token_digest", far.name, ada.token):
        assert secret not in everything
    assert "web_session.jsonl" not in rows


def test_an_admins_archive_holds_what_was_set_up_and_nobody(
    s: Stage, ada: Visitor
) -> None:
    people = s.session.query(Person).all()
    private = {"Тайный привет"}
    for one in people:
        private |= {one.name, f'"{one.sub}"', str(one.public_id)}

    answer = ada.ask("GET", "/leaving/archive")

    rows, everything = unpacked(answer.data)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert {name.removesuffix(".jsonl") for name in rows} == leaving.OF_NOBODY
    for told in ("context", "program", "skill", "practice_brief"):
        assert rows[f"{told}.jsonl"], told
    keys = {key for table in rows.values() for row in table for key in row}
    assert not keys & {"coordinator_id", "created_by_id", "asked_by_id"}
    assert [said for said in private if said in everything] == []
    page = ada.get("/leaving")
    assert "their scores are not in it" in page.text
    assert f"platform export {s.tenant.public_id}" in page.text


def test_the_archive_is_fetched_with_a_ticket(s: Stage, ada: Visitor) -> None:
    path = f"/s/{ada.handle}/leaving/archive"
    ticket = ada.ask("POST", "/ticket", json={"path": path}).get_json()["ticket"]

    answer = s.house.app.test_client().get(f"/file/{ticket}")

    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert zipfile.ZipFile(io.BytesIO(answer.data)).testzip() is None


@pytest.mark.parametrize("what", ["revoke", "erase"])
@pytest.mark.parametrize("typed", ["", "yes", "Школ"])
def test_nothing_happens_before_the_name_is_typed(
    s: Stage, ada: Visitor, what: str, typed: str
) -> None:
    before = s.house.dump()

    page = ada.post(f"/leaving/{what}", 422, name=typed)

    assert page.one(f"#{what}-error")
    assert s.house.dump() == before


def test_switching_off_forgets_keys_and_signs_everybody_out(
    s: Stage, ada: Visitor
) -> None:
    lea, name = s.as_("lea"), s.tenant.name

    page = ada.post("/leaving/revoke", 200, name=name.upper())

    assert "switched off" in page.heading
    s.house.again()
    tenant = s.session.get_one(Registration, s.tenant.id)
    kept = (tenant.lms_token, tenant.lrs_key, tenant.lrs_secret, tenant.is_active)
    assert kept == (None, None, None, False)
    for who in (lea, ada):
        assert code_of(who.ask("GET", "/home")) == "session.ended"
    tenant.is_active = True
    s.session.commit()
    assert code_of(lea.ask("GET", "/home")) == "session.ended"
    assert s.session.query(Person).filter_by(name=s.lea.name).count() == 1


def test_erasing_leaves_nothing_of_it_and_everything_of_others(s: Stage) -> None:
    beta = builders.registration(
        s.session,
        issuer=s.tenant.issuer,
        client_id=s.tenant.client_id,
        environment="beta",
    )
    builders.person(s.session, beta, "Копия")
    s.session.add(
        Place(registration_id=s.tenant.id, kind=PlaceKind.GROUP, key="1", name="Г")
    )
    s.session.commit()
    far = stage(s.house)
    far.couple()
    ada, theirs = s.as_("ada"), far.as_("lea")
    path = f"/s/{ada.handle}/leaving/archive"
    ada.ask("POST", "/ticket", json={"path": path})
    before = counted(s.house)
    name, lost = s.tenant.name, (s.lea.id, beta.id)

    page = ada.post("/leaving/erase", 200, name=name)

    after = counted(s.house)
    told = {
        line.select_one("code").text: int(line.select_one("td").text)  # type: ignore[union-attr]
        for line in page.soup.select("tbody tr")
    }
    gone = {t: before[t] - after[t] for t in before if before[t] != after[t]}
    assert gone.pop(OneUseLink.__tablename__) == 1
    assert told == gone
    assert told["registration"] == 2
    assert s.session.get(Person, lost[0]) is None
    assert "Manage tools" in page.text
    assert ada.ask("GET", "/home").status_code == 401
    assert theirs.ask("GET", "/home").status_code == 200


def counted(house: House) -> dict[str, int]:
    rows = house.dump()
    return {table.name: len(rows[table.name]) for table in Base.metadata.sorted_tables}


def test_a_copy_is_erased_alone(s: Stage) -> None:
    beta, _test = (
        builders.registration(
            s.session,
            issuer=s.tenant.issuer,
            client_id=s.tenant.client_id,
            environment=environment,
        )
        for environment in ("beta", "test")
    )
    someone = builders.person(s.session, beta, "Копия")
    s.session.commit()
    visitor = s.house.visitor(someone, is_org_admin=True)

    visitor.post("/leaving/erase", 200, name=beta.name)

    s.house.again()
    left = s.session.query(Registration.environment).order_by(Registration.id)
    assert [row[0] for row in left] == ["", "test"]
