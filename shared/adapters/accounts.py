"""Accounts on Firebase Auth."""

from collections.abc import Sequence

from firebase_admin import auth

from shared.adapters.identity import firebase_app
from shared.ports import Accounts


class FirebaseAccounts(Accounts):
    def __init__(self, project: str) -> None:
        self._app = firebase_app(project)

    def grant(self, uid: str, roles: Sequence[str]) -> None:
        before = self._roles(uid)
        if before == list(roles):
            return
        auth.update_user(
            uid, custom_claims={"roles": list(roles)}, disabled=not roles, app=self._app
        )
        if set(before or ()) - set(roles):
            auth.revoke_refresh_tokens(uid, app=self._app)

    def _roles(self, uid: str) -> list[str] | None:
        """The roles in the account's claims, None when it never had any; made when missing."""
        try:
            user = auth.get_user(uid, app=self._app)
        except auth.UserNotFoundError:
            user = auth.create_user(uid=uid, app=self._app)
        roles: list[str] | None = (user.custom_claims or {}).get("roles")
        return roles
