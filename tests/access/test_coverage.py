"""Every expression of the rules is evaluated, and every condition both holds and fails.

The emulator's own report of the access matrix and of documents near the edges of
every shape, saved to out/rule-coverage.json: each expression and what it gave.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from infra.local.clock import AdvancedClock
from infra.local.emulator import FirestoreEmulator
from infra.local.people import Client
from infra.local.stack import Emulators, attached
from rules.__main__ import RULES
from tests.access import operations as tries
from tests.access.place import Place, build
from tests.access.table import operations
from tests.rules.documents import Fields
from tests.rules.fuzz import FRESH, LARGEST, OPEN, REVIEWED, SIGNED, Draft, Engine, check, differ
from tests.world import BEGIN

OUT = Path(__file__).parents[2] / "out" / "rule-coverage.json"
ACCESS, SHAPES = "demo-covered-access", "demo-covered-shapes"
TIMED = ("entries", "appraisals", "appeals", "proposals")
"""Where the period's state is part of a condition."""
Span = tuple[int, int]
CONTESTING = Draft(
    "appeals",
    FRESH,
    {
        "official": SIGNED["by"],
        "at": SIGNED["at"],
        "period": REVIEWED,
        "contested": "e1",
        "assignment": f"{REVIEWED}_p1_an_w",
        "criterion": "conduct",
        "reason": "xem lại",
    },
)
SURE = ("value is map", "value is string")
"""Holds wherever it stands alone: a document is a map, and its id is text."""
LISTS: dict[str, Fields] = {
    "submission": {"quantity": 1},
    "exemption_requested": {"reason": "thiên tai"},
}


def test_no_branch_of_the_rules_is_unexercised(google: Emulators) -> None:
    _ask_for_everything(google)
    engine = Engine(google.store, SHAPES)
    engine.prepare(RULES.read_text("utf-8"))
    check(engine, 500, 1)
    entries = [Draft("entries", FRESH, fields) for fields in LARGEST.values()]
    for draft in [*entries, *_lists_of_every_length(), CONTESTING]:
        assert differ(engine, draft) is None
    for draft in _out_of_place():
        assert not engine.accepts(draft)
    seen = _seen(google.store)
    unseen = _named(span for span, values in seen.items() if not values)
    one_sided = (
        span
        for span, values in seen.items()
        if True in values and not values & {False, None, "other"} and _text(span) not in SURE
    )
    never = (
        span for span, values in seen.items() if False in values and not values & {True, "other"}
    )
    assert (unseen, _named(one_sided), _named(never)) == ([], [], [])


def _ask_for_everything(google: Emulators) -> None:
    """Each operation of the table once, by everybody, in the first state that it names."""
    once = {
        (one.place, one.name, one.place in TIMED and one.state): one
        for one in reversed(operations("The store"))
    }
    with attached(google, clock=AdvancedClock(BEGIN), project=ACCESS) as stack:
        place = build(stack)
        for one in once.values():
            attempt = tries.in_store(one.place, one.name)
            for who in sorted(one.granted | one.refused):
                attempt(place, who, one.state)
        for order in range(3):
            _stand_in(place, order)
            assert place.as_("deputy").read("officials/an").ok
            _have_headed(place, order)
            assert not place.as_("other").read(f"appraisals/{OPEN}_binh_p2").ok
            assert place.as_("above").read(f"appraisals/{OPEN}_binh_p2").ok


def _stand_in(place: Place, order: int) -> None:
    """The deputy's valid term as the first, second and third of three."""
    now, year = datetime.now(UTC), timedelta(days=365)
    terms = [{"unit": "p2", "start": now - year, "end": now + year} for _ in range(3)]
    terms[order]["unit"] = "p1"
    owner = Client(place.stack, {"Authorization": "Bearer owner"})
    owner.write("officials/hoa", {"stands_in": terms}, times=[]).raise_for_status()


def _have_headed(place: Place, order: int) -> None:
    """The head, of another unit, so many services ago."""
    of_another = {"unit": "p1", "duty": "head"}
    services = [{"unit": "p2", "duty": "member"}, {"unit": "p2"}, of_another, {"unit": "p1"}]
    services[order] = {"unit": "p2", "duty": "head"}
    owner = Client(place.stack, {"Authorization": "Bearer owner"})
    owner.write("officials/binh", {"postings": services}, times=[]).raise_for_status()


def _lists_of_every_length() -> Iterator[Draft]:
    """With all items good, and with the last one empty, too long or no text."""
    for length in range(6):
        for last in ("x", "", "x" * 601, 7):
            lines: list[object] = ["x"] * (length - 1) + [last] * (length > 0)
            for kind, more in LISTS.items():
                fields = {**SIGNED, "kind": kind, **more, "evidence": lines}
                yield Draft("entries", FRESH, fields)
            scores = {f"c{n}": 1 for n in range(length)} | {f"c{length}": 1 if last else -1}
            part = {**SIGNED, "scores": scores}
            fields = {"period": OPEN, "official": "an", "by_self": part}
            yield Draft("appraisals", f"{OPEN}_an", fields)


def _out_of_place() -> Iterator[Draft]:
    """Appraisals that say otherwise than the place they stand in, and ids that are none."""
    scoring = {**SIGNED, "scores": {"c": 1}}
    good: Fields = {"period": OPEN, "official": "an", "by_self": scoring}
    for change in ({"period": REVIEWED}, {"official": "chi"}, {"unit": "p1"}, {"by_self": None}):
        yield Draft("appraisals", f"{OPEN}_an", {**good, **change})
    elsewhere = {"period": OPEN, "official": "an", "unit": "p2", "by_head": scoring}
    yield Draft("appraisals", f"{OPEN}_an_p2", elsewhere)
    for collection in ("appeals", "devices", "proposals"):
        yield Draft(collection, "-a", SIGNED)


def _seen(emulator: FirestoreEmulator) -> dict[Span, set[object]]:
    """The values that each expression had: True, False, None for an error, or "other"."""
    seen: dict[Span, set[object]] = defaultdict(set)
    for project in (ACCESS, SHAPES):
        for node in emulator.rule_coverage(project)["report"]:
            for span, values in _nodes(node):
                seen[span] |= values
    OUT.parent.mkdir(exist_ok=True)
    report = {_named([span])[0]: sorted(map(str, seen[span])) for span in sorted(seen)}
    OUT.write_text(json.dumps(report, indent=1), "utf-8")
    return seen


def _nodes(node: dict[str, Any]) -> Iterator[tuple[Span, set[object]]]:
    position = node["sourcePosition"]
    values = {_outcome(one["value"]) for one in node.get("values", []) if one["value"]}
    yield (position["currentOffset"], position["endOffset"]), values
    for child in node.get("children", []):
        yield from _nodes(child)


def _outcome(value: dict[str, Any]) -> object:
    if "undefined" in value:
        return None
    return value.get("boolValue", "other")


def _text(span: Span) -> str:
    return RULES.read_text("utf-8").encode()[span[0] : span[1] + 1].decode()


def _named(spans: Iterable[Span]) -> list[str]:
    """What stands there, with its line, for whoever must exercise it."""
    text = RULES.read_text("utf-8").encode()
    return [f"L{text[: span[0]].count(10) + 1}: {_text(span)}" for span in sorted(spans)]
