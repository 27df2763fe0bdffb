"""Set-up made on the command line: a program that may call, a person who may sign in."""

import secrets
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import Group, User

from audit.models import ServiceCall
from pasi.caller_info import of_operator
from pasi.models import OneTimePassword, Organization, PasiClient
from pasi.services import Caller, recorded_call

CHANGE_SET_UP = "ChangeSetUp"
SECRET_BYTES = 64  # 86 characters
PASSWORD_BYTES = 15  # 20 characters


def create_client(
    name: str,
    organizations: Sequence[Organization],
    roles: Sequence[str],
    addresses: Sequence[str] = (),
) -> tuple[PasiClient, str]:
    """A client with its secret, which is stored hashed and cannot be read again.

    All values are checked already. Writes one recorded call with its history.
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    what = {
        "Client": name,
        "Organizations": [organization.code for organization in organizations],
        "Roles": list(roles),
        "Addresses": list(addresses),
    }
    with _recorded("create_client", what):
        client = PasiClient.objects.create(
            name=name,
            roles=list(roles),
            addresses=list(addresses),
            client_type=PasiClient.CLIENT_CONFIDENTIAL,
            authorization_grant_type=PasiClient.GRANT_CLIENT_CREDENTIALS,
            client_secret=secret,
        )
        client.organizations.set(organizations)
    return client, secret


def create_staff(user: User, groups: Sequence[Group]) -> str:
    """Store a staff user in its groups; the password to sign in with once.

    The user's name is checked already. Writes one recorded call, without the password.
    """
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    user.is_staff = True
    user.set_password(password)
    what = {"Staff": user.get_username(), "Groups": [group.name for group in groups]}
    with _recorded("create_staff", what):
        user.save()
        user.groups.set(groups)
        OneTimePassword.objects.create(user=user)
    return password


def _recorded(command: str, what: dict[str, Any]):
    body = {"CallerInfo": of_operator(command), **what}
    return recorded_call(CHANGE_SET_UP, Caller(ServiceCall.Door.COMMAND), body)
