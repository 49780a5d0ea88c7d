"""Which addresses may be spoken to, and sockets that go nowhere else.

An address typed by somebody, or sent by a platform, must not lead into our own
network. So a host is resolved once, every address it has is judged, and the socket
goes to a judged address: a name that changes between look and leap gains nothing.
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import (
    ConnectTimeoutError,
    NameResolutionError,
    NewConnectionError,
)
from urllib3.util import connection as sockets

from lti_mentor.config import Network

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Sequence[str]]
"""Gives every address of a host, as text."""
PORTS = {"https": 443, "http": 80}
"""The schemes we speak, and the port of each where an address names none."""

# fmt: off
_DENIED_V4 = tuple(map(ipaddress.IPv4Network, [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
    "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
    "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4",
]))
# fmt: on
"""Not the public internet: private, link-local, test and reserved (RFC 6890)."""
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
_DENIED_V6 = [
    ipaddress.IPv6Network(text)
    for text in ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"]
]
"""Inside 2000::/3, yet tunnels into IPv4 or for documentation only."""
_NUMBERLIKE = re.compile(r"(?:^|\.)(?:0x[0-9a-f]*|[0-9]+)\.?$", re.IGNORECASE)
"""Last label is a number: some resolvers read 2130706433 or 0x7f.1 as 127.0.0.1."""


class AddressRefused(requests.exceptions.InvalidURL):
    """The guard refuses this address; holds no more than the reason."""


class _Refusal(Exception):
    """Carries a refusal out of urllib3, which would wrap anything it knows."""


def resolve(host: str, port: int) -> list[str]:
    """Ask the system for every address of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True)
class Guard:
    """Decides which addresses may be spoken to (D7)."""

    private: tuple[Network, ...] = ()
    """Where http, any port and non-public addresses are fine."""
    resolver: Resolver = resolve

    def judge(self, scheme: str, host: str, port: int) -> list[str]:
        """Return every address of `host`, all of them allowed.

        Raises:
            _Refusal: At least one is not, or the name is no honest name.
        """
        host = host.strip("[]")
        if _NUMBERLIKE.search(host) and not _is_literal(host):
            raise _Refusal("disguised address")
        texts = list(self.resolver(host, port))
        found = [ipaddress.ip_address(text.split("%")[0]) for text in texts]
        if all(self._is_private(one) for one in found):
            return texts
        if scheme != "https" or port != 443:
            raise _Refusal("only https on port 443")
        if not all(is_public(one) or self._is_private(one) for one in found):
            raise _Refusal("not a public address")
        return texts

    def check(self, url: str) -> None:
        """Judge a whole address before anybody goes there.

        Raises:
            AddressRefused: Not allowed, or no address at all.
        """
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname or "@" in parts.netloc:
            raise AddressRefused("not an address")
        port = parts.port or PORTS[parts.scheme]
        try:
            self.judge(parts.scheme, parts.hostname, port)
        except _Refusal as refusal:
            raise AddressRefused(str(refusal)) from None

    def connect(self, scheme: str, asked: HTTPConnection) -> socket.socket:
        """Open a socket to one of the judged addresses, the first that answers."""
        try:
            addresses = self.judge(scheme, asked.host, asked.port)
        except socket.gaierror as error:
            raise NameResolutionError(asked.host, asked, error) from error
        failure: OSError | None = None
        for address in addresses:
            try:
                return sockets.create_connection(
                    (address, asked.port),
                    asked.timeout,
                    socket_options=asked.socket_options,
                )
            except OSError as error:
                failure = error
        if isinstance(failure, TimeoutError):
            raise ConnectTimeoutError(asked, "connect timed out") from failure
        raise NewConnectionError(asked, "no address answered") from failure

    def _is_private(self, address: Address) -> bool:
        return any(address in network for network in self.private)


def is_public(address: Address) -> bool:
    """Say whether an address is one of the public internet."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _DENIED_V4)
    return address in _PUBLIC_V6 and not any(address in net for net in _DENIED_V6)


class GuardedAdapter(HTTPAdapter):
    """Sends requests over sockets that the guard opened."""

    def __init__(self, guard: Guard) -> None:
        super().__init__(pool_maxsize=16)
        self.guard = guard
        self.poolmanager.pool_classes_by_scheme = _pools(guard)

    def send(  # type: ignore[override]  # passes on whatever requests passes
        self, request: requests.PreparedRequest, **options: Any
    ) -> requests.Response:
        """Send over a guarded socket."""
        parts = urlsplit(request.url or "")
        if parts.username is not None or parts.password is not None:
            raise AddressRefused("name or password in the address")
        try:
            return super().send(request, **options)
        except _Refusal as refusal:
            raise AddressRefused(str(refusal)) from None


def _pools(guard: Guard) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return guard.connect("http", self)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return guard.connect("https", self)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
