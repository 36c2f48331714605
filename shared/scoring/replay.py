"""One person's scorecard under another scheme, from the same facts."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from shared.models.assignment import Assignment
from shared.models.scheme import Component, Criteria, Criterion, Scheme
from shared.models.scorecard import Assessment, Scorecard
from shared.scoring.contribution import contribute
from shared.scoring.evaluation import components, criteria_faults, unknown_criteria
from shared.scoring.rounding import half_up
from shared.scoring.scorecard import score


def replay(card: Scorecard, work: Mapping[str, Assignment], old: Scheme, new: Scheme) -> Scorecard:
    """What the card would be had `new` been pinned instead of `old`.

    The work is weighed anew by the other penalties. Scores by criterion keep their
    share of the scale, so a nine of ten is nine tenths of any other scale.
    """
    subject = card.capacity.subject
    before, after = old.root(subject), new.root(subject)
    return score(
        period=card.period,
        official=card.official,
        scheme=new,
        path=card.path,
        contributions={name: contribute(one, new) for name, one in work.items()},
        assessments={
            stretch: one.model_copy(update={"criteria": _carried(one.criteria, before, after)})
            for stretch, one in card.assessments.items()
        },
        capacity=card.capacity,
    )


def supposing(card: Scorecard, scheme: Scheme, percent: int | None) -> Scorecard:
    """The card as if whoever nobody has scored had so much of every criterion.

    An assumption, and said to be one wherever it is shown: without it there is no
    rating to compare where nobody was appraised, as in work imported from elsewhere.
    """
    scored = any(one.criteria for one in card.assessments.values())
    if percent is None or scored or card.standing != "not_assessed":
        return card
    forms = _scales(scheme.root(card.capacity.subject))
    criteria = {name: max(one.least, one.most * percent // 100) for name, one in forms.items()}
    known = card.assessments.get(card.period, Assessment())
    supposed = known.model_copy(update={"criteria": criteria})
    return score(
        period=card.period,
        official=card.official,
        scheme=scheme,
        path=card.path,
        contributions=card.contributions,
        assessments={**card.assessments, card.period: supposed},
        capacity=card.capacity,
    )


def _carried(scores: Mapping[str, int], old: Component, new: Component) -> dict[str, int]:
    """The scores that count under `old`, on the scales of `new`; what it does not ask is left."""
    if unknown_criteria(old, scores):
        return {}
    scales = _scales(new)
    counted = [
        one for form in _forms(old) if not criteria_faults(form, scores) for one in form.criteria
    ]
    return {
        one.id: _rescaled(scores[one.id], one, scales[one.id])
        for one in sorted(counted, key=lambda one: one.id)
        if one.id in scales
    }


def _rescaled(given: int, old: Criterion, new: Criterion) -> int:
    return max(new.least, half_up(Fraction(given * new.most, old.most)))


def _scales(root: Component) -> dict[str, Criterion]:
    found = {one.id: one for form in _forms(root) for one in form.criteria}
    return dict(sorted(found.items()))


def _forms(root: Component) -> Iterator[Criteria]:
    return (one for one in components(root) if isinstance(one, Criteria))
