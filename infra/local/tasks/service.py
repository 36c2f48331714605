"""google.cloud.tasks.v2.CloudTasks over gRPC: requests in, messages or refusals out.

The client package ships no servicer, so the handlers are built from its messages.
"""

from collections.abc import Callable
from typing import Any

import grpc
from google.cloud import tasks_v2 as v2
from google.protobuf.empty_pb2 import Empty

from infra.local.clock import AdvancedClock
from infra.local.tasks import name as names
from infra.local.tasks.dispatcher import Dispatcher
from infra.local.tasks.page import page
from infra.local.tasks.refusal import Refusal, unready, unserved
from infra.local.tasks.store import Store

SERVICE = "google.cloud.tasks.v2.CloudTasks"
MAX_QUEUES = 9800
MAX_TASKS = 1000


class Service:
    """The methods served; those it has not gRPC answers UNIMPLEMENTED."""

    def __init__(
        self, clock: AdvancedClock, store: Store, dispatcher: Dispatcher, *, signs: bool
    ) -> None:
        self._clock = clock
        self._store = store
        self._dispatcher = dispatcher
        self._signs = signs

    def handler(self) -> "grpc.GenericRpcHandler[Any, Any]":
        methods: dict[str, tuple[Callable[[Any], Any], Any, Any]] = {
            "CreateQueue": (self.create_queue, v2.CreateQueueRequest, v2.Queue),
            "GetQueue": (self.get_queue, v2.GetQueueRequest, v2.Queue),
            "ListQueues": (self.list_queues, v2.ListQueuesRequest, v2.ListQueuesResponse),
            "UpdateQueue": (self.update_queue, v2.UpdateQueueRequest, v2.Queue),
            "DeleteQueue": (self.delete_queue, v2.DeleteQueueRequest, Empty),
            "PauseQueue": (self.pause_queue, v2.PauseQueueRequest, v2.Queue),
            "ResumeQueue": (self.resume_queue, v2.ResumeQueueRequest, v2.Queue),
            "PurgeQueue": (self.purge_queue, v2.PurgeQueueRequest, v2.Queue),
            "CreateTask": (self.create_task, v2.CreateTaskRequest, v2.Task),
            "GetTask": (self.get_task, v2.GetTaskRequest, v2.Task),
            "ListTasks": (self.list_tasks, v2.ListTasksRequest, v2.ListTasksResponse),
            "DeleteTask": (self.delete_task, v2.DeleteTaskRequest, Empty),
            "RunTask": (self.run_task, v2.RunTaskRequest, v2.Task),
        }
        served = {name: self._serve(*method) for name, method in methods.items()}
        return grpc.method_handlers_generic_handler(SERVICE, served)

    def create_queue(self, request: v2.CreateQueueRequest) -> v2.Queue:
        return self._store.create(request.parent, request.queue, self._clock.now()).message()

    def get_queue(self, request: v2.GetQueueRequest) -> v2.Queue:
        return self._store.get(request.name).message()

    def list_queues(self, request: v2.ListQueuesRequest) -> v2.ListQueuesResponse:
        if request.filter:
            raise unserved("ListQueuesRequest.filter is not served.")
        queues, token = page(
            self._store.within(request.parent), request.page_token, request.page_size, MAX_QUEUES
        )
        return v2.ListQueuesResponse(
            queues=[queue.message() for queue in queues], next_page_token=token
        )

    def update_queue(self, request: v2.UpdateQueueRequest) -> v2.Queue:
        return self._store.update(request, self._clock.now()).message()

    def delete_queue(self, request: v2.DeleteQueueRequest) -> Empty:
        self._store.delete(request.name, self._clock.now())
        return Empty()

    def pause_queue(self, request: v2.PauseQueueRequest) -> v2.Queue:
        queue = self._store.get(request.name)
        queue.pause()
        return queue.message()

    def resume_queue(self, request: v2.ResumeQueueRequest) -> v2.Queue:
        queue = self._store.get(request.name)
        queue.resume()
        return queue.message()

    def purge_queue(self, request: v2.PurgeQueueRequest) -> v2.Queue:
        queue = self._store.get(request.name)
        queue.purge(self._clock.now())
        return queue.message()

    def create_task(self, request: v2.CreateTaskRequest) -> v2.Task:
        queue = self._store.get(request.parent)
        if "oidc_token" in request.task.http_request and not self._signs:
            raise unready("This server was given nothing to sign OIDC tokens with.")
        return queue.add(request.task, self._clock.now()).message(request.response_view)

    def get_task(self, request: v2.GetTaskRequest) -> v2.Task:
        queue = self._store.get(names.queue_of(request.name))
        return queue.get(request.name, self._clock.now()).message(request.response_view)

    def list_tasks(self, request: v2.ListTasksRequest) -> v2.ListTasksResponse:
        held = self._store.get(request.parent).tasks
        tasks, token = page(
            [held[name] for name in sorted(held)], request.page_token, request.page_size, MAX_TASKS
        )
        return v2.ListTasksResponse(
            tasks=[task.message(request.response_view) for task in tasks], next_page_token=token
        )

    def delete_task(self, request: v2.DeleteTaskRequest) -> Empty:
        self._store.get(names.queue_of(request.name)).delete(request.name, self._clock.now())
        return Empty()

    def run_task(self, request: v2.RunTaskRequest) -> v2.Task:
        queue = self._store.get(names.queue_of(request.name))
        now = self._clock.now()
        flight = queue.launch(queue.get(request.name, now), now)
        # What the caller is told is the task as dispatched, whatever the target then says.
        shown = flight.task.message(request.response_view)
        self._dispatcher.send(flight)
        return shown

    def _serve(
        self, method: Callable[[Any], Any], request: type[Any], reply: type[Any]
    ) -> "grpc.RpcMethodHandler[Any, Any]":
        def answer(asked: object, context: grpc.ServicerContext) -> object:
            try:
                with self._dispatcher.changed:
                    told = method(asked)
                    self._dispatcher.pump()
            except Refusal as refusal:
                context.abort(refusal.code, refusal.message)
            return told

        serialize = Empty.SerializeToString if reply is Empty else reply.serialize
        return grpc.unary_unary_rpc_method_handler(answer, request.deserialize, serialize)
