"""The REST API as a client sees it."""

from typing import Any

import requests


class Api:
    """Calls `/api/v1` with one token."""

    def __init__(self, web: requests.Session, url: str, token: str) -> None:
        self.web, self.url, self.token = web, url, token

    def ask(self, path: str, verb: str = "GET", **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}"}
        headers |= options.pop("headers", {})
        where = path if path.startswith("http") else f"{self.url}/api/v1/{path}"
        return self.web.request(verb, where, headers=headers, **options)

    def pages(self, path: str) -> list[requests.Response]:
        """Follow `next` to the end."""
        found = [self.ask(path)]
        while "next" in found[-1].links:
            found.append(self.ask(found[-1].links["next"]["url"]))
        return found

    def all(self, path: str) -> list[Any]:
        """Return the items of every page."""
        return [item for page in self.pages(path) for item in page.json()]
