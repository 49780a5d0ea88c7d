"""The shell inside a platform's frame, on another site, with and without storage.

Chromium as Playwright starts it refuses sessionStorage in such a frame, which is what
people with all site data blocked have; with `chromium_partitioned` it is as shipped.
"""

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests.static.conftest import Running

PARENT = """<!doctype html>
<html lang="en"><link rel="icon" href="data:,"><title>Course</title><h1>Course</h1>
<iframe name="tool" title="Tool" width="900" height="700" src="{src}"></iframe>
<script src="/store.js"></script>"""

STORE = """
window.heard = [];
const kept = {};
addEventListener("message", ({ data, source, origin }) => {
  window.heard.push(data.subject);
  if (!STORES || !data.message_id) return;
  const answer = { subject: `${data.subject}.response`, message_id: data.message_id };
  if (data.subject === "lti.capabilities") {
    const verbs = ["lti.put_data", "lti.get_data"];
    answer.supported_messages = verbs.map((subject) => ({ subject }));
  } else if (data.subject === "lti.put_data") {
    kept[data.key] = data.value;
    Object.assign(answer, { key: data.key, value: data.value });
  } else if (data.subject === "lti.get_data") {
    Object.assign(answer, { key: data.key, value: kept[data.key] ?? null });
  }
  source.postMessage(answer, origin);
});
window.kept = kept;
"""


def course(tool: Running, *, stores: bool) -> Flask:
    """Build a platform's page that frames the tool and may offer storage."""
    app = Flask("course")

    @app.get("/")
    def parent() -> str:
        return PARENT.format(src=f"{tool.base}/lti/login")

    @app.get("/store.js")
    def store() -> tuple[str, dict[str, str]]:
        script = STORE.replace("STORES", "true" if stores else "false")
        return script, {"Content-Type": "text/javascript"}

    return app


def open_course(tab, serve, tool, *, stores: bool):
    """Open the platform's page on its own site and return the tool's frame."""
    base = serve(course(tool, stores=stores)).replace("127.0.0.1", "localhost")
    tab.goto(base)
    return tab.frame_locator("iframe")


def test_with_the_platforms_storage_alone_the_launch_succeeds(tab, serve, tool):
    frame = open_course(tab, serve, tool, stores=True)

    expect(frame.locator("h1:visible")).to_have_text("My mentorship")

    assert tool.told.secrets == ["secret-1"]
    assert tab.evaluate("window.kept") == {"lti:state-1": None}


def test_with_no_storage_for_the_bearer_it_lives_in_the_page(tab, serve, tool):
    frame = open_course(tab, serve, tool, stores=True)
    expect(frame.locator("h1:visible")).to_have_text("My mentorship")

    frame.get_by_role("link", name="Skills").click()

    expect(frame.locator("h1:visible")).to_have_text("Second page")
    assert tab.complaints == []


def test_with_no_storage_at_all_a_new_window_is_offered(tab, serve, tool):
    frame = open_course(tab, serve, tool, stores=False)
    button = frame.get_by_role("button", name="Open in a new window")
    expect(button).to_be_visible()

    with tab.expect_popup() as opened:
        button.click()

    expect(opened.value.locator("h1:visible")).to_have_text("My mentorship")
    assert tool.told.secrets == ["secret-1"]


def test_in_canvas_the_frame_is_told_its_height(tab, serve, tool):
    frame = open_course(tab, serve, tool, stores=True)

    expect(frame.locator("h1:visible")).to_have_text("My mentorship")
    tab.wait_for_function("window.heard.includes('lti.frameResize')")


FORGED = {
    "wrong id": "{ subject: right, message_id: 'x', value: 'evil' }",
    "wrong subject": "{ subject: 'lti.x', message_id: data.message_id, value: 'evil' }",
    "no object": "right",
}
LIAR = """addEventListener("message", ({ data, source }) => {
  const right = `${data.subject}.response`;
  source.postMessage(FORGED, "*");
});"""


@pytest.mark.parametrize("answer", FORGED)
def test_answers_that_are_not_ours_are_ignored(tab, serve, tool, answer):
    app = course(tool, stores=False)
    script = LIAR.replace("FORGED", FORGED[answer])
    app.view_functions["store"] = lambda: (script, {"Content-Type": "text/javascript"})

    tab.goto(serve(app).replace("127.0.0.1", "localhost"))

    frame = tab.frame_locator("iframe")
    expect(frame.get_by_role("button", name="Open in a new window")).to_be_visible()
    assert tool.told.secrets == []


LEGACY = """
window.kept = {};
window.heard = [];
addEventListener("message", ({ data, source, origin }) => {
  window.heard.push(data.subject);
  const answer = { subject: `${data.subject}.response`, message_id: data.message_id };
  if (data.subject === "lti.capabilities") {
    const old = ["put_data", "get_data"].map((verb) => `org.imsglobal.lti.${verb}`);
    answer.supported_messages = old.map((subject) => ({ subject }));
  } else if (data.subject === "org.imsglobal.lti.put_data") {
    window.kept[data.key] = data.value;
  } else if (data.subject === "org.imsglobal.lti.get_data") {
    answer.value = window.kept[data.key];
  } else return;
  source.postMessage(answer, origin);
});"""


def test_the_old_names_are_spoken_to_a_platform_that_offers_only_those(
    tab, serve, tool
):
    app = course(tool, stores=False)
    app.view_functions["store"] = lambda: (LEGACY, {"Content-Type": "text/javascript"})

    tab.goto(serve(app).replace("127.0.0.1", "localhost"))

    expect(tab.frame_locator("iframe").locator("h1:visible")).to_have_text(
        "My mentorship"
    )
    assert tool.told.secrets == ["secret-1"]
    verbs = {said for said in tab.evaluate("window.heard") if said.endswith("_data")}
    assert verbs == {"org.imsglobal.lti.put_data", "org.imsglobal.lti.get_data"}


def test_the_secret_goes_to_the_platforms_own_origin_only(tab, serve, tool):
    app = course(tool, stores=True)
    elsewhere = f"{tool.base}/lti/login?origin=https://lms.example"
    app.view_functions["parent"] = lambda: PARENT.format(src=elsewhere)

    tab.goto(serve(app).replace("127.0.0.1", "localhost"))

    frame = tab.frame_locator("iframe")
    expect(frame.get_by_role("button", name="Open in a new window")).to_be_visible()
    assert tab.evaluate("window.kept") == {}
    assert "lti.put_data" not in tab.evaluate("window.heard")


BESIDE = """window.heard = [];
addEventListener("message", ({ data }) => {
  window.heard.push(data.subject);
  if (data.subject !== "lti.capabilities") return;
  const here = document.createElement("iframe");
  here.srcdoc = `<script>parent[0].postMessage(${JSON.stringify({
    subject: "lti.capabilities.response",
    message_id: data.message_id,
    supported_messages: [{ subject: "lti.put_data" }],
  })}, "*")</script>`;
  document.body.append(here);
});"""


def test_an_answer_from_another_frame_is_ignored(tab, serve, tool):
    app = course(tool, stores=False)
    app.view_functions["store"] = lambda: (BESIDE, {"Content-Type": "text/javascript"})

    tab.goto(serve(app).replace("127.0.0.1", "localhost"))

    frame = tab.frame_locator("iframe").first
    expect(frame.get_by_role("button", name="Open in a new window")).to_be_visible()
    assert "lti.capabilities" in tab.evaluate("window.heard")
    assert "lti.put_data" not in tab.evaluate("window.heard")
