"""Hypothesis strategies of schemes: small random trees, and what is known to score them on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from hypothesis import strategies as st

from shared.models.scheme import Component, Criteria, Indicator, Scheme, Statement
from shared.models.scorecard import Assessment, Contribution, Scorecard
from shared.scoring.evaluation import components
from shared.scoring.scorecard import score
from tests.builders import OFFICIAL, a_contribution, a_scheme, assignment_id
from tests.strategies import histories

Json = dict[str, Any]
TITLE = {"vi": "Thành phần", "en": "Component"}
SOURCE = {"text": {"vi": "thử", "en": "a test"}, "confidence": "proposal"}
STRETCHES = ("2026-10", "2026-11", "2026-Q4")
DEPTH = 2

weights = st.integers(1, 5)
absences = st.sampled_from(["excluded", "zero", "not_assessed", "insufficient_data"])
standings = st.sampled_from(["not_assessed", "insufficient_data"])
amounts = st.integers(-200, 200)
contributions: st.SearchStrategy[dict[str, Contribution]] = st.lists(
    st.builds(a_contribution, histories, k=st.integers(1, 5000), quantity=st.integers(1, 9)),
    max_size=3,
).map(lambda rows: {assignment_id(f"w{n}"): row for n, row in enumerate(rows)})


@dataclass(frozen=True)
class Case:
    """A scheme with one tree, and what one person is scored on."""

    scheme: Scheme
    contributions: dict[str, Contribution]
    assessments: dict[str, Assessment]

    @property
    def root(self) -> Component:
        return self.scheme.subjects.official

    def card(self) -> Scorecard:
        return score(
            period="2026",
            official=OFFICIAL,
            scheme=self.scheme,
            path=[],
            contributions=self.contributions,
            assessments=self.assessments,
        )

    def saying(self, stretch: str, **changes: Any) -> "Case":
        changed = self.assessments[stretch].model_copy(update=changes)
        return replace(self, assessments={**self.assessments, stretch: changed})


@st.composite
def cases(draw: st.DrawFn) -> Case:
    scheme = scheme_of(draw(trees()))
    known = st.dictionaries(st.sampled_from(STRETCHES), assessments(scheme.subjects.official))
    return Case(scheme, draw(contributions), draw(known))


def scheme_of(root: Mapping[str, Any], **changes: Any) -> Scheme:
    """A scheme of this tree alone, without gates."""
    return a_scheme(**{"subjects": {"official": root}, "gates": [], **changes})


def an_indicator_scheme() -> Scheme:
    """The mean of what was done and of one measurement: start 20, target 100."""
    node = {"title": TITLE, "absent": "excluded"}
    done = {"kind": "task", "id": "a", "measure": "quantity", **node}
    dossiers = {"kind": "indicator", "id": "dossiers", "start": 20, "target": 100, **node}
    whole = {"kind": "mean", "id": "total", "parts": [done, dossiers], "source": SOURCE}
    return scheme_of({**whole, "title": TITLE, "absent": "not_assessed"})


def a_position_scheme() -> Scheme:
    """The mean of what was done, of one criterion, and of what positions ask."""
    node = {"title": TITLE, "absent": "not_assessed"}
    form = [{"id": "conduct", "title": TITLE, "weight": 1, "most": 1000}]
    parts = [
        {"kind": "task", "id": "a", "measure": "quantity", **node},
        {"kind": "criteria", "id": "general", "criteria": form, **node},
        {"kind": "position_criteria", "id": "own", **node},
        {"kind": "position_indicators", "id": "measured", **node},
    ]
    return scheme_of({"kind": "mean", "id": "total", "parts": parts, "source": SOURCE, **node})


@st.composite
def trees(draw: st.DrawFn) -> Json:
    root = draw(_nodes(count(), DEPTH))
    return {**root, "weight": 1, "absent": draw(standings), "source": SOURCE}


@st.composite
def _nodes(draw: st.DrawFn, numbers: Iterator[int], depth: int) -> Json:
    leaves = [_tasks, _criteria, _indicators, _statements]
    kinds = [*leaves, *([_combined] * 4 if depth else [])]
    node = {
        "id": f"n{next(numbers)}",
        "title": TITLE,
        "weight": draw(weights),
        "absent": draw(absences),
    }
    kind = draw(st.sampled_from(range(len(kinds))))
    return {**node, **draw(kinds[kind](numbers, depth))}


@st.composite
def _combined(draw: st.DrawFn, numbers: Iterator[int], depth: int) -> Json:
    parts = draw(st.lists(_nodes(numbers, depth - 1), min_size=1, max_size=3))
    kind = draw(st.sampled_from(["sum", "mean", "minimum"]))
    if kind == "sum":
        rest = 100 - sum(part["weight"] for part in parts[1:])
        parts = [{**parts[0], "weight": rest}, *parts[1:]]
    if kind == "minimum":
        parts = [{**part, "weight": 1} for part in parts]
    return {"kind": kind, "parts": parts}


@st.composite
def _tasks(draw: st.DrawFn, _: Iterator[int], __: int) -> Json:
    return {"kind": "task", "measure": draw(st.sampled_from(["quantity", "quality", "progress"]))}


@st.composite
def _criteria(draw: st.DrawFn, numbers: Iterator[int], _: int) -> Json:
    rows = [
        {
            "id": f"k{next(numbers)}",
            "title": TITLE,
            "weight": draw(weights),
            "least": draw(st.sampled_from([0, 100])),
            "most": draw(st.sampled_from([500, 700, 1000])),
        }
        for _ in range(draw(st.integers(1, 3)))
    ]
    return {"kind": "criteria", "criteria": rows}


@st.composite
def _indicators(draw: st.DrawFn, _: Iterator[int], __: int) -> Json:
    start, target = draw(st.tuples(amounts, amounts).filter(lambda ends: ends[0] != ends[1]))
    cap = draw(st.sampled_from([100, 100, 60]))
    decimals = draw(st.sampled_from([0, 2]))
    return {
        "kind": "indicator",
        "start": start,
        "target": target,
        "cap": cap,
        "decimals": decimals,
    }


@st.composite
def _statements(draw: st.DrawFn, _: Iterator[int], __: int) -> Json:
    names = ("yes", "partly", "no")[: draw(st.integers(2, 3))]
    return {
        "kind": "statement",
        "options": {name: draw(st.integers(0, 100)) for name in names},
    }


@st.composite
def assessments(draw: st.DrawFn, root: Component) -> Assessment:
    """Usually complete and within its scales, sometimes neither."""
    asked = list(components(root))
    rows = [one for form in asked if isinstance(form, Criteria) for one in form.criteria]
    given = {
        "criteria": {
            row.id: draw(st.integers(row.least, row.most) | st.integers(0, 1100))
            for row in rows
            if draw(st.integers(0, 9))
        },
        "indicators": {
            one.id: draw(amounts)
            for one in asked
            if isinstance(one, Indicator) and draw(st.integers(0, 3))
        },
        "statements": {
            one.id: draw(st.sampled_from([*one.options, "maybe"]))
            for one in asked
            if isinstance(one, Statement) and draw(st.integers(0, 3))
        },
        "away": draw(st.integers(0, 9)) == 0,
    }
    return Assessment.model_validate(given)
