"""Verifying a closed period: clean as it was made, and each altered document named, no other."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import refs
from shared.models.official import Posting
from shared.ports import create
from shared.usecases.period import Confirm, change_period
from shared.usecases.recorded import Change, seed
from shared.usecases.verify import verify
from tests.builders import DAY, an_appraisal, an_asked, an_official
from tests.closed import Office, closed_by_position, closed_office, decide
from tests.province import a_rated_unit
from tests.world import AFTER_CLOSE, BEGIN, MONTH


@pytest.fixture(scope="module")
def closed() -> Office:
    return closed_office()


def found(office: Office) -> list[str]:
    return [one.path for one in verify(office.store, office.schemes, MONTH).findings]


def test_a_closed_period_is_clean(closed: Office) -> None:
    told: list[str] = []
    result = verify(closed.store, closed.schemes, MONTH, lambda what, _number: told.append(what))
    assert (result.findings, result.erased) == ([], {})
    assert result.checked > len(told) > 30


Flip = Callable[[dict[str, Any]], None]


def at(*path: Any, to: Callable[[Any], Any] | None = None) -> Flip:
    """Change one character or digit of the field at the path."""

    def flip(fields: dict[str, Any]) -> None:
        *parents, name = path
        for parent in parents:
            fields = fields[parent]
        fields[name] = (to or one_off)(fields[name])

    return flip


def one_off(value: Any) -> Any:
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return value[:-1] + ("1" if value[-1] == "0" else "0")
        case datetime():
            return value.replace(microsecond=(value.microsecond + 1) % 10**6)
    raise AssertionError(value)


def assignment(office: Office) -> str:
    return next(
        one.ref.id for one in office.store.find(refs.assignments) if one.value.official == "em"
    )


PLACES: dict[str, tuple[str, Flip]] = {
    "units": ("units/p1", at("name")),
    "officials": ("officials/an", at("name")),
    "an official's roles": ("officials/tu", at("roles", to=lambda roles: [*roles, "auditor"])),
    "positions": ("positions/cv", at("title")),
    "catalogue": ("catalogue/hs", at("k")),
    "schemes": ("schemes/decree-335@1", at("title", "vi")),
    "periods": (f"periods/{MONTH}", at("closes_at")),
    "the state of a period": (f"periods/{MONTH}", at("state", to=lambda _: "open")),
    "assignments": ("assignments/{work}", at("k")),
    "the state of an assignment": (
        "assignments/{work}",
        at("folded", "submissions", to=lambda _: {}),
    ),
    "entries": ("assignments/{work}/entries/s1", at("quantity")),
    "a note": ("assignments/{work}/entries/p1", at("note")),
    "an entry that is none": ("assignments/{work}/entries/s1", at("kind")),
    "appraisals": (f"appraisals/{MONTH}_em", at("by_head", "scores", "conduct")),
    "appeals": ("appeals/kn1", at("reason")),
    "decisions": (f"decisions/{MONTH}_em", at("reason")),
    "measurements": (
        f"measurements/{MONTH}_official_an",
        at("values", "satisfaction", "value"),
    ),
    "proposals": ("proposals/hg", at("title")),
    "scorecards": (f"scorecards/{MONTH}_em", at("total")),
    "officials' results": (f"results/{MONTH}/officials/em", at("scorecard", "total")),
    "a result's digest": (f"results/{MONTH}/officials/em", at("digest")),
    "unit results": (f"results/{MONTH}/units/p1", at("drift")),
    "results of nobody": (f"results/{MONTH}/units/so", at("name")),
    "sources": (f"results/{MONTH}/sources/em", at("papers", "officials/em")),
    "results": (f"results/{MONTH}", at("entries")),
    "imported": ("imported/{case}", at("finished")),
    "inbox": ("officials/an/inbox/one", at("body", "vi")),
    "audit": ("audit/{record}", at("request")),
}


@pytest.mark.parametrize("place", PLACES)
def test_one_altered_character_is_named_and_nothing_else(closed: Office, place: str) -> None:
    path, flip = PLACES[place]
    path = filled(closed, path)
    with altered(closed, path, flip):
        assert found(closed) == [path]


def filled(office: Office, path: str) -> str:
    store = office.store
    return path.format(
        work=assignment(office),
        case=next(store.find(refs.imported)).ref.id,
        record=next(store.find(refs.audit)).ref.id,
    )


@contextmanager
def altered(office: Office, path: str, flip: Flip) -> Iterator[None]:
    """Behind the server's back, and put right afterwards."""
    kept = office.store.documents[path]
    fields = deepcopy(kept[0])
    flip(fields)
    office.store.documents[path] = (fields, 0)
    try:
        yield
    finally:
        office.store.documents[path] = kept


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_of_any_document_any_value_altered_is_named(closed: Office, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(closed.store.documents)))
    places = list(ways(closed.store.documents[path][0]))
    way = data.draw(st.sampled_from(places))
    with altered(closed, path, at(*way)):
        named = found(closed)
    told_of = path.startswith("audit/") and way[-1] == "path"  # then another document has a gap
    assert path in named if told_of else named == [path]


def ways(value: Any) -> Iterator[tuple[Any, ...]]:
    """To each value of a document that one character can be altered of."""
    for key, one in sorted(value.items()) if isinstance(value, dict) else enumerate(value):
        if isinstance(one, dict | list):
            yield from ((key, *rest) for rest in ways(one))
        elif one not in (None, ""):
            yield (key,)


@pytest.mark.parametrize(
    ("name", "unit", "counts"),
    [("an", "p2", False), ("later", None, False), ("nobody", None, True), ("later", "p9", False)],
)
def test_an_appraisal_of_whoever_did_not_serve_there_is_no_alteration(
    closed: Office, name: str, unit: str | None, *, counts: bool
) -> None:
    """Its head was free to write it, and the close passes over it; of nobody it is extra."""
    later = Posting(unit="p1", start=AFTER_CLOSE)
    store, ref = closed.store, refs.appraisal(MONTH, name, unit)
    kept = dict(store.documents)
    newcomer = an_official(postings=[later], unit="p1", units=["p1"])
    seed(store, AFTER_CLOSE, [(refs.officials("later"), newcomer)])
    paper = an_appraisal(period=MONTH, official=name, **({} if unit is None else {"unit": unit}))
    store.commit([create(ref, paper)])
    result = verify(store, closed.schemes, MONTH)
    store.documents = kept
    assert [one.path for one in result.findings] == ([ref.path] if counts else [])
    assert list(result.ignored) == ([] if counts else [ref.path])
    assert all("did not serve" in reason for reason in result.ignored.values())


def test_an_appraisal_out_of_its_place_is_extra(closed: Office) -> None:
    store, ref = closed.store, refs.appraisal(MONTH, "an", "p2")
    kept = dict(store.documents)
    stray = an_appraisal(period=MONTH, official="chi", unit="p2").fields()
    for fields in (stray, {**stray, "official": "an", "period": "2026-09"}, {"period": 1}):
        store.documents = {**kept, ref.path: (fields, 0)}
        assert found(closed) == [ref.path]
    store.documents = kept


GONE = [
    "units/p2",
    "officials/chi",
    "positions/cv",
    "catalogue/da",
    "schemes/decree-335@1",
    "assignments/{work}/entries/p1",
    "assignments/{work}/entries/s1",
    f"appraisals/{MONTH}_em",
    "appeals/kn1",
    f"decisions/{MONTH}_em",
    f"scorecards/{MONTH}_em",
    f"results/{MONTH}/officials/em",
    f"results/{MONTH}/units/p1",
    f"results/{MONTH}/sources/em",
    f"results/{MONTH}",
    "imported/{case}",
]


@pytest.mark.parametrize("path", GONE)
def test_a_missing_document_is_named(closed: Office, path: str) -> None:
    path = filled(closed, path)
    kept = closed.store.documents.pop(path)
    try:
        assert found(closed) == [path]
    finally:
        closed.store.documents[path] = kept


EXTRA = {
    "units/moi": "units/p1",
    "officials/moi": "officials/chi",
    "catalogue/moi": "catalogue/hs",
    f"assignments/{MONTH}_p9_em_w": "assignments/{work}",
    "assignments/{work}/entries/p2": "assignments/{work}/entries/p1",
    f"assignments/{MONTH}_p2_em_none/entries/p1": "assignments/{work}/entries/p1",
    f"assignments/{MONTH}_p9_ai-do_none/entries/p1": "assignments/{work}/entries/p1",
    f"appraisals/{MONTH}_moi": f"appraisals/{MONTH}_em",
    f"decisions/{MONTH}_moi": f"decisions/{MONTH}_em",
    f"measurements/{MONTH}_official_moi": f"measurements/{MONTH}_official_an",
    f"scorecards/{MONTH}_moi": f"scorecards/{MONTH}_em",
    f"results/{MONTH}/officials/moi": f"results/{MONTH}/officials/em",
    f"results/{MONTH}/units/moi": f"results/{MONTH}/units/p1",
    f"results/{MONTH}/sources/moi": f"results/{MONTH}/sources/em",
    "imported/moi": "imported/{case}",
}


@pytest.mark.parametrize("path", EXTRA)
def test_a_document_too_many_is_named(closed: Office, path: str) -> None:
    name = filled(closed, path)
    closed.store.documents[name] = closed.store.documents[filled(closed, EXTRA[path])]
    try:
        assert found(closed) == [name]
    finally:
        del closed.store.documents[name]


@pytest.mark.parametrize("path", [f"decisions/{MONTH}_em", "officials/an", "assignments/{work}"])
def test_of_a_missing_record_the_documents_it_wrote_are_named(closed: Office, path: str) -> None:
    name = filled(closed, path)
    [record] = [
        one
        for one in closed.store.find(refs.audit)
        if name in [change.path for change in one.value.changes]
    ]
    kept = closed.store.documents.pop(record.ref.path)
    try:
        assert set(found(closed)) == {change.path for change in record.value.changes}
    finally:
        closed.store.documents[record.ref.path] = kept


def test_what_is_decided_later_is_no_finding(closed: Office) -> None:
    """A recorded change of a record, and the confirmation of the results."""
    ref = refs.officials("em")
    before = closed.store.get(ref)
    assert before is not None
    decide(closed, Change(ref, before, before.model_copy(update={"name": "Em Mới"})))
    closed.time += timedelta(days=60)
    change_period(closed, closed.caller("tu"), "ok", Confirm(action="confirm", period=MONTH))
    assert found(closed) == []


def test_what_a_position_asks_later_reaches_no_closed_period_and_hides_no_alteration() -> None:
    office = closed_by_position(an_asked(since=BEGIN - DAY, indicators=[]))
    result = f"results/{MONTH}/officials/em"
    assert found(office) == []
    assert "position-criteria" in office.store.documents[result][0]["scorecard"]["nodes"]
    ref = refs.positions("cv")
    before = office.store.get(ref)
    assert before is not None
    asks = [*before.asks, an_asked(since=office.time)]
    later = before.model_copy(update={"title": "Chuyên viên chính", "asks": asks})
    decide(office, Change(ref, before, later))
    assert found(office) == []
    with altered(office, result, at("scorecard", "nodes", "position-criteria", "share")):
        assert found(office) == [result]
    with altered(office, ref.path, at("asks", to=lambda asks: asks[1:])):
        assert found(office) == [ref.path]


@pytest.mark.parametrize(
    ("path", "flip"),
    [
        (
            f"measurements/{MONTH}_unit_p1",
            at("values", "dossiers", "value", to=lambda value: value + 100),
        ),
        (f"unit_appraisals/{MONTH}_p1", at("by_head", "scores", "order", to=lambda _: 0)),
    ],
)
def test_what_follows_for_a_unit_and_its_head_is_not_named(path: str, flip: Flip) -> None:
    """The head's rating hangs on the unit's: without the alteration they are as they were."""
    place = a_rated_unit(0)
    place.close()
    before = {one.path for one in verify(place.store, place.schemes, MONTH).findings}
    fields, version = place.store.documents[path]
    flip(fields)
    place.store.documents[path] = (fields, version)
    after = {one.path for one in verify(place.store, place.schemes, MONTH).findings}
    assert after - before == {path}
