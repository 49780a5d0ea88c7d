"""Instants as Canvas writes and reads them: ISO 8601 in UTC."""

import time
from datetime import UTC, datetime


def iso(seconds: float | None) -> str | None:
    """Return an instant as Canvas writes it; None for none."""
    if not seconds:
        return None
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def now_iso() -> str:
    """Return this moment as Canvas writes it."""
    return iso(time.time()) or ""


def parse(text: object) -> datetime | None:
    """Return an instant somebody wrote; None when it is none."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def tidy(text: object) -> str | None:
    """Return an instant in Canvas's form; None when it is none."""
    at = parse(text) if text else None
    return iso(at.timestamp()) if at else None
