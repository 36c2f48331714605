"""Messages through the real library, to a server in the place of Google's."""

import json
from collections.abc import Iterator
from pathlib import Path

import firebase_admin
import pytest
from firebase_admin import messaging
from werkzeug.wrappers import Request, Response

from infra.local.server import Server
from shared.adapters.push import FirebasePush
from shared.ports import Message
from tests.tokens import _service_account

PROJECT = "demo-push"
ERRORS = {"gone": (404, "UNREGISTERED"), "wrong": (400, "INVALID_ARGUMENT"), "busy": (503, "")}


@pytest.fixture
def received(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[dict[str, object]]]:
    received: list[dict[str, object]] = []

    @Request.application
    def google(request: Request) -> Response:
        if request.path == "/token":
            return _json({"access_token": "t", "expires_in": 3600, "token_type": "Bearer"}, 200)
        message = json.loads(request.get_data())["message"]
        received.append(message)
        status, code = ERRORS.get(message["fid"], (200, ""))
        detail = {"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code}
        error = {"status": code, "message": "no", "details": [detail]}
        return _json({"name": "sent"} if status == 200 else {"error": error}, status)

    server = Server(google)
    server.start()
    account = _service_account(tmp_path)
    text = account.read_text().replace(
        "https://oauth2.googleapis.com/token", f"http://{server.address}/token"
    )
    account.write_text(text)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(account))
    address = f"http://{server.address}/v1/projects/{{0}}/messages:send"
    monkeypatch.setattr(messaging._MessagingService, "FCM_URL", address)
    yield received
    firebase_admin.delete_app(firebase_admin.get_app(PROJECT))
    server.stop()


def _json(body: object, status: int) -> Response:
    return Response(json.dumps(body), status, mimetype="application/json")


def test_installations_that_are_gone_are_named_and_the_others_are_shown(
    received: list[dict[str, object]],
) -> None:
    messages = [Message(name, "Sắp đến hạn", "“Đề án”") for name in ("good", "gone", "wrong")]
    assert FirebasePush(PROJECT).send(messages) == {"gone", "wrong"}
    shown = {"title": "Sắp đến hạn", "body": "“Đề án”"}
    assert {"fid": "good", "notification": shown} in received


def test_nothing_to_say_calls_nobody(received: list[dict[str, object]]) -> None:
    assert FirebasePush(PROJECT).send([]) == set()
    assert received == []
