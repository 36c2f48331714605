"""What the report looks at: one row a fact, each with the document it stands in."""

from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True)
class Scored:
    """A person's appraisal and result in one period; shares and totals from 0 to 1 and 100.

    `general` is the head's part, `work` that of the task results. `same` says whether
    the head's scores are the self-scores, where there are both.
    """

    path: str
    period: str
    official: str
    unit: str
    rater: str
    general: float
    work: float | None = None
    total: float | None = None
    same: bool | None = None


@dataclass(frozen=True)
class Piece:
    """An assignment; `overdue`: it was not all delivered when it was first due.

    `rescued` is the entry that moved its deadline after it had fallen due, and `by` who did.
    """

    path: str
    period: str
    official: str
    unit: str
    approver: str
    overdue: bool
    rescued: str | None = None
    by: str | None = None


@dataclass(frozen=True)
class Acceptance:
    path: str
    by: str
    official: str
    evidenced: bool


@dataclass(frozen=True)
class Exemption:
    """A request that the authority decided."""

    path: str
    by: str
    official: str
    granted: bool


@dataclass(frozen=True)
class Delivery:
    """A submission; `last`: in the last three days of its period."""

    path: str
    unit: str
    last: bool


@dataclass(frozen=True)
class Petition:
    """An appeal; `upheld` and `in_time` are unknown while it is not answered."""

    path: str
    official: str
    upheld: bool | None = None
    in_time: bool | None = None


@dataclass(frozen=True)
class Burden:
    """How much the system asked of one person in one period: entries they wrote."""

    period: str
    official: str
    unit: str
    actions: int


@dataclass(frozen=True)
class Rows:
    """Everything of the periods looked at; the order of the rows never matters."""

    periods: list[str] = field(default_factory=list)
    scored: list[Scored] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    acceptances: list[Acceptance] = field(default_factory=list)
    exemptions: list[Exemption] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    petitions: list[Petition] = field(default_factory=list)
    burdens: list[Burden] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    """Of people and units, by id."""

    def ordered(self) -> "Rows":
        """The same rows sorted: the same input then gives the same bytes."""
        lists = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "names"}
        return Rows(
            **{name: sorted(rows, key=_place) for name, rows in lists.items()},
            names=dict(sorted(self.names.items())),
        )


def _place(row: Any) -> str:  # noqa: ANN401  # any row
    """A document is looked at once, so its path tells rows apart; a burden is a person's."""
    match row:
        case Burden():
            return f"{row.period}_{row.official}"
        case str():
            return row
    return str(row.path)
