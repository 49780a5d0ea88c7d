"""A browser as far as LTI needs one: cookies, redirects, forms that send themselves."""

import json
from dataclasses import dataclass
from http.cookiejar import Cookie
from typing import Any
from urllib.parse import urljoin

import requests
from bs4 import BeautifulSoup, Tag
from requests.cookies import RequestsCookieJar

TIMEOUT = 20


class Jar(RequestsCookieJar):
    """Gives Secure cookies back to this machine over http, as browsers do."""

    def set_cookie(self, cookie: Cookie, *args: Any, **kwargs: Any) -> None:
        """Keep a cookie; all servers of these tests are on this machine."""
        cookie.secure = False
        super().set_cookie(cookie, *args, **kwargs)


class NoJar(Jar):
    """A browser that blocks cookies in a foreign frame."""

    def set_cookie(self, cookie: Cookie, *args: Any, **kwargs: Any) -> None:
        """Keep nothing."""


@dataclass
class Form:
    """A form as it would be sent."""

    action: str
    fields: dict[str, str]


@dataclass
class Opened:
    """A session of the tool in this browser."""

    browser: "Browser"
    tool_url: str
    handle: str
    next: str
    """Path of the page the launch leads to."""
    bound: bool
    """Whether the browser had proved itself by its cookie."""
    token: str

    def get(self, path: str) -> requests.Response:
        """Open a page of this session by its place below `/s/<handle>/`."""
        return _good(self.ask("GET", path))

    def post(self, path: str, **fields: str) -> requests.Response:
        """Send a form of this session and follow where it leads."""
        return _good(self.ask("POST", path, data=fields))

    def ask(self, method: str, path: str, **sent: Any) -> requests.Response:
        """Ask for a page, whatever the answer is."""
        return self.browser.http.request(
            method,
            urljoin(self.tool_url, f"/s/{self.handle}/{path}"),
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=TIMEOUT,
            **sent,
        )


class Browser:
    """One person's browser."""

    def __init__(self, jar: RequestsCookieJar) -> None:
        self.http = requests.Session()
        self.http.cookies = jar

    def launch(self, start_url: str, tool_url: str) -> Opened:
        """Go from the platform's link all the way into the tool, as scripts would."""
        page = self._open(start_url)
        secret = None
        if page.url.startswith(tool_url):  # the tool's own page keeps the secret first
            login = page_data(page)
            secret = login["secret"]
            page = self._open(login["auth_url"])
        finish = self.send(form_of(page))
        given = page_data(finish)
        opened = given.get("opened") or self._exchange(tool_url, given, secret)
        return Opened(
            self,
            tool_url,
            opened["handle"],
            opened["next"],
            "opened" in given,
            opened["token"],
        )

    def _exchange(self, tool_url: str, given: Any, secret: str | None) -> Any:
        """Show the secret of a login whose cookie was not kept."""
        proof = {"ticket": given["ticket"], "secret": secret}
        answer = self.http.post(f"{tool_url}/lti/session", json=proof, timeout=TIMEOUT)
        return _good(answer).json()

    def send(self, form: Form) -> requests.Response:
        """Send a form to wherever it leads."""
        return _good(self.http.post(form.action, data=form.fields, timeout=TIMEOUT))

    def _open(self, url: str) -> requests.Response:
        return _good(self.http.get(url, timeout=TIMEOUT))


def _good(answer: requests.Response) -> requests.Response:
    assert answer.ok, f"{answer.status_code} {answer.url}\n{answer.text}"
    return answer


def page_data(page: requests.Response) -> dict[str, Any]:
    """Return what a launch page of the tool gives to its script."""
    found = BeautifulSoup(page.text, "html.parser").find(id="launch")
    assert found is not None, page.text
    return dict(json.loads(found.text))


def form_of(page: requests.Response) -> Form:
    """Return the form of a page that has one."""
    form = BeautifulSoup(page.text, "html.parser").find("form")
    assert isinstance(form, Tag), page.text
    fields = {
        str(field["name"]): str(field["value"])
        for field in form.find_all("input")
        if field.has_attr("name") and field.has_attr("value")
    }
    return Form(urljoin(page.url, str(form["action"])), fields)
