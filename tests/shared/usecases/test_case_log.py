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


systems = st.sampled_from(["a", "a+b", "a%2Bb", "b"])
cases = st.sampled_from(["c", "b+c", "b%2Bc", "+c", "+"])


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


def test_rows_are_counted_as_a_spreadsheet_shows_them() -> None:
    text = read(
        '"c\n1";An;P1;Tiếp nhận;01/10/2026 08:00',
        "",
        "c2;An;P1;Tiếp nhận;hôm qua",
    )
    assert [bad.row for bad in read_log(text.encode(), read_profile(PROFILE)).bad] == [4]


@pytest.mark.parametrize(
    "row",
    ["c2;An;P1;Tiếp nhận;01/10/2026 08:00;thừa", "c2;An;P1;Tiếp nhận", "c2"],
)
def test_a_row_of_another_width_is_reported_and_not_read_shifted(row: str) -> None:
    text = read("c1;An;P1;Tiếp nhận;01/10/2026 08:00", row)
    log = read_log(text.encode(), read_profile(PROFILE))
    assert [case.id for case in log.cases] == ["c1"]
    assert [(bad.row, bad.case) for bad in log.bad] == [(3, "c2")]
    assert "the header 5" in log.bad[0].reason


GOOD = "c1;An;P1;Tiếp nhận;01/10/2026 08:00"
NEXT = "c3;An;P1;Tiếp nhận;02/10/2026 08:00"


@pytest.mark.parametrize(
    "row",
    [
        'c2;An;P1;"Kiểm tra;01/10/2026 08:00',  # never closes: swallows whatever follows
        'c2;An;P1;"Kiểm tra" 5;01/10/2026 08:00',
        'c2;"An"x;P1;Kiểm tra;01/10/2026 08:00',
    ],
)
def test_what_is_no_csv_is_reported_by_its_row_and_the_rest_goes_on(row: str) -> None:
    log = read_log(read(GOOD, row, NEXT).encode(), read_profile(PROFILE))
    assert [case.id for case in log.cases] == ["c1", "c3"]
    assert [(bad.row, bad.case) for bad in log.bad] == [(3, "c2")]
    assert log.bad[0].reason.startswith("is no CSV")
    assert log.rows == 3
    assert not any(case.whole for case in log.cases)  # it may have been a row of theirs


def test_a_quote_that_closes_rows_later_takes_none_of_them_along() -> None:
    text = read('c2;"An;P1;x;01/10/2026 08:00', GOOD, "", 'c4;"An";P1;x;01/10/2026 08:00', NEXT)
    log = read_log(text.encode(), read_profile(PROFILE))
    assert [case.id for case in log.cases] == ["c1", "c3"]
    assert [bad.row for bad in log.bad] == [2, 5]


def test_a_header_that_is_no_csv_is_refused() -> None:
    with pytest.raises(RefusedError, match="the header is no CSV"):
        read_log(('"Mã"x' + HEADER).encode(), read_profile(PROFILE))


def test_a_cell_may_be_long() -> None:
    log = read_log(read(GOOD.replace("Tiếp nhận", "x" * 200_000)).encode(), read_profile(PROFILE))
    assert (len(log.cases), log.bad) == (1, [])


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_case_with_a_bad_row_is_left_out_where_its_rows_tell_what_it_is(number: int) -> None:
    """Else the second would be the owner, or the case be unfinished, and nobody the wiser."""
    rows = [
        "c1;Bình;P1;Tiếp nhận;01/10/2026 08:00",
        "c1;An;P1;Yêu cầu bổ sung;03/10/2026 09:00",
        "c1;An;P1;Trả kết quả;05/10/2026 10:00",
    ]
    rows[number] = rows[number].replace("10/2026", "13/2026")
    log = read_log(read(*rows, NEXT).encode(), read_profile(PROFILE))
    assert [case.id for case in log.cases] == ["c3"]
    assert {bad.case for bad in log.bad} == {"c1"}
    assert any(f"row {number + 2} of this case" in bad.reason for bad in log.bad)


def test_a_profile_may_begin_as_editors_of_windows_write_it() -> None:
    assert read_profile(b"\xef\xbb\xbf" + PROFILE.encode()) == read_profile(PROFILE)
    assert read_profile("\ufeff" + PROFILE) == read_profile(PROFILE)


def test_a_profile_in_another_encoding_is_refused() -> None:
    with pytest.raises(RefusedError) as refused:
        read_profile(PROFILE.encode("cp1258", "ignore"))
    assert [fault.field for fault in refused.value.faults] == ["profile"]


@pytest.mark.parametrize("time", ["30/12/1899 00:00", "01/01/0001 00:00", "01/01/2200 07:00"])
def test_a_time_out_of_all_bounds_is_reported_with_its_row(time: str) -> None:
    text = read("c1;An;P1;Tiếp nhận;01/10/2026 08:00", f"c2;An;P1;Tiếp nhận;{time}")
    log = read_log(text.encode(), read_profile(PROFILE))
    assert [case.id for case in log.cases] == ["c1"]
    assert [(bad.row, bad.case) for bad in log.bad] == [(3, "c2")]


def test_days_after_the_start_are_those_of_the_clocks_there() -> None:
    """Summer time ends in between: the same time of day is an hour later in UTC."""
    profile = read_profile(PROFILE.replace("Asia/Ho_Chi_Minh", "Europe/Amsterdam"))
    text = read("c1;An;P1;Tiếp nhận;20/10/2026 09:00")
    [case] = read_log(text.encode(), profile).cases
    assert case.start == datetime(2026, 10, 20, 7, tzinfo=UTC)
    assert case.due == datetime(2026, 10, 30, 8, tzinfo=UTC)


@pytest.mark.parametrize("column", ["Người", "Phòng", "Hạn", "Bắt đầu", "Xong"])
def test_rows_of_one_case_that_disagree_are_reported(column: str) -> None:
    columns = 'official = "Người"\nstart = "Bắt đầu"\ndue = "Hạn"\nfinished = "Xong"\n'
    profile = read_profile(PROFILE.replace('event_official = "Người"\n', columns))
    names = ["Mã", "Người", "Phòng", "Việc", "Lúc", "Bắt đầu", "Hạn", "Xong"]
    cells = ["c1", "An", "P1", "Tiếp nhận", *(f"0{day}/10/2026 08:00" for day in (1, 1, 9, 8))]
    other = [
        {"Người": "Ba", "Phòng": "P2"}.get(column, "07/10/2026 08:00") if name == column else cell
        for name, cell in zip(names, cells, strict=True)
    ]
    text = "\n".join(";".join(row) for row in (names, cells, cells, other))
    log = read_log(text.encode(), profile)
    assert log.cases == []
    assert [(bad.row, bad.case) for bad in log.bad] == [(2, "c1")]
    assert f"column {column}" in log.bad[0].reason
    assert "row 4" in log.bad[0].reason


def test_a_column_that_stands_twice_is_refused() -> None:
    with pytest.raises(RefusedError, match="Lúc twice"):
        read_log("Mã;Người;Phòng;Việc;Lúc;Lúc\n".encode(), read_profile(PROFILE))


@given(st.tuples(systems, cases), st.tuples(systems, cases))
def test_cases_of_two_systems_never_share_a_key(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    assert (key_of(*one) == key_of(*other)) == (one == other)


def key_of(system: str, case: str) -> str:
    profile = read_profile(PROFILE.replace('system = "log"', f'system = "{system}"'))
    text = read(f'"{case}";An;P1;Tiếp nhận;01/10/2026 08:00')
    [found] = read_log(text.encode(), profile).cases
    assert TypeAdapter(Id).validate_python(found.key) == found.key
    return found.key


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
        ("Asia/Ho_Chi_Minh", "Asia", "profile.time_zone"),  # a folder of zones
        ("Asia/Ho_Chi_Minh", "America/Indiana", "profile.time_zone"),
        ("Asia/Ho_Chi_Minh", "a\\u0000b", "profile.time_zone"),
        ('system = "log"', 'system = "log"\nencoding = "undefined"', "profile.encoding"),
        ('system = "log"', 'system = "log"\nencoding = "a\\u0000b"', "profile.encoding"),
        ('system = "log"', 'system = "log"\nencoding = "rot13"', "profile.encoding"),
        ("%d/%m/%Y %H:%M", "%Y%Y", "profile.time_format"),
        ("%d/%m/%Y %H:%M", "%Q", "profile.time_format"),
        ('delimiter = ";"', 'delimiter = "\\n"', "profile.delimiter"),
        ('delimiter = ";"', "delimiter = '\"'", "profile.delimiter"),
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
