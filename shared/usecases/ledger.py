"""What the audit records say stands in the store, whatever the order they are read in.

Each record took a document from one digest to the next. Together they must leave
every document with the one digest that it has, and none that stood before the first.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from shared import refs
from shared.models.audit import Audit
from shared.ports import Found, Store
from shared.refs import Collection
from shared.scoring.digest import seal
from shared.scoring.record import content_digest
from shared.usecases.reading import refused

RECORDED: dict[str, Collection[Any]] = {
    collection.path: collection
    for collection in (
        refs.units,
        refs.officials,
        refs.positions,
        refs.catalogue,
        refs.schemes,
        refs.periods,
        refs.calendars,
        refs.assignments,
        refs.decisions,
        refs.measurements,
        refs.unit_appraisals,
    )
}
"""Collections whose documents only recorded writes make and change."""
FILED: dict[str, Collection[Any]] = {
    collection.path: collection for collection in (refs.appeals, refs.proposals)
}
"""Collections whose documents a person files; from then on only recorded writes change them."""


OF_PERIOD = {
    collection.path
    for collection in (
        refs.assignments,
        refs.appraisals,
        refs.decisions,
        refs.measurements,
        refs.unit_appraisals,
    )
}
"""Collections whose ids begin with their period's."""


class Ledger:
    """Of the documents that are `wanted`, by path; `broken` are records that are not to be trusted.

    What a broken record told is in doubt and says nothing about its documents.
    """

    def __init__(self, wanted: Callable[[str], bool]) -> None:
        self.broken: dict[str, str] = {}
        self.records = 0
        self._wanted = wanted
        self._net: dict[str, Counter[str]] = defaultdict(Counter)
        self._last: dict[str, tuple[datetime, str]] = {}
        self._steps: Counter[str] = Counter()
        self._doubtful: set[str] = set()

    def read(self, store: Store) -> None:
        for found in store.find(refs.audit):
            self.records += 1
            self._enter(found)

    def fault(self, path: str, fields: Mapping[str, Any]) -> str | None:
        """What is wrong with a document that only recorded writes may have made."""
        if path in self._doubtful:
            return None
        filed = path.partition("/")[0] in FILED
        if path not in self._net:
            return None if filed else "extra: no audit record tells of it"
        if not self._whole(path, filed=filed):
            return "altered, or an audit record of its history is missing"
        if self._net[path][content_digest(path, fields)] == 1:
            return None
        return f"altered: audit record {self._last[path][1]} left other content"

    def _whole(self, path: str, *, filed: bool) -> bool:
        """Whether it began with nothing, or with what was filed, and came to one end."""
        net = self._net[path]
        begun = [number for number in net.values() if number < 0]
        ended = [number for number in net.values() if number > 0]
        return ended == [1] and (not begun or (filed and begun == [-1]))

    def explains(self, path: str, before: str | None, after: str | None) -> bool:
        """Whether recorded writes took the document from that digest (or any) to this one."""
        net = self._net.get(path, Counter())
        left = [told for told, number in net.items() if number == 1]
        taken = [told for told, number in net.items() if number == -1]
        changed = bool(taken) or self._steps[path] > 1  # its creation alone changed nothing
        return (
            changed and left == [after] and len(net) == 1 + len(taken) and before in (None, *taken)
        )

    def changed_after(self, path: str, moment: datetime) -> bool:
        """Whether the last record that wrote the document is later."""
        return path in self._last and self._last[path][0] > moment

    def left(self, path: str) -> bool:
        """Whether the document must stand, by the records."""
        return path not in self._doubtful and bool(+self._net.get(path, Counter()))

    def paths(self) -> list[str]:
        return sorted(self._net)

    def record_of(self, path: str) -> str:
        """The id of the last record that wrote it."""
        return self._last[path][1]

    def _enter(self, found: Found[Audit]) -> None:
        try:
            record = found.value
        except ValidationError as error:
            self.broken[found.ref.path] = f"altered: {refused(found.ref.path, error).reason}"
            return
        paths = {change.path for change in record.changes if self._wanted(change.path)}
        if seal(found.fields) != record.digest:
            self.broken[found.ref.path] = "altered: its content is not that of its digest"
            self._doubtful |= paths
            return
        for change in record.changes:
            if change.path in paths:
                self._count(change.path, change.before, -1)
                self._count(change.path, change.after, 1)
                self._steps[change.path] += 1
                known = self._last.get(change.path, (record.at, ""))
                self._last[change.path] = max(known, (record.at, found.ref.id))

    def _count(self, path: str, told: str | None, number: int) -> None:
        if told is not None:
            self._net[path][told] += number
            self._net[path] = _balance(self._net[path])


def _balance(net: Counter[str]) -> Counter[str]:
    """Without what came and went."""
    return Counter({told: number for told, number in net.items() if number})
