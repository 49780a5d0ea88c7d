"""Look into answered pages."""

from bs4 import BeautifulSoup, Tag

from tests.static import site


def page(path: str, language: str | None = "en", **headers: str) -> BeautifulSoup:
    """Ask the site for a page as its session would; templates are left out."""
    app, _ = site.make(language)
    headers.setdefault("Authorization", f"Bearer {site.TOKEN}")
    answer = app.test_client().get(path, headers=headers)
    soup = BeautifulSoup(answer.text, "html.parser")
    for unused in soup.find_all("template"):
        unused.decompose()
    return soup


def one(soup: BeautifulSoup, css: str) -> Tag:
    """Return the only element that the selector finds."""
    found = soup.select(css)
    assert len(found) == 1, f"{len(found)} of {css}"
    return found[0]
