"""Every entry point authenticates, answers nonsense in words, and is known to the platform."""

import subprocess
import sys
from pathlib import Path

import pytest
import requests

from infra.local.stack import SERVICE_ACCOUNT, Stack, functions
from infra.local.triggers import CALLED, TASKS, TRIGGERS

FUNCTIONS = Path(__file__).parents[2] / "functions"
NAMES = sorted(path.parent.name for path in FUNCTIONS.glob("*/main.py"))
LONGEST = 60


def test_every_entry_point_is_deployed() -> None:
    assert sorted([*CALLED, *TASKS, *TRIGGERS]) == NAMES == sorted(functions())


@pytest.mark.parametrize("name", NAMES)
def test_entry_points_are_thin_and_state_their_retry_contract(name: str) -> None:
    text = (FUNCTIONS / name / "main.py").read_text("utf-8")
    assert len(text.splitlines()) <= LONGEST
    assert "Retry contract:" in text


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_point_loads_alone_without_any_setting(name: str) -> None:
    loaded = (
        f"import main, sys; main.{name};"
        "print([m for m in sys.modules if m.startswith('functions.') and m.endswith('.main')])"
    )
    run = subprocess.run(
        [sys.executable, "-c", loaded],
        cwd=FUNCTIONS.parent,
        env={"PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == f"['functions.{name}.main']"


@pytest.mark.parametrize("token", [None, "Bearer nonsense", "Basic abc"])
@pytest.mark.parametrize("name", NAMES)
def test_strangers_are_refused(stack: Stack, name: str, token: str | None) -> None:
    method = "GET" if name == "export" else "POST"
    answer = call(stack, name, method, None if token is None else {"Authorization": token})
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == "Authorization"


@pytest.mark.parametrize("name", [*TASKS, *TRIGGERS])
def test_another_service_account_is_refused(stack: Stack, name: str) -> None:
    token = stack.issuer.token("somebody@else.iam.gserviceaccount.com", stack.url)
    assert call(stack, name, "POST", {"Authorization": f"Bearer {token}"}).status_code == 403


@pytest.mark.parametrize("name", [*TASKS, *TRIGGERS])
def test_a_token_for_another_audience_is_refused(stack: Stack, name: str) -> None:
    token = stack.issuer.token(SERVICE_ACCOUNT, "https://elsewhere.example")
    assert call(stack, name, "POST", {"Authorization": f"Bearer {token}"}).status_code == 401


@pytest.mark.parametrize("name", TASKS)
def test_a_task_that_can_never_succeed_is_acknowledged(stack: Stack, name: str) -> None:
    token = stack.issuer.token(SERVICE_ACCOUNT, stack.url)
    answer = requests.post(
        f"{stack.url}/{name}",
        json={"period": "2031-01", "unit": "none"},
        headers={"Authorization": f"Bearer {token}"},
        timeout=10,
    )
    assert answer.status_code == 200


def call(stack: Stack, name: str, method: str, headers: dict[str, str] | None) -> requests.Response:
    event = {
        "ce-id": "1",
        "ce-source": "//firestore.googleapis.com/x",
        "ce-type": "google.cloud.firestore.document.v1.written",
        "ce-specversion": "1.0",
        "ce-subject": "documents/a/b",
        "Content-Type": "application/protobuf",
    }
    return requests.request(
        method,
        f"{stack.url}/{name}",
        data=b"\xff" if name in TRIGGERS else b"{}",
        headers={**(event if name in TRIGGERS else {}), **(headers or {})},
        timeout=10,
    )
