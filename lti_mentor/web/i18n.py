"""Languages: which one a page is in, which way it runs, and a way to see gaps.

`init(app, locale=..., zone=...)` is called once by `create_app`; the two callables
answer the person's own wishes (any LMS spelling) or None. Catalogs live in
`lti_mentor/locale/<language>/LC_MESSAGES/messages.po`.

The pseudo-language `ar-XB` runs from right to left and wraps every English text as
"⟦ ... ⟧", longer than before: text without brackets was never given to gettext.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.support import Translations
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, get_locale, get_translations

CATALOGS = Path(__file__).parents[1] / "locale"
"""Where the translations lie."""

PLANNED = ("de", "es", "fr", "ar")
"""Languages that are offered as soon as their catalog is there and compiled."""


def _has_catalog(language: str) -> bool:
    return (CATALOGS / language / "LC_MESSAGES" / "messages.mo").is_file()


LANGUAGES = ("en", *(language for language in PLANNED if _has_catalog(language)))
"""What a person may choose. Without its catalog a language is not half offered:
English words with another language's dates and direction help nobody."""

PSEUDO_TAG = "ar-XB"
"""The pseudo-language's public name: right to left, brackets around every text."""

PSEUDO = "ar_EH"
"""What Babel calls it: a locale it knows, and nobody's LMS sends."""

SLOTS = re.compile(r"(%\(\w+\)[sd]|%%|<[^>]*>|&\w+;)")
"""What must stay as it is inside a text: placeholders and markup."""

Wish = Callable[[], str | None]


class PseudoTranslations(Translations):
    """Turns every English text into a longer one in brackets; has no file."""

    def gettext(self, message: str) -> str:
        """Wrap one text."""
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Wrap the singular or the plural."""
        return pseudo(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        """Wrap a text that has a context."""
        return pseudo(message)

    def npgettext(self, context: str, singular: str, plural: str, num: int) -> str:
        """Wrap a counted text that has a context."""
        return pseudo(singular if num == 1 else plural)

    ugettext = gettext
    ungettext = ngettext
    upgettext = pgettext
    unpgettext = npgettext


def init(app: Flask, locale: Wish | None = None, zone: Wish | None = None) -> Babel:
    """Give the app its languages, and templates `language_tag()` and `direction()`."""
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", str(CATALOGS))
    babel = Babel(
        app,
        locale_selector=lambda: choose(_wish(locale)),
        timezone_selector=lambda: known_zone(zone() if zone else None),
    )
    with app.app_context():
        catalogs = babel.domain_instance.cache
        catalogs[PSEUDO, babel.domain] = PseudoTranslations()
    app.jinja_env.globals.update(language_tag=language_tag, direction=direction)
    _give_words(app)
    return babel


def _give_words(app: Flask) -> None:
    """Look this request's catalog up once; flask_babel does for every text anew."""

    def words() -> Any:
        if "words" not in g:
            g.words = get_translations()
        return g.words

    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: words().gettext(text),
        ngettext=lambda one, many, n: words().ngettext(one, many, n),
        pgettext=lambda about, text: words().pgettext(about, text),
        npgettext=lambda about, one, many, n: words().npgettext(about, one, many, n),
        newstyle=True,
    )


def choose(wish: str | None) -> str:
    """Match a wish ("de-CH", "pt_BR", "ar-XB") to a language that we have."""
    if not wish:
        return LANGUAGES[0]
    if wish.replace("_", "-").lower() == PSEUDO_TAG.lower():
        return PSEUDO
    try:
        locale = Locale.parse(wish.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return LANGUAGES[0]
    return str(locale) if locale.language in LANGUAGES else LANGUAGES[0]


def known_zone(wish: str | None) -> str:
    """Answer the wish when it names a time zone, else UTC."""
    try:
        return ZoneInfo(wish or "UTC").key
    except (KeyError, ValueError, OSError):
        return "UTC"


def language_tag() -> str:
    """Name this page's language for `<html lang>`."""
    locale = str(get_locale() or LANGUAGES[0])
    return PSEUDO_TAG if locale == PSEUDO else locale.replace("_", "-")


def direction() -> str:
    """Say which way this page runs: `ltr` or `rtl`."""
    locale = get_locale()
    return locale.text_direction if locale else "ltr"


def pseudo(text: str) -> str:
    """Wrap one English text so that what is not translated stands out.

    >>> pseudo("Hi %(name)s")
    '⟦Hïï %(name)s⟧'
    """
    parts = SLOTS.split(text)
    return "⟦" + "".join(_stretch(p, i) for i, p in enumerate(parts)) + "⟧"


def _stretch(part: str, index: int) -> str:
    if index % 2:
        return part
    longer = {"a": "áa", "e": "éé", "i": "ïï", "o": "óo", "u": "üü"}
    return "".join(longer.get(letter, letter) for letter in part)


def _wish(locale: Wish | None) -> str | None:
    own = locale() if locale else None
    if own or not has_request_context():
        return own
    return request.accept_languages.best_match([*LANGUAGES, PSEUDO_TAG])
