"""Every case of the launch matrix: what is sent, and what we must answer and log.

Hold it beside the list of 127 cases that pylti1p3 2.0.0 was measured with: V are
launches a platform may send, B bad payloads, A attacks on the token and its keys, S
state, browsers and repetition, L logins. The numbers are those of the list.
"""
# ruff: noqa: E501 - one case a line, to be held beside the list

from dataclasses import dataclass

from lti_mentor.people.models import Role
from tests.certification import sending as by
from tests.certification.sending import (
    Send,
    at,
    claims,
    form,
    key_set,
    keys,
    login,
    message,
    selection,
    signed_as,
    token,
    unsigned,
)
from tests.platform import (
    INSTRUCTOR,
    LEARNER,
    MISSING,
    ROLE,
    WEAK,
    Answer,
    jwk,
)
from tests.tool import PUBLIC_URL

ACCEPTED, STARTED, OPENED = "launch.accepted", "login.started", "session.opened"
TOKEN, MALFORMED = "launch.token", "launch.malformed"
KEY, KEYS = "launch.key_unknown", "launch.keys_unreachable"
UNHEARD = "launch.message_unknown"
NO_NAMES = dict.fromkeys(("name", "given_name", "family_name"), MISSING)
NO_PII = NO_NAMES | {"email": MISSING}
ASSISTANT = f"{ROLE}membership/Instructor#TeachingAssistant"
OBSERVER = f"{ROLE}membership#Mentor"
ADMIN = f"{ROLE}institution/person#Administrator"
L, I, TA, O, NONE = (  # noqa: E741 - short, for a table
    Role.LEARNER,
    Role.INSTRUCTOR,
    Role.ASSISTANT,
    Role.OBSERVER,
    Role.VIEWER,
)


@dataclass(frozen=True, slots=True)
class Case:
    number: int
    name: str
    """Its id in the list, and what it is about."""
    send: Send
    status: int
    code: str
    """The stable code of the last decision in the log."""
    role: Role | None = None
    """What the person is in the session that follows; None: there is none."""


BOTH = ["client-1", "b"]
OURS = f"{PUBLIC_URL}/elsewhere"

# fmt: off
ROWS: list[tuple[int, str, Send, int, str, Role | None]] = [
    (1, "V1 full valid learner launch", claims(), 200, ACCEPTED, L),
    (2, "V2 no name, no e-mail", claims(**NO_PII), 200, ACCEPTED, L),
    (3, "V3 e-mail only", claims(**NO_NAMES), 200, ACCEPTED, L),
    (4, "V4 names only", claims(email=MISSING), 200, ACCEPTED, L),
    (5, "V5 no context", claims(**NO_PII, context=MISSING), 200, ACCEPTED, NONE),
    (6, "V6 sub absent", claims(sub=MISSING), 400, "launch.anonymous", None),
    (7, "V7 sub empty", claims(sub=""), 400, MALFORMED, None),
    (8, "V8 roles empty", claims(roles=[]), 200, ACCEPTED, NONE),
    (9, "V9 unknown role", claims(roles=["http://x.test/r#Wizard"]), 200, ACCEPTED, NONE),
    (10, "V10 short Learner", claims(roles=["Learner"]), 200, ACCEPTED, L),
    (11, "V11 short Instructor", claims(roles=["Instructor"]), 200, ACCEPTED, I),
    (12, "V12 several roles", claims(roles=[LEARNER, INSTRUCTOR]), 200, ACCEPTED, I),
    (13, "V13 teaching assistant", claims(roles=[ASSISTANT]), 200, ACCEPTED, TA),
    (14, "V14 context Mentor", claims(roles=[OBSERVER], role_scope_mentor=["7"]), 200, ACCEPTED, O),
    (15, "V15 admin who learns", claims(roles=[ADMIN, LEARNER]), 200, ACCEPTED, L),
    (16, "V16 unknown claims", claims(**{"https://x.test/c": {"a": [1]}}), 200, ACCEPTED, L),
    (17, "V17 aud list of one", claims(aud=["client-1"]), 200, ACCEPTED, L),
    (18, "V18 aud list, azp", claims(aud=BOTH, azp="client-1"), 200, ACCEPTED, L),
    (19, "V19 aud list, we are second", claims(aud=BOTH[::-1], azp="client-1"), 200, ACCEPTED, L),
    (20, "V20 azp absent", claims(azp=MISSING), 200, ACCEPTED, L),
    (21, "V21 iat 5 s ahead", at(iat=5, exp=65), 200, ACCEPTED, L),
    (22, "V22 exp 3 s ago", at(iat=-63, exp=-3), 200, ACCEPTED, L),
    (23, "V23 nbf 5 s ahead", at(nbf=5), 200, ACCEPTED, L),
    (24, "V24 data privacy", message("DataPrivacyLaunchRequest", **by.PRIVACY), 200, ACCEPTED, NONE),
    (25, "V25 submission review", message("LtiSubmissionReviewRequest", **by.REVIEW), 200, ACCEPTED, L),
    (26, "V26 deep linking", selection(), 200, ACCEPTED, L),
    (27, "V27 accepts no links of ours", selection(accept_types=["link"]), 400, "launch.no_links_wanted", None),
    (28, "V28 no return address", selection(deep_link_return_url=MISSING), 400, MALFORMED, None),
    (29, "V29 asset processor", message("LtiAssetProcessorSettingsRequest"), 400, UNHEARD, None),
    (30, "V29 report review", message("LtiReportReviewRequest"), 400, UNHEARD, None),
    (31, "V29 EULA", message("LtiEulaRequest"), 400, UNHEARD, None),
    (32, "V29 context copy", message("LtiContextCopy"), 400, UNHEARD, None),
    (33, "V29 proctoring", message("LtiStartProctoring"), 400, UNHEARD, None),
    (34, "V30 second client of an issuer", by.other_client, 200, ACCEPTED, L),
    (35, "V31 second deployment", claims(deployment_id="d2"), 200, ACCEPTED, L),
    # pylti1p3 takes the first client; guessing a tenant is worse than asking (req. 2)
    (36, "V32 no client_id, issuer has two", by.no_client_of_two, 400, "login.unknown", None),
    (37, "V33 no client_id, issuer has one", by.no_client_of_one, 200, ACCEPTED, L),
    (38, "V34 sub is a number", claims(sub=17), 400, MALFORMED, None),
    (39, "V35 names right to left", claims(name="ليلى ‏العربية"), 200, ACCEPTED, L),
    (40, "B1 no kid", token(lambda p, lms: lms.sign(p, kid=None)), 400, TOKEN, None),
    (41, "B2 wrong kid", token(signed_as("k1", kid="k9")), 400, KEY, None),
    (42, "B3 LTI version 11.3", claims(version="11.3"), 400, "launch.message", None),
    (43, "B4 no LTI version", claims(version=MISSING), 400, "launch.message", None),
    (44, "B5 random JSON", token(lambda _, lms: lms.sign({"name": "x"})), 400, TOKEN, None),
    (45, "B6 no message_type", claims(message_type=MISSING), 400, UNHEARD, None),
    (46, "B7 unknown message_type", message("LtiFoo"), 400, UNHEARD, None),
    (47, "B8 no roles", claims(roles=MISSING), 400, "launch.no_roles", None),
    (48, "B9 no resource_link", claims(resource_link=MISSING), 400, "launch.message", None),
    (49, "B10 resource_link without id", claims(resource_link={"title": "x"}), 400, MALFORMED, None),
    (50, "B11 resource_link null", claims(resource_link=None), 400, "launch.message", None),
    (51, "B12 no deployment_id", claims(deployment_id=MISSING), 400, MALFORMED, None),
    (52, "B13 unknown deployment_id", by.unlisted_deployment, 400, "launch.deployment", None),
    (53, "B14 no target_link_uri", claims(target_link_uri=MISSING), 400, MALFORMED, None),
    (54, "B15 another target than the login's", claims(target_link_uri=OURS), 400, "launch.target", None),
    (55, "B16 no nonce", claims(nonce=MISSING), 400, TOKEN, None),
    (56, "B17 unknown nonce", claims(nonce="x" * 43), 400, TOKEN, None),
    (57, "B18 no iss", claims(iss=MISSING), 400, TOKEN, None),
    (58, "B19 unknown iss", claims(iss="https://evil.test"), 400, TOKEN, None),
    (59, "B20 no aud", claims(aud=MISSING), 400, TOKEN, None),
    (60, "B21 wrong aud", claims(aud="someone"), 400, TOKEN, None),
    (61, "B22 aud list, no azp", claims(aud=BOTH), 400, TOKEN, None),
    (62, "B23 aud list, azp another", claims(aud=BOTH, azp="b"), 400, TOKEN, None),
    (63, "B24 azp wrong", claims(azp="b"), 400, TOKEN, None),
    (64, "B25 no exp", claims(exp=MISSING), 400, TOKEN, None),
    (65, "B26 no iat", claims(iat=MISSING), 400, TOKEN, None),
    (66, "B27 expired 10 min ago", at(iat=-700, exp=-600), 400, TOKEN, None),
    (67, "B28 iat in an hour", at(iat=3600, exp=7200), 400, TOKEN, None),
    (68, "B29 a month old, lives ten years", at(iat=-2592000, exp=315360000), 400, TOKEN, None),
    (69, "B30 exp and iat are text", claims(exp="soon", iat="now"), 400, TOKEN, None),
    (70, "B31 exp before iat, within the leeway", at(iat=10, exp=-5), 200, ACCEPTED, L),
    (71, "B32 roles is text", claims(roles=LEARNER), 400, MALFORMED, None),
    (72, "B33 roles with null and number", claims(roles=[None, 5]), 400, MALFORMED, None),
    (73, "B34 context is text", claims(context="course-1"), 400, MALFORMED, None),
    (74, "B35 sub of 256 characters", claims(sub="x" * 256), 400, MALFORMED, None),
    (75, "A1 alg none", token(unsigned("none")), 400, TOKEN, None),
    (76, "A2 alg NONE", token(unsigned("NONE")), 400, TOKEN, None),
    (77, "A3 HS256 with the public key", token(by.hs256), 400, TOKEN, None),
    (78, "A4 the same, key set names no alg", keys(jwk("k1", alg=None), make=by.hs256), 400, TOKEN, None),
    (79, "A5 key set says HS256 for an RSA key", keys(jwk("k1", alg="HS256")), 400, KEY, None),
    (80, "A5b symmetric key in the set", keys(by.OCT, make=by.symmetric(b"x" * 32)), 400, TOKEN, None),
    (81, "A5c key set says alg none", keys(jwk("k1", alg="none")), 400, KEY, None),
    (82, "A6 attacker's key, our kid", token(signed_as("attacker")), 400, TOKEN, None),
    (83, "A7 key in the header", token(signed_as("attacker", jwk=jwk("attacker"), jku="https://evil.test/")), 400, TOKEN, None),
    (84, "A8 critical extension", token(signed_as("k1", crit=["exp"], exp=1)), 400, TOKEN, None),
    (85, "A9 PS256", token(signed_as("k1", "PS256")), 400, TOKEN, None),
    (86, "A10 key of 1024 bits", keys(jwk(WEAK), make=lambda p, lms: lms.sign(p, key=WEAK)), 400, KEY, None),
    (87, "A11 key for encryption", keys(jwk("k1", use="enc")), 400, KEY, None),
    (88, "A12 new key", keys(jwk("k2"), make=lambda p, lms: lms.sign(p, key="k2")), 200, ACCEPTED, L),
    (89, "A13 new key, old set cached", by.rotated, 200, ACCEPTED, L),
    (90, "A14 two launches, keys asked once", by.twice, 200, ACCEPTED, L),
    (91, "A15 key set is HTML and 500", key_set(Answer(500, b"<html>", content_type="text/html")), 502, KEYS, None),
    (92, "A16 key set without keys", key_set(Answer(body={"no": "keys"})), 502, KEYS, None),
    (93, "A17 key set is slow", by.slow_key_set, 502, KEYS, None),
    (94, "A18 key set is down", by.dead_key_set, 502, KEYS, None),
    (95, "A19 key set of 20 MB", key_set(Answer(body={"keys": [], "x": "y" * 20_000_000})), 502, KEYS, None),
    (96, "A20 id_token of 400 kB", token(by.padded(400_000)), 413, "http.413", None),
    (97, "A21 id_token of 3 MB", token(by.padded(3_000_000)), 413, "http.413", None),
    (98, "A22 garbage", token(lambda *_: "a.b.c"), 400, TOKEN, None),
    (99, "A23 two parts", token(lambda p, lms: lms.sign(p).rpartition(".")[0]), 400, TOKEN, None),
    (100, "A24 deep nesting", token(by.nested), 400, TOKEN, None),
    (101, "A25 payload is a list", token(by.a_list), 400, TOKEN, None),
    (102, "S1 no state", form(state=""), 400, "launch.state", None),
    (103, "S2 wrong state", form(state="unknown"), 400, "launch.state", None),
    (104, "S3 no id_token", form(id_token=""), 400, TOKEN, None),
    (105, "S4 the platform's error", form(id_token="", error="login_required"), 400, "launch.platform_error", None),
    (106, "S5 no cookies at all", by.without_cookies, 200, OPENED, None),
    (107, "S6 launch pushed into another browser", by.pushed, 400, "session.other_browser", None),
    (108, "S7 replay", by.replayed, 400, "launch.replayed", None),
    (109, "S8 used nonce, another person", by.replayed_for_another, 400, "launch.replayed", None),
    (110, "S9 nonce of another login", by.nonce_of_another_login, 400, TOKEN, None),
    (111, "S10 token for another client", by.token_of_another_client, 400, TOKEN, None),
    (112, "S11 token of another issuer", by.token_of_another_issuer, 400, TOKEN, None),
    (113, "S12 launch by GET", by.by_get, 405, "http.405", None),
    # S13 to S16 ask of pylti1p3's storage; here of tickets, the state row, our cookies
    (114, "S13 launch read in another browser", by.ticket_elsewhere, 400, "session.other_browser", None),
    (115, "S14 the same over https", by.ticket_elsewhere_by_https, 400, "session.other_browser", None),
    (116, "S15 replay without any cookie", by.replayed_without_cookies, 400, "launch.replayed", None),
    (117, "S16 cookies after twelve launches", by.many_launches, 200, ACCEPTED, L),
    (118, "S17 attributes of the cookies", by.cookies_of_a_login, 200, STARTED, None),
    (119, "L1 no iss", login(iss=""), 400, "login.incomplete", None),
    (120, "L2 no login_hint", login(login_hint=""), 400, "login.incomplete", None),
    (121, "L3 unknown iss", login(iss="https://unknown.test"), 400, "login.unknown", None),
    (122, "L4 unknown client_id", login(client_id="unknown"), 400, "login.unknown", None),
    (123, "L5 target elsewhere, redirect_uri fixed", by.foreign_target, 200, STARTED, None),
    (124, "L6 login by GET", by.login_by_get, 200, STARTED, None),
    (125, "L7 deployment of the login is binding", by.bound_deployment, 400, "launch.deployment_mismatch", None),
    (126, "L8 query in the authorization address", by.query_in_address, 200, STARTED, None),
    (127, "L9 script in the login hint", by.script_in_hint, 200, STARTED, None),
]
# fmt: on
CASES = [Case(*row) for row in ROWS]
