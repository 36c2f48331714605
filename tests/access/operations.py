"""What each row of the access tables does, on An's data; each answers the status it got."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any

import requests

from infra.local.people import Client
from shared import refs
from shared.models.holidays import Holidays
from shared.ports import put
from shared.usecases.schemes import shipped
from tests.access.place import (
    FULL,
    LEFT_BEHIND,
    NEXT,
    OUTSIDE,
    PERIODS,
    UIDS,
    WORK,
    Place,
)
from tests.builders import a_posting, a_source, an_official
from tests.world import CRITERIA

Try = Callable[[Place, str, str], int]
"""Of the place, who asks, and the period's state; gives the HTTP status."""

SCORES: dict[str, Any] = dict.fromkeys(CRITERIA, 900)
ENTRIES: dict[str, dict[str, Any]] = {
    "report": {"kind": "progress", "percent": 5},
    "submit": {"kind": "submission", "quantity": 1},
    "ask exemption": {
        "kind": "exemption_requested",
        "reason": "thiên tai",
        "evidence": ["cv-12"],
    },
    "ask exemption without evidence": {"kind": "exemption_requested", "reason": "thiên tai"},
    "accept": {"kind": "accepted", "submission": "s1"},
    "return": {"kind": "returned", "faults": 1, "reason": "thiếu chữ ký"},
    "accept what was not delivered": {"kind": "accepted", "submission": "e1"},
    "return more than delivered": {
        "kind": "returned",
        "submission": "s1",
        "faults": 2,
        "reason": "thiếu chữ ký",
    },
    "return more than there is": {"kind": "returned", "faults": 2, "reason": "thiếu chữ ký"},
    "correct what was not returned": {
        "kind": "corrected",
        "returned": "e1",
        "faults": 0,
        "reason": "ghi nhầm",
    },
    "correct beyond what was returned": {
        "kind": "corrected",
        "returned": "r-{by}",
        "faults": 2,
        "reason": "ghi nhầm",
    },
    "correct own return": {
        "kind": "corrected",
        "returned": "r-{by}",
        "faults": 0,
        "reason": "ghi nhầm",
    },
    "correct another's return": {
        "kind": "corrected",
        "returned": "r-other",
        "faults": 0,
        "reason": "ghi nhầm",
    },
    "decide exemption": {
        "kind": "exemption_decided",
        "request": "x1",
        "lates_waived": 1,
        "faults_waived": 0,
        "reason": "thiên tai",
    },
    "cancel": {"kind": "cancelled", "quantity": 1, "reason": "không cần"},
    "move deadline": {"kind": "deadline_moved", "reason": "lùi hạn"},
}
DOCUMENTS = {
    "units": "units/p1",
    "positions": "positions/cv",
    "catalogue": "catalogue/hs",
    "schemes": "schemes/decree-335@1",
    "periods": "periods/{period}",
    "calendars": "calendars/2026",
    "officials": "officials/an",
    "inbox": "officials/an/inbox/one",
    "devices": "officials/an/devices/one",
    "assignments": "assignments/{period}_p1_an_w",
    "entries": "assignments/{period}_p1_an_w/entries/e1",
    "proposals": "proposals/{period}",
    "appraisals": "appraisals/{period}_an",
    "unit appraisals": "unit_appraisals/{period}_p1",
    "measurements": "measurements/{period}_official_an",
    "unit measurements": "measurements/{period}_unit_p1",
    "scorecards": "scorecards/{period}_an",
    "results": "results/{period}",
    "official results": "results/{period}/officials/an",
    "unit results": "results/{period}/units/p1",
    "corrections": "results/{period}/corrections/an_2",
    "sources": "results/{period}/sources/an",
    "decisions": "decisions/{period}_an_2",
    "appeals": "appeals/{period}",
    "audit": "audit/one",
    "imported": "imported/one_1",
    "anything else": "secrets/one",
}
"""An's document in each collection."""


def in_store(place: str, name: str) -> Try:
    """The try that a row of the store's table names."""
    if name in ENTRIES:
        return lambda where, who, state: _append(where, who, state, ENTRIES[name])
    special: dict[str, Try] = {
        "report on full work": lambda w, who, state: _append(
            w, who, state, ENTRIES["report"], work=FULL
        ),
        "accept on full work": lambda w, who, state: _append(
            w, who, state, ENTRIES["accept"], work=FULL
        ),
        "mark read": _mark_read,
        "register": _register,
        "score self": lambda w, who, state: _score(w, who, PERIODS[state], "by_self"),
        "score self early": lambda w, who, _: _score(w, who, OUTSIDE["early"]["id"], "by_self"),
        "score self late": lambda w, who, _: _score(w, who, OUTSIDE["late"]["id"], "by_self"),
        "score self in roll-up": lambda w, who, _: _score(
            w, who, OUTSIDE["roll-up"]["id"], "by_self"
        ),
        "score as head": lambda w, who, state: _score(w, who, PERIODS[state], "by_head"),
        "score own as head": lambda w, who, state: _score_own(w, who, state, "by_head"),
        "score oneself": lambda w, who, state: _score_own(w, who, state, "by_self"),
        "score head as head": lambda w, who, state: _score(
            w, who, PERIODS[state], "by_head", of=UIDS["head"]
        ),
        "score by name as head of p1": _score_named,
        **{
            f"{name}{when}": partial(_score_in_place, place=as_, period=period, of=of)
            for when, period in TURNS.items()
            for name, as_, of in IN_PLACE
        },
        "score by name as deputy": partial(
            _score_in_place, place="deputy", period=TURNS[" handed on"], unit="p1"
        ),
        "score self in place": partial(_score_in_place, place="above", part="by_self"),
        "file": lambda w, who, state: _file(w, who, PERIODS[state]),
        "file late": lambda w, who, _: _file(w, who, OUTSIDE["heard"]["id"]),
        "file on a version": lambda w, who, state: _file(w, who, PERIODS[state], version=2),
        "file late on a version": lambda w, who, _: _file(
            w, who, OUTSIDE["heard"]["id"], version=2
        ),
        "file on no version": lambda w, who, _: _file(w, who, OUTSIDE["heard"]["id"], version=3),
        "file for oneself": lambda w, who, state: _file(w, who, PERIODS[state], _own(who)),
        "accept head's": lambda w, who, s: _append(w, who, s, ENTRIES["accept"], UIDS["head"]),
        "return head's": lambda w, who, s: _append(w, who, s, ENTRIES["return"], UIDS["head"]),
        "get of head": lambda w, who, s: (
            w.as_(who).read(f"appraisals/{PERIODS[s]}_{UIDS['head']}").status_code
        ),
        "score as former head": lambda w, who, state: _elsewhere(w, who, state, "by_head"),
        "score former head as head": lambda w, who, s: _score(
            w, who, PERIODS[s], "by_head", {"unit": "p2"}, UIDS["head"]
        ),
        "score self elsewhere": lambda w, who, state: _elsewhere(w, who, state, "by_self"),
        "propose": _propose,
        "propose own in p1": _propose_own,
        "propose elsewhere": lambda w, who, state: _propose(w, who, state, "p2"),
    }
    if name in special:
        return special[name]
    if name.startswith("list"):
        return lambda where, who, state: _list(where, who, state, place, name)
    verbs: dict[str, Try] = {
        "get": lambda where, who, state: where.as_(who).read(_path(place, state, who)).status_code,
        "create": lambda where, who, state: _create(where, who, state, place),
        "update": lambda where, who, state: _update(where, who, state, place),
        "delete": lambda where, who, state: where.as_(who).delete(_path(place, state)).status_code,
    }
    return verbs[name]


def _path(place: str, state: str, who: str = "") -> str:
    """Of whoever left, the work that they approved."""
    path = DOCUMENTS[place].format(period=PERIODS[state])
    return path.replace(f"_an_{WORK}", f"_an_{LEFT_BEHIND}") if who == "left" else path


def _create(where: Place, who: str, state: str, place: str) -> int:
    """One more of the same, as the server would write it."""
    parent = _path(place, state).rpartition("/")[0]
    return where.as_(who).write(f"{parent}/{where.fresh()}", {"x": 1}, times=[]).status_code


def _update(where: Place, who: str, state: str, place: str) -> int:
    return where.as_(who).write(_path(place, state), {"x": 1}, times=[]).status_code


def _list(where: Place, who: str, state: str, place: str, name: str) -> int:
    """The collection, or the part of it that the row's name narrows it to."""
    parent, _, collection = _path(place, state).rpartition("/")[0].rpartition("/")
    query: dict[str, Any] = {"from": [{"collectionId": collection or parent}], "limit": 3}
    filters = {
        "list of own": ("official", "EQUAL", "an"),
        "list to approve": ("approver", "EQUAL", UIDS["left" if who == "left" else "approver"]),
        "list of unit": ("path", "ARRAY_CONTAINS", "p1"),
        "list of department": ("path", "ARRAY_CONTAINS", "so"),
    }
    if name == "list of all":
        query["from"][0]["allDescendants"] = True
        parent = ""
    elif name != "list":
        field, op, value = filters[name]
        if name == "list of unit" and place in ("officials", "official results", "proposals"):
            field, op = "unit", "EQUAL"
        given = {"field": {"fieldPath": field}, "op": op, "value": {"stringValue": value}}
        query["where"] = {"fieldFilter": given}
    return where.as_(who).query(parent if collection else "", query).status_code


def _append(  # which work it is, by its default but once
    where: Place, who: str, state: str, entry: dict[str, Any], of: str = "an", work: str = WORK
) -> int:
    if who == "left" and work == WORK:
        work = LEFT_BEHIND
    path = f"assignments/{PERIODS[state]}_p1_{of}_{work}/entries/{where.fresh()}"
    fields = {**_by(who, entry), "by": UIDS.get(who, "nobody")}
    return where.as_(who).write(path, fields, times=["at"]).status_code


def _by(who: str, entry: dict[str, Any]) -> dict[str, Any]:
    """With the name of whoever asks where the entry speaks of something of theirs."""
    uid = UIDS.get(who, "nobody")
    return {key: one.format(by=uid) if isinstance(one, str) else one for key, one in entry.items()}


def _score(
    where: Place,
    who: str,
    period: str,
    part: str,
    unit: Mapping[str, str] = MappingProxyType({}),
    of: str = "an",
) -> int:
    scoring = {"by": UIDS.get(who, "nobody"), "scores": SCORES}
    fields = {"period": period, "official": of, part: scoring, **unit}
    path = "_".join([f"appraisals/{period}_{of}", *unit.values()])
    return where.as_(who).write(path, fields, times=[f"{part}.at"]).status_code


IN_PLACE: list[tuple[str, str | None, str]] = [
    ("score in turn", None, "an"),
    ("score as deputy", "deputy", "an"),
    ("score from above", "above", "an"),
    ("score head as deputy", "deputy", UIDS["head"]),
]
TURNS = {
    "": PERIODS["open"],
    " early": OUTSIDE["not yet"]["id"],
    " handed on": OUTSIDE["handed on"]["id"],
}


def _score_in_place(
    where: Place,
    who: str,
    _: str,
    *,
    place: str | None,
    period: str = PERIODS["open"],
    part: str = "by_head",
    of: str = "an",
    unit: str | None = None,
) -> int:
    """As what they say they are, whatever they are."""
    scoring = {"by": UIDS.get(who, "nobody"), "scores": SCORES}
    told = scoring if place is None else {**scoring, "in_place": place}
    fields = {"period": period, "official": of, part: told}
    path = f"appraisals/{period}_{of}"
    if unit is not None:
        path, fields = f"{path}_{unit}", {**fields, "unit": unit}
    return where.as_(who).write(path, fields, times=[f"{part}.at"]).status_code


def _elsewhere(where: Place, who: str, state: str, part: str) -> int:
    """For An's time in the unit where they served before."""
    return _score(where, who, PERIODS[state], part, {"unit": "p2"})


def _score_named(where: Place, who: str, state: str) -> int:
    """For An's time in the unit where they still serve: that is the appraisal without a unit."""
    return _score(where, who, PERIODS[state], "by_head", {"unit": "p1"})


def _score_own(where: Place, who: str, state: str, part: str) -> int:
    """A part of the own appraisal; a head has the head's from the head above."""
    return _score(where, who, PERIODS[state], part, of=_own(who))


def _mark_read(where: Place, who: str, state: str) -> int:
    return where.as_(who).write(_path("inbox", state), {}, times=["read_at"]).status_code


def _register(where: Place, who: str, state: str) -> int:
    fields = {"installation": "t" * 22, "language": "vi"}
    place = f"officials/an/devices/{where.fresh()}"
    return where.as_(who).write(place, fields, times=["at"]).status_code


def _file(where: Place, who: str, period: str, of: str = "an", **more: Any) -> int:
    """Taken away again: a petition that nobody answers holds its period."""
    fields = {"period": period, "official": of, "reason": "xem lại", **more}
    path = where.fresh()
    status = where.as_(who).write(f"appeals/{path}", fields, times=["at"]).status_code
    where.delete(f"appeals/{path}")
    return status


def _propose(where: Place, who: str, state: str, unit: str = "p1") -> int:
    fields = {"period": PERIODS[state], "official": "an", "unit": unit, "title": "Hòa giải"}
    return where.as_(who).write(f"proposals/{where.fresh()}", fields, times=["at"]).status_code


def _propose_own(where: Place, who: str, state: str) -> int:
    fields = {"period": PERIODS[state], "unit": "p1", "title": "Hòa giải"}
    own = {**fields, "official": UIDS.get(who, "nobody")}
    return where.as_(who).write(f"proposals/{where.fresh()}", own, times=["at"]).status_code


def in_functions(function: str, name: str) -> Try:
    """The try that a row of the functions' table names."""
    if function == "progress":
        kind = name.removesuffix(" head's")
        of = "an" if kind == name else UIDS["head"]
        return lambda where, who, state: _report(where, who, state, ENTRIES[kind], of)
    return {
        "assign to An": _assign,
        "assign to head": lambda w, who, s: _assign(w, who, s, UIDS["head"]),
        "cancel head's": lambda w, who, s: _amend(w, who, s, "cancel", UIDS["head"]),
        "move deadline": lambda w, who, s: _amend(w, who, s, "move_deadline"),
        "reassign": lambda w, who, s: _amend(w, who, s, "reassign"),
        "cancel": lambda w, who, s: _amend(w, who, s, "cancel"),
        "carry over": lambda w, who, s: _amend(w, who, s, "carry_over"),
        "decide exemption": _decide_exemption,
        "accept proposal": lambda w, who, s: _answer_proposal(w, who, s, "accept_proposal"),
        "decline proposal": lambda w, who, s: _answer_proposal(w, who, s, "decline_proposal"),
        "open another": _open,
        "reschedule": _reschedule,
        "confirm": _confirm,
        "publish holidays": _publish_holidays,
        "import": _import,
        "publish": _publish,
        "found unit": _found_unit,
        "set product": _set_product,
        "measure An": lambda w, who, s: _measure(w, who, s, "an"),
        "measure oneself": lambda w, who, s: _measure(w, who, s, _own(who)),
        "measure unit": lambda w, who, s: _measure(w, who, s, "p1", "unit"),
        "measure own unit": lambda w, who, s: _measure(w, who, s, _unit_of(w, who), "unit"),
        "appraise unit": lambda w, who, s: _appraise_unit(w, who, s, "p1"),
        "appraise another unit": lambda w, who, s: _appraise_unit(w, who, s, "p2"),
        "enrol another": _enrol,
        "rename An": lambda w, who, s: _people(w, who, "rename", "an", name="An"),
        "rename oneself": lambda w, who, s: _people(w, who, "rename", _own(who), name="Khác"),
        "enter fact about An": lambda w, who, s: _enter_fact(w, who, "an"),
        "enter fact about oneself": lambda w, who, s: _enter_fact(w, who, _own(who)),
        "simulate": _simulate,
        "export of unit": lambda w, who, s: _export(w, who, s, unit="p1"),
        "export of all": _export,
        "all about oneself": lambda w, who, s: w.as_(who).get("personal_data").status_code,
        "all about An": lambda w, who, s: (
            w.as_(who).get("personal_data", official="an").status_code
        ),
        "erase who left long ago": _erase,
        "decide": _decide,
        "confirm unit": _confirm_unit,
        "report": _quota,
        "Form 01 of An": lambda w, who, s: _forms(w, who, s, form="self", official="an"),
        "Form 02 of An": lambda w, who, s: _forms(w, who, s, form="decision", official="an"),
        "forms of everybody in unit": lambda w, who, s: _forms(
            w, who, s, form="decision", unit="p1", format="xlsx"
        ),
        "table of unit": lambda w, who, s: _forms(w, who, s, form="unit", unit="p1"),
        "table of province": lambda w, who, s: _forms(w, who, s, form="province"),
        "minutes": lambda w, who, s: _forms(w, who, s, form="minutes"),
        "uphold": lambda w, who, s: _answer(w, who, s, upheld=True),
        "decline": lambda w, who, s: _answer(w, who, s, upheld=False),
        "correct": _correct,
        "explain An": _explain,
    }[name]


def _post(where: Place, who: str, function: str, body: dict[str, Any]) -> int:
    return where.as_(who).post(function, body, key=where.fresh()).status_code


def _report(where: Place, who: str, state: str, entry: dict[str, Any], of: str) -> int:
    assignment = refs.assignment_id(PERIODS[state], "p1", of, WORK)
    body = {"assignment": assignment, "id": where.fresh(), "entry": _by(who, entry)}
    return _post(where, who, "progress", body)


def _assign(where: Place, who: str, state: str, to: str = "an") -> int:
    due = f"{PERIODS[state]}-20T03:00:00Z"
    work = [{"to": {"officials": [to]}, "product": "hs", "due": due}]
    return _post(where, who, "assign", {"action": "assign", "period": PERIODS[state], "work": work})


def _amend(where: Place, who: str, state: str, action: str, of: str = "an") -> int:
    more = {
        "move_deadline": {"due": f"{PERIODS[state]}-21T03:00:00Z"},
        "reassign": {"to": "chi"},
        "cancel": {},
        "carry_over": {"period": NEXT, "due": f"{NEXT}-21T03:00:00Z"},
    }
    body = {"action": action, "assignment": where.new_assignment(state, of), "reason": "lý do rõ"}
    return _post(where, who, "assign", {**body, **more[action]})


def _decide_exemption(where: Place, who: str, state: str) -> int:
    assignment = refs.assignment_id(PERIODS[state], "p1", "an", WORK)
    body = {"action": "decide_exemption", "assignment": assignment, "request": "x1"}
    waived = {"lates_waived": 0, "faults_waived": 0, "reason": "không khách quan"}
    return _post(where, who, "assign", {**body, **waived})


def _answer_proposal(where: Place, who: str, state: str, action: str) -> int:
    more = {
        "accept_proposal": {"product": "hs", "due": f"{PERIODS[state]}-21T03:00:00Z"},
        "decline_proposal": {"reason": "trùng việc"},
    }
    body = {"action": action, "proposal": where.new_proposal(state), **more[action]}
    return _post(where, who, "assign", body)


def _open(where: Place, who: str, state: str) -> int:
    period = f"{2100 + next(where.serial) % 90}-01"
    where.delete(f"periods/{period}")
    body = {"action": "open", "period": period, "scheme": "decree-335@1"}
    return _post(where, who, "period", body)


def _reschedule(where: Place, who: str, state: str) -> int:
    closes = {"closes_at": "2099-01-02T00:00:00Z", "reason": "gia hạn"}
    return _post(where, who, "period", {"action": "reschedule", "period": PERIODS[state], **closes})


def _confirm(where: Place, who: str, state: str) -> int:
    """Put back afterwards: confirming is for ever."""
    status = _post(where, who, "period", {"action": "confirm", "period": PERIODS[state]})
    owner = Client(where.stack, {"Authorization": "Bearer owner"})
    owner.write(f"periods/{PERIODS[state]}", {"state": state}, times=[]).raise_for_status()
    return status


def _publish_holidays(where: Place, who: str, state: str) -> int:
    holidays = Holidays(year=2026, off=[], source=a_source()).model_dump(exclude_none=True)
    return _post(where, who, "period", {"action": "holidays", "holidays": holidays})


def _own(who: str) -> str:
    return UIDS.get(who, "nobody")


def _people(where: Place, who: str, action: str, official: str, **more: Any) -> int:
    body = {"action": action, "official": official, "reason": "quyết định số 12", **more}
    return _post(where, who, "people", body)


def _enrol(where: Place, who: str, state: str) -> int:
    start = {"unit": "p2", "roles": ["official"], "start": "2026-09-30T17:30:00Z"}
    return _people(where, who, "enrol", where.fresh(), name="Mới", **start)


def _enter_fact(where: Place, who: str, official: str) -> int:
    kind = f"noted-{where.fresh()}"
    return _people(where, who, "enter_fact", official, kind=kind, at="2026-09-30T17:30:00Z")


def _found_unit(where: Place, who: str, state: str) -> int:
    return _catalogue(where, who, "found_unit", unit=where.fresh(), name="Phòng Mới")


def _set_product(where: Place, who: str, state: str) -> int:
    terms = {"title": "Việc", "measure": "việc", "group": 1, "points": 100, "k": 1000}
    return _catalogue(where, who, "set_product", product=where.fresh(), **terms)


def _measure(where: Place, who: str, state: str, subject: str, kind: str = "official") -> int:
    """Granted, it is refused only for what the decree does not measure."""
    row = {"kind": kind, "subject": subject, "component": "on-time", "value": 1}
    rows = [{**row, "source": "cổng dịch vụ công"}]
    return _asked(_catalogue(where, who, "measure", period=PERIODS[state], rows=rows))


def _appraise_unit(where: Place, who: str, state: str, unit: str) -> int:
    """Granted, it is refused only for what the decree does not ask."""
    asked = {"period": PERIODS[state], "unit": unit, "scores": {"nothing": 1}}
    return _asked(_catalogue(where, who, "appraise_unit", **asked))


def _asked(status: int) -> int:
    """Whoever is told what was wrong with the request may ask."""
    return requests.codes.ok if status == requests.codes.bad_request else status


def _unit_of(where: Place, who: str) -> str:
    official = where.stack.wiring.store.get(refs.officials(_own(who)))
    return "p1" if official is None else official.unit


def _catalogue(where: Place, who: str, action: str, **more: Any) -> int:
    body = {"action": action, "reason": "quyết định số 12", **more}
    return _post(where, who, "catalogue", body)


def _publish(where: Place, who: str, state: str) -> int:
    scheme = shipped("decree-335@1").model_dump(mode="json", exclude_none=True)
    return _post(where, who, "schemes", {**scheme, "ref": f"local@{next(where.serial)}"})


def _simulate(where: Place, who: str, state: str) -> int:
    body = {"period": PERIODS[state], "scheme": "decree-335-local@1"}
    return _post(where, who, "simulate", body)


def _import(where: Place, who: str, state: str) -> int:
    log = b"case,official,unit,start,due\n"
    profile = (
        b'system = "s"\ntime_zone = "Asia/Ho_Chi_Minh"\nfinishing = ["x"]\n'
        b'[columns]\ncase = "case"\nofficial = "official"\nunit = "unit"\n'
        b'start = "start"\ndue = "due"\nactivity = "case"\ntime = "start"\n'
    )
    files = {"cases": log, "profile": profile}
    return where.as_(who).upload("import_cases", files, {}).status_code


def _decide(where: Place, who: str, state: str) -> int:
    chosen = {"official": "an", "rating": "completed", "reason": "căn cứ hồ sơ"}
    return _post(where, who, "decide", {"period": PERIODS[state], "decisions": [chosen]})


def _confirm_unit(where: Place, who: str, state: str) -> int:
    return _post(where, who, "decide", {"period": PERIODS[state], "unit": "p1"})


def _quota(where: Place, who: str, state: str) -> int:
    return where.as_(who).get("quota", period=PERIODS[state]).status_code


def _explain(where: Place, who: str, state: str) -> int:
    return where.as_(who).get("explain", period=PERIODS[state], official="an").status_code


def _answer(where: Place, who: str, state: str, *, upheld: bool) -> int:
    """A petition of its own each time: it is answered once."""
    petition = where.new_appeal(state)
    more = {"corrects": [_other_score(where)]} if upheld else {}
    body = {"appeal": petition, "upheld": upheld, "reason": "đã xem lại", **more}
    return _post(where, who, "appeal", body)


def _correct(where: Place, who: str, state: str) -> int:
    more = {"reason": "chấm nhầm", "corrects": [_other_score(where)]}
    return _post(where, who, "correct", {"period": PERIODS[state], "official": "an", **more})


def _other_score(where: Place) -> dict[str, Any]:
    """Another than any before."""
    points = next(where.serial) % 1000
    return {"kind": "criterion", "criterion": "conduct", "points": points}


def _erase(where: Place, who: str, state: str) -> int:
    gone = where.fresh()
    then = datetime(2001, 1, 1, tzinfo=UTC)
    posting = a_posting(unit="p1", start=then, end=then + timedelta(days=1))
    where.write([put(refs.officials(gone), an_official(roles=[], postings=[posting]))])
    return _post(where, who, "erase", {"official": gone, "reason": "hết hạn lưu"})


def _export(where: Place, who: str, state: str, **query: str) -> int:
    return where.as_(who).get("export", period=PERIODS[state], **query).status_code


def _forms(where: Place, who: str, state: str, **query: str) -> int:
    return where.as_(who).get("forms", period=PERIODS[state], **query).status_code
