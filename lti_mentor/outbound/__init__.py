"""The one door to the network, for everything but the LMS clients' own transport."""

from lti_mentor.outbound.door import Outbound, Reply
from lti_mentor.outbound.guard import AddressRefused

__all__ = ["AddressRefused", "Outbound", "Reply"]
