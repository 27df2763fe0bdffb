"""Set-up that shows a secret once: a program that may call, a person who may sign in.

Secrets are returned to whoever shows them, and kept nowhere but hashed.
"""

import secrets
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import Group, User
from oauth2_provider.models import get_access_token_model

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
    what = {
        "Client": name,
        "Organizations": [organization.code for organization in organizations],
        "Roles": list(roles),
        "Addresses": list(addresses),
    }
    with _recorded("create_client", what):
        client = PasiClient(name=name, roles=list(roles), addresses=list(addresses))
        secret = give_secret(client)
        client.save()
        client.organizations.set(organizations)
    return client, secret


def give_secret(client: PasiClient) -> str:
    """Make a client one that signs in with a secret of its own, a new one; the secret, which is
    hashed when the client is saved."""
    client.client_type = PasiClient.CLIENT_CONFIDENTIAL
    client.authorization_grant_type = PasiClient.GRANT_CLIENT_CREDENTIALS
    client.client_secret = secrets.token_urlsafe(SECRET_BYTES)
    return client.client_secret


def rotate_secret(client: PasiClient) -> tuple[str, int]:
    """Another secret for a client whose row is locked: the former one and every token that was
    given for it stop at once. The secret, and how many tokens were withdrawn. Call inside a
    recorded call; pasi/token_validator.py says what becomes of tokens asked for meanwhile.
    """
    secret = give_secret(client)
    client.save()
    tokens, _of_each = get_access_token_model().objects.filter(application=client).delete()
    return secret, tokens


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
