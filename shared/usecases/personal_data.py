"""All that is kept about one person, for that person."""

from collections.abc import Iterator
from typing import Any

from shared import refs
from shared.errors import refuse
from shared.models.base import Id, Part
from shared.models.period import PUBLISHED
from shared.ports import Found, Services, Store, Where
from shared.refs import Collection
from shared.usecases.caller import Caller
from shared.usecases.keyed import Keyed
from shared.usecases.recorded import recorded


class PersonalDataRequest(Part):
    """The caller's own, unless an administrator answers the request of somebody else."""

    official: Id | None = None


class PersonalData(Part):
    """Every document by and about the person, by its path, as the store keeps it."""

    official: Id
    documents: dict[str, dict[str, Any]]


def personal_data(services: Services, caller: Caller, request: PersonalDataRequest) -> PersonalData:
    """Gather it. What an administrator looks up for somebody else is recorded."""
    uid = request.official or caller.uid
    if uid != caller.uid and not caller.has("administrator"):
        raise refuse(
            "forbidden",
            "official",
            "only the person themselves, or an administrator at their request",
            "chỉ chính người đó, hoặc quản trị viên theo yêu cầu của họ",
        )
    if services.store.get(refs.officials(uid)) is None:
        raise refuse("missing", "official", f"{uid} does not exist", f"không tìm thấy {uid}")
    if uid != caller.uid:
        _record(services, caller, request, uid)
    return PersonalData(
        official=uid,
        documents={
            found.ref.path: found.fields for found in about(services.store, uid, published=True)
        },
    )


def about(store: Store, uid: str, *, published: bool = False) -> Iterator[Found[Any]]:
    """The documents by and about a person; of others' work only what they said there.

    Those that are `published` leave out results that nobody may read yet.
    """
    mine = Where("official", "==", uid)
    yield from _named(store, refs.officials, uid)
    yield from store.find(refs.inbox(uid))
    yield from store.find(refs.devices(uid))
    work = list(store.find(refs.assignments, where=mine))
    yield from work
    for one in work:
        yield from store.find(refs.entries(one.ref.id))
    own = {one.ref.id for one in work}
    for entry in store.find(refs.all_entries, where=Where("by", "==", uid)):
        if entry.ref.path.split("/")[1] not in own:
            yield entry
    told: list[Collection[Any]] = [
        refs.appraisals,
        refs.scorecards,
        refs.decisions,
        refs.appeals,
        refs.proposals,
    ]
    for collection in told:
        yield from store.find(collection, where=mine)
    measured = store.find(refs.measurements, where=Where("subject", "==", uid))
    yield from (one for one in measured if one.fields.get("kind") == "official")
    for period in store.find(refs.periods):
        if published and period.value.state not in PUBLISHED:
            continue
        yield from _named(store, refs.official_results(period.ref.id), uid)
        yield from store.find(refs.corrections(period.ref.id), prefix=f"{uid}_")


def _named(store: Store, collection: Collection[Any], name: str) -> Iterator[Found[Any]]:
    """The one document of that id, undecoded: what cannot be read is the person's too."""
    return (one for one in store.find(collection, prefix=name) if one.ref.id == name)


def _record(services: Services, caller: Caller, request: PersonalDataRequest, uid: str) -> None:
    now = services.clock.now()
    keyed = Keyed.of(caller.uid, f"personal data {now.isoformat()}", request)
    target = refs.officials(uid).path
    services.store.commit(recorded(keyed, now, [], action="look up personal data", target=target))
