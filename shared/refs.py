"""Where documents live: typed references, the only place that spells paths."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

from shared.models.appeal import Appeal
from shared.models.appraisal import Appraisal, UnitAppraisal
from shared.models.assignment import Assignment
from shared.models.audit import Audit
from shared.models.base import Document
from shared.models.catalogue import Product
from shared.models.correction import FIRST, Correction
from shared.models.decision import Decision
from shared.models.device import Device
from shared.models.entry import ENTRY, Entry
from shared.models.holidays import Holidays
from shared.models.imported import Imported
from shared.models.measurement import Measurement
from shared.models.notice import Notice
from shared.models.official import Official
from shared.models.period import Period
from shared.models.position import Position
from shared.models.proposal import Registered
from shared.models.result import PeriodResult, Result, UnitResult
from shared.models.scheme import Scheme
from shared.models.scorecard import Scorecard
from shared.models.sources import Sources
from shared.models.unit import Unit

M = TypeVar("M")
D = TypeVar("D", bound=Document)


@dataclass(frozen=True)
class Collection(Generic[M]):
    """A collection, or with `group` every collection of that name, and what it holds."""

    path: str
    adapter: TypeAdapter[M]
    group: bool = False

    def __call__(self, document_id: str) -> "Ref[M]":
        return Ref(f"{self.path}/{document_id}", self.adapter)


@dataclass(frozen=True)
class Ref(Generic[M]):
    """One document's path and how to read it."""

    path: str
    adapter: TypeAdapter[M]

    @property
    def id(self) -> str:
        return self.path.rpartition("/")[2]

    def decode(self, data: dict[str, Any]) -> M:
        """Read the store's fields; raises pydantic.ValidationError."""
        return self.adapter.validate_python(data)


@cache
def _adapter(model: type[D]) -> TypeAdapter[D]:
    return TypeAdapter(model)


def _of(model: type[D], under: str = "") -> Collection[D]:
    return Collection(under + model.collection, _adapter(model))


units = _of(Unit)
officials = _of(Official)
positions = _of(Position)
catalogue = _of(Product)
schemes = _of(Scheme)
periods = _of(Period)
calendars = _of(Holidays)
assignments = _of(Assignment)
appeals = _of(Appeal)
appraisals = _of(Appraisal)
unit_appraisals = _of(UnitAppraisal)
measurements = _of(Measurement)
scorecards = _of(Scorecard)
decisions = _of(Decision)
results = _of(PeriodResult)
audit = _of(Audit)
imported = _of(Imported)
proposals = _of(Registered)
all_entries: Collection[Entry] = Collection("entries", ENTRY, group=True)


all_notices = Collection("inbox", _adapter(Notice), group=True)


def inbox(official: str) -> Collection[Notice]:
    return _of(Notice, f"officials/{official}/")


def entries(assignment: str) -> Collection[Entry]:
    return Collection(f"assignments/{assignment}/entries", ENTRY)


def official_results(period: str) -> Collection[Result]:
    return _of(Result, f"results/{period}/")


def unit_results(period: str) -> Collection[UnitResult]:
    return _of(UnitResult, f"results/{period}/")


def corrections(period: str) -> Collection[Correction]:
    return _of(Correction, f"results/{period}/")


def correction(period: str, official: str, version: int) -> Ref[Correction]:
    return corrections(period)(f"{official}_{version}")


def all_sources(period: str) -> Collection[Sources]:
    return _of(Sources, f"results/{period}/")


def sources(period: str, one: Sources) -> Ref[Sources]:
    """The first part of a person's list is found by the uid alone."""
    part = "" if one.part == 1 else f"_{one.part}"
    return all_sources(period)(f"{one.official}{part}")


def devices(official: str) -> Collection[Device]:
    return _of(Device, f"officials/{official}/")


def assignment_id(period: str, unit: str, official: str, suffix: str) -> str:
    return f"{period}_{unit}_{official}_{suffix}"


def scorecard(period: str, official: str) -> Ref[Scorecard]:
    return scorecards(f"{period}_{official}")


def decision(period: str, official: str, version: int = FIRST) -> Ref[Decision]:
    """On one version of a result: what was decided on an earlier one stays to be read."""
    return decisions("_".join([period, official, *([] if version == FIRST else [str(version)])]))


def appraisal(period: str, official: str, unit: str | None = None) -> Ref[Appraisal]:
    """By the head of the unit of the person; with `unit`, by that of another where they served."""
    return appraisals("_".join(filter(None, [period, official, unit])))


def unit_appraisal(period: str, unit: str) -> Ref[UnitAppraisal]:
    return unit_appraisals(f"{period}_{unit}")


def measurement(period: str, kind: str, subject: str) -> Ref[Measurement]:
    return measurements(f"{period}_{kind}_{subject}")
