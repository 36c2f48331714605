from typing import ClassVar

from shared.models.base import Digest, Document, Id, Path, PeriodId, Reason, Time
from shared.models.scheme import Rating


class Decision(Document):
    """The competent authority's rating of one person in a period (Form 02).

    It stands on one version of the result, `result` by its digest: when that is
    corrected, somebody has to decide again. Scores are never touched.
    """

    collection: ClassVar[str] = "decisions"

    period: PeriodId
    official: Id
    unit: Id
    path: Path
    """Of the unit, as it was then: whoever heads it or a unit above may look."""
    computed: Rating
    rating: Rating
    reason: Reason | None = None
    """Why; never absent where `rating` is not `computed`."""
    result: Digest
    by: Id
    at: Time
