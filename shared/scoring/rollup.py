"""Months into quarters and years, and the parts of a period that was spent in several units."""

from collections import Counter
from collections.abc import Sequence

from shared.models.scheme import (
    COMBINED,
    Component,
    Criteria,
    Indicator,
    Scheme,
    Statement,
    Subject,
    Task,
)
from shared.models.scorecard import Assessment, Contribution, Override, Scorecard, Sums
from shared.scoring.evaluation import components
from shared.scoring.scorecard import counted_work, score, span

MOST_ROWS = 1_000
"""Of a scorecard: some 300 kB then, of the 1 MiB that the store lets a document have."""
SUBJECTS: tuple[Subject, ...] = ("official", "head", "unit")


def as_part(card: Scorecard) -> Scorecard:
    """A card that says what its period was rated, for the gates of the roll-up it is part of."""
    own = card.assessments.get(card.period, Assessment())
    rated = own.model_copy(update={"rating": card.rating})
    return card.model_copy(update={"assessments": {**card.assessments, card.period: rated}})


def pool(
    cards: Sequence[Scorecard], period: str, scheme: Scheme, facts: Sequence[Override] = ()
) -> Scorecard:
    """One person's scorecards as one: Σ numerators / Σ denominators, never a mean of scores.

    The criteria are averaged over the months that were scored, statements take the
    least, indicators the last, facts stand together. Everything keeps the name
    of its stretch, so pooling is a union: no order or grouping of it matters, and
    a card pooled alone is itself. The role is the one held last. Of the dated `facts`,
    those that came after their part was locked are told with the last.
    """
    last = max(cards, key=lambda card: (span(card.period), card.capacity.model_dump_json()))
    return score(
        period=period,
        official=last.official,
        scheme=scheme,
        path=[unit for card in cards for unit in card.path],
        contributions={name: row for card in cards for name, row in card.contributions.items()},
        assessments=_with_facts(cards, last.period, facts),
        capacity=last.capacity,
    )


def _with_facts(
    cards: Sequence[Scorecard], last: str, facts: Sequence[Override]
) -> dict[str, Assessment]:
    told = {stretch: one for card in cards for stretch, one in card.assessments.items()}
    known = [fact for one in told.values() for fact in one.overrides]
    later = [fact for fact in facts if fact not in known]
    if later:
        own = told.get(last, Assessment())
        told[last] = own.model_copy(update={"overrides": [*own.overrides, *later]})
    return told


def unreadable(part: Scheme, whole: Scheme) -> list[str]:
    """The components of a roll-up's scheme that scorecards under a part's scheme cannot fill.

    Work is weighed when it is scored, so its measures can always be pooled; scores,
    statements and measurements can when both schemes mean the same by them.
    """
    return sorted(
        {
            component.id
            for subject in SUBJECTS
            for component in components(whole.root(subject))
            if not isinstance(component, Task | COMBINED)
            and _meaning(component) not in map(_meaning, components(part.root(subject)))
        }
    )


def bounded(card: Scorecard) -> Scorecard:
    """The same scorecard, fit for a document: with very much work, summed by unit and product.

    Shares and totals are sums over the rows, so they stay the same to the last digit;
    each row still begins with its period, unit and person.
    """
    if len(card.contributions) <= MOST_ROWS:
        return card
    groups: dict[tuple[str, str, int], list[Contribution]] = {}
    counted = counted_work(card)
    for name, row in card.contributions.items():
        group = groups.setdefault((name.rpartition("_")[0], row.product, row.k), [])
        group.append(counted.get(name, row))
    numbers = Counter[str]()
    rows: dict[str, Contribution] = {}
    for (place, _, _), group in sorted(groups.items()):
        numbers[place] += 1
        rows[f"{place}_sum{numbers[place]}"] = _summed(group)
    return card.model_copy(update={"contributions": dict(sorted(rows.items()))})


def _summed(rows: Sequence[Contribution]) -> Contribution:
    """The sums alone: what happened to each piece of work stands in the results of the parts."""
    names = [*Sums.model_fields, "quantity"]
    sums = {name: sum(getattr(row, name) for row in rows) for name in names}
    return Contribution(product=rows[0].product, k=rows[0].k, **sums)


def _meaning(component: Component) -> object:
    """What a scorecard must hold for it, beside its name."""
    match component:
        case Criteria():
            scales = [(one.id, one.least, one.most) for one in component.criteria]
            return ("criteria", component.id, sorted(scales))
        case Statement():
            return ("statement", component.id, sorted(component.options.items()))
        case Indicator():
            return ("indicator", component.id, component.decimals)
        case _:
            return component.kind
