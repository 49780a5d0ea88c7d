"""A visitor of the campus over plain HTTP, and a tool that can be launched."""

import re
from html import unescape
from typing import Any

import requests
from bs4 import BeautifulSoup

from lti_mentor.demo import Campus
from lti_mentor.demo.people import person_named


class Visitor(requests.Session):
    """A browser of sorts: keeps Canvas's `Secure` cookie on a loopback address too."""

    def __init__(self, campus: Campus, name: str = "") -> None:
        super().__init__()
        self.campus = campus
        if name:
            self.become(name)

    def send(self, request: Any, **options: Any) -> requests.Response:
        answer = super().send(request, **options)
        for cookie in self.cookies:
            cookie.secure = False
        return answer

    def become(self, name: str) -> None:
        person = person_named(self.campus.canvas.world, name)
        self.see(f"/become/{person.id}", allow_redirects=False)

    def see(self, path: str, **options: Any) -> requests.Response:
        return self.get(self.campus.canvas.url + path, **options)

    def do(self, path: str, **fields: Any) -> requests.Response:
        return self.post(self.campus.canvas.url + path, data=fields)

    def launch_fields(self, path: str) -> dict[str, str]:
        """Open a page with a tool and return the fields of the login initiation."""
        return form_fields(self.see(path).text)

    def authorize(self, fields: dict[str, str], **changes: str) -> requests.Response:
        """Answer a login initiation as a tool would."""
        asked = {
            "client_id": fields["client_id"],
            "login_hint": fields["login_hint"],
            "lti_message_hint": fields["lti_message_hint"],
            "nonce": "nonce-1",
            "prompt": "none",
            "redirect_uri": self.campus.tool_url + "/lti/launch",
            "response_mode": "form_post",
            "response_type": "id_token",
            "scope": "openid",
            "state": "state-1",
        }
        asked |= changes
        wanted = {name: value for name, value in asked.items() if value}
        return self.see("/api/lti/authorize_redirect", params=wanted)


def form_fields(page: str) -> dict[str, str]:
    """Return the hidden fields of the form that posts itself."""
    form = BeautifulSoup(page, "html.parser").select_one("form[data-submit]")
    assert form, re.sub(r"\s+", " ", unescape(page))[:300]
    return {str(i["name"]): str(i["value"]) for i in form.select("input")}
