"""What if, on a case log: the real permits, the decree against twice the penalty per lateness."""

from pathlib import Path

import pytest

from infra.local.stack import ROOT
from shared.errors import RefusedError
from shared.models.profile import Profile
from shared.models.scheme import Scheme
from shared.models.simulation import Simulation
from shared.usecases.case_log import read_profile
from shared.usecases.schemes import shipped
from shared.usecases.simulate_cases import simulate_cases

LOG = b"""case,official,unit,start,due,done,act,at
1,Lan,P1,2026-10-01,2026-10-10,2026-10-09,nop,2026-10-01
2,Lan,P1,2026-10-01,2026-10-10,2026-10-11,nop,2026-10-01
3,Lan,P1,2026-10-01,2026-10-10,,nop,2026-10-01
4,Minh,P1,2026-11-01,2026-11-10,2026-11-09,nop,2026-11-01
"""
PROFILE = """
system = "s"
time_zone = "Asia/Ho_Chi_Minh"
[columns]
case = "case"
official = "official"
unit = "unit"
start = "start"
due = "due"
finished = "done"
activity = "act"
time = "at"
"""


def decree() -> Scheme:
    return shipped("decree-335@1")


def twice_per_late() -> Scheme:
    penalties = {**decree().fields()["penalties"], "per_late": 50}
    fields = {**decree().fields(), "ref": "decree-335-late@1", "penalties": penalties}
    return Scheme.model_validate(fields)


def replayed(
    log: bytes, profile: Profile, month: str | None = None, suppose: int | None = None
) -> dict[str, Simulation]:
    found = simulate_cases(log, profile, month, decree(), twice_per_late(), suppose)
    return {one.period: one for one in found}


def permits_profile() -> Profile:
    return read_profile((ROOT / "profiles" / "permits.toml").read_text("utf-8"))


def test_a_log_is_replayed_month_by_month_without_a_store() -> None:
    found = replayed(LOG, read_profile(PROFILE))
    assert {name: (one.officials, one.assignments) for name, one in found.items()} == {
        "2026-10": (1, 3),
        "2026-11": (1, 1),
    }
    (change,) = found["2026-10"].changes
    assert change.official == "Lan"
    assert (change.nodes_before["c"].share, change.nodes_after["c"].share) == (5833, 5000)
    assert found["2026-11"].changes == []


def test_a_month_without_cases_is_refused_and_the_months_are_named() -> None:
    with pytest.raises(RefusedError, match="2026-10, 2026-11") as refused:
        replayed(LOG, read_profile(PROFILE), "2026-12")
    assert refused.value.faults[0].field == "month"


def test_the_real_permits_give_the_points_of_the_real_close(permits: Path) -> None:
    (november,) = replayed(permits.read_bytes(), permits_profile(), "2011-11").values()
    assert (november.officials, november.assignments) == (20, 102)
    task = {
        one.official: (one.nodes_before["task"].points, one.nodes_after["task"].points)
        for one in november.changes
    }
    assert task == {
        "Resource02": (6833, 6667),
        "Resource04": (4833, 4667),
        "Resource11": (6969, 6939),
        "Resource13": (6806, 6611),
        "Resource14": (2139, 1944),
        "Resource22": (3208, 2917),
    }
    assert [(cell.before, cell.after) for cell in november.table] == [
        ("not_assessed", "not_assessed")
    ]


def test_who_of_the_real_permits_can_reach_less_and_why(permits: Path) -> None:
    """With full marks from the head, so the best that each official's work still allows."""
    found = replayed(permits.read_bytes(), permits_profile(), suppose=100)
    assert len(found) == 19
    assert sum(one.assignments for one in found.values()) == 1434
    movers = [
        (name, one.official, one.before.label, one.after.label, one.cause)
        for name, period in found.items()
        for one in period.changes
        if one.cause is not None
    ]
    assert len(movers) == 17
    assert {cause.id for *_, cause in movers} == {"c"}
    assert {cause.kind for *_, cause in movers} == {"node"}
    (november,) = (one for one in movers if one[0] == "2011-11")
    assert november[1:4] == ("Resource14", "completed", "not_completed")
    assert (november[4].before, november[4].after) == (2500, 1667)
