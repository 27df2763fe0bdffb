"""Whether a token may be given: the library's judgement, and that the secret still holds."""

from django.db import transaction
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.oauth2.rfc6749.errors import InvalidClientError

from pasi.models import PasiClient


class TokenValidator(OAuth2Validator):
    """Whoever rotates a secret changes the client's row first, then withdraws its tokens. A token
    asked for with the former secret meanwhile waits for that row, and is not given.
    """

    def save_bearer_token(self, token, request, *args, **kwargs) -> None:
        with transaction.atomic():
            client = PasiClient.objects.filter(pk=request.client.pk).select_for_update(no_key=True)
            secret = client.values_list("client_secret", flat=True).first()
            if secret != request.client.client_secret:
                raise InvalidClientError(request=request)
            super().save_bearer_token(token, request, *args, **kwargs)
