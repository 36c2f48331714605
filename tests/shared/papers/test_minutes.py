"""Minutes: both counts, quotas with their words, the edge by name, decisions with reasons."""

from dataclasses import replace

from shared.models.quota import QuotaGroup, QuotaReport
from shared.papers.minutes import Rated, minutes_paper
from shared.papers.paper import Amount, Table, Text
from shared.papers.pdf import to_pdf
from shared.scoring.quota import Candidate, limits, quota_boundary, tell_limit
from tests.builders import END, PERIOD, SCHEME, a_scheme
from tests.shared.papers.reading import pages, table_rows

PEOPLE = [
    Rated("an", "Nguyễn Văn An", "Phòng Một", 9500, "excellent", None, ""),
    Rated("em", "Lê Thị Ém", "Phòng Hai", 9200, "excellent", "good", "vượt tỷ lệ, cùng điểm"),
    *(Rated(f"u{n}", f"Trần Thị {n}", "Phòng Ba", 8000 + n, "good", "good", "") for n in range(5)),
]


def a_report(people: list[Rated]) -> QuotaReport:
    scheme = a_scheme()
    assert scheme.quota is not None
    candidates = [Candidate(one.official, one.total, one.rating) for one in people]
    found = limits(candidates, scheme, scheme.quota, outstanding=False)
    binding = next(one for one in found if one.binding)
    group = QuotaGroup(
        kind="agency",
        id="so",
        title="Sở Nội vụ",
        outstanding=False,
        people=len(people),
        computed={"excellent": 2, "good": 5},
        ratings={"excellent": 1, "good": 6},
        limits=found,
        boundary=quota_boundary(candidates, scheme, scheme.quota, binding),
        distribution=[],
        explanation=[tell_limit(one, scheme.quota, scheme, 1) for one in found],
    )
    return QuotaReport(period=PERIOD, scheme=SCHEME, groups=[group], unplaced=1)


def tables() -> list[Table]:
    paper = minutes_paper(a_report(PEOPLE), a_scheme(), PEOPLE, "UBND tỉnh")
    return [block for block in paper.blocks if isinstance(block, Table)]


def test_a_count_that_decisions_changed_says_both() -> None:
    assert list(tables()[0].rows[0]) == ["Sở Nội vụ", 7, "2 → 1", "5 → 6", 0, 0]


def test_the_highest_by_total_and_the_departures_with_their_reason() -> None:
    _, top, departures = tables()
    assert [row[1] for row in top.rows] == ["Nguyễn Văn An", "Lê Thị Ém"]
    assert top.rows[0][3] == Amount(9500)
    assert [list(row[4:]) for row in departures.rows] == [
        ["Hoàn thành xuất sắc nhiệm vụ", "Hoàn thành tốt nhiệm vụ", "vượt tỷ lệ, cùng điểm"]
    ]


def test_quotas_advise_and_the_edge_has_names() -> None:
    paper = minutes_paper(a_report(PEOPLE), a_scheme(), PEOPLE, "UBND tỉnh")
    said = "\n".join(block.text for block in paper.blocks if isinstance(block, Text))
    assert "không tự động hạ điểm" in said
    assert "Cuối danh sách được giữ: Nguyễn Văn An (95,00 điểm)" in said
    assert "Lê Thị Ém (92,00 điểm)" in said
    assert "1 người không thuộc các cơ quan nêu trên." in said
    text = " ".join(pages(to_pdf([paper], END)))
    assert all(row in text for row in table_rows(paper))


def test_nobody_rated_so_high_and_no_quota() -> None:
    people = [replace(one, computed="good", decided=None) for one in PEOPLE]
    paper = minutes_paper(a_report(people), a_scheme(quota=None), people, "UBND tỉnh")
    said = "\n".join(block.text for block in paper.blocks if isinstance(block, Text))
    assert "Quy chế không đặt tỷ lệ tối đa." in said
    assert "Không có ai." in said
    assert "Không có." in said
