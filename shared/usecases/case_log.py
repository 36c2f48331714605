"""Read a case log by its profile: rows to cases, and what is wrong with which row."""

import csv
import io
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from urllib.parse import quote
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from shared.errors import Fault, RefusedError, refuse
from shared.models.base import EARLIEST, LATEST, Part
from shared.models.profile import Profile
from shared.usecases.calendar import zone_of


class BadRow(Part):
    """A row of the log that was left out, and why.

    Rows are counted as a spreadsheet shows them, from the header, which is 1: a
    cell of several lines belongs to one row.
    """

    row: int
    case: str
    reason: str


LONGEST_ID = 128
csv.field_size_limit(2**25)  # a longer cell would pass for a fault of the whole row


@dataclass(frozen=True)
class Event:
    id: str
    activity: str
    at: datetime
    rework: bool


@dataclass(frozen=True, eq=False)
class Case:
    """One case of the log: its identifiers as the source spells them, and as ours.

    `key` is unique among the cases of all systems; `whole` when none of its rows was left out.
    """

    id: str
    official: str
    unit: str
    key: str
    official_id: str
    unit_id: str
    start: datetime
    due: datetime
    finished: datetime | None
    events: list[Event]
    row: int
    whole: bool


@dataclass
class Log:
    cases: list[Case] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    rows: int = 0


@dataclass(frozen=True)
class _Record:
    """The cells of a row; with a fault, roughly, for it is no CSV."""

    number: int
    cells: list[str]
    fault: str = ""


@dataclass(frozen=True)
class _Row:
    number: int
    cells: dict[str, str]
    at: datetime


def read_profile(content: bytes | str) -> Profile:
    """Parse a TOML profile; raises RefusedError naming each field that is wrong."""
    text = content if isinstance(content, str) else _decoded(content, "utf-8-sig", "profile")
    try:
        profile = Profile.model_validate(tomllib.loads(text.removeprefix("\ufeff")))
    except tomllib.TOMLDecodeError as error:
        raise refuse("invalid", "profile", f"not TOML: {error}", "không phải TOML") from error
    except ValidationError as error:
        raise RefusedError("invalid", *_faults(error)) from error
    zone_of(profile.time_zone, "profile.time_zone")
    _check(profile)
    return profile


def read_log(content: bytes, profile: Profile) -> Log:
    """Read every row; a bad one is reported with its number and the rest goes on.

    What a bad row would have said nobody knows. So its case is left out where its
    events tell when it began, whose it is or when it was finished.
    """
    log = Log()
    by_case: dict[str, list[_Row]] = {}
    bad: dict[str, int] = {}
    header, records = _table(content, profile)
    for record in records:
        log.rows += 1
        cells = dict(zip(header, map(str.strip, record.cells), strict=False))
        try:
            row = _row(record, cells, header, profile)
            by_case.setdefault(cells[profile.columns.case], []).append(row)
        except ValueError as error:
            case = cells.get(profile.columns.case, "")
            log.bad.append(BadRow(row=record.number, case=case, reason=str(error)))
            bad.setdefault(case, record.number)
            if record.fault:
                bad.setdefault("", record.number)
    for case, rows in by_case.items():
        try:
            _require_known(bad.get(case), profile)
            whole = not {case, ""} & bad.keys()
            log.cases.append(_case(case, rows, profile, whole=whole))
        except ValueError as error:
            log.bad.append(BadRow(row=rows[0].number, case=case, reason=str(error)))
    return log


def _row(record: _Record, cells: dict[str, str], header: list[str], profile: Profile) -> _Row:
    """Raises ValueError that says why it cannot be read."""
    if record.fault:
        raise ValueError(f"is no CSV: {record.fault}")
    _require_width(record.cells, header)
    _required((cells, profile.columns.case))
    return _Row(record.number, cells, _time(cells[profile.columns.time], profile))


def _require_known(bad_row: int | None, profile: Profile) -> None:
    columns = profile.columns
    if bad_row is not None and not (columns.start and columns.official and columns.finished):
        raise ValueError(
            f"row {bad_row} of this case cannot be read, and its rows tell when it began, "
            "whose it is or when it was finished"
        )


def to_id(text: str) -> str:
    """A source's identifier as one of ours: what it may not hold is percent-encoded.

    Reversible with urllib.parse.unquote; `Resource04` stays as it is. Raises
    ValueError when nothing is left or it is too long.
    """
    quoted = quote(text, safe="@").replace("_", "%5F").replace("~", "%7E")
    if quoted[:1] in (".", "-", "@"):
        quoted = f"%{ord(quoted[0]):02X}{quoted[1:]}"
    return _bounded(quoted, text)


def _key(case: str, profile: Profile) -> str:
    """The source and the case: `+` stands in no encoded name, so no two cases share a key."""
    return _bounded(f"{profile.system}+{to_id(case)}", case)


def _bounded(name: str, text: str) -> str:
    if not 1 <= len(name) <= LONGEST_ID:
        raise ValueError(f"{text[:40]!r} cannot be an identifier: {len(name)} characters encoded")
    return name


def _faults(error: ValidationError) -> Iterator[Fault]:
    for one in error.errors():
        name = ".".join(["profile", *map(str, one["loc"])])
        yield Fault(name, one["msg"], "không hợp lệ")


def _check(profile: Profile) -> None:
    """What no single field can say."""
    columns = profile.columns
    needs = [
        ("columns.due", columns.due or profile.due_days is not None, "or due_days is needed"),
        ("columns.finished", columns.finished or profile.finishing, "or finishing is needed"),
        ("columns.official", columns.official or columns.event_official, "or event_official"),
        ("columns.unit", columns.unit or profile.unit, "or a fixed unit is needed"),
    ]
    faults = [Fault(f"profile.{name}", why, "còn thiếu") for name, given, why in needs if not given]
    if faults:
        raise RefusedError("invalid", *faults)
    _check_encoding(profile)
    _check_time_format(profile)


def _check_encoding(profile: Profile) -> None:
    try:
        "a".encode(profile.encoding)
    except (ValueError, LookupError) as error:
        raise refuse(
            "invalid", "profile.encoding", f"no encoding of text: {error}", "không có mã chữ này"
        ) from error


def _check_time_format(profile: Profile) -> None:
    """What it writes it must read: so it has no code that is unknown or stands twice."""
    form = profile.time_format
    try:
        if form is not None:
            datetime.strptime(EARLIEST.strftime(form), form)  # noqa: DTZ007  # only tried
    except (ValueError, re.error) as error:
        raise refuse(
            "invalid", "profile.time_format", str(error), "dạng thời gian không hợp lệ"
        ) from error


def _decoded(content: bytes, encoding: str, field: str) -> str:
    try:
        return content.decode(encoding)
    except ValueError as error:
        raise refuse("invalid", field, f"not {encoding}: {error}", "sai mã chữ") from error


def _table(content: bytes, profile: Profile) -> tuple[list[str], Iterator[_Record]]:
    """The header, and the rows below it that are not blank."""
    text = _decoded(content, profile.encoding, "cases")
    rows = (record for record in _records(text, profile) if record.cells)
    first = next(rows, _Record(1, []))
    if first.fault:
        raise refuse("invalid", "cases", f"the header is no CSV: {first.fault}", "sai dòng đầu")
    header = first.cells
    wanted = [name for name in profile.columns.fields().values() if name]
    faults = [
        Fault("cases", f"has no column {name}", f"thiếu cột {name}")
        if name not in header
        else Fault("cases", f"has column {name} twice", f"cột {name} bị lặp")
        for name in wanted
        if header.count(name) != 1
    ]
    if faults:
        raise RefusedError("invalid", *faults)
    return header, rows


def _require_width(record: list[str], header: list[str]) -> None:
    """Of a row with a cell too many or too few, nobody knows which belongs to which column."""
    if len(record) != len(header):
        raise ValueError(f"has {len(record)} cells, the header {len(header)}")


def _records(text: str, profile: Profile) -> Iterator[_Record]:
    """Strictly, so of a record that is no CSV nobody knows how far it should have gone.

    Its first line and whichever hold a quote are bad, one row each; the others that
    a quote before them swallowed are read as they stand.
    """
    taken: list[str] = []
    reader = csv.reader(_noted(text, taken), delimiter=profile.delimiter, strict=True)
    numbers = count(1)
    while True:
        taken.clear()
        try:
            yield _Record(next(numbers), next(reader))
        except StopIteration:
            return
        except csv.Error as error:
            number = next(numbers) - 1
            numbers = count(number + len(taken))
            for place, line in enumerate(taken):
                cells = line.rstrip("\r\n").split(profile.delimiter)
                fault = str(error) if place == 0 or '"' in line else ""
                yield _Record(number + place, [] if cells == [""] else cells, fault)


def _noted(text: str, taken: list[str]) -> Iterator[str]:
    """The lines, each noted when it is taken."""
    for line in io.StringIO(text, newline=""):
        taken.append(line)
        yield line


def _case(case: str, rows: list[_Row], profile: Profile, *, whole: bool) -> Case:
    """One case from its rows, which all say the same about it as a whole."""
    columns = profile.columns
    _require_agreement(rows, profile)
    by_time = sorted(rows, key=lambda row: row.at)
    first = rows[0].cells
    start = _optional(first, columns.start, profile) or by_time[0].at
    due = _optional(first, columns.due, profile)
    if due is None:
        if profile.due_days is None:
            raise ValueError(f"column {columns.due} is empty")
        due = _days_later(start, profile.due_days, profile)
    official = _required(
        (first, columns.official)
        if columns.official
        else (by_time[0].cells, columns.event_official or "")
    )
    unit = _required((first, columns.unit)) if columns.unit else (profile.unit or "")
    return Case(
        id=case,
        official=official,
        unit=unit,
        key=_key(case, profile),
        official_id=to_id(official),
        unit_id=to_id(unit),
        start=start,
        due=due,
        finished=_finished(first, by_time, profile),
        events=list(_events(by_time, profile)),
        row=rows[0].number,
        whole=whole,
    )


def _require_agreement(rows: list[_Row], profile: Profile) -> None:
    """Which of two owners or deadlines is right, nobody here can know."""
    columns = profile.columns
    first = rows[0]
    for column in (columns.official, columns.unit, columns.start, columns.due, columns.finished):
        for row in rows:
            if column and row.cells[column] != first.cells[column]:
                raise ValueError(
                    f"column {column} says {first.cells[column]!r} here and "
                    f"{row.cells[column]!r} in row {row.number}"
                )


def _days_later(start: datetime, days: int, profile: Profile) -> datetime:
    """The same time of day on the clocks of the profile, which may have been changed meanwhile."""
    there = start.astimezone(ZoneInfo(profile.time_zone)) + timedelta(days=days)
    return _within_bounds(there)


def _finished(first: dict[str, str], by_time: list[_Row], profile: Profile) -> datetime | None:
    if profile.columns.finished:
        return _optional(first, profile.columns.finished, profile)
    ends = [row.at for row in by_time if row.cells[profile.columns.activity] in profile.finishing]
    return ends[-1] if ends else None


def _events(by_time: Iterable[_Row], profile: Profile) -> Iterator[Event]:
    """Events with ids that a second reading of the same rows gives again.

    All that an event says is in its id: what the source changes is another event.
    """
    seen: Counter[str] = Counter()
    for row in by_time:
        activity = row.cells[profile.columns.activity] or "(none)"
        named = row.cells[profile.columns.event_id] if profile.columns.event_id else ""
        rework = activity in profile.rework
        key = "\x00".join([named, activity, row.at.isoformat(), str(rework)])
        seen[key] += 1
        event_id = "+ev" + sha256(f"{key}\x00{seen[key]}".encode()).hexdigest()[:24]
        yield Event(event_id, activity, row.at, rework)


def _required(cell: tuple[dict[str, str], str]) -> str:
    cells, column = cell
    if not cells[column]:
        raise ValueError(f"column {column} is empty")
    return cells[column]


def _optional(cells: dict[str, str], column: str | None, profile: Profile) -> datetime | None:
    return _time(cells[column], profile) if column and cells[column] else None


def _time(text: str, profile: Profile) -> datetime:
    if not text:
        raise ValueError(f"column {profile.columns.time} is empty")
    form = profile.time_format
    moment = (
        datetime.strptime(text, form)  # noqa: DTZ007  # the zone, if missing, is set below
        if form
        else datetime.fromisoformat(text)
    )
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(profile.time_zone))
    return _within_bounds(moment)


def _within_bounds(moment: datetime) -> datetime:
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:
        utc = LATEST
    if not EARLIEST <= utc < LATEST:
        raise ValueError(f"{moment} is not within {EARLIEST.year} to {LATEST.year - 1}")
    return utc
