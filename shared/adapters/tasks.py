"""The queue on Cloud Tasks."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import grpc
from google.api_core.exceptions import AlreadyExists
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

from shared.ports import Clock, Queue
from shared.settings import Settings

FARTHEST = timedelta(days=14)
"""Cloud Tasks refuses schedule times beyond 30 days and drops a failing task after 31.

Hops of half that leave time for retries; whoever is called too early re-schedules.
"""

LONGEST = timedelta(minutes=30)
"""Cloud Tasks waits no longer for an answer; by default it waits ten minutes."""


class CloudTasksQueue(Queue):
    def __init__(
        self,
        client: tasks_v2.CloudTasksClient,
        *,
        queue_path: str,
        functions_url: str,
        service_account: str,
        clock: Clock,
    ) -> None:
        self._client = client
        self._queue_path = queue_path
        self._functions_url = functions_url
        self._service_account = service_account
        self._clock = clock

    def enqueue(
        self, function: str, payload: Mapping[str, Any], *, name: str, at: datetime | None = None
    ) -> None:
        task = tasks_v2.Task(
            name=f"{self._queue_path}/tasks/{name}",
            http_request=self._request(function, payload),
            dispatch_deadline=LONGEST,
            schedule_time=None if at is None else min(at, self._clock.now() + FARTHEST),
        )
        try:
            self._client.create_task(parent=self._queue_path, task=task)
        except AlreadyExists:
            return

    def _request(self, function: str, payload: Mapping[str, Any]) -> tasks_v2.HttpRequest:
        return tasks_v2.HttpRequest(
            url=f"{self._functions_url}/{function}",
            http_method=tasks_v2.HttpMethod.POST,
            headers={"Content-Type": "application/json"},
            body=json.dumps(payload).encode(),
            oidc_token=tasks_v2.OidcToken(
                service_account_email=self._service_account, audience=self._functions_url
            ),
        )


def open_queue(settings: Settings, clock: Clock) -> CloudTasksQueue:
    """The queue that the settings name, on a local server when they name its address."""
    if settings.functions_url is None or settings.service_account is None:
        raise ValueError("FUNCTIONS_URL and SERVICE_ACCOUNT are needed: tasks call there, as it")
    client = connect(settings.tasks_host)
    return CloudTasksQueue(
        client,
        queue_path=client.queue_path(settings.project, settings.location, settings.queue),
        functions_url=settings.functions_url,
        service_account=settings.service_account,
        clock=clock,
    )


def connect(host: str = "") -> tasks_v2.CloudTasksClient:
    if not host:
        return tasks_v2.CloudTasksClient()
    channel = grpc.insecure_channel(host)
    return tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=channel))
