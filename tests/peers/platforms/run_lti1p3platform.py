"""lti1p3platform as an LMS with one course, its gradebook in memory.

Called as: run_lti1p3platform.py PORT TOOL_URL FOLDER, by the Python that has it.
What the package leaves to its user is here: people, storage, and HTTP around it.
"""

import html
import json
import sys
from datetime import datetime

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask, Response, jsonify, redirect, request
from lti1p3platform.exceptions import LineItemNotFoundException
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.membership import Context
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract
from lti1p3platform.oidc_login import OIDCLoginAbstract
from lti1p3platform.registration import Registration
from lti1p3platform.request import Request
from lti1p3platform.response import generate_next_link
from lti1p3platform.score import UpdateScoreStatus
from lti1p3platform.service_connector import (
    AssignmentsGradesService,
    NamesRoleProvisioningService,
)

PORT, TOOL = int(sys.argv[1]), sys.argv[2]
HERE = f"http://127.0.0.1:{PORT}"
LINE_ITEMS, MEMBERS = f"{HERE}/course/lineitems", f"{HERE}/course/members"
ROLE = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
PEOPLE = {
    "iris": ("Iris Instructor", ROLE + "Instructor"),
    "lena": ("Lena Learner", ROLE + "Learner"),
    "max": ("Max Member", ROLE + "Learner"),
}
ITEMS = []
"""What was chosen by deep linking, each a link in the course from then on."""
COLUMNS = {}
SCORES = {}
"""By line item, then by person."""

app = Flask(__name__)


def key_pair():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        pem, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


PRIVATE, PUBLIC = key_pair()


class Configuration(LTI1P3PlatformConfAbstract):
    def init_platform_config(self, **kwargs):
        self._registration = (
            Registration()
            .set_iss(HERE)
            .set_client_id("mentor")
            .set_deployment_id("1")
            .set_launch_url(f"{TOOL}/lti/launch")
            .set_deeplink_launch_url(f"{TOOL}/lti/deep-link")
            .set_oidc_login_url(f"{TOOL}/lti/login")
            .set_tool_key_set_url(f"{TOOL}/lti/jwks")
            .set_platform_public_key(PUBLIC)
            .set_platform_private_key(PRIVATE)
        )

    def get_registration_by_params(self, **kwargs):
        return self._registration


class Asked(Request):
    def build_metadata(self, request):
        return {
            "method": request.method,
            "form_data": request.form.to_dict(),
            "get_data": request.args.to_dict(),
            "headers": request.headers,
            "content_type": request.content_type,
            "path": request.path,
            "json": request.get_json(silent=True, force=True) if request.data else None,
        }


class Login(OIDCLoginAbstract):
    def set_lti_message_hint(self, **kwargs):
        self._lti_message_hint = json.dumps(kwargs)

    def get_redirect(self, url):
        return redirect(url)


class Launch(LTIAdvantageMessageLaunchAbstract):
    def prepare_launch(self, preflight_response):
        who = preflight_response["login_hint"]
        hint = json.loads(preflight_response["lti_message_hint"])
        name, role = PEOPLE[who]
        self.set_user_data(who, [role], full_name=name, email_address=f"{who}@x.org")
        course = "http://purl.imsglobal.org/vocab/lis/v2/course#CourseOffering"
        self.set_launch_context_claim("course", [course], "Negotiation", "NEG101")
        if hint["message"] == "deep-link":
            self.set_dl(f"{HERE}/deep-link-return", extra_data={"place": "week 3"})
            return
        self.set_nrps(MEMBERS)
        column = None
        link = "plain"
        if hint["item"]:
            item = ITEMS[int(hint["item"])]
            link, column = item["link"], item["column"]
            self.set_launch_url(item["url"])
            self.set_custom_parameters_claim(item.get("custom", {}))
        self.set_resource_link_claim(link, title="Mentorship")
        self.set_ags(LINE_ITEMS, column)

    def render_launch_form(self, launch_data, **kwargs):
        fields = "".join(
            f'<input name="{name}" value="{html.escape(launch_data[name])}">'
            for name in ("state", "id_token")
        )
        url = html.escape(launch_data["launch_url"])
        return f'<form action="{url}" method="post">{fields}</form>'


class Gradebook(AssignmentsGradesService):
    def find_lineitems(self, page=1, limit=None, **wanted):
        names = {"resource_id": "resourceId", "resource_link_id": "resourceLinkId"}
        found = [
            column
            for column in COLUMNS.values()
            if all(column.get(names.get(k, k)) == v for k, v in wanted.items())
        ]
        return {"content": found, "has_next": False, "next": None}

    def find_lineitem(self, line_item_id):
        if line_item_id not in COLUMNS:
            raise LineItemNotFoundException
        return COLUMNS[line_item_id]

    def create_lineitem(self, creation_data):
        number = str(len(COLUMNS) + 1)
        COLUMNS[number] = dict(creation_data, id=f"{LINE_ITEMS}/{number}")
        return COLUMNS[number]

    def update_lineitem(self, update_data):
        raise NotImplementedError

    def delete_lineitem(self, line_item_id):
        raise NotImplementedError

    def update_score(self, line_item_id, score):
        self.find_lineitem(line_item_id)
        held = SCORES.setdefault(line_item_id, {})
        before = held.get(score["userId"])
        if before and moment(score) <= moment(before):
            return UpdateScoreStatus.OLD_TIMESTAMP
        held[score["userId"]] = score
        return UpdateScoreStatus.SUCCESS

    def get_results(self, line_item_id, page=1, limit=None, user_id=None):
        found = [
            {
                "id": f"{LINE_ITEMS}/{line_item_id}/results/{who}",
                "userId": who,
                "resultScore": score["scoreGiven"],
                "resultMaximum": score["scoreMaximum"],
            }
            for who, score in SCORES.get(line_item_id, {}).items()
            if user_id in (None, who)
        ]
        return {"content": found, "has_next": False, "next": None}


class Roster(NamesRoleProvisioningService):
    def get_member_data_page(self, page=1, limit=None, role=None, since=None):
        size = int(limit or len(PEOPLE))
        start = (int(page) - 1) * size
        members = [
            {"user_id": who, "roles": [role], "name": name, "email": f"{who}@x.org"}
            for who, (name, role) in PEOPLE.items()
        ]
        has_next = start + size < len(members)
        return {"content": members[start : start + size], "has_next": has_next}

    def get_context_by_id(self):
        return Context(id="course", label="NEG101", title="Negotiation")

    def is_resource_link_valid(self, context_id, resource_link_id):
        return True


CONFIGURATION = Configuration()


def moment(score):
    return datetime.fromisoformat(score["timestamp"])


def answer(service, do, **given):
    """Ask a service and put its answer on the wire."""
    found = service.handle_resp(do, **given)
    body = found.result
    following = body.pop("next", None) if isinstance(body, dict) else None
    if isinstance(body, dict) and "content" in body:
        body = body["content"]
    text = "" if body is None else json.dumps(body)
    made = Response(text, status=found.code, content_type=found.media_type)
    if following:
        made.headers["Link"] = generate_next_link(following)
    return made


def gradebook():
    return Gradebook(Asked(request), CONFIGURATION, LINE_ITEMS)


@app.get("/peer/registration")
def registration():
    return {
        "--name": "lti1p3platform",
        "--issuer": HERE,
        "--client-id": "mentor",
        "--auth-url": f"{HERE}/auth",
        "--token-url": f"{HERE}/token",
        "--jwks-url": f"{HERE}/jwks",
        "--deployment": "1",
    }


@app.get("/peer/start")
def start():
    login = Login(Asked(request), CONFIGURATION)
    login.set_lti_message_hint(
        message=request.args["message"], item=request.args.get("item", "")
    )
    if request.args["message"] == "deep-link":
        login.set_deeplinking_launch_url()
    return login.initiate_login(request.args["who"])


@app.get("/peer/held")
def held():
    scores = [score for column in SCORES.values() for score in column.values()]
    return {"items": ITEMS, "line_items": list(COLUMNS.values()), "scores": scores}


@app.route("/auth", methods=["GET", "POST"])
def auth():
    return Launch(Asked(request), CONFIGURATION).lti_launch()


@app.get("/jwks")
def jwks():
    return jsonify(CONFIGURATION.get_jwks())


@app.post("/token")
def token():
    # A configuration keeps the first key set it fetched for ever.
    return jsonify(Configuration().get_access_token(request.form.to_dict()))


@app.route("/course/lineitems", methods=["GET", "POST"])
def line_items():
    service = gradebook()
    if request.method == "POST":
        return answer(service, service.handle_create_lineitem)
    return answer(service, service.handle_get_lineitems)


@app.get("/course/lineitems/<number>")
def line_item(number):
    service = gradebook()
    return answer(service, service.handle_get_lineitem, line_item_id=number)


@app.post("/course/lineitems/<number>/scores")
def scores(number):
    service = gradebook()
    return answer(service, service.handle_update_score, line_item_id=number)


@app.get("/course/lineitems/<number>/results")
def results(number):
    service = gradebook()
    return answer(service, service.handle_get_results, line_item_id=number)


@app.get("/course/members")
def members():
    service = Roster(Asked(request), CONFIGURATION, MEMBERS)
    return answer(service, service.handle_get_members)


@app.post("/deep-link-return")
def deep_link_return():
    checked = Configuration()
    chosen = checked.validate_deeplinking_resp(request.form.to_dict())
    data = checked.tool_validate_and_decode(request.form["JWT"]).get(
        "https://purl.imsglobal.org/spec/lti-dl/claim/data"
    )
    for item in chosen:
        column = None
        if item.get("lineItem"):
            column = gradebook().create_lineitem(item["lineItem"])["id"]
        link = f"link-{len(ITEMS)}"
        ITEMS.append(dict(item, link=link, column=column, data=data))
    return "The course has it."


app.run("127.0.0.1", PORT, threaded=True)
