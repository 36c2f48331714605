"""The OIDC tokens with which Google's services call a function, signed by a local key."""

import time
from hashlib import sha256
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

ISSUER = "https://accounts.google.com"
LIFETIME = 3600
"""Seconds that a token is valid, as Google's are."""

_KEY_BITS = 2048


class LocalIssuer:
    """Signs tokens shaped like those of Eventarc, Cloud Tasks and Cloud Scheduler.

    The key lives as long as the object; whoever checks a token reads `jwks`.
    Times come from the real clock, since the checking library uses it too: a
    test that moves its own clock must not make its tokens stale.
    """

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
        public = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        self.key_id = sha256(public["n"].encode()).hexdigest()[:40]
        self._public: dict[str, Any] = {
            "kty": "RSA",
            "alg": "RS256",
            "use": "sig",
            "kid": self.key_id,
            "n": public["n"],
            "e": public["e"],
        }

    def token(self, email: str, audience: str) -> str:
        """Sign an RS256 token for a service account that calls `audience` (a URL)."""
        now = int(time.time())
        subject = _subject(email)
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": audience,
            "azp": subject,
            "sub": subject,
            "email": email,
            "email_verified": True,
            "iat": now,
            "exp": now + LIFETIME,
        }
        return self.sign(claims)

    def sign(self, claims: dict[str, Any]) -> str:
        """Sign any claims, also such as nobody should believe."""
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self.key_id})

    def jwks(self) -> dict[str, Any]:
        """Return the public keys as a JWK set, the form Google publishes at /oauth2/v3/certs."""
        return {"keys": [dict(self._public)]}


def _subject(email: str) -> str:
    """Give an account the same 21-digit number every time, as Google does."""
    return str(int(sha256(email.encode()).hexdigest(), 16))[:21]
