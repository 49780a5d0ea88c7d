"""A tool of a few lines: signs, launches, registers; speaks to any campus."""

import json
import secrets
import threading
import time
from typing import Any
from urllib.parse import urlencode

import jwt
import requests
from flask import Flask, Response, jsonify, redirect, request
from werkzeug.serving import WSGIRequestHandler, make_server

from lti_mentor.demo.keys import new_key, public_jwk
from lti_mentor.demo.lti import ASSERTION, CLAIM, DEEP_LINK, post_form

REGISTRATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"
ONE_ITEM = {
    "type": "ltiResourceLink",
    "title": "Practice: a real negotiation",
    "text": "Apply it at work, with a mentor.",
    "custom": {"practice": "p-1"},
    "lineItem": {"scoreMaximum": 20, "label": "lost", "resourceId": "p-1", "tag": "x"},
}


class Quiet(WSGIRequestHandler):
    """Writes no log."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing."""


class StandIn:
    """The tool; what it was told lies in `launches` and `errors`."""

    def __init__(self) -> None:
        self.key = new_key()
        self.kid = self.key.id
        self.launches: list[dict[str, Any]] = []
        self.errors: list[dict[str, str]] = []
        self.registered: dict[str, Any] = {}
        self.items: list[dict[str, Any]] = [ONE_ITEM]
        app = Flask("stand-in")
        app.add_url_rule("/lti/jwks", "jwks", self.jwks)
        both = ["GET", "POST"]
        app.add_url_rule("/lti/login", "login", self.login, methods=both)
        app.add_url_rule("/lti/launch", "launch", self.launch, methods=both)
        app.add_url_rule("/lti/register", "register", self.register)
        self.server = make_server(
            "127.0.0.1", 0, app, threaded=True, request_handler=Quiet
        )
        self.url = f"http://localhost:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def jwks(self) -> Response:
        return jsonify(keys=[{**public_jwk(self.key), "kid": self.kid}])

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        headers = {"kid": self.kid, **header}
        return jwt.encode(claims, self.key.pem, algorithm="RS256", headers=headers)

    def login(self) -> Any:
        given = request.values
        query = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": given["client_id"],
            "redirect_uri": self.url + "/lti/launch",
            "login_hint": given["login_hint"],
            "lti_message_hint": given["lti_message_hint"],
            "state": secrets.token_hex(4),
            "nonce": secrets.token_hex(4),
        }
        return redirect(f"{given['iss']}/mod/lti/auth.php?{urlencode(query)}")

    def launch(self) -> Any:
        if "id_token" not in request.form:
            self.errors.append(request.form.to_dict())
            return "The platform refused."
        token = request.form["id_token"]
        claims = jwt.decode(token, options={"verify_signature": False})
        self.launches.append(claims)
        settings = claims.get(DEEP_LINK + "deep_linking_settings")
        if settings is None:
            return f"<h1>Hello {claims.get('name', 'you')}</h1>"
        answer = self.deep_link_answer(claims, self.items)
        return post_form(settings["deep_link_return_url"], {"JWT": answer})

    def deep_link_answer(self, claims: dict[str, Any], items: list[Any]) -> str:
        now = int(time.time())
        return self.sign(
            {
                "iss": claims["aud"],
                "aud": [claims["iss"]],
                "iat": now,
                "exp": now + 60,
                "nonce": secrets.token_hex(4),
                CLAIM + "deployment_id": claims[CLAIM + "deployment_id"],
                CLAIM + "message_type": "LtiDeepLinkingResponse",
                CLAIM + "version": "1.3.0",
                DEEP_LINK + "content_items": items,
            }
        )

    def register(self) -> str:
        """Register as a tool does, then let the platform's frame close."""
        discovery = requests.get(request.args["openid_configuration"], timeout=5)  # noqa: TID251
        answer = requests.post(  # noqa: TID251
            discovery.json()["registration_endpoint"],
            json=self.registration(),
            headers={"Authorization": "Bearer " + request.args["registration_token"]},
            timeout=5,
        )
        self.registered = answer.json()
        closing = json.dumps({"subject": "org.imsglobal.lti.close"})
        return f"<script>(opener||parent).postMessage({closing},'*')</script>"

    def registration(self) -> dict[str, Any]:
        launch = self.url + "/lti/launch"
        return {
            "application_type": "web",
            "response_types": ["id_token"],
            "grant_types": ["implicit", "client_credentials"],
            "initiate_login_uri": self.url + "/lti/login",
            "redirect_uris": [launch],
            "client_name": "Stand-in",
            "jwks_uri": self.url + "/lti/jwks",
            "token_endpoint_auth_method": "private_key_jwt",
            "scope": (
                "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem "
                "https://purl.imsglobal.org/spec/lti-nrps/scope/"
                "contextmembership.readonly"
            ),
            REGISTRATION: {
                "domain": self.url.removeprefix("http://"),
                "target_link_uri": launch,
                "claims": ["sub", "name", "email"],
                "messages": [
                    {"type": "LtiDeepLinkingRequest", "target_link_uri": launch}
                ],
            },
        }

    def token(self, token_url: str, client_id: str, scopes: list[str]) -> str:
        """Ask for an access token and return it."""
        now = int(time.time())
        claims = {"iss": client_id, "sub": client_id, "aud": token_url}
        claims |= {"iat": now, "exp": now + 60, "jti": secrets.token_hex(4)}  # type: ignore[dict-item]
        answer = requests.post(  # noqa: TID251
            token_url,
            data={
                "grant_type": "client_credentials",
                "client_assertion_type": ASSERTION,
                "client_assertion": self.sign(claims),
                "scope": " ".join(scopes),
            },
            timeout=5,
        )
        return str(answer.json()["access_token"])
