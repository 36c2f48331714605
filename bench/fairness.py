"""How often the fairness report finds a rater with a habit, and how often an honest one.

`python -m bench.fairness [--repetitions 200]` plays half a year of 16 raters so many
times, each with its own seed, and prints the rates; the same seeds give the same rates.
"""

import argparse
import json
import sys
from collections import Counter
from dataclasses import dataclass, field

from bench.raters import CHEATS, HONEST, half_a_year
from fairness.estimates import proportion
from fairness.report import Report, examine
from fairness.rows import Rows

TELLING = {
    "full": {"full-marks", "spread", "leniency"},
    "copies": {"same-as-self"},
    "bunches": {"bunching"},
    "moves": {"deadlines-moved-afterwards"},
}
"""What should find whom."""
FEW = 6
"""From so many people on, half a year is enough for habits of every appraisal."""
LIFTED = 10
"""Bunching needs occasions: so many totals within the point above 90."""


NINETY = 90


@dataclass
class Rates:
    """Of so many repetitions: who was found by what, out of how many."""

    repetitions: int = 0
    raters: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    large: Counter[str] = field(default_factory=Counter)
    large_found: Counter[str] = field(default_factory=Counter)
    by_measure: Counter[str] = field(default_factory=Counter)
    honest_by_measure: Counter[str] = field(default_factory=Counter)
    reports_with_honest: int = 0

    def lines(self) -> list[str]:
        lines = []
        for habit in (*CHEATS, HONEST):
            found, of = self.found[habit], self.raters[habit]
            sure = proportion(found, of)
            lines.append(
                f"{habit:8} found {found:5} of {of:5} ({100 * found / of:6.2f} %, 95 % interval "
                f"{100 * sure.low:.2f} to {100 * sure.high:.2f} %); with occasion enough "
                f"{self.large_found[habit]} of {self.large[habit]}"
            )
        lines.append(
            f"reports that name an honest rater: {self.reports_with_honest} of {self.repetitions}"
        )
        lines.append(f"by measure: {json.dumps(self.by_measure, sort_keys=True)}")
        lines.append(f"honest, by measure: {json.dumps(self.honest_by_measure, sort_keys=True)}")
        return lines


def play(repetitions: int) -> Rates:
    rates = Rates()
    for seed in range(repetitions):
        rows = half_a_year(seed)
        _note(rates, rows, examine(rows))
    return rates


def _note(rates: Rates, rows: Rows, report: Report) -> None:
    people: dict[str, set[str]] = {}
    above: Counter[str] = Counter()
    for row in rows.scored:
        people.setdefault(row.rater, set()).add(row.official)
        above[row.rater] += row.total is not None and NINETY <= row.total < NINETY + 1
    measures = _by_rater(report)
    rates.repetitions += 1
    honest_named = False
    for rater, own in people.items():
        habit = rater.rstrip("0123456789")
        named = measures.get(rater, set())
        found = bool(named if habit == HONEST else named & TELLING[habit])
        rates.raters[habit] += 1
        rates.found[habit] += found
        if _has_occasion(habit, own, above[rater]):
            rates.large[habit] += 1
            rates.large_found[habit] += found
        (rates.honest_by_measure if habit == HONEST else rates.by_measure).update(
            named if habit == HONEST else {f"{habit}: {measure}" for measure in named}
        )
        honest_named |= habit == HONEST and found
    rates.reports_with_honest += honest_named


def _has_occasion(habit: str, people: set[str], above: int) -> bool:
    return above >= LIFTED if habit == "bunches" else len(people) >= FEW


def _by_rater(report: Report) -> dict[str, set[str]]:
    """A finding names a rater, the rater's unit, or the authority over it."""
    found: dict[str, set[str]] = {}
    for one in report.findings:
        rater = one.subject.partition(" ")[0].rpartition("-")[2]
        found.setdefault(rater, set()).add(one.measure)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=200)
    rates = play(parser.parse_args().repetitions)
    sys.stdout.write("\n".join(rates.lines()) + "\n")


if __name__ == "__main__":
    main()
