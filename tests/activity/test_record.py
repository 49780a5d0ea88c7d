"""Writing down what happened, and queueing what must be told."""

from itertools import product

import pytest
from sqlalchemy import func, select

from lti_mentor.activity.models import (
    ANNOUNCED,
    DESTINATIONS,
    Activity,
    Delivery,
    DeliveryState,
    Destination,
    Verb,
)
from lti_mentor.activity.service import DELIVER, TELL, record
from lti_mentor.jobs.models import Job

LRS = "https://lrs.example.org/xapi"


def tell(w, verb, **data):
    return record(
        w.session,
        verb,
        w.program,
        registration=w.tenant,
        actor=w.max,
        learner=w.lea,
        context=w.course,
        **data,
    )


def count(session, kind):
    return session.scalar(select(func.count()).select_from(kind))


def destinations(w) -> set[Destination]:
    w.session.flush()
    return set(w.session.scalars(select(Delivery.destination)))


def test_an_activity_says_who_did_what_about_whom_and_where(w):
    said = tell(w, Verb.AGREED, reason="code")

    w.session.flush()
    assert (said.actor, said.learner, said.context) == (w.max, w.lea, w.course)
    assert (said.object_type, said.object_id) == ("program", w.program.public_id)
    assert said.data == {"reason": "code"}


@pytest.mark.parametrize("verb", list(Verb))
@pytest.mark.parametrize(("lrs", "caliper"), [*product([None, LRS], repeat=2)])
def test_each_enabled_destination_that_takes_the_verb_gets_one_delivery(
    w, verb, lrs, caliper
):
    w.tenant.lrs_url, w.tenant.caliper_url = lrs, caliper
    asked = {Destination.AGS: True, Destination.XAPI: lrs, Destination.CALIPER: caliper}
    enabled = {place for place, address in asked.items() if address}

    tell(w, verb)

    expected = DESTINATIONS.get(verb, frozenset()) & enabled
    assert destinations(w) == expected
    assert count(w.session, Delivery) == len(expected)
    kinds = set(w.session.scalars(select(Job.kind)))
    assert (DELIVER in kinds) == bool(expected)
    assert (TELL in kinds) == (verb in ANNOUNCED)


def test_a_delivery_waits_for_its_tenants_worker(w):
    tell(w, Verb.SCORED)

    w.session.flush()
    delivery = w.session.scalars(select(Delivery)).one()
    assert (delivery.state, delivery.registration_id) == (
        DeliveryState.WAITING,
        w.tenant.id,
    )


def test_a_hundred_deliveries_ask_for_a_worker_once_a_destination(w):
    w.tenant.lrs_url = LRS

    for _ in range(100):
        tell(w, Verb.SCORED)

    w.session.flush()
    jobs = w.session.scalars(select(Job).where(Job.kind == DELIVER)).all()
    assert len(jobs) <= len(Destination)
    assert count(w.session, Delivery) == 200


def test_what_is_rolled_back_is_told_to_nobody(w):
    w.session.commit()
    tell(w, Verb.SCORED)

    w.session.rollback()

    assert [count(w.session, kind) for kind in (Activity, Delivery, Job)] == [0, 0, 0]
