"""The composition root: picks the implementations, lazily, once per process."""

from dataclasses import dataclass
from functools import cache, cached_property

from shared.adapters.clock import SystemClock, pause
from shared.adapters.rate import RateLimit
from shared.ports import Accounts, Clock, Identity, Pause, Push, Queue, Store
from shared.settings import Settings
from shared.usecases.schemes import Schemes


@dataclass
class Wiring:
    """What entry points draw on; nothing is made before it is asked for."""

    settings: Settings
    clock: Clock
    pause: Pause = pause

    @cached_property
    def store(self) -> Store:
        from google.cloud import firestore  # noqa: PLC0415  # made when first used

        from shared.adapters.firestore import FirestoreStore  # noqa: PLC0415  # as above

        return FirestoreStore(firestore.Client(project=self.settings.project))

    @cached_property
    def queue(self) -> Queue:
        from shared.adapters.tasks import open_queue  # noqa: PLC0415  # not every function needs it

        return open_queue(self.settings, self.clock)

    @cached_property
    def identity(self) -> Identity:
        from shared.adapters.identity import GoogleIdentity  # noqa: PLC0415  # nor this

        url = self.settings.functions_url
        return GoogleIdentity(
            project=self.settings.project,
            audiences=self.settings.audiences | ({url} if url else set()),
            keys_url=self.settings.oidc_keys_url,
        )

    @cached_property
    def accounts(self) -> Accounts:
        from shared.adapters.accounts import FirebaseAccounts  # noqa: PLC0415  # nor this

        return FirebaseAccounts(self.settings.project)

    @cached_property
    def push(self) -> Push:
        from shared.adapters.push import FirebasePush, NoPush  # noqa: PLC0415  # nor this

        on = self.settings.push == "fcm"
        return FirebasePush(self.settings.project) if on else NoPush()

    @cached_property
    def rate(self) -> RateLimit:
        return RateLimit(self.settings.rate_per_minute, self.settings.rate_burst)

    @cached_property
    def schemes(self) -> Schemes:
        return Schemes(self.store)


_override: Wiring | None = None


def use(wiring: Wiring | None) -> Wiring | None:
    """Have all entry points of this process draw on `wiring`: the local stack's way in.

    Returns what they drew on before, if it was given.
    """
    global _override  # the one composition root of a process
    before, _override = _override, wiring
    return before


def wiring() -> Wiring:
    return _override or _from_environment()


@cache
def _from_environment() -> Wiring:
    return Wiring(Settings.from_environment(), SystemClock())
