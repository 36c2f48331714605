"""GET /forms: what is signed and filed, for those who may have it."""

import pytest
import requests

from tests.shared.papers.reading import pages, sheet_values
from tests.world import MONTH, World

OK = requests.codes.ok


@pytest.fixture
def closed(world: World) -> World:
    for official in ("an", "em"):
        world.deliver(official, world.assigned(official))
    world.appraise("binh", "an")
    world.close()
    return world


def get(world: World, who: str, **query: str) -> requests.Response:
    return world.as_(who).get("forms", **{"period": MONTH, **query})


def test_forms_of_a_closed_month(closed: World) -> None:
    own = get(closed, "an", form="self", official="an")
    assert own.status_code == OK, own.text
    assert own.headers["Content-Type"] == "application/pdf"
    (first, *_) = pages(own.content)
    assert "PHÒNG MỘT" in first
    assert "Vị trí việc làm: Chuyên viên" in first
    assert "1 Hồ sơ 20/10/2026 1,000 1 1 0 0 0 1,000" in first
    assert get(closed, "an", form="self", official="an").content == own.content

    several = get(closed, "binh", form="decision", unit="p1", format="xlsx")
    people = [sheet_values(several.content, n) for n in range(3)]
    for name, rows in zip(["An", "Bình", "Chi"], people, strict=True):
        assert [f"Họ và tên: {name}"] in rows
    assert any(row[0] == "Tổng điểm: 97,00/100,00" for row in people[0] if row)

    table = get(closed, "giam-doc", form="unit", unit="p1")
    assert "1 An 1 1 0 0 100,00 100,00 100,00 27,00 70,00 97,00" in pages(table.content)[0]
    province = get(closed, "kiem", form="province")
    assert "– Phòng Một 3 1 0 0 0" in pages(province.content)[0]
    minutes = get(closed, "tu", form="minutes")
    text = " ".join(pages(minutes.content))
    assert "1 An Phòng Một 97,00 Hoàn thành xuất sắc nhiệm vụ" in text
    refusals(closed)


def refusals(closed: World) -> None:
    """In the same closed month: who may not, and what makes no sense."""
    cases: list[tuple[str, dict[str, str], int, str]] = [
        ("chi", {"form": "self", "official": "an"}, 403, "official"),
        ("dung", {"form": "decision", "official": "an"}, 403, "official"),
        ("an", {"form": "unit", "unit": "p1"}, 403, "unit"),
        ("an", {"form": "self", "unit": "p1"}, 403, "unit"),
        ("dung", {"form": "unit", "unit": "p1"}, 403, "unit"),
        ("dung", {"form": "unit", "unit": "nowhere"}, 403, "unit"),
        ("giam-doc", {"form": "province"}, 403, "unit"),
        ("giam-doc", {"form": "minutes", "unit": "p1"}, 403, "form"),
        ("binh", {"form": "minutes"}, 403, "form"),
        ("tu", {"form": "unit", "unit": "nowhere"}, 404, "unit"),
        ("tu", {"form": "self", "official": "nobody"}, 404, "official"),
        ("tu", {"form": "province", "period": "2026-09"}, 404, "period"),
        ("tu", {"form": "minutes", "unit": "nowhere"}, 404, "agency"),
        ("tu", {"form": "province", "unit": "p1"}, 400, "unit"),
        ("tu", {"form": "unit", "official": "an"}, 400, "official"),
        ("tu", {"form": "self"}, 400, "unit"),
        ("tu", {"form": "self", "official": "an", "unit": "p1"}, 400, "official"),
        ("tu", {"form": "01", "official": "an"}, 400, "form"),
        ("tu", {"form": "province", "format": "docx"}, 400, "format"),
    ]
    for who, query, status, field in cases:
        answer = get(closed, who, **query)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field), query


def test_in_an_open_month_there_is_only_ones_own_form_01(world: World) -> None:
    none = get(world, "an", form="self", official="an")
    assert (none.status_code, none.json()["errors"][0]["field"]) == (404, "official")
    world.deliver("an", world.assigned("an"))
    assert world.card("an") is not None
    (first, *_) = pages(get(world, "an", form="self", official="an").content)
    assert "1 Hồ sơ 20/10/2026 1,000 1 1 0 0 0 1,000" in first
    assert "Số liệu tạm tính: kỳ chưa khóa" in first
    assert get(world, "binh", form="self", official="an").status_code == OK
    assert get(world, "chi", form="self", official="an").status_code == 403
    for who, query in [
        ("an", {"form": "decision", "official": "an"}),
        ("binh", {"form": "self", "unit": "p1"}),
        ("tu", {"form": "province"}),
        ("tu", {"form": "minutes"}),
    ]:
        answer = get(world, who, **query)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (409, "period")
