"""Evaluate a scheme's tree: every component gives an exact share of its maximum, or is absent."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from shared.models.position import Asked
from shared.models.scheme import (
    COMBINED,
    POSITIONAL,
    Component,
    Criteria,
    Criterion,
    Indicator,
    Justification,
    Mean,
    Measure,
    Minimum,
    PositionCriteria,
    PositionIndicators,
    Statement,
    Sum,
    Task,
    Unrated,
)
from shared.models.scorecard import Assessment, Sums, Work

WHOLE = Fraction(100)
"""Points on the scale of every scheme, and per cent of every share."""

UNRATED: tuple[Unrated, ...] = ("insufficient_data", "not_assessed")
"""In the order of what is said first: without data there is nothing to assess."""


@dataclass(frozen=True)
class Told:
    """An assessment of so many months."""

    months: int
    assessment: Assessment


@dataclass(frozen=True)
class Evidence:
    """All that a tree is evaluated on: the work, and what was told in the order of time."""

    work: Work
    told: Sequence[Told]
    justification: Justification | None = None


@dataclass(frozen=True)
class Evaluated:
    """A component with its share, from 0 to 1.

    Without a share it is left out, or, when `unrated` says so, keeps the whole from
    being rated. `known` is false where it is itself absent, also when that counts as zero.
    """

    component: Component
    parts: tuple["Evaluated", ...]
    share: Fraction | None
    unrated: Unrated | None
    known: bool

    @property
    def counts(self) -> bool:
        """Whether it keeps its weight among its siblings."""
        return self.share is not None or self.unrated is not None


def evaluate(component: Component, evidence: Evidence) -> Evaluated:
    """Evaluate a tree from its root; whatever is absent says what that means."""
    return _evaluate(component, evidence, _criteria_of(component))


def walk(node: Evaluated, most: Fraction = WHOLE) -> Iterator[tuple[Evaluated, Fraction]]:
    """Every node from the root down, with the points that it can add to the total.

    What the leaves add makes up the total: the parts of a sum or mean share
    their parent's points by weight, a minimum gives all to its least part.
    """
    yield node, most
    for part, portion in zip(node.parts, portions(node), strict=True):
        yield from walk(part, most * portion)


def portions(node: Evaluated) -> list[Fraction]:
    """Each part's portion of its parent; nothing for one that is left out."""
    if isinstance(node.component, Minimum):
        shares = [part.share for part in node.parts if part.share is not None]
        least = next((part for part in node.parts if shares and part.share == min(shares)), None)
        return [Fraction(part is least) for part in node.parts]
    weights = [part.component.weight if part.counts else 0 for part in node.parts]
    return [Fraction(weight, sum(weights) or 1) for weight in weights]


def weighed(sums: Sums, measure: Measure) -> int:
    match measure:
        case "quantity":
            return sums.done_weight
        case "quality":
            return sums.quality_weight
        case "progress":
            return sums.progress_weight


def criteria_faults(component: Criteria, scores: Mapping[str, int]) -> list[str]:
    """The criteria that are missing or scored outside their scale; sorted."""
    return sorted(
        criterion.id
        for criterion in component.criteria
        if not criterion.least <= scores.get(criterion.id, -1) <= criterion.most
    )


def unknown_criteria(root: Component, assessment: Assessment) -> list[str]:
    """What was scored and is a criterion neither of the scheme nor of a position held; sorted."""
    return sorted(assessment.criteria.keys() - _criteria_of(root) - _of_positions(assessment))


def forms(root: Component, assessment: Assessment) -> list[Criteria]:
    """Every form that a tree has the head fill in of a stretch: also those of positions held."""
    return [form for one in components(root) for form in _forms(one, assessment)]


def indicators(root: Component, assessment: Assessment) -> list[Indicator]:
    """Every indicator that a tree measures a stretch by: also those of positions held."""
    found = list(components(root))
    own = [one for one in found if isinstance(one, Indicator)]
    if not any(isinstance(one, PositionIndicators) for one in found):
        return own
    return [*own, *(one for asked in assessment.positions.values() for one in asked.indicators)]


def unsaid(root: Component, assessment: Assessment, justification: Justification | None) -> bool:
    """Whether a score or a statement is still to be given: it would count as missing, or zero."""
    evidence = Evidence(
        Work(**dict.fromkeys(Work.model_fields, 0)), [Told(1, assessment)], justification
    )
    return any(
        node.counts and not node.known
        for node, _ in walk(evaluate(root, evidence))
        if isinstance(node.component, Criteria | PositionCriteria)
        or (isinstance(node.component, Statement) and node.component.derived is None)
    )


def components(root: Component) -> Iterator[Component]:
    """Every component from the root down."""
    yield root
    if isinstance(root, COMBINED):
        for part in root.parts:
            yield from components(part)


def _forms(component: Component, assessment: Assessment) -> list[Criteria]:
    match component:
        case Criteria():
            return [component]
        case PositionCriteria(id=name, title=title, absent=absent):
            positions = sorted(assessment.positions.items())
            return [
                Criteria(
                    kind="criteria", id=name, title=title, absent=absent, criteria=asked.criteria
                )
                for _, asked in positions
                if asked.criteria
            ]
        case _:
            return []


def _of_positions(assessment: Assessment) -> set[str]:
    return {one.id for asked in assessment.positions.values() for one in asked.criteria}


def _criteria_of(root: Component) -> set[str]:
    return {
        criterion.id
        for component in components(root)
        if isinstance(component, Criteria)
        for criterion in component.criteria
    }


def _evaluate(component: Component, evidence: Evidence, names: set[str]) -> Evaluated:
    if isinstance(component, COMBINED):
        parts = tuple(_evaluate(part, evidence, names) for part in component.parts)
        unrated = _first_unrated(parts)
        if unrated is not None:
            return Evaluated(component, parts, None, unrated, known=True)
        return _resolved(component, parts, _combined(component, parts))
    if isinstance(component, POSITIONAL):
        return _by_position(component, evidence, names)
    return _resolved(component, (), _leaf(component, evidence, names))


def _by_position(
    component: PositionCriteria | PositionIndicators, evidence: Evidence, names: set[str]
) -> Evaluated:
    asked = (position for one in evidence.told for position in one.assessment.positions.values())
    if isinstance(component, PositionCriteria):
        if not any(one.criteria for one in asked):
            return _left_out(component)
        return _resolved(component, (), _criteria(component, evidence, names))
    found = measured_by_position(component, evidence)
    if not found:
        return _left_out(component)
    unrated = _first_unrated([one for _, one in found])
    if unrated is not None:
        return Evaluated(component, (), None, unrated, known=True)
    shares = [(months, one.share) for months, one in found if one.share is not None]
    return _resolved(component, (), mean(shares))


def _left_out(component: Component) -> Evaluated:
    return Evaluated(component, (), None, None, known=False)


def measured_by_position(
    component: PositionIndicators, evidence: Evidence
) -> list[tuple[int, Evaluated]]:
    """For every stretch and position held in it: the months, and the mean of its indicators."""
    return [
        (one.months, _evaluate(_mean_of(component, asked), replace(evidence, told=[one]), set()))
        for one in evidence.told
        for asked in one.assessment.positions.values()
        if asked.indicators
    ]


def _mean_of(component: PositionIndicators, asked: Asked) -> Mean:
    name, title, absent = component.id, component.title, component.absent
    return Mean(kind="mean", id=name, title=title, absent=absent, parts=[*asked.indicators])


def _resolved(
    component: Component, parts: tuple[Evaluated, ...], share: Fraction | None
) -> Evaluated:
    """Say what absence means, where there is no share."""
    if share is not None:
        return Evaluated(component, parts, share, None, known=True)
    match component.absent:
        case "excluded":
            return Evaluated(component, parts, None, None, known=False)
        case "zero":
            return Evaluated(component, parts, Fraction(0), None, known=False)
        case unrated:
            return Evaluated(component, parts, None, unrated, known=False)


def _first_unrated(parts: Sequence[Evaluated]) -> Unrated | None:
    found = {part.unrated for part in parts}
    return next((one for one in UNRATED if one in found), None)


def _combined(component: Sum | Mean | Minimum, parts: Sequence[Evaluated]) -> Fraction | None:
    shares = [(part.component.weight, part.share) for part in parts if part.share is not None]
    if isinstance(component, Minimum):
        return min((share for _, share in shares), default=None)
    return mean(shares)


def _leaf(
    component: Task | Criteria | Indicator | Statement, evidence: Evidence, names: set[str]
) -> Fraction | None:
    match component:
        case Task():
            return _task(component, evidence.work)
        case Criteria():
            return _criteria(component, evidence, names)
        case Indicator():
            return _indicator(component, evidence.told)
        case Statement():
            return _statement(component, evidence.told)


def _task(component: Task, work: Work) -> Fraction | None:
    if work.assigned_weight == 0:
        return None
    return Fraction(weighed(work, component.measure), work.assigned_weight)


def lacks_reason(
    component: Criteria, assessment: Assessment, justification: Justification | None
) -> bool:
    """Whether these scores are so high or low that they need a written reason, and have none."""
    if justification is None or not assessment.unexplained:
        return False
    percent = WHOLE * _scored(component, assessment.criteria)
    return percent >= justification.at_least or percent < justification.below


def _criteria(
    component: Criteria | PositionCriteria, evidence: Evidence, names: set[str]
) -> Fraction | None:
    """The mean over the months that were scored.

    Scores count only when they cover each criterion within its scale and name no
    other, because a silent cap or a silent zero would be a score nobody gave; and
    with the reason that the scheme asks for.
    """
    valid = [
        (one.months, _scored(form, one.assessment.criteria))
        for one in evidence.told
        if one.assessment.criteria.keys() <= names | _of_positions(one.assessment)
        for form in _forms(component, one.assessment)
        if not criteria_faults(form, one.assessment.criteria)
        and not lacks_reason(form, one.assessment, evidence.justification)
    ]
    return mean(valid)


def mean(weighed: Sequence[tuple[int, Fraction]]) -> Fraction | None:
    """Σ weight × share / Σ weight, if there is any."""
    if not weighed:
        return None
    whole = sum((weight * share for weight, share in weighed), Fraction(0))
    return whole / sum(weight for weight, _ in weighed)


def _scored(component: Criteria, scores: Mapping[str, int]) -> Fraction:
    def share(criterion: Criterion) -> Fraction:
        return Fraction(criterion.weight * scores[criterion.id], criterion.most)

    whole = sum(criterion.weight for criterion in component.criteria)
    return sum(map(share, component.criteria), Fraction(0)) / whole


def _indicator(component: Indicator, told: Sequence[Told]) -> Fraction | None:
    """Of several measurements the last."""
    measured = [
        one.assessment.indicators[component.id]
        for one in told
        if component.id in one.assessment.indicators
    ]
    if not measured:
        return None
    reached = Fraction(measured[-1] - component.start, component.target - component.start)
    return min(max(reached, Fraction(0)), Fraction(component.cap, 100))


def _statement(component: Statement, told: Sequence[Told]) -> Fraction | None:
    """The least: what was missing once was not there throughout."""
    options = (one.assessment.statements.get(component.id) for one in told)
    stated = [component.options[option] for option in options if option in component.options]
    return Fraction(min(stated), 100) if stated else None
