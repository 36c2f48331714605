"""Play work through the real functions, let Cloud Tasks close it, write the results."""

import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from cli import remote, say
from cli.department import Play, generate
from cli.player import Player
from infra.local.people import Client, sign_in, system
from infra.local.stack import Stack
from shared import refs
from shared.models.base import Document
from shared.models.official import Official, Posting
from shared.models.period import Period
from shared.models.profile import Profile
from shared.models.result import PeriodResult
from shared.models.unit import Unit
from shared.usecases.calendar import bounds, month_of
from shared.usecases.case_log import read_log, read_profile
from shared.usecases.export import MOST_PERIODS, read_results
from shared.usecases.recorded import seed as seed_store
from shared.usecases.schemes import shipped
from shared.vietnamese import TIME_ZONE, name_key

SCHEME = "decree-335@1"
SEED = 335
MONTH = "2026-10"
ORGANISER = "organiser"
PATIENCE = 300
"""Seconds to wait for events and tasks before saying that something is stuck."""


class DemoError(Exception):
    """What went wrong, in words that say what to do."""


@dataclass(frozen=True)
class Played:
    """What was played: who organised it, and the periods that closed."""

    organiser: str
    periods: list[str]


@dataclass(frozen=True)
class Summary:
    """`out/summary.json`; counts over all periods, `seconds` of wall time."""

    periods: list[str]
    officials: int
    assignments: int
    entries: int
    results: int
    drift: int
    seconds: int
    ratings: dict[str, int]


def play_department(stack: Stack, *, seed: int = SEED, month: str = MONTH) -> Played:
    """Play a generated month of a department; returns its period and organiser."""
    department = generate(seed, month)
    start, _ = bounds(month, TIME_ZONE)
    stack.clock.advance(start)
    publish_scheme(stack)
    enrol(stack, department)
    organiser = next(uid for uid, one in department.officials.items() if "organiser" in one.roles)
    period = _open(stack, organiser, month, TIME_ZONE, department.closes_at)
    _open(stack, organiser, department.next_period, TIME_ZONE)
    with say.progress() as bar:
        Player(stack, department).play(bar)
    _close(stack, period)
    return Played(organiser, [month])


def play_cases(stack: Stack, log: bytes, profile_text: str, month: str | None) -> Played:
    """Import a case log month by month, closing each month; returns the periods."""
    profile = read_profile(profile_text)
    months = months_due(log, profile, month)
    start, _ = bounds(months[0], profile.time_zone)
    stack.clock.advance(start)
    publish_scheme(stack)
    organiser = _appoint_organiser(stack, months[0], profile.time_zone)
    for name in months:
        period = _open(stack, organiser, name, profile.time_zone)
        stack.clock.advance(period.end)
        _import_month(stack, log, profile_text, name)
        _close(stack, period)
    return Played(organiser, months)


def _import_month(stack: Stack, log: bytes, profile_text: str, month: str) -> None:
    files = {"cases": log, "profile": profile_text.encode()}
    answer = system(stack).upload("import_cases", files, {"month": month})
    report = remote.follow_import(answer, f"import {month}")
    for bad in [*report["refused"], *report["differs"]]:
        say.err.print(f"row {bad['row']} ({bad['case']}): {bad['reason']}")


def write_results(stack: Stack, played: Played, out: Path) -> None:
    """Fetch the exports as the organiser would, and write them.

    Of more months than one export takes there are several workbooks; the CSV is one.
    """
    out.mkdir(parents=True, exist_ok=True)
    client = sign_in(stack, played.organiser)
    tables, starts = [], range(0, len(played.periods), MOST_PERIODS)
    for number, start in enumerate(starts, start=1):
        periods = played.periods[start : start + MOST_PERIODS]
        name = "results" if number == 1 else f"results-{number}"
        (out / f"{name}.xlsx").write_bytes(_export(client, periods, "xlsx"))
        tables.append(_export(client, periods, "csv"))
    (out / "results.csv").write_bytes(join_tables(tables))


def _export(client: Client, periods: list[str], form: str) -> bytes:
    answer = client.get("export", period=periods, format=form)
    if answer.status_code != requests.codes.ok:
        raise DemoError(f"export answered {answer.status_code}: {answer.text}")
    return answer.content


def join_tables(tables: list[bytes]) -> bytes:
    """One CSV under the first one's header."""
    first, *others = tables
    return first + b"".join(one.partition(b"\n")[2] for one in others)


def show(stack: Stack, periods: list[str]) -> None:
    """Print each unit's table and the province line, period by period."""
    store = stack.wiring.store
    for period in periods:
        results = read_results(store, period)
        for found in store.find(refs.unit_results(period)):
            unit = found.value
            own = [result for result in results if result.unit == unit.unit]
            own.sort(key=lambda result: name_key(result.name))
            if own:
                say.unit_table(unit, own)
        say.period_line(_result(stack, period))


def summarise(stack: Stack, periods: list[str], started: float) -> Summary:
    """Total the periods' results."""
    totals = [_result(stack, period) for period in periods]
    officials = {
        result.scorecard.official
        for period in periods
        for result in read_results(stack.wiring.store, period)
    }
    ratings: Counter[str] = Counter()
    for total in totals:
        ratings.update(total.ratings)
    return Summary(
        periods=periods,
        officials=len(officials),
        assignments=sum(total.assignments for total in totals),
        entries=sum(total.entries for total in totals),
        results=sum(total.officials for total in totals),
        drift=sum(total.drift for total in totals),
        seconds=round(time.monotonic() - started),
        ratings=dict(sorted(ratings.items())),
    )


def months_due(log: bytes, profile: Profile, month: str | None) -> list[str]:
    """The months in which cases are due, or the one that is wanted; raises DemoError."""
    cases = read_log(log, profile).cases
    months = sorted({month_of(case.due, profile.time_zone) for case in cases})
    chosen = [name for name in months if month in (None, name)]
    if not chosen:
        raise DemoError(f"no case is due in {month}; the log has {', '.join(months) or 'none'}")
    return chosen


def publish_scheme(stack: Stack) -> None:
    stack.wiring.schemes.publish(shipped(SCHEME), stack.clock.now())


def enrol(stack: Stack, department: Play) -> None:
    """The organisation, as the administrator's directory would deliver it."""
    documents: list[tuple[refs.Ref[Any], Document]] = [
        *((refs.units(key), value) for key, value in department.units.items()),
        *((refs.officials(key), value) for key, value in department.officials.items()),
        *((refs.positions(key), value) for key, value in department.positions.items()),
        *((refs.catalogue(key), value) for key, value in department.catalogue.items()),
    ]
    seed_store(stack.wiring.store, stack.clock.now(), documents)
    stack.drain(PATIENCE)  # until everybody's account knows its roles


def _appoint_organiser(stack: Stack, month: str, time_zone: str) -> str:
    """Somebody to open periods; serves outside the months, so gets no result."""
    start, _ = bounds(month, time_zone)
    long_ago = start - timedelta(days=3650)
    posting = Posting(unit="organisers", start=long_ago, end=start)
    official = Official(
        name="Organiser",
        roles=["organiser"],
        unit="organisers",
        postings=[posting],
        units=["organisers"],
    )
    unit = Unit(name="Organisers", path=["organisers"])
    documents: list[tuple[refs.Ref[Any], Document]] = [
        (refs.units("organisers"), unit),
        (refs.officials(ORGANISER), official),
    ]
    seed_store(stack.wiring.store, stack.clock.now(), documents)
    stack.drain(PATIENCE)
    return ORGANISER


def _open(
    stack: Stack, organiser: str, month: str, time_zone: str, closes_at: datetime | None = None
) -> Period:
    body = {"action": "open", "period": month, "scheme": SCHEME, "time_zone": time_zone}
    if closes_at is not None:
        body["closes_at"] = closes_at.isoformat()
    answer = sign_in(stack, organiser).post("period", body, key=f"open-{month}")
    period = stack.wiring.store.get(refs.periods(month))
    if answer.status_code != requests.codes.ok or period is None:
        raise DemoError(f"period answered {answer.status_code}: {answer.text}")
    return period


def _close(stack: Stack, period: Period) -> None:
    """Let time pass until the queue has closed the period by itself."""
    stack.drain(PATIENCE)
    stack.clock.advance(period.closes_at)
    stack.drain(PATIENCE)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        now = stack.wiring.store.get(refs.periods(period.id))
        if now is not None and now.state == "review":
            return
        time.sleep(0.1)
    raise DemoError(f"{period.id} did not close in {PATIENCE} s: see the logs named above")


def _result(stack: Stack, period: str) -> PeriodResult:
    result = stack.wiring.store.get(refs.results(period))
    if result is None:
        raise DemoError(f"{period} has no results")
    return result
