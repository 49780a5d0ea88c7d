"""What one launch told us, as rows."""

from dataclasses import dataclass

from lti_mentor.people.models import (
    Context,
    LineItem,
    Membership,
    Person,
    ResourceLink,
    Role,
)
from lti_mentor.platforms.models import Registration


@dataclass(frozen=True, slots=True)
class Arrival:
    """What one launch told us."""

    registration: Registration
    person: Person
    role: Role
    context: Context | None = None
    membership: Membership | None = None
    resource_link: ResourceLink | None = None
    line_item: LineItem | None = None
    is_org_admin: bool = False
    is_read_only: bool = False
