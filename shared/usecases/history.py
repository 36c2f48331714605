"""What an appraisal said before it was written over: nobody's score changes without a trace."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, get_args

from shared import refs
from shared.models.appraisal import Appraisal, Scoring
from shared.models.audit import Altered, Audit
from shared.models.period import Period
from shared.models.scheme import Component, Criteria, Title
from shared.ports import Store, Where
from shared.scoring.digest import digest
from shared.scoring.evaluation import components
from shared.scoring.record import written
from shared.scoring.rounding import decimals
from shared.scoring.telling import Line
from shared.usecases.keyed import Keyed
from shared.usecases.recorded import seen
from shared.vietnamese import day

Side = Literal["by_self", "by_head"]
ACTION = "appraise"
Fields = Mapping[str, Any]


def record_change(
    store: Store, appraisal_id: str, before: Fields | None, after: Fields | None
) -> None:
    """Record each side's scores that others took the place of.

    The first ones need no record: they stand until then. A record's id follows from
    the side and the time of what was written, so that a repeated event adds none.
    """
    if before is None or after is None:
        return
    ref = refs.appraisals(appraisal_id)
    old, new = ref.decode(dict(before)), ref.decode(dict(after))
    for side in get_args(Side):
        was, is_ = _part(old, side), _part(new, side)
        if was is not None and is_ is not None and _said(was) != _said(is_):
            _record(store, ref.path, side, was, is_)


def told(
    store: Store, period: Period, official: str, units: Iterable[str], root: Component
) -> list[Line]:
    """The changes of a person's appraisals, in the order of time."""
    names = [None, *units]
    papers = [refs.appraisal(period.id, official, unit).path for unit in names]
    records = [
        found.value
        for paper in papers
        for found in store.find(refs.audit, where=Where("target", "==", paper))
    ]
    ordered = sorted(records, key=lambda one: (one.at, one.digest))
    titles = _titles(root)
    return [_line(one, titles, period.time_zone) for one in ordered if one.action == ACTION]


def _titles(root: Component) -> dict[str, Title]:
    forms = [one for one in components(root) if isinstance(one, Criteria)]
    return {one.id: one.title for form in forms for one in form.criteria}


def _part(appraisal: Appraisal, side: Side) -> Scoring | None:
    return appraisal.by_self if side == "by_self" else appraisal.by_head


def _said(part: Scoring) -> object:
    """Besides the time of writing: the same words again change nothing."""
    return part.by, part.scores, part.statements, part.note


def _record(store: Store, path: str, side: Side, was: Scoring, now: Scoring) -> None:
    part = f"{path}/{side}"
    keyed = Keyed(now.by, f"{part} {now.at.isoformat()}", digest(now.fields()))
    if store.get(refs.audit(keyed.audit_id)) is None:
        change = written(part, was.fields(), now.fields())
        store.commit([seen(keyed, now.at, change, action=ACTION, target=path)])


def _line(record: Audit, titles: Mapping[str, Title], time_zone: str) -> Line:
    [change] = record.changes
    scores = change.altered.get("scores", Altered(before={}, after={}))
    moved = {
        name: f"{_spelled(scores.before.get(name))} → {_spelled(scores.after.get(name))}"
        for name in sorted(scores.before.keys() | scores.after.keys())
        if scores.before.get(name) != scores.after.get(name)
    }
    known = {name: titles.get(name, Title(vi=name, en=name)) for name in moved}
    vi = "; ".join(f"{known[name].vi}: {said}" for name, said in moved.items())
    en = "; ".join(f"{known[name].en}: {said}" for name, said in moved.items())
    at = day(record.at, time_zone)
    return Line(
        f"Ngày {at}, {record.by} sửa điểm đã chấm. {vi or 'Chỉ sửa lời ghi'}",
        f"On {at}, {record.by} changed what was scored. {en or 'Only the words with it'}",
    )


def _spelled(points: int | None) -> str:
    return "-" if points is None else decimals(points)
