"""Time zones under the names an LMS gives them: its own, Rails' or the IANA's."""

from lms_clients.zones import iana

__all__ = ["iana"]
