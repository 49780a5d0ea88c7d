"""The account's pages: developer keys, apps, registration of a new tool."""

import json

import requests
from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from lti_mentor.demo.canvas.developer_keys import (
    PRIVACY_LEVELS,
    BadConfigurationError,
    create_key,
    extension,
    install,
    placements,
)
from lti_mentor.demo.canvas.errors import gone
from lti_mentor.demo.canvas.institution import canvas
from lti_mentor.demo.canvas.registration import confirm, invitation, is_tool_address
from lti_mentor.demo.canvas.store import DeveloperKey
from lti_mentor.demo.canvas.visits import admin

routes = Blueprint("canvas_admin", __name__)

BASE = "/accounts/1"


@routes.get(BASE)
def account() -> str:
    """Show what an admin can do."""
    admin()
    courses = list(canvas().world.courses.values())
    return render_template("canvas/account.html", courses=courses)


@routes.get(BASE + "/developer_keys")
def developer_keys() -> str:
    """List the keys with their client ids and switches."""
    admin()
    return _keys_page()


@routes.post(BASE + "/developer_keys")
def add_key() -> Response | str | tuple[str, int]:
    """Save an LTI key from pasted JSON or an address that answers it."""
    admin()
    institution, form = canvas(), request.form
    try:
        configuration = _configuration(form.get("json", ""), form.get("url", ""))
        with institution.store.change():
            create_key(institution, configuration, form.get("redirect", "").split())
    except (BadConfigurationError, ValueError) as error:
        return _keys_page(problem=str(error)), 422
    return redirect(f"{BASE}/developer_keys")


@routes.post(BASE + "/developer_keys/<client_id>/switch")
def switch(client_id: str) -> Response:
    """Turn a key on or off."""
    admin()
    key = _key(client_id)
    with canvas().store.change():
        key.on = not key.on
    return redirect(f"{BASE}/developer_keys")


@routes.get(BASE + "/settings/configurations")
def configurations() -> str:
    """List where tools are installed, with their deployment ids."""
    admin()
    return _apps_page()


@routes.post(BASE + "/settings/configurations")
def add_app() -> Response | tuple[str, int]:
    """Install a tool by client id, in the account or in one course."""
    admin()
    key = canvas().store.keys.get(request.form.get("client_id", "").strip())
    if key is None or not key.on:
        return _apps_page(problem="No developer key is ON for this client ID."), 422
    course = request.form.get("course", "")
    with canvas().store.change():
        install(canvas(), key, int(course) if course else None)
    return redirect(f"{BASE}/settings/configurations")


@routes.post(BASE + "/settings/configurations/<int:tool_id>/delete")
def remove_app(tool_id: int) -> Response:
    """Uninstall a tool: its tokens no longer fit."""
    admin()
    with canvas().store.change():
        canvas().world.tools.pop(tool_id, None)
    return redirect(f"{BASE}/settings/configurations")


@routes.get(BASE + "/apps")
def apps() -> str:
    """Ask for a tool's registration address, or show the tool's page for it."""
    person = admin()
    url = request.args.get("url", "").strip()
    begun = is_tool_address(url)
    frame = invitation(canvas(), url, person.id) if begun else None
    return render_template("canvas/register.html", frame=frame, url=url)


@routes.get(BASE + "/apps/confirm")
def newest() -> Response:
    """Go on with the registration that just ended."""
    admin()
    waiting = [key for key in canvas().store.keys.values() if not key.on]
    if not waiting:
        return redirect(f"{BASE}/apps")
    return redirect(f"{BASE}/apps/{waiting[-1].client_id}")


@routes.get(BASE + "/apps/<client_id>")
def review(client_id: str) -> str:
    """Show what the tool asked; the admin may cut it down."""
    admin()
    key = _key(client_id)
    return render_template(
        "canvas/confirm.html",
        key=key,
        placements=placements(key.configuration),
        privacy=extension(key.configuration).get("privacy_level"),
        levels=PRIVACY_LEVELS,
    )


@routes.post(BASE + "/apps/<client_id>")
def enable(client_id: str) -> Response:
    """Save the confirmation: the key is on and the tool installed."""
    admin()
    _key(client_id)
    form = request.form
    confirm(
        canvas(),
        client_id,
        form.getlist("scope"),
        form.getlist("placement"),
        form.get("privacy_level", "anonymous"),
    )
    return redirect(f"{BASE}/settings/configurations")


def _key(client_id: str) -> DeveloperKey:
    key = canvas().store.keys.get(client_id)
    if key is None:
        raise gone()
    return key


def _configuration(text: str, url: str) -> dict[str, object]:
    """Return a configuration from a text or from an address."""
    if url:
        try:
            with requests.Session() as session:
                text = session.get(url, timeout=5).text
        except requests.RequestException:
            raise BadConfigurationError("The address does not answer.") from None
    found = json.loads(text)
    if not isinstance(found, dict):
        raise BadConfigurationError("The configuration is no JSON object.")
    return found


def _keys_page(problem: str = "") -> str:
    keys = list(canvas().store.keys.values())
    return render_template("canvas/developer_keys.html", keys=keys, problem=problem)


def _apps_page(problem: str = "") -> str:
    return render_template(
        "canvas/apps.html",
        tools=list(canvas().world.tools.values()),
        courses=canvas().world.courses,
        problem=problem,
    )
