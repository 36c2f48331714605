"""The tables of a unit and of the province: the numbers of the results, names in their order."""

from typing import Any

from shared.models.result import Result
from shared.models.scheme import Rating
from shared.models.unit import Unit
from shared.papers.paper import Amount, Table, Text
from shared.papers.unit import province_paper, unit_paper
from shared.scoring.digest import UNSEALED
from shared.scoring.result import total_period, total_unit
from tests.builders import (
    a_contribution,
    a_period,
    a_scheme,
    a_scorecard,
    a_unit,
    delivered,
    full_marks,
)
from tests.shared.papers.samples import a_dossier, frozen

POINTS = {"Đặng Văn Ân": full_marks(), "Lê Thị Ánh": {}, "Phạm Hồng Đức": full_marks(500)}


def people() -> list[Result]:
    others = [
        frozen(a_scorecard(a_contribution(delivered()), official=f"u{n}", general=points), name)
        for n, (name, points) in enumerate(POINTS.items())
    ]
    return [a_dossier().result, *others]


def rows() -> list[list[Any]]:
    decided: dict[str, Rating] = {"u2": "completed"}
    ratings = [(one, decided.get(one.scorecard.official)) for one in people()]
    paper = unit_paper(a_period(), a_scheme(), a_unit(), "Tỉnh", ratings)
    (table,) = (block for block in paper.blocks if isinstance(block, Table))
    return [list(row) for row in table.rows]


def test_names_in_the_order_of_given_names() -> None:
    assert [row[:2] for row in rows()] == [
        [1, "Lê Thị Ánh"],
        [2, "Đặng Văn Ân"],
        [3, "Phạm Hồng Đức"],
        [4, "Nguyễn Thị Phượng"],
    ]


def test_the_numbers_of_the_scorecard_and_nothing_where_there_is_none() -> None:
    card = a_dossier().card
    assert rows()[3][2:] == [
        *(card.work.assigned, card.work.done, card.work.lates, card.work.fails),
        *(Amount(card.nodes[one].share) for one in "abc"),
        *(None, None, None),
        *(Amount(card.nodes[one].points) for one in ("general", "task")),
        Amount(card.total or 0),
        "Hoàn thành tốt nhiệm vụ",
        "Điểm số",
        "",
    ]
    assert rows()[0][-4:] == [None, "Chưa chấm tiêu chí chung", "", ""]
    assert rows()[2][-3:] == ["Hoàn thành tốt nhiệm vụ", "Điểm số", "Hoàn thành nhiệm vụ"]


def test_how_many_have_each_rating() -> None:
    paper = unit_paper(a_period(), a_scheme(), a_unit(), "Tỉnh", [(one, None) for one in people()])
    said = "\n".join(block.text for block in paper.blocks if isinstance(block, Text))
    assert "4 người. Hoàn thành xuất sắc nhiệm vụ: 1; Hoàn thành tốt nhiệm vụ: 2;" in said
    assert "Chưa chấm tiêu chí chung: 1." in said


def test_the_province_adds_up_and_says_its_shares() -> None:
    units = {
        "so": Unit(name="Sở", path=["so"]),
        "p1": Unit(name="Phòng Một", parent="so", path=["so", "p1"]),
        "p2": Unit(name="Phòng Hai", parent="so", path=["so", "p2"]),
    }
    results = [
        total_unit("p1", "Phòng Một", people(), 0),
        total_unit("so", "Sở", people()[:1], 0),
        total_unit("p2", "Phòng Hai", [], 0),
    ]
    total = total_period(a_period(), UNSEALED, results, None)
    decided = {one.unit: one.ratings for one in results}
    paper = province_paper(total, a_scheme(), units, results, "Sở", decided)
    table = next(block for block in paper.blocks if isinstance(block, Table))
    assert [list(row) for row in table.rows] == [
        [1, "Sở", 1, 0, 1, 0, 0, 0, 0, 0],
        [2, "– Phòng Một", 4, 1, 2, 0, 0, 1, 0, 0],
        ["", "Cộng", 5, 1, 3, 0, 0, 1, 0, 0],
        [
            "",
            "Tỷ lệ trong số được xếp loại (%)",
            None,
            *map(Amount, (2500, 7500, 0, 0)),
            *[None] * 3,
        ],
    ]


def test_the_province_says_both_what_was_computed_and_what_stands() -> None:
    units = {"p1": Unit(name="Phòng Một", path=["p1"])}
    results = [total_unit("p1", "Phòng Một", people(), 0)]
    total = total_period(a_period(), UNSEALED, results, None)
    decided: dict[str, dict[Rating, int]] = {"p1": {"excellent": 1, "good": 1, "completed": 1}}
    paper = province_paper(total, a_scheme(), units, results, "Sở", decided)
    table = next(block for block in paper.blocks if isinstance(block, Table))
    assert [list(row)[3:7] for row in table.rows[:2]] == [[1, "2 → 1", "0 → 1", 0]] * 2
    assert [list(row)[1] for row in table.rows[2:]] == [
        "Tỷ lệ trong số được xếp loại (%)",
        "Tỷ lệ theo quyết định (%)",
    ]
    assert any(isinstance(block, Text) and "→" in block.text for block in paper.blocks)
