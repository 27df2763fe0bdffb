"""school_enrolments.csv, course_enrolments.csv, official_marks.csv and exam_marks.csv."""

from itertools import repeat

from django.utils.translation import gettext as _

from enrolments.models import (
    CourseEnrolment,
    ExamMark,
    OfficialMark,
    SchoolEnrolment,
)
from pasi.importing.loader import Loader
from pasi.importing.reader import Chunk


class SchoolEnrolmentLoader(Loader):
    def load(self, chunk: Chunk) -> None:
        dates = zip(chunk["start_date"], chunk["exit_date"], strict=True)
        for row, (start, end) in enumerate(dates):
            if end < start:
                chunk.refuse(row, "exit_date", _("must not be before start_date"))
        chunk.keep_good()
        self.session.refuse_existing(
            chunk, "reference_id", SchoolEnrolment, {"reference_id": chunk["reference_id"]}
        )
        self.session.find_students(chunk)
        self.session.find_schools(chunk)
        columns = ("reference_id", "student_id", "school_id", "school_year", "grade")
        columns += ("programming_type", "programming_timeframe", "start_date", "exit_date")
        columns += ("exit_date_type", "enrolment_type_codes", "grants_program_codes")
        columns += ("exception_codes", "resident_board", "fnmi_declaration")
        columns += ("french_hours_of_instruction", "school_authority_provided_program_percentage")
        columns += ("local_student_id", "is_deleted")
        enrolments = self.session.write(
            SchoolEnrolment, len(chunk), {column: chunk[column] for column in columns}
        )
        self.session.raise_first_triggers("StudentSchoolEnrolment", enrolments)
        self.session.note_enrolled(chunk["student_id"])


class CourseEnrolmentLoader(Loader):
    def load(self, chunk: Chunk) -> None:
        self.session.refuse_existing(
            chunk, "reference_id", CourseEnrolment, {"reference_id": chunk["reference_id"]}
        )
        self.session.find_students(chunk)
        self.session.find_schools(chunk)
        columns = ("reference_id", "student_id", "school_id", "school_year", "course_code")
        columns += ("status", "start_date", "end_date", "is_deleted")
        enrolments = self.session.write(
            CourseEnrolment, len(chunk), {column: chunk[column] for column in columns}
        )
        self.session.raise_first_triggers("CourseEnrolment", enrolments)
        self.session.note_enrolled(chunk["student_id"])


class OfficialMarkLoader(Loader):
    def load(self, chunk: Chunk) -> None:
        self.session.find_students(chunk)
        self.session.refuse_existing(
            chunk,
            "course_code",
            OfficialMark,
            {"student_id": chunk["student_id"], "course_code": chunk["course_code"]},
            _("the student has a mark in this course already"),
        )
        self.session.write(
            OfficialMark,
            len(chunk),
            {
                "student_id": chunk["student_id"],
                "course_code": chunk["course_code"],
                "achievement_school_year": chunk["school_year"],
                "achievement_date": chunk["achievement_date"],
                "mark_value": chunk["mark_value"],
                "credits_awarded": chunk["credits_awarded"],
                "is_available": chunk["is_available"],
                "evaluation_method": chunk["evaluation_method"],
                "is_deleted": repeat(False),
            },
        )


class ExamMarkLoader(Loader):
    def load(self, chunk: Chunk) -> None:
        self.session.find_students(chunk)
        columns = ("student_id", "course_code", "school_year", "status")
        rows = {column: chunk[column] for column in columns}
        self.session.refuse_existing(
            chunk, "course_code", ExamMark, rows, _("the student has the same exam mark already")
        )
        self.session.write(ExamMark, len(chunk), {column: chunk[column] for column in columns})
