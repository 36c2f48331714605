"""The system under measurement: the local stack, its events through one relay."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import requests
from google.cloud import firestore
from google.cloud.firestore_v1._helpers import encode_dict
from google.cloud.firestore_v1.types import Document
from google.events.cloud.firestore_v1 import DocumentEventData

from bench import work
from bench.counting import CountedClient, OperationCounter
from infra.local.clock import AdvancedClock
from infra.local.relay import EventRelay
from infra.local.stack import SERVICE_ACCOUNT, Emulators, Stack, attached, emulators
from shared.adapters.firestore import FirestoreStore
from shared.models.entry import Entry
from shared.usecases.schemes import Schemes

LOGS = Path("logs")
PROJECTS = count(1)
EVENT_IDS = count(1)


@dataclass(frozen=True)
class Site:
    """The emulators, and the relay that their events go through."""

    google: Emulators
    relay: EventRelay


@contextmanager
def site() -> Iterator[Site]:
    with EventRelay() as relay, emulators(LOGS, relay.address) as google:
        yield Site(google, relay)


def new_project() -> str:
    return f"demo-bench-{next(PROJECTS)}"


@contextmanager
def silent(google: Emulators) -> Iterator[Stack]:
    """A system that hears no events; `deliver` tells it of each one, and waits for the end."""
    with attached(google, clock=AdvancedClock(work.BEGIN), project=new_project()) as stack:
        yield stack


@contextmanager
def live(site: Site) -> Iterator[Stack]:
    """A system that the emulator's own events reach."""
    with silent(site.google) as stack:
        site.relay.attach(stack.project, stack.gateway)
        try:
            yield stack
        finally:
            site.relay.detach(stack.project)


def count_operations(stack: Stack) -> OperationCounter:
    """Count all that the functions do from now on, beginning as a process that knows no scheme."""
    counter = OperationCounter()
    stack.wiring.store = FirestoreStore(CountedClient(stack.project, counter))
    stack.wiring.schemes = Schemes(stack.wiring.store)
    return counter


def uncounted(stack: Stack) -> FirestoreStore:
    """A store beside the functions' own."""
    return FirestoreStore(firestore.Client(project=stack.project))


def deliver(stack: Stack, assignment: str, entry_id: str, entry: Entry) -> None:
    """Post the event of an entry to the function as Eventarc does, and wait for its answer."""
    path = f"assignments/{assignment}/entries/{entry_id}"
    database = f"projects/{stack.project}/databases/(default)"
    name = f"{database}/documents/{path}"
    document = Document(name=name, fields=encode_dict(entry.fields()))
    data = DocumentEventData.pb()()
    # Events have a Document class of their own, the same on the wire.
    data.value.MergeFromString(Document.serialize(document))
    headers = {
        "Authorization": f"Bearer {stack.issuer.token(SERVICE_ACCOUNT, stack.url)}",
        "Content-Type": "application/protobuf",
        "ce-specversion": "1.0",
        "ce-type": "google.cloud.firestore.document.v1.written",
        "ce-source": f"//firestore.googleapis.com/{database}",
        "ce-id": f"bench-{next(EVENT_IDS)}",
        "ce-subject": f"documents/{path}",
        "ce-document": path,
    }
    answer = requests.post(
        f"{stack.url}/rescore", data.SerializeToString(), headers=headers, timeout=60
    )
    answer.raise_for_status()
