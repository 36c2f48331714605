"""What each row of the access tables does, on An's data; each answers the status it got."""

from collections.abc import Callable
from typing import Any

from infra.local.people import Client
from shared import refs
from shared.usecases.schemes import shipped
from tests.access.place import LEFT_BEHIND, PERIODS, UIDS, WORK, Place
from tests.world import CRITERIA

Try = Callable[[Place, str, str], int]
"""Of the place, who asks, and the period's state; gives the HTTP status."""

SCORES: dict[str, Any] = dict.fromkeys(CRITERIA, 900)
ENTRIES: dict[str, dict[str, Any]] = {
    "report": {"kind": "progress", "percent": 5},
    "submit": {"kind": "submission", "quantity": 1},
    "ask exemption": {"kind": "exemption_requested", "reason": "thiên tai"},
    "accept": {"kind": "accepted", "submission": "s1"},
    "return": {"kind": "returned", "faults": 1, "reason": "thiếu chữ ký"},
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
    "officials": "officials/an",
    "inbox": "officials/an/inbox/one",
    "devices": "officials/an/devices/one",
    "assignments": "assignments/{period}_p1_an_w",
    "entries": "assignments/{period}_p1_an_w/entries/e1",
    "appraisals": "appraisals/{period}_an",
    "scorecards": "scorecards/{period}_an",
    "results": "results/{period}",
    "official results": "results/{period}/officials/an",
    "unit results": "results/{period}/units/p1",
    "decisions": "decisions/{period}_an",
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
    special = {
        "mark read": _mark_read,
        "register": _register,
        "score self": lambda where, who, state: _score(where, who, state, "by_self"),
        "score as head": lambda where, who, state: _score(where, who, state, "by_head"),
        "score own as head": _score_own,
        "file": _file,
    }
    if name in special:
        return special[name]
    if name.startswith("list"):
        return lambda where, who, state: _list(where, who, state, place, name)
    verbs: dict[str, Try] = {
        "get": lambda where, who, state: where.as_(who).read(_path(place, state)).status_code,
        "create": lambda where, who, state: _create(where, who, state, place),
        "update": lambda where, who, state: _update(where, who, state, place),
        "delete": lambda where, who, state: where.as_(who).delete(_path(place, state)).status_code,
    }
    return verbs[name]


def _path(place: str, state: str) -> str:
    return DOCUMENTS[place].format(period=PERIODS[state])


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
        "list to approve": ("approver", "EQUAL", "duy"),
        "list of unit": ("path", "ARRAY_CONTAINS", "p1"),
        "list of department": ("path", "ARRAY_CONTAINS", "so"),
    }
    if name == "list of all":
        query["from"][0]["allDescendants"] = True
        parent = ""
    elif name != "list":
        field, op, value = filters[name]
        if (place, name) in {("officials", "list of unit"), ("official results", "list of unit")}:
            field, op = "unit", "EQUAL"
        given = {"field": {"fieldPath": field}, "op": op, "value": {"stringValue": value}}
        query["where"] = {"fieldFilter": given}
    return where.as_(who).query(parent if collection else "", query).status_code


def _append(where: Place, who: str, state: str, entry: dict[str, Any]) -> int:
    work = LEFT_BEHIND if who == "left" else WORK
    path = f"assignments/{PERIODS[state]}_p1_an_{work}/entries/{where.fresh()}"
    fields = {**entry, "by": UIDS.get(who, "nobody")}
    return where.as_(who).write(path, fields, times=["at"]).status_code


def _score(where: Place, who: str, state: str, part: str) -> int:
    period = PERIODS[state]
    scoring = {"by": UIDS.get(who, "nobody"), "scores": SCORES}
    fields = {"period": period, "official": "an", part: scoring}
    client = where.as_(who)
    answer = client.write(f"appraisals/{period}_an", fields, times=[f"{part}.at"])
    return answer.status_code


def _score_own(where: Place, who: str, state: str) -> int:
    """The own appraisal's other part; a head has it from the head above."""
    period, uid = PERIODS[state], UIDS.get(who, "nobody")
    fields = {"period": period, "official": uid, "by_head": {"by": uid, "scores": SCORES}}
    client = where.as_(who)
    return client.write(f"appraisals/{period}_{uid}", fields, times=["by_head.at"]).status_code


def _mark_read(where: Place, who: str, state: str) -> int:
    return where.as_(who).write(_path("inbox", state), {}, times=["read_at"]).status_code


def _register(where: Place, who: str, state: str) -> int:
    fields = {"installation": "t" * 22, "language": "vi"}
    place = f"officials/an/devices/{where.fresh()}"
    return where.as_(who).write(place, fields, times=["at"]).status_code


def _file(where: Place, who: str, state: str) -> int:
    fields = {"period": PERIODS[state], "official": "an", "reason": "xem lại"}
    return where.as_(who).write(f"appeals/{where.fresh()}", fields, times=["at"]).status_code


def in_functions(function: str, name: str) -> Try:
    """The try that a row of the functions' table names."""
    if function == "progress":
        return lambda where, who, state: _report(where, who, state, ENTRIES[name])
    return {
        "assign to An": _assign,
        "move deadline": lambda w, who, s: _amend(w, who, s, "move_deadline"),
        "reassign": lambda w, who, s: _amend(w, who, s, "reassign"),
        "cancel": lambda w, who, s: _amend(w, who, s, "cancel"),
        "open another": _open,
        "reschedule": _reschedule,
        "confirm": _confirm,
        "import": _import,
        "publish": _publish,
        "simulate": _simulate,
        "export of unit": lambda w, who, s: _export(w, who, s, unit="p1"),
        "export of all": _export,
        "decide": _decide,
        "confirm unit": _confirm_unit,
        "report": _quota,
        "forms of An": lambda w, who, s: _forms(w, who, s, form="self", official="an"),
        "forms of everybody in unit": lambda w, who, s: _forms(
            w, who, s, form="decision", unit="p1", format="xlsx"
        ),
        "table of unit": lambda w, who, s: _forms(w, who, s, form="unit", unit="p1"),
        "table of province": lambda w, who, s: _forms(w, who, s, form="province"),
        "minutes": lambda w, who, s: _forms(w, who, s, form="minutes"),
    }[name]


def _post(where: Place, who: str, function: str, body: dict[str, Any]) -> int:
    return where.as_(who).post(function, body, key=where.fresh()).status_code


def _report(where: Place, who: str, state: str, entry: dict[str, Any]) -> int:
    assignment = refs.assignment_id(PERIODS[state], "p1", "an", WORK)
    body = {"assignment": assignment, "id": where.fresh(), "entry": entry}
    return _post(where, who, "progress", body)


def _assign(where: Place, who: str, state: str) -> int:
    due = f"{PERIODS[state]}-20T03:00:00Z"
    work = [{"to": {"officials": ["an"]}, "product": "hs", "due": due}]
    return _post(where, who, "assign", {"action": "assign", "period": PERIODS[state], "work": work})


def _amend(where: Place, who: str, state: str, action: str) -> int:
    more = {
        "move_deadline": {"due": f"{PERIODS[state]}-21T03:00:00Z"},
        "reassign": {"to": "chi"},
        "cancel": {},
    }
    body = {"action": action, "assignment": where.new_assignment(state), "reason": "lý do rõ"}
    return _post(where, who, "assign", {**body, **more[action]})


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


def _export(where: Place, who: str, state: str, **query: str) -> int:
    return where.as_(who).get("export", period=PERIODS[state], **query).status_code


def _forms(where: Place, who: str, state: str, **query: str) -> int:
    return where.as_(who).get("forms", period=PERIODS[state], **query).status_code
