"""What moved somebody's rating from one scheme to another, in words and numbers.

Whoever falls was pulled down by what decides under the new scheme; whoever rises
was held down by what decided under the old one: a gate, or the score. Of the
score it is the component whose points changed the most that way, unless the
total, held against the old bands, would have moved nobody.
"""

from fractions import Fraction
from typing import get_args

from shared.models.scheme import COMBINED, Component, Rating, Scheme, Title, Words
from shared.models.scorecard import Scorecard
from shared.models.simulation import Cause
from shared.scoring.evaluation import Evaluated, components, walk
from shared.scoring.gates import SCORE, Checked, by_score
from shared.scoring.rounding import decimals, hundredths
from shared.scoring.scorecard import Reading, read
from shared.scoring.telling import Line, band_title, tell_gate, tell_node

ORDER: tuple[Rating, ...] = get_args(Rating)
"""From the highest down, in every scheme."""
ON_LEAVE = Line("nghỉ suốt kỳ", "on leave throughout")


def cause(before: Scorecard, after: Scorecard, old: Scheme, new: Scheme) -> Cause:
    """Of two scorecards whose rating or standing differs."""
    if before.rating is None or after.rating is None:
        return _standing(before, after, old, new)
    down = ORDER.index(after.rating) > ORDER.index(before.rating)
    decided = after.gate if down else before.gate
    if decided not in (None, SCORE):
        return _gate(decided, (before, old), (after, new))
    if _moved_by_total(before, after, old, down=down):
        return _node(before, after, old, new, down=down)
    return _bands(before, after, old, new)


def _moved_by_total(before: Scorecard, after: Scorecard, old: Scheme, *, down: bool) -> bool:
    """Whether the new total, held against the old bands, moves that way too."""
    was, would_be = (ORDER.index(by_score(card.total or 0, old)) for card in (before, after))
    return would_be > was if down else would_be < was


def _node(before: Scorecard, after: Scorecard, old: Scheme, new: Scheme, *, down: bool) -> Cause:
    subject = before.capacity.subject
    leaves = _leaves(old.root(subject)) | _leaves(new.root(subject))
    sign = -1 if down else 1

    def moved(node: str) -> int:
        return sign * ((after.points(node) or 0) - (before.points(node) or 0))

    most = max(leaves, key=moved)
    if moved(most) <= 0:
        return Cause(kind="rounding", id="rounding", words=_of_total(before, after, old, new))
    title = leaves[most]
    shares = _arrow(before.share(most), after.share(most), " %")
    points = _arrow(before.points(most), after.points(most))
    total = _of_total(before, after, old, new)
    return Cause(
        kind="node",
        id=most,
        before=before.share(most),
        after=after.share(most),
        words=Words(
            vi=f"{title.vi}: {shares}, góp {points} điểm; {total.vi}",
            en=f"{title.en}: {shares}, adds {points} points; {total.en}",
        ),
    )


def _leaves(root: Component) -> dict[str, Title]:
    return {one.id: one.title for one in components(root) if not isinstance(one, COMBINED)}


def _bands(before: Scorecard, after: Scorecard, old: Scheme, new: Scheme) -> Cause:
    """The total as it is, and what each scheme asks for the better of the two ratings."""
    better = min(before.rating or ORDER[-1], after.rating or ORDER[-1], key=ORDER.index)
    asked = [_least(better, scheme) for scheme in (old, new)]
    total = _of_total(before, after, old, new)
    arrow = _arrow(asked[0], asked[1])
    name = band_title(better, old if asked[0] is not None else new)
    return Cause(
        kind="threshold",
        id=better,
        words=Words(
            vi=f"ngưỡng {name.vi}: {arrow}; {total.vi}",
            en=f"threshold of {name.en}: {arrow}; {total.en}",
        ),
    )


def _least(rating: Rating, scheme: Scheme) -> int | None:
    return next((one.at_least for one in scheme.ratings.bands if one.rating == rating), None)


def _of_total(before: Scorecard, after: Scorecard, old: Scheme, new: Scheme) -> Words:
    """The totals, each with the band that it falls into."""
    told = [
        (decimals(card.total or 0), band_title(by_score(card.total or 0, scheme), scheme))
        for card, scheme in ((before, old), (after, new))
    ]
    return Words(
        vi="tổng " + " → ".join(f"{total} ({band.vi})" for total, band in told),
        en="total " + " → ".join(f"{total} ({band.en})" for total, band in told),
    )


def _gate(
    gate: str | None, before: tuple[Scorecard, Scheme], after: tuple[Scorecard, Scheme]
) -> Cause:
    told, shares = [], []
    for card, scheme in (before, after):
        checked = next((one for one in read(card, scheme).gates if one.gate.id == gate), None)
        told.append(NO_GATE if checked is None else tell_gate(checked, scheme))
        shares.append(_measured(checked))
    return Cause(
        kind="gate",
        id=gate or SCORE,
        before=shares[0],
        after=shares[1],
        words=Words(
            vi=f"điều kiện {gate}: {told[0].vi} → {told[1].vi}",
            en=f"gate {gate}: {told[0].en} → {told[1].en}",
        ),
    )


NO_GATE = Line("không có điều kiện này", "no such gate")


def _measured(checked: Checked | None) -> int | None:
    if checked is None or checked.measured is None:
        return None
    return hundredths(checked.measured * 100)


def _standing(before: Scorecard, after: Scorecard, old: Scheme, new: Scheme) -> Cause:
    """What is missing on the side that has no rating."""
    card, scheme = (after, new) if after.rating is None else (before, old)
    reading = read(card, scheme)
    if reading.on_leave:
        return Cause(kind="standing", id="on_leave", words=Words(vi=ON_LEAVE.vi, en=ON_LEAVE.en))
    node, most = _missing(reading)
    told = tell_node(node, most, reading.evidence, scheme)
    which = Line("quy chế mới", "new scheme") if card is after else Line("quy chế cũ", "old scheme")
    return Cause(
        kind="standing",
        id=node.component.id,
        words=Words(vi=f"{which.vi}: {told.vi}", en=f"{which.en}: {told.en}"),
    )


def _missing(reading: Reading) -> tuple[Evaluated, Fraction]:
    """The first leaf, or the root itself, that keeps the whole from having a score."""
    nodes = list(walk(reading.root))
    why = reading.root.unrated
    wanting = [one for one in nodes if one[0].unrated == why and not one[0].parts]
    return wanting[0] if wanting else nodes[0]


def _arrow(before: int | None, after: int | None, unit: str = "") -> str:
    return " → ".join("–" if one is None else f"{decimals(one)}{unit}" for one in (before, after))
