"""manage.py create_staff: a person who may sign in to the back office."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from pasi.setting_up import create_staff

USAGE = 2


class Command(BaseCommand):
    help = (
        "Create a login to the back office and print its one-time password; the person chooses "
        "their own at the first sign-in. Exit status: 0 done, 1 the name is taken, 2 a value is "
        "wrong. Nothing is written but with status 0."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NAME", help="login name")
        parser.add_argument(
            "--group",
            action="extend",
            nargs="+",
            required=True,
            metavar="GROUP",
            help="Registry Clerk, Credential Officer, Alerts Officer, Auditor, Administrator",
        )

    def handle(self, **options: Any) -> None:
        groups = self._groups(options["group"])
        user = self._user(options["name"])
        password = create_staff(user, groups)
        self.stdout.write(
            f"Login: {user.get_username()}\n"
            f"One-time password: {password}\n"
            "It is shown only here and must be replaced at the first sign-in."
        )

    def _groups(self, given: Iterable[str]) -> list[Group]:
        names = list(dict.fromkeys(given))
        known = {group.name: group for group in Group.objects.order_by("name")}
        if unknown := [name for name in names if name not in known]:
            raise CommandError(
                f"Unknown group: {', '.join(unknown)}. Groups: {', '.join(known)}.",
                returncode=USAGE,
            )
        return [known[name] for name in names]

    def _user(self, name: str) -> User:
        user = User(username=name)
        if User.objects.filter(username=name).exists():
            raise CommandError(f"There is already a login named {name!r}.")
        try:
            user.clean_fields(exclude=["password"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages), returncode=USAGE) from None
        return user
