"""A platform on loopback: it signs id_tokens, serves keys, tokens, rosters, gradebooks.

It does what a test tells it, also what no real platform should do.
"""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CORE = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
ROLE = "http://purl.imsglobal.org/vocab/lis/v2/"
LEARNER = f"{ROLE}membership#Learner"
INSTRUCTOR = f"{ROLE}membership#Instructor"
MISSING = object()
"""As a claim's value: leave it out."""


WEAK = "weak"
"""The name of a key of 1024 bits; all others have 2048."""


@cache
def private_key(name: str) -> rsa.RSAPrivateKey:
    """Return the key of this name, made once a run."""
    bits = 1024 if name == WEAK else 2048
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def jwk(name: str, **changes: Any) -> dict[str, Any]:
    """Return a public JWK; `changes` replace or (None) remove members."""
    key = private_key(name).public_key()
    made = json.loads(RSAAlgorithm.to_jwk(key))
    made = {"kty": "RSA", "n": made["n"], "e": made["e"]}
    made |= {"kid": name, "use": "sig", "alg": "RS256"} | changes
    return {member: value for member, value in made.items() if value is not None}


@dataclass
class Answer:
    """What the platform says to one request."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    delay: float = 0.0


@dataclass
class Asked:
    """A request the platform got."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Handler = Callable[[Asked], Answer]


@dataclass
class Platform:
    """One LMS: its address, its keys, what it was asked."""

    url: str
    client_id: str = "client-1"
    deployment_id: str = "deployment-1"
    keys: list[dict[str, Any]] = field(default_factory=lambda: [jwk("k1")])
    asked: list[Asked] = field(default_factory=list)
    routes: dict[str, Handler] = field(default_factory=dict)
    """Paths and what they answer; `/jwks` and `/token` are there from the start."""
    tokens: int = 0

    def registration(self, **changes: Any) -> dict[str, Any]:
        """Return what `platforms.service.add` needs to know of this platform."""
        return {
            "issuer": self.url,
            "client_id": self.client_id,
            "auth_url": f"{self.url}/auth",
            "token_url": f"{self.url}/token",
            "jwks_url": f"{self.url}/jwks",
        } | changes

    def requests(self, path: str) -> list[Asked]:
        """Return what was asked of one path."""
        return [asked for asked in self.asked if asked.path == path]

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        handler = self.routes.get(asked.path)
        if handler:
            return handler(asked)
        if asked.path == "/jwks":
            return Answer(body={"keys": self.keys})
        if asked.path == "/token":
            return self._token(asked)
        return Answer(404, {"error": "nothing here"})

    def _token(self, asked: Asked) -> Answer:
        self.tokens += 1
        return Answer(
            body={
                "access_token": f"token-{self.tokens}",
                "expires_in": 3600,
                "scope": asked.form["scope"],
            }
        )

    def claims(self, login: dict[str, str], **changes: Any) -> dict[str, Any]:
        """Return a good learner's payload for a login's authorization request.

        Changes are named by the last word of a claim, or whole; MISSING removes one.
        """
        moment = int(time.time())
        made: dict[str, Any] = {
            "iss": self.url,
            "aud": self.client_id,
            "sub": "learner-1",
            "iat": moment,
            "exp": moment + 60,
            "nonce": login["nonce"],
            "name": "Lena Learner",
            "given_name": "Lena",
            "family_name": "Learner",
            "email": "lena@example.edu",
            CORE + "version": "1.3.0",
            CORE + "message_type": "LtiResourceLinkRequest",
            CORE + "deployment_id": self.deployment_id,
            CORE + "target_link_uri": login["target_link_uri"],
            CORE + "resource_link": {"id": "link-1", "title": "Mentorship"},
            CORE + "roles": [LEARNER],
            CORE + "context": {
                "id": "course-1",
                "label": "NEG101",
                "title": "Negotiation",
                "type": ["CourseSection"],
            },
            CORE + "custom": {},
        }
        for name, value in changes.items():
            whole = name if name in made or name in REGISTERED else CORE + name
            whole = name if ":" in name else whole
            made[whole] = value
        return {name: value for name, value in made.items() if value is not MISSING}

    def sign(self, payload: Any, *, key: str = "k1", **headers: Any) -> str:
        """Sign anything as an id_token."""
        head = {"kid": key} | headers
        head = {name: value for name, value in head.items() if value is not None}
        if "kid" not in head:
            head = {}
        return jwt.encode(payload, private_key(key), algorithm="RS256", headers=head)

    def deep_linking(self, **changes: Any) -> dict[str, Any]:
        """Return what changes a launch into a content selection."""
        settings = {
            "deep_link_return_url": f"{self.url}/deep-link-return?x=1",
            "accept_types": ["ltiResourceLink"],
            "accept_presentation_document_targets": ["iframe", "window"],
            "data": "opaque <data>",
        } | changes
        settings = {name: v for name, v in settings.items() if v is not MISSING}
        return {
            "message_type": "LtiDeepLinkingRequest",
            "resource_link": MISSING,
            DEEP_LINKING: settings,
        }


REGISTERED = {
    *("iss", "aud", "azp", "sub", "iat", "exp", "nbf", "nonce", "jti", "name"),
    *("given_name", "family_name", "email", "locale", "picture"),
}


@contextmanager
def running(**settings: Any) -> Iterator[Platform]:
    """Start a platform on a free port of loopback."""
    platform = Platform(url="", **settings)

    class Server(BaseHTTPRequestHandler):
        def do(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            query = {k: v[0] for k, v in parse_qs(parts.query).items()}
            asked = Asked(
                self.command,
                parts.path,
                query,
                dict(self.headers.items()),
                self.rfile.read(length),
            )
            self.reply(platform.answer(asked))

        do_GET = do_POST = do_PUT = do_DELETE = do  # noqa: N815

        def reply(self, answer: Answer) -> None:
            time.sleep(answer.delay)
            body = answer.body
            if not isinstance(body, bytes):
                body = b"" if body is None else json.dumps(body).encode()
            try:
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.content_type)
                self.send_header("Content-Length", str(len(body)))
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                return  # the tool hung up, as it should on endless answers

        def log_message(self, *_args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.daemon_threads = True
    platform.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.01}
    )
    thread.start()
    try:
        yield platform
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def unguessable() -> str:
    """Return a value no log may ever hold."""
    return f"canary-{uuid.uuid4().hex}"
