"""lti-consumer-xblock's own Django views as an LMS with one course and one block.

Called as: run_lti_consumer_xblock.py PORT TOOL_URL FOLDER, by the Python that has it.
What Open edX itself would answer (people, rights, the block) is eight stand-ins.
"""

import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from types import SimpleNamespace
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from django.conf import settings

PORT, TOOL, FOLDER = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
HERE = f"http://127.0.0.1:{PORT}"
BLOCK = "block-v1:X+NEG101+2026+type@lti_consumer+block@mentorship"
COURSE = "course-v1:X+NEG101+2026"
PEOPLE = {
    "iris": ("Iris Instructor", "staff"),
    "lena": ("Lena Learner", "student"),
    "max": ("Max Member", "student"),
}

settings.configure(
    SECRET_KEY="known to this test only, and to nobody else",
    ALLOWED_HOSTS=["*"],
    DEBUG_PROPAGATE_EXCEPTIONS=True,
    ROOT_URLCONF=__name__,
    PLATFORM_NAME="peer",
    SERVICE_VARIANT="lms",
    LMS_ROOT_URL=HERE,
    LMS_BASE=f"127.0.0.1:{PORT}",
    LTI_BASE=HERE,
    LTI_API_BASE=HERE,
    LEARNING_MICROFRONTEND_URL=HERE,
    FEATURES={},
    USE_TZ=True,
    USAGE_ID_PATTERN=r"(?P<usage_id>[^/]+)",
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    REST_FRAMEWORK={"PAGE_SIZE": 10},
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": FOLDER / "xblock.sqlite3",
            "OPTIONS": {"timeout": 20},
        }
    },
    CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "rest_framework",
        "waffle",
        "config_models",
        "lti_consumer",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "edx_django_utils.cache.middleware.RequestCacheMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
        }
    ],
)
django.setup()

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db.models.query import QuerySet
from django.http import HttpResponseRedirect, JsonResponse
from django.urls import include, path
from lti_consumer.api import get_lti_1p3_launch_info, get_lti_1p3_launch_start_url
from lti_consumer.data import Lti1p3LaunchData
from lti_consumer.models import (
    Lti1p3Passport,
    LtiAgsLineItem,
    LtiAgsScore,
    LtiConfiguration,
    LtiDlContentItem,
)
from lti_consumer.plugin import compat, views
from opaque_keys.edx.keys import UsageKey

call_command("migrate", verbosity=0)
User = get_user_model()
for who in PEOPLE:
    User.objects.create(username=who, email=f"{who}@x.org")
USERS = {user.username: user for user in User.objects.all()}


class Block:
    """As much of a block as the views look at."""

    lti_1p3_passport_id = None
    display_name = "Mentorship"
    context_id = COURSE
    has_score = False
    weight = 1


def course_members(_course_key):
    return {
        user.id: {
            "id": user.id,
            "username": who,
            "email": user.email,
            "name": PEOPLE[who][0],
            "roles": [PEOPLE[who][1]],
        }
        for who, user in USERS.items()
    }


def external_ids(users):
    return {u.id: SimpleNamespace(external_user_id=u.username) for u in users}


compat.load_enough_xblock = lambda _location: Block()
compat.load_block_as_user = lambda _location: Block()
compat.get_course_members = course_members
compat.merge_course_forum_roles = lambda _course, _members: None
compat.batch_get_or_create_externalids = external_ids
compat.nrps_pii_disallowed = lambda: False
compat.user_has_studio_write_access = lambda *_args, **_kwargs: True
views.get_lti_pii_sharing_state_for_course = lambda _course: True

# Open edX's users have a profile table; the stand-ins have none to fetch along.
_prefetch = QuerySet.prefetch_related
QuerySet.prefetch_related = lambda rows, *names: (
    rows if names == ("profile",) else _prefetch(rows, *names)
)

CONFIGURATION = LtiConfiguration.objects.create(
    version="lti_1p3",
    config_store=LtiConfiguration.CONFIG_ON_DB,
    location=UsageKey.from_string(BLOCK),
    lti_1p3_oidc_url=f"{TOOL}/lti/login",
    lti_1p3_launch_url=f"{TOOL}/lti/launch",
    lti_1p3_redirect_uris=[f"{TOOL}/lti/launch"],
    lti_advantage_enable_nrps=True,
    lti_advantage_deep_linking_enabled=True,
    lti_advantage_deep_linking_launch_url=f"{TOOL}/lti/deep-link",
    lti_advantage_ags_mode="programmatic",
    lti_1p3_passport=Lti1p3Passport.objects.create(
        name="lti-mentor", lti_1p3_tool_keyset_url=f"{TOOL}/lti/jwks"
    ),
)


def launch_data(who, **more):
    name, role = PEOPLE[who]
    return Lti1p3LaunchData(
        user_id=str(USERS[who].id),
        external_user_id=who,
        user_role=role,
        config_id=CONFIGURATION.config_id,
        resource_link_id=BLOCK,
        name=name,
        email=f"{who}@x.org",
        context_id=COURSE,
        context_type=["course_offering"],
        context_title="Negotiation",
        context_label="NEG101",
        **more,
    )


def registration(_request):
    found = get_lti_1p3_launch_info(launch_data("iris"))
    return JsonResponse(
        {
            "--name": "lti-consumer-xblock",
            "--issuer": HERE,
            "--client-id": found["client_id"],
            "--auth-url": found["oidc_callback"],
            "--token-url": found["token_url"],
            "--jwks-url": found["keyset_url"],
            "--deployment": found["deployment_id"],
        }
    )


def start(request):
    asked, choosing = request.GET, request.GET["message"] == "deep-link"
    item = None
    if asked["item"]:
        item = LtiDlContentItem.objects.order_by("id")[int(asked["item"])].id
    url = get_lti_1p3_launch_start_url(
        launch_data(asked["who"]), deep_link_launch=choosing, dl_content_id=item
    )
    return HttpResponseRedirect(url)


def held(_request):
    items = [i.attributes for i in LtiDlContentItem.objects.order_by("id")]
    columns = LtiAgsLineItem.objects.order_by("id")
    scores = LtiAgsScore.objects.order_by("id")
    return JsonResponse(
        {
            "items": items,
            "line_items": [
                {"resourceId": c.resource_id, "label": c.label, "tag": c.tag}
                for c in columns
            ],
            "scores": [
                {
                    "userId": s.user_id,
                    "scoreGiven": s.score_given,
                    "scoreMaximum": s.score_maximum,
                    "timestamp": s.timestamp.isoformat(),
                    "activityProgress": s.activity_progress,
                    "gradingProgress": s.grading_progress,
                }
                for s in scores
            ],
        }
    )


urlpatterns = [
    path("api/", include("lti_consumer.plugin.urls")),
    path("peer/registration", registration),
    path("peer/start", start),
    path("peer/held", held),
]


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        """Say nothing."""


make_server(
    "127.0.0.1",
    PORT,
    get_wsgi_application(),
    server_class=Server,
    handler_class=Quiet,
).serve_forever()
