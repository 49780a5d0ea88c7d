"""Random secrets, how they are kept, and what is encrypted at rest."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from lti_mentor.errors import Invalid


def random_token() -> str:
    """Return 256 random bits, safe in URLs and headers."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Return what we store of a random secret: its SHA-256 in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def matches(secret: str, stored_digest: str) -> bool:
    """Say in constant time whether `secret` is the one whose digest we stored."""
    return hmac.compare_digest(digest(secret), stored_digest)


def pseudonym(key: str, *parts: str) -> str:
    """Return what stands for `parts` where they may not be read: 64 bits in hex.

    Keyed, so that trying all user numbers leads nowhere without the key.
    """
    text = "\0".join(parts).encode("utf-8", "replace")
    return hmac.new(key.encode(), text, hashlib.sha256).hexdigest()[:16]


class Vault:
    """Encrypts with the first key and decrypts with any, so that keys can rotate."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(_fernet_key(key)) for key in keys])

    def seal(self, plain: str) -> str:
        """Encrypt text for the database."""
        return self._fernet.encrypt(plain.encode()).decode()

    def open(self, sealed: str) -> str:
        """Decrypt what `seal` made.

        Raises:
            Invalid: None of our keys fits (`secret.unreadable`).
        """
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise Invalid("secret.unreadable") from None


def _fernet_key(secret: str) -> bytes:
    stretched = hashlib.sha256(b"lti-mentor vault " + secret.encode()).digest()
    return base64.urlsafe_b64encode(stretched)
