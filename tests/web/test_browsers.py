"""Which browser somebody came with, and where it shows us."""

import pytest
from werkzeug.datastructures import Headers

from lti_mentor.web.browsers import came

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "family"),
    [
        ("Mozilla/5.0 (X11; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox"),
        (f"Mozilla/5.0 {WEBKIT} Chrome/142.0.0.0 Safari/537.36", "Chrome"),
        (f"Mozilla/5.0 {WEBKIT} Chrome/142.0 Safari/537.36 Edg/142.0", "Edge"),
        (f"Mozilla/5.0 (Macintosh) {WEBKIT} Version/26.0 Safari/605.1.15", "Safari"),
        (f"Mozilla/5.0 (iPhone) {WEBKIT} CriOS/142.0 Safari/604.1", "Chrome"),
        (f"Mozilla/5.0 (iPhone) {WEBKIT} FxiOS/142.0 Safari/604.1", "Firefox"),
        ("curl/8", "Other"),
    ],
)
def test_a_browser_is_known_by_its_family(agent: str, family: str) -> None:
    told = Headers({"User-Agent": agent, "Sec-Fetch-Dest": "iframe"})

    assert came(told) == {"browser": family, "container": "frame"}


@pytest.mark.parametrize(
    ("wanted", "container"),
    [("document", "window"), ("iframe", "frame"), ("empty", None), (None, None)],
)
def test_where_it_shows_us_is_taken_from_its_own_word(
    wanted: str | None, container: str | None
) -> None:
    told = Headers({"User-Agent": "Chrome"})
    if wanted:
        told["Sec-Fetch-Dest"] = wanted

    assert came(told).get("container") == container
