"""Firebase's Auth emulator: accounts, custom claims, sign-in.

Its tokens are unsigned; firebase-admin takes them while
`FIREBASE_AUTH_EMULATOR_HOST` is set, and the Firestore emulator always does.
Accounts are kept by project, so projects never meet.
"""

import json
import shutil
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import requests

from infra.local.process import EmulatorError, LocalServer

HOST_VARIABLE = "FIREBASE_AUTH_EMULATOR_HOST"
TOOLS = Path(__file__).parent / "firebase"

_INSTALLED = TOOLS / "node_modules" / "firebase-tools"
_SERVER = TOOLS / "auth.cjs"
_CALL_SECONDS = 30.0


class AuthEmulator(LocalServer):
    """An Auth emulator for as long as the `with` block lasts."""

    def __init__(self, *, log: Path, start_seconds: float = 90.0) -> None:
        super().__init__(
            "the Auth emulator", variable=HOST_VARIABLE, log=log, start_seconds=start_seconds
        )

    def sign_in(self, project: str, uid: str) -> str:
        """The ID token of an account, with its custom claims as they stand."""
        url = f"http://{self.host}/identitytoolkit.googleapis.com/v1/accounts"
        # Unlike the service, the emulator takes a custom token that nobody signed.
        # Only its owner may name a project other than the one it was started with.
        answer = requests.post(
            f"{url}:signInWithCustomToken",
            json={
                "token": json.dumps({"uid": uid}),
                "returnSecureToken": True,
                "targetProjectId": project,
            },
            headers={"Authorization": "Bearer owner"},
            timeout=_CALL_SECONDS,
        )
        if answer.status_code != requests.codes.ok:
            raise EmulatorError(f"{uid} cannot sign in: {answer.text}")
        token: str = answer.json()["idToken"]
        return token

    def _command(self, port: int) -> list[str]:
        node = shutil.which("node")
        if node is None:
            raise EmulatorError("the Auth emulator needs Node.js: install version 20 or newer")
        if not _INSTALLED.is_dir():
            raise EmulatorError("the Auth emulator is not installed: run `make setup`")
        return [node, str(_SERVER), str(port)]

    def _answers(self) -> bool:
        connection = HTTPConnection(self.host, timeout=_CALL_SECONDS)
        try:
            connection.request("GET", "/")
            return bool(connection.getresponse().status == requests.codes.ok)
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()
