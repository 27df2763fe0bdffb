"""One person with all that is recorded of them, and the number next to theirs."""

from datetime import date, timedelta
from random import Random

from pasi.province import coursework
from pasi.province.addresses import HAS_ADDRESS_SHARE, address_abroad_line, address_line
from pasi.province.decisions import write_what_was_said
from pasi.province.identifiers import credential_number, student_number
from pasi.province.outcomes import (
    ACHIEVED,
    AHSD,
    FEW,
    FROM_ELSEWHERE,
    NOT_ACHIEVED,
    OUTCOMES,
    WITHHELD,
    Award,
    Outcome,
    sets_of,
)
from pasi.province.people import (
    Person,
    make_person,
    name_at_second_number,
    only_sat_tests,
)
from pasi.province.reference import Reference, School, one_of
from pasi.province.rows import Rows
from pasi.province.schooling import Schooling
from pasi.province.story import (
    ACHIEVED_AT_SECONDARY_SHARE,
    ADULT,
    AT_SCHOOL,
    AWARDED_AT_SECONDARY_SHARE,
    DEACTIVATED,
    HOLDS_MARKS_SHARE,
    LEFT,
    RETURNED,
    SECONDARY,
    Story,
)
from pasi.province.terms import Terms
from pasi.province.transcripts import AS_ADULT, GED_YEAR, plan_for

# Awards up to this school year were converted from an older system and carry its number.
LAST_LEGACY_YEAR = 2012
LEGACY_SHARE = 0.7

RESTRICTIONS = ("Caution", "CourtOrdered", "CourtOrdered")
RESTRICTION_DETAILS = {
    "Caution": "Speak to the principal before any information is given.",
    "StudentOver18withGuardian": "The guardian may see all records.",
}


class Registry:
    """Writes students into `rows`. What it writes for a place depends only on the place, the
    seed, the day and the number of students, never on what was written before."""

    def __init__(
        self, reference: Reference, terms: Terms, rows: Rows, *, with_statuses: bool = True
    ) -> None:
        self.reference = reference
        self.terms = terms
        self.rows = rows
        self.with_statuses = with_statuses

    def write_pair(self, rng: Random, place: int, story: Story, second: Story | None) -> None:
        """Write the person at `place` and the number after it, unless that is a person's own."""
        status = second.status if second else ""
        second_asn = student_number(place + 1) if status == SECONDARY else ""
        person, years = self.write_person(rng, place, story, second, second_asn)
        if status == SECONDARY:
            self.write_secondary(rng, place + 1, second, person, story, years)
        elif status == DEACTIVATED:
            self.write_deactivated(rng, place + 1, second)

    def write_person(
        self, rng: Random, place: int, story: Story, second: Story | None, second_asn: str
    ) -> tuple[Person, list[int]]:
        """All rows of a person; returns who it is and the years of activity in high school."""
        reference, terms, rows = self.reference, self.terms, self.rows
        school = self.school_for(rng, story)
        person = make_person(rng, reference, terms, story, school, student_number(place))
        schooling = Schooling(rng, reference, terms, rows, story)
        years = schooling.years(school)
        marks_asn = second_asn if second and "holds marks" in second.traits else ""
        schooling.enrol(person, years, marks_asn)
        first_school = years[0].school if years else school
        known_since = self.known_since(rng, person, [year.school_year for year in years])

        activity: list[int] = []
        outcome = OUTCOMES.get(story.outcome)
        if outcome:
            course_years, activity = self.write_high_school(
                rng, story, outcome, person, schooling.schools, marks_asn
            )
            last_year = story.last_year
            if story.stage == ADULT:
                last_year = course_years[GED_YEAR if only_sat_tests(story) else AS_ADULT]
            holds_award = second and "holds award" in second.traits
            holder = second_asn if holds_award else person.asn
            for which, award in enumerate(outcome.awards):
                self.write_award(rng, place, which, award, person, holder, last_year)

        self.write_student(person, "Active", "", first_school, known_since)
        self.write_other_names(person, first_school)
        self.write_addresses(rng, story, person, first_school, known_since)
        if "restricted" in story.traits:
            self.write_restriction(rng, person)
        return person, activity

    def school_for(self, rng: Random, story: Story) -> School:
        """The school of the last year: by the students it has in that grade."""
        if story.stage == AT_SCHOOL:
            return self.reference.seats_by_grade[story.grade].draw(rng)
        return self.reference.long_standing_school(rng, 12)

    def known_since(self, rng: Random, person: Person, school_years: list[int]) -> date:
        """The day on which the person's number was created."""
        earliest = person.birth_date + timedelta(days=1)
        if school_years:
            first_day = date(min(school_years) - 1, 8, 15) + timedelta(int(rng.random() * 17))
        else:
            first_day = date(person.birth_date.year + 15, 9, 1)
        return min(max(first_day, earliest), self.terms.today)

    # --- high school ---

    def write_high_school(
        self,
        rng: Random,
        story: Story,
        outcome: Outcome,
        person: Person,
        schools: dict[int, School],
        second_asn: str,
    ) -> tuple[dict[int, int], list[int]]:
        """Marks, course enrolments and set statuses; returns the school year of each grade and
        the years of activity, oldest first."""
        terms, rows = self.terms, self.rows
        spread = rng.random() + rng.random() + rng.random() - 1.5
        ability = min(92.0, max(51.0, 70 + 20 * spread))
        in_grade_12 = story.stage == AT_SCHOOL and story.grade == 12
        age = terms.finished - person.birth_date.year
        plan = plan_for(
            rng, outcome.transcript, ability, age, in_grade_12=in_grade_12, lacks=story.lacks
        )
        years = coursework.course_years(rng, terms, story, person)
        coursework.write_marks(
            rng,
            terms,
            rows,
            person,
            plan,
            years,
            ability,
            is_withheld=outcome.transcript == WITHHELD,
            is_from_elsewhere=outcome.transcript == FROM_ELSEWHERE,
            second_asn=second_asn,
        )
        coursework.write_course_enrolments(rng, terms, rows, person.asn, plan, years, schools)
        is_back = story.stage == RETURNED and outcome.transcript != FEW
        if is_back or (story.stage == ADULT and terms.finished + 1 in schools):
            year = terms.finished + 1
            coursework.write_upgrading(rng, terms, rows, person.asn, plan, year, schools[year])

        planned = {when for when, _, _, _ in plan}
        activity = sorted(year for when, year in years.items() if when in planned and when <= 12)
        if story.stage == AT_SCHOOL:
            activity = [year for year in activity if year <= terms.current]
        self.write_statuses(person.asn, outcome, activity)
        if not outcome.is_set_by_hand:
            write_what_was_said(
                rng, self.reference, terms, rows, person.asn, outcome, schools, activity
            )
        return years, activity

    def write_statuses(self, asn: str, outcome: Outcome, activity: list[int]) -> None:
        lines = self.rows.requirement_set_statuses
        if not (self.with_statuses or outcome.is_set_by_hand):
            return
        calculated = "false" if outcome.is_set_by_hand else "true"
        for code, status in outcome.statuses:
            for each in sets_of(code, activity):
                # A set assessed by hand comes into being only when its credits are there.
                if code == AHSD and status == NOT_ACHIEVED and each == "AHSD-PRE2010":
                    continue
                lines.append(f"{asn},{each},{status},{calculated}\n")

    def write_award(
        self,
        rng: Random,
        place: int,
        which: int,
        award: Award,
        person: Person,
        holder: str,
        last_year: int,
    ) -> None:
        school_year = last_year - award.years_before
        awarded_on = one_of(rng, self.terms.award_days(school_year))
        legacy = ""
        if school_year <= LAST_LEGACY_YEAR and rng.random() < LEGACY_SHARE:
            legacy = f"{school_year}-{place:08d}"
        last_name = person.former_last or person.last
        deleted = "true" if award.is_deleted else "false"
        self.rows.awarded_credentials.append(
            f"{credential_number(place, which)},{holder},{award.credential_type},{school_year},"
            f"{person.first},{last_name},{awarded_on},{person.middle},{person.suffix},{legacy},"
            f"{deleted}\n"
        )

    # --- the person ---

    def write_student(
        self, person: Person, status: str, primary: str, school: School | None, since: date
    ) -> None:
        created_by = school.code if school else ""
        self.rows.students.append(
            f"{person.asn},{person.first},{person.last},{person.birth_date},{person.gender},"
            f"{person.middle},{person.suffix},{status},{primary},{person.deceased_on},"
            f"{person.citizenship},{person.citizenship_expires_on},{person.document_type},"
            f"{created_by},{since}\n"
        )

    def write_other_names(self, person: Person, school: School) -> None:
        for first, middle, last, suffix, is_preferred, is_deleted in person.other_names:
            self.rows.student_names.append(
                f"{person.asn},{first},{last},{middle},{suffix},"
                f"{'true' if is_preferred else 'false'},{'true' if is_deleted else 'false'},"
                f"{school.code}\n"
            )

    def write_addresses(
        self, rng: Random, story: Story, person: Person, school: School, since: date
    ) -> None:
        lines = self.rows.student_addresses
        if rng.random() < HAS_ADDRESS_SHARE:
            lines.append(address_line(rng, self.reference, person.asn, school, since))
        if "second address" in story.traits:
            moved_on = since + timedelta(days=30 + int(rng.random() * 400))
            if person.citizenship == "5" or rng.random() < 0.05:
                lines.append(address_abroad_line(rng, person.asn, moved_on))
            else:
                lines.append(address_line(rng, self.reference, person.asn, school, moved_on))

    def write_restriction(self, rng: Random, person: Person) -> None:
        """A restriction; some have expired, some are no longer active."""
        today = self.terms.today
        age = today.year - person.birth_date.year
        code = one_of(rng, RESTRICTIONS)
        if 16 <= age < 18:
            code = "IndependentUnder18"
        elif age > 18 and rng.random() < 0.5:
            code = "StudentOver18withGuardian"
        oldest = (today - person.birth_date).days
        effective_on = today - timedelta(days=int(rng.random() * min(oldest, 700)))
        expires_on = ""
        if rng.random() < 0.4:
            expires_on = effective_on + timedelta(days=365)
        is_active = "false" if rng.random() < 0.2 else "true"
        self.rows.disclosure_restrictions.append(
            f"{person.asn},{code},{effective_on},{is_active},{RESTRICTION_DETAILS.get(code, '')},"
            f"{expires_on}\n"
        )

    # --- numbers that are not a person's own ---

    def write_secondary(
        self,
        rng: Random,
        place: int,
        second: Story,
        person: Person,
        story: Story,
        activity: list[int],
    ) -> None:
        """A second number that somebody got by mistake, now linked to the first."""
        asn = student_number(place)
        first, middle = name_at_second_number(rng, self.reference, person)
        copy = Person(
            asn=asn,
            first=first,
            middle=middle,
            last=person.former_last or person.last,
            suffix="",
            gender=person.gender,
            birth_date=person.birth_date,
            origin=person.origin,
            citizenship="",
            citizenship_expires_on="",
            document_type="ParentalDeclaration",
        )
        since = min(
            self.terms.today, person.birth_date + timedelta(days=5000 + int(rng.random() * 900))
        )
        self.write_student(copy, SECONDARY, person.asn, None, since)
        if "achieved" in second.traits and activity:
            by_mistake = Outcome("", ((AHSD, ACHIEVED),), is_set_by_hand=True)
            self.write_statuses(asn, by_mistake, activity)

    def write_deactivated(self, rng: Random, place: int, story: Story) -> None:
        """A number created in error: it has a name, and at most a status by mistake."""
        nobody = Story(stage=AT_SCHOOL, grade=10 + int(rng.random() * 3))
        school = self.school_for(rng, nobody)
        person = make_person(rng, self.reference, self.terms, nobody, school, student_number(place))
        since = self.known_since(rng, person, [self.terms.current - 1])
        self.write_student(person, DEACTIVATED, "", school, since)
        if "achieved" in story.traits:
            self.rows.requirement_set_statuses.append(f"{person.asn},AHSD-2018,Achieved,false\n")


def draw_second(rng: Random, story: Story) -> Story:
    """What stands behind a number that is not a person's own: secondary traits fit the primary."""
    traits = set()
    if rng.random() < HOLDS_MARKS_SHARE:
        traits.add("holds marks")
    nearly = story.stage != AT_SCHOOL and story.outcome in ("nearly", "left without")
    if nearly and rng.random() < ACHIEVED_AT_SECONDARY_SHARE:
        traits.add("achieved")
    awarded = story.stage == LEFT and story.outcome == "diploma awarded"
    if awarded and rng.random() < AWARDED_AT_SECONDARY_SHARE:
        traits.add("holds award")
    return Story(status=SECONDARY, traits=frozenset(traits))
