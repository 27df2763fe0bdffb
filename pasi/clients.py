"""Who calls over HTTP: client credentials, bearer tokens, and what a client may do."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.common import Request as TokenRequest
from oauthlib.oauth2.rfc6749.tokens import get_token_from_header
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission

from pasi import bulk
from pasi.faults import Fault
from pasi.http import client_address, in_networks
from pasi.models import Organization, PasiClient


class ClientSecretHasher(PBKDF2PasswordHasher):
    """One round is enough for a secret of 128 random characters: there is nothing to guess.

    A person never chooses a client's secret; create_client makes it.
    """

    algorithm = "pasi_client_secret"
    iterations = 1


class BearerToken(BaseAuthentication):
    """An access token in the Authorization header. Anything else is 1001.

    Only the header is looked at. The library's own authentication class also parses the body, in
    search of a token, before it knows who calls.
    """

    def authenticate(self, request):
        header = request.headers.get("Authorization")
        if not header:
            return None
        judged = TokenRequest(
            request.build_absolute_uri(request.path), headers={"Authorization": header}
        )
        token = get_token_from_header(judged)
        if not OAuth2Validator().validate_bearer_token(token, ["pasi"], judged):
            return None
        return None, judged.access_token

    def authenticate_header(self, request):
        return 'Bearer realm="pasi"'


class BearerTokenScheme(OpenApiAuthenticationExtension):
    target_class = BearerToken
    name = "clientCredentials"

    def get_security_definition(self, auto_schema):
        return {
            "type": "oauth2",
            "flows": {
                "clientCredentials": {
                    "tokenUrl": "/oauth/token/",
                    "scopes": {"pasi": "Call the services that the client's roles allow."},
                }
            },
        }


class KnownClient(BasePermission):
    """A valid token of an enabled client, calling from an allowed address, with a needed role.

    A view names `roles`: one of them is needed; an empty set means every client.
    """

    def has_permission(self, request, view) -> bool:
        client = getattr(request.auth, "application", None)
        if client is None:
            raise Fault("1001")
        roles = getattr(view, "roles", frozenset())
        check_client(client, client_address(request), roles, view.get_view_name())
        return True


def check_client(client: PasiClient, address: str, roles: frozenset[str], what: str) -> None:
    """Raise 1003, 1006 or 1007 for a client that may not come in or not come here."""
    if not client.is_enabled:
        raise Fault("1003")
    if client.addresses and not in_networks(address, client.addresses):
        raise Fault("1006")
    if roles and not roles.intersection(client.roles):
        raise Fault("1007", {"ServiceName": what})


def represented(client: PasiClient, code: str) -> Organization | None:
    """The organization `code` if the client acts for it, directly or through its authority.

    O.0001 is read as O.1. A client of the ministry does not represent schools.
    """
    found = bulk.represented_organization(client.pk, normalized_code(code))
    if found is None:
        return None
    names = [field.attname for field in Organization._meta.concrete_fields]
    organization = Organization.from_db("default", names, found[0])
    if organization.authority_id:
        organization.authority = Organization.from_db("default", names, found[1])
    return organization


def normalized_code(code: str) -> str:
    """An organization code in its stored form: upper case, O.0001 as O.1."""
    code = code.upper()
    if code.startswith("O."):
        return "O." + (code[2:].lstrip("0") or "0")
    return code
