"""Score facts given as data, without a store: for what-if questions and reproductions."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from shared.errors import refuse
from shared.models.assignment import Assignment
from shared.models.base import Coefficient, Id, Line, Part, PeriodId, Points, Quantity, Time
from shared.models.entry import Entry, EntryId
from shared.models.scheme import Scheme
from shared.models.scorecard import Scorecard
from shared.scoring.contribution import contribute
from shared.scoring.fold import fold_all
from shared.scoring.scorecard import score
from shared.usecases.calendar import bounds
from shared.usecases.schemes import SHIPPED, shipped


class Work(Part):
    """One assignment: its terms, and its entries by id."""

    product: Id = "product"
    title: Line = "work"
    k: Coefficient = 1000
    quantity: Quantity = 1
    due: Time
    entries: dict[EntryId, Entry] = {}


class Appraised(Part):
    """The head's scores by criterion, in hundredths of a point."""

    by_head: dict[Id, Points]


class Facts(Part):
    """What `roviec score` reads: see docs/facts.md.

    `scheme` names a shipped scheme or is one; `period` is a month, quarter or
    year in `time_zone`; without `appraisal` the head has not scored.
    """

    scheme: str | Scheme = "decree-335@1"
    period: PeriodId
    time_zone: Line = "Asia/Ho_Chi_Minh"
    official: Id = "official"
    unit: Id = "unit"
    assignments: Annotated[dict[Id, Work], Field(max_length=1000)] = {}
    appraisal: Appraised | None = None


def score_facts(facts: Facts) -> tuple[Scorecard, Scheme]:
    """The scorecard that the facts give, and the scheme it was scored under."""
    scheme = _scheme(facts.scheme)
    start, end = bounds(facts.period, facts.time_zone)
    contributions = {
        f"{facts.period}_{facts.unit}_{facts.official}_{name}": contribute(
            _assignment(facts, work, scheme, start, end), scheme
        )
        for name, work in facts.assignments.items()
    }
    card = score(
        period=facts.period,
        official=facts.official,
        scheme=scheme,
        path=[facts.unit],
        contributions=contributions,
        general=None if facts.appraisal is None else facts.appraisal.by_head,
    )
    return card, scheme


def _scheme(given: str | Scheme) -> Scheme:
    if isinstance(given, Scheme):
        return given
    if given not in SHIPPED:
        known = ", ".join(sorted(SHIPPED))
        raise refuse("missing", "scheme", f"{given} is not shipped; there is {known}", "không có")
    return shipped(given)


def _assignment(
    facts: Facts, work: Work, scheme: Scheme, start: datetime, end: datetime
) -> Assignment:
    return Assignment(
        period=facts.period,
        unit=facts.unit,
        path=[facts.unit],
        official=facts.official,
        approver="head",
        product=work.product,
        title=work.title,
        k=work.k,
        quantity=work.quantity,
        due=work.due,
        period_end=end,
        scheme=scheme.ref,
        assigned_at=start,
        assigned_by="head",
        folded=fold_all(work.entries.items()),
    )
