"""The client that the benchmarks call as, and the requests it sends for invented people."""

import json
from random import Random

from pasi.calendar import business_today
from pasi.garbage import leave_loaded_alone
from pasi.models import MINISTRY_CODE, PasiClient, Role
from pasi.province.people import short_name
from pasi.province.reference import reference
from pasi.services import Caller, recorded_call
from tests.benchmarks.registry import OPERATOR, Person, somebody
from tests.province_builder import caller_info, make_client
from tests.students import bodies

CLIENT = "Bench"


def make_caller(school: str) -> Caller:
    """A program of a school that may call everything, as it comes in over HTTP. The process is set
    up as a web process is.
    """
    leave_loaded_alone()
    with recorded_call("Bench", OPERATOR, {}):
        make_client(CLIENT, organizations=[MINISTRY_CODE, school], roles=list(Role))
    return caller()


def caller() -> Caller:
    return Caller("http", client=PasiClient.objects.get(name=CLIENT), address="10.0.0.7")


class Requests:
    """Request bodies as bytes, for a school; each for another person."""

    def __init__(self, seed: int, school: str) -> None:
        self._rng = Random(seed)
        self._school = school

    def create_student(self) -> bytes:
        """A new student as schools send them: with alias, address, telephone number, e-mail address
        and citizenship.
        """
        rng, person = self._rng, somebody(self._rng)
        today = business_today().isoformat()
        alias = short_name(rng, reference(), person)
        record = bodies.identification_record(
            **_names(person),
            BirthDate=person.day.born,
            DocumentIssueDate=today,
            DocumentNumber=f"{rng.randrange(10_000):04d}",
        )
        personal = bodies.personal_info(
            Alias=bodies.alias(FirstName=alias, LastName=person.last, MiddleName=None, Suffix=None),
            AlternateMailingAddress=None,
            CitizenshipStatus="1",
            DocumentExpiryDate=None,
            ExtendedPersonalInfo=None,
            Gender=person.gender,
            PreferredMailingAddress=bodies.address(
                EffectiveDate=today,
                ExpiryDate=None,
                Street=f"{rng.randrange(1, 20_000)} {rng.randrange(1, 200)} Street NW",
            ),
            PreferredPhoneNumber=bodies.phone(
                EffectiveDate=today,
                ExpiryDate=None,
                Extension=None,
                Number=f"403{rng.randrange(10_000_000):07d}",
            ),
            Section23Eligibility=None,
        )
        return self._encoded(
            bodies.create_student(
                IdentificationRecord=record,
                PersonalInfo=personal,
                DisclosureRestrictionInfo=None,
                ExtendedInfo=None,
                EmailAddress=f"student{rng.randrange(10**9)}@example.org",
            )
        )

    def identify_student(self, **whom) -> bytes:
        return self._encoded(
            {"CallerInfo": {}, **{name: value for name, value in whom.items() if value is not None}}
        )

    def _encoded(self, body: dict) -> bytes:
        info = caller_info()
        info["User"]["OrganizationCode"] = self._school
        return json.dumps({**body, "CallerInfo": info}).encode()


def _names(person: Person) -> dict[str, str | None]:
    return {
        "FirstName": person.first,
        "MiddleName": person.middle or None,
        "LastName": person.last,
        "Suffix": person.suffix or None,
    }
