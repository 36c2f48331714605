from collections.abc import Iterable
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.models.assignment import Assignment, Folded
from shared.models.entry import Entry
from shared.scoring.digest import canonical
from shared.scoring.fold import fold, fold_all
from tests.builders import (
    DAY,
    DUE,
    END,
    TICK,
    History,
    a_corrected_return,
    a_moved_deadline,
    a_retraction,
    a_return,
    a_submission,
    an_acceptance,
    an_assignment,
    an_exemption,
    delivered,
    every_entry,
    folded_of,
    some_progress,
)
from tests.strategies import entries, entry_ids, histories


def written(items: Iterable[tuple[str, Entry]]) -> bytes:
    """The folded state as the store's bytes, the order of its keys included."""
    return repr(fold_all(items).fields()).encode()


@given(histories, st.data())
def test_any_order_and_repetition_fold_to_the_same_bytes(
    history: History, data: st.DataObject
) -> None:
    items = list(history.items())
    again = data.draw(st.lists(st.sampled_from(items), max_size=10)) if items else []
    delivered = data.draw(st.permutations(items + again))
    assert written(delivered) == written(items)


@given(histories, histories)
def test_folding_one_by_one_is_folding_all(first: History, then: History) -> None:
    then = {**then, **first}
    folded = folded_of(first)
    for entry_id, entry in then.items():
        folded = fold(folded, entry_id, entry)
    assert canonical(folded.fields()) == canonical(folded_of(then).fields())


@given(histories, entry_ids, entries)
def test_an_entry_that_was_folded_already_gives_the_very_same_object(
    history: History, entry_id: str, entry: Entry
) -> None:
    folded = fold(folded_of({**history, entry_id: entry}), entry_id, entry)
    assert fold(folded, entry_id, entry) is folded


@given(histories)
def test_a_folded_state_is_valid_and_survives_the_store(history: History) -> None:
    folded = folded_of(history)
    assert Folded.model_validate(folded.fields()) == folded


@given(histories)
def test_folding_on_after_reading_back_is_folding_without_the_store(history: History) -> None:
    folded = Folded()
    for entry_id, entry in history.items():
        folded = fold(Folded.model_validate(folded.fields()), entry_id, entry)
    assert folded == folded_of(history)


@given(histories, entry_ids, entries)
def test_folding_leaves_the_old_state_as_it_was(
    history: History, entry_id: str, entry: Entry
) -> None:
    old = folded_of(history)
    before = canonical(old.fields())
    fold(old, entry_id, entry)
    assert canonical(old.fields()) == before


def test_nothing_folds_to_nothing() -> None:
    assert fold_all([]) == Folded()


@pytest.mark.parametrize("kind", ["assigned", "exemption_requested"])
def test_some_kinds_leave_no_trace(kind: str) -> None:
    assert folded_of({"e1": every_entry()[kind]}) == Folded()


@pytest.mark.parametrize("kind", sorted(every_entry().keys() - {"assigned", "exemption_requested"}))
def test_every_other_kind_leaves_one(kind: str) -> None:
    assert folded_of({"e1": every_entry()[kind]}) != Folded()


def test_a_note_without_a_percentage_leaves_the_last_percentage() -> None:
    history = {"p1": some_progress(percent=40), "p2": some_progress(percent=None, note="x", at=DUE)}
    progress = folded_of(history).progress
    assert progress is not None
    assert progress.percent == 40


def test_the_later_verdict_stands_whichever_comes_first() -> None:
    verdicts: list[tuple[str, Entry]] = [
        ("v1", a_return(submission="s1", at=DUE)),
        ("v2", an_acceptance(submission="s1", at=DUE + TICK)),
        ("v3", a_return(submission="s1", at=DUE + 2 * TICK)),
    ]
    outcomes = {fold_all(order).verdicts["s1"].accepted for order in permutations(verdicts)}
    assert outcomes == {False}


@pytest.mark.parametrize("ids", ["ab", "ba"])
def test_of_two_verdicts_at_the_same_moment_the_refusal_stands_whatever_their_ids(ids: str) -> None:
    verdicts: list[tuple[str, Entry]] = [
        (ids[0], a_return(submission="s1", at=DUE)),
        (ids[1], an_acceptance(submission="s1", at=DUE)),
    ]
    assert not any(fold_all(order).verdicts["s1"].accepted for order in permutations(verdicts))


def test_a_return_that_names_no_submission_judges_none() -> None:
    folded = folded_of({"s1": a_submission(), "ok": an_acceptance(), "r1": a_return(at=DUE + DAY)})
    assert folded.verdicts["s1"].accepted
    assert folded.faults["r1"].submission is None


def test_a_verdict_may_come_before_its_submission() -> None:
    early = fold_all([("ok", an_acceptance()), ("s1", a_submission())])
    assert early == folded_of({"s1": a_submission(), "ok": an_acceptance()})


def test_the_last_move_of_the_deadline_is_what_to_work_towards() -> None:
    moves = {
        "m2": a_moved_deadline(at=DUE - DAY, due=DUE + 3 * DAY),
        "m1": a_moved_deadline(at=DUE, due=DUE + DAY),
    }
    assert an_assignment(moves).due_now == DUE + DAY
    assert an_assignment().due_now == DUE


def test_the_last_correction_of_a_failed_check_stands() -> None:
    history: dict[str, Entry] = {
        "r1": a_return(),
        "c1": a_corrected_return(faults=0, at=DUE),
        "c2": a_corrected_return(faults=1, at=DUE + TICK),
    }
    assert folded_of(history).corrections["r1"].units == 1


def test_a_second_decision_on_a_request_replaces_the_first() -> None:
    decisions = {
        "d1": an_exemption(lates_waived=3, at=DUE),
        "d2": an_exemption(lates_waived=0, at=DUE + DAY),
    }
    assert folded_of(decisions).waivers["x1"].lates == 0


def test_a_delivery_taken_back_counts_no_more_and_as_no_fault() -> None:
    history = delivered() | {"u1": a_retraction(at=END + TICK)}
    folded = folded_of(history)
    assert (folded.verdicts["s1"].accepted, folded.faults) == (False, {})
    again = history | {"ok9": an_acceptance(at=END + 2 * TICK)}
    assert folded_of(again).verdicts["s1"].accepted


def test_a_state_cannot_be_changed_in_place() -> None:
    assignment: Assignment = an_assignment()
    with pytest.raises(ValueError, match="frozen"):
        assignment.folded.progress = None  # type: ignore[misc]  # frozen: that is the point
