"""axe finds nothing on any component, light, dark and mirrored.

Pictures of what it saw are kept in build/screens, to look at.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.static import site

SCREENS = site.ROOT / "build" / "screens"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SESSION = """sessionStorage.setItem("lti:h1", JSON.stringify(
  {token: "%s", idle: 1800, ends: Date.now() + 9e6}))"""
OPEN_ALL = 'document.querySelectorAll("main details").forEach((d) => { d.open = true })'
LOOKS = [
    ("en", "light", 375),
    ("en", "light", 1280),
    ("en", "dark", 1280),
    ("ar-XB", "light", 1280),
    ("ar-XB", "dark", 375),
]
PAGES = {
    "gallery": "/s/h1/gallery",
    "form": "/s/h1/form",
    "notice": "/s/h1/second",
    "error": "/error",
    "finish": "/finish",
}


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_axe_finds_nothing(chromium, serve, language, scheme, width):
    app, _ = site.make(language)
    base = serve(app)
    context = chromium.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    tab = context.new_page()
    SCREENS.mkdir(parents=True, exist_ok=True)
    found = {}

    for name, path in PAGES.items():
        tab.goto(f"{base}/error")
        tab.evaluate(SESSION % site.TOKEN)
        tab.goto(base + path)
        if path.startswith("/s/"):
            expect(tab.locator(".topbar")).to_be_visible()
        tab.evaluate(OPEN_ALL)
        found[name] = problems(tab)
        picture = SCREENS / f"shell-{name}-{language}-{scheme}-{width}.png"
        tab.screenshot(path=picture, full_page=True)
    context.close()

    assert found == {name: [] for name in PAGES}


@pytest.mark.parametrize(
    "act",
    [
        "document.getElementById('ask').showModal()",
        "document.getElementById('idle').showModal()",
        "document.getElementById('last').showModal()",
        "document.querySelector('.menu').open = true",
    ],
)
def test_axe_finds_nothing_in_what_opens_above_the_page(tab, tool, act):
    tab.goto(f"{tool.base}/error")
    tab.evaluate(SESSION % site.TOKEN)
    tab.goto(f"{tool.base}/s/h1/form")
    expect(tab.locator(".topbar")).to_be_visible()

    tab.evaluate(act)

    assert problems(tab) == []


def problems(tab) -> list[str]:
    """Name each rule that axe finds broken, with the first place."""
    told = Axe().run(tab, options={"runOnly": {"type": "tag", "values": WCAG}})
    return [
        f"{rule['id']}: {rule['nodes'][0]['html'][:120]}"
        for rule in told.response["violations"]
    ]
