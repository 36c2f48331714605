"""Callers' tokens: Firebase ID tokens for people, OIDC for services."""

from collections.abc import Set as AbstractSet
from typing import Any

import firebase_admin
import jwt
from firebase_admin import auth

from shared.errors import refuse
from shared.ports import Identity

UNCHECKED: jwt.types.Options = {"verify_aud": False, "require": ["aud", "exp", "iss"]}
"""The audience is checked here, by prefix; the rest by the library."""
ISSUERS = ["https://accounts.google.com", "accounts.google.com"]


class GoogleIdentity(Identity):
    def __init__(self, *, project: str, audiences: AbstractSet[str], keys_url: str) -> None:
        self._project = project
        self._audiences = audiences
        self._keys = jwt.PyJWKClient(keys_url, cache_keys=True)

    def person(self, token: str) -> str:
        try:
            claims = auth.verify_id_token(token, app=firebase_app(self._project))
        except (ValueError, auth.InvalidIdTokenError) as error:
            raise refuse(
                "unauthenticated",
                "Authorization",
                f"the ID token is not valid: {error}",
                "mã đăng nhập không hợp lệ hoặc đã hết hạn",
            ) from error
        uid: str = claims["uid"]
        return uid

    def service(self, token: str) -> str:
        try:
            key = self._keys.get_signing_key_from_jwt(token)
            claims = jwt.decode(token, key, algorithms=["RS256"], issuer=ISSUERS, options=UNCHECKED)
            self._check_audience(str(claims["aud"]))
            _check_email(claims)
        except jwt.PyJWKClientConnectionError:
            raise  # the keys cannot be had just now: nobody's fault, to be repeated
        except jwt.PyJWTError as error:
            raise refuse(
                "unauthenticated",
                "Authorization",
                f"the OIDC token is not valid: {error}",
                "mã xác thực dịch vụ không hợp lệ",
            ) from error
        return str(claims["email"])

    def app(self, token: str) -> None:
        from firebase_admin import app_check  # noqa: PLC0415  # only where it is enforced

        try:
            app_check.verify_token(token, app=firebase_app(self._project))
        except jwt.PyJWKClientConnectionError:
            raise  # as above
        except (ValueError, jwt.PyJWTError) as error:
            raise refuse(
                "unauthenticated",
                "X-Firebase-AppCheck",
                f"the App Check token is not valid: {error}",
                "ứng dụng chưa được xác nhận",
            ) from error

    def _check_audience(self, audience: str) -> None:
        """Tasks name the address of all functions, Eventarc that of one below it or its own."""
        if not any(audience == one or audience.startswith(f"{one}/") for one in self._audiences):
            raise jwt.InvalidAudienceError(f"meant for {audience}")


def firebase_app(project: str) -> firebase_admin.App:
    """The process's one app of that project."""
    try:
        return firebase_admin.get_app(project)
    except ValueError:
        return firebase_admin.initialize_app(options={"projectId": project}, name=project)


def _check_email(claims: dict[str, Any]) -> None:
    """Google signs tokens without an e-mail too, for anybody who asks; they name nobody."""
    if not (claims.get("email") and claims.get("email_verified")):
        raise jwt.MissingRequiredClaimError("verified email")
