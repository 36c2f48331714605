"""Push messages through Firebase Cloud Messaging."""

import logging
from collections.abc import Sequence

from firebase_admin import messaging
from firebase_admin.exceptions import InvalidArgumentError

from shared.adapters.identity import firebase_app
from shared.ports import Message, Push

GONE = (messaging.UnregisteredError, messaging.SenderIdMismatchError, InvalidArgumentError)
"""No device has this installation any more, or none of ours ever had it."""
MOST = 500
"""Messages that one call takes."""

log = logging.getLogger(__name__)


class FirebasePush(Push):
    def __init__(self, project: str) -> None:
        self._app = firebase_app(project)

    def send(self, messages: Sequence[Message]) -> set[str]:
        gone: set[str] = set()
        for first in range(0, len(messages), MOST):
            gone |= self._send(messages[first : first + MOST])
        return gone

    def _send(self, messages: Sequence[Message]) -> set[str]:
        answer = messaging.send_each([_message(one) for one in messages], app=self._app)
        failed = [
            (one.installation, reply.exception)
            for one, reply in zip(messages, answer.responses, strict=True)
            if not reply.success
        ]
        for _, error in failed:
            log.warning("a message was not pushed: %s", error)
        return {name for name, error in failed if isinstance(error, GONE)}


class NoPush(Push):
    """Where no devices are served: the inbox has everything."""

    def send(self, messages: Sequence[Message]) -> set[str]:
        del messages
        return set()


def _message(one: Message) -> messaging.Message:
    shown = messaging.Notification(title=one.title, body=one.body)
    return messaging.Message(fid=one.installation, notification=shown)
