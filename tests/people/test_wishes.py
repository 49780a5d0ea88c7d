"""Whose language and time zone: one's own, else the launch's, else the roster's."""

from hypothesis import given
from hypothesis import strategies as st

from lti_mentor.people import wishes
from lti_mentor.people.models import Person
from lti_mentor.people.wishes import Source

NAMES = ("locale", "zone")
words = st.sampled_from([None, "de", "en", "fr", "ar"])
steps = st.lists(
    st.tuples(st.sampled_from(Source), st.sampled_from(NAMES), words), max_size=12
)


def after(arrived) -> Person:
    person = Person()
    for source, name, value in arrived:
        if source is Source.OWN:
            wishes.choose(person, **{name: value})
        else:
            wishes.hear(person, source, **{name: value})
    return person


def wanted(arrived, name: str) -> str | None:
    """Return what the rule says, without looking at how it is kept."""
    last = dict.fromkeys(Source)
    for source, about, value in arrived:
        if about == name and (value or source is Source.OWN):
            last[source] = value
    return last[Source.OWN] or last[Source.LAUNCH] or last[Source.ROSTER]


@given(steps)
def test_whatever_arrives_in_whatever_order_the_best_source_counts(arrived):
    person = after(arrived)

    assert {n: getattr(person, n) for n in NAMES} == {
        n: wanted(arrived, n) for n in NAMES
    }


@given(steps)
def test_hearing_it_all_again_changes_nothing(arrived):
    person = after(arrived)
    before = (person.told, person.locale, person.zone)

    for name in NAMES:
        told = (person.told or {}).get(name, {})
        wishes.choose(person, **{name: told.get(Source.OWN)})
        for source in (Source.LAUNCH, Source.ROSTER):
            wishes.hear(person, source, **{name: told.get(source)})

    assert person.told is before[0]
    assert (person.locale, person.zone) == before[1:]


def test_who_takes_their_choice_back_has_what_the_lms_tells_now():
    person = Person()
    wishes.hear(person, Source.LAUNCH, zone="Europe/Madrid")
    wishes.choose(person, zone="Asia/Kolkata")
    wishes.hear(person, Source.LAUNCH, zone="Europe/Berlin")

    assert (person.zone, wishes.own(person, "zone")) == ("Asia/Kolkata",) * 2
    assert wishes.of_lms(person, "zone") == "Europe/Berlin"

    wishes.choose(person, zone=None)
    assert person.zone == "Europe/Berlin"
