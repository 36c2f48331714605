"""What is checked before a scheme is published: each fault names its node."""

from typing import Any

import pytest
from hypothesis import given

from shared.scoring.publication import Defect, asked_defects, defects
from tests.builders import a_scheme, an_asked
from tests.trees import SOURCE, TITLE, Case, Json, a_position_scheme, cases

NODE = {"title": TITLE, "absent": "not_assessed"}
BANDS = a_scheme().ratings.fields()["bands"]
GATE = a_scheme().gates[2].fields()


def leaf(name: str, **changes: Any) -> Json:
    return {**NODE, "id": name, "kind": "indicator", "start": 0, "target": 100, **changes}


def root(*parts: Json, **changes: Any) -> Json:
    return {**NODE, "id": "total", "kind": "mean", "source": SOURCE, "parts": [*parts], **changes}


def form(*rows: tuple[str, int, int]) -> Json:
    criteria = [
        {"id": name, "title": TITLE, "weight": 1, "least": least, "most": most}
        for name, least, most in rows
    ]
    return {**NODE, "id": "form", "kind": "criteria", "criteria": criteria}


DERIVED = {"at_least": "completed", "met": "yes", "unmet": "no"}


def statement(**changes: Any) -> Json:
    options = {"yes": 100, "no": 0}
    return {**NODE, "id": "s", "kind": "statement", "options": options, **changes}


def shares(*percents: int, name: str = "") -> Json:
    rows = [
        {"id": name or f"r{n}", "title": TITLE, "percent": one} for n, one in enumerate(percents)
    ]
    return {"shares": rows, "source": SOURCE}


def tree(*parts: Json, **changes: Any) -> Json:
    return {"subjects": {"official": root(*parts, **changes)}, "gates": []}


def bands(*least: int) -> Json:
    rows = [band | {"at_least": at} for band, at in zip(BANDS, least, strict=False)]
    return {"ratings": {"bands": rows, "source": SOURCE}}


OF_UNIT = {"kind": "unit_at_least", "node": "x", "percent": 70}
NO_PART = {"kind": "no_part", "rating": "completed"}


DERIVED = {"at_least": "completed", "met": "yes", "unmet": "no"}


def nested(levels: int) -> Json:
    part = leaf("i")
    for level in range(levels):
        part = {**NODE, "id": f"n{level}", "kind": "mean", "parts": [part]}
    return part


QUOTA = a_scheme().fields()["quota"]
JUSTIFICATION = a_scheme().fields()["justification"]
CALENDAR = a_scheme().fields()["calendar"]

CASES: list[tuple[Json, str, str]] = [
    (
        tree(leaf("x", weight=30), leaf("y", weight=60), kind="sum"),
        "subjects.official.total",
        "the weights add up to 90, not to 100",
    ),
    (
        tree(leaf("x", weight=2), leaf("y"), kind="minimum"),
        "subjects.official.total",
        "weights have no say",
    ),
    (tree(leaf("x"), leaf("x")), "subjects.official.x", "an id is named twice"),
    (
        tree(form(("k", 0, 500), ("k", 0, 500))),
        "subjects.official.k",
        "a criterion is named twice",
    ),
    (tree(form(("k", 500, 500))), "subjects.official.form.k", "the scale is empty"),
    (tree(leaf("x", start=100)), "subjects.official.x", "start and target are the same"),
    (tree(leaf("x", cap=80)), "subjects.official.total", "80.00 at most, so nobody is excellent"),
    (
        tree(statement(options={"yes": 100, "no": 60})),
        "subjects.official.total",
        "60.00 at least, so nobody is not_completed",
    ),
    (
        tree(statement(options={"yes": 100, "no": 50})),
        "subjects.official.total",
        "50.00 at least, so nobody is not_completed",
    ),
    (tree(statement(options={"yes": 90, "no": 90})), "subjects.official.s", "give the same"),
    (
        tree(statement(derived={"at_least": "completed", "met": "oui", "unmet": "no"})),
        "subjects.official.s",
        "derives an option that it does not have",
    ),
    (
        {
            **tree(statement(derived=DERIVED)),
            **bands(9000),
            "quota": None,
        },
        "subjects.official.s",
        "asks for completed, which is no band",
    ),
    (
        {**tree({**NODE, "id": "b", "kind": "task", "measure": "quality"}), "penalties": None},
        "subjects.official.b",
        "needs the scheme's penalties",
    ),
    (tree(leaf("x"), source=None), "subjects.official.total", "states no source"),
    (tree(leaf("x"), absent="zero"), "subjects.official.total", "never zero or left out"),
    (tree(leaf("x"), absent="excluded"), "subjects.official.total", "never zero or left out"),
    (tree(leaf("x"), weight=2), "subjects.official.total", "nothing above it"),
    (tree(nested(5)), "subjects.official.total", "more than 6 levels deep"),
    (
        {"subjects": {**tree(leaf("x"))["subjects"], "head": root(leaf("x", start=100))}},
        "subjects.head.x",
        "start and target are the same",
    ),
    (bands(9000, 7000, 5000, 1), "ratings.bands.not_completed", "the last band starts at 0"),
    (bands(7000, 9000, 5000, 0), "ratings.bands.good", "does not lie below excellent"),
    (bands(9000, 9000, 5000, 0), "ratings.bands.good", "does not lie below excellent"),
    (
        {"ratings": {"bands": [BANDS[0], *BANDS[:2], BANDS[3]], "source": SOURCE}},
        "ratings.bands.excellent",
        "a rating is named twice",
    ),
    (
        {
            **bands(9050, 7000, 5000, 0),
            "rounding": {"places": 0, "mode": "half_up", "source": SOURCE},
        },
        "ratings.bands.excellent",
        "more decimals than totals",
    ),
    ({"gates": [{**GATE, "id": "score"}]}, "gates.score", "the score itself has this name"),
    ({"gates": [GATE, GATE]}, "gates.on-time", "a gate is named twice"),
    ({"gates": [{**GATE, "ceiling": "excellent"}]}, "gates.on-time", "lowers nobody"),
    (
        {
            "gates": [GATE],
            "ratings": {"bands": [BANDS[0], BANDS[3]], "source": SOURCE},
            "quota": None,
        },
        "gates.on-time",
        "completed is no band",
    ),
    ({**tree(leaf("x")), "gates": [GATE]}, "gates.on-time", "measures work, which no component"),
    (
        {"gates": [{**GATE, "applies_to": "heads", "condition": OF_UNIT}]},
        "gates.on-time",
        "asks for x, which is no component of units",
    ),
    ({"gates": [{**GATE, "condition": OF_UNIT}]}, "gates.on-time", "so it applies to heads"),
    (
        {"gates": [{**GATE, "condition": NO_PART}]}
        | {"ratings": {"bands": [BANDS[1], BANDS[3]], "source": SOURCE}, "quota": None},
        "gates.on-time",
        "asks for completed, which is no band",
    ),
    (
        {"ratings": {"bands": [BANDS[0], BANDS[3]], "source": SOURCE}, "gates": []},
        "quota",
        "a rating that is no band",
    ),
    ({"quota": QUOTA | {"outstanding_percent": 10}}, "quota", "gives an outstanding"),
    ({"quota": QUOTA | {"rating": "not_completed"}}, "quota", "is about the lowest"),
    ({"distribution": shares(60, 30)}, "distribution", "add up to 90"),
    ({"distribution": shares(60, 40, name="x")}, "distribution.x", "named twice"),
    ({"justification": JUSTIFICATION | {"below": 90}}, "justification", "leaves nothing"),
    ({"calendar": CALENDAR | {"periods": ["month", "month"]}}, "calendar", "twice"),
    ({"calendar": CALENDAR | {"year_before": "02-31"}}, "calendar.year_before", "02-31 is no day"),
    ({"calendar": CALENDAR | {"year_before": "02-29"}}, "calendar.year_before", "02-29 is no day"),
    (
        tree(form(*((f"k{n}", 0, 500) for n in range(8)))),
        "subjects.official.form",
        "an appraisal holds 7 criteria",
    ),
    (
        tree(form(("k", 0, 500)), {**form(*((f"x{n}", 0, 500) for n in range(7))), "id": "more"}),
        "subjects.official.more",
        "an appraisal holds 7 criteria",
    ),
    (
        tree(*({**statement(), "id": f"s{n}"} for n in range(3))),
        "subjects.official.s2",
        "an appraisal holds 2 statements",
    ),
    (
        tree(statement(derived=DERIVED)),
        "subjects.official.s",
        "follows from subordinates, whom officials do not have",
    ),
    (
        {
            "subjects": {"official": root(leaf("x")), "unit": root(leaf("x", cap=60), leaf("y"))},
            "gates": [{**GATE, "applies_to": "heads", "condition": OF_UNIT}],
        },
        "gates.on-time",
        "asks for 70 % of x, which reaches 60.00 at most",
    ),
    (
        {"gates": [{**GATE, "condition": NO_PART, "ceiling": "not_completed"}]},
        "gates.on-time",
        "lowers whoever was completed in a part to not_completed",
    ),
]


@pytest.mark.parametrize(("change", "node", "reason"), CASES, ids=[case[2] for case in CASES])
def test_a_scheme_that_cannot_rate_everybody_names_the_node_that_is_why(
    change: Json, node: str, reason: str
) -> None:
    found = defects(a_scheme(**change))
    assert [one for one in found if one.node == node and reason in one.en]
    assert all(one.vi for one in found)


@pytest.mark.parametrize(
    "change",
    [
        tree(leaf("x")),
        tree(leaf("x", cap=80)) | bands(8000, 7000, 5000, 0),
        tree(form(("k", 100, 500))),
        tree(nested(4)),
        tree(form(*((f"k{n}", 0, 500) for n in range(7)))),
        tree(*({**statement(), "id": f"s{n}"} for n in range(2))),
        tree(leaf("x"), {**statement(derived=DERIVED), "absent": "excluded"}),
        {"gates": [{**GATE, "condition": NO_PART}]},
        {"quota": None, "windows": None, "calendar": None, "justification": None, "gates": []},
    ],
)
def test_what_is_sound_has_no_defects(change: Json) -> None:
    assert defects(a_scheme(**change)) == []


@given(cases())
def test_random_trees_are_built_soundly_but_for_bands_out_of_reach_and_size(case: Case) -> None:
    reasons = [one.en for one in defects(case.scheme)]
    random = ("so nobody is", "the same", "an appraisal holds")
    assert [one for one in reasons if not any(part in one for part in random)] == []


def test_what_positions_ask_stands_once_in_a_tree_of_people() -> None:
    asks = [{**NODE, "id": name, "kind": "position_criteria"} for name in ("own", "again")]
    assert defects(a_position_scheme()) == []
    assert nodes(defects(a_scheme(**tree(*asks)))) == ["subjects.official.position_criteria"]
    unit = {"unit": root(asks[0]), "official": root(leaf("x"))}
    assert nodes(defects(a_scheme(subjects=unit, gates=[]))) == ["subjects.unit.own"]


def nodes(found: list[Defect]) -> list[str]:
    assert all(one.vi and one.en for one in found)
    return [one.node for one in found]


def test_what_a_position_asks_is_checked_field_by_field() -> None:
    [manner], [rate] = an_asked().criteria, an_asked().indicators
    half = manner.model_copy(update={"weight": 50})
    empty = half.model_copy(update={"id": "care", "least": 5, "most": 5})
    still = rate.model_copy(update={"target": rate.start})
    for asked, wrong in (
        (an_asked(), []),
        (an_asked(criteria=[], indicators=[]), ["criteria"]),
        (an_asked(criteria=[half]), ["criteria"]),
        (an_asked(criteria=[half, half]), ["criteria.manner"]),
        (an_asked(criteria=[half, empty]), ["criteria.care"]),
        (an_asked(indicators=[rate, rate]), ["indicators", "indicators.on-time"]),
        (an_asked(indicators=[still]), ["indicators.0"]),
    ):
        assert nodes(asked_defects(asked)) == wrong
    assert nodes(asked_defects(an_asked(), ["manner", "on-time"])) == [
        "criteria.0.id",
        "indicators.0.id",
    ]


def test_turns_to_score_come_one_after_the_other_within_the_heads_days() -> None:
    windows = a_scheme().fields()["windows"]
    for turns in ({"deputies": 9}, {"above": 9}, {"deputies": 1, "above": 2}):
        assert nodes(defects(a_scheme(windows={**windows, "head_score": 5, **turns}))) == [
            "windows"
        ]
    within = {"head_score": 5, "deputies": 3, "above": 1}
    assert defects(a_scheme(windows={**windows, **within})) == []
