"""manage.py demo: from an empty database to a served province with its awards."""

import json
import secrets
import signal
import socket
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.models import ServiceCall
from credentials.models import AwardingRun
from pasi import database
from pasi.calendar import business_today
from pasi.caller_info import of_operator
from pasi.models import Organization, PasiClient, Role
from pasi.province import examples
from pasi.services import Caller, recorded_call
from students.models import Student

HOST = "127.0.0.1"
STUDENTS = 20_000
SEED = 1
LOGIN = "demo"
CLIENT = "Demo client"


class Command(BaseCommand):
    help = (
        "Set the database up, fill an empty one with a generated province, award everyone who "
        "has earned a credential, and serve until Ctrl-C. What is there already is kept."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--students", type=int, default=STUDENTS)
        parser.add_argument(
            "--no-serve", action="store_true", help="stop when everything is printed"
        )

    def handle(self, *, port: int, students: int, no_serve: bool, **options: Any) -> None:
        if not no_serve:
            self._check_port(port)
        try:
            call_command("migrate", verbosity=0)
            self._refuse_a_real_province()
            client = self._api_client()
            self._fill(students)
            self._award()
            call_command("refresh_figures")
            self._say_how_to_get_in(port, *client)
            if not no_serve:
                self._serve(port)
        finally:
            if database.started_here(settings.BASE_DIR):
                database.stop(settings.BASE_DIR)

    def _check_port(self, port: int) -> None:
        """Refuse before the long work, not after it."""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except (OSError, OverflowError) as error:
                raise CommandError(
                    f"Port {port} of {HOST} cannot be used ({error}). "
                    "Choose another: make demo PORT=8001"
                ) from None

    def _refuse_a_real_province(self) -> None:
        """The demo awards everybody: only students that it made itself."""
        if Student.objects.exists() and not PasiClient.objects.filter(name=CLIENT).exists():
            raise CommandError(
                "This database has students that the demo did not put there, and the demo would "
                "award them. Use an empty database, or `make serve` and award_credentials."
            )

    def _fill(self, students: int) -> None:
        if Student.objects.exists():
            self._title("The database has students already; they are kept")
            return
        self._title(f"Generating a province of {students:,} students")
        call_command("generate_province", students=students, seed=SEED, calculate=True)

    def _award(self) -> None:
        last = AwardingRun.objects.filter(origin=AwardingRun.Origin.COMMAND, is_dry_run=False)
        if (run := last.order_by("-pk").first()) is not None:
            self._title(f"Awarding was done before, last as run {run.pk}; its summary")
            call_command("award_credentials", resume=run.pk)
            return
        self._title("Awarding everyone who has achieved a credential and not been awarded")
        call_command("award_credentials", achieved_not_awarded=True)

    def _say_how_to_get_in(self, port: int, client_id: str, secret: str) -> None:
        password = self._staff_login()
        address = f"http://{HOST}:{port}"
        self._title("How to get in")
        self.stdout.write(f"  Back office   {address}/admin/   {LOGIN} / {password}")
        self.stdout.write(f"  API           {address}/api/docs/")
        self.stdout.write("\nA call to paste: a token, then an award\n")
        self.stdout.write(
            f"  TOKEN=$(curl -s {address}/oauth/token/ -u '{client_id}:{secret}' "
            "-d grant_type=client_credentials \\\n"
            '    | sed \'s/.*"access_token": *"\\([^"]*\\)".*/\\1/\')\n'
            f"  curl -s {address}/api/services/SubmitCredentialAwardingMultiple \\\n"
            '    -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\\n'
            f"    -d '{json.dumps(self._request())}'\n"
        )
        self.stdout.write("Numbers that bring each rejection when they are awarded:")
        for code, asn in sorted(examples(STUDENTS, SEED, business_today()).items()):
            self.stdout.write(f"  {code:<6} {asn}")

    def _staff_login(self) -> str:
        """A superuser with a fresh password, so that every page can be seen."""
        password = secrets.token_urlsafe(9)
        body = {"CallerInfo": of_operator("demo"), "Staff": LOGIN}
        with recorded_call("ChangeSetUp", Caller(ServiceCall.Door.COMMAND), body):
            user, _made = get_user_model().objects.get_or_create(
                username=LOGIN, defaults={"is_staff": True, "is_superuser": True}
            )
            user.set_password(password)
            user.save()
        return password

    def _api_client(self) -> tuple[str, str]:
        """A client of the ministry with every role, and a fresh secret."""
        secret = secrets.token_urlsafe(64)
        body = {"CallerInfo": of_operator("demo"), "Client": CLIENT}
        with recorded_call("ChangeSetUp", Caller(ServiceCall.Door.COMMAND), body):
            client = PasiClient.objects.filter(name=CLIENT).first() or PasiClient(
                name=CLIENT,
                client_type=PasiClient.CLIENT_CONFIDENTIAL,
                authorization_grant_type=PasiClient.GRANT_CLIENT_CREDENTIALS,
            )
            client.roles = Role.values
            client.client_secret = secret
            client.save()
            client.organizations.set(Organization.objects.filter(code="O.1"))
        return client.client_id, secret

    def _request(self) -> dict[str, Any]:
        asns = Student.objects.order_by("asn").values_list("asn", flat=True)[:2]
        return {"CallerInfo": of_operator("curl"), "StateProvinceIds": list(asns)}

    def _serve(self, port: int) -> None:
        """The web processes and one worker, until Ctrl-C or until either ends."""
        self._title(f"Serving on http://{HOST}:{port}/ until Ctrl-C")
        worker = _process("manage.py", "worker")
        server = _process(
            *("-m", "gunicorn", "pasi.wsgi", "--bind", f"{HOST}:{port}"),
            *("--workers", "2", "--threads", "4", "--log-level", "warning"),
            "--no-control-socket",
        )
        # Ctrl-C reaches both by itself; we only wait for them to end.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: server.terminate())
        server.wait()
        worker.terminate()
        worker.wait()

    def _title(self, text: str) -> None:
        self.stdout.write(f"\n{text}\n")
        self.stdout.flush()


def _process(*arguments: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, *arguments], cwd=settings.BASE_DIR)  # noqa: S603
