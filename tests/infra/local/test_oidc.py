import time

import jwt
import pytest

from infra.local.oidc import ISSUER, LIFETIME, LocalIssuer

EMAIL = "tasks@demo.iam.gserviceaccount.com"
AUDIENCE = "http://127.0.0.1:8080/close"


@pytest.fixture(scope="module")
def issuer() -> LocalIssuer:
    return LocalIssuer()


def key_of(issuer: LocalIssuer, token: str) -> jwt.PyJWK:
    keys = jwt.PyJWKSet.from_dict(issuer.jwks())
    return keys[jwt.get_unverified_header(token)["kid"]]


def test_a_token_verifies_against_the_published_keys(issuer: LocalIssuer) -> None:
    token = issuer.token(EMAIL, AUDIENCE)
    claims = jwt.decode(
        token, key_of(issuer, token), algorithms=["RS256"], audience=AUDIENCE, issuer=ISSUER
    )
    assert claims["email"] == EMAIL
    assert claims["email_verified"] is True
    assert claims["exp"] - claims["iat"] == LIFETIME
    assert claims["iat"] == pytest.approx(time.time(), abs=5)


def test_an_account_keeps_its_subject(issuer: LocalIssuer) -> None:
    def subject(email: str) -> str:
        token = issuer.token(email, AUDIENCE)
        return str(jwt.decode(token, options={"verify_signature": False})["sub"])

    assert subject(EMAIL) == subject(EMAIL)
    assert subject(EMAIL) != subject("other@demo.iam.gserviceaccount.com")
    assert subject(EMAIL).isdigit()
    assert len(subject(EMAIL)) == 21


def test_another_audience_is_refused(issuer: LocalIssuer) -> None:
    token = issuer.token(EMAIL, AUDIENCE)
    with pytest.raises(jwt.InvalidAudienceError):
        jwt.decode(token, key_of(issuer, token), algorithms=["RS256"], audience="http://else")


def test_another_issuers_key_is_refused(issuer: LocalIssuer) -> None:
    other = LocalIssuer()
    token = other.token(EMAIL, AUDIENCE)
    assert other.key_id != issuer.key_id
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(
            token,
            jwt.PyJWKSet.from_dict(issuer.jwks())[issuer.key_id],
            algorithms=["RS256"],
            audience=AUDIENCE,
        )


def test_only_the_public_part_is_published(issuer: LocalIssuer) -> None:
    [key] = issuer.jwks()["keys"]
    assert set(key) == {"kty", "alg", "use", "kid", "n", "e"}
