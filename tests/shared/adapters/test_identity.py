"""Signed tokens, believed and not: Google's libraries verify them, with keys of our own."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest

from infra.local.oidc import LocalIssuer
from infra.local.process import free_port
from shared.adapters.identity import GoogleIdentity
from shared.errors import RefusedError
from tests.tokens import app_claims, id_claims, signed_tokens

PROJECT = "demo-tokens"
AUDIENCE = "https://functions.example"
EMAIL = "platform@demo.iam.gserviceaccount.com"
SERVICE: dict[str, Any] = {
    "iss": "https://accounts.google.com",
    "aud": AUDIENCE,
    "email": EMAIL,
    "email_verified": True,
}
PAST = int(time.time()) - 7200


@pytest.fixture
def issuer() -> LocalIssuer:
    return LocalIssuer()


@pytest.fixture
def identity(
    issuer: LocalIssuer,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[GoogleIdentity]:
    # The library keeps its verifiers with the project, so every test has its own.
    project = f"{PROJECT}-{abs(hash(request.node.nodeid))}"
    with signed_tokens(monkeypatch, issuer, tmp_path) as keys:
        yield GoogleIdentity(project=project, audiences=frozenset({AUDIENCE}), keys_url=keys)


def test_a_person_is_who_signed_in(identity: GoogleIdentity, issuer: LocalIssuer) -> None:
    assert identity.person(issuer.sign(id_claims(identity._project, "an"))) == "an"


@pytest.mark.parametrize(
    "changes",
    [
        {"iat": PAST, "auth_time": PAST, "exp": PAST + 3600},
        {"aud": "another-project"},
        {"iss": "https://securetoken.google.com/another-project"},
        {"sub": ""},
    ],
)
def test_id_tokens_that_are_not_ours(
    identity: GoogleIdentity, issuer: LocalIssuer, changes: dict[str, Any]
) -> None:
    refused(identity.person, issuer.sign(id_claims(identity._project, "an", **changes)))


def test_forged_id_tokens(identity: GoogleIdentity) -> None:
    claims = id_claims(identity._project, "an")
    for token in (LocalIssuer().sign(claims), jwt.encode(claims, "", algorithm="none"), "x.y.z"):
        refused(identity.person, token)


def test_an_attested_app(identity: GoogleIdentity, issuer: LocalIssuer) -> None:
    identity.app(issuer.sign(app_claims(identity._project)))


@pytest.mark.parametrize(
    "changes",
    [
        {"iat": PAST, "exp": PAST + 3600},
        {"aud": ["projects/another-project"]},
        {"iss": "https://elsewhere.example"},
    ],
)
def test_app_check_tokens_that_are_not_ours(
    identity: GoogleIdentity, issuer: LocalIssuer, changes: dict[str, Any]
) -> None:
    refused(identity.app, issuer.sign(app_claims(identity._project, **changes)))


def test_forged_app_check_tokens(identity: GoogleIdentity) -> None:
    for token in (LocalIssuer().sign(app_claims(identity._project)), "", "nonsense"):
        refused(identity.app, token)


def test_a_service_is_its_verified_e_mail(identity: GoogleIdentity, issuer: LocalIssuer) -> None:
    assert identity.service(issuer.sign(SERVICE | {"exp": int(time.time()) + 60})) == EMAIL


@pytest.mark.parametrize(
    "changes",
    [{"exp": PAST}, {"email_verified": False}, {"email": ""}, {"email": None}, {"aud": "x"}],
)
def test_service_tokens_that_name_nobody(
    identity: GoogleIdentity, issuer: LocalIssuer, changes: dict[str, Any]
) -> None:
    """An empty setting must not match an empty name: Google signs tokens without e-mail too."""
    refused(identity.service, issuer.sign(SERVICE | {"exp": int(time.time()) + 60} | changes))


def test_keys_that_cannot_be_had_are_nobody_s_fault(issuer: LocalIssuer) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}/keys"
    identity = GoogleIdentity(project=PROJECT, audiences=frozenset({AUDIENCE}), keys_url=nowhere)
    with pytest.raises(jwt.PyJWKClientConnectionError):
        identity.service(issuer.token(EMAIL, AUDIENCE))


def refused(check: Any, token: str) -> None:
    with pytest.raises(RefusedError) as found:
        check(token)
    assert found.value.code == "unauthenticated"
