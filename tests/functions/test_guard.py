"""Every entry point authenticates, answers nonsense in words, and is known to the platform."""

import ast
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests

from infra.local.oidc import ISSUER, LocalIssuer
from infra.local.stack import SERVICE_ACCOUNT, Stack, functions
from infra.local.triggers import CALLED, TASKS, TRIGGERS
from infra.openapi import contract_of
from shared import refs
from shared.ports import patch
from tests.tokens import id_claims, signed_tokens
from tests.world import ASKS_NOTHING, MONTH, World

FUNCTIONS = Path(__file__).parents[2] / "functions"
NAMES = sorted(path.parent.name for path in FUNCTIONS.glob("*/main.py"))
LONGEST = 60
AUTHENTICATING = {
    ("functions.http", "endpoint"),
    ("functions.events", "task"),
    ("functions.events", "trigger"),
}

LOAD_EACH = """
import os, sys
import main
for name in sys.argv[1:]:
    if not (child := os.fork()):
        getattr(main, name)
        loaded = [m for m in sys.modules if m.startswith("functions.") and m.endswith(".main")]
        print(loaded, flush=True)
        os._exit(0)
    assert os.waitpid(child, 0) == (child, 0), name
"""


def test_every_entry_point_is_deployed() -> None:
    assert sorted([*CALLED, *TASKS, *TRIGGERS]) == NAMES == sorted(functions())


@pytest.mark.parametrize("name", NAMES)
def test_entry_points_are_thin_and_state_their_retry_contract(name: str) -> None:
    text = (FUNCTIONS / name / "main.py").read_text("utf-8")
    assert len(text.splitlines()) <= LONGEST
    assert "Retry contract:" in text


def test_each_entry_point_loads_alone_without_any_setting() -> None:
    """Each in a fork of a process that knows only what all of them import."""
    run = subprocess.run(
        [sys.executable, "-c", LOAD_EACH, *NAMES],
        cwd=FUNCTIONS.parent,
        env={"PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.splitlines() == [f"['functions.{name}.main']" for name in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_no_entry_point_without_authentication(name: str) -> None:
    """One decorator and no other: each of these authenticates before anything is read."""
    tree = ast.parse((FUNCTIONS / name / "main.py").read_text("utf-8"))
    (entry,) = (
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name
    )
    (decorator,) = (ast.unparse(one).partition("(")[0] for one in entry.decorator_list)
    imported = {
        (node.module, alias.name)
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname is None
    }
    used = {(module, name) for module, name in imported if name == decorator}
    assert used
    assert used <= AUTHENTICATING


@pytest.mark.parametrize("name", CALLED)
def test_a_called_entry_point_has_its_contract(name: str) -> None:
    contract = contract_of(name)
    assert contract.answers
    assert {"method", "too-many", "unauthenticated"}.isdisjoint(contract.refuses)


@pytest.mark.parametrize("token", [None, "Bearer nonsense", "Basic abc", "Bearer"])
@pytest.mark.parametrize("name", NAMES)
def test_strangers_are_refused_and_nothing_is_written(
    standing: World, name: str, token: str | None
) -> None:
    before = written(standing)
    for event in (True, False):
        headers = {} if token is None else {"Authorization": token}
        answer = call(standing.stack, name, headers, event=event)
        assert refused(answer) == 401
    assert written(standing) == before


@pytest.mark.parametrize("kind", ["unsigned", "forged", "expired", "other project", "nobody"])
@pytest.mark.parametrize("name", CALLED)
def test_tokens_that_nobody_should_believe(
    standing: World, name: str, kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As in production: the emulator's unsigned tokens are not believed, signed ones are."""
    stack = standing.stack
    stack.drain(30)  # records are mirrored while the emulator is believed
    with signed_tokens(monkeypatch, stack.issuer, tmp_path):
        answer = call(stack, name, {"Authorization": f"Bearer {id_token(stack, kind)}"})
        believed = call(stack, name, {"Authorization": f"Bearer {id_token(stack, 'good')}"})
    assert refused(answer) == (403 if kind == "nobody" else 401)
    assert believed.status_code == (200 if name in ASKS_NOTHING else 400)


@pytest.mark.parametrize("name", [*TASKS, *TRIGGERS])
def test_an_expired_service_token_is_refused(standing: World, name: str) -> None:
    stack = standing.stack
    claims = {
        "iss": ISSUER,
        "aud": stack.url,
        "email": SERVICE_ACCOUNT,
        "email_verified": True,
        "exp": int(time.time()) - 60,
    }
    headers = {"Authorization": f"Bearer {stack.issuer.sign(claims)}"}
    assert refused(call(stack, name, headers)) == 401


@pytest.mark.parametrize("name", [*TASKS, *TRIGGERS])
def test_another_service_account_is_refused(standing: World, name: str) -> None:
    stack = standing.stack
    token = stack.issuer.token("somebody@else.iam.gserviceaccount.com", stack.url)
    assert refused(call(stack, name, {"Authorization": f"Bearer {token}"})) == 403


@pytest.mark.parametrize("name", [*TASKS, *TRIGGERS])
def test_a_token_for_another_audience_is_refused(standing: World, name: str) -> None:
    stack = standing.stack
    token = stack.issuer.token(SERVICE_ACCOUNT, "https://elsewhere.example")
    assert refused(call(stack, name, {"Authorization": f"Bearer {token}"})) == 401


@pytest.mark.parametrize("name", TRIGGERS)
def test_an_event_that_is_none_is_acknowledged(standing: World, name: str) -> None:
    stack = standing.stack
    token = stack.issuer.token(SERVICE_ACCOUNT, stack.url)
    answer = call(stack, name, {"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (200, "body")


@pytest.mark.parametrize("name", TASKS)
def test_a_task_that_can_never_succeed_is_acknowledged(standing: World, name: str) -> None:
    stack = standing.stack
    token = stack.issuer.token(SERVICE_ACCOUNT, stack.url)
    answer = requests.post(
        f"{stack.url}/{name}",
        json={"period": "2031-01", "unit": "none"},
        headers={"Authorization": f"Bearer {token}"},
        timeout=10,
    )
    assert answer.status_code == 200


def test_a_close_waits_for_a_record_that_cannot_be_read(world: World) -> None:
    odd = patch(refs.units("p2"), {("odd",): 1})
    world.stack.wiring.store.commit([odd, patch(refs.periods(MONTH), {("state",): "closing"})])
    token = world.stack.issuer.token(SERVICE_ACCOUNT, world.stack.url)
    answer = requests.post(
        f"{world.stack.url}/compile_unit",
        json={"period": MONTH, "unit": "p2"},
        headers={"Authorization": f"Bearer {token}"},
        timeout=10,
    )
    assert answer.status_code == 503
    assert "odd" in answer.text


def id_token(stack: Stack, kind: str) -> str:
    claims = id_claims(stack.project, "nobody" if kind == "nobody" else "an")
    match kind:
        case "unsigned":
            return jwt.encode(claims, "", algorithm="none")
        case "forged":
            return LocalIssuer().sign(claims)
        case "expired":
            return stack.issuer.sign(claims | {"exp": int(time.time()) - 60})
        case "other project":
            return stack.issuer.sign(id_claims("other", "an"))
    return stack.issuer.sign(claims)


def refused(answer: requests.Response) -> int:
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == "Authorization"
    return answer.status_code


def written(world: World) -> list[object]:
    find = world.stack.wiring.store.find
    everything: list[refs.Collection[Any]] = [
        refs.audit,
        refs.assignments,
        refs.periods,
        refs.scorecards,
        refs.all_entries,
    ]
    return [(one.ref.path, one.fields) for kind in everything for one in find(kind)]


def call(
    stack: Stack, name: str, headers: dict[str, str], *, event: bool = True
) -> requests.Response:
    """Call with what the name's kind expects, at least in form; `event` false: not even that."""
    event_headers = {
        "ce-id": "1",
        "ce-source": "//firestore.googleapis.com/x",
        "ce-type": "google.cloud.firestore.document.v1.written",
        "ce-specversion": "1.0",
        "ce-subject": "documents/a/b",
        "Content-Type": "application/protobuf",
    }
    is_event = event and name in TRIGGERS
    return requests.request(
        contract_of(name).method if name in CALLED else "POST",
        f"{stack.url}/{name}",
        data=b"\xff" if is_event else b"{}",
        headers={"Idempotency-Key": "k", **(event_headers if is_event else {}), **headers},
        timeout=10,
    )
