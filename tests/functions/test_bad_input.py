"""Nonsense to every HTTP function: a 4xx problem+json that names a field, and nothing written."""

import json
from typing import Any

import pytest
import requests

from shared import refs
from tests.world import MONTH, World, new_key

CALLER = {
    "assign": "binh",
    "progress": "an",
    "period": "tu",
    "schemes": "tu",
    "import_cases": "tu",
    "simulate": "tu",
}
HUGE = 10**400
EARLY = "0001-01-01T00:00:00+14:00"

BODIES: list[bytes] = [
    b"",
    b"{",
    b"null",
    b"[]",
    b"0",
    b'"text"',
    b"\xff\xfe",
    b'{"action": "\\ud800"}',
    b"[" * 5000,
    b'{"period": "' + b"9" * 2**21 + b'"}',
]
DOCUMENTS: dict[str, list[dict[str, Any]]] = {
    "assign": [
        {"action": "cancel", "assignment": "../x", "reason": "không hợp lệ"},
        {"action": "cancel", "assignment": f"{MONTH}_p1_an_{'x' * 600}", "reason": "dài quá"},
        {
            "action": "move_deadline",
            "assignment": f"{MONTH}_p1_an_x",
            "due": EARLY,
            "reason": "sớm quá",
        },
        {
            "action": "assign",
            "period": MONTH,
            "work": [
                {"to": {"officials": ["an"]}, "product": "hs", "quantity": HUGE, "due": EARLY}
            ],
        },
    ],
    "progress": [
        {"assignment": f"{MONTH}_p1_an_x", "id": "a/b", "entry": {"kind": "progress"}},
        {"assignment": f"{MONTH}_p1_an_x", "id": "e", "entry": {}},
        {"assignment": f"{MONTH}_p1_an_x", "id": "e", "entry": {"kind": 7}},
        {
            "assignment": f"{MONTH}_p1_an_x",
            "id": "e",
            "entry": {"kind": "submission", "quantity": HUGE},
        },
    ],
    "period": [
        {"action": "open", "period": "0000-01", "scheme": "decree-335@1"},
        {"action": "open", "period": "9999-12", "scheme": "decree-335@1"},
        {"action": "open", "period": "2026-11", "scheme": "decree-335@1", "time_zone": "../etc"},
        {"action": "open", "period": "2026-11", "scheme": "decree-335@1", "closes_at": EARLY},
    ],
    "simulate": [
        {"period": MONTH, "scheme": "decree-335@1", "suppose": HUGE},
        {"period": MONTH, "scheme": {"ref": "decree-335@1"}},
    ],
}


@pytest.mark.parametrize("function", CALLER)
@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_bodies_that_are_no_request(world: World, function: str, body: bytes) -> None:
    refused(world, function, body)


@pytest.mark.parametrize(
    ("function", "document"),
    [(name, document) for name, documents in DOCUMENTS.items() for document in documents],
)
def test_values_beyond_all_bounds(world: World, function: str, document: dict[str, Any]) -> None:
    refused(world, function, json.dumps(document).encode())


@pytest.mark.parametrize("function", CALLER)
def test_another_method(world: World, function: str) -> None:
    answer = call(world, function, b"", method="DELETE")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (405, "method")


def refused(world: World, function: str, body: bytes) -> None:
    before = list(world.stack.wiring.store.find(refs.audit))
    answer = call(world, function, body)
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    fault = answer.json()["errors"][0]
    assert fault["field"]
    assert fault["reason"]
    assert list(world.stack.wiring.store.find(refs.audit)) == before
    assert list(world.stack.wiring.store.find(refs.assignments)) == []


def call(world: World, function: str, body: bytes, method: str = "POST") -> requests.Response:
    headers = {"Idempotency-Key": new_key(), "Content-Type": "application/json"}
    return requests.request(
        method,
        f"{world.stack.url}/{function}",
        data=body,
        headers={**world.as_(CALLER[function]).headers, **headers},
        timeout=30,
    )
