"""Trees of components: each kind by example, then what holds for all of them."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.models.scheme import COMBINED, Component, Criteria, Indicator, Statement
from shared.models.scorecard import Assessment, Scorecard
from shared.scoring.digest import canonical
from shared.scoring.evaluation import Evaluated, components, criteria_faults, evaluate, walk
from shared.scoring.explanation import explain
from shared.scoring.scorecard import read
from tests.builders import DAY, DUE, a_contribution, a_scorecard, delivered, through_store
from tests.trees import SOURCE, TITLE, Case, Json, cases, scheme_of

ROOT = {"kind": "mean", "id": "total", "title": TITLE, "absent": "not_assessed", "source": SOURCE}


def node(kind: str, name: str, **fields: Any) -> Json:
    return {"kind": kind, "id": name, "title": TITLE, "absent": "not_assessed", **fields}


def indicator(name: str, start: int, target: int, **fields: Any) -> Json:
    return node("indicator", name, start=start, target=target, **fields)


def scored(root: Json, **said: Any) -> Scorecard:
    """One month's card of this tree; `work` gives the contributions."""
    work = said.pop("work", {})
    return a_scorecard(
        scheme=scheme_of(root),
        contributions=work,
        assessments={"2026-10": Assessment.model_validate(said)},
    )


def share_of(part: Json, **said: Any) -> int | None:
    return scored({**ROOT, "parts": [part]}, **said).share(part["id"])


# Each kind of component


@pytest.mark.parametrize(
    ("start", "target", "now", "share"),
    [
        (20, 100, 40, 2500),
        (100, 20, 80, 2500),
        (20, 100, 20, 0),
        (20, 100, 5, 0),
        (20, 100, 100, 10_000),
        (20, 100, 500, 10_000),
        (100, 20, 120, 0),
        (0, 3, 1, 3333),
        (-10, 10, 0, 5000),
    ],
)
def test_an_indicator_goes_from_start_to_target_and_no_further(
    start: int, target: int, now: int, share: int
) -> None:
    assert share_of(indicator("i", start, target), indicators={"i": now}) == share


def test_an_indicator_may_be_capped() -> None:
    assert share_of(indicator("i", 0, 100, cap=80), indicators={"i": 95}) == 8000


def criteria(*rows: tuple[str, int, int, int]) -> Json:
    named = [
        {"id": name, "title": TITLE, "weight": weight, "least": least, "most": most}
        for name, weight, least, most in rows
    ]
    return node("criteria", "form", criteria=named)


def test_a_five_point_scale_of_weighted_criteria() -> None:
    form = criteria(("x", 50, 100, 500), ("y", 30, 100, 500), ("z", 20, 100, 500))
    assert share_of(form, criteria={"x": 500, "y": 400, "z": 300}) == 8600
    assert share_of(form, criteria={"x": 100, "y": 100, "z": 100}) == 2000


@pytest.mark.parametrize("score", [99, 501])
def test_a_score_off_its_scale_counts_as_none(score: int) -> None:
    form = criteria(("x", 1, 100, 500))
    card = scored({**ROOT, "parts": [form]}, criteria={"x": score})
    assert (card.share("form"), card.standing) == (None, "not_assessed")


def test_two_forms_are_scored_apart_but_a_name_that_neither_knows_spoils_both() -> None:
    other = {**criteria(("y", 1, 0, 500)), "id": "other"}
    root = {**ROOT, "parts": [criteria(("x", 1, 0, 500)), other]}
    assert scored(root, criteria={"x": 250}).share("form") == 5000
    assert scored(root, criteria={"x": 250, "w": 1}).nodes == {}


def test_a_statement_gives_the_share_of_its_option() -> None:
    asked = node("statement", "s", options={"yes": 100, "no": 50})
    assert share_of(asked, statements={"s": "no"}) == 5000
    assert share_of(asked, statements={"s": "maybe"}) is None


def test_measures_of_the_work() -> None:
    late = {"2026-10_u_an_w": a_contribution(delivered(at=DUE + DAY))}
    for measure, share in (("quantity", 10_000), ("quality", 10_000), ("progress", 7500)):
        assert share_of(node("task", "t", measure=measure), work=late) == share


def parts(kind: str, weights: tuple[int, ...], absent: str) -> Json:
    """Indicators from 0 to 100; which are measured is up to what is said."""
    return {
        **ROOT,
        "kind": kind,
        "parts": [
            {**indicator(f"i{n}", 0, 100), "weight": weight, "absent": absent}
            for n, weight in enumerate(weights)
        ],
    }


def total(kind: str, *shares: int | None, weights: tuple[int, ...], absent: str) -> int | None:
    known = {f"i{n}": share for n, share in enumerate(shares) if share is not None}
    root = parts(kind, weights=weights, absent=absent)
    return scored(root, indicators=known).total


@pytest.mark.parametrize(
    ("kind", "weights", "shares", "absent", "points"),
    [
        ("sum", (30, 70), (100, 50), "not_assessed", 6500),
        ("mean", (1, 1, 1), (100, 50, 0), "not_assessed", 5000),
        ("mean", (3, 1), (100, 0), "not_assessed", 7500),
        ("minimum", (1, 1), (40, 30), "not_assessed", 3000),
        ("sum", (30, 70), (None, 50), "excluded", 5000),
        ("sum", (30, 70), (None, 50), "zero", 3500),
        ("sum", (30, 70), (None, 50), "not_assessed", None),
        ("sum", (30, 70), (None, 50), "insufficient_data", None),
        ("mean", (2, 1, 1), (None, 50, 100), "excluded", 7500),
        ("minimum", (1, 1), (None, 30), "excluded", 3000),
        ("minimum", (1, 1), (None, 30), "zero", 0),
        ("mean", (1, 1), (None, None), "excluded", None),
    ],
)
def test_parts_are_combined_and_what_is_absent_is_what_the_scheme_says(
    kind: str,
    weights: tuple[int, ...],
    shares: tuple[int | None, ...],
    absent: str,
    points: int | None,
) -> None:
    assert total(kind, *shares, weights=weights, absent=absent) == points


def test_without_data_there_is_nothing_to_assess_so_that_is_said_first() -> None:
    unknown = {**indicator("i", 0, 100), "absent": "insufficient_data"}
    root = {**ROOT, "parts": [criteria(("x", 1, 0, 500)), unknown]}
    assert scored(root).standing == "insufficient_data"


def test_what_is_known_is_shown_though_the_whole_is_not() -> None:
    root = parts("sum", weights=(70, 30), absent="not_assessed")
    card = scored(root, indicators={"i0": 50})
    assert (card.points("i0"), card.points("i1"), card.total) == (3500, None, None)


def test_a_scheme_may_round_to_whole_points() -> None:
    root = {**ROOT, "parts": [indicator("i", 0, 1000)]}
    rounding = {"places": 0, "mode": "half_up", "source": SOURCE}
    for now, points in ((894, 8900), (895, 9000), (900, 9000)):
        known = {"2026-10": Assessment(indicators={"i": now})}
        card = a_scorecard(scheme=scheme_of(root, rounding=rounding), assessments=known)
        assert (card.total, card.share("i")) == (points, now * 10)


# What holds for all trees


@given(cases())
def test_a_total_lies_between_nothing_and_100_points(case: Case) -> None:
    card = case.card()
    assert Scorecard.model_validate(card.fields()) == card
    assert (card.total is None) is (card.standing != "rated")
    assert all(0 <= one.share <= 10_000 for one in card.nodes.values())
    assert card.total is None or 0 <= card.total <= 10_000


@given(cases())
def test_what_the_leaves_add_makes_up_the_total(case: Case) -> None:
    root = read(case.card(), case.scheme).root
    leaves = [one for one in walk(root) if not one[0].parts]
    added = sum((node.share * most for node, most in leaves if node.share is not None), Fraction(0))
    assert root.share is None or added == root.share * 100


@given(cases())
def test_what_is_left_out_is_as_if_the_scheme_did_not_have_it(case: Case) -> None:
    reading = read(case.card(), case.scheme)
    known = evaluate(pruned(reading.root), reading.evidence)
    spoiled = components(case.root)
    forms = any(isinstance(one, Criteria) for one in spoiled)
    assume(not forms or criteria_left(reading.root) == criteria_left(known))
    assert known.share == reading.root.share


def pruned(node: Evaluated) -> Component:
    if not isinstance(node.component, COMBINED):
        return node.component
    left = [pruned(part) for part in node.parts if part.counts]
    return node.component.model_copy(update={"parts": left or node.component.parts})


def criteria_left(root: Evaluated) -> int:
    """A form that is gone makes its criteria unknown names, so such trees are not compared."""
    return sum(isinstance(node.component, Criteria) for node, _ in walk(root))


@given(cases(), st.data())
def test_a_better_leaf_never_lowers_the_total(case: Case, data: st.DataObject) -> None:
    better = list(improvements(case))
    assume(better)
    before, after = case.card(), data.draw(st.sampled_from(better)).card()
    assert before.total is None or (after.total is not None and after.total >= before.total)


def improvements(case: Case) -> list[Case]:
    """Each thing that was said, once better."""
    found: list[Case] = []
    for stretch, said in case.assessments.items():
        for one in components(case.root):
            match one:
                case Criteria() if not criteria_faults(one, said.criteria):
                    best = {row.id: row.most for row in one.criteria}
                    found.append(case.saying(stretch, criteria={**said.criteria, **best}))
                case Indicator() if one.id in said.indicators:
                    way = 10 if one.target > one.start else -10
                    moved = {one.id: said.indicators[one.id] + way}
                    found.append(case.saying(stretch, indicators={**said.indicators, **moved}))
                case Statement() if said.statements.get(one.id) in one.options:
                    best_option = max(one.options, key=one.options.__getitem__)
                    stated = {**said.statements, one.id: best_option}
                    found.append(case.saying(stretch, statements=stated))
                case _:
                    pass
    return found


@given(cases())
def test_every_card_explains_itself_in_both_languages(case: Case) -> None:
    lines = explain(case.card(), case.scheme)
    assert all(line.vi.strip() and line.en.strip() for line in lines)
    assert len(lines) >= 2


@given(cases())
def test_the_bytes_of_a_card_survive_the_store_and_are_the_same_again(case: Case) -> None:
    card = case.card()
    read_back = Scorecard.model_validate(through_store(card.fields()))
    assert canonical(read_back.fields()) == canonical(card.fields())
    assert canonical(case.card().fields()) == canonical(card.fields())
