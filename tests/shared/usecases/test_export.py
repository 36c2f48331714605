"""What stands in a machine's CSV; no store needed."""

import csv
import io

import pytest

from cli.demo import join_tables
from shared.usecases.case_log import to_id
from shared.usecases.export import to_csv
from shared.usecases.standing import Standing, first
from tests.builders import a_result


@pytest.mark.parametrize("unit", ["-", "=1+1", "+3", "@x", "Phòng Một", "a,b"])
def test_a_machine_gets_the_identifiers_of_the_source_as_they_are(unit: str) -> None:
    standing = Standing(first(a_result(unit=to_id(unit))), None)
    [row] = csv.DictReader(io.StringIO(to_csv([standing]).decode()))
    assert row["unit"] == unit


def test_the_tables_of_many_months_are_one() -> None:
    tables = [to_csv([Standing(first(a_result(unit=unit)), None)]) for unit in ("u1", "u2")]
    joined = csv.DictReader(io.StringIO(join_tables(tables).decode()))
    assert [row["unit"] for row in joined] == ["u1", "u2"]
    assert join_tables(tables[:1]) == tables[0]
