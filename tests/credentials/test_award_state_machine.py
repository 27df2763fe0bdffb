"""Whatever happens to awards in which order: one active number per student and type, every number
ever issued unique and findable, the history complete, versions strictly rising.

Hypothesis drives the services against a small model: a person with two numbers, and another
student. Source of the model: seed document SubmitCredentialReIssue and the spec of its neighbours.
"""

import datetime
import itertools
import json
import string
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from credentials.credential_order import allowed
from credentials.finding import find_by_number
from credentials.maturity import maturity
from credentials.models import ArchivedCredential, AwardedCredential, IssuedCredentialNumber
from credentials.services import (
    SubmitCredentialAwardingMultiple,
    SubmitCredentialAwardingSingle,
    SubmitCredentialDeleteReason,
    SubmitCredentialLegacyNumber,
    SubmitCredentialReIssue,
)
from pasi.services import Answer
from students.models import Student
from students.services import SubmitIdentificationInformation
from tests import depth, invariants
from tests.credentials.calls import OPERATOR
from tests.credentials.officer import recalculated
from tests.province_builder import caller_info, make_award, make_student, set_up
from tests.students.bodies import identification_minimal

EXAMPLES, STEPS = depth.examples(30, 10), 24
BORN, MARK_YEAR, CURRENT_YEAR = datetime.date(2008, 5, 17), 2026, 2026
SETS = {"AHSD": "AHSD-2018", "CHSA": "CHSA", "GHSD": "GHSD"}
YEARS = st.sampled_from([2008, 2020, 2025, 2026, 2027])
CHOICE, STUDENTS, TYPES = st.integers(0, 30), st.integers(0, 2), st.sampled_from(sorted(SETS))
LEGACIES = st.sampled_from(["", "L-1", "l-1", "OLD 7"])
REASONS = st.sampled_from(["", "By mistake", "In error"])
LAST_NAMES = ("Byron", "Lovelace")
LETTERS = map("".join, itertools.product(string.ascii_lowercase, repeat=3))
Key = tuple[int, str]  # (student, credential type)


@dataclass
class Printed:
    """What stands under a number."""

    number: int
    year: int
    last_name: str
    legacy: str = ""
    reason: str = ""  # why it is deleted; empty = it is not


@dataclass
class Award:
    present: Printed
    version: int
    archived: list[Printed] = field(default_factory=list)

    @property
    def is_active(self) -> bool:
        return not self.present.reason


class Awards(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.awards: dict[Key, Award] = {}
        self.outstanding: set[int] = set()
        self.last_version = 0
        self.changes = 0

    @initialize()
    def make(self) -> None:
        self.first_name = f"Ada-{next(LETTERS)}"  # of no earlier run
        with set_up():
            known = {"achieved": list(SETS.values()), "marks": [("ELA3105", MARK_YEAR, 5)]}
            known["first_name"] = self.first_name
            mature = {"maturity_date": datetime.date(2020, 9, 1), "maturity_reason": "CREDENTIAL"}
            self.person = make_student(birth_date=BORN, **known, **mature)
            self.second = make_student(
                first_name=self.first_name, birth_date=BORN, primary=self.person
            )
            self.other = make_student(
                birth_date=BORN + datetime.timedelta(1),  # or they could not bear one name
                **{**known, "achieved": ["AHSD-2018", "CHSA"]},
                maturity_date=datetime.date(2027, 9, 1),
                maturity_reason="AGE",
            )
            number = 2_000_000_000 + self.second.pk
            imported = make_award(self.second, "GHSD", number, 2020)
        self.students = [self.person, self.second, self.other]
        self.achieved = {self.person.pk: set(SETS), self.other.pk: {"AHSD", "CHSA"}}
        self.legal = {student.pk: "Byron" for student in self.students}
        self.awards[self.second.pk, "GHSD"] = Award(
            Printed(number, 2020, "Byron"), imported.version
        )
        self.last_version = imported.version

    # --- The model ---

    def person_of(self, student: int) -> int:
        return self.person.pk if student == self.second.pk else student

    def held(self, person: int) -> set[str]:
        """Types that the person holds, under any number."""
        return {
            kind
            for (student, kind), award in self.awards.items()
            if self.person_of(student) == person and award.is_active
        }

    def numbers(self) -> list[tuple[Key, Printed]]:
        """Every number there ever was."""
        return [
            (key, printed)
            for key, award in sorted(self.awards.items())
            for printed in (*award.archived, award.present)
        ]

    # --- Calls ---

    def call(self, service, **request) -> Answer:
        body = {"CallerInfo": caller_info(), **request}
        body = {name: value for name, value in body.items() if value != ""}
        return service().execute(json.dumps(body).encode(), OPERATOR)

    def decided(self, answer: Answer, expected: list[str]) -> dict | None:
        """The answer if it was applied, as the model says it must be."""
        assert answer.fault is None, answer.body
        found = [each["Code"] for each in answer.body["Rejections"]]
        assert found == expected
        return None if expected else answer.body

    def written(self, answer: dict, key: Key) -> None:
        """A change was answered with a version above all before it."""
        student, kind = key
        asn = next(each.asn for each in self.students if each.pk == student)
        assert (answer["StateProvinceId"], answer["CredentialType"]) == (asn, kind)
        assert answer["PASICoreVersion"] > self.last_version
        self.last_version = answer["PASICoreVersion"]
        self.changes += 1

    def issued(self, answer: dict, key: Key, printed: Printed) -> None:
        """A number that nobody has had stands on the award now."""
        assert answer["CredentialNumber"] not in {each.number for _key, each in self.numbers()}
        self.written(answer, key)
        former = self.awards.get(key)
        archived = [*former.archived, former.present] if former else []
        self.awards[key] = Award(printed, answer["PASICoreVersion"], archived)
        self.outstanding.add(self.person_of(key[0]))

    # --- What happens ---

    @rule()
    def process(self) -> None:
        recalculated()
        self.outstanding.clear()

    def rename(self, student: Student) -> None:
        """The legal name, as it should be changed; nothing on the awards changes by it."""
        last_name = next(name for name in LAST_NAMES if name != self.legal[student.pk])
        version = Student.objects.values_list("version", flat=True).get(pk=student.pk)
        body = identification_minimal(
            StateProvinceId=student.asn,
            PASICoreVersion=version,
            IdentificationRecord={
                "FirstName": self.first_name,
                "LastName": last_name,
                "BirthDate": student.birth_date.isoformat(),
                "DocumentType": "AlbertaBirthCertificate",
                "IsNameExact": True,
            },
        )
        answer = SubmitIdentificationInformation().execute(
            json.dumps({**body, "CallerInfo": caller_info()}).encode(), OPERATOR
        )
        assert answer.fault is None, answer.body
        assert answer.body["Rejections"] == []
        self.legal[student.pk] = last_name

    @rule(choice=STUDENTS)
    def award_in_bulk(self, choice) -> None:
        student = self.students[choice]
        answer = self.call(SubmitCredentialAwardingMultiple, StateProvinceIds=[student.asn])
        [response] = answer.body["Responses"]
        found = [each["Code"] for each in response["Rejections"]]
        if student is self.second:
            assert found == ["44014"]
            return
        held = self.held(student.pk)
        achieved = self.achieved[student.pk]
        if student.pk in self.outstanding:
            assert found == (["44010"] if achieved & held else ["44000"])
            return
        open_ = achieved - held
        next_ = allowed(open_, held)
        if not open_:
            assert found == ["44010"]
        elif not next_:
            assert found == ["44012"]
        else:
            assert found == []
            self.issued(
                response,
                (student.pk, next_[0]),
                Printed(response["CredentialNumber"], MARK_YEAR, self.legal[student.pk]),
            )

    def award_one(self, student, kind, year, legacy) -> None:
        answer = self.call(
            SubmitCredentialAwardingSingle,
            StateProvinceId=student.asn,
            CredentialType=kind,
            SchoolYear=year,
            LegacyCredentialNumber=legacy,
        )
        wrong = []
        if student is self.second:
            wrong = ["44014"]
        elif kind in self.held(student.pk):
            wrong = ["44010"]
        else:
            if kind not in self.achieved[student.pk] or student.pk in self.outstanding:
                wrong.append("44000")
            if year <= 2008:
                wrong.append("44004")
            if year > CURRENT_YEAR:
                wrong.append("44009")
        if body := self.decided(answer, wrong):
            printed = Printed(body["CredentialNumber"], year, self.legal[student.pk], legacy)
            self.issued(body, (student.pk, kind), printed)

    def re_issue(self, key, printed, year, last_name, legacy, is_stale=False) -> None:
        award, names = self.awards[key], self.names_of(key)
        answer = self.call(
            SubmitCredentialReIssue,
            CredentialNumber=printed.number,
            PASICoreVersion=award.version - is_stale,
            FirstName=self.first_name,
            LastName=last_name,
            SchoolYear=year,
            LegacyCredentialNumber=legacy,
        )
        wrong = self.reasons_against(key, printed, is_stale, deleted_is_wrong=True)
        if not wrong and last_name not in names:
            assert answer.fault.code == "3001"
            assert [problem.field for problem in answer.fault.problems] == ["LastName"]
            return
        if not wrong and year <= 2008:
            wrong.append("44004")
        if wrong in ([], ["44004"]) and (year, last_name) == (printed.year, printed.last_name):
            wrong.append("44005")
        if body := self.decided(answer, wrong):
            self.issued(body, key, Printed(body["CredentialNumber"], year, last_name, legacy))

    def delete(self, key, printed, reason, is_stale=False) -> None:
        award = self.awards[key]
        answer = self.call(
            SubmitCredentialDeleteReason,
            CredentialNumber=printed.number,
            PASICoreVersion=award.version - is_stale,
            DeleteReason=reason,
        )
        wrong = self.reasons_against(key, printed, is_stale)
        if not wrong and reason == printed.reason:
            wrong = ["9023"]
        elif not wrong and not reason and key[1] in self.held(self.person_of(key[0])):
            wrong = ["44010"]  # under the other number
        if body := self.decided(answer, wrong):
            self.written(body, key)
            if bool(reason) != bool(printed.reason):
                self.outstanding.add(self.person_of(key[0]))
            award.present.reason, award.version = reason, body["PASICoreVersion"]
            assert body["CredentialNumber"] == printed.number

    def renumber(self, key, printed, legacy, is_stale=False) -> None:
        award = self.awards[key]
        answer = self.call(
            SubmitCredentialLegacyNumber,
            CredentialNumber=printed.number,
            PASICoreVersion=award.version - is_stale,
            LegacyCredentialNumber=legacy,
        )
        wrong = self.reasons_against(key, printed, is_stale, deleted_is_wrong=True)
        if not wrong and legacy == printed.legacy:
            wrong = ["9023"]
        if body := self.decided(answer, wrong):
            self.written(body, key)
            award.present.legacy, award.version = legacy, body["PASICoreVersion"]

    def names_of(self, key: Key) -> set[str]:
        """Last names that may be printed."""
        own, person = self.legal[key[0]], self.legal[self.person_of(key[0])]
        return {self.awards[key].present.last_name, own, person}

    def reasons_against(self, key, printed, is_stale, *, deleted_is_wrong=False) -> list[str]:
        if printed is not self.awards[key].present:
            return ["44002"]
        if is_stale:
            return ["44001"]
        return ["44003"] if deleted_is_wrong and printed.reason else []

    # --- Which of them, and how ---

    @rule(student=STUDENTS, kind=TYPES, year=YEARS, legacy=LEGACIES)
    def award_any(self, student, kind, year, legacy) -> None:
        self.award_one(self.students[student], kind, year, legacy)

    @rule(choice=CHOICE, year=st.sampled_from([2020, 2025, 2026]), legacy=LEGACIES)
    def award_what_is_not_held(self, choice, year, legacy) -> None:
        """Mostly what was deleted."""
        self.process()
        open_ = [
            (student, kind)
            for student in (self.person, self.other)
            for kind in sorted(self.achieved[student.pk] - self.held(student.pk))
        ]
        if open_:
            self.award_one(*open_[choice % len(open_)], year, legacy)

    @rule(
        choice=CHOICE,
        way=st.sampled_from(["re-issue", "re-issue", "delete", "renumber"]),
        year=YEARS,
        name=CHOICE,
        legacy=LEGACIES,
    )
    def change_what_is_held(self, choice, way, year, name, legacy) -> None:
        chosen = self.one_of(choice, is_active=True)
        if not chosen:
            self.award_what_is_not_held(choice, 2026, legacy)
        elif way == "re-issue":
            names = sorted(self.names_of(chosen[0]))
            self.re_issue(*chosen, year, names[name % len(names)], legacy)
        elif way == "delete":
            self.delete(*chosen, "By mistake")
        else:
            self.renumber(*chosen, legacy)

    @rule(choice=CHOICE, is_printed=st.sampled_from([True, True, False]))
    def take_another_name(self, choice, is_printed) -> None:
        """First the legal name, then what is held is printed anew."""
        chosen = self.one_of(choice, is_active=True)
        student = self.other if chosen and chosen[0][0] == self.other.pk else self.person
        self.rename(student)
        if chosen and is_printed:
            key, printed = chosen
            self.re_issue(key, printed, printed.year, self.legal[student.pk], printed.legacy)

    @rule(choice=CHOICE, reason=REASONS)
    def bring_back_or_reword(self, choice, reason) -> None:
        if chosen := self.one_of(choice, is_active=False):
            self.delete(*chosen, reason)

    @rule(
        choice=CHOICE,
        way=st.sampled_from(["re-issue", "delete", "renumber"]),
        year=YEARS,
        last_name=st.sampled_from(LAST_NAMES),
        text=REASONS,
        is_stale=st.booleans(),
    )
    def change_any_number(self, choice, way, year, last_name, text, is_stale) -> None:
        """Also those that were replaced, and with another version."""
        numbers = self.numbers()
        chosen = numbers[choice % len(numbers)]
        if way == "re-issue":
            self.re_issue(*chosen, year, last_name, text, is_stale)
        elif way == "delete":
            self.delete(*chosen, text, is_stale)
        else:
            self.renumber(*chosen, text, is_stale)

    def one_of(self, choice: int, *, is_active: bool) -> tuple[Key, Printed] | None:
        found = [
            (key, award.present)
            for key, award in sorted(self.awards.items())
            if award.is_active == is_active
        ]
        return found[choice % len(found)] if found else None

    # --- What must hold ---

    @invariant()
    def stored_as_in_the_model(self) -> None:
        if not hasattr(self, "students"):
            return
        students = [student.pk for student in self.students]
        rows = AwardedCredential.objects.filter(student__in=students)
        stored = {
            (row.student_id, row.credential_type): (
                Printed(
                    row.number_id,
                    row.school_year,
                    row.last_name,
                    row.legacy_number,
                    row.delete_reason,
                ),
                row.version,
            )
            for row in rows
        }
        model = {key: (award.present, award.version) for key, award in self.awards.items()}
        assert stored == model
        assert all(row.is_deleted == bool(row.delete_reason) for row in rows)
        archived: dict[Key, list[Printed]] = {key: [] for key in self.awards}
        for row in ArchivedCredential.objects.filter(award__in=rows).order_by("pk"):
            archived[row.award.student_id, row.credential_type].append(
                Printed(
                    row.number_id,
                    row.school_year,
                    row.last_name,
                    row.legacy_number,
                    row.delete_reason,
                )
            )
        assert archived == {key: award.archived for key, award in self.awards.items()}

    @invariant()
    def maturity_is_right(self) -> None:
        if not hasattr(self, "students"):
            return
        for student in (self.person, self.other):
            active = [
                (kind, award.present.year)
                for (holder, kind), award in self.awards.items()
                if self.person_of(holder) == student.pk and award.is_active
            ]
            now = Student.objects.get(pk=student.pk)
            assert (now.maturity_date, now.maturity_reason) == maturity(BORN, active)

    def teardown(self) -> None:
        if not hasattr(self, "students"):
            return
        numbers = [printed.number for _key, printed in self.numbers()]
        assert len(numbers) == len(set(numbers))
        assert set(numbers) <= set(IssuedCredentialNumber.objects.values_list("number", flat=True))
        for key, award in self.awards.items():
            self.findable(key, award.present, "Current")
            for printed in award.archived:
                self.findable(key, printed, "Archived")
        rows = AwardedCredential.history.filter(
            student__in=[student.pk for student in self.students]
        )
        assert rows.count() == self.changes + 1  # and the imported one
        for award in AwardedCredential.objects.filter(student__in=self.students):
            versions = award.history.order_by("history_id").values_list("version", flat=True)
            assert list(versions) == sorted(set(versions))
        invariants.assert_history_is_complete([AwardedCredential, Student])
        invariants.assert_numbers_are_used_once()

    def findable(self, key: Key, printed: Printed, way: str) -> None:
        award = AwardedCredential.objects.get(student=key[0], credential_type=key[1])
        text = f"{printed.number:010d}"
        [found] = find_by_number([f"{text[:5]}-{text[5:]}"])
        assert (found.award, found.matched_by) == (award.pk, way)
        if printed.legacy:
            ways = {
                each.matched_by
                for each in find_by_number([printed.legacy.upper()])
                if each.award == award.pk
            }
            assert ("Legacy" if way == "Current" else "ArchivedLegacy") in ways


def test_awards_through_their_lives(db):
    run_state_machine_as_test(
        Awards,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            derandomize=True,
            database=None,
            phases=[Phase.generate],  # making a failing run shorter takes minutes
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
