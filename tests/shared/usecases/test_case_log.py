"""Reading a case log by its profile: no store needed."""

from datetime import UTC, datetime
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from shared.errors import RefusedError
from shared.models.base import Id
from shared.usecases.case_log import read_log, read_profile, to_id

PROFILE = """
system = "log"
time_zone = "Asia/Ho_Chi_Minh"
delimiter = ";"
due_days = 10
finishing = ["Trả kết quả"]
rework = ["Yêu cầu bổ sung"]
time_format = "%d/%m/%Y %H:%M"

[columns]
case = "Mã"
event_official = "Người"
unit = "Phòng"
activity = "Việc"
time = "Lúc"
"""
HEADER = "Mã;Người;Phòng;Việc;Lúc\n"


def read(*rows: str) -> str:
    return HEADER + "".join(f"{row}\n" for row in rows)


def test_days_after_the_start_a_finishing_activity_and_the_first_official() -> None:
    text = read(
        "c1;An;P1;Yêu cầu bổ sung;03/10/2026 09:00",
        "c1;Bình;P1;Tiếp nhận;01/10/2026 08:00",
        "c1;An;P1;Trả kết quả;05/10/2026 10:00",
        "c1;An;P1;Trả kết quả;06/10/2026 10:00",
    )
    [case] = read_log(text.encode(), read_profile(PROFILE)).cases
    assert case.official == "Bình"
    assert case.start == datetime(2026, 10, 1, 1, tzinfo=UTC)
    assert case.due == datetime(2026, 10, 11, 1, tzinfo=UTC)
    assert case.finished == datetime(2026, 10, 6, 3, tzinfo=UTC)
    assert [event.rework for event in case.events] == [False, True, False, False]


def test_a_bad_row_is_reported_with_its_number_and_the_rest_goes_on() -> None:
    text = read(
        "c1;An;P1;Tiếp nhận;01/10/2026 08:00",
        ";An;P1;Tiếp nhận;01/10/2026 08:00",
        "c2;An;P1;Tiếp nhận;hôm qua",
        "c3;;P1;Tiếp nhận;01/10/2026 08:00",
        "c4;An;;Tiếp nhận;01/10/2026 08:00",
        "c5;An;P1;Tiếp nhận;02/10/2026 08:00",
    )
    log = read_log(text.encode(), read_profile(PROFILE))
    assert [case.id for case in log.cases] == ["c1", "c5"]
    assert [(bad.row, bad.case) for bad in log.bad] == [(3, ""), (4, "c2"), (5, "c3"), (6, "c4")]
    assert all(bad.reason for bad in log.bad)


def test_equal_events_keep_ids_of_their_own_and_the_same_ids_again() -> None:
    text = read(*["c1;An;P1;Tiếp nhận;01/10/2026 08:00"] * 3)
    profile = read_profile(PROFILE)
    first, second = (read_log(text.encode(), profile).cases[0] for _ in range(2))
    assert [event.id for event in first.events] == [event.id for event in second.events]
    assert len({event.id for event in first.events}) == 3


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("due_days = 10", "", "profile.columns.due"),
        ('finishing = ["Trả kết quả"]', "", "profile.columns.finished"),
        ('event_official = "Người"', "", "profile.columns.official"),
        ('unit = "Phòng"', "", "profile.columns.unit"),
        ("due_days = 10", "due_days = -1", "profile.due_days"),
        ("Asia/Ho_Chi_Minh", "Mars/Olympus", "profile.time_zone"),
        ('system = "log"', "", "profile.system"),
        ('case = "Mã"', 'case = "Mã"\ncolour = "x"', "profile.columns.colour"),
        ("[columns]", "[columns", "profile"),
    ],
)
def test_a_profile_is_refused_by_its_field(old: str, new: str, field: str) -> None:
    with pytest.raises(RefusedError) as refused:
        read_profile(PROFILE.replace(old, new))
    assert field in [fault.field for fault in refused.value.faults]


def test_a_log_without_a_column_is_refused_as_a_whole() -> None:
    with pytest.raises(RefusedError, match="Phòng"):
        read_log("Mã;Người;Việc;Lúc\n".encode(), read_profile(PROFILE))


def test_a_log_in_another_encoding_is_refused_as_a_whole() -> None:
    with pytest.raises(RefusedError, match="utf-8"):
        read_log(read().encode("utf-16"), read_profile(PROFILE))


@given(st.text(min_size=1, max_size=10))
def test_any_identifier_of_a_source_becomes_an_id_and_back(text: str) -> None:
    name = to_id(text)
    assert TypeAdapter(Id).validate_python(name) == name
    assert unquote(name) == text
