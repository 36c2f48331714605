"""GET /export: CSV and XLSX of compiled results, for those who may see them."""

import csv
import io

import openpyxl
import pytest
import requests

from tests.world import MONTH, World

OK = requests.codes.ok


@pytest.fixture
def closed(world: World) -> World:
    for official in ("an", "em"):
        world.deliver(official, world.assigned(official))
    world.assigned("chi")
    world.appraise("binh", "an")
    world.appraise("dung", "em", points=400)
    world.close()
    return world


def test_csv_has_a_row_each_and_nothing_where_a_state_forbids_a_number(closed: World) -> None:
    answer = closed.as_("tu").get("export", period=MONTH)
    rows = {row["official"]: row for row in csv.DictReader(io.StringIO(answer.text))}
    assert rows["an"] == {
        "period": MONTH,
        "official": "an",
        "unit": "p1",
        "assigned": "1",
        "done": "1",
        "late": "0",
        "fails": "0",
        "a": "100.00",
        "b": "100.00",
        "c": "100.00",
        "task_points": "70.00",
        "general_points": "27.00",
        "total": "97.00",
        "rating": "excellent",
        "state": "rated",
    }
    assert (rows["em"]["total"], rows["em"]["rating"]) == ("82.00", "good")
    assert [rows["chi"][name] for name in ("task_points", "total", "rating", "state")] == [
        "0.00",
        "",
        "",
        "not_assessed",
    ]
    assert [rows["tu"][name] for name in ("a", "task_points", "state")] == [
        "",
        "",
        "insufficient_data",
    ]


def test_a_period_named_twice_is_exported_once(closed: World) -> None:
    once, twice = (closed.as_("tu").get("export", period=[MONTH] * n).content for n in (1, 2))
    assert once == twice


def test_xlsx_is_for_reading(closed: World) -> None:
    answer = closed.as_("tu").get("export", period=MONTH, format="xlsx", unit="p1")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "Họ và tên"
    assert [row[0] for row in rows[1:]] == ["An", "Bình", "Chi"]
    assert (rows[1][13], rows[1][14]) == (97, "Hoàn thành xuất sắc nhiệm vụ")


@pytest.mark.parametrize(
    ("by", "query", "status"),
    [
        ("binh", {"unit": "p1"}, OK),
        ("giam-doc", {"unit": "p1"}, OK),
        ("kiem", {}, OK),
        ("binh", {"unit": "p2"}, 403),
        ("binh", {}, 403),
        ("an", {"unit": "p1"}, 403),
        ("tu", {"period": "2026-09"}, 404),
        ("tu", {"period": "last"}, 400),
        ("tu", {"unit": "nowhere"}, 404),
        ("binh", {"unit": "nowhere"}, 403),
        ("tu", {"format": "pdf"}, 400),
        ("tu", {"colour": "red"}, 400),
    ],
)
def test_who_may_see_what(closed: World, by: str, query: dict[str, str], status: int) -> None:
    answer = closed.as_(by).get("export", **{"period": MONTH, **query})
    assert answer.status_code == status, answer.text
    if status != OK:
        assert answer.json()["errors"][0]["field"]
