"""Settings, read once from the environment; a bad one stops the start."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

DEFAULT_DATABASE = "sqlite:///lti-mentor.db"
DEFAULT_PUBLIC = "http://localhost:8000"
DEFAULT_BIND = "127.0.0.1:8000"

NOWHERE = frozenset({"example", "invalid", "localhost", "test", "local", "internal"})
"""Ends of names that no mail comes from (RFC 2606, 6762, 8375)."""
LEAST_VARIETY = 12
"""Different characters of a secret; random ones of 32 have 20 and more."""
_HOW_TO_MAKE_ONE = (
    "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
)

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

VARIABLES: dict[str, str] = {
    "LTI_MENTOR_SECRET_KEYS": "one or more random secrets of 32 characters or more, "
    "separated by commas; the first encrypts, all decrypt",
    "LTI_MENTOR_DATABASE_URL": "where the data lives; SQLite by default, "
    "postgresql+psycopg://... for an organisation",
    "LTI_MENTOR_PUBLIC_URL": "the address browsers and the LMS reach this tool at",
    "LTI_MENTOR_BIND": "host:port the web server listens on",
    "LTI_MENTOR_ALLOW_PRIVATE_PLATFORMS": "networks (CIDR, comma separated) in which "
    "an LMS may live without https or on a private address",
    "LTI_MENTOR_BROKER_URL": "Redis for Celery workers; empty = embedded worker",
    "LTI_MENTOR_SMTP_URL": "the mail server: smtps://user:password@host (port 465) or "
    "smtp://user:password@host:587 (then STARTTLS is required, except on this "
    "machine); empty = no mail is sent",
    "LTI_MENTOR_MAIL_FROM": "the address mails come from, such as "
    "Mentorship <mentorship@example.edu>",
    "LTI_MENTOR_MAIL_REPLY_TO": "where answers to mails go; empty = to the sender",
    "LTI_MENTOR_WEB_PROCESSES": "web server processes of `lti-mentor run`",
}
"""Every variable we read and what it means; `lti-mentor config` prints it."""


class SettingError(ValueError):
    """A setting is missing or malformed; the text says which and what to do."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail server, how it is spoken to, and in whose name."""

    host: str
    port: int
    sender: str
    """As it stands in From: a name and an address."""
    reply_to: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    begins_with_tls: bool = False
    """TLS from the first byte; otherwise it is asked for (STARTTLS)."""

    @property
    def needs_tls(self) -> bool:
        """Say whether a line without TLS is refused: anywhere but on this machine."""
        return not _is_local(self.host)

    @property
    def address(self) -> str:
        """The sender's bare address."""
        return parseaddr(self.sender)[1]

    @property
    def name(self) -> str:
        """The sender's name, where it has one."""
        return parseaddr(self.sender)[0]


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an installation can be told."""

    secret_keys: tuple[str, ...] = field(repr=False)
    """The first encrypts, all decrypt; each at least 32 characters."""
    database_url: str = field(default=DEFAULT_DATABASE, repr=False)
    """SQLAlchemy address; may hold a password, so never printed whole."""
    public_url: str = DEFAULT_PUBLIC
    """Without a slash at the end."""
    bind: str = DEFAULT_BIND
    private_platforms: tuple[Network, ...] = ()
    """Where plain http, other ports and private addresses are accepted (D7)."""
    broker_url: str = field(default="", repr=False)
    mail: Mail | None = None
    """None = no mail is sent."""
    web_processes: int = 2

    @property
    def is_production(self) -> bool:
        """Say whether real people reach this tool (an https address)."""
        return self.public_url.startswith("https://")

    @property
    def user_agent(self) -> str:
        """Tell servers we call who does, and where to find somebody to ask."""
        return f"lti-mentor (+{self.public_url})"

    @property
    def has_secure_cookies(self) -> bool:
        """Say whether browsers keep Secure cookies of ours: https, or this machine."""
        local = urlsplit(self.public_url).hostname in {"localhost", "127.0.0.1", "::1"}
        return self.is_production or local

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """Read `LTI_MENTOR_*`.

        Raises:
            SettingError: A setting is missing, malformed or unsafe.
        """
        get = {name: env.get(name, "").strip() for name in VARIABLES}
        settings = cls(
            secret_keys=_secrets(get["LTI_MENTOR_SECRET_KEYS"]),
            database_url=get["LTI_MENTOR_DATABASE_URL"] or DEFAULT_DATABASE,
            public_url=_public(get["LTI_MENTOR_PUBLIC_URL"] or DEFAULT_PUBLIC),
            bind=get["LTI_MENTOR_BIND"] or DEFAULT_BIND,
            private_platforms=_networks(get["LTI_MENTOR_ALLOW_PRIVATE_PLATFORMS"]),
            broker_url=get["LTI_MENTOR_BROKER_URL"],
            mail=_mail(get),
            web_processes=_count(get["LTI_MENTOR_WEB_PROCESSES"] or "2"),
        )
        _refuse_unsafe(settings, env)
        return settings


def _secrets(text: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in text.split(",") if key.strip())
    if not keys or any(len(key) < 32 for key in keys):
        raise SettingError(
            "LTI_MENTOR_SECRET_KEYS needs at least one secret of 32 characters or "
            f"more; {_HOW_TO_MAKE_ONE}"
        )
    return keys


def _public(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingError("LTI_MENTOR_PUBLIC_URL must be an http or https address")
    return text.rstrip("/")


def _networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(
            ipaddress.ip_network(n.strip()) for n in text.split(",") if n.strip()
        )
    except ValueError as wrong:
        raise SettingError(f"LTI_MENTOR_ALLOW_PRIVATE_PLATFORMS: {wrong}") from None


def _mail(get: Mapping[str, str]) -> Mail | None:
    url, sender = get["LTI_MENTOR_SMTP_URL"], get["LTI_MENTOR_MAIL_FROM"]
    if not url:
        return None
    parts, port = urlsplit(url), _smtp_port(url)
    if not port or not parts.hostname or parts.path.strip("/"):
        raise SettingError(
            "LTI_MENTOR_SMTP_URL must be smtps://host or smtp://host, with "
            "user:password@ before the host where the server asks for them"
        )
    return Mail(
        parts.hostname,
        port,
        _mailbox("LTI_MENTOR_MAIL_FROM", sender),
        _mailbox("LTI_MENTOR_MAIL_REPLY_TO", get["LTI_MENTOR_MAIL_REPLY_TO"] or sender),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        begins_with_tls=parts.scheme == "smtps",
    )


def _smtp_port(url: str) -> int | None:
    parts = urlsplit(url)
    usual = {"smtp": 587, "smtps": 465}.get(parts.scheme)
    try:
        return usual and (parts.port or usual)
    except ValueError:
        return None


def _mailbox(variable: str, text: str) -> str:
    name, address = parseaddr(text)
    try:
        found = Address(name, addr_spec=address)
    except (ValueError, IndexError):
        found = Address()
    if not (found.username and found.domain):
        raise SettingError(f"{variable} must be an address, such as Name <a@b.edu>")
    return str(found)


def _count(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 64:
        raise SettingError("LTI_MENTOR_WEB_PROCESSES must be a number from 1 to 64")
    return int(text)


def _refuse_unsafe(settings: Settings, env: Mapping[str, str]) -> None:
    """Refuse what no installation that real people reach may be told."""
    if not settings.is_production and not _is_this_machine(settings.public_url):
        raise SettingError(
            "LTI_MENTOR_PUBLIC_URL must be https; http is for this machine alone "
            "(localhost): sign-ins would cross the network for all to read"
        )
    if not settings.is_production:
        return
    _refuse_unsafe_mail(settings.mail)
    if any(n.is_loopback for n in settings.private_platforms):
        raise SettingError(
            "LTI_MENTOR_ALLOW_PRIVATE_PLATFORMS may not hold a loopback network "
            "when LTI_MENTOR_PUBLIC_URL is https"
        )
    if any(len(set(key)) < LEAST_VARIETY for key in settings.secret_keys):
        raise SettingError(
            f"LTI_MENTOR_SECRET_KEYS holds one that can be guessed; {_HOW_TO_MAKE_ONE}"
        )
    if env.get("FLASK_DEBUG", "").lower() not in {"", "0", "false", "no"}:
        raise SettingError(
            "FLASK_DEBUG may not be set when LTI_MENTOR_PUBLIC_URL is https"
        )


def _refuse_unsafe_mail(mail: Mail | None) -> None:
    """Refuse a sender nobody could be, and a password that is no secret."""
    if mail is None:
        return
    domain = mail.address.rpartition("@")[2].lower()
    if "." not in domain or domain.rpartition(".")[2] in NOWHERE:
        raise SettingError(
            "LTI_MENTOR_MAIL_FROM must be an address of yours: others' mail servers "
            f"refuse what comes from {domain}"
        )
    if mail.user and not mail.password:
        raise SettingError("LTI_MENTOR_SMTP_URL names a user without a password")


def _is_this_machine(url: str) -> bool:
    return _is_local(urlsplit(url).hostname or "")


def _is_local(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
