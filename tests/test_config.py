"""Settings are read once, and unsafe ones stop the start."""

import pytest

from lti_mentor.config import SettingError, Settings
from tests.conftest import SECRET

SAFE = {
    "LTI_MENTOR_SECRET_KEYS": SECRET,
    "LTI_MENTOR_PUBLIC_URL": "https://mentor.example.org",
}
MAIL = {
    "LTI_MENTOR_SMTP_URL": "smtps://a%40b:p%2Fw@mail.uni.edu",
    "LTI_MENTOR_MAIL_FROM": "Mentörship <mentor@uni.edu>",
}


def test_a_safe_installation_starts():
    settings = Settings.from_env(SAFE)

    assert settings.is_production
    assert settings.secret_keys == (SECRET,)
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"LTI_MENTOR_SECRET_KEYS": ""}, "SECRET_KEYS"),
        ({"LTI_MENTOR_SECRET_KEYS": "x" * 31}, "SECRET_KEYS"),
        ({"LTI_MENTOR_SECRET_KEYS": "changeme" * 5}, "SECRET_KEYS"),
        ({"LTI_MENTOR_SECRET_KEYS": f"{SECRET},{'a' * 40}"}, "SECRET_KEYS"),
        ({"LTI_MENTOR_PUBLIC_URL": "http://mentor.example.org"}, "PUBLIC_URL"),
        ({"LTI_MENTOR_PUBLIC_URL": "http://192.0.2.7:8000"}, "PUBLIC_URL"),
        ({"LTI_MENTOR_PUBLIC_URL": "http://localhost.example.org"}, "PUBLIC_URL"),
        ({"LTI_MENTOR_PUBLIC_URL": "mentor.example.org"}, "PUBLIC_URL"),
        ({"LTI_MENTOR_PUBLIC_URL": "ftp://mentor.example.org"}, "PUBLIC_URL"),
        ({"LTI_MENTOR_ALLOW_PRIVATE_PLATFORMS": "127.0.0.0/8"}, "PRIVATE_PLATFORMS"),
        ({"LTI_MENTOR_ALLOW_PRIVATE_PLATFORMS": "10.0.0.0/8,::1/128"}, "PRIVATE"),
        ({"LTI_MENTOR_ALLOW_PRIVATE_PLATFORMS": "everywhere"}, "PRIVATE_PLATFORMS"),
        ({"LTI_MENTOR_WEB_PROCESSES": "0"}, "WEB_PROCESSES"),
        ({"LTI_MENTOR_WEB_PROCESSES": "many"}, "WEB_PROCESSES"),
        ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG"),
        (MAIL | {"LTI_MENTOR_SMTP_URL": "http://mail.uni.edu:25"}, "SMTP_URL"),
        (MAIL | {"LTI_MENTOR_SMTP_URL": "smtp://mail.uni.edu:99999"}, "SMTP_URL"),
        (MAIL | {"LTI_MENTOR_SMTP_URL": "smtp://user@mail.uni.edu"}, "SMTP_URL"),
        (MAIL | {"LTI_MENTOR_MAIL_FROM": ""}, "MAIL_FROM"),
        (MAIL | {"LTI_MENTOR_MAIL_FROM": "somebody"}, "MAIL_FROM"),
        (MAIL | {"LTI_MENTOR_MAIL_FROM": "mentor@localhost"}, "MAIL_FROM"),
        (MAIL | {"LTI_MENTOR_MAIL_FROM": "mentor@campus.test"}, "MAIL_FROM"),
        (MAIL | {"LTI_MENTOR_MAIL_REPLY_TO": "nobody"}, "MAIL_REPLY_TO"),
    ],
)
def test_an_unsafe_installation_does_not_start(change: dict[str, str], named: str):
    with pytest.raises(SettingError, match=named):
        Settings.from_env(SAFE | change)


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost:8000",
        "http://tool.localhost:8000",
        "http://127.0.0.1:8000",
        "http://[::1]:8000",
    ],
)
def test_on_ones_own_machine_http_will_do(address: str):
    told = {
        "LTI_MENTOR_PUBLIC_URL": f"{address}/",
        "LTI_MENTOR_ALLOW_PRIVATE_PLATFORMS": "127.0.0.0/8",
        "FLASK_DEBUG": "1",
    }

    settings = Settings.from_env(SAFE | told)

    assert settings.public_url == address
    assert not settings.is_production


def test_a_mail_server_is_one_address_and_its_password_is_printed_nowhere():
    settings = Settings.from_env(SAFE | MAIL)

    mail = settings.mail
    assert mail is not None and mail.needs_tls and mail.begins_with_tls
    assert (mail.host, mail.port) == ("mail.uni.edu", 465)
    assert (mail.user, mail.password) == ("a@b", "p/w")
    assert mail.address == "mentor@uni.edu"
    assert "p/w" not in repr(settings)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_a_mail_server_on_ones_own_machine_needs_no_tls(host: str):
    told = MAIL | {"LTI_MENTOR_SMTP_URL": f"smtp://{host}:2525"}

    mail = Settings.from_env(SAFE | told).mail

    assert mail is not None and not mail.needs_tls
    assert mail.port == 2525
