"""How often a client may call and an address may ask for tokens. Counted per web process."""

from django.conf import settings
from rest_framework.throttling import SimpleRateThrottle

from pasi.http import client_address


class ClientThrottle(SimpleRateThrottle):
    """PASI_CLIENT_CALLS_PER_MINUTE calls of one client, whatever its tokens; 0 = no limit."""

    scope = "client"

    def get_rate(self) -> str | None:
        return _per_minute(settings.PASI_CLIENT_CALLS_PER_MINUTE)

    def get_cache_key(self, request, view) -> str | None:
        if request.auth is None:
            return None
        return self.cache_format % {"scope": self.scope, "ident": request.auth.application_id}


class AddressThrottle(SimpleRateThrottle):
    """PASI_TOKENS_PER_MINUTE requests for a token from one address; 0 = no limit."""

    scope = "address"

    def get_rate(self) -> str | None:
        return _per_minute(settings.PASI_TOKENS_PER_MINUTE)

    def get_cache_key(self, request, view) -> str:
        return self.cache_format % {"scope": self.scope, "ident": client_address(request)}


def _per_minute(calls: int) -> str | None:
    return f"{calls}/min" if calls else None
