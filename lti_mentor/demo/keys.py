"""The LMS's signing keys, with rotation."""

import secrets
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from lti_mentor.demo.rows import SigningKey
from lti_mentor.demo.world import World


class KeyRing:
    """Signs with the newest key; publishes the two newest."""

    def __init__(self, world: World) -> None:
        self.world = world
        if not world.keys:
            with world.change():
                world.add(first_key(world.kind))

    def rotate(self) -> str:
        """Sign with a new key from now on; the one before stays published."""
        key = new_key()
        with self.world.change():
            self.world.add(key)
        return key.id

    def withdraw(self) -> None:
        """Publish only the newest key, as after the end of an overlap."""
        with self.world.change():
            for kid in list(self.world.keys)[:-1]:
                del self.world.keys[kid]

    def sign(self, claims: dict[str, Any]) -> str:
        """Return a signed JWT (RS256) that names its key."""
        return self.sign_with(list(self.world.keys.values())[-1], claims)

    def sign_with(self, key: SigningKey, claims: dict[str, Any]) -> str:
        """Return a JWT signed with this key, published or not."""
        return jwt.encode(claims, key.pem, algorithm="RS256", headers={"kid": key.id})

    def verify(self, token: str) -> dict[str, Any]:
        """Return the claims of a JWT this ring signed.

        Raises:
            jwt.PyJWTError: It did not, or the token expired.
        """
        kid = jwt.get_unverified_header(token).get("kid", "")
        key = self.world.keys.get(kid)
        if key is None:
            raise jwt.InvalidKeyError("unknown kid")
        claims: dict[str, Any] = jwt.decode(
            token,
            _private(key).public_key(),
            algorithms=["RS256"],
            options={"verify_aud": False},
        )
        return claims

    def jwks(self) -> dict[str, Any]:
        """Return the public keys as the LMS publishes them."""
        newest = list(self.world.keys.values())[-2:]
        return {"keys": [public_jwk(key) for key in newest]}


@cache
def first_key(_kind: str) -> SigningKey:
    """Return the first key of every LMS of a kind in this process.

    Making one takes longer than all the rest of starting a campus.
    """
    return new_key()


def new_key() -> SigningKey:
    """Make an RSA key with a random id of 20 hex digits."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return SigningKey(id=secrets.token_hex(10), pem=pem.decode())


def public_jwk(key: SigningKey) -> dict[str, Any]:
    """Return the public half as a JWK."""
    numbers: dict[str, Any] = RSAAlgorithm.to_jwk(
        _private(key).public_key(), as_dict=True
    )
    return {
        "kty": "RSA",
        "alg": "RS256",
        "kid": key.id,
        "e": numbers["e"],
        "n": numbers["n"],
        "use": "sig",
    }


def _private(key: SigningKey) -> rsa.RSAPrivateKey:
    loaded = serialization.load_pem_private_key(key.pem.encode(), password=None)
    if not isinstance(loaded, rsa.RSAPrivateKey):
        raise TypeError("not an RSA key")
    return loaded
