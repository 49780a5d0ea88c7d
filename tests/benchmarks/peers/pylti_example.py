"""The peer: a launch as pylti1p3's own Flask example does it (its `game/app.py`).

Same calls in the same order: configuration read from a file at every request, the
check for cookies first, launch data in a Flask-Caching store, a page at the end. Two
things differ: the store is on disk, because the example's lives in one process and
gunicorn has two; and what the example prints to the terminal goes nowhere. Runs in an
environment of its own, so it imports nothing of ours.
"""

import os
import pprint
from io import StringIO

from flask import Flask, render_template_string
from flask_caching import Cache
from pylti1p3.contrib.flask import (
    FlaskCacheDataStorage,
    FlaskMessageLaunch,
    FlaskOIDCLogin,
    FlaskRequest,
)
from pylti1p3.tool_config import ToolConfJsonFile

PAGE = """<!doctype html><html lang="en"><title>Game Example</title>
<p>{{ name }}</p><p>{{ launch_id }}</p><p>{{ difficulty }}</p>"""
CUSTOM = "https://purl.imsglobal.org/spec/lti/claim/custom"


def app() -> Flask:
    made = Flask(__name__)
    made.config.update(
        CACHE_TYPE="FileSystemCache",
        CACHE_DIR=os.environ["PEER_CACHE"],
        CACHE_THRESHOLD=0,
        CACHE_DEFAULT_TIMEOUT=600,
    )
    cache = Cache(made)
    config = os.environ["PEER_CONFIG"]
    keeps_keys = os.environ.get("PEER_KEEPS_KEYS") == "1"

    @made.route("/login/", methods=["GET", "POST"])
    def login():
        request = FlaskRequest()
        begun = FlaskOIDCLogin(
            request,
            ToolConfJsonFile(config),
            launch_data_storage=FlaskCacheDataStorage(cache),
        )
        return begun.enable_check_cookies().redirect(
            request.get_param("target_link_uri")
        )

    @made.post("/launch/")
    def launch():
        storage = FlaskCacheDataStorage(cache)
        message = FlaskMessageLaunch(
            FlaskRequest(), ToolConfJsonFile(config), launch_data_storage=storage
        )
        if keeps_keys:
            message.set_public_key_caching(storage)
        data = message.get_launch_data()
        pprint.pprint(data, StringIO())  # noqa: T203
        return render_template_string(
            PAGE,
            name=data.get("name", ""),
            launch_id=message.get_launch_id(),
            difficulty=data.get(CUSTOM, {}).get("difficulty", "normal"),
        )

    @made.get("/healthz")
    def healthz():
        return "ok"

    return made
