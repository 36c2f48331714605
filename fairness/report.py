"""The report: every measure, and the findings that are neither small nor chance."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from fairness import raters, tolerances, work
from fairness.estimates import holm
from fairness.measure import Line, Measure, Words
from fairness.rows import Rows

PLACES = 4
"""Decimals that are kept: a machine's last bits are no news."""


@dataclass(frozen=True)
class Finding:
    """Something to look into, with the documents behind it; no proof and no verdict.

    `p` is adjusted for all that the report looked at; a plain fact has none.
    """

    measure: str
    subject: str
    said: Words
    p: float | None
    documents: list[str]


@dataclass(frozen=True)
class Report:
    periods: list[str]
    measures: list[Measure]
    findings: list[Finding]
    tests: int


def examine(rows: Rows) -> Report:
    """Measure, test everything together, and name what stands out."""
    ordered = rows.ordered()
    measured = [*raters.measures(ordered.scored, ordered.names), *work.measures(ordered)]
    tested = [(one, line) for one in measured for line in one.lines if line.p is not None]
    adjusted = holm([line.p or 0.0 for _, line in tested])
    findings = [
        _finding(one, line, p)
        for (one, line), p in zip(tested, adjusted, strict=True)
        if line.large and p <= tolerances.ALPHA
    ]
    findings += [
        _finding(one, line, None)
        for one in measured
        for line in one.lines
        if line.p is None and line.large
    ]
    return Report(
        ordered.periods,
        measured,
        sorted(findings, key=lambda one: (one.p or 0.0, one.measure, one.subject)),
        len(tested),
    )


def as_json(report: Report) -> str:
    """For machines: the same rows give the same bytes."""
    document = {
        "periods": report.periods,
        "tests": report.tests,
        "alpha": tolerances.ALPHA,
        "findings": [
            {
                "measure": one.measure,
                "subject": one.subject,
                "vi": one.said.vi,
                "en": one.said.en,
                "p": _rounded(one.p),
                "documents": one.documents,
            }
            for one in report.findings
        ],
        "measures": [
            {
                "id": one.id,
                "vi": one.title.vi,
                "en": one.title.en,
                "unit": one.unit,
                "lines": [dict(_line(line)) for line in one.lines],
            }
            for one in report.measures
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _finding(measure: Measure, line: Line, p: float | None) -> Finding:
    said = line.said or measure.title
    return Finding(measure.id, line.subject, said, p, sorted(line.documents))


def _line(line: Line) -> Iterator[tuple[str, object]]:
    yield "subject", line.subject
    yield "n", line.n
    yield "value", _rounded(line.value)
    if line.interval is not None:
        yield "interval", [_rounded(line.interval.low), _rounded(line.interval.high)]
    if line.shrunk is not None:
        yield "shrunk", _rounded(line.shrunk)
    if line.p is not None:
        yield "p", _rounded(line.p)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, PLACES) + 0.0
