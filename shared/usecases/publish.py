"""Publish a version of a scoring scheme, which then never changes."""

from datetime import datetime

from shared import refs
from shared.models.base import Part, SchemeRef
from shared.models.scheme import Scheme
from shared.ports import Services, Transaction
from shared.usecases.caller import Caller, require
from shared.usecases.keyed import Keyed
from shared.usecases.recorded import Change, recorded
from shared.usecases.schemes import require_same, require_sound


class Published(Part):
    scheme: SchemeRef


def publish(services: Services, caller: Caller, key: str, scheme: Scheme) -> Published:
    """Publish it for periods to pin, if it can rate everybody and no other stands there."""
    require(caller, "organiser")
    require_sound(scheme)
    keyed = Keyed.of(caller.uid, key, scheme)
    now = services.clock.now()
    return keyed.once(
        services.store, Published, lambda transaction: _publish(transaction, keyed, scheme, now)
    )


def _publish(transaction: Transaction, keyed: Keyed, scheme: Scheme, now: datetime) -> Published:
    ref = refs.schemes(scheme.ref)
    standing = transaction.get(ref)
    if standing is not None:
        require_same(scheme, standing)
    published = Published(scheme=scheme.ref)
    changes = [Change(ref, standing, scheme)]
    transaction.write(
        recorded(keyed, now, changes, action="publish scheme", target=ref.path, reply=published)
    )
    return published
