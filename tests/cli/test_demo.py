"""The main job end to end: generated work, calm and under faults; a real log where there is one."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from cli import demo
from cli.main import FAULTS, LONG_AGO
from infra.local.stack import Stack
from shared.ports import Write
from shared.usecases.export import to_csv
from shared.usecases.standing import read_standings
from shared.usecases.verify import verify
from tests.conftest import StackFactory
from tests.dying import DyingStore

ROOT = Path(__file__).parents[2]
PERMITS = (ROOT / "profiles" / "permits.toml").read_text("utf-8")


def test_faults_and_a_killed_compile_change_no_byte(stack_of: StackFactory, tmp_path: Path) -> None:
    """Every event three times, shuffled, late, a tenth failing first; a compile killed midway."""
    calm = play(stack_of(), tmp_path / "calm")
    suffering = stack_of(faults=FAULTS)
    dying = DyingStore(suffering.wiring.store, is_unit_total, after=False)
    suffering.wiring.__dict__["store"] = dying
    assert play(suffering, tmp_path / "faults") == calm
    assert dying.deaths == 1
    assert suffering.gateway.stats.retried > 100
    assert {row["rating"] for row in rows(calm)} == {
        "excellent",
        "good",
        "completed",
        "not_completed",
        "",
    }
    assert {row["state"] for row in rows(calm)} == {
        "rated",
        "not_assessed",
        "insufficient_data",
        "on_leave",
    }


def test_the_permits_of_november_2011(stack_of: StackFactory, permits: Path) -> None:
    stack = stack_of(begin=LONG_AGO)
    played = demo.play_cases(stack, permits.read_bytes(), PERMITS, "2011-11")
    by_official = {row["official"]: row for row in rows(exported(stack, played))}
    totals = [
        sum(int(row[name]) for row in by_official.values())
        for name in ("assigned", "done", "late", "fails")
    ]
    assert (len(by_official), totals) == (20, [102, 91, 10, 0])
    assert facts(by_official["Resource04"]) == "7 5 2 71.43 71.43 64.29 48.33"
    assert facts(by_official["Resource11"]) == "38 38 2 100.00 100.00 98.68 69.69"
    assert facts(by_official["Resource09"]) == "3 0 0 0.00 0.00 0.00 0.00"
    summary = demo.summarise(stack, played.periods, started=0)
    assert (summary.assignments, summary.drift) == (102, 0)
    assert not verify(stack.wiring.store, stack.wiring.schemes, "2011-11").findings


def test_another_profile_reads_the_same_log_otherwise(
    stack_of: StackFactory, permits: Path
) -> None:
    """Days after the start, a finishing activity, the official of the first event."""
    profile = (ROOT / "profiles" / "receipt.toml").read_text("utf-8")
    stack = stack_of(begin=LONG_AGO)
    played = demo.play_cases(stack, permits.read_bytes(), profile, "2010-12")
    assert independent(permits, "2010-12") == {
        row["official"]: (int(row["assigned"]), int(row["done"]), int(row["late"]))
        for row in rows(exported(stack, played))
    }


def independent(permits: Path, month: str) -> dict[str, tuple[int, int, int]]:
    """The same count, straight from the rows."""
    zone = ZoneInfo("Europe/Amsterdam")
    cases: dict[str, list[tuple[datetime, str, str]]] = {}
    with permits.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            at = datetime.fromisoformat(row["time:timestamp"])
            event = (at, row["concept:name"], row["org:resource"])
            cases.setdefault(row["case:concept:name"], []).append(event)
    counts: dict[str, tuple[int, int, int]] = {}
    for events in cases.values():
        events.sort(key=lambda event: event[0])
        start = events[0][0].astimezone(zone)
        due = datetime.combine(start.date() + timedelta(days=14), start.time(), zone)
        if due.strftime("%Y-%m") != month:
            continue
        end = datetime(due.year + due.month // 12, due.month % 12 + 1, 1, tzinfo=zone)
        finished = [at for at, activity, _ in events if activity.startswith("T10 ")][-1:]
        done = bool(finished) and finished[0] < end
        late = done and finished[0] > due
        before = counts.get(events[0][2], (0, 0, 0))
        counts[events[0][2]] = (before[0] + 1, before[1] + done, before[2] + late)
    return counts


def is_unit_total(writes: Sequence[Write]) -> bool:
    return any("/units/" in write.ref.path for write in writes)


def play(stack: Stack, out: Path) -> bytes:
    played = demo.play_department(stack)
    demo.write_results(stack, played, out)
    summary = demo.summarise(stack, played.periods, started=0)
    assert summary.drift == 0
    assert (out / "results.xlsx").stat().st_size > 0
    return (out / "results.csv").read_bytes()


def exported(stack: Stack, played: demo.Played) -> bytes:
    return to_csv(
        one for period in played.periods for one in read_standings(stack.wiring.store, period)
    )


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def facts(row: dict[str, str]) -> str:
    return " ".join(
        row[name] for name in ("assigned", "done", "late", "a", "b", "c", "task_points")
    )
