"""One try for each row of Setup and health; HTTP only, no database (P1)."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any

from lms_clients import LMSError, Unauthorized, Unreachable
from lms_clients.capabilities import Ability, Capabilities
from lti_mentor.clock import now
from lti_mentor.errors import MentorError, Outside
from lti_mentor.lti import services
from lti_mentor.lti.keysets import MAX_BYTES, TIMEOUT, usable
from lti_mentor.outbound import Reply
from lti_mentor.platforms.models import Feature, Health
from lti_mentor.sync.findings import Doors, Finding, Known, missing, refused, said
from lti_mentor.sync.listening import listen

MOST_SKEW = 30
"""Seconds two clocks may differ: launches allow as much."""
SEPARATELY = (services.SCORE, services.RESULT_READ)
"""Scopes asked for one by one where all together are refused."""
XAPI = {"X-Experience-API-Version": "1.0.3"}
NEEDS: dict[Feature, tuple[Ability, ...]] = {
    Feature.COMPLETION: (Ability.COURSE_COMPLETIONS, Ability.ACTIVITY_COMPLETIONS),
    Feature.SKILLS: (Ability.SKILLS, Ability.PROFICIENCIES),
}
"""What a feature needs of the LMS API."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A key set's answer, or why there is none, and how far the clocks are apart."""

    reply: Reply | None
    problem: MentorError | None = None
    skew: float | None = None


@dataclass
class Probe:
    """Tries features; what two of them need is asked once."""

    known: Known
    doors: Doors

    def find(self, feature: Feature) -> Finding:
        """Try one feature."""
        return TRIES[feature](self)

    def launch(self) -> Finding:
        """Look who came in last; nobody is asked."""
        known = self.known
        if known.is_held:
            return Finding(Feature.LAUNCH, Health.FAILED, "launch.other_platform")
        if known.waiting_deployments:
            counted = {"count": known.waiting_deployments}
            code = "launch.deployments_wait"
            return Finding(Feature.LAUNCH, Health.PARTIAL, code, counted)
        if known.last_launch is None:
            return Finding(Feature.LAUNCH, Health.OFF, "launch.none_yet")
        seen = {
            "at": known.last_launch.isoformat(),
            "ways": [[w.browser, w.container, w.count] for w in known.ways],
        }
        return Finding(Feature.LAUNCH, Health.OK, "launch.ok", seen)

    def keys(self) -> Finding:
        """Fetch our keys through our own front door, and the platform's."""
        theirs = _keys_in(self.platform_keys.reply)
        if self.platform_keys.problem is not None:
            words = said(self.platform_keys.problem)
            return _keys(Health.FAILED, "keys.theirs_unreachable", words)
        if not theirs:
            return _keys(Health.FAILED, "keys.theirs_unusable")
        ours = self._fetch(f"{self.known.public_url}/lti/jwks")
        if ours.problem is not None:
            return _keys(Health.PARTIAL, "keys.ours_unreachable", said(ours.problem))
        if not self.known.own_keys <= _keys_in(ours.reply):
            return _keys(Health.FAILED, "keys.ours_foreign")
        counts = {"ours": len(self.known.own_keys), "theirs": len(theirs)}
        return Finding(Feature.KEYS, Health.OK, "keys.ok", counts)

    def roster(self) -> Finding:
        """Read the roster of the newest course to its end."""
        if self.known.roster_url is None:
            return Finding(Feature.ROSTER, Health.OFF, "roster.no_launch_yet")
        asks = missing(self.known.kind, [services.ROSTER])
        try:
            token = self.doors.lti.token(services.ROSTER)
            if token.scopes is not None and services.ROSTER not in token.scopes:
                code = "roster.no_scope"
                return Finding(Feature.ROSTER, Health.FAILED, code, asks)
            count = sum(1 for _ in self.doors.lti.members(self.known.roster_url))
        except MentorError as problem:
            return refused(
                Feature.ROSTER, problem, **asks if _is_about_rights(problem) else {}
            )
        return Finding(Feature.ROSTER, Health.OK, "roster.ok", {"count": count})

    def grades(self) -> Finding:
        """Ask for a token that may write and read grades, and look what it may."""
        wanted = frozenset({services.SCORE, services.RESULT_READ, services.LINE_ITEM})
        try:
            granted = self._granted(wanted)
        except MentorError as problem:
            asks = missing(self.known.kind, sorted(wanted))
            return refused(
                Feature.GRADES, problem, **asks if _is_about_rights(problem) else {}
            )
        absent = sorted(wanted - granted)
        asks = missing(self.known.kind, absent)
        if services.SCORE in absent:
            return Finding(Feature.GRADES, Health.FAILED, "grades.no_scope", asks)
        if absent:
            return Finding(Feature.GRADES, Health.PARTIAL, "grades.partial", asks)
        return Finding(Feature.GRADES, Health.OK, "grades.ok")

    def notices(self) -> Finding:
        """Look whether each installation tells us, and ask those that do not."""
        if not self.known.doors:
            return Finding(Feature.NOTICES, Health.OFF, "notices.not_offered")
        if not self.known.is_written_to:
            return Finding(Feature.NOTICES, Health.OFF, "notices.paused")
        known = self.known
        return listen(self.doors, known.kind, known.doors, known.public_url)

    def _granted(self, wanted: frozenset[str]) -> frozenset[str]:
        """Ask for all at once; where one lost scope refuses all, find which it is.

        In three requests: Canvas turns the fourth token request of a burst away.
        """
        try:
            granted = self.doors.lti.token(*sorted(wanted)).scopes
        except Outside as problem:
            if problem.details.get("status") != 400:
                raise
            lost = frozenset(s for s in SEPARATELY if not self._is_granted(s))
            if lost == {*SEPARATELY}:
                raise
            return wanted - (lost or {services.LINE_ITEM})
        return wanted if granted is None else granted  # silence grants what was asked

    def _is_granted(self, scope: str) -> bool:
        try:
            granted = self.doors.lti.token(scope).scopes
        except Outside as problem:
            if problem.details.get("status") != 400:
                raise
            return False
        return granted is None or scope in granted

    def of_api(self, feature: Feature) -> Finding:
        """Look what the LMS API lets this account read."""
        abilities = self.abilities
        if abilities is None:
            return Finding(feature, Health.OFF, "api.no_token")
        if isinstance(abilities, LMSError):
            return _api_refused(feature, abilities)
        needed = [abilities[ability] for ability in NEEDS[feature]]
        off = [one for one in needed if not one.is_on]
        if not off:
            return Finding(feature, Health.OK, f"{feature}.ok", answer=self.site)
        names = [(one.missing, one.menu) for one in off if one.missing]
        state = Health.PARTIAL if len(off) < len(needed) else Health.FAILED
        details: dict[str, Any] = {
            "missing": [n for n, _ in names],
            "menu": [m for _, m in names],
        }
        if any(one.shown for one in off):
            details["shown"] = next(list(one.shown) for one in off if one.shown)
        return Finding(feature, state, f"{feature}.{state}", details, self.site)

    def lrs(self) -> Finding:
        """Ask the record store who it is, then read one statement with our key."""
        if self.known.lrs is None:
            return Finding(Feature.LRS, Health.OFF, "lrs.off")
        url, key, secret = self.known.lrs
        basic = base64.b64encode(f"{key}:{secret}".encode()).decode()
        headers = XAPI | {"Authorization": f"Basic {basic}"}
        try:
            about = self._ask(f"{url.rstrip('/')}/about", XAPI)
            one = self._ask(f"{url.rstrip('/')}/statements?limit=1", headers)
        except MentorError as problem:
            return refused(Feature.LRS, problem)
        answer = f"about: HTTP {about}, statements: HTTP {one}"
        if one < 300:
            return Finding(Feature.LRS, Health.OK, "lrs.ok", answer=answer)
        if one == 403:
            code = "lrs.write_only"
            return Finding(Feature.LRS, Health.PARTIAL, code, answer=answer)
        code = "lrs.key_refused" if one == 401 else "lrs.no_store"
        return Finding(Feature.LRS, Health.FAILED, code, answer=answer)

    def _ask(self, url: str, headers: Mapping[str, str]) -> int:
        statuses = range(300, 500)
        reply = self.doors.http.request(
            "GET", url, headers=headers, timeout=TIMEOUT, allow_statuses=statuses
        )
        return reply.status

    def clock(self) -> Finding:
        """Hold our clock against the one in the platform's answers."""
        fetched = self.platform_keys
        if fetched.problem is not None:
            return refused(Feature.CLOCK, fetched.problem)
        if fetched.skew is None:
            return Finding(Feature.CLOCK, Health.OFF, "clock.not_told")
        seconds = {"seconds": round(abs(fetched.skew))}
        if abs(fetched.skew) <= MOST_SKEW:
            return Finding(Feature.CLOCK, Health.OK, "clock.ok", seconds)
        code = "clock.behind" if fetched.skew > 0 else "clock.ahead"
        return Finding(Feature.CLOCK, Health.FAILED, code, seconds)

    @cached_property
    def platform_keys(self) -> Fetched:
        """The platform's key set, asked for once."""
        return self._fetch(self.known.jwks_url)

    @cached_property
    def abilities(self) -> Capabilities | LMSError | None:
        """What the account of the LMS API may; None without a token."""
        client = self.doors.client
        try:
            return client.capabilities(self.known.course) if client else None
        except LMSError as problem:
            return problem

    @cached_property
    def site(self) -> str | None:
        """How the LMS names itself to its API."""
        try:
            found = self.doors.client.site() if self.doors.client else None
        except LMSError:
            return None
        return f"{found.name} {found.release}".strip() if found else None

    def _fetch(self, url: str) -> Fetched:
        before = now()
        try:
            reply = self.doors.http.request(
                "GET", url, timeout=TIMEOUT, max_bytes=MAX_BYTES
            )
            reply.json()
        except MentorError as problem:
            return Fetched(None, problem)
        return Fetched(reply, skew=_skew(reply, (now() - before).total_seconds()))


TRIES: Mapping[Feature, Callable[[Probe], Finding]] = {
    Feature.LAUNCH: Probe.launch,
    Feature.KEYS: Probe.keys,
    Feature.ROSTER: Probe.roster,
    Feature.GRADES: Probe.grades,
    Feature.NOTICES: Probe.notices,
    Feature.COMPLETION: lambda probe: probe.of_api(Feature.COMPLETION),
    Feature.SKILLS: lambda probe: probe.of_api(Feature.SKILLS),
    Feature.LRS: Probe.lrs,
    Feature.CLOCK: Probe.clock,
}
"""How each row is tried."""


def _is_about_rights(problem: MentorError) -> bool:
    """Say whether an admin of the LMS can grant it; a busy Canvas answers 403, too."""
    is_busy = problem.code == "service.token_refused"
    return problem.details.get("status") in ({400, 401} if is_busy else {401, 403})


def _keys(state: Health, code: str, answer: str | None = None) -> Finding:
    return Finding(Feature.KEYS, state, code, answer=answer)


def _keys_in(reply: Reply | None) -> frozenset[str]:
    told = reply.json() if reply else None
    listed = told.get("keys") if isinstance(told, dict) else None
    return frozenset(usable(listed)) if isinstance(listed, list) else frozenset()


def _skew(reply: Reply, took: float) -> float | None:
    """Return how far the platform's clock is ahead of ours, in seconds.

    Its second began before the answer came; half of the way is the best guess.
    """
    try:
        told = parsedate_to_datetime(reply.headers.get("Date", ""))
    except ValueError:
        return None
    aware = told if told.tzinfo else told.replace(tzinfo=UTC)
    return (aware - now()).total_seconds() + took / 2


def _api_refused(feature: Feature, problem: LMSError) -> Finding:
    """Say why the whole API is closed to us, as far as its answer tells."""
    kind = type(problem).__name__
    words = f"{kind} (HTTP {problem.status})" if problem.status else kind
    code, details = f"{feature}.refused", {}
    if isinstance(problem, Unauthorized):
        code = "api.token"
    elif problem.code == "rest_off":
        code, details = "api.off", {"missing": [problem.missing]}
    elif isinstance(problem, Unreachable):
        code = "api.silent"
    return Finding(feature, Health.FAILED, code, details, words)
