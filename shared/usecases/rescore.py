"""Rescore on change: one entry, its person's scorecard, at a bounded cost.

An entry costs two document reads and at most two writes, however long the
history; the scheme is a third read, once per process, since versions never
change. Both writes go in one optimistic commit, so that concurrent events
neither wait for one another nor overwrite one another. What a scorecard knows
besides the work is left as it is: see reassess.
"""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import Any, TypeVar

from shared import refs
from shared.errors import ConflictError, refuse
from shared.models.assignment import Assignment, Folded
from shared.models.entry import Entry
from shared.models.scheme import Scheme
from shared.models.scorecard import Contribution, Scorecard
from shared.ports import Fields, Pause, Store, Stored, Write, create, patch
from shared.scoring.contribution import contribute
from shared.scoring.fold import fold
from shared.scoring.scorecard import OFFICIAL, score
from shared.usecases.room import require_held
from shared.usecases.schemes import Schemes

T = TypeVar("T")
GROWING = frozenset(Folded.model_fields) - {"progress"}
"""The sets of `Folded`, by entry id."""
ATTEMPTS = 10
"""Optimistic tries in one delivery; then the platform delivers again, later."""


def at_once(attempt: int) -> None:
    """No pause, for callers that contend with nobody."""


def rescore(
    store: Store,
    schemes: Schemes,
    assignment_id: str,
    entry_id: str,
    entry: Entry,
    pause: Pause = at_once,
) -> None:
    """Fold one entry in and bring its person's scorecard up to date.

    Raises ConflictError when others kept writing: the event must be retried.
    """
    retry(lambda: _rescore(store, schemes, assignment_id, entry_id, entry), pause)


def _rescore(
    store: Store, schemes: Schemes, assignment_id: str, entry_id: str, entry: Entry
) -> None:
    period, _, official, _ = parts(assignment_id, 4, "assignment")
    assignment_ref = refs.assignments(assignment_id)
    card_ref = refs.scorecard(period, official)
    stored: Stored[Assignment] | None
    card: Stored[Scorecard] | None
    stored, card = store.get_all([assignment_ref, card_ref])
    if stored is None:
        raise refuse("missing", "assignment", f"{assignment_id} does not exist", "không tồn tại")
    folded = require_held(fold(stored.value.folded, entry_id, entry))
    assignment = stored.value.model_copy(update={"folded": folded})
    scheme = schemes.get(assignment.scheme)
    contribution = contribute(assignment, scheme)
    writes = _folded_write(stored, folded, assignment_id)
    writes += card_writes(
        card,
        _with_contribution(card, assignment, assignment_id, contribution, scheme),
    )
    if writes:
        store.commit(writes)


def parts(document_id: str, number: int, field: str) -> list[str]:
    """The parts of an id; one of another form is nobody's, now and for ever."""
    found = document_id.split("_")
    if len(found) != number:
        raise refuse("invalid", field, f"{document_id} is no {field}'s id", "mã không hợp lệ")
    return found


def _folded_write(stored: Stored[Assignment], folded: Folded, assignment_id: str) -> list[Write]:
    """Only what the entry adds: the write stays as small as it, however long the history."""
    if folded == stored.value.folded:
        return []
    changed = _changes(stored.value.folded.fields(), folded.fields(), GROWING)
    below = {("folded", *path): value for path, value in changed.items()}
    return [patch(refs.assignments(assignment_id), below, stored.version)]


def _with_contribution(
    card: Stored[Scorecard] | None,
    assignment: Assignment,
    assignment_id: str,
    contribution: Contribution,
    scheme: Scheme,
) -> Scorecard:
    others = {} if card is None else card.value.contributions
    return score(
        period=assignment.period,
        official=assignment.official,
        scheme=scheme,
        path=[*assignment.path, *(() if card is None else card.value.path)],
        contributions={**others, assignment_id: contribution},
        assessments={} if card is None else card.value.assessments,
        capacity=OFFICIAL if card is None else card.value.capacity,
    )


def card_writes(old: Stored[Scorecard] | None, new: Scorecard) -> list[Write]:
    """The write that brings the scorecard from `old` to `new`: only the fields that differ."""
    ref = refs.scorecard(new.period, new.official)
    if old is None:
        return [create(ref, new)]
    changed = _changes(old.value.fields(), new.fields(), {"contributions"})
    return [patch(ref, changed, old.version)] if changed else []


def _changes(before: dict[str, Any], after: dict[str, Any], growing: AbstractSet[str]) -> Fields:
    """The fields that differ; of the `growing` maps, which lose nothing, the keys that do."""
    changed: Fields = {
        (name,): after.get(name)
        for name in before.keys() | after.keys()
        if name not in growing and before.get(name) != after.get(name)
    }
    for name in growing:
        changed |= {
            (name, key): value
            for key, value in after[name].items()
            if before[name].get(key) != value
        }
    return changed


def retry(work: Callable[[], T], pause: Pause) -> T:
    for attempt in range(1, ATTEMPTS):
        try:
            return work()
        except ConflictError:
            pause(attempt)
    return work()
