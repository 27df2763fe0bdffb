"""Reads a generated province back and judges each number as the bulk award would, plainly."""

import csv
from collections import defaultdict
from datetime import date
from pathlib import Path

from credentials.credential_order import ORDER, allowed
from pasi.calendar import school_year_of

CREDENTIAL_OF_SET = {
    "AHSD-2018": "AHSD",
    "AHSD-2010-2018": "AHSD",
    "AHSD-PRE2010": "AHSD",
    "HSED-ALT1": "HSED",
    "HSED-ALT2": "HSED",
}


class Province:
    """The files of a province as lists of dictionaries, and some ways to look at them."""

    def __init__(self, directory: Path, today: date) -> None:
        self.directory = directory
        self.today = today
        self.students = {row["asn"]: row for row in self.rows("students")}
        self.marks = self.by_person("official_marks")
        self.enrolments = self.by_person("school_enrolments")
        self.course_enrolments = self.by_person("course_enrolments")
        self.statuses = defaultdict(dict)
        for row in self.rows("requirement_set_statuses"):
            self.statuses[row["asn"]][row["requirement_set"]] = row["status"]
        self.awarded = defaultdict(set)
        for row in self.rows("awarded_credentials"):
            if row["is_deleted"] == "false":
                self.awarded[self.person(row["asn"])].add(row["credential_type"])

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self.directory / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def person(self, asn: str) -> str:
        """The number under which a person's records count."""
        return self.students[asn]["primary_asn"] or asn

    def by_person(self, name: str) -> dict[str, list[dict[str, str]]]:
        found = defaultdict(list)
        for row in self.rows(name):
            if row.get("is_deleted") != "true":
                found[self.person(row["asn"])].append(row)
        return found

    def achieved(self, asn: str) -> set[str]:
        return {
            CREDENTIAL_OF_SET.get(code, code)
            for code, status in self.statuses[asn].items()
            if status == "Achieved"
        }

    def in_run(self) -> list[str]:
        """The numbers with a credential achieved and not awarded."""
        return [asn for asn in self.students if self.achieved(asn) - self.awarded[self.person(asn)]]

    def most_current_enrolment(self, asn: str) -> dict[str, str] | None:
        return max(
            self.enrolments[asn],
            key=lambda row: (row["start_date"] <= self.today.isoformat(), row["school_year"]),
            default=None,
        )

    def award_year(self, asn: str, credential: str) -> int | None:
        marks = [mark for mark in self.marks[asn] if mark["is_available"] == "true"]
        if credential == "COSC":
            enrolment = self.most_current_enrolment(asn)
            return int(enrolment["school_year"]) if enrolment else None
        if credential == "HSED" and self.statuses[asn].get("HSED-ALT2") == "Achieved":
            years = [
                int(mark["school_year"])
                for mark in marks
                if mark["course_code"].startswith("GED") and mark["mark_value"] in ("A", "B", "C")
            ]
        else:
            years = [int(m["school_year"]) for m in marks if int(m["credits_awarded"]) > 0]
        return max(years, default=None)

    def judge(self, asn: str) -> str:
        """The credential type that the number would be awarded, or the rejection code."""
        student = self.students.get(asn)
        if student is None:
            return "9002"
        if student["status"] == "Deactivated":
            return "44013"
        if student["status"] == "Secondary":
            return "44014"
        achieved, awarded = self.achieved(asn), self.awarded[asn]
        if not achieved:
            return "44000"
        if not achieved - awarded:
            return "44010"
        if achieved - awarded - set(ORDER):
            return "44011"
        may_be_awarded = allowed(achieved, awarded)
        if not may_be_awarded:
            return "44012"
        year = self.award_year(asn, may_be_awarded[0])
        if year is None:
            return "44008"
        if year <= school_year_of(date.fromisoformat(student["birth_date"])):
            return "44004"
        return may_be_awarded[0]
