"""manage.py create_client: a program that may call the services."""

import json
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pasi.clients import normalized_code
from pasi.models import Organization, PasiClient, Role
from pasi.networks import network_text
from pasi.setting_up import create_client

USAGE = 2


class Command(BaseCommand):
    help = (
        "Create a client of the services and print its id and secret as JSON, once: the secret is "
        "stored hashed. Exit status: 0 done, 2 a value is wrong and nothing is written."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NAME", help="name of the client; no two have the same")
        parser.add_argument(
            "--organization",
            action="extend",
            nargs="+",
            required=True,
            metavar="CODE",
            help="organizations it acts for: O.1, A.nnnn (its schools too), S.nnnn",
        )
        parser.add_argument(
            "--role",
            action="extend",
            nargs="+",
            required=True,
            metavar="ROLE",
            help="what it may do: " + ", ".join(Role.values),
        )
        parser.add_argument(
            "--address",
            action="extend",
            nargs="+",
            default=[],
            metavar="CIDR",
            help="networks it may call from; without this, from anywhere",
        )

    def handle(self, **options: Any) -> None:
        client, secret = create_client(
            self._name(options["name"]),
            self._organizations(options["organization"]),
            self._roles(options["role"]),
            self._addresses(options["address"]),
        )
        self.stdout.write(json.dumps({"client_id": client.client_id, "client_secret": secret}))

    def _name(self, text: str) -> str:
        name = " ".join(text.split())
        longest = PasiClient._meta.get_field("name").max_length
        if not 1 <= len(name) <= longest:
            self._wrong(f"A client's name has 1 to {longest} characters.")
        if PasiClient.objects.filter(name=name).exists():
            self._wrong(f"There is already a client named {name!r}.")
        return name

    def _organizations(self, given: Iterable[str]) -> list[Organization]:
        codes = list(dict.fromkeys(normalized_code(code) for code in given))
        known = {each.code: each for each in Organization.objects.filter(code__in=codes)}
        if unknown := [code for code in codes if code not in known]:
            self._wrong(f"Unknown organization: {', '.join(unknown)}.")
        return [known[code] for code in codes]

    def _roles(self, given: Iterable[str]) -> list[str]:
        roles = list(dict.fromkeys(given))
        if unknown := [role for role in roles if role not in Role.values]:
            self._wrong(f"Unknown role: {', '.join(unknown)}. Roles: {', '.join(Role.values)}.")
        return roles

    def _addresses(self, given: Iterable[str]) -> list[str]:
        try:
            return list(dict.fromkeys(network_text(text) for text in given))
        except ValueError as error:
            self._wrong(f"--address: {error}")

    def _wrong(self, message: str) -> None:
        raise CommandError(message, returncode=USAGE)
