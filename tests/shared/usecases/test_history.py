"""Scores that others took the place of leave a trace, whatever becomes of their events."""

import itertools
from collections.abc import Sequence
from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from shared import refs
from shared.models.appraisal import Appraisal, Scoring
from shared.models.scheme import Component
from shared.scoring.digest import seal
from shared.usecases.history import record_change, told
from shared.usecases.ledger import Ledger
from tests.builders import OFFICIAL, PERIOD, START, TICK, a_period, a_scheme, an_appraisal
from tests.memory import MemoryStore

NAME = f"{PERIOD}_{OFFICIAL}"
HEADS = st.sampled_from(["binh", "giam-doc", "hoa"])


def scored(by: str, at: timedelta, points: int, note: str = "rõ") -> Scoring:
    return Scoring(by=by, at=START + at, scores={"conduct": points}, note=note)


def versions(heads: Sequence[tuple[str, int]]) -> list[Appraisal]:
    """One after the other, each by somebody at a time of its own."""
    return [
        an_appraisal(by_head=scored(by, number * TICK, points).model_dump())
        for number, (by, points) in enumerate(heads)
    ]


def root() -> Component:
    return a_scheme().root("official")


@given(st.lists(st.tuples(HEADS, st.integers(0, 1000)), min_size=1, max_size=6), st.randoms())
def test_every_change_is_recorded_once_in_any_order_and_repetition(
    heads: list[tuple[str, int]], random: Random
) -> None:
    history = versions(heads)
    events = [(None, history[0]), *itertools.pairwise(history)] * 2
    random.shuffle(events)
    store = MemoryStore()
    for before, after in events:
        record_change(store, NAME, before.fields() if before else None, after.fields())
    changed = [b for a, b in itertools.pairwise(heads) if a != b]
    records = [one.value for one in store.find(refs.audit)]
    assert sorted(one.by for one in records) == sorted(by for by, _ in changed)
    assert all(seal(one.fields()) == one.digest for one in records)
    assert len(told(store, a_period(), OFFICIAL, ["ubnd-a"], root())) == len(changed)


def test_who_and_what_is_told_in_both_languages() -> None:
    store = MemoryStore()
    first, second = versions([("binh", 900), ("hoa", 450)])
    record_change(store, NAME, first.fields(), second.fields())
    [line] = told(store, a_period(), OFFICIAL, [], root())
    assert "hoa" in line.vi
    assert "9.00 → 4.50" in line.vi
    assert "9.00 → 4.50" in line.en
    words = an_appraisal(by_head=scored("hoa", 5 * TICK, 450, "xem lại").model_dump())
    record_change(store, NAME, second.fields(), words.fields())
    assert told(store, a_period(), OFFICIAL, [], root())[1].en.endswith("Only the words with it")


def test_the_day_of_a_change_is_that_of_the_clocks_there() -> None:
    store, late = MemoryStore(), timedelta(hours=20)
    first, second = (
        an_appraisal(by_head=scored(by, late, 900).model_dump()) for by in ("binh", "hoa")
    )
    record_change(store, NAME, first.fields(), second.fields())
    [line] = told(store, a_period(), OFFICIAL, [], root())
    assert line.vi.startswith("Ngày 02/10/2026, hoa")
    assert line.en.startswith("On 02/10/2026, hoa")


def test_the_own_part_leaves_one_too_and_first_scores_none() -> None:
    store = MemoryStore()
    first = an_appraisal(by_head=None, by_self=scored("an", TICK, 900).model_dump())
    both = first.model_copy(update={"by_head": scored("binh", 2 * TICK, 800)})
    other = both.model_copy(update={"by_self": scored("an", 3 * TICK, 950)})
    for before, after in ((None, first), (first, both), (both, both)):
        record_change(store, NAME, before.fields() if before else None, after.fields())
    record_change(store, NAME, both.fields(), None)
    assert list(store.find(refs.audit)) == []
    record_change(store, NAME, both.fields(), other.fields())
    [record] = [one.value for one in store.find(refs.audit)]
    assert (record.by, record.target) == ("an", refs.appraisals(NAME).path)
    assert [one.path for one in record.changes] == [f"appraisals/{NAME}/by_self"]


def test_the_trace_says_nothing_of_what_the_document_must_be() -> None:
    """Verification takes it for no decision about the appraisal."""
    store = MemoryStore()
    first, second = versions([("binh", 900), ("hoa", 450)])
    record_change(store, NAME, first.fields(), second.fields())
    ledger = Ledger(lambda _: True)
    ledger.read(store)
    path = refs.appraisals(NAME).path
    assert ledger.broken == {}
    assert path not in ledger.paths()
    assert not ledger.explains(path, None, "0" * 64)
