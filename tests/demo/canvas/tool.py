"""A small LTI tool with its own keys, on a real port, to be launched by the campus."""

import contextlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import jwt
import requests
from flask import Flask, Response, jsonify, redirect, request
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Response as AnyResponse

from lti_mentor.demo.canvas.registration import EXTENSION, TOOL_CONFIGURATION
from lti_mentor.demo.keys import new_key, public_jwk
from lti_mentor.demo.lti import ALL_SCOPES, ASSERTION, CLAIM, DEEP_LINK


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        pass


class Tool:
    """What the tool is and what it has seen."""

    def __init__(self, platform: dict[str, str] | None = None) -> None:
        self.key = new_key()
        self.url = ""
        self.platform = platform or {}
        self.logins: list[dict[str, str]] = []
        self.launches: list[dict[str, str]] = []
        self.notices: list[str] = []
        self.registration: dict[str, Any] = {}
        self.items: list[dict[str, Any]] = [practice()]

    def sign(self, claims: dict[str, Any], **head: Any) -> str:
        now = int(time.time())
        times = {"iat": now, "exp": now + 300, "jti": secrets.token_hex(8)}
        headers = {"kid": self.key.id, **head}
        return jwt.encode(times | claims, self.key.pem, "RS256", headers)

    def assertion(self, **changes: Any) -> str:
        client = self.platform["client_id"]
        claims = {"iss": client, "sub": client, "aud": self.platform["token_url"]}
        return self.sign(claims | changes)

    def ask_token(self, *scopes: str, **fields: str) -> requests.Response:
        asked = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION,
            "client_assertion": self.assertion(),
            "scope": " ".join(scopes or ALL_SCOPES),
        }
        with requests.Session() as web:
            return web.post(self.platform["token_url"], data=asked | fields)

    def services(self, *scopes: str) -> requests.Session:
        """Return a session that carries an access token."""
        web = requests.Session()
        token = self.ask_token(*scopes).json()["access_token"]
        web.headers["Authorization"] = f"Bearer {token}"
        return web

    def deep_link(self, launch: dict[str, Any], items: Any, **changes: Any) -> str:
        claims = {
            "iss": launch["aud"],
            "aud": launch["iss"],
            "nonce": secrets.token_hex(8),
            CLAIM + "deployment_id": launch[CLAIM + "deployment_id"],
            CLAIM + "message_type": "LtiDeepLinkingResponse",
            CLAIM + "version": "1.3.0",
            DEEP_LINK + "content_items": items,
        }
        return self.sign(claims | changes)

    @contextlib.contextmanager
    def serve(self) -> Iterator["Tool"]:
        server = make_server(
            "127.0.0.1", 0, app_of(self), threaded=True, request_handler=Quiet
        )
        self.url = f"http://localhost:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def practice(**changes: Any) -> dict[str, Any]:
    """Return a content item: a mentor-supported practice."""
    return {
        "type": "ltiResourceLink",
        "title": "Negotiate with your mentor",
        "text": "Apply what you learned.",
        "custom": {"practice": "9a1b"},
        "lineItem": {
            "label": "Mentored negotiation",
            "scoreMaximum": 20,
            "tag": "lti-mentor:practice",
            "resourceId": "9a1b",
        },
        "available": {"startDateTime": "2026-11-01T00:00:00Z"},
        "submission": {"endDateTime": "2026-12-20T23:59:00Z"},
    } | changes


def claims_of(token: str) -> dict[str, Any]:
    """Return what an id_token says, unverified."""
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found


def app_of(tool: Tool) -> Flask:
    app = Flask("tool")

    @app.route("/lti/login", methods=["GET", "POST"])
    def login() -> AnyResponse:
        tool.logins.append(request.values.to_dict())
        asked = {
            "client_id": request.values["client_id"],
            "login_hint": request.values["login_hint"],
            "lti_message_hint": request.values["lti_message_hint"],
            "nonce": secrets.token_hex(8),
            "state": secrets.token_hex(8),
            "redirect_uri": tool.url + "/lti/launch",
            "response_type": "id_token",
            "response_mode": "form_post",
            "scope": "openid",
            "prompt": "none",
        }
        return redirect(f"{tool.platform['auth_url']}?{urlencode(asked)}")

    @app.post("/lti/launch")
    def launch() -> str:
        form = request.form.to_dict()
        tool.launches.append(form)
        if "error" in form:
            return f"<!doctype html><title>x</title><h1>{form['error']}</h1>"
        claims = claims_of(form["id_token"])
        name = claims.get("name", "nobody")
        if claims[CLAIM + "message_type"] == "LtiResourceLinkRequest":
            title = claims[CLAIM + "resource_link"]["title"]
            return f"<!doctype html><title>x</title><h1>{title}: {name}</h1>"
        back = claims[DEEP_LINK + "deep_linking_settings"]["deep_link_return_url"]
        token = tool.deep_link(claims, tool.items)
        return (
            f'<!doctype html><title>x</title><form method="post" action="{back}">'
            f'<input type="hidden" name="JWT" value="{token}">'
            f"<button>Choose the practice</button></form>"
        )

    @app.get("/lti/jwks")
    def jwks() -> Response:
        return jsonify(keys=[public_jwk(tool.key)])

    @app.post("/lti/notices")
    def notices() -> str:
        tool.notices += [one["jwt"] for one in request.get_json()["notices"]]
        return ""

    @app.get("/lti/register")
    def register() -> str:
        header = {"Authorization": f"Bearer {request.args['registration_token']}"}
        with requests.Session() as web:
            found = web.get(request.args["openid_configuration"], headers=header)
            endpoint = found.json()["registration_endpoint"]
            body = wish(tool.url)
            tool.registration = web.post(endpoint, json=body, headers=header).json()
        tool.platform = {
            "client_id": tool.registration["client_id"],
            "auth_url": found.json()["authorization_endpoint"],
            "token_url": found.json()["token_endpoint"],
        }
        message = json.dumps({"subject": "org.imsglobal.lti.close"})
        return (
            "<!doctype html><title>x</title><h1>Registered</h1>"
            f"<script>parent.postMessage({message}, '*')</script>"
        )

    return app


def wish(url: str) -> dict[str, Any]:
    """Return what the tool asks in a dynamic registration."""
    return {
        "application_type": "web",
        "client_name": "LTI Mentor",
        "grant_types": ["client_credentials", "implicit"],
        "response_types": ["id_token"],
        "jwks_uri": f"{url}/lti/jwks",
        "initiate_login_uri": f"{url}/lti/login",
        "redirect_uris": [f"{url}/lti/launch"],
        "scope": " ".join([*ALL_SCOPES, "https://example.org/unknown"]),
        "token_endpoint_auth_method": "private_key_jwt",
        TOOL_CONFIGURATION: {
            "domain": url.split("://")[1],
            "target_link_uri": f"{url}/lti/launch",
            "claims": ["sub", "name", "email"],
            "custom_parameters": {"canvas_user_id": "$Canvas.user.id"},
            EXTENSION + "privacy_level": "public",
            "messages": [
                {
                    "type": "LtiResourceLinkRequest",
                    "label": "Mentorship",
                    "placements": [EXTENSION + "course_navigation", "user_navigation"],
                },
                {
                    "type": "LtiDeepLinkingRequest",
                    "label": "Practice",
                    "placements": ["assignment_selection"],
                },
            ],
        },
    }
