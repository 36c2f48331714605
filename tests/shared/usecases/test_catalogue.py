"""What the organiser keeps: units, positions, products, measurements; and every refusal."""

import json
from datetime import datetime
from typing import Any

import pytest
from pydantic import TypeAdapter

from shared import refs
from shared.errors import RefusedError
from shared.models.official import StandIn
from shared.models.scheme import Scheme
from shared.models.unit import Unit
from shared.ports import Store, put
from shared.usecases.caller import identify
from shared.usecases.catalogue import CatalogueRequest, change_catalogue
from shared.usecases.schemes import Schemes, shipped
from tests.builders import (
    DAY,
    END,
    PERIOD,
    START,
    TICK,
    a_period,
    a_position,
    a_posting,
    a_product,
    a_scheme,
    an_asked,
    an_official,
)
from tests.memory import Desk, MemoryStore
from tests.trees import SOURCE, TITLE, a_position_scheme

REQUEST: TypeAdapter[CatalogueRequest] = TypeAdapter(CatalogueRequest)
WHY = {"reason": "kế hoạch số 5"}


def rating_units() -> Scheme:
    """Officials and units have an indicator each; units also criteria and a statement."""
    node = {"title": TITLE, "absent": "not_assessed"}
    on_time = {"kind": "indicator", "id": "on-time", "start": 0, "target": 10_000, "decimals": 2}
    done = {"kind": "task", "id": "a", "measure": "quantity", **node}
    criterion = {"id": "order", "title": TITLE, "weight": 1, "most": 3000}
    form = {"kind": "criteria", "id": "general", "criteria": [criterion], **node}
    plan = {"kind": "statement", "id": "plan", "options": {"yes": 100, "no": 0}, **node}
    whole = {"kind": "mean", "id": "total", "source": SOURCE, **node}
    official = {**whole, "parts": [done, {**on_time, **node}]}
    unit = {**whole, "parts": [form, plan, {**on_time, **node, "id": "satisfaction"}]}
    return a_scheme(subjects={"official": official, "unit": unit}, gates=[])


class Office:
    """Unit `so` (head giam-doc) over `p1` (head binh); organiser `tu`; An in `p1`."""

    def __init__(self) -> None:
        self.store, self.now = MemoryStore(), END
        scheme = rating_units()
        head = {"roles": ["official"], "is_head": True}
        people = {
            "tu": an_official(roles=["organiser"], **_in("so")),
            "giam-doc": an_official(**head, **_in("so")),
            "binh": an_official(**head, **_in("p1")),
            "an": an_official(**_in("p1")),
        }
        self.store.commit(
            [
                put(refs.units("so"), Unit(name="Sở", path=["so"])),
                put(refs.units("p1"), Unit(name="Một", parent="so", path=["so", "p1"])),
                *(put(refs.officials(uid), one) for uid, one in people.items()),
                put(refs.catalogue("hs"), a_product()),
                put(refs.periods(PERIOD), a_period(scheme=scheme.ref)),
                put(refs.periods("2026-09"), a_period(id="2026-09", state="final")),
                put(refs.schemes(scheme.ref), scheme),
            ]
        )
        self.schemes = Schemes(self.store)

    def ask(self, by: str, action: str, *, key: str = "", **fields: Any) -> list[str]:
        request = REQUEST.validate_json(json.dumps({"action": action, **WHY, **fields}))
        caller = identify(self.store, by, self.now)
        key = key or f"k{len(self.store.written)}"
        reply = change_catalogue(Desk(self.store, self.now), self.schemes, caller, key, request)
        return reply.documents

    def measured(self, kind: str, subject: str) -> dict[str, tuple[int, str]]:
        found = self.store.get(refs.measurement(PERIOD, kind, subject))
        assert found is not None
        return {name: (one.value, one.source) for name, one in found.values.items()}


def _in(unit: str) -> dict[str, Any]:
    return {"unit": unit, "units": [unit], "postings": [a_posting(unit=unit)]}


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_unit_is_founded_under_another_and_renamed(office: Office) -> None:
    office.ask("tu", "found_unit", unit="p2", name="Hai", parent="so")
    unit = office.store.get(refs.units("p2"))
    assert unit is not None
    assert (unit.path, unit.parent, unit.head) == (["so", "p2"], "so", None)
    office.ask("tu", "rename_unit", unit="p2", name="Phòng Hai")
    unit = office.store.get(refs.units("p2"))
    assert unit is not None
    assert (unit.name, unit.name_at(a_period().start), unit.name_at(END)) == (
        "Phòng Hai",
        "Hai",
        "Phòng Hai",
    )


def test_a_product_changes_by_version_and_is_recorded(office: Office) -> None:
    terms = {"title": "Hồ sơ", "measure": "bộ", "group": 2, "points": 200, "k": 2000}
    for version in (1, 2):
        office.ask("tu", "set_product", product="moi", **terms, key=f"v{version}")
        product = office.store.get(refs.catalogue("moi"))
        assert product is not None
        assert (product.version, product.k) == (version, 2000)
    assert office.store.count(refs.audit) == 2


def test_a_product_keeps_asking_for_evidence_until_it_is_said_otherwise(office: Office) -> None:
    asked: list[bool] = []
    for number, said in enumerate(({"evidence": True}, {}, {"evidence": False})):
        office.ask("tu", "set_product", product="moi", **TERMS, **said, key=f"e{number}")
        product = office.store.get(refs.catalogue("moi"))
        assert product is not None
        asked.append(product.evidence)
    assert asked == [True, True, False]


def test_the_same_key_again_is_the_same_call(office: Office) -> None:
    for _ in range(2):
        found = office.ask("tu", "found_unit", key="k", unit="p2", name="Hai")
        assert found == ["units/p2"]
    assert office.store.count(refs.audit) == 1


def test_a_position_names_products_that_there_are(office: Office) -> None:
    office.ask("tu", "set_position", position="cv", title="Chuyên viên", products=["hs"])
    position = office.store.get(refs.positions("cv"))
    assert position is not None
    assert position.products == ["hs"]


def row(**changes: Any) -> dict[str, Any]:
    value = {"kind": "official", "subject": "an", "component": "on-time", "value": 9750}
    return {**value, "source": "cổng dịch vụ công", **changes}


def test_values_are_kept_with_their_source_beside_those_there_are(office: Office) -> None:
    office.ask("tu", "measure", period=PERIOD, rows=[row(value=1), row(value=9750)])
    office.ask(
        "tu",
        "measure",
        period=PERIOD,
        rows=[row(kind="unit", subject="p1", component="satisfaction", value=8000)],
    )
    assert office.measured("official", "an") == {"on-time": (9750, "cổng dịch vụ công")}
    assert office.measured("unit", "p1") == {"satisfaction": (8000, "cổng dịch vụ công")}


def test_a_csv_is_read_as_people_write_numbers(office: Office) -> None:
    text = (
        "\ufeffkind,subject,component,value,source\r\n"
        "official,an,on-time,97.5,cổng\r\n"
        "unit,p1,satisfaction,80,khảo sát\r\n"
    )
    office.ask("tu", "import_measurements", period=PERIOD, csv=text)
    assert office.measured("official", "an") == {"on-time": (9750, "cổng")}
    assert office.measured("unit", "p1") == {"satisfaction": (8000, "khảo sát")}


def test_a_unit_is_scored_by_whoever_heads_the_one_above(office: Office) -> None:
    office.ask(
        "giam-doc",
        "appraise_unit",
        period=PERIOD,
        unit="p1",
        scores={"order": 2500},
        statements={"plan": "yes"},
    )
    found = office.store.get(refs.unit_appraisal(PERIOD, "p1"))
    assert found is not None
    assert (found.by_head.by, found.by_head.scores) == ("giam-doc", {"order": 2500})


HEADER = "kind,subject,component,value,source\n"
UNIT: dict[str, Any] = {"period": PERIOD, "unit": "p1", "scores": {"order": 1}}
MEASURE: dict[str, Any] = {"period": PERIOD, "rows": [row()]}
TERMS = {"title": "x", "measure": "x", "group": 1, "points": 100, "k": 1000}
FILE = {"period": PERIOD}
REFUSED: list[tuple[str, str, dict[str, Any], tuple[str, list[str]]]] = [
    ("an", "found_unit", {"unit": "p2", "name": "x"}, ("forbidden", ["Authorization"])),
    ("binh", "set_product", {"product": "x", **TERMS}, ("forbidden", ["Authorization"])),
    ("giam-doc", "measure", MEASURE, ("forbidden", ["Authorization"])),
    ("tu", "found_unit", {"unit": "p1", "name": "x"}, ("conflict", ["unit"])),
    ("tu", "found_unit", {"unit": "p2", "name": "x", "parent": "p9"}, ("missing", ["parent"])),
    ("tu", "rename_unit", {"unit": "p9", "name": "x"}, ("missing", ["unit"])),
    (
        "tu",
        "set_position",
        {"position": "cv", "title": "x", "products": ["hs", "x"]},
        ("missing", ["products.1"]),
    ),
    ("tu", "measure", MEASURE | {"period": "2026-11"}, ("missing", ["period"])),
    ("tu", "measure", MEASURE | {"period": "2026-09"}, ("closed", ["period"])),
    ("tu", "measure", MEASURE | {"rows": [row(subject="ai")]}, ("missing", ["rows"])),
    ("tu", "measure", MEASURE | {"rows": [row(subject="tu")]}, ("forbidden", ["rows"])),
    (
        "tu",
        "measure",
        MEASURE | {"rows": [row(component="a"), row(), row(kind="unit")]},
        ("invalid", ["rows.0.component", "rows.2.component"]),
    ),
    ("tu", "import_measurements", FILE | {"csv": ""}, ("invalid", ["csv"])),
    ("tu", "import_measurements", FILE | {"csv": "kind,subject\n1,2\n"}, ("invalid", ["csv"])),
    (
        "tu",
        "import_measurements",
        FILE | {"csv": HEADER + "official,tu,on-time,1,s\n"},
        ("forbidden", ["csv"]),
    ),
    (
        "tu",
        "import_measurements",
        FILE
        | {
            "csv": HEADER + "x,an,on-time,1,s\nofficial,an,a,1,s\nofficial,an,on-time,1.555,s\n"
            "official,an,on-time,x,s\nofficial,an,on-time,inf,s\nofficial,a_n,on-time,1,s\n"
            "official,an,on-time,1,\nofficial,an\n"
        },
        ("invalid", [f"csv.{number}" for number in range(2, 10)]),
    ),
    ("tu", "appraise_unit", UNIT, ("forbidden", ["unit"])),
    ("binh", "appraise_unit", UNIT, ("forbidden", ["unit"])),
    ("giam-doc", "appraise_unit", UNIT | {"unit": "so"}, ("forbidden", ["unit"])),
    ("giam-doc", "appraise_unit", UNIT | {"unit": "p9"}, ("missing", ["unit"])),
    ("giam-doc", "appraise_unit", UNIT | {"period": "2026-09"}, ("closed", ["period"])),
    (
        "giam-doc",
        "appraise_unit",
        UNIT | {"scores": {"order": 3001, "charm": 1}, "statements": {"plan": "maybe"}},
        ("invalid", ["scores.charm", "scores.order", "statements.plan"]),
    ),
]


@pytest.mark.parametrize(("by", "action", "fields", "answer"), REFUSED)
def test_what_is_refused_names_the_field_and_writes_nothing(
    office: Office, by: str, action: str, fields: dict[str, Any], answer: tuple[str, list[str]]
) -> None:
    before = list(office.store.written)
    with pytest.raises(RefusedError) as refused:
        office.ask(by, action, **fields)
    assert office.store.written == before
    assert (refused.value.code, [one.field for one in refused.value.faults]) == answer
    assert all(one.reason_vi for one in refused.value.faults)


def test_a_scheme_that_rates_no_units_takes_no_scores_of_them(office: Office) -> None:
    people = {"official": a_scheme().fields()["subjects"]["official"]}
    office.store.commit([put(refs.schemes("x@1"), a_scheme(ref="x@1", subjects=people, gates=[]))])
    office.store.commit([put(refs.periods(PERIOD), a_period(scheme="x@1"))])
    with pytest.raises(RefusedError, match="rates no units"):
        office.ask("giam-doc", "appraise_unit", **UNIT)


def test_units_lie_eight_levels_deep_at_most(office: Office) -> None:
    above = "so"
    for level in range(7):
        office.ask("tu", "found_unit", unit=f"u{level}", name="x", parent=above)
        above = f"u{level}"
    with pytest.raises(RefusedError, match="eight levels deep"):
        office.ask("tu", "found_unit", unit="u8", name="x", parent=above)
    store: Store = office.store
    assert store.get(refs.units("u8")) is None


def test_nobody_scores_or_measures_a_unit_of_their_own(office: Office) -> None:
    """Be it that they serve there, did so in the period, or stand in for its head."""
    scored = {"period": PERIOD, "unit": "p1", "scores": {"order": 2000}}
    row = {"kind": "unit", "component": "satisfaction", "value": 1, "source": "khảo sát"}
    term = StandIn(unit="so", start=END - DAY, end=END + DAY)
    office.store.commit([put(refs.officials("an"), an_official(stands_in=[term], **_in("p1")))])
    assert refusal(office, "an", "appraise_unit", **scored) == ("forbidden", "unit")
    moved = [a_posting(unit="p1", end=START + DAY), a_posting(unit="so", start=START + DAY)]
    promoted = an_official(unit="so", is_head=True, postings=moved)
    office.store.commit([put(refs.officials("an"), promoted)])
    assert refusal(office, "an", "appraise_unit", **scored) == ("forbidden", "unit")
    rows = [{**row, "subject": "so"}]
    assert refusal(office, "tu", "measure", period=PERIOD, rows=rows) == ("forbidden", "rows")
    acting = an_official(
        roles=["organiser"], stands_in=[term.model_copy(update={"unit": "p1"})], **_in("so")
    )
    office.store.commit([put(refs.officials("tu"), acting)])
    rows = [{**row, "subject": "p1"}]
    assert refusal(office, "tu", "measure", period=PERIOD, rows=rows) == ("forbidden", "rows")


def refusal(office: Office, by: str, action: str, **fields: Any) -> tuple[str, str]:
    with pytest.raises(RefusedError) as refused:
        office.ask(by, action, **fields)
    return refused.value.code, refused.value.faults[0].field


def by_position(office: Office, **period: Any) -> None:
    """The month is scored by a scheme that counts what positions ask, such as An's."""
    scheme = a_position_scheme().model_copy(update={"ref": "by-position@1"})
    office.store.commit(
        [
            put(refs.schemes(scheme.ref), scheme),
            put(refs.periods(PERIOD), a_period(scheme=scheme.ref, **period)),
            put(refs.positions("mc"), a_position()),
            put(refs.officials("an"), an_official(position="mc", **_in("p1"))),
        ]
    )


def asking(**changes: Any) -> dict[str, Any]:
    asks = an_asked(**changes).model_dump(mode="json")
    return {"position": "mc", "title": "Một cửa", "products": [], "asks": asks}


def asks_of(office: Office) -> list[datetime]:
    position = office.store.get(refs.positions("mc"))
    assert position is not None
    return [one.since for one in position.asks]


def test_what_a_position_asks_is_dated_and_put_right_until_its_period_opens(
    office: Office,
) -> None:
    by_position(office)
    for share in (90, 80):
        [rate] = an_asked().indicators
        rate = rate.model_copy(update={"start": share})
        office.ask("tu", "set_position", **asking(since=END, indicators=[rate]))
    assert asks_of(office) == [START, END]
    office.ask("tu", "set_position", position="mc", title="Một cửa", products=["hs"])
    assert asks_of(office) == [START, END]
    office.ask("tu", "set_position", **asking(since=START) | {"position": "new"})


def test_a_new_position_asks_at_once_and_an_old_one_where_no_period_counts_it(
    office: Office,
) -> None:
    office.ask("tu", "set_position", **asking())
    office.ask("tu", "set_position", **asking(since=START + DAY))
    assert asks_of(office) == [START, START + DAY]


@pytest.mark.parametrize("state", ["open", "closing", "review", "final"])
def test_what_counts_in_a_period_stands_from_its_opening(office: Office, state: str) -> None:
    by_position(office, state=state)
    written = list(office.store.written)
    for since, code in ((END - TICK, "conflict"), (START, "conflict"), (START - DAY, "conflict")):
        with pytest.raises(RefusedError) as refused:
            office.ask("tu", "set_position", **asking(since=since))
        assert (refused.value.code, refused.value.faults[0].field) == (code, "asks.since")
    assert office.store.written == written


def test_what_a_position_may_not_ask_is_named_by_its_field(office: Office) -> None:
    by_position(office)
    [manner] = an_asked().criteria
    light = manner.model_copy(update={"weight": 40, "id": "conduct"})
    three = [light.model_copy(update={"id": name}) for name in "abc"]
    fourth = three[0].model_copy(update={"id": "a", "weight": 30})
    for criteria, fields in (
        ([light], ["asks.criteria", "asks.criteria.0.id"]),
        ([*three[1:], fourth], ["asks.criteria", "asks.criteria.2.id"]),
    ):
        with pytest.raises(RefusedError) as refused:
            office.ask("tu", "set_position", **asking(since=END, criteria=criteria))
        assert [one.field for one in refused.value.faults] == fields
        assert all(one.reason_vi for one in refused.value.faults)


def test_an_appraisal_holds_the_scores_of_two_positions(office: Office) -> None:
    by_position(office)
    scheme = shipped("decree-335-local@2")
    office.store.commit([put(refs.schemes(scheme.ref), scheme)])
    [manner] = an_asked().criteria
    for weights, refused in (([50, 50], False), ([40, 30, 30], True)):
        criteria = [
            manner.model_copy(update={"id": f"m{number}", "weight": weight})
            for number, weight in enumerate(weights)
        ]
        wanted = asking(since=END, criteria=criteria, indicators=[])
        if not refused:
            office.ask("tu", "set_position", **wanted)
            continue
        with pytest.raises(RefusedError, match="an appraisal holds 7"):
            office.ask("tu", "set_position", **wanted)


def test_the_indicators_of_the_position_held_are_measured_and_no_others(office: Office) -> None:
    by_position(office)
    office.ask("tu", "measure", period=PERIOD, rows=[row(value=95)])
    text = HEADER + "official,an,on-time,97,cổng\n"
    office.ask("tu", "import_measurements", period=PERIOD, csv=text)
    assert office.measured("official", "an") == {"on-time": (97, "cổng")}
    for subject in ("binh", "ai"):
        with pytest.raises(RefusedError) as refused:
            office.ask("tu", "measure", period=PERIOD, rows=[row(subject=subject)])
        assert [one.field for one in refused.value.faults] == ["rows.0.component"]
