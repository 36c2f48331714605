"""`make bench`: measure the budgets on the real system, print a table, write out/bench.json."""

import argparse
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import close, cold_start, cost, latency, operations
from bench.report import Row
from bench.system import Site, site
from infra.local.emulator import HOST_VARIABLE

out = Console(width=150)
err = Console(stderr=True)


def main() -> None:
    chosen = _arguments()
    measures: dict[str, Callable[[Site], Iterator[Row]]] = {
        "operations": operations.measure,
        "latency": latency.measure,
        "close": lambda site: close.measure(site, chosen.officials),
        "cold_start": lambda _: cold_start.measure(),
        "cost": cost.measure,
    }
    # Its events must reach the relay, so an emulator that runs already is of no use.
    os.environ.pop(HOST_VARIABLE, None)
    rows: list[Row] = []
    with site() as current:
        for name in chosen.only or measures:
            began = time.monotonic()
            rows += measures[name](current)
            err.print(f"{name}: {time.monotonic() - began:.0f} s")
    _show(rows)
    _write(rows, chosen.out)


def _arguments() -> argparse.Namespace:
    names = ["operations", "latency", "close", "cold_start", "cost"]
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=names, metavar="NAME", help=", ".join(names))
    parser.add_argument(
        "--officials",
        nargs="+",
        type=int,
        default=[1_000, 2_000],
        metavar="N",
        help=f"how many to close, multiples of {close.PEOPLE * len(close.UNITS)}; up to 20000 "
        "takes most of an hour",
    )
    parser.add_argument("--out", type=Path, default=Path("out"), help="the folder for bench.json")
    return parser.parse_args()


def _show(rows: list[Row]) -> None:
    table = Table("measure", "case", "value", "bound", "met")
    for row in rows:
        met = {True: "yes", False: "[red]NO[/red]", None: ""}[row.met]
        table.add_row(row.measure, row.case, row.value, row.bound, met)
    out.print(table)


def _write(rows: list[Row], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    document = {"cpus": os.cpu_count(), "rows": [asdict(row) for row in rows]}
    path = folder / "bench.json"
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", "utf-8")
    err.print(f"written: {path}")


if __name__ == "__main__":
    main()
