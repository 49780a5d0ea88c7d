"""People over web services."""

import re
from typing import Any

from lti_mentor.demo.moodle.webservice.account import Account
from lti_mentor.demo.moodle.webservice.wire import Function
from lti_mentor.demo.rows import Person
from lti_mentor.demo.shell import here
from lti_mentor.demo.world import rows

FIELDS = {"id": "id", "idnumber": "idnumber", "username": "username", "email": "email"}
"""Fields one can ask by, and ours."""


def pictures() -> dict[str, str]:
    """Return the addresses of the picture everybody has."""
    base = f"{here().url}/theme/image.php/boost/core/1/u/"
    return {"profileimageurlsmall": base + "f2", "profileimageurl": base + "f1"}


def last_access(person: int) -> int:
    """Return when the person was last in any course."""
    seen = [row.last_access for row in rows(here().world.enrolments, person=person)]
    return max(seen, default=0)


def brief(person: Person) -> dict[str, Any]:
    """Return the fields of a person that every list shows."""
    seen = last_access(person.id)
    return {
        "id": person.id,
        "username": person.username,
        "firstname": person.given,
        "lastname": person.family,
        "fullname": person.name,
        "email": person.email,
        "department": "",
        "idnumber": person.idnumber,
        "firstaccess": seen,
        "lastaccess": seen,
    }


def zone_field(person: Person, *, shown: bool) -> list[dict[str, str]]:
    """Return the profile field in which this site keeps time zones."""
    if person.timezone == "99":
        return []
    field = {"type": "text", "value": person.timezone}
    if shown:
        field["displayvalue"] = person.timezone
    return [field | {"name": "Preferred timezone", "shortname": "mentortimezone"}]


def profile(person: Person) -> dict[str, Any]:
    """Return a whole profile."""
    fields = zone_field(person, shown=True)
    return {
        **brief(person),
        "auth": "manual",
        "suspended": person.suspended,
        "confirmed": True,
        "lang": person.lang,
        "theme": "",
        "timezone": person.timezone,
        "mailformat": 1,
        "trackforums": 0,
        "city": "Campus",
        "country": "ES",
        **pictures(),
        **({"customfields": fields} if fields else {}),
    }


def by_field(account: Account, field: str, values: list[str]) -> list[dict[str, Any]]:
    """Return who has one of the values; an account without rights sees nobody."""
    if account.is_bare:
        return []
    people = [row for row in here().world.people.values() if account.sees(row.id)]
    asked = set(values)
    name = FIELDS.get(field, "id")
    return [profile(row) for row in people if str(getattr(row, name)) in asked]


def search(account: Account, criteria: list[dict[str, str]]) -> dict[str, Any]:
    """Return who fits all criteria; % stands for anything."""
    people = [] if account.is_bare else list(here().world.people.values())
    found = [row for row in people if all(_fits(row, each) for each in criteria)]
    return {"users": [profile(row) for row in found], "warnings": []}


def _fits(person: Person, criterion: dict[str, str]) -> bool:
    pattern = ".*".join(map(re.escape, criterion["value"].split("%")))
    names = {"firstname": "given", "lastname": "family"} | FIELDS
    value = str(getattr(person, names.get(criterion["key"], "username")))
    return re.fullmatch(pattern, value, re.IGNORECASE) is not None


FUNCTIONS = {
    "core_user_get_users_by_field": Function(by_field, {"field": str, "values": [str]}),
    "core_user_get_users": Function(search, {"criteria": [{"key": str, "value": str}]}),
}
"""What this module answers."""
