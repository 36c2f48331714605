"""`roviec fairness`: gather, examine, write."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from shared.wiring import Wiring

if TYPE_CHECKING:
    from fairness.report import Report


def write_report(wiring: Wiring, periods: Sequence[str], out: Path) -> "Report":
    """The report of these periods, also as fairness.html and fairness.json in `out`."""
    # Not at the top: no other command waits for the statistics library.
    from fairness.page import as_html  # noqa: PLC0415  # as above
    from fairness.reader import read_rows  # noqa: PLC0415  # as above
    from fairness.report import as_json, examine  # noqa: PLC0415  # as above

    rows = read_rows(wiring.store, wiring.schemes, periods, wiring.clock.now())
    report = examine(rows)
    out.mkdir(parents=True, exist_ok=True)
    (out / "fairness.html").write_text(as_html(report, rows.names), "utf-8")
    (out / "fairness.json").write_text(as_json(report), "utf-8")
    return report
