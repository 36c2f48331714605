"""Bring scorecards up to date with what is known besides the work.

That is people's records, appraisals and measurements.

These documents are read, not written, so a commit cannot insist that they are as
they were read. Instead all is read again after each commit, until nothing differs:
whoever commits last has seen what stands, and whatever changes after that has an
event of its own.
"""

from dataclasses import dataclass

from shared import refs
from shared.errors import refuse
from shared.models.official import Official
from shared.models.period import Period
from shared.models.scorecard import Scorecard
from shared.ports import Pause, Store, Stored, Where
from shared.scoring.scorecard import score
from shared.usecases.context import Context, context, known_from, makes_card, sources_of
from shared.usecases.rescore import at_once, card_writes, parts, retry
from shared.usecases.schemes import Schemes

CHANGING = ("open", "closing")
"""The states in which a scorecard is live: an event may come after the lock."""


@dataclass(frozen=True)
class _Seen:
    """A person's scorecard and what it follows from, as they stand."""

    period: Period
    card: Stored[Scorecard] | None
    context: Context


def reassess_appraised(
    store: Store, schemes: Schemes, appraisal_id: str, pause: Pause = at_once
) -> None:
    """An appraisal was written, by the head of the person's unit or of another of the period."""
    period_id, uid, *_ = parts(appraisal_id, 2 + (appraisal_id.count("_") > 1), "appraisal")
    _reassess(store, schemes, period_id, uid, pause)


def reassess_measured(
    store: Store, schemes: Schemes, measurement_id: str, pause: Pause = at_once
) -> None:
    """Something was measured of a person; units have no live scorecard."""
    period_id, kind, subject = parts(measurement_id, 3, "measurement")
    if kind == "official":
        _reassess(store, schemes, period_id, subject, pause)


def reassess_record(store: Store, schemes: Schemes, uid: str, pause: Pause = at_once) -> None:
    """A person's record changed: every scorecard that is still live."""
    for state in CHANGING:
        for found in store.find(refs.periods, where=Where("state", "==", state)):
            _reassess(store, schemes, found.ref.id, uid, pause)


def reassess_card(store: Store, schemes: Schemes, card_id: str, pause: Pause = at_once) -> None:
    """A scorecard was made, by the first entry of somebody's work, which reads nothing else."""
    period_id, uid = parts(card_id, 2, "scorecard")
    _reassess(store, schemes, period_id, uid, pause)


def _reassess(store: Store, schemes: Schemes, period_id: str, uid: str, pause: Pause) -> None:
    while retry(lambda: _changed(store, schemes, period_id, uid), pause):
        pass


def _changed(store: Store, schemes: Schemes, period_id: str, uid: str) -> bool:
    """Whether the scorecard had to be brought up to date."""
    seen = _read(store, schemes, period_id, uid)
    card = None if seen.card is None else seen.card.value
    capacity, assessments = seen.context
    rescored = score(
        period=period_id,
        official=uid,
        scheme=schemes.get(seen.period.scheme),
        path=[] if card is None else card.path,
        contributions={} if card is None else card.contributions,
        assessments=assessments,
        capacity=capacity,
    )
    if card is None and not makes_card(rescored.assessments):
        return False
    writes = card_writes(seen.card, rescored)
    if writes:
        store.commit(writes)
    return bool(writes)


def _read(store: Store, schemes: Schemes, period_id: str, uid: str) -> _Seen:
    period: Stored[Period] | None
    card: Stored[Scorecard] | None
    record: Stored[Official] | None
    # The scorecard first and its context after it: what is committed insists on the former.
    card, period, record = store.get_all(
        [refs.scorecard(period_id, uid), refs.periods(period_id), refs.officials(uid)]
    )
    if period is None:
        raise refuse("missing", "period", f"{period_id} does not exist", "không tồn tại")
    official = None if record is None else record.value
    scheme = schemes.get(period.value.scheme)
    sources = store.get_all(sources_of(official, uid, period.value, scheme))
    found = [None if one is None else one.value for one in sources]
    known = known_from(official, period.value, scheme, found)
    return _Seen(period.value, card, context(period.value, scheme, known))
