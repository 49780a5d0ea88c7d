"""The signed answer to "Select content"."""

from datetime import UTC, datetime
from typing import Any

import jwt

from lti_mentor.lti import deeplink
from lti_mentor.lti.keys import Signer
from tests.platform import private_key
from tests.tool import KID, tool_key

DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
REQUEST = deeplink.Request("https://lms.test", "client-1", "deployment-1", "opaque")


def opened(items: list[deeplink.Item], **changes: Any) -> dict[str, Any]:
    key = tool_key()
    signer = Signer(key.kid, key.public_pem, key.private_pem)
    answer = deeplink.answer(changes.pop("request", REQUEST), items, signer, **changes)
    assert jwt.get_unverified_header(answer)["kid"] == key.kid
    return jwt.decode(
        answer,
        private_key(KID).public_key(),
        ["RS256"],
        audience="https://lms.test",
        issuer="client-1",
    )


def test_an_item_carries_its_column_dates_and_custom_ids():
    item = deeplink.Item(
        title="Practice",
        url="https://tool.test/lti/launch",
        text="Apply it",
        custom={"practice": "p-1"},
        score_maximum=100,
        resource_id="p-1",
        tag="practice",
        available_from=datetime(2026, 12, 1, tzinfo=UTC),
        due_at=datetime(2026, 12, 24, tzinfo=UTC),
    )

    claims = opened([item])

    assert claims[DL + "content_items"] == [
        {
            "type": "ltiResourceLink",
            "title": "Practice",
            "url": "https://tool.test/lti/launch",
            "custom": {"practice": "p-1"},
            "lineItem": {
                "scoreMaximum": 100,
                "label": "Practice",
                "resourceId": "p-1",
                "tag": "practice",
            },
            "text": "Apply it",
            "available": {"startDateTime": "2026-12-01T00:00:00.000+00:00"},
            "submission": {"endDateTime": "2026-12-24T00:00:00.000+00:00"},
        }
    ]
    assert claims[DL + "data"] == "opaque"
    assert claims["nonce"]
    core = "https://purl.imsglobal.org/spec/lti/claim/"
    assert claims[core + "message_type"] == "LtiDeepLinkingResponse"
    assert claims[core + "deployment_id"] == "deployment-1"


def test_what_is_absent_stays_absent():
    request = deeplink.Request("https://lms.test", "client-1", "d")

    claims = opened([deeplink.Item("T", "https://tool.test/")], request=request)

    assert DL + "data" not in claims
    assert set(claims[DL + "content_items"][0]) == {"type", "title", "url"}


def test_a_cancelled_selection_answers_with_nothing_and_a_message():
    claims = opened([], message="Cancelled")

    assert claims[DL + "content_items"] == []
    assert claims[DL + "msg"] == "Cancelled"
