"""Compare everybody's scorecards under two schemes: who moves where, and what moved them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

from shared.models.period import State
from shared.models.scheme import Rating, Scheme, Subject, Title, Words
from shared.models.scorecard import Scorecard
from shared.models.simulation import Cell, Change, Label, Outcome, Quartiles, Simulation, Spread
from shared.scoring.cause import cause
from shared.scoring.evaluation import components

LABELS = [*get_args(Rating), "not_assessed", "insufficient_data", "on_leave"]
"""In the order of tables."""
SUBJECTS: tuple[Subject, ...] = ("official", "head")
"""The trees that people are rated by."""
TOTAL = Title(vi="Tổng điểm", en="Total")


@dataclass(frozen=True)
class Pair:
    """One person's scorecard under both schemes."""

    name: str
    unit: str
    before: Scorecard
    after: Scorecard


def compare(
    pairs: Sequence[Pair],
    old: Scheme,
    new: Scheme,
    *,
    period: str,
    state: State | None = None,
    suppose: int | None = None,
) -> Simulation:
    """What differs between the two scorecards of everybody."""
    return Simulation(
        period=period,
        state=state,
        before=old.ref,
        after=new.ref,
        suppose=suppose,
        officials=len(pairs),
        assignments=sum(len(one.before.contributions) for one in pairs),
        table=table(pairs),
        changes=changes(pairs, old, new),
        spreads=list(spreads(pairs, old, new)),
        notes=list(_notes(pairs, state, suppose)),
    )


def label(card: Scorecard) -> Label:
    return card.standing if card.rating is None else card.rating


def table(pairs: Iterable[Pair]) -> list[Cell]:
    """How many go from which label to which."""
    counts = Counter((label(pair.before), label(pair.after)) for pair in pairs)
    ordered = sorted(counts, key=lambda cell: tuple(map(LABELS.index, cell)))
    return [Cell(before=old, after=new, officials=counts[old, new]) for old, new in ordered]


def changes(pairs: Iterable[Pair], old: Scheme, new: Scheme) -> list[Change]:
    """Everybody whose nodes, total or label differ, by unit and official."""
    found = [_change(pair, old, new) for pair in pairs if _differ(pair.before, pair.after)]
    return sorted(found, key=lambda one: (one.unit, one.official))


def spreads(pairs: Sequence[Pair], old: Scheme, new: Scheme) -> Iterator[Spread]:
    """The total's distribution, then that of each component's share, in the tree's order."""
    before, after = [pair.before for pair in pairs], [pair.after for pair in pairs]
    titles = {node: title for scheme in (new, old) for node, title in _titles(scheme)}
    yield Spread(id="total", title=TOTAL, before=_totals(before), after=_totals(after))
    roots = {scheme.root(subject).id for scheme in (old, new) for subject in SUBJECTS}
    for node, title in titles.items():
        if node not in roots and (spread := _spread(node, title, before, after)) is not None:
            yield spread


def _notes(pairs: Iterable[Pair], state: State | None, suppose: int | None) -> Iterator[Words]:
    """What a reader must know before believing the table."""
    if state == "open":
        yield Words(
            vi="Kỳ đang mở: việc chưa đến hạn còn tính là chưa xong.",
            en="The period is open: work that is not due yet still counts as not done.",
        )
    if suppose is not None:
        yield Words(
            vi=f"Giả định: ai chưa được chấm thì mỗi tiêu chí được {suppose} % điểm tối đa.",
            en=f"Supposed: whoever nobody has scored has {suppose} % of every criterion.",
        )
    if unscored := sum(label(one.before) == label(one.after) == "not_assessed" for one in pairs):
        yield Words(
            vi=f"{unscored} người chưa được chấm nên không có xếp loại để so; "
            "chỉ so được kết quả nhiệm vụ.",
            en=f"{unscored} were not assessed, so have no ratings to compare, "
            "only their task results.",
        )


def _differ(before: Scorecard, after: Scorecard) -> bool:
    """Whether anything that a person sees of the outcome differs."""
    shown = ("nodes", "total", "rating", "gate", "standing")
    return any(getattr(before, field) != getattr(after, field) for field in shown)


def _change(pair: Pair, old: Scheme, new: Scheme) -> Change:
    before, after = pair.before, pair.after
    names = sorted(before.nodes.keys() | after.nodes.keys())
    differing = [name for name in names if before.nodes.get(name) != after.nodes.get(name)]
    return Change(
        official=before.official,
        name=pair.name,
        unit=pair.unit,
        before=_seen(before),
        after=_seen(after),
        nodes_before={name: before.nodes[name] for name in differing if name in before.nodes},
        nodes_after={name: after.nodes[name] for name in differing if name in after.nodes},
        cause=None if label(before) == label(after) else cause(before, after, old, new),
    )


def _seen(card: Scorecard) -> Outcome:
    return Outcome(label=label(card), total=card.total, gate=card.gate)


def _titles(scheme: Scheme) -> Iterator[tuple[str, Title]]:
    for subject in SUBJECTS:
        for component in components(scheme.root(subject)):
            yield component.id, component.title


def _totals(cards: Iterable[Scorecard]) -> Quartiles | None:
    return _quartiles([card.total for card in cards if card.total is not None])


def _spread(
    node: str, title: Title, before: Iterable[Scorecard], after: Iterable[Scorecard]
) -> Spread | None:
    one, other = (
        _quartiles([card.nodes[node].share for card in cards if node in card.nodes])
        for cards in (before, after)
    )
    if one is None and other is None:
        return None
    return Spread(id=node, title=title, before=one, after=other)


def _quartiles(amounts: list[int]) -> Quartiles | None:
    if not amounts:
        return None
    ordered = sorted(amounts)

    def ranked(quarters: int) -> int:
        return ordered[max(0, (len(ordered) * quarters + 3) // 4 - 1)]

    return Quartiles(
        officials=len(ordered),
        least=ordered[0],
        lower=ranked(1),
        median=ranked(2),
        upper=ranked(3),
        most=ordered[-1],
    )
