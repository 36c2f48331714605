"""Tokens as production signs them, and our keys in the place of Google's.

The libraries verify them for real; only the address of the keys is replaced,
for which they have no setting.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import firebase_admin
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from firebase_admin import _token_gen, app_check
from werkzeug.wrappers import Request, Response

from infra.local.oidc import LocalIssuer
from infra.local.server import Server

HOUR = 3600


@contextmanager
def signed_tokens(patch: pytest.MonkeyPatch, issuer: LocalIssuer, folder: Path) -> Iterator[str]:
    """From now on only signed tokens count; yields where the keys are."""

    @Request.application
    def keys(request: Request) -> Response:
        found = certificates(issuer) if request.path == "/certificates" else issuer.jwks()
        return Response(json.dumps(found), mimetype="application/json")

    server = Server(keys)
    server.start()
    patch.delenv("FIREBASE_AUTH_EMULATOR_HOST", raising=False)
    patch.setattr(_token_gen, "ID_TOKEN_CERT_URI", f"http://{server.address}/certificates")
    patch.setattr(app_check._AppCheckService, "_JWKS_URL", f"http://{server.address}/jwks")
    # App Check's verifier wants to know who it is, though it calls nobody.
    patch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(_service_account(folder)))
    for app in list(firebase_admin._apps.values()):
        firebase_admin.delete_app(app)  # one made before keeps to the emulator and its keys
    try:
        yield f"http://{server.address}/jwks"
    finally:
        server.stop()


def certificates(issuer: LocalIssuer) -> dict[str, str]:
    """The issuer's key in the form that Firebase publishes: certificates by key id."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tokens")])
    begin = datetime.now(UTC) - timedelta(hours=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(issuer._key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=1))
        .sign(issuer._key, hashes.SHA256())
    )
    return {issuer.key_id: certificate.public_bytes(serialization.Encoding.PEM).decode()}


def id_claims(project: str, uid: str, **changes: Any) -> dict[str, Any]:
    """What a Firebase ID token says."""
    now = int(time.time())
    claims = {
        "iss": f"https://securetoken.google.com/{project}",
        "aud": project,
        "sub": uid,
        "auth_time": now,
        "iat": now,
        "exp": now + HOUR,
    }
    return claims | changes


def app_claims(project: str, **changes: Any) -> dict[str, Any]:
    """What an App Check token says."""
    now = int(time.time())
    claims = {
        "iss": "https://firebaseappcheck.googleapis.com/1234567890",
        "aud": ["projects/1234567890", f"projects/{project}"],
        "sub": "1:1234567890:web:0123456789abcdef",
        "iat": now,
        "exp": now + HOUR,
    }
    return claims | changes


def _service_account(folder: Path) -> Path:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = folder / "account.json"
    account = {
        "type": "service_account",
        "project_id": "demo",
        "client_email": "functions@demo.iam.gserviceaccount.com",
        "token_uri": "https://oauth2.googleapis.com/token",
        "private_key": pem.decode(),
    }
    path.write_text(json.dumps(account))
    return path
