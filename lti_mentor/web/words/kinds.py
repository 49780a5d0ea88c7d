"""What a refusal says, and advice that many of them share."""

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _


@dataclass(frozen=True, slots=True)
class Words:
    """What an error page says."""

    title: LazyString
    """One sentence: what happened."""
    advice: LazyString
    """One sentence: what to do now."""


AGAIN = _("Open the tool again from your course.")
FORM = _("Correct it and send again.")
ADMIN = _("Send the code below to the person who looks after this tool.")
