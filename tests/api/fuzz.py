"""Call every function with what docs/openapi.json allows and what it forbids (schemathesis).

`python -m tests.api.fuzz` does it on a system of its own and prints what came of
it; `make test` does the same with few examples.
"""

import argparse
import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from re import fullmatch
from typing import Any

import schemathesis
from hypothesis.strategies import datetimes, timezones
from schemathesis.engine import events, from_schema

from functions.problem import UNREADABLE_VI
from infra.local.clock import AdvancedClock
from infra.local.people import Client, system
from infra.local.stack import running
from infra.local.triggers import CALLED
from infra.openapi import PATH, contract_of
from shared.models.base import PERIOD
from tests.world import BEGIN, MONTH, SCHEME, World, new_key, populate

CLOSED = "2026-08"
PROFILE = """
system = "motcua"
time_zone = "Asia/Ho_Chi_Minh"
unit = "m"
due_days = 5
finishing = ["done"]
[columns]
case = "c"
official = "o"
activity = "a"
time = "t"
"""
POOLS: dict[str, list[str]] = {
    "periods": [MONTH, CLOSED, "2026-11", "2026-Q4", "2026", "2020-01"],
    "people": ["an", "chi", "binh", "em", "tu", "nobody"],
    "units": ["p1", "p2", "so", "nowhere"],
    "positions": ["cv", "none"],
    "products": ["hs", "da", "none"],
    "schemes": [SCHEME, "none@1"],
    "zones": ["Asia/Ho_Chi_Minh", "UTC", "Mars/X", "../etc"],
    "entries": ["s1", "s2", "r1"],
    "times": [
        "2026-09-30T17:30:00Z",
        "2026-10-20T10:00:00Z",
        "2026-10-31T23:59:59.999999+07:00",
        "2026-11-20T00:00:00Z",
        "2030-01-01T00:00:00Z",
    ],
    "profiles": [
        PROFILE,
        'system = "motcua"\ntime_zone = "Mars/X"\n[columns]\n',
    ],
    "logs": [
        "c,o,a,t\n1,lan,Nhan,2026-10-01 08:00\n1,lan,done,2026-10-02 08:00\n",
        "c,o,a,t\n2,lan,Nhan,2026-13-01\n",
        "c,o\n",
    ],
}
"""Values that lead past the models, into the use cases, by name; some exist and some do not."""

PLACES = {
    "body.period": "periods",
    "body.month": "periods",
    "query.unit": "units",
    "body.work[*].to.unit": "units",
    "body.work[*].to.in_unit": "units",
    "body.work[*].to.position": "positions",
    "body.work[*].to.officials[*]": "people",
    "body.work[*].approver": "people",
    "body.work[*].product": "products",
    "body.work[*].due": "times",
    "body.to": "people",
    "body.due": "times",
    "body.closes_at": "times",
    "body.scheme": "schemes",
    "body.time_zone": "zones",
    "body.assignment": "assignments",
    "body.id": "entries",
    "body.entry.submission": "entries",
    "body.profile": "profiles",
    "body.cases": "logs",
}
TREES = ["/schemes", "/simulate"]
"""What takes a scheme."""
FEW = 3
BRANCHES = ("sum", "mean", "minimum")
"""Components that hold others, and so themselves."""
STAMPS = {"body.entry.by": "people", "body.entry.at": "times"}
"""What only a trusted system may say."""
LIKELY = 0.9
IN_BYTES = "bytes in UTF-8"
MOMENTS = datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30), timezones=timezones())  # noqa: DTZ001
schemathesis.openapi.format("date-time", MOMENTS.map(datetime.isoformat))


@dataclass
class Outcome:
    """How many calls were answered with what, and each failure once."""

    calls: Counter[tuple[str, int]] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        by_status = Counter[int]()
        for (_, status), count in self.calls.items():
            by_status[status] += count
        statuses = ", ".join(f"{count} × {status}" for status, count in sorted(by_status.items()))
        return f"calls: {self.calls.total()} ({statuses}), failures: {len(self.failures)}"


@schemathesis.hook
def map_body(_: schemathesis.HookContext, body: object) -> object:
    """JSON Schema takes 2.0 for an integer; the models do not, no float may come near a score."""
    match body:
        case float() if body.is_integer():
            return int(body)
        case list():
            return [map_body(_, one) for one in body]
        case dict():
            return {name: map_body(_, one) for name, one in body.items()}
    return body


@schemathesis.hook
def map_query(_: schemathesis.HookContext, query: dict[str, Any]) -> object:
    """Half of the periods asked for have results; a pool gives no elements of lists."""
    match query:
        case {"period": [*periods]}:
            some = [
                CLOSED if str(one) < "5" and fullmatch(PERIOD, str(one)) else one for one in periods
            ]
            return {**query, "period": some}
    return query


@schemathesis.deserializer("application/x-ndjson")
def lines(_: schemathesis.DeserializationContext, response: schemathesis.Response) -> object:
    """As OpenAPI 3.2 has it: a stream of lines is described as the array of them."""
    return [json.loads(line) for line in response.content.splitlines()]


@schemathesis.check
def document_says_all_that_models_demand(
    _: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]
) -> None:
    """What the document allows, the models can read; a use case may still refuse it.

    But for what JSON Schema cannot say: how many bytes a text may take, and that
    trusted systems alone must give `by` and `at`.
    """
    assert case.meta is not None
    by_system = "X-Caller" in response.request.headers
    valid = case.meta.generation.mode.is_positive and not by_system
    if valid and response.status_code == 400:
        unsaid = [
            error
            for error in response.json()["errors"]
            if error["reason_vi"] == UNREADABLE_VI and not error["reason"].endswith(IN_BYTES)
        ]
        assert unsaid == []


def fuzz(world: World, *, examples: int, seed: int, whole: bool = False) -> Outcome:
    """Call as an organiser, an official and a trusted system; nobody else may do more.

    Schemes take long to draw and have thousands of boundaries: tried in the `whole` only,
    but for a few.
    """
    outcome = Outcome()
    pools = {**POOLS, "assignments": _work(world)}
    clients = [world.as_("tu"), world.as_("an"), system(world.stack)]
    for client in clients:
        first = client is clients[0]
        flat = _schema(world, client, pools, coverage=first, examples=examples, seed=seed)
        schemas = [flat.exclude(path=TREES)]
        if first or (whole and not _is_system(client)):
            drawn = examples if whole else FEW
            edges = first and whole
            deep = _schema(world, client, pools, coverage=edges, examples=drawn, seed=seed)
            schemas.append(deep.include(path=TREES))
        for schema in schemas:
            for event in from_schema(schema).execute():
                _note(outcome, event)
    return outcome


def _work(world: World) -> list[str]:
    """Assignments, one with a delivery, and a month with results; answers need something to say."""
    assignments = [world.assigned("an"), world.assigned("em", quantity=3), f"{MONTH}_p1_an_x"]
    world.append("an", assignments[0], "s1", kind="submission", quantity=1)
    closes_at = world.stack.clock.now() + timedelta(hours=1)
    past = {"action": "open", "period": CLOSED, "scheme": SCHEME, "closes_at": str(closes_at)}
    assert world.as_("tu").post("period", past, key=new_key()).status_code == 200
    world.stack.drain()
    world.stack.clock.advance(closes_at)
    world.stack.drain()
    return assignments


def shallow() -> dict[str, Any]:
    """The document with trees of one branch and its leaves: deeper ones cannot be walked."""
    document: dict[str, Any] = json.loads(PATH.read_text("utf-8"))
    schemas = document["components"]["schemas"]
    for branch in (schemas[kind.title()] for kind in BRANCHES):
        parts = branch["properties"]["parts"]["items"]
        mapping = parts["discriminator"]["mapping"]
        for kind in BRANCHES:
            parts["oneOf"].remove({"$ref": mapping.pop(kind)})
    return document


def _schema(
    world: World,
    client: Client,
    pools: dict[str, list[str]],
    *,
    coverage: bool,
    examples: int,
    seed: int,
) -> schemathesis.BaseSchema:
    places = PLACES | (STAMPS if _is_system(client) else {})
    config = schemathesis.Config.from_dict(
        {
            "seed": seed,
            "base-url": world.stack.url,
            "headers": client.headers,
            "continue-on-failure": True,
            "generation": {
                "max-examples": examples,
                "database": "none",
                "with-security-parameters": False,
            },
            # Every boundary of every shape once is enough: shapes know no roles.
            "phases": {"coverage": {"enabled": coverage}, "stateful": {"enabled": False}},
            # That a valid body is refused for what it says (a period that is not open,
            # a due date outside it) is right; the check of our own above says when not.
            "checks": {"positive_data_acceptance": {"enabled": False}},
            "dictionaries": {name: {"values": values} for name, values in pools.items()},
            "parameters": {
                place: {"dictionary": pool, "probability": LIKELY} for place, pool in places.items()
            },
        }
    )
    schema = schemathesis.openapi.from_dict(shallow(), config=config)
    takes_systems = [f"/{name}" for name in CALLED if contract_of(name).systems]
    return schema.include(path=takes_systems) if _is_system(client) else schema


def _is_system(client: Client) -> bool:
    return "X-Caller" in client.headers


def _note(outcome: Outcome, event: events.EngineEvent) -> None:
    match event:
        case events.ScenarioFinished(recorder=recorder):
            for interaction in recorder.interactions.values():
                status = 0 if interaction.response is None else interaction.response.status_code
                outcome.calls[recorder.label, status] += 1
            for check in (one for checks in recorder.checks.values() for one in checks):
                if check.failure_info is not None:
                    found = check.failure_info
                    name = f"{recorder.label}: {check.name}: {found.failure.title}"
                    outcome.failures[name] = f"{found.failure.message}\n{found.code_sample}"
        case events.NonFatalError(value=error) | events.FatalError(exception=error):
            outcome.failures[f"{type(error).__name__}: {error}"] = str(event)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    with running(logs=Path("logs"), clock=AdvancedClock(BEGIN)) as stack:
        outcome = fuzz(populate(stack), examples=wanted.examples, seed=wanted.seed, whole=True)
    for (label, status), count in sorted(outcome.calls.items()):
        print(f"{label:22} {status} {count:6}")
    for name, found in outcome.failures.items():
        print(f"\n{name}\n{found}")
    print(f"{outcome}; seed {wanted.seed}")
    sys.exit(bool(outcome.failures))


if __name__ == "__main__":
    main()
