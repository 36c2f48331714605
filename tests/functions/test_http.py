"""What every entry point does before its own work: CORS, method, size, rate, App Check."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask, request
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from functions.http import APP_CHECK_HEADER
from functions.request import MAX_JSON_BYTES
from infra.local.oidc import LocalIssuer
from infra.local.people import system
from infra.local.process import free_port
from infra.local.stack import ROOT, Stack
from infra.local.triggers import CALLED
from infra.openapi import contract_of
from shared.adapters.rate import RateLimit
from shared.settings import Settings
from tests.tokens import app_claims, signed_tokens
from tests.world import ASKS_NOTHING, MONTH, World

ORIGIN = "https://roviec.example"
KEYED = {"Idempotency-Key": "k"}


def configure(world: World, **settings: Any) -> None:
    wiring = world.stack.wiring
    wiring.settings = wiring.settings.model_copy(update=settings)


def problem(answer: requests.Response) -> tuple[int, str, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    document = answer.json()
    assert document["type"] == f"https://roviec.vn/problems/{document['title']}"
    assert document["status"] == answer.status_code
    return answer.status_code, document["title"], document["errors"][0]["field"]


@pytest.mark.parametrize("name", CALLED)
def test_a_preflight_is_answered_by_the_contract_and_does_nothing(world: World, name: str) -> None:
    configure(world, allowed_origins=f"https://other.example,{ORIGIN}")
    answer = preflight(world.stack, name, ORIGIN)
    contract = contract_of(name)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert answer.headers["Access-Control-Allow-Methods"] == contract.method
    allowed = answer.headers["Access-Control-Allow-Headers"].split(", ")
    assert ("Idempotency-Key" in allowed) == contract.keyed
    assert {"Authorization", "Content-Type", APP_CHECK_HEADER} <= set(allowed)
    assert answer.headers["Vary"] == "Origin"


@pytest.mark.parametrize("allowed", ["", ORIGIN])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", f"{ORIGIN}.evil.example", None])
def test_other_origins_are_told_nothing(world: World, allowed: str, origin: str | None) -> None:
    configure(world, allowed_origins=allowed)
    asked = preflight(world.stack, "assign", origin)
    sent = {} if origin is None else {"Origin": origin}
    called = requests.get(
        f"{world.stack.url}/export", headers={**world.as_("tu").headers, **sent}, timeout=10
    )
    for answer in (asked, called):
        assert not [name for name in answer.headers if name.startswith("Access-Control")]
        assert answer.headers["Vary"] == "Origin"


@pytest.mark.parametrize("status", [401, 404])
def test_errors_can_be_read_by_allowed_pages_too(world: World, status: int) -> None:
    configure(world, allowed_origins=ORIGIN)
    token = world.as_("tu").headers if status == 404 else {}
    answer = requests.get(
        f"{world.stack.url}/export",
        params={"period": "2020-01"},
        headers={"Origin": ORIGIN, **token},
        timeout=10,
    )
    assert answer.status_code == status
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN


@pytest.mark.parametrize("name", CALLED)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_other_methods_name_the_right_one(stack: Stack, name: str, method: str) -> None:
    right = contract_of(name).method
    if method != right:
        answer = requests.request(method, f"{stack.url}/{name}", timeout=10)
        assert problem(answer) == (405, "method", "method")
        assert answer.headers["Allow"] == f"{right}, OPTIONS"


@pytest.mark.parametrize("path", ["/nothing", "/assign/robots.txt", "/assign/favicon.ico"])
def test_the_framework_and_the_gateway_answer_problems_too(stack: Stack, path: str) -> None:
    if path == "/nothing":
        assert problem(requests.get(stack.url + path, timeout=10)) == (404, "missing", "path")
    else:
        assert problem(requests.get(stack.url + path, timeout=10)) == (404, "missing", "request")


def test_a_body_in_chunks_is_bounded_as_one_with_a_length(world: World) -> None:
    many = iter([b" " * 2**16] * (MAX_JSON_BYTES // 2**16 + 1))
    assert problem(send(world, many)) == (413, "too-large", "body")
    few = iter([b'{"action": "nothing"', b"}"])
    assert problem(send(world, few)) == (400, "invalid", "body")


@pytest.fixture
def platform() -> Iterator[str]:
    """One function as the platform runs it: gunicorn hands chunks on without a length."""
    address = f"127.0.0.1:{free_port()}"
    framework = str(Path(sys.executable).with_name("functions-framework"))
    with subprocess.Popen(
        [framework, "--target", "assign", "--host", "127.0.0.1", "--port", address.split(":")[1]],
        cwd=ROOT,
        env={"PATH": "/usr/bin", "GOOGLE_CLOUD_PROJECT": "demo"},
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            retries = HTTPAdapter(max_retries=Retry(connect=20, backoff_factor=0.1))
            with requests.Session() as session:
                session.mount("http://", retries)
                session.options(f"http://{address}", timeout=10)
            yield f"http://{address}"
        finally:
            process.terminate()


@pytest.mark.parametrize(("size", "status"), [(MAX_JSON_BYTES, 401), (MAX_JSON_BYTES + 1, 413)])
def test_chunks_on_the_platform_s_own_server(platform: str, size: int, status: int) -> None:
    chunks = iter([b" " * (size - 1), b" "])
    answer = requests.post(platform, data=chunks, timeout=10)
    assert problem(answer)[0] == status


def test_an_upload_is_bounded_by_the_setting(world: World) -> None:
    configure(world, max_request_bytes=1000)
    files = {"cases": b" " * 1000, "profile": b""}
    answer = world.as_("tu").upload("import_cases", files, {})
    assert problem(answer) == (413, "too-large", "body")


def test_calls_beyond_the_rate_wait_and_others_do_not(world: World) -> None:
    world.stack.wiring.rate = RateLimit(per_minute=6, burst=2)
    asked = [world.as_("an").get("export", period=MONTH) for _ in range(3)]
    assert [answer.status_code for answer in asked] == [403, 403, 429]
    assert problem(asked[-1]) == (429, "too-many", "Authorization")
    assert 1 <= int(asked[-1].headers["Retry-After"]) <= 10
    assert world.as_("chi").get("export", period=MONTH).status_code == 403
    world.stack.clock.advance(world.stack.clock.now() + timedelta(seconds=10))
    assert world.as_("an").get("export", period=MONTH).status_code == 403


def test_what_is_not_authenticated_empties_nobody_s_bucket(world: World) -> None:
    world.stack.wiring.rate = RateLimit(per_minute=1, burst=1)
    for _ in range(3):
        forged = {"Authorization": "Bearer nonsense"}
        answer = requests.get(f"{world.stack.url}/export", headers=forged, timeout=10)
        assert answer.status_code == 401
    assert world.as_("an").get("export", period=MONTH).status_code == 403


@pytest.fixture
def attested(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[World]:
    """People must call from our own app, whose tokens `stack.issuer` signs."""
    configure(world, app_check="enforced")
    world.stack.drain(30)  # the records are mirrored before the keys change
    auth_emulator = os.environ["FIREBASE_AUTH_EMULATOR_HOST"]
    with signed_tokens(monkeypatch, world.stack.issuer, tmp_path):
        monkeypatch.setenv("FIREBASE_AUTH_EMULATOR_HOST", auth_emulator)
        yield world


def app_token(world: World, kind: str) -> str:
    project, issuer = world.stack.project, world.stack.issuer
    match kind:
        case "good":
            return issuer.sign(app_claims(project))
        case "expired":
            return issuer.sign(app_claims(project, exp=1))
        case "other project":
            return issuer.sign(app_claims("other"))
        case "forged":
            return LocalIssuer().sign(app_claims(project))
    return kind


@pytest.mark.parametrize("kind", ["", "nonsense", "expired", "other project", "forged"])
@pytest.mark.parametrize("name", CALLED)
def test_where_app_check_is_enforced_people_need_its_token(
    attested: World, name: str, kind: str
) -> None:
    headers = {**attested.as_("tu").headers, APP_CHECK_HEADER: app_token(attested, kind)}
    assert problem(ask(attested.stack, name, headers)) == (401, "unauthenticated", APP_CHECK_HEADER)


@pytest.mark.parametrize("name", CALLED)
def test_with_it_they_get_on_and_systems_need_none(attested: World, name: str) -> None:
    headers = {**attested.as_("tu").headers, APP_CHECK_HEADER: app_token(attested, "good")}
    answer = ask(attested.stack, name, headers)
    assert answer.status_code == (200 if name in ASKS_NOTHING else 400)
    if contract_of(name).systems:
        assert problem(ask(attested.stack, name, system(attested.stack).headers))[0] == 400


def ask(stack: Stack, name: str, headers: dict[str, str]) -> requests.Response:
    """Call with nothing in the request: an authenticated caller is answered 400."""
    method = contract_of(name).method
    return requests.request(method, f"{stack.url}/{name}", headers=headers, timeout=10)


def preflight(stack: Stack, name: str, origin: str | None) -> requests.Response:
    asked = {"Access-Control-Request-Method": contract_of(name).method}
    headers = asked if origin is None else {**asked, "Origin": origin}
    return requests.options(f"{stack.url}/{name}", headers=headers, timeout=10)


def send(world: World, chunks: Iterator[bytes]) -> requests.Response:
    headers = {**world.as_("tu").headers, **KEYED, "Content-Type": "application/json"}
    return requests.post(f"{world.stack.url}/assign", data=chunks, headers=headers, timeout=30)


@pytest.mark.parametrize("name", ["explain", "assign"])
def test_a_function_that_is_set_up_wrongly_says_so_as_a_problem(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A setting that does not hold is no fault of the request."""
    monkeypatch.setattr("shared.wiring._override", None)
    monkeypatch.setattr("shared.wiring._from_environment", lambda: Settings.from_environment({}))
    entry = getattr(import_module(f"functions.{name}.main"), name)
    with Flask(name).test_request_context("/", method="POST"):
        answer = entry(request)
    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert answer.get_json()["title"] == "internal"
