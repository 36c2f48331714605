"""Read a case log by its profile: rows to cases, and what is wrong with which row."""

import csv
import io
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError

from shared.errors import Fault, RefusedError, refuse
from shared.models.base import Part
from shared.models.profile import Profile


class BadRow(Part):
    """A row of the log that was left out, counted from 1 (the header), and why."""

    row: int
    case: str
    reason: str


LONGEST_ID = 128


@dataclass(frozen=True)
class Event:
    id: str
    activity: str
    at: datetime
    rework: bool


@dataclass(frozen=True, eq=False)
class Case:
    """One case of the log: its identifiers as the source spells them, and as ours."""

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


@dataclass
class Log:
    cases: list[Case] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    rows: int = 0


@dataclass(frozen=True)
class _Row:
    number: int
    cells: dict[str, str]
    at: datetime


def read_profile(text: str) -> Profile:
    """Parse a TOML profile; raises RefusedError naming each field that is wrong."""
    try:
        profile = Profile.model_validate(tomllib.loads(text))
        ZoneInfo(profile.time_zone)
    except tomllib.TOMLDecodeError as error:
        raise refuse("invalid", "profile", f"not TOML: {error}", "không phải TOML") from error
    except ValidationError as error:
        raise RefusedError("invalid", *_faults(error)) from error
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise refuse(
            "invalid", "profile.time_zone", "is not a time zone", "múi giờ không hợp lệ"
        ) from error
    _check(profile)
    return profile


def read_log(content: bytes, profile: Profile) -> Log:
    """Read every row; a bad one is reported with its number and the rest goes on."""
    log = Log()
    by_case: dict[str, list[_Row]] = {}
    for number, cells in _rows(content, profile):
        log.rows += 1
        try:
            case = _required((cells, profile.columns.case))
            row = _Row(number, cells, _time(cells[profile.columns.time], profile))
            by_case.setdefault(case, []).append(row)
        except ValueError as error:
            case = cells[profile.columns.case]
            log.bad.append(BadRow(row=number, case=case, reason=str(error)))
    for case, rows in by_case.items():
        try:
            log.cases.append(_case(case, rows, profile))
        except ValueError as error:
            log.bad.append(BadRow(row=rows[0].number, case=case, reason=str(error)))
    return log


def to_id(text: str) -> str:
    """A source's identifier as one of ours: what it may not hold is percent-encoded.

    Reversible with urllib.parse.unquote; `Resource04` stays as it is. Raises
    ValueError when nothing is left or it is too long.
    """
    quoted = quote(text, safe="@+").replace("_", "%5F").replace("~", "%7E")
    if quoted[:1] in (".", "-", "@", "+"):
        quoted = f"%{ord(quoted[0]):02X}{quoted[1:]}"
    if not 1 <= len(quoted) <= LONGEST_ID:
        raise ValueError(f"{text[:40]!r} cannot be an identifier: {len(quoted)} characters encoded")
    return quoted


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


def _rows(content: bytes, profile: Profile) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = content.decode(profile.encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise refuse(
            "invalid", "cases", f"not {profile.encoding}: {error}", "sai mã chữ"
        ) from error
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=profile.delimiter)
    wanted = [name for name in profile.columns.fields().values() if name]
    absent = [name for name in wanted if name not in (reader.fieldnames or [])]
    if absent:
        raise RefusedError(
            "invalid",
            *(Fault("cases", f"has no column {name}", f"thiếu cột {name}") for name in absent),
        )
    for cells in reader:
        yield reader.line_num, {name: (cells.get(name) or "").strip() for name in wanted}


def _case(case: str, rows: list[_Row], profile: Profile) -> Case:
    """One case from its rows; its own columns are those of its first row."""
    columns = profile.columns
    by_time = sorted(rows, key=lambda row: row.at)
    first = rows[0].cells
    start = _optional(first, columns.start, profile) or by_time[0].at
    due = _optional(first, columns.due, profile)
    if due is None:
        if profile.due_days is None:
            raise ValueError(f"column {columns.due} is empty")
        due = start + timedelta(days=profile.due_days)
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
        key=to_id(case),
        official_id=to_id(official),
        unit_id=to_id(unit),
        start=start,
        due=due,
        finished=_finished(first, by_time, profile),
        events=list(_events(by_time, profile)),
        row=rows[0].number,
    )


def _finished(first: dict[str, str], by_time: list[_Row], profile: Profile) -> datetime | None:
    if profile.columns.finished:
        return _optional(first, profile.columns.finished, profile)
    ends = [row.at for row in by_time if row.cells[profile.columns.activity] in profile.finishing]
    return ends[-1] if ends else None


def _events(by_time: Iterable[_Row], profile: Profile) -> Iterator[Event]:
    """Events with ids that a second reading of the same rows gives again."""
    seen: Counter[str] = Counter()
    for row in by_time:
        activity = row.cells[profile.columns.activity] or "(none)"
        named = row.cells[profile.columns.event_id] if profile.columns.event_id else ""
        key = named or f"{activity}\x00{row.at.isoformat()}"
        seen[key] += 1
        event_id = "ev" + sha256(f"{key}\x00{seen[key]}".encode()).hexdigest()[:24]
        yield Event(event_id, activity, row.at, activity in profile.rework)


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
    return moment.astimezone(UTC)
