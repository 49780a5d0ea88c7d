"""Canvas OAuth2: asking for leave, renewing once for all, giving back."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from lms_clients import (
    Ability,
    Application,
    Malformed,
    OAuthTokens,
    Unauthorized,
    canvas_scopes,
    canvas_transport,
    revoke,
)
from lms_clients.canvas.renewal import TokenKeeper
from lms_clients.transport import new_session
from tests.lms_clients.canvas_server import CanvasServer
from tests.lms_clients.local_server import Reply

NOW = datetime(2026, 11, 22, 20, tzinfo=UTC)


def tokens(access: str = "old", **changes) -> OAuthTokens:
    known = OAuthTokens(access, "again", None, "key", "secret")
    return replace(known, **changes)


@pytest.fixture
def oauth(serve):
    """Open a Canvas whose access token is renewed: its state, transport, server."""
    state = CanvasServer(tokens=set())
    server = serve(state)
    with new_session() as session:
        yield state, canvas_transport(server.url, session=session), server


APPLICATION = Application("key", "secret", "https://tool.test/oauth/canvas")


def test_leave_is_asked_for_on_canvas_with_state_and_scopes():
    scopes = canvas_scopes([Ability.SKILLS])

    url = APPLICATION.address("https://canvas.test", "st4te", scopes)

    parts = urlsplit(url)
    assert (parts.netloc, parts.path) == ("canvas.test", "/login/oauth2/auth")
    query = parse_qs(parts.query)
    assert query["scope"] == [" ".join(scopes)]
    assert query["state"] == ["st4te"]
    assert "secret" not in url
    assert "scope" not in APPLICATION.address("https://canvas.test", "st4te")


def test_a_code_is_traded_for_tokens_and_the_person(oauth):
    _, transport, _ = oauth

    found, person = APPLICATION.exchange(transport, "fresh")

    assert (found.access, found.refresh, person) == ("access-1", "again", "1")
    assert found.expires_at is not None
    assert "again" not in repr(found)
    assert "secret" not in repr(found) + repr(APPLICATION)


def test_a_spent_code_needs_leave_again(oauth):
    _, transport, _ = oauth

    with pytest.raises(Unauthorized) as caught:
        APPLICATION.exchange(transport, "spent")

    assert caught.value.code == "leave"


def test_an_ended_token_is_renewed_and_the_call_repeated(oauth, open_lms):
    state, transport, _ = oauth
    kept: list[OAuthTokens] = []
    given_ = tokens(on_refresh=kept.append)
    client = open_lms("canvas", transport.base_url, given_)

    assert client.site().account_id == "1"
    assert state.refreshes == 1
    assert [one.access for one in kept] == ["access-1"]
    assert kept[0].refresh == "again"


def test_a_token_about_to_end_is_renewed_before_it_is_used(oauth):
    state, transport, _ = oauth
    soon = tokens(expires_at=NOW + timedelta(seconds=30))
    keeper = TokenKeeper(transport, soon, now=lambda: NOW)

    assert keeper.access() == "access-1"
    assert keeper.access() == "access-1"
    assert state.refreshes == 1


def test_five_threads_renew_once(oauth):
    state, transport, _ = oauth
    keeper = TokenKeeper(transport, tokens())
    together = threading.Barrier(5, timeout=10)

    def use() -> str:
        refused = keeper.access()
        together.wait()
        return keeper.renewed(refused)

    with ThreadPoolExecutor(5) as pool:
        found = {job.result() for job in [pool.submit(use) for _ in range(5)]}

    assert found == {"access-1"}
    assert state.refreshes == 1


def test_five_clients_of_one_person_renew_once(oauth, open_lms):
    state, transport, _ = oauth
    kept: list[str] = []
    given_ = tokens(on_refresh=lambda new: kept.append(new.access))
    clients = [open_lms("canvas", transport.base_url, given_) for _ in range(5)]
    together = threading.Barrier(5, timeout=10)

    def use(client) -> str:
        together.wait()
        return str(client.site().account_id)

    with ThreadPoolExecutor(5) as pool:
        found = list(pool.map(use, clients))

    assert found == ["1"] * 5
    assert state.refreshes == 1
    assert kept == ["access-1"]


def test_each_client_tells_its_own_caller(oauth):
    _, transport, _ = oauth
    told: list[str] = []
    TokenKeeper(transport, tokens(on_refresh=lambda _: told.append("one")))
    two = TokenKeeper(transport, tokens(on_refresh=lambda _: told.append("two")))

    two.renewed("old")

    assert told == ["two"]


def test_a_client_opened_with_newer_tokens_brings_them_to_all(oauth):
    state, transport, _ = oauth
    soon, later = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
    one = TokenKeeper(transport, tokens(expires_at=soon), now=lambda: NOW)
    two = TokenKeeper(transport, tokens("newer", expires_at=later), now=lambda: NOW)
    three = TokenKeeper(transport, tokens("older", expires_at=soon), now=lambda: NOW)

    assert [keeper.access() for keeper in (one, two, three)] == ["newer"] * 3
    assert state.refreshes == 0


def test_two_persons_renew_apart_and_one_refusal_is_one_persons(oauth):
    _, transport, _ = oauth
    ann, ben = (
        TokenKeeper(transport, tokens(refresh=name)) for name in ("again", "gone")
    )

    with pytest.raises(Unauthorized) as caught:
        ben.renewed("old")

    assert caught.value.code == "leave"
    assert ann.renewed("old") == "access-1"


def test_a_key_that_is_switched_off_is_not_one_persons_trouble(serve):
    refusal = {"error": "invalid_client", "error_description": "unknown client"}
    names = {"WWW-Authenticate": "Canvas OAuth 2.0"}
    server = serve(lambda _: Reply(refusal, 401, names))
    with new_session() as session:
        transport = canvas_transport(server.url, session=session)

        with pytest.raises(Unauthorized) as renewing:
            TokenKeeper(transport, tokens()).renewed("old")
        with pytest.raises(Unauthorized) as trading:
            APPLICATION.exchange(transport, "fresh")

    assert renewing.value.code == trading.value.code == "key"


def test_asking_renewing_and_telling_happen_under_the_callers_lock(oauth):
    state, transport, _ = oauth
    steps: list[str] = []

    @contextmanager
    def lock() -> Iterator[None]:
        steps.append("locked")
        yield
        steps.append(f"free after {state.refreshes}")

    def latest() -> OAuthTokens:
        steps.append("asked")
        return tokens()

    def keep(new: OAuthTokens) -> None:
        steps.append(f"told {new.access}")

    given_ = tokens(lock=lock, latest=latest, on_refresh=keep)
    TokenKeeper(transport, given_).renewed("old")

    assert steps == ["locked", "asked", "told access-1", "free after 1"]


def test_what_another_process_renewed_long_ago_is_renewed_again(oauth):
    state, transport, _ = oauth
    ended = NOW - timedelta(minutes=5)
    latest = tokens("theirs", expires_at=ended)
    keeper = TokenKeeper(transport, tokens(latest=lambda: latest), now=lambda: NOW)

    assert keeper.renewed("old") == "access-1"
    assert state.refreshes == 1


@pytest.mark.parametrize(("seconds", "renewals"), [(61, 0), (60, 1), (-60, 1)])
def test_a_token_is_renewed_a_minute_before_its_end(oauth, seconds, renewals):
    state, transport, _ = oauth
    end = NOW + timedelta(seconds=seconds)

    TokenKeeper(transport, tokens(expires_at=end), now=lambda: NOW).access()

    assert state.refreshes == renewals


def test_a_refresh_token_that_is_changed_is_used_from_then_on(serve):
    asked: list[str] = []

    def change(request) -> Reply:
        asked.append(request.form["refresh_token"])
        again = len(asked)
        return Reply({"access_token": f"a{again}", "refresh_token": f"r{again}"})

    server = serve(change)
    with new_session() as session:
        keeper = TokenKeeper(canvas_transport(server.url, session=session), tokens())

        keeper.renewed(keeper.renewed("old"))

    assert asked == ["again", "r1"]


def test_no_keeper_prints_its_tokens(oauth):
    _, transport, _ = oauth

    told = repr(TokenKeeper(transport, tokens("s3cret", refresh="s3cret-too")))

    assert "s3cret" not in told


def test_what_another_process_renewed_is_taken_over(oauth):
    state, transport, _ = oauth
    keeper = TokenKeeper(transport, tokens(latest=lambda: tokens("theirs")))

    assert keeper.renewed("old") == "theirs"
    assert state.refreshes == 0


def test_what_another_process_kept_unchanged_is_renewed(oauth):
    _, transport, _ = oauth
    keeper = TokenKeeper(transport, tokens(latest=tokens))

    assert keeper.renewed("old") == "access-1"


def test_a_revoked_leave_is_unauthorized_and_asked_for_once(oauth, open_lms):
    _, transport, server = oauth
    client = open_lms("canvas", transport.base_url, tokens(refresh="revoked"))

    with pytest.raises(Unauthorized) as caught:
        client.site()

    assert caught.value.code == "leave"
    assert len(server.requests) == 2


def test_a_token_that_stays_refused_is_not_renewed_for_ever(serve, open_lms):
    refusal = Reply({}, 401, {"WWW-Authenticate": "Bearer"})
    server = serve(
        lambda request: (
            Reply({"access_token": "new", "expires_in": 3600})
            if request.path == "/login/oauth2/token"
            else refusal
        )
    )

    with pytest.raises(Unauthorized):
        open_lms("canvas", server.url, tokens()).site()

    assert len(server.requests) == 3


def test_an_answer_without_a_token_is_malformed(serve, open_lms):
    server = serve(
        lambda request: (
            Reply({"token_type": "Bearer"})
            if request.path == "/login/oauth2/token"
            else Reply({}, 401, {"WWW-Authenticate": "Bearer"})
        )
    )

    with pytest.raises(Malformed):
        open_lms("canvas", server.url, tokens()).site()


def test_a_token_is_given_back_even_when_it_is_gone(serve):
    answers = [Reply({}), Reply({}, 401, {"WWW-Authenticate": "Bearer"})]
    server = serve(lambda _: answers.pop(0))
    with new_session() as session:
        transport = canvas_transport(server.url, session=session)

        revoke(transport, "access")
        revoke(transport, "access")

    assert [request.method for request in server.requests] == ["DELETE", "DELETE"]
