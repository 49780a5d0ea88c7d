"""Somebody arrives: who they are, where, and as what (flow *Launch*)."""

from sqlalchemy import Update, bindparam, update
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.db import keep
from lti_mentor.lti.claims import Launch, LinkClaim
from lti_mentor.people import (
    lineage,
    organisation,
    queries,
    recognition,
    sections,
    sessions,
    wishes,
)
from lti_mentor.people.addresses import page_url
from lti_mentor.people.arrival import Arrival
from lti_mentor.people.family import family_of
from lti_mentor.people.models import (
    Context,
    ContextKind,
    LineItem,
    Membership,
    Person,
    ResourceLink,
    Role,
)
from lti_mentor.people.wishes import Source
from lti_mentor.platforms import origins
from lti_mentor.platforms.models import LMSKind, Registration
from lti_mentor.platforms.service import learn_family

_PERSONS = Person.metadata.tables[Person.__tablename__]
_MEMBERSHIPS = Membership.metadata.tables[Membership.__tablename__]
_SEEN = (
    update(_PERSONS)
    .where(_PERSONS.c.id == bindparam("row"))
    .values(last_seen=bindparam("moment"))
)
_SEEN_THERE = (
    update(_MEMBERSHIPS)
    .where(_MEMBERSHIPS.c.id == bindparam("row"))
    .values(seen_at=bindparam("moment"))
)


def arrive(session: Session, registration: Registration, launch: Launch) -> Arrival:
    """Store what a launch says of person, course, link and column, and their role.

    Sessions the person has in this course with another role end, and those with an
    organisation's rights that are no longer theirs: the newest launch says.
    """
    learn_family(registration, launch.product_family)
    origins.learn(registration, launch.service_urls())
    session.flush()
    with session.no_autoflush:  # one more flush for all that this launch says
        person = _person(session, registration, launch)
        context = _context(session, registration, launch)
        role = _role(launch, context)
        is_org_admin = _is_org_admin(registration, person, launch)
        link = _resource_link(session, context, registration, launch)
        membership = _membership(session, context, person, role)
    was_here = not _is_new(session, person)
    _note_seen(session, person, membership, launch)
    session.flush()
    _sit(session, membership, launch)
    arrival = Arrival(
        registration=registration,
        person=person,
        role=role,
        context=context,
        membership=membership,
        resource_link=link,
        line_item=_line_item(session, context, link, launch),
        is_org_admin=is_org_admin,
        is_read_only=launch.is_masquerade,
    )
    if was_here:
        sessions.end_outdated(session, person, context, role, is_org_admin=is_org_admin)
    if (
        is_org_admin
        and launch.standing.is_institution_admin
        and not launch.is_masquerade
    ):
        organisation.first_admin(session, person)
    session.flush()
    return arrival


def _is_new(session: Session, *rows: Person | Context) -> bool:
    """Say whether one of these rows is not in the database yet."""
    return any(row in session.new for row in rows)


def _is_org_admin(registration: Registration, person: Person, launch: Launch) -> bool:
    says_so = registration.lms_admins and launch.standing.is_institution_admin
    return person.is_org_admin or says_so


def lms_user_id(registration: Registration, launch: Launch) -> str | None:
    """Return the id the LMS API knows this person by, where the launch tells it."""
    if registration.lms_kind is LMSKind.MOODLE:
        return launch.sub
    return launch.custom.get("canvas_user_id")


def lms_course_id(registration: Registration, launch: Launch) -> str | None:
    """Return the id the LMS API knows this course by; hubs have none."""
    if launch.context is None or launch.context.is_hub:
        return None
    if registration.lms_kind is LMSKind.MOODLE:
        return launch.context.id
    return launch.custom.get("canvas_course_id")


def _person(session: Session, registration: Registration, launch: Launch) -> Person:
    lms_id = lms_user_id(registration, launch)
    person = recognition.person(session, registration, launch.sub, lms_id)
    keep(
        person,
        sub=launch.sub,
        lms_user_id=lms_id,
        legacy_id=launch.legacy_id,
        name=launch.name,
        email=launch.email,
        is_test=launch.standing.is_test,
    )
    wishes.hear(person, Source.LAUNCH, locale=launch.locale, zone=launch.zone)
    return person


def _context(
    session: Session, registration: Registration, launch: Launch
) -> Context | None:
    claim = launch.context
    if claim is None:
        return None
    lms_id = lms_course_id(registration, launch)
    context = recognition.context(session, registration, claim.id, lms_id)
    kind = ContextKind.HUB if claim.is_hub else ContextKind.COURSE
    names = {"title": claim.title, "label": claim.label}
    keep(context, lti_id=claim.id, lms_id=lms_id, kind=kind, **names)
    if not claim.is_hub:
        _keep_course(context, registration, launch)
        lineage.inherit(session, context, claim.history)
    return context


def _keep_course(context: Context, registration: Registration, launch: Launch) -> None:
    """Remember where roster and gradebook are, and in which sub-account it stands.

    Hubs have neither for us; Moodle tells categories through its API only.
    """
    keep(
        context,
        family=context.family or family_of(context.label or ""),
        group_id=launch.custom.get("canvas_account_id"),
        group_name=launch.custom.get("canvas_account_name", "")[:500],
        memberships_url=_upgraded(registration, launch.memberships_url),
        lineitems_url=_upgraded(registration, launch.grades.lineitems),
        ags_scopes=list(launch.grades.scopes),
    )


def _upgraded(registration: Registration, url: str | None) -> str | None:
    return origins.upgraded(registration, url) if url else None


def _role(launch: Launch, context: Context | None) -> Role:
    """Return the role in a course; hubs and launches without one give none."""
    if context is None or context.kind is ContextKind.HUB:
        return Role.VIEWER
    return Role(launch.standing.role.value)


def _membership(
    session: Session, context: Context | None, person: Person, role: Role
) -> Membership | None:
    if context is None or context.kind is ContextKind.HUB:
        return None
    is_first = _is_new(session, context, person)
    membership = None if is_first else queries.membership(session, context, person)
    if membership is None and role is Role.VIEWER:
        return None
    if membership is None:
        membership = Membership(context=context, person=person, role=role)
        session.add(membership)
    keep(membership, role=role, is_active=True, from_launch=True)
    return membership


def _note_seen(
    session: Session, person: Person, membership: Membership | None, launch: Launch
) -> None:
    """Note that somebody was here; an admin acting as them was not them."""
    if not launch.is_masquerade:
        _note(session, person, "last_seen", _SEEN)
    if membership is not None:
        _note(session, membership, "seen_at", _SEEN_THERE)


def _note(
    session: Session, row: Person | Membership, column: str, statement: Update
) -> None:
    """Note the moment: in a row not yet written, else by itself, which is cheaper."""
    if row in session.new:
        setattr(row, column, now())
    else:
        session.execute(statement, {"row": row.id, "moment": now()})


def _sit(session: Session, membership: Membership | None, launch: Launch) -> None:
    """Keep the sections this launch names; one that names none changes nothing."""
    named = sections.of_launch(launch.custom)
    if membership is not None and named:
        sections.keep(session, membership.context, {membership.person.id: named})


def _resource_link(
    session: Session,
    context: Context | None,
    registration: Registration,
    launch: Launch,
) -> ResourceLink | None:
    claim: LinkClaim | None = launch.resource_link
    if context is None or claim is None:
        return None
    is_first = _is_new(session, context)
    link = None if is_first else queries.resource_link(session, context, claim.id)
    if link is None:
        link = ResourceLink(context=context, lti_id=claim.id)
        session.add(link)
    keep(link, title=claim.title, page_url=page_url(registration, launch))
    return link


def _line_item(
    session: Session,
    context: Context | None,
    link: ResourceLink | None,
    launch: Launch,
) -> LineItem | None:
    """Keep the column this launch names; no other may be written (see LineItem)."""
    url = launch.grades.lineitem
    if context is None or url is None or context.kind is ContextKind.HUB:
        return None
    url = origins.upgraded(context.registration, url)
    item = queries.line_item(session, context, url)
    if item is None:
        item = LineItem(context=context, url=url)
        session.add(item)
    keep(item, url=url, resource_link_id=link and link.id)
    session.flush()
    return item
