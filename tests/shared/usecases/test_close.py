"""Closing: nothing lost, harmless when repeated, killed or late; verify finds what was altered."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.local.stack import Stack
from shared import refs
from shared.errors import NotYetError
from shared.models.base import Document
from shared.models.entry import Assigned
from shared.models.official import Official, Posting
from shared.models.period import State
from shared.models.result import Result
from shared.models.unit import Unit
from shared.ports import Write, patch, put
from shared.refs import Ref
from shared.scoring.digest import canonical
from shared.scoring.result import total_period
from shared.usecases.close import CloseTask, CompileTask, close, close_overdue, finalize
from shared.usecases.compile_unit import compile_unit
from shared.usecases.keyed import Keyed
from shared.usecases.recorded import Change, recorded
from shared.usecases.rescore import rescore
from shared.usecases.verify import verify
from tests.builders import a_period
from tests.dying import DyingStore
from tests.office import Office
from tests.province import Tasks, a_place
from tests.world import AFTER_CLOSE, BEGIN, MONTH, World, new_key

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def busy(world: World) -> World:
    """Work of every kind, not yet closed."""
    for official in ("an", "em"):
        world.deliver(official, world.assigned(official))
        world.appraise({"an": "binh", "em": "dung"}[official], official)
    returned = world.assigned("chi", quantity=2)
    world.append("chi", returned, "s1", kind="submission", quantity=1)
    world.append(
        "binh", returned, "r1", kind="returned", submission="s1", faults=1, reason="thiếu căn cứ"
    )
    world.append("chi", returned, "s2", kind="submission", quantity=1)
    world.append("binh", returned, "a1", kind="accepted", submission="s2")
    return world


def test_the_close_compiles_everybody_without_drift(busy: World) -> None:
    busy.close()
    total = busy.stack.wiring.store.get(refs.results(MONTH))
    assert total is not None
    assert (total.units, total.officials, total.drift) == (3, 8, 0)
    assert (total.assignments, total.entries) == (3, 11)
    assert total.ratings == {"excellent": 2}
    assert (total.not_assessed, total.insufficient_data) == (1, 5)


def test_every_step_may_run_again_also_late(busy: World) -> None:
    busy.close()
    before = everything(busy.stack)
    for _ in range(2):
        close(busy.stack.wiring, CloseTask(period=MONTH))
        for unit in ("so", "p1", "p2"):
            compiled = compile_unit(
                busy.stack.wiring, busy.stack.wiring.schemes, CompileTask(period=MONTH, unit=unit)
            )
            assert compiled is None
        finalize(busy.stack.wiring, CloseTask(period=MONTH))
    busy.stack.drain(30)
    assert everything(busy.stack) == before


def test_a_late_finalize_does_not_reopen_a_confirmed_period(busy: World) -> None:
    busy.close()
    ref = refs.periods(MONTH)
    busy.stack.wiring.store.commit([patch(ref, {("state",): "final"})])
    finalize(busy.stack.wiring, CloseTask(period=MONTH))
    period = busy.stack.wiring.store.get(ref)
    assert period is not None
    assert period.state == "final"


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("fatal", [f"results/{MONTH}/officials/an", f"results/{MONTH}/units/p1"])
def test_a_compile_killed_midway_is_repeated_to_the_same_bytes(
    busy: World, fatal: str, *, after: bool
) -> None:
    stack = busy.stack
    truth = lock_and_compile(stack, "p1")
    wipe(stack)
    dying = DyingStore(stack.wiring.store, lambda writes: fatal in paths(writes), after)
    stack.wiring.__dict__["store"] = dying
    task = CompileTask(period=MONTH, unit="p1")
    with pytest.raises(ConnectionResetError):
        compile_unit(stack.wiring, stack.wiring.schemes, task)
    compile_unit(stack.wiring, stack.wiring.schemes, task)
    assert dying.deaths == 1
    assert everything(stack) == truth


def test_a_unit_founded_during_the_close_does_not_block_it(busy: World) -> None:
    lock_and_compile(busy.stack, "p1")
    busy.stack.wiring.store.commit([put(refs.units("moi"), Unit(name="Mới", path=["moi"]))])
    del busy.stack.wiring.queue.__dict__["enqueue"]
    close(busy.stack.wiring, CloseTask(period=MONTH))
    busy.stack.drain(60)
    period = busy.stack.wiring.store.get(refs.periods(MONTH))
    assert period is not None
    assert period.state == "review"


def test_totals_wait_for_every_unit(busy: World) -> None:
    lock_and_compile(busy.stack, "p1")
    with pytest.raises(NotYetError, match="2 units to compile"):
        finalize(busy.stack.wiring, CloseTask(period=MONTH))


def test_a_scorecard_that_drifted_is_counted_and_mended(busy: World) -> None:
    busy.stack.drain(30)
    ref = refs.scorecard(MONTH, "an")
    busy.stack.wiring.store.commit([patch(ref, {("total",): 9999})])
    busy.close()
    total = busy.stack.wiring.store.get(refs.results(MONTH))
    card = busy.stack.wiring.store.get(ref)
    assert total is not None
    assert card is not None
    assert (total.drift, card.total) == (1, 9700)


def test_a_state_that_drifted_is_mended_so_that_a_late_event_changes_nothing(busy: World) -> None:
    [work] = [
        one.ref.id
        for one in busy.stack.wiring.store.find(refs.assignments)
        if one.value.official == "an"
    ]
    busy.stack.drain(30)
    ref = refs.assignments(work)
    busy.stack.wiring.store.commit([patch(ref, {("folded", "submissions"): {}})])
    busy.close()
    before = everything(busy.stack)
    late = busy.stack.wiring.store.get(refs.entries(work)("ok-s1"))
    assert late is not None
    rescore(busy.stack.wiring.store, busy.stack.wiring.schemes, work, "ok-s1", late)
    assert everything(busy.stack) == before
    assert result_of(busy, "an").scorecard.total == 9700


def test_a_state_that_cannot_be_read_is_mended_too(busy: World) -> None:
    ref = refs.assignments(busy.assigned("an"))
    busy.stack.drain(30)
    busy.stack.wiring.store.commit([patch(ref, {("folded",): "none"})])
    busy.close()
    assert result_of(busy, "an").refused == []
    assert busy.stack.wiring.store.get(ref) is not None


def test_who_was_given_no_work_is_seen_by_the_own_head(busy: World) -> None:
    busy.close()
    assert result_of(busy, "binh").scorecard.path == ["p1", "so"]
    assert result_of(busy, "an").scorecard.path == ["p1", "so"]
    assert drift_and_findings(busy) == (0, [])


@pytest.mark.parametrize("name", [f"{MONTH}_an_x", MONTH, "x"])
def test_an_event_about_a_document_with_no_proper_id_never_comes_again(
    world: World, name: str
) -> None:
    world.stack.wiring.store.commit(
        [
            patchless(refs.appraisals(name), period=MONTH),
            patchless(refs.entries(name)("e1"), **Assigned(by="x", at=BEGIN).fields()),
        ]
    )
    world.stack.drain(30)
    assert world.stack.gateway.stats.retried == 0


def test_work_follows_a_person_who_moved_within_the_period(busy: World) -> None:
    move("an", busy, to="p2")
    busy.close()
    result = busy.stack.wiring.store.get(refs.official_results(MONTH)("an"))
    assert result is not None
    assert (result.unit, result.scorecard.work.done) == ("p2", 1)


def test_work_from_before_a_correction_of_postings_counts(busy: World) -> None:
    """They were in p2 all the time: nothing else says so but the postings."""
    post("an", busy, Posting(unit="p2", start=BEGIN))
    busy.close()
    result = result_of(busy, "an")
    assert (result.unit, result.scorecard.work.done, result.assignments) == ("p2", 1, 1)
    assert drift_and_findings(busy) == (0, [])


def test_work_of_somebody_who_served_nowhere_is_compiled_where_it_is(busy: World) -> None:
    post("an", busy, Posting(unit="p1", start=LONG_AGO, end=BEGIN - timedelta(days=1)))
    busy.close()
    result = result_of(busy, "an")
    assert (result.unit, result.name, result.scorecard.total) == ("p1", "An", 9700)
    assert drift_and_findings(busy) == (0, [])


def test_work_in_two_units_of_somebody_who_served_nowhere_is_one_result(busy: World) -> None:
    post("an", busy, Posting(unit="p2", start=BEGIN))
    second = busy.assigned("an", by="dung")
    assert second.startswith(f"{MONTH}_p2_")
    post("an", busy, Posting(unit="p2", start=LONG_AGO, end=BEGIN - timedelta(days=1)))
    busy.close()
    result = result_of(busy, "an")
    assert (result.unit, result.assignments) == ("p1", 2)
    assert drift_and_findings(busy) == (0, [])


@pytest.mark.parametrize("gone", [True, False])
def test_work_of_somebody_whose_record_is_gone_or_unreadable_counts(
    busy: World, *, gone: bool
) -> None:
    ref = refs.officials("an")
    busy.stack.drain(30)
    if gone:
        busy.stack.wiring.store.__dict__["_client"].document(ref.path).delete()
    else:
        busy.stack.wiring.store.commit([patch(ref, {("name",): 7})])
    busy.close()
    result = result_of(busy, "an")
    assert (result.unit, result.name, result.scorecard.total) == ("p1", "an", 9700)
    assert [refused.path for refused in result.refused] == [ref.path]
    assert drift_and_findings(busy) == (0, [ref.path])


def test_an_assignment_that_cannot_be_read_stops_nobody_else(busy: World) -> None:
    bad = refs.assignments(busy.assigned("an"))
    busy.stack.drain(30)
    busy.stack.wiring.store.commit([patch(bad, {("k",): "heavy"})])
    busy.close()
    result = result_of(busy, "an")
    assert (result.assignments, result.scorecard.total) == (2, 9700)
    assert [refused.path for refused in result.refused] == [bad.path]
    assert result_of(busy, "em").scorecard.total == 9700
    assert drift_and_findings(busy) == (1, [bad.path])


def test_work_that_no_result_rests_on_is_never_published_over(
    busy: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody knew of it before its event came: then everything is compiled again."""
    lost = refs.assignments(refs.assignment_id(MONTH, "p9", "em", "w"))
    assignment = busy.stack.wiring.store.get(refs.assignments(busy.assigned("em")))
    assert assignment is not None
    moved = assignment.model_copy(update={"unit": "p9"})
    busy.stack.drain(30)
    busy.stack.wiring.store.commit([put(lost, moved)])
    lock_and_compile(busy.stack, "p1")
    for unit in ("p2", "so"):
        compile_unit(
            busy.stack.wiring, busy.stack.wiring.schemes, CompileTask(period=MONTH, unit=unit)
        )
    with pytest.raises(NotYetError, match=lost.id):
        finalize(busy.stack.wiring, CloseTask(period=MONTH))
    assert lost.id in caplog.text
    assert busy.stack.wiring.store.get(refs.results(MONTH)) is None
    del busy.stack.wiring.queue.__dict__["enqueue"]
    entry = refs.entries(lost.id)("assigned")
    busy.stack.wiring.store.commit([put(entry, Assigned(by="dung", at=BEGIN))])
    busy.stack.drain(30)
    close(busy.stack.wiring, CloseTask(period=MONTH))
    busy.stack.drain(60)
    assert result_of(busy, "em").assignments == 3
    assert drift_and_findings(busy) == (0, [lost.path])


def test_verify_names_work_that_no_result_rests_on(busy: World) -> None:
    busy.close()
    lost = refs.assignments(refs.assignment_id(MONTH, "p9", "em", "w"))
    busy.stack.wiring.store.commit([patchless(lost, official="em")])
    found = verify(busy.stack.wiring.store, busy.stack.wiring.schemes, MONTH)
    assert [finding.path for finding in found.findings] == [lost.path]


def test_an_entry_that_is_no_fact_is_named_in_the_result(busy: World) -> None:
    assignment = busy.assigned("an")
    bad = refs.entries(assignment)("bad")
    busy.stack.wiring.store.commit([patchless(bad, kind="progress", percent=500)])
    busy.close()
    result = busy.stack.wiring.store.get(refs.official_results(MONTH)("an"))
    assert result is not None
    assert [refused.path for refused in result.refused] == [bad.path]


def test_an_appraisal_that_cannot_be_read_stops_nobody_else(busy: World) -> None:
    bad = refs.appraisal(MONTH, "chi")
    busy.stack.wiring.store.commit([patchless(bad, by_head={"scores": {"x": "boom"}})])
    busy.close()
    store = busy.stack.wiring.store
    own, other = (store.get(refs.official_results(MONTH)(uid)) for uid in ("chi", "an"))
    assert own is not None
    assert other is not None
    assert [refused.path for refused in own.refused] == [bad.path]
    assert (own.scorecard.standing, other.scorecard.total) == ("not_assessed", 9700)


def test_an_entry_with_an_impossible_id_is_named_too(busy: World) -> None:
    ref = refs.entries(busy.assigned("an"))("a_b")
    at = BEGIN.replace(day=30)
    busy.stack.wiring.store.commit([patchless(ref, kind="submission", by="an", at=at, quantity=1)])
    busy.close()
    result = busy.stack.wiring.store.get(refs.official_results(MONTH)("an"))
    assert result is not None
    assert [refused.path for refused in result.refused] == [ref.path]


def lock_and_compile(stack: Stack, unit: str) -> list[bytes]:
    """Lock the period with its queue paused, and compile one unit by hand."""
    stack.drain(30)
    stack.wiring.queue.__dict__["enqueue"] = lambda *_, **__: None
    stack.clock.advance(AFTER_CLOSE - timedelta(days=4))
    ref = refs.periods(MONTH)
    period = stack.wiring.store.get(ref)
    assert period is not None
    change(stack, period, ref, period.model_copy(update={"state": "closing"}))
    compile_unit(stack.wiring, stack.wiring.schemes, CompileTask(period=MONTH, unit=unit))
    return everything(stack)


def paths(writes: Sequence[Write]) -> list[str]:
    return [write.ref.path for write in writes]


def wipe(stack: Stack) -> None:
    client = stack.wiring.store.__dict__["_client"]
    for found in list(stack.wiring.store.find(refs.official_results(MONTH))):
        client.document(found.ref.path).delete()
    for unit in list(stack.wiring.store.find(refs.unit_results(MONTH))):
        client.document(unit.ref.path).delete()


def everything(stack: Stack) -> list[bytes]:
    store = stack.wiring.store
    found: list[Any] = [
        *store.find(refs.official_results(MONTH)),
        *store.find(refs.unit_results(MONTH)),
        *store.find(refs.results),
        *store.find(refs.all_sources(MONTH)),
        *store.find(refs.scorecards),
    ]
    return [canonical({one.ref.path: one.fields}) for one in found]


def patchless(ref: Any, **fields: Any) -> Write:
    return Write(ref, "set", {(name,): value for name, value in fields.items()})


def result_of(world: World, uid: str) -> Result:
    result = world.stack.wiring.store.get(refs.official_results(MONTH)(uid))
    assert result is not None
    return result


def drift_and_findings(world: World) -> tuple[int, list[str]]:
    store = world.stack.wiring.store
    total = store.get(refs.results(MONTH))
    assert total is not None
    findings = verify(store, world.stack.wiring.schemes, MONTH).findings
    return total.drift, [finding.path for finding in findings]


def post(uid: str, world: World, posting: Posting) -> None:
    """Replace all postings by this one."""
    store = world.stack.wiring.store
    official = store.get(refs.officials(uid))
    assert official is not None
    changes = {"unit": posting.unit, "postings": [posting], "units": [posting.unit]}
    world.stack.drain(30)
    change(world.stack, official, refs.officials(uid), official.model_copy(update=changes))


def move(uid: str, world: World, to: str) -> None:
    store = world.stack.wiring.store
    official = store.get(refs.officials(uid))
    assert official is not None
    moved = AFTER_CLOSE - timedelta(days=15)
    old = official.postings[0]
    postings = [
        Posting(unit=old.unit, start=old.start, end=moved),
        Posting(unit=to, start=moved),
    ]
    changed: Official = official.model_copy(
        update={"unit": to, "postings": postings, "units": [old.unit, to]}
    )
    change(world.stack, official, refs.officials(uid), changed)


def change(stack: Stack, before: Document, ref: Ref[Any], after: Document) -> None:
    """As a function would, with its record."""
    keyed = Keyed.of("tu", new_key(), after)
    writes = recorded(keyed, BEGIN, [Change(ref, before, after)], action="x", target=ref.path)
    stack.wiring.store.commit(writes)


def test_a_call_a_moment_early_comes_again_and_schedules_nothing() -> None:
    """The queue's clock may be ahead: a name that was used already would end the close there."""
    office = Office().open()
    period = office.store.get(refs.periods(MONTH))
    assert period is not None
    office.at(period.closes_at - timedelta(milliseconds=200))
    with pytest.raises(NotYetError):
        close(office, CloseTask(period=MONTH))
    assert office.store.get(refs.periods(MONTH)) == period


@pytest.mark.parametrize(
    ("state", "late", "asked"),
    [
        ("open", timedelta(hours=2), 1),
        ("closing", timedelta(hours=2), 1),
        ("open", timedelta(minutes=5), 0),
        ("review", timedelta(days=2), 0),
    ],
)
def test_what_should_have_closed_is_asked_for_again(
    state: State, late: timedelta, asked: int
) -> None:
    queue, period = Tasks(), a_period(state=state)
    close_overdue(queue, [period], period.closes_at + late)
    assert queue.calls == [("close", {"period": period.id})] * asked


def test_how_far_scorecards_drifted_changes_no_root() -> None:
    place = a_place()
    place.close()
    period, unit = a_period(), place.total("p1")
    roots = {
        total_period(period, "0" * 64, [unit.model_copy(update={"drift": drift})], None).root
        for drift in (0, 3)
    }
    assert len(roots) == 1
