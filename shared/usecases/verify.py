"""Recompute a closed period from its source and name what differs from its results."""

from typing import Any

from shared import refs
from shared.errors import refuse
from shared.models.base import Document, Part
from shared.models.period import Period
from shared.models.result import Result, UnitResult
from shared.ports import Found, Store
from shared.refs import Ref
from shared.scoring.digest import canonical
from shared.scoring.result import total_period
from shared.usecases.close import unclaimed
from shared.usecases.compile_unit import recompute_unit
from shared.usecases.conclude import deepest_first
from shared.usecases.corrections import Corrections
from shared.usecases.schemes import Schemes


class Finding(Part):
    """A document that is not what its source gives."""

    path: str
    reason: str


class Verification(Part):
    """How many documents were recomputed, and which of them differ."""

    checked: int
    findings: list[Finding]


def verify(store: Store, schemes: Schemes, period_id: str) -> Verification:
    """Recompute every result, unit and total of a compiled period.

    `drift` alone is not recomputed: it says how the live scorecards stood at close.
    """
    period = store.get(refs.periods(period_id))
    if period is None or period.state in ("open", "closing"):
        raise refuse("missing", "period", f"{period_id} is not compiled", "kỳ chưa tổng hợp")
    truths: dict[str, tuple[Ref[Any], Document]] = {}
    everybody: list[Result] = []
    totals: list[UnitResult] = []
    corrections = Corrections.read(store, period)
    source = corrections.hidden_from(store)
    known: dict[str, Document] = {}
    for unit in deepest_first(one.value for one in store.find(refs.units)):
        compiled = recompute_unit(source, schemes, period, unit, lambda ref: known.get(ref.path))
        everybody += compiled.results
        for result in compiled.results:
            ref = refs.official_results(period_id)(result.scorecard.official)
            known[ref.path] = result
            _expect(truths, ref, result)
        total_ref = refs.unit_results(period_id)(unit.path[-1])
        known[total_ref.path] = compiled.total
        if compiled.results:
            totals.append(compiled.total)
            _expect(truths, total_ref, compiled.total)
    _expect(truths, refs.results(period_id), total_period(period_id, period.scheme, totals))
    findings = [
        *_compare(truths, _standing(store, period)),
        *(
            Finding(path=refs.assignments(name).path, reason="no result rests on it")
            for name in unclaimed(store, period, everybody)
        ),
    ]
    findings += [
        Finding(path=path, reason=reason)
        for path, reason in corrections.faults(store, schemes.get(period.scheme), everybody)
    ]
    return Verification(checked=len(truths) + corrections.number, findings=findings)


def _expect(
    truths: dict[str, tuple[Ref[Any], Document]], ref: Ref[Any], document: Document
) -> None:
    truths[ref.path] = (ref, document)


def _standing(store: Store, period: Period) -> dict[str, Found[Any]]:
    found: list[Found[Any]] = [
        *store.find(refs.official_results(period.id)),
        *(one for one in store.find(refs.unit_results(period.id)) if one.fields["officials"]),
        *(one for one in store.find(refs.results) if one.ref.id == period.id),
    ]
    return {one.ref.path: one for one in found}


def _compare(
    truths: dict[str, tuple[Ref[Any], Document]], standing: dict[str, Found[Any]]
) -> list[Finding]:
    findings = [
        Finding(path=path, reason="has no source") for path in standing.keys() - truths.keys()
    ]
    for path, (_, document) in truths.items():
        if path not in standing:
            findings.append(Finding(path=path, reason="is missing"))
            continue
        fields = _differences(document.fields(), standing[path].fields)
        if fields:
            findings.append(Finding(path=path, reason=f"altered: {', '.join(fields)}"))
    return sorted(findings, key=lambda finding: finding.path)


def _differences(truth: dict[str, Any], standing: dict[str, Any]) -> list[str]:
    return [
        name
        for name in sorted(truth.keys() | standing.keys())
        if name != "drift" and _bytes(truth.get(name)) != _bytes(standing.get(name))
    ]


def _bytes(value: object) -> bytes:
    try:
        return canonical(value)
    except TypeError as error:
        return str(error).encode()
