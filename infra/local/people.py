"""Calls as people and systems make them: their tokens, over HTTP and the store's REST API."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import requests
from google.cloud.firestore_v1._helpers import encode_dict
from google.protobuf import json_format

from infra.local.stack import TRUSTED_SYSTEM, Stack
from shared import refs

TIMEOUT = 600
"""Seconds for one call; an import streams for as long as it lasts."""


@dataclass(frozen=True)
class Client:
    """Somebody who calls the system."""

    stack: Stack
    headers: dict[str, str]
    session: requests.Session = field(default_factory=requests.Session)

    def post(self, function: str, body: object, key: str | None = None) -> requests.Response:
        keyed = {} if key is None else {"Idempotency-Key": key}
        return self.session.post(
            f"{self.stack.url}/{function}",
            json=body,
            headers={**self.headers, **keyed},
            timeout=TIMEOUT,
        )

    def upload(
        self, function: str, files: dict[str, bytes], form: dict[str, str]
    ) -> requests.Response:
        """A multipart call whose answer streams."""
        return self.session.post(
            f"{self.stack.url}/{function}",
            files=files,
            data=form,
            headers=self.headers,
            stream=True,
            timeout=TIMEOUT,
        )

    def get(self, function: str, **query: str | list[str]) -> requests.Response:
        return self.session.get(
            f"{self.stack.url}/{function}", params=query, headers=self.headers, timeout=TIMEOUT
        )

    def read(self, path: str) -> requests.Response:
        """Read a document straight from the store, under its rules."""
        return self.session.get(f"{self._documents}/{path}", headers=self.headers, timeout=TIMEOUT)

    def delete(self, path: str) -> requests.Response:
        """Delete a document straight from the store, under its rules."""
        return self.session.delete(
            f"{self._documents}/{path}", headers=self.headers, timeout=TIMEOUT
        )

    def query(self, parent: str, query: dict[str, Any]) -> requests.Response:
        """Run a structured query below `parent`, under the rules; "" is the root."""
        return self.session.post(
            f"{self._documents}{parent and '/'}{parent}:runQuery",
            json={"structuredQuery": query},
            headers=self.headers,
            timeout=TIMEOUT,
        )

    @property
    def _documents(self) -> str:
        database = f"projects/{self.stack.project}/databases/(default)/documents"
        return f"http://{self.stack.google.store.host}/v1/{database}"

    def write(self, path: str, fields: dict[str, Any], *, times: list[str]) -> requests.Response:
        """Write a document straight to the store, under its rules; `times` get the server's.

        Top-level fields that are not given stay as they are.
        """
        name = f"{self._documents.partition('/v1/')[2]}/{path}"
        write = {
            "update": {"name": name, "fields": encoded(fields)},
            "updateMask": {"fieldPaths": sorted(fields)},
            "updateTransforms": [
                {"fieldPath": field, "setToServerValue": "REQUEST_TIME"} for field in times
            ],
        }
        return self.session.post(
            f"{self._documents}:commit",
            json={"writes": [write]},
            headers=self.headers,
            timeout=TIMEOUT,
        )


def person(stack: Stack, uid: str) -> Client:
    return Client(stack, {"Authorization": f"Bearer {id_token(stack, uid)}"})


def sign_in(stack: Stack, uid: str) -> Client:
    """The person signed in, with the claims that their account has by now."""
    return Client(
        stack, {"Authorization": f"Bearer {stack.google.auth.sign_in(stack.project, uid)}"}
    )


def system(stack: Stack) -> Client:
    """The trusted system that reports others' work."""
    token = stack.issuer.token(TRUSTED_SYSTEM, stack.url)
    return Client(stack, {"Authorization": f"Bearer {token}", "X-Caller": "system"})


def id_token(stack: Stack, uid: str) -> str:
    """An unsigned ID token, as the Auth emulator issues them, with the official's claims.

    For tests in the thousands; `sign_in` gets one from the Auth emulator itself.
    """
    official = stack.wiring.store.get(refs.officials(uid))
    now = datetime.now(UTC)
    payload = {
        "roles": [] if official is None else official.claims(),
        "iss": f"https://securetoken.google.com/{stack.project}",
        "aud": stack.project,
        "sub": uid,
        "user_id": uid,
        "auth_time": int(now.timestamp()),
        "iat": now,
        "exp": now + timedelta(hours=1),
        "firebase": {"sign_in_provider": "custom", "identities": {}},
    }
    return jwt.encode(payload, key="", algorithm="none")


def encoded(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields in the store's REST notation, by the client library's own encoder.

    Raises ValueError for an integer of more than 64 bits.
    """
    values = encode_dict(fields).items()
    return {name: json_format.MessageToDict(value._pb) for name, value in values}  # noqa: SLF001  # proto-plus has no other way in
