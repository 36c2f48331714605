"""What the command prints: progress on standard error, results on standard output."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from shared.models.result import PeriodResult, Result, UnitResult
from shared.usecases.export import amounts
from shared.usecases.findings import Tell
from shared.vietnamese import RATINGS, STATES, number

WIDTH = 132
"""Columns, where the output is no terminal that says its own."""

# No markup and no emoji codes: what is printed is data, and may look like either.
out = Console(highlight=False, markup=False, emoji=False)
if not out.is_terminal:
    out.width = WIDTH
err = Console(stderr=True, highlight=False, markup=False, emoji=False)

HEADINGS = ("Cán bộ", "Giao", "Xong", "Chậm", "Lỗi", "a %", "b %", "c %")
POINTS = ("Nhiệm vụ", "Chung", "Tổng")


@contextmanager
def progress() -> Iterator[Progress]:
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err) as bar:
        yield bar


@contextmanager
def counting(title: str) -> Iterator[Tell]:
    """What is being looked at, and how many so far: nobody knows the total before."""
    columns = (TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=err) as bar:
        row = bar.add_task(title, total=None)
        yield lambda what, number: bar.update(row, description=f"{title}: {what}, {number:,}")


def unit_table(unit: UnitResult, results: Iterable[Result]) -> None:
    """One unit's results: who, what was assigned and done, points, rating."""
    title = unit.name if unit.name == unit.unit else f"{unit.name} ({unit.unit})"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in (*HEADINGS, *POINTS):
        justify: Literal["left", "right"] = "left" if heading == HEADINGS[0] else "right"
        table.add_column(heading, justify=justify, no_wrap=True)
    table.add_column("Xếp loại", no_wrap=True)
    for result in results:
        table.add_row(*_cells(result))
    out.print(table)


def period_line(result: PeriodResult) -> None:
    """The province line: totals over all units."""
    ratings = ", ".join(
        f"{title}: {result.ratings[name]}"
        for name, title in RATINGS.items()
        if name in result.ratings
    )
    out.print(
        f"Kỳ {result.period}: {result.units} đơn vị, {result.officials} cán bộ, "
        f"{result.assignments} việc, {result.entries} mục; {ratings or 'chưa ai được xếp loại'}; "
        f"chưa chấm: {result.not_assessed}, chưa đủ dữ liệu: {result.insufficient_data}, "
        f"nghỉ suốt kỳ: {result.on_leave}; "
        f"sai lệch (drift): {result.drift}; gốc Merkle {result.root[:16]}…",
        style="bold",
        soft_wrap=True,
    )


def decimal(hundredths: int | None) -> str:
    """Two decimals with the Vietnamese comma; a dash where there is no number."""
    return "–" if hundredths is None else number(hundredths, 2)


def _cells(result: Result) -> Sequence[str]:
    card = result.scorecard
    rating = RATINGS[card.rating] if card.rating else f"({STATES[card.standing]})"
    counts = [
        str(n) for n in (card.work.assigned, card.work.done, card.work.lates, card.work.fails)
    ]
    return [result.name, *counts, *map(decimal, amounts(card)), rating]
