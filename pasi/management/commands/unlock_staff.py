"""manage.py unlock_staff: let somebody sign in again who is locked out or has lost their phone."""

from typing import Any

from axes.utils import reset
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.models import ServiceCall
from pasi.back_office import second_factor
from pasi.caller_info import of_operator
from pasi.services import Caller, recorded_call
from pasi.setting_up import CHANGE_SET_UP


class Command(BaseCommand):
    help = (
        "Forget the failed sign-ins of a back-office login, so that it is no longer locked out; "
        "with --second-factor also its second factor, when the phone is lost."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NAME", help="login name")
        parser.add_argument("--second-factor", action="store_true", help="remove it as well")

    def handle(self, *, name: str, **options: Any) -> None:
        user = User.objects.filter(username=name).first()
        if user is None:
            raise CommandError(f"There is no login named {name!r}.")
        with_factor = options["second_factor"]
        body = {
            "CallerInfo": of_operator("unlock_staff"),
            "Staff": name,
            "SecondFactor": "removed" if with_factor else "kept",
        }
        with recorded_call(CHANGE_SET_UP, Caller(ServiceCall.Door.COMMAND), body):
            reset(username=name)
            if with_factor:
                second_factor.remove(user)
        self.stdout.write(
            f"{name} can sign in again{', without a second factor' if with_factor else ''}."
        )
