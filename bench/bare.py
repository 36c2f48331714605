"""The least that a trigger can do: one document written for each event.

And the least for an update of two documents that depends on both: they are read
together and written together. `seen/bare` and `seen/pair` are as large as a scorecard.
"""

from functools import cache

import functions_framework
from cloudevents.http import CloudEvent
from google.cloud import firestore

PROJECT = "demo-bench-bare"


@cache
def client() -> firestore.Client:
    return firestore.Client(project=PROJECT)


@functions_framework.cloud_event
def bare(event: CloudEvent) -> None:
    client().document("seen/bare").update({"work.done": _number(event)})


@functions_framework.cloud_event
def pair(event: CloudEvent) -> None:
    other, seen = client().document("seen/other"), client().document("seen/pair")
    found = client().get_all([other, seen])
    assert all(snapshot.exists for snapshot in found)
    batch = client().batch()
    for document in (other, seen):
        batch.update(document, {"work.done": _number(event)})
    batch.commit()


def _number(event: CloudEvent) -> int:
    """The number of the event is the id of its document."""
    return int(str(event["subject"]).rpartition("/")[2])
