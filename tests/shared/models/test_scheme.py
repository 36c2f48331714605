from typing import Any

import pytest
from pydantic import ValidationError

from shared.models.scheme import Criteria, Scheme, Source
from shared.scoring.evaluation import components
from shared.scoring.publication import defects
from shared.usecases.schemes import SHIPPED, shipped
from tests.builders import a_scheme
from tests.trees import SOURCE, TITLE

SCHEME = a_scheme()
LOCAL = shipped("decree-335-local@1")
FORM = {"id": "x", "title": TITLE, "weight": 1, "most": 500}
NODE = {"id": "n", "title": TITLE, "absent": "not_assessed"}


@pytest.mark.parametrize("ref", SHIPPED)
def test_a_shipped_scheme_may_be_published_under_its_name(ref: str) -> None:
    assert defects(shipped(ref)) == []
    assert shipped(ref).ref == ref


@pytest.mark.parametrize("scheme", [SCHEME, LOCAL])
def test_every_rule_says_where_it_is_from(scheme: Scheme) -> None:
    sources = found(scheme)
    assert len(sources) >= 15
    assert all(source.text.vi and source.text.en for source in sources)
    assert {source.confidence for source in sources} >= {"law", "guidance", "local"}
    assert scheme.rounding.source.confidence == "proposal"


def found(value: object) -> list[Source]:
    if isinstance(value, Source):
        return [value]
    if isinstance(value, list):
        return [source for one in value for source in found(one)]
    fields = getattr(type(value), "model_fields", {})
    return [source for name in fields for source in found(getattr(value, name))]


def test_the_decree_is_30_and_70_with_three_measures_for_officials_and_six_for_heads() -> None:
    for subject, measures in (("official", "abc"), ("head", ["a", "b", "c", "d", "dd", "e"])):
        general, task = SCHEME.fields()["subjects"][subject]["parts"]
        assert (general["weight"], task["weight"]) == (30, 70)
        assert [part["id"] for part in task["parts"]] == [*measures]
    assert [band.at_least for band in SCHEME.ratings.bands] == [9000, 7000, 5000, 0]


def split(scheme: Scheme) -> list[int]:
    forms = [one for one in components(scheme.root("official")) if isinstance(one, Criteria)]
    return [row.most for form in forms for row in form.criteria]


def test_the_local_variant_differs_in_split_answers_windows_and_gates() -> None:
    assert (split(SCHEME), split(LOCAL)) == ([1000, 1000, 1000], [1300, 1200, 500])
    assert SCHEME.windows is not None
    assert LOCAL.windows is not None
    assert (SCHEME.windows.petition, SCHEME.windows.answer) == (5, 10)
    assert (LOCAL.windows.petition, LOCAL.windows.answer) == (7, 7)
    assert SCHEME.root("head") != LOCAL.root("head")
    assert {gate.applies_to for gate in LOCAL.gates} == {"all", "heads"}


def test_both_denominators_of_the_quota_are_in_use() -> None:
    assert SCHEME.quota is not None
    assert LOCAL.quota is not None
    assert (SCHEME.quota.of, LOCAL.quota.of) == ("good", "good_or_above")
    assert (SCHEME.quota.percent, SCHEME.quota.outstanding_percent) == (20, 25)


def test_a_subject_without_a_tree_is_scored_as_officials_are() -> None:
    alone = a_scheme(subjects={"official": SCHEME.subjects.official.fields()})
    assert alone.root("head") == alone.root("unit") == alone.root("official")


def tree(**part: Any) -> dict[str, Any]:
    root = {**NODE, "id": "total", "kind": "mean", "source": SOURCE, "parts": [{**NODE, **part}]}
    return {"subjects": {"official": root}}


@pytest.mark.parametrize(
    "change",
    [
        {"ref": "decree-335"},
        {"subjects": {}},
        {"ratings": {"bands": [], "source": SOURCE}},
        {"penalties": {"per_fail": 101, "per_late": 0, "source": SOURCE}},
        {"penalties": {"per_fail": 0, "per_late": 0.25, "source": SOURCE}},
        {"rounding": {"places": 3, "mode": "half_up", "source": SOURCE}},
        {"rounding": {"places": 2, "mode": "half_even", "source": SOURCE}},
        {"calendar": {"periods": ["month"], "year_before": "15-12", "source": SOURCE}},
        {"windows": {"self_score": 0, "head_score": 1, "petition": 1, "answer": 1}},
        {"gates": [{**SCHEME.gates[2].fields(), "applies_to": "friends"}]},
        tree(kind="zeal"),
        tree(kind="mean", parts=[]),
        tree(kind="task", measure="zeal"),
        tree(kind="criteria", criteria=[]),
        tree(kind="criteria", criteria=[{**FORM, "most": 0}]),
        tree(kind="indicator", start=0, target=100, cap=101),
        tree(kind="indicator", start=0.5, target=100),
        tree(kind="statement", options={"yes": 100}),
        tree(kind="statement", options={"yes": 101, "no": 0}),
        tree(kind="task", measure="quantity", weight=0),
        tree(kind="task", measure="quantity", absent="forgiven"),
        tree(kind="task", measure="quantity", source={"text": TITLE, "confidence": "sure"}),
    ],
)
def test_a_scheme_keeps_its_shape(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Scheme.model_validate({**SCHEME.fields(), **change})
