"""What somebody chooses for themselves on every page: time zone, language (D18)."""

from typing import Any

from babel import Locale
from flask_babel import gettext as _
from marshmallow import fields, validate

from lti_mentor.people import wishes
from lti_mentor.web.forms import Form, FormError, read
from lti_mentor.web.i18n import LANGUAGES
from lti_mentor.web.pages import Answer, blueprint, done, refuse, render, scope
from lti_mentor.web.zones import UTC, ZONES, zone_choices, zone_name

bp = blueprint("profile", __name__)
PAGE = "common/profile.html"


@bp.get("/settings")
def show() -> Answer:
    """Show what somebody chose, and what counts where they chose nothing."""
    return render(PAGE, errors={}, **_data())


class ProfileForm(Form):
    """Nothing chosen = as the LMS says."""

    zone = fields.String(load_default=None, validate=validate.OneOf(ZONES))
    locale = fields.String(load_default=None, validate=validate.OneOf(LANGUAGES))


@bp.post("/settings")
def save() -> Answer:
    """Keep it."""
    try:
        chosen = read(ProfileForm)
    except FormError as wrong:
        return refuse(PAGE, wrong.errors, **_data())
    wishes.choose(scope().person, **chosen)
    return done("profile.show", "settings")


def _data() -> dict[str, Any]:
    person = scope().person
    zone, locale = (wishes.own(person, name) for name in ("zone", "locale"))
    return {
        "zone": zone or "",
        "zones": [("", _of_lms(wishes.of_lms(person, "zone"))), (UTC, zone_name(UTC))],
        "regions": zone_choices(),
        "locale": locale or "",
        "languages": [("", _("As my LMS says")), *_languages()],
    }


def _of_lms(zone: str | None) -> str:
    if zone is None:
        return str(_("As my program says"))
    return str(_("As my LMS says: %(zone)s", zone=zone_name(zone)))


def _languages() -> list[tuple[str, str]]:
    return [(tag, str(Locale.parse(tag).display_name)) for tag in LANGUAGES]
