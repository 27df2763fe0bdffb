"""What a new password must not be."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class NotThePresentOne:
    """Refuses the password in use: a one-time password must really be replaced."""

    def validate(self, password: str, user=None) -> None:
        if user is not None and user.pk and user.check_password(password):
            raise ValidationError(self.get_help_text(), code="password_in_use")

    def get_help_text(self) -> str:
        return _("Your new password can’t be the one you have now.")
