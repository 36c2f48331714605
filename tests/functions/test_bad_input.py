"""Nonsense to every HTTP function: a 4xx problem+json that names a field, and nothing written."""

import json
from typing import Any

import pytest
import requests
from google.cloud import firestore

from infra.local.triggers import CALLED
from infra.openapi import contract_of
from shared import refs
from shared.ports import put
from tests.world import ASKS_NOTHING, MONTH, World, an_official, new_key

CALLER = {"assign": "binh", "progress": "an", "explain": "an", "personal_data": "an"}
ELSE = "quyen"
"""Holds every role, so that not who asks is refused but what."""
ROLES = ["official", "organiser", "authority", "administrator"]
HUGE = 10**400
EARLY = "0001-01-01T00:00:00+14:00"
WHY = {"reason": "không hợp lệ"}
WORK = f"{MONTH}_p1_an_x"

BODIES: list[bytes] = [
    b"",
    b"{",
    b"null",
    b"[]",
    b"0",
    b'"text"',
    b"{}",
    b"\xff\xfe",
    b'{"action": "\\ud800"}',
    b"[" * 5000,
    b'{"period": "' + b"9" * 2**21 + b'"}',
]
QUERIES = ["period=../x", "period=%FF", "nonsense=1", "period=" + "9" * 5000, "official=a/b&unit=_"]
Said = dict[str, Any] | str
CASES: dict[str, list[tuple[Said, str]]] = {
    "assign": [
        ({"action": "cancel", "assignment": "../x", **WHY}, "cancel.assignment"),
        ({"action": "cancel", "assignment": f"{WORK}{'x' * 600}", **WHY}, "cancel.assignment"),
        (
            {"action": "move_deadline", "assignment": WORK, "due": EARLY, **WHY},
            "move_deadline.due",
        ),
        (
            {
                "action": "assign",
                "period": MONTH,
                "work": [
                    {"to": {"officials": ["an"]}, "product": "hs", "quantity": HUGE, "due": EARLY}
                ],
            },
            "assign.work.0.quantity",
        ),
    ],
    "progress": [
        ({"assignment": WORK, "id": "a/b", "entry": {"kind": "progress"}}, "id"),
        ({"assignment": WORK, "id": "e", "entry": {}}, "entry"),
        ({"assignment": WORK, "id": "e", "entry": {"kind": 7}}, "entry"),
        (
            {"assignment": WORK, "id": "e", "entry": {"kind": "submission", "quantity": HUGE}},
            "entry.submission.quantity",
        ),
    ],
    "period": [
        ({"action": "open", "period": "0000-01", "scheme": "decree-335@1"}, "period"),
        ({"action": "open", "period": "9999-12", "scheme": "decree-335@1"}, "period"),
        (
            {
                "action": "open",
                "period": "2026-11",
                "scheme": "decree-335@1",
                "time_zone": "../etc",
            },
            "time_zone",
        ),
        (
            {"action": "open", "period": "2026-11", "scheme": "decree-335@1", "closes_at": EARLY},
            "open.closes_at",
        ),
    ],
    "import_cases": [({"month": "2026-13"}, "cases")],
    "export": [
        (f"period={MONTH}&format=doc", "format"),
        ("period=2020-01&format=csv", "period"),
        (f"period={MONTH}&format=csv&unit=..%2Fx", "unit"),
    ],
    "schemes": [({"ref": "decree-335@1"}, "title"), ({"ref": "Mới@0"}, "ref")],
    "decide": [
        ({"period": "2020-01", "unit": "so"}, "period"),
        (
            {"period": MONTH, "decisions": [{"official": "an", "rating": "splendid"}]},
            "decisions.0.rating",
        ),
    ],
    "quota": [("period=2020-01", "period"), (f"period={MONTH}&agency=a/b", "agency.0")],
    "people": [
        ({"action": "rename", "official": "ai-do", "name": "Ai", **WHY}, "official"),
        ({"action": "rename", "official": "an", "name": "ệ" * 201, **WHY}, "rename.name"),
        ({"action": "set_roles", "official": "an", "roles": ["king"], **WHY}, "set_roles.roles.0"),
        ({"action": "depart", "official": "an", "end": EARLY, **WHY}, "depart.end"),
    ],
    "catalogue": [
        ({"action": "found_unit", "unit": "a_b", "name": "Phòng", **WHY}, "found_unit.unit"),
        (
            {"action": "found_unit", "unit": "p9", "name": "Phòng", "parent": "nowhere", **WHY},
            "parent",
        ),
        (
            {
                "action": "set_product",
                "product": "hs",
                "title": "Hồ sơ",
                "measure": "bộ",
                "group": 1,
                "points": 100,
                "k": HUGE,
                **WHY,
            },
            "set_product.k",
        ),
        ({"action": "import_measurements", "period": MONTH, "csv": "a\n1\n", **WHY}, "csv"),
    ],
    "forms": [
        (f"period={MONTH}&form=poem", "form"),
        ("period=2020-01&form=decision&official=an", "period"),
    ],
    "simulate": [
        ({"period": MONTH, "scheme": "decree-335@1", "suppose": HUGE}, "suppose"),
        ({"period": MONTH, "scheme": {"ref": "decree-335@1"}}, "scheme.whole.title"),
    ],
    "appeal": [
        ({"appeal": "none", "upheld": False, **WHY}, "appeal"),
        ({"appeal": "none", "upheld": False, "reason": "  "}, "reason"),
        ({"appeal": "../x", "upheld": False, **WHY}, "appeal"),
        ({"appeal": "none", "upheld": "yes", **WHY}, "upheld"),
    ],
    "correct": [
        ({"period": MONTH, "official": "an", "corrects": [], **WHY}, "corrects"),
        ({"period": MONTH, "official": "an", "corrects": [{"kind": "gift"}], **WHY}, "corrects.0"),
        (
            {
                "period": "2020-01",
                "official": "an",
                "corrects": [{"kind": "criterion", "criterion": "conduct", "points": 1}],
                **WHY,
            },
            "period",
        ),
    ],
    "explain": [("period=2020-01", "period"), (f"period={MONTH}&official=..", "official")],
    "personal_data": [("official=a/b", "official"), ("official=binh", "official")],
    "erase": [
        ({"official": "ai-do", **WHY}, "official"),
        ({"official": "an", "reason": "-"}, "reason"),
        ({"official": "an", **WHY}, "official"),
    ],
}
"""Of each function what is beyond its bounds or names what is not there, and the field told of."""


def test_every_function_has_its_cases() -> None:
    assert list(CASES) == CALLED


@pytest.mark.parametrize("function", CASES)
def test_nonsense_is_answered_with_the_field_and_leaves_nothing(
    world: World, function: str
) -> None:
    everything = an_official("Quyền", "so", roles=ROLES)
    world.stack.wiring.store.commit([put(refs.officials(ELSE), everything)])
    world.stack.drain(30)
    before = documents(world)
    reads = contract_of(function).source == "query"
    for nonsense in QUERIES if reads else BODIES:
        refused(call(world, function, nonsense))
    if reads and function not in ASKS_NOTHING:
        refused(call(world, function, ""))
    for said, field in CASES[function]:
        told = said if isinstance(said, str) else json.dumps(said).encode()
        assert refused(call(world, function, told))["field"] == field
    answer = call(world, function, "", method="DELETE")
    assert (answer.status_code, refused(answer)["field"]) == (405, "method")
    assert documents(world) == before


def refused(answer: requests.Response) -> dict[str, str]:
    """The first fault."""
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    fault: dict[str, str] = answer.json()["errors"][0]
    assert fault["field"]
    assert fault["reason"]
    assert fault["reason_vi"]
    return fault


def call(
    world: World, function: str, said: str | bytes, method: str | None = None
) -> requests.Response:
    """`said` in the query, or as the body."""
    headers = {"Idempotency-Key": new_key(), "Content-Type": "application/json"}
    query, body = (said, b"") if isinstance(said, str) else ("", said)
    return requests.request(
        method or contract_of(function).method,
        f"{world.stack.url}/{function}?{query}",
        data=body,
        headers={**world.as_(CALLER.get(function, ELSE)).headers, **headers},
        timeout=30,
    )


def documents(world: World) -> dict[str, Any]:
    """All that the store holds, by path."""
    client = firestore.Client(project=world.stack.project)
    known = [group for group in client.collections() if group.id != "clock"]
    below = [client.collection_group("entries"), client.collection_group("inbox")]
    return {
        one.reference.path: one.to_dict() for group in [*known, *below] for one in group.stream()
    }
