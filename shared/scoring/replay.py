"""What a scorecard of one scheme needs to stand beside one of another."""

from collections.abc import Mapping
from fractions import Fraction

from shared.models.scheme import Component, Criterion, PositionCriteria, Scheme
from shared.models.scorecard import Assessment, Scorecard
from shared.scoring.evaluation import components, criteria_faults, forms, unknown_criteria
from shared.scoring.rounding import half_up
from shared.scoring.scorecard import score


def carried(card: Scorecard, old: Scheme, new: Scheme) -> Scorecard:
    """A card of `new` whose scores by criterion were given on the scales of `old`.

    They keep their share of the scale: a nine of ten is nine tenths of any other.
    What did not count there does not begin to, and what `new` does not ask is left.
    """
    before, after = (scheme.root(card.capacity.subject) for scheme in (old, new))
    assessments = {
        stretch: one.model_copy(update={"criteria": _carried(one, before, after)})
        for stretch, one in card.assessments.items()
    }
    return _rescored(card, new, assessments)


def supposing(card: Scorecard, scheme: Scheme, percent: int | None) -> Scorecard:
    """The card as if whoever nobody has scored had so much of every criterion.

    An assumption, and said to be one wherever it is shown: without it there is no
    rating to compare where nobody was appraised, as in work imported from elsewhere.
    """
    scored = any(one.criteria for one in card.assessments.values())
    if percent is None or scored or card.standing != "not_assessed":
        return card
    known = card.assessments.get(card.period, Assessment())
    scales = _scales(scheme.root(card.capacity.subject), known)
    criteria = {name: max(one.least, one.most * percent // 100) for name, one in scales.items()}
    supposed = known.model_copy(update={"criteria": criteria})
    return _rescored(card, scheme, {**card.assessments, card.period: supposed})


def _rescored(card: Scorecard, scheme: Scheme, assessments: Mapping[str, Assessment]) -> Scorecard:
    return score(
        period=card.period,
        official=card.official,
        scheme=scheme,
        path=card.path,
        contributions=card.contributions,
        assessments=assessments,
        capacity=card.capacity,
    )


def _carried(assessment: Assessment, old: Component, new: Component) -> dict[str, int]:
    """The scores that count under `old`, on the scales of `new`; what it does not ask is left.

    The card is one of `new`: where that does not ask what positions do and `old` did,
    scores that neither knows were given to positions.
    """
    scores = assessment.criteria
    if unknown_criteria(old, assessment) and not (_by_position(old) and not _by_position(new)):
        return {}
    scales = _scales(new, assessment)
    counted = [
        one
        for form in forms(old, assessment)
        if not criteria_faults(form, scores)
        for one in form.criteria
    ]
    return {
        one.id: _rescaled(scores[one.id], one, scales[one.id])
        for one in sorted(counted, key=lambda one: one.id)
        if one.id in scales
    }


def _rescaled(given: int, old: Criterion, new: Criterion) -> int:
    return max(new.least, half_up(Fraction(given * new.most, old.most)))


def _scales(root: Component, assessment: Assessment) -> dict[str, Criterion]:
    found = {one.id: one for form in forms(root, assessment) for one in form.criteria}
    return dict(sorted(found.items()))


def _by_position(root: Component) -> bool:
    return any(isinstance(one, PositionCriteria) for one in components(root))
