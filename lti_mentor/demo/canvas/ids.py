"""The names one thing has in Canvas: local, global, LTI 1.3, LTI 1.1."""

import hashlib
import uuid

SHARD = 10**13
"""What a global id adds to a local one (Canvas doc/api/object_ids.md)."""

_SPACE = uuid.UUID("6f0c7a52-1c1f-4f0e-9d5e-0f6f5d9c2a10")


def opaque(kind: str, local_id: object) -> str:
    """Return the 40 hex digits of a thing (Canvas Lti::Asset.opaque_identifier_for)."""
    return hashlib.sha1(
        f"{kind}:{local_id}".encode(), usedforsecurity=False
    ).hexdigest()


def lti_id(kind: str, local_id: object) -> str:
    """Return the UUID of a thing: a person's `sub`, a resource link's id."""
    return str(uuid.uuid5(_SPACE, f"{kind}:{local_id}"))


def global_id(local_id: int) -> int:
    """Return the id that is unique over all Canvas installations."""
    return SHARD + local_id
