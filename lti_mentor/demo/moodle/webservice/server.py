"""The one address of all web services."""

import json

from flask import Blueprint, Response, request

from lti_mentor.demo.moodle.webservice import (
    completion,
    courses,
    enrolments,
    grades,
    plans,
    rating,
    records,
    social,
    users,
)
from lti_mentor.demo.moodle.webservice.account import account_of
from lti_mentor.demo.moodle.webservice.site import ADVERTISED, site_functions
from lti_mentor.demo.moodle.webservice.wire import (
    Failed,
    Function,
    check,
    no_record,
    to_xml,
    unfold,
)
from lti_mentor.demo.shell import here

routes = Blueprint("webservice", __name__)

OUTSIDE = {"core_files_upload", "core_user_create_users", "core_user_delete_users"}
"""Functions Moodle has and the integration's service does not."""
FUNCTIONS: dict[str, Function] = {
    name: function
    for module in (
        users,
        courses,
        enrolments,
        completion,
        grades,
        rating,
        plans,
        social,
        records,
    )
    for name, function in module.FUNCTIONS.items()
} | site_functions()
"""Every function that is built."""


@routes.route("/webservice/rest/server.php", methods=["GET", "POST"])
def serve() -> Response:
    """Call a function; errors are HTTP 200, and without the format it is XML.

    Where web services or the REST protocol are off it is an empty 403 (its source,
    webservice/rest/server.php).
    """
    if here().faults.closed:
        return Response(status=403)
    given = request.values.to_dict()
    as_json = given.pop("moodlewsrestformat", "xml") == "json"
    try:
        body = call(given)
    except Failed as failed:
        body = failed.body
    text = json.dumps(body) if as_json else to_xml(body)
    kind = "application/json" if as_json else "application/xml; charset=utf-8"
    response = Response(text)
    response.headers["Content-Type"] = kind
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def call(given: dict[str, str]) -> object:
    """Return what the function answers.

    Raises:
        Failed: Unknown token or function, not in the service, or its own error.
    """
    account = account_of(given.pop("wstoken", ""))
    name = given.pop("wsfunction", "")
    function = FUNCTIONS.get(name)
    if function is None and name not in OUTSIDE and name not in ADVERTISED:
        raise no_record("external_functions")
    if function is None or name in account.without:
        words = "Access control exception"
        raise Failed("webservice_access_exception", "accessexception", words)
    return function.do(account, **check(unfold(given), function.takes))
