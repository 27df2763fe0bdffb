"""School enrolments: where a person goes to school, and in which years."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from pasi.province.identifiers import reference_id
from pasi.province.outcomes import (
    KNOWLEDGE,
    KNOWLEDGE_FAILING,
    KNOWLEDGE_SHORT,
    NEXT_SCHOOL,
    OUTCOMES,
)
from pasi.province.people import IMMIGRANT_ORIGINS, Person, only_sat_tests
from pasi.province.reference import GRADE_CODES, Reference, School, one_of
from pasi.province.rows import Rows
from pasi.province.story import ADULT, AT_SCHOOL, LEFT, RETURNED, Story
from pasi.province.terms import Terms, enrolment_ends, enrolment_starts

# Exception codes that lead to a Certificate of School Completion, and others.
SEVERE_EXCEPTION_CODES = ("41", "43", "44", "52")
OTHER_EXCEPTION_CODES = ("30", "51", "53", "54", "55", "57", "80")
ONLINE_SCHOOL = "S.0099"
IN_KNOWLEDGE_PROGRAM = (KNOWLEDGE, KNOWLEDGE_SHORT, KNOWLEDGE_FAILING)

REGULAR_DAY = "Regular,Day"
SUMMER_DAY = "SummerSchool,Day"
CONTINUING_DAY = "ContinuingEducation,Day"
CONTINUING_EVENING = "ContinuingEducation,Evening"
COMPLETION = "CompletionDate"
WITHDRAWAL = "WithdrawalDate"


@dataclass(frozen=True, slots=True)
class LastingCodes:
    """Codes of an enrolment that stay with a person over the years."""

    enrolment_type: str
    fnmi_declaration: str
    exception: str
    claims_english_support: str  # the grants program code that would do so, or none


@dataclass(frozen=True, slots=True)
class Year:
    """One school year of a person's schooling; grade 0 is ECS."""

    school_year: int
    grade: int
    school: School
    programming: str = REGULAR_DAY


class Schooling:
    """Writes the school enrolments of one person and remembers where courses are taken."""

    def __init__(
        self, rng: Random, reference: Reference, terms: Terms, rows: Rows, story: Story
    ) -> None:
        self.rng = rng
        self.reference = reference
        self.terms = terms
        self.rows = rows
        self.story = story
        self.outcome = OUTCOMES.get(story.outcome)
        self.schools: dict[int, School] = {}

    def enrol(self, person: Person, years: list[Year], second_asn: str) -> None:
        """Write one enrolment per year, and what the person's traits add. The first year stands
        under `second_asn` where there is one."""
        lasting = self.lasting_codes(person)
        for position, year in enumerate(years):
            asn = second_asn if second_asn and position == 0 and len(years) > 1 else person.asn
            codes = self.codes_in(year, lasting)
            self.schools[year.school_year] = year.school
            if self.story.traits and position == len(years) - 1:
                self.last_year_with_traits(asn, year, codes)
            else:
                self.write(asn, year, codes)
        if "pre-registered" in self.story.traits:
            self.pre_register(person, years, lasting)

    # --- which years ---

    def years(self, school: School) -> list[Year]:
        """The school years to write, oldest first; the last one at `school`."""
        story, terms = self.story, self.terms
        if story.stage == ADULT:
            return self.adult_years(school)
        if self.outcome and not self.outcome.needs_enrolment:
            return []
        if story.stage == AT_SCHOOL:
            last_year, grade = terms.current, story.grade
            earlier = min(int(self.rng.random() * 3), grade)
        else:
            last_year, grade = story.last_year, 12
            earlier = 1 if story.stage == LEFT else 2 if self.rng.random() < 0.85 else 1
        years = []
        for back in range(earlier, -1, -1):
            first_day = date(last_year - back - 1, 9, 1)
            attended = self.reference.school_near(self.rng, school, grade - back, first_day)
            years.append(Year(last_year - back, grade - back, attended))
        if story.stage == RETURNED:
            if self.outcome.nominated_by == NEXT_SCHOOL:
                visited = {year.school.code for year in years}
                school = self.reference.unvisited_school(self.rng, 12, visited)
            years.append(Year(last_year + 1, 12, school))
        return years

    def adult_years(self, school: School) -> list[Year]:
        """The years of an adult learner: the last finished one, perhaps the next. Who only sat
        the GED tests went to no school for them."""
        if only_sat_tests(self.story):
            return []
        last_year = self.terms.finished
        programming = CONTINUING_EVENING if self.rng.random() < 0.4 else CONTINUING_DAY
        years = [Year(last_year, 12, school, programming)]
        if self.rng.random() < 0.3:
            years.append(Year(last_year + 1, 12, school, programming))
        return years

    # --- codes ---

    def lasting_codes(self, person: Person) -> LastingCodes:
        chance = self.rng.random()
        declaration = exception = english_support = ""
        if person.origin == "First Nations" and chance < 0.75:
            declaration = "331" if chance < 0.5 else "333"
        elif chance < 0.025:
            declaration = "333" if chance < 0.02 else "332"
        if self.outcome and self.outcome.has_exception_code:
            exception = one_of(self.rng, SEVERE_EXCEPTION_CODES)
        elif chance > 0.92:
            exception = one_of(self.rng, OTHER_EXCEPTION_CODES)
        if person.origin in IMMIGRANT_ORIGINS:
            english_support = "303" if person.citizenship == "1" else "301"
        return LastingCodes(
            enrolment_type="414" if person.citizenship == "5" and chance < 0.4 else "",
            fnmi_declaration=declaration,
            exception=exception,
            claims_english_support=english_support,
        )

    def codes_in(self, year: Year, lasting: LastingCodes) -> str:
        """The optional columns of one enrolment, from enrolment_type_codes to local_student_id."""
        rng = self.rng
        chance = rng.random()
        grants = []
        french_hours = percentage = ""
        if year.school.classification == "Francophone":
            grants.append("221")
            french_hours = str(600 + int(chance * 300))
        elif chance < 0.05:
            grants.append("211")
            french_hours = str(300 + int(chance * 8000))
        elif chance < 0.25 and 4 <= year.grade <= 9:
            grants.append("230")
            french_hours = "95"
        if lasting.claims_english_support and year.grade < 10 and rng.random() < 0.4:
            grants.append(lasting.claims_english_support)
        if self.outcome and self.outcome.transcript in IN_KNOWLEDGE_PROGRAM:
            grants.append("710")
        if chance > 0.992:
            grants.append("600")
        elif chance > 0.989:
            grants.append("610")
            percentage = str(25 + int(rng.random() * 60))
        local_id = f"{int(rng.random() * 900000) + 100000}" if rng.random() < 0.6 else ""
        return (
            f"{lasting.enrolment_type},{';'.join(grants)},{lasting.exception},,"
            f"{lasting.fnmi_declaration},{french_hours},{percentage},{local_id}"
        )

    # --- writing ---

    def write(
        self,
        asn: str,
        year: Year,
        codes: str,
        *,
        start: str = "",
        end: str = "",
        exit_type: str = COMPLETION,
        is_deleted: str = "false",
    ) -> None:
        rng = self.rng
        start = start or one_of(rng, enrolment_starts(year.school_year))
        end = end or one_of(rng, enrolment_ends(year.school_year))
        self.rows.school_enrolments.append(
            f"{reference_id(rng)},{asn},{year.school.code},{year.school_year},"
            f"{GRADE_CODES[year.grade]},{year.programming},{start},{end},{exit_type},{codes},"
            f"{is_deleted}\n"
        )

    def last_year_with_traits(self, asn: str, year: Year, codes: str) -> None:
        """The latest enrolment, with a move, a second school, a mistake or a summer course."""
        rng, traits = self.rng, self.story.traits
        first_day = date(year.school_year - 1, 9, 1)
        if "moved during the year" in traits:
            left_on = first_day + timedelta(days=20 + int(rng.random() * 60))
            self.write(asn, year, codes, end=left_on.isoformat(), exit_type=WITHDRAWAL)
            elsewhere = self.another_school(year)
            there = Year(year.school_year, year.grade, elsewhere)
            self.write(asn, there, codes, start=(left_on + timedelta(days=1)).isoformat())
            self.schools[year.school_year] = elsewhere
        else:
            self.write(asn, year, codes)
        if "overlapping enrolment" in traits:
            second = self.reference.schools.get(ONLINE_SCHOOL)
            if second is None or not second.has(year.grade, first_day) or rng.random() < 0.6:
                second = self.another_school(year)
            self.write(asn, Year(year.school_year, year.grade, second), codes)
        if "deleted enrolment" in traits:
            self.write(asn, year, codes, is_deleted="true")
        if "summer school" in traits and year.grade >= 11:
            summer = year.school_year - 1
            self.write(
                asn,
                Year(summer, year.grade - 1, year.school, SUMMER_DAY),
                codes,
                start=f"{summer}-07-03",
                end=f"{summer}-07-28",
            )

    def another_school(self, year: Year) -> School:
        first_day = date(year.school_year - 1, 9, 1)
        return self.reference.school_near(self.rng, year.school, year.grade, first_day, other=True)

    def pre_register(self, person: Person, years: list[Year], lasting: LastingCodes) -> None:
        """An enrolment for the next school year, which has not begun."""
        next_year = self.terms.current + 1
        if not years or self.story.stage == LEFT or years[-1].school_year == next_year:
            return
        grade = min(years[-1].grade + 1, 12)
        school = self.reference.school_near(
            self.rng, years[-1].school, grade, date(next_year - 1, 9, 1)
        )
        year = Year(next_year, grade, school)
        self.write(person.asn, year, self.codes_in(year, lasting))
        self.schools[next_year] = school
