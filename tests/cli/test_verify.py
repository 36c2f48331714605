"""`roviec verify` on the real store: clean, then one digit altered in each collection in turn."""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import datetime, timedelta
from re import sub
from typing import Any

from google.cloud import firestore
from typer.testing import CliRunner

from cli.main import app
from shared import refs
from shared.refs import Collection
from shared.usecases.recorded import seed
from tests.functions.test_decide import choice, decide
from tests.functions.test_import_cases import imported
from tests.functions.test_period import HOLIDAYS, ask_holidays
from tests.functions.test_review import answer, petition, waive
from tests.world import DUE, MONTH, World, an_official, new_key

NOT_PROVEN = {"officials/*/devices"}
"""Where a person wants notices; no result rests on it: docs/decisions/0021."""


def test_one_altered_digit_in_any_collection_is_named(world: World) -> None:
    told = closed_month(world)
    store = firestore.Client(project=world.stack.project)
    assert told.keys() == collections() - NOT_PROVEN
    assert verified() == []
    for path in told.values():
        with altered(store, path):
            named = verified()
        assert named == [path]
    assert verified() == []


def collections() -> set[str]:
    """Every collection that the code knows, `*` for the documents above it."""
    known = [one for one in vars(refs).values() if isinstance(one, Collection) and not one.group]
    for name, place in vars(refs).items():
        made = inspect.isfunction(place) and str(inspect.signature(place).return_annotation)
        if made and made.startswith("shared.refs.Collection") and not name.startswith("_"):
            known.append(place("*"))
    return {one.path for one in known}


def closed_month(world: World) -> dict[str, str]:
    """A month under review with something everywhere; one document of each collection."""
    work = played(world)
    client = firestore.Client(project=world.stack.project)
    wanted = {
        "entries": f"assignments/{work}/entries/s1",
        "imported": next(client.collection("imported").stream()).reference.path,
        "audit": next(client.collection("audit").stream()).reference.path,
    }
    return {
        "units": "units/p1",
        "officials": "officials/an",
        "positions": "positions/cv",
        "catalogue": "catalogue/hs",
        "schemes": "schemes/decree-335@1",
        "periods": f"periods/{MONTH}",
        "calendars": "calendars/2026",
        "assignments": f"assignments/{work}",
        "assignments/*/entries": wanted["entries"],
        "appeals": "appeals/don-1",
        "appraisals": f"appraisals/{MONTH}_em",
        "unit_appraisals": f"unit_appraisals/{MONTH}_p1",
        "measurements": f"measurements/{MONTH}_unit_p1",
        "scorecards": f"scorecards/{MONTH}_em",
        "decisions": f"decisions/{MONTH}_em",
        "proposals": "proposals/hg",
        "imported": wanted["imported"],
        "officials/*/inbox": "officials/an/inbox/answer.don-1",
        "audit": wanted["audit"],
        "results": f"results/{MONTH}",
        "results/*/officials": f"results/{MONTH}/officials/em",
        "results/*/units": f"results/{MONTH}/units/p1",
        "results/*/corrections": f"results/{MONTH}/corrections/an_2",
        "results/*/sources": f"results/{MONTH}/sources/em",
    }


def played(world: World) -> str:
    """From assigning to deciding; returns work of `em`."""
    quyen = an_official("Quyền", "so", roles=["official", "authority"])
    refs_of = [(refs.officials("quyen"), quyen)]
    seed(world.stack.wiring.store, world.stack.clock.now(), refs_of)
    assert ask_holidays(world, "tu", HOLIDAYS).ok
    late = world.assigned("an", due=DUE.isoformat())
    world.stack.clock.advance(DUE + timedelta(days=1))
    world.deliver("an", late)
    work = world.assigned("em", due="2026-10-30T10:00:00+00:00")
    world.deliver("em", work)
    for head, official in (("binh", "an"), ("dung", "em")):
        assert world.appraise(head, official, points=1000).ok
    unplanned = {"period": MONTH, "official": "an", "unit": "p1", "title": "Hòa giải lần 2"}
    assert world.as_("an").write("proposals/hg", unplanned, times=["at"]).ok
    ask(world, "binh", "assign", action="decline_proposal", proposal="hg", reason="trùng việc")
    row = {"kind": "unit", "subject": "p1", "component": "satisfaction"}
    rows = [{**row, "value": 9000, "source": "khảo sát"}]
    given = {"period": MONTH, "reason": "khảo sát tháng 10"}
    ask(world, "tu", "catalogue", action="measure", rows=rows, **given)
    scores = dict.fromkeys(("order", "conduct", "reform"), 900)
    ask(world, "giam-doc", "catalogue", action="appraise_unit", unit="p1", scores=scores, **given)
    imported(world)
    world.close()
    petition(world, "an", "don-1", assignment=late)
    assert answer(world, "don-1", waive(world)).ok
    assert decide(world, choice("em", "good", "theo tỷ lệ"), unit="so").ok
    world.stack.drain(30)
    return work


def ask(world: World, by: str, function: str, **body: Any) -> None:
    told = world.as_(by).post(function, body, key=new_key())
    assert told.ok, told.text


def verified() -> list[str]:
    """The paths that the command names."""
    result = CliRunner().invoke(app, ["verify", MONTH])
    *named, summary = result.stdout.splitlines()
    assert summary.startswith(f"{MONTH}: "), result.output
    assert result.exit_code == (1 if named else 0)
    return [line.partition(": ")[0] for line in named]


@contextmanager
def altered(store: firestore.Client, path: str) -> Iterator[None]:
    """One digit behind the server's back, and put right afterwards."""
    document = store.document(path)
    kept = document.get().to_dict()
    fields = deepcopy(kept)
    assert fields is not None
    flipped(fields)
    document.set(fields)
    try:
        yield
    finally:
        document.set(kept or {})


def flipped(fields: dict[str, Any]) -> None:
    """Alter one digit, or a letter of a document without any."""
    places = list(leaves(fields))
    held, key = max(places, key=lambda place: preferred(place[0][place[1]]))
    value = held[key]
    if isinstance(value, int):
        held[key] = value + 1
    elif isinstance(value, datetime):
        held[key] = value + timedelta(seconds=1)
    else:
        held[key] = sub(r"[0-9]", lambda one: str((int(one[0]) + 1) % 10), value, count=1)
        held[key] += "i" if held[key] == value else ""


def leaves(value: Any) -> Iterator[tuple[Any, Any]]:
    """Where each value stands, but for digests: they are not what a document says."""
    for key, one in sorted(value.items()) if isinstance(value, dict) else enumerate(value):
        if isinstance(one, dict | list):
            yield from leaves(one)
        elif key != "digest" and one is not None and not isinstance(one, bool):
            yield value, key


def preferred(value: Any) -> int:
    """What a score is made of first, then other digits."""
    return 2 * isinstance(value, int) + any(one.isdecimal() for one in str(value))
