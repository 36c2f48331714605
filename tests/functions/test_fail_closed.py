"""A setting that is missing, or a token that names nobody, lets nobody in."""

import time
from typing import Any

import pytest
import requests
from pydantic import ValidationError

from infra.local.oidc import ISSUER
from infra.local.stack import SERVICE_ACCOUNT, TRUSTED_SYSTEM, Stack
from infra.local.triggers import TASKS
from shared.adapters.clock import SystemClock
from shared.adapters.tasks import open_queue
from shared.settings import Settings
from tests.world import MONTH, World

SYSTEM = {"X-Caller": "system"}


@pytest.mark.parametrize(
    "names", [{}, {"email": TRUSTED_SYSTEM}, {"email": "", "email_verified": True}]
)
def test_a_token_without_a_verified_e_mail_is_no_system(
    world: World, names: dict[str, Any]
) -> None:
    assignment = world.assigned("an")
    unset(world.stack, trusted_systems=frozenset({""}))
    entry = {"kind": "submission", "quantity": 1, "by": "an", "at": "2026-09-30T18:00:00Z"}
    body = {"assignment": assignment, "id": "s1", "entry": entry}
    answer = call(world.stack, "progress", body, signed(world.stack, **names), SYSTEM)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (401, "Authorization")


def test_a_setting_that_is_empty_trusts_no_system(world: World) -> None:
    settings = Settings.from_environment({"GOOGLE_CLOUD_PROJECT": "p", "TRUSTED_SYSTEMS": " , "})
    assert settings.trusted_systems == frozenset()
    unset(world.stack, trusted_systems=settings.trusted_systems)
    body = {"assignment": world.assigned("an"), "id": "p1", "entry": {"kind": "progress"}}
    token = world.stack.issuer.token(TRUSTED_SYSTEM, world.stack.url)
    assert call(world.stack, "progress", body, token, SYSTEM).status_code == 403


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("names", [{}, {"email": SERVICE_ACCOUNT, "email_verified": True}])
def test_without_a_service_account_nobody_closes(
    stack: Stack, name: str, names: dict[str, Any]
) -> None:
    unset(stack, service_account=None)
    token = signed(stack, **names)
    assert call(stack, name, {"period": MONTH}, token).status_code in (401, 403)


@pytest.mark.parametrize("audience", ["/", "/close", "", "https://elsewhere.example"])
def test_without_an_address_no_audience_is_right(stack: Stack, audience: str) -> None:
    unset(stack, functions_url=None)
    token = stack.issuer.token(SERVICE_ACCOUNT, audience)
    assert call(stack, "close", {"period": MONTH}, token).status_code == 401


def test_a_function_s_own_address_may_be_an_audience_too(stack: Stack) -> None:
    token = stack.issuer.token(SERVICE_ACCOUNT, "https://close-xyz.a.run.app/")
    assert call(stack, "close", {"period": MONTH}, token).status_code == 401
    del stack.wiring.__dict__["identity"]
    unset(stack, audiences=frozenset({"https://close-xyz.a.run.app"}))
    assert call(stack, "close", {"period": MONTH}, token).status_code == 200


@pytest.mark.parametrize("name", ["FUNCTIONS_URL", "SERVICE_ACCOUNT"])
def test_an_empty_setting_stops_the_start(name: str) -> None:
    with pytest.raises(ValidationError, match=name):
        Settings.from_environment({"GOOGLE_CLOUD_PROJECT": "p", name: ""})


def test_a_queue_needs_to_know_whom_to_call_and_as_whom() -> None:
    settings = Settings.from_environment({"GOOGLE_CLOUD_PROJECT": "p"})
    with pytest.raises(ValueError, match="FUNCTIONS_URL and SERVICE_ACCOUNT"):
        open_queue(settings, SystemClock())


def unset(stack: Stack, **settings: Any) -> None:
    """Run on as with other settings."""
    stack.wiring.settings = stack.wiring.settings.model_copy(update=settings)


def signed(stack: Stack, **names: Any) -> str:
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": stack.url, "sub": "1", "iat": now, "exp": now + 600}
    return stack.issuer.sign(claims | names)


def call(
    stack: Stack, name: str, body: dict[str, Any], token: str, headers: dict[str, str] | None = None
) -> requests.Response:
    return requests.post(
        f"{stack.url}/{name}",
        json=body,
        headers={"Authorization": f"Bearer {token}", **(headers or {})},
        timeout=10,
    )
