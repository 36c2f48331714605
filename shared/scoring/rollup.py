"""Months into quarters and years, and the parts of a period that was spent in several units."""

from collections.abc import Sequence

from shared.models.scheme import Scheme
from shared.models.scorecard import Assessment, Scorecard
from shared.scoring.scorecard import score, span


def as_part(card: Scorecard) -> Scorecard:
    """A card that says what its period was rated, for the gates of the roll-up it is part of."""
    own = card.assessments.get(card.period, Assessment())
    rated = own.model_copy(update={"rating": card.rating})
    return card.model_copy(update={"assessments": {**card.assessments, card.period: rated}})


def pool(cards: Sequence[Scorecard], period: str, scheme: Scheme) -> Scorecard:
    """One person's scorecards as one: Σ numerators / Σ denominators, never a mean of scores.

    The criteria are averaged over the months that were scored, statements take the
    least, indicators the last, facts stand together. Everything keeps the name
    of its stretch, so pooling is a union: no order or grouping of it matters, and
    a card pooled alone is itself. The role is the one held last.
    """
    last = max(cards, key=lambda card: (span(card.period), card.capacity.model_dump_json()))
    return score(
        period=period,
        official=last.official,
        scheme=scheme,
        path=[unit for card in cards for unit in card.path],
        contributions={name: row for card in cards for name, row in card.contributions.items()},
        assessments={stretch: one for card in cards for stretch, one in card.assessments.items()},
        capacity=last.capacity,
    )
