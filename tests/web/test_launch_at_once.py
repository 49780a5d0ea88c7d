"""Many at the same moment, on both databases: nobody twice, nobody left out."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lti_mentor.people.models import Context, OneUseLink, Person, WebSession
from tests.platform import Answer, Platform, jwk
from tests.tool import Login, Tool, build, close, code_of, page_data

Work = Callable[[int], str]


@pytest.fixture(params=["sqlite", "postgresql"])
def anywhere(
    request: pytest.FixtureRequest, tmp_path: Path, platform: Platform
) -> Iterator[Tool]:
    """The tool, once on a SQLite file and once on PostgreSQL."""
    changes = {}
    if request.param == "postgresql":
        changes["database_url"] = request.getfixturevalue("postgres_url")
    tool = build(tmp_path, platform, **changes)
    yield tool
    close(tool.app)


def at_once(count: int, work: Work) -> Counter[str]:
    """Let so many threads do their work together; count what came of it."""
    gate, said = threading.Barrier(count), Counter[str]()

    def run(number: int) -> None:
        gate.wait()
        said[work(number)] += 1

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def signed_launch(tool: Tool, sub: str = "learner-1") -> dict[str, str]:
    """Return the form of a good launch whose login another browser began."""
    login = tool.login(tool.app.test_client(use_cookies=False))
    token = platform_token(tool, login, sub=sub)
    secret = login.data["secret"]
    return {"state": login.data["state"], "id_token": token, "secret": secret}


def platform_token(tool: Tool, login: Login, **claims: Any) -> str:
    return tool.platform.sign(tool.platform.claims(login.query, **claims))


def post(tool: Tool, path: str, cookie: str = "", **given: Any) -> str:
    headers = {"Cookie": cookie} if cookie else {}
    browser = tool.app.test_client(use_cookies=False)
    answer = browser.post(path, headers=headers, **given)
    return "200" if answer.status_code == 200 else code_of(answer)


def test_twenty_posts_of_one_launch_make_one_session(anywhere: Tool):
    form = signed_launch(anywhere)
    pages: list[str] = []

    def launch(_: int) -> str:
        browser = anywhere.app.test_client(use_cookies=False)
        answer = browser.post("/lti/launch", data=form)
        if answer.status_code == 200:
            pages.append(page_data(answer)["ticket"])
        return code_of(answer) or str(answer.status_code)

    launched = at_once(20, launch)
    given = {"ticket": pages[0], "secret": form["secret"]}
    opened = at_once(20, lambda _: post(anywhere, "/lti/session", json=given))

    assert launched == {"200": 1, "launch.replayed": 19}
    assert opened == {"200": 1, "session.ticket": 19}
    with anywhere.session() as session:
        assert session.query(OneUseLink).count() == 1
        assert session.query(WebSession).count() == 1


def test_twenty_posts_with_the_cookie_of_the_login_make_one_session(anywhere: Tool):
    browser = anywhere.app.test_client()
    login = anywhere.login(browser)
    token = platform_token(anywhere, login)
    form = {"state": login.data["state"], "id_token": token}
    cookies = "; ".join(
        header.partition(";")[0]
        for header in login.response.headers.getlist("Set-Cookie")
    )

    said = at_once(
        20, lambda _: post(anywhere, "/lti/launch", data=form, cookie=cookies)
    )

    assert said == {"200": 1, "launch.replayed": 19}
    with anywhere.session() as session:
        assert session.query(WebSession).count() == 1


def test_a_whole_class_opens_a_new_course_at_once(anywhere: Tool):
    forms = [signed_launch(anywhere, f"learner-{number}") for number in range(12)]

    said = at_once(12, lambda n: post(anywhere, "/lti/launch", data=forms[n]))

    assert said == {"200": 12}
    with anywhere.session() as session:
        assert session.query(Person).count() == 12
        assert session.query(Context).count() == 1


def test_two_hundred_first_launches_ask_for_the_keys_once(
    tool: Tool, platform: Platform
):
    platform.routes["/jwks"] = lambda _: Answer(body={"keys": [jwk("k1")]}, delay=0.2)
    forms = [signed_launch(tool, f"learner-{number}") for number in range(200)]

    said = at_once(200, lambda n: post(tool, "/lti/launch", data=forms[n]))

    assert said == {"200": 200}
    assert len(platform.requests("/jwks")) == 1
