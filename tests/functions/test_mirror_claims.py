"""Roles reach the tokens, and leave the rules and the functions at once when they are lost."""

import time
from datetime import UTC, datetime, timedelta

import jwt
import pytest
import requests
from firebase_admin import auth

from infra.local.people import Client, sign_in
from infra.local.process import EmulatorError
from shared import refs
from shared.adapters.identity import firebase_app
from shared.models.official import Official, StandIn
from shared.ports import put
from tests.world import MONTH, World

OK, DENIED = requests.codes.ok, requests.codes.forbidden


def test_a_record_becomes_an_account_with_its_roles(world: World) -> None:
    assert claims(signed_in(world, "an")) == ["official"]
    assert claims(signed_in(world, "binh")) == ["head", "official"]
    assert claims(signed_in(world, "kiem")) == ["auditor"]


def test_a_new_role_comes_with_the_next_token(world: World) -> None:
    before = signed_in(world, "an")
    change(world, "an", roles=["official", "auditor"])
    assert before.read("scorecards/2026-10_em").status_code == DENIED
    assert "auditor" in claims(signed_in(world, "an"))
    assert signed_in(world, "an").read("audit/none").status_code == requests.codes.not_found


def test_a_role_taken_away_is_gone_with_the_next_request_of_an_old_token(world: World) -> None:
    old = signed_in(world, "kiem")
    assert old.read(f"results/{MONTH}").status_code != DENIED
    change(world, "kiem", roles=["official"])
    assert "auditor" in claims(old)
    assert old.read(f"results/{MONTH}").status_code == DENIED
    assert old.get("export", period=MONTH).status_code == DENIED


def test_a_head_who_is_none_any_more_judges_nothing_with_an_old_token(world: World) -> None:
    assignment = world.assigned("an", approver="tu")
    old = signed_in(world, "binh")
    change(world, "binh", is_head=False, roles=["official"])
    assert send_back(old, "binh", assignment) == DENIED
    body = {"action": "cancel", "assignment": assignment, "reason": "không cần"}
    answer = old.post("assign", body, key="k")
    assert answer.status_code == DENIED


def test_whoever_left_has_no_rights_and_cannot_sign_in_again(world: World) -> None:
    old = signed_in(world, "tu")
    change(world, "tu", roles=[])
    assert old.post("period", {}, key="k").status_code == DENIED
    with pytest.raises(EmulatorError, match="USER_DISABLED"):
        signed_in(world, "tu")


def test_a_lost_role_ends_the_sessions(world: World) -> None:
    token = signed_in(world, "kiem").headers["Authorization"].removeprefix("Bearer ")
    app = firebase_app(world.stack.project)
    auth.verify_id_token(token, app=app, check_revoked=True)
    time.sleep(1.1)  # sessions end to the second
    change(world, "kiem", roles=["official"])
    with pytest.raises(auth.RevokedIdTokenError):
        auth.verify_id_token(token, app=app, check_revoked=True)


def test_a_record_removed_takes_every_role(world: World) -> None:
    store = world.stack.wiring.store
    old = signed_in(world, "kiem")
    path = refs.officials("kiem").path
    store._client.document(path).delete()  # type: ignore[attr-defined]  # no use case deletes
    world.stack.drain(30)
    assert old.read(f"results/{MONTH}").status_code == DENIED
    assert auth.get_user("kiem", app=firebase_app(world.stack.project)).disabled


@pytest.mark.parametrize(("days", "allowed"), [((-2, 2), True), ((-2, -1), False), ((1, 2), False)])
def test_a_deputy_stands_in_on_the_dates_recorded(
    world: World, days: tuple[int, int], *, allowed: bool
) -> None:
    """By the clock of the rules, which is the store's, and of the functions alike."""
    assignment = world.assigned("an")
    change(world, "chi", stands_in=[stint("p1", days, datetime.now(UTC))])
    deputy = signed_in(world, "chi")
    assert (send_back(deputy, "chi", assignment) == OK) is allowed
    change(world, "chi", stands_in=[stint("p1", days, world.stack.clock.now())])
    entry = {"kind": "returned", "faults": 1, "reason": "thiếu chữ ký"}
    body = {"assignment": assignment, "id": "r1", "entry": entry}
    assert (deputy.post("progress", body).status_code == OK) is allowed


def test_a_deputy_does_not_judge_the_own_work(world: World) -> None:
    assignment = world.assigned("chi")
    change(world, "chi", stands_in=[stint("p1", (-1, 1), datetime.now(UTC))])
    assert send_back(signed_in(world, "chi"), "chi", assignment) == DENIED


def test_a_deputy_stands_in_for_that_unit_only(world: World) -> None:
    assignment = world.assigned("em")
    change(world, "chi", stands_in=[stint("p1", (-1, 1), datetime.now(UTC))])
    assert send_back(signed_in(world, "chi"), "chi", assignment) == DENIED


def signed_in(world: World, uid: str) -> Client:
    world.stack.drain(30)
    return sign_in(world.stack, uid)


def claims(client: Client) -> list[str]:
    token = client.headers["Authorization"].removeprefix("Bearer ")
    roles: list[str] = jwt.decode(token, options={"verify_signature": False})["roles"]
    return roles


def change(world: World, uid: str, **changes: object) -> None:
    store = world.stack.wiring.store
    standing = store.get(refs.officials(uid))
    assert standing is not None
    changed = Official.model_validate(standing.model_copy(update=changes).model_dump())
    store.commit([put(refs.officials(uid), changed)])
    world.stack.drain(30)


def stint(unit: str, days: tuple[int, int], now: datetime) -> StandIn:
    start, end = (now + timedelta(days=day) for day in days)
    return StandIn(unit=unit, start=start, end=end)


def send_back(client: Client, uid: str, assignment: str) -> int:
    fields = {"kind": "returned", "faults": 1, "reason": "thiếu chữ ký", "by": uid}
    path = f"assignments/{assignment}/entries/r-{uid}"
    return client.write(path, fields, times=["at"]).status_code
