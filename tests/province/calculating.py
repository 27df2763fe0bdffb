"""What the eligibility calculator makes of a generated province, without a database."""

import datetime
from collections import defaultdict
from functools import cached_property

from credentials.eligibility.classify import Calculator, SetAssessment
from credentials.eligibility.courses import MasterCourse
from credentials.eligibility.definition_files import tables
from credentials.eligibility.definitions import define
from credentials.eligibility.facts import (
    Award,
    CourseEnrolment,
    ManualAchievement,
    Mark,
    SchoolEnrolment,
    StoredStatus,
    StudentFacts,
)
from tests.province.reading import Province


def _codes(joined: str) -> tuple[str, ...]:
    return tuple(joined.split(";")) if joined else ()


class CalculatedProvince:
    """The statuses of every person as they will be once all were worked out."""

    def __init__(self, province: Province) -> None:
        self.province = province
        courses = [
            MasterCourse(
                row["code"],
                int(row["level"]) if row["level"] else None,
                row["subject"],
                _codes(row["flags"]),
            )
            for row in province.rows("courses")
        ]
        self.calculator = Calculator(define(tables(), courses))
        self.said = province.by_person("requirement_achievements")
        self.awards = province.by_person("awarded_credentials")
        self.by_hand = defaultdict(dict)
        for row in province.rows("requirement_set_statuses"):
            stored = StoredStatus(row["status"], row["calculated"] == "true")
            self.by_hand[row["asn"]][row["requirement_set"]] = stored

    def facts(self, asn: str) -> StudentFacts:
        province = self.province
        return StudentFacts(
            birth_date=datetime.date.fromisoformat(province.students[asn]["birth_date"]),
            marks=[
                Mark(
                    row["course_code"],
                    int(row["credits_awarded"]),
                    int(row["school_year"]),
                    row["mark_value"],
                    row["is_available"] == "true",
                    row["evaluation_method"],
                )
                for row in province.marks[asn]
            ],
            school_enrolments=[
                SchoolEnrolment(
                    row["school_code"],
                    int(row["school_year"]),
                    datetime.date.fromisoformat(row["start_date"]),
                    _codes(row["exception_codes"]),
                    _codes(row["grants_program_codes"]),
                )
                for row in province.enrolments[asn]
            ],
            course_enrolments=[
                CourseEnrolment(row["course_code"], int(row["school_year"]), row["status"])
                for row in province.course_enrolments[asn]
            ],
            achievements=[
                ManualAchievement(
                    row["requirement"],
                    row["achievement"],
                    datetime.datetime.fromisoformat(row["updated_on"]),
                    row["organization_code"],
                )
                for row in self.said[asn]
            ],
            awards=[
                Award(row["credential_type"], datetime.date.fromisoformat(row["awarded_on"]))
                for row in self.awards[asn]
            ],
            stored=self.by_hand[asn],
        )

    def assess(self, asn: str) -> list[SetAssessment]:
        return self.calculator.assess(self.facts(asn), self.province.today)

    @cached_property
    def assessed(self) -> dict[str, dict[str, SetAssessment]]:
        """By person, by set; only what is calculated."""
        return {
            asn: {each.requirement_set.code: each for each in self.assess(asn) if each.status}
            for asn, student in self.province.students.items()
            if student["status"] == "Active"
        }
