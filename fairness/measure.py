"""What a measure says: a line for each subject, and which of them stand out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from fairness.estimates import Interval, proportion, shrink, unlike_peers

R = TypeVar("R")

ALL = "*"
"""The subject of what is said of everybody together."""


@dataclass(frozen=True)
class Words:
    vi: str
    en: str


@dataclass(frozen=True)
class Line:
    """One subject: how many observations, the value with its interval, and what to think of it.

    `shrunk` is the value drawn towards that of the others. `p`: how probable it would
    be if nothing were the matter. It is a finding when it is also `large` enough to
    matter; without `p` it is a plain fact.
    """

    subject: str
    n: int
    value: float
    interval: Interval | None = None
    shrunk: float | None = None
    p: float | None = None
    large: bool = False
    said: Words | None = None
    documents: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Measure:
    """`unit`: how values are read: `percent`, `points` of a hundred, `count` or `plain`."""

    id: str
    title: Words
    why: Words
    unit: str
    lines: list[Line]


def grouped(rows: Iterable[R], key: Callable[[R], str]) -> dict[str, list[R]]:
    groups: dict[str, list[R]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return dict(sorted(groups.items()))


@dataclass(frozen=True)
class Share:
    """How many of a subject's observations are of the kind that is counted."""

    subject: str
    count: int
    of: int
    documents: list[str]

    @property
    def value(self) -> float:
        return self.count / self.of


def shares(
    rows: Iterable[R],
    key: Callable[[R], str],
    counted: Callable[[R], bool],
    path: Callable[[R], str],
) -> list[Share]:
    found = []
    for subject, own in grouped(rows, key).items():
        hits = [path(row) for row in own if counted(row)]
        found.append(Share(subject, len(hits), len(own), hits))
    return found


def against_peers(
    found: Sequence[Share],
    tell: Callable[[Share, float], Words],
    *,
    farther: float,
) -> list[Line]:
    """Each share beside those of the others; it matters when it lies so much above them."""
    if not found:
        return []
    values = [(one.count + 0.5) / (one.of + 1) for one in found]
    variances = [
        value * (1 - value) / (one.of + 1) for value, one in zip(values, found, strict=True)
    ]
    drawn = shrink(values, variances)
    lines = []
    for place, one in enumerate(found):
        others = sum(other.count for other in found) - one.count
        of = sum(other.of for other in found) - one.of
        usual = others / of if of else one.value
        lines.append(
            Line(
                one.subject,
                one.of,
                one.value,
                proportion(one.count, one.of),
                drawn.values[place],
                unlike_peers(place, values, variances),
                large=one.value - usual >= farther,
                said=tell(one, usual),
                documents=one.documents,
            )
        )
    return lines


def percent(share: float) -> str:
    """Rounded as it is read: whole per cent."""
    return f"{100 * share:.0f}"


def tenths(share: float) -> Words:
    """Per cent with one decimal, by the comma and the point of either language."""
    en = f"{100 * share:.1f}"
    return Words(en.replace(".", ","), en)
