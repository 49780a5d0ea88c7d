"""Who is asking, from where, as what: the only way to ask for data (D4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lti_mentor.errors import NotAllowed
from lti_mentor.people.models import (
    STAFF,
    Context,
    ContextKind,
    Person,
    ResourceLink,
    Role,
    WebSession,
)
from lti_mentor.people.sections import Sections, seen_by
from lti_mentor.platforms.models import Registration


@dataclass(frozen=True, slots=True)
class Scope:
    """What one session may see and do. Rows belong to the request's own session.

    Staff read the launch's context; participants read within the registration
    through rows they are a party to; organisation admins read registration pages.
    """

    registration: Registration
    person: Person
    role: Role = Role.VIEWER
    context: Context | None = None
    resource_link: ResourceLink | None = None
    is_org_admin: bool = False
    is_read_only: bool = False
    launch: Mapping[str, Any] = field(default_factory=dict)
    """What the launch left for later: message, custom, deep linking, history."""
    handle: str = ""
    """Stands in addresses: `/s/<handle>/...`."""

    @classmethod
    def of(cls, row: WebSession) -> "Scope":
        """Return the scope of a living session."""
        return cls(
            registration=row.registration,
            person=row.person,
            role=row.role,
            context=row.context,
            resource_link=row.resource_link,
            is_org_admin=row.is_org_admin,
            is_read_only=row.is_read_only,
            launch=row.launch,
            handle=str(row.public_id),
        )

    @property
    def course(self) -> Context | None:
        """The course of this launch; None in a hub or without context."""
        is_course = self.context and self.context.kind is ContextKind.COURSE
        return self.context if is_course else None

    @property
    def is_staff(self) -> bool:
        """Say whether this person sees the board of the launch's course."""
        return self.course is not None and self.role in STAFF

    @property
    def is_instructor(self) -> bool:
        """Say whether this person teaches the launch's course."""
        return self.course is not None and self.role is Role.INSTRUCTOR

    @property
    def is_learner(self) -> bool:
        """Say whether this person learns in the launch's course."""
        return self.course is not None and self.role is Role.LEARNER

    @property
    def is_observer(self) -> bool:
        """Say whether this person accompanies learners of the launch's course."""
        return self.course is not None and self.role is Role.OBSERVER

    @property
    def observed(self) -> tuple[str, ...]:
        """Whom an observer accompanies: subjects or older ids, from the launch."""
        return tuple(self.launch.get("observed", ())) if self.is_observer else ()

    @property
    def sections(self) -> Sections:
        """Sections whose people this person sees here; None = everybody (D4)."""
        return seen_by(self.launch.get("custom", {}))

    @property
    def is_deep_linking(self) -> bool:
        """Say whether the platform waits for content to be chosen."""
        return "deep_linking" in self.launch

    @property
    def may_write(self) -> bool:
        """Say whether this session may change anything at all."""
        return not self.is_read_only

    @property
    def may_run_course(self) -> bool:
        """Say whether programs, matches and grades of the course may be decided."""
        return self.may_write and self.is_instructor

    @property
    def may_run_programs(self) -> bool:
        """Say whether everybody's pairs may be decided: not from one section alone."""
        return self.may_run_course and self.sections is None

    @property
    def may_choose_content(self) -> bool:
        """Say whether a link may be put into the course."""
        outside = {Role.LEARNER, Role.OBSERVER}
        return self.may_write and self.is_deep_linking and self.role not in outside

    @property
    def may_set_up(self) -> bool:
        """Say whether the registration itself may be changed."""
        return self.may_write and self.is_org_admin

    @property
    def may_read_numbers(self) -> bool:
        """Say whether the organisation's numbers are open to this person."""
        return self.is_org_admin or self.person.is_reader

    def require(self, allowed: bool, code: str = "scope.not_allowed") -> None:  # noqa: FBT001
        """Stop here unless allowed.

        Raises:
            NotAllowed: With this code.
        """
        if not allowed:
            raise NotAllowed(code)

    def require_course(self) -> Context:
        """Return the course whose staff this is.

        Raises:
            NotAllowed: Not staff here (`scope.not_staff`).
        """
        course = self.course
        if course is None or not self.is_staff:
            raise NotAllowed("scope.not_staff")
        return course
