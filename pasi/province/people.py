"""Invented people: names, birth dates, citizenship, and the names they also go by."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from pasi.province.outcomes import OUTCOMES, TESTS, TESTS_FAILED, TESTS_VOID
from pasi.province.reference import OWN_GIVEN_NAMES, Reference, School, Weighted, one_of
from pasi.province.story import ADULT, AT_SCHOOL, RETURNED, Story
from pasi.province.terms import OLDEST_HIGH_SCHOOL_YEAR, Terms

GENDERS = Weighted({"M": 0.507, "F": 0.488, "X": 0.003, "U": 0.002})
SUFFIXES = ("Jr", "Jr", "III", "II")

# Shares of citizenship by origin of the family name, so that over the province they are those of
# the public figures: citizens 88, permanent residents 8, temporary 3, other 1 percent. Assumption.
IMMIGRANT_ORIGINS = frozenset(
    ["African", "Arabic", "Chinese", "Filipino", "Korean", "Latin American", "South Asian",
     "Vietnamese"]
)  # fmt: skip
CITIZENSHIP_OF_IMMIGRANT_FAMILIES = Weighted({"1": 62.5, "2": 25, "5": 9.7, "9": 2.8})
CITIZENSHIP = Weighted({"1": 97, "2": 2, "5": 0.6, "9": 0.4})
CANADIAN_DOCUMENTS = Weighted(
    {
        "AlbertaBirthCertificate": 62,
        "CanadianBirthCertificate": 17,
        "CanadianPassport": 6,
        "ParentalDeclaration": 6,
        "RegistrationForm": 3,
        "CurrentSystemValue": 6,
    }
)
FIRST_NATIONS_DOCUMENTS = Weighted(
    {"AlbertaBirthCertificate": 70, "CertificateOfIndianStatus": 20, "CurrentSystemValue": 10}
)
NATURALIZED_DOCUMENTS = Weighted(
    {
        "AlbertaBirthCertificate": 55,
        "CanadianCitizenshipCertificate": 15,
        "CanadianPassport": 18,
        "CanadianCitizenshipCard": 6,
        "CurrentSystemValue": 6,
    }
)
DOCUMENTS_BY_CITIZENSHIP = {
    "2": Weighted(
        {"PermanentResidentCard": 70, "ConfirmationOfPermanentResidence": 20, "ForeignPassport": 10}
    ),
    "5": Weighted(
        {
            "StudyPermit": 60,
            "WorkPermit": 15,
            "TemporaryResidentVisa": 15,
            "RefugeeClaimantDocument": 10,
        }
    ),
    "9": Weighted({"ForeignPassport": 40, "ParentalDeclaration": 30, "CurrentSystemValue": 30}),
}

# Families of the school, where it says something of them: origin and its share of the pupils.
ORIGIN_BY_SCHOOL = {"First Nations": ("First Nations", 0.85), "Francophone": ("French", 0.65)}

YOUNGEST_ADULT, OLDEST_ADULT = 21, 45


@dataclass(slots=True)
class Person:
    """Who somebody is. `other_names`: (first, middle, last, suffix, is preferred, is deleted)."""

    asn: str
    first: str
    middle: str
    last: str
    suffix: str
    gender: str
    birth_date: date
    origin: str
    citizenship: str
    citizenship_expires_on: str
    document_type: str
    deceased_on: str = ""
    former_last: str = ""
    other_names: list[tuple] = field(default_factory=list)


def make_person(
    rng: Random, reference: Reference, terms: Terms, story: Story, school: School, asn: str
) -> Person:
    """A person who fits the story: the right age, and perhaps a family name of the school."""
    gender = GENDERS.draw(rng)
    origin = origin_for(rng, reference, school)
    first = story.first_name or given_name(rng, reference, origin, gender)
    middle = ""
    chance = rng.random()
    if chance < 0.72:
        middle = given_name(rng, reference, origin, gender)
        if middle == first:
            middle = ""
    last = story.last_name or family_name(rng, reference, origin)
    citizenship, expires_on, document_type = citizenship_for(rng, terms, origin)
    person = Person(
        asn=asn,
        first=first,
        middle=middle,
        last=last,
        suffix=one_of(rng, SUFFIXES) if gender == "M" and rng.random() < 0.006 else "",
        gender=gender,
        birth_date=birth_date_for(rng, terms, story),
        origin=origin,
        citizenship=citizenship,
        citizenship_expires_on=expires_on,
        document_type=document_type,
    )
    if story.traits:
        add_other_names(rng, reference, story, person)
        if "deceased" in story.traits:
            person.deceased_on = (terms.today - timedelta(1 + int(rng.random() * 50))).isoformat()
    return person


def origin_for(rng: Random, reference: Reference, school: School) -> str:
    of_school = ORIGIN_BY_SCHOOL.get(school.classification)
    if of_school and rng.random() < of_school[1]:
        return of_school[0]
    return reference.origins.draw(rng)


def given_name(rng: Random, reference: Reference, origin: str, gender: str) -> str:
    own = OWN_GIVEN_NAMES.get(origin)
    origin = own[0] if own and rng.random() < own[1] else "English"
    if gender not in "FM":
        gender = "F" if rng.random() < 0.5 else "M"
    return reference.given[origin, gender].draw(rng)


def family_name(rng: Random, reference: Reference, origin: str) -> str:
    """A family name; about one in fifty is of two, joined by a hyphen."""
    name = reference.families[origin].draw(rng)
    if rng.random() < 0.02:
        second = reference.families[reference.origins.draw(rng)].draw(rng)
        if second != name:
            return f"{name}-{second}"
    return name


def birth_year_in(grade: int, school_year: int) -> int:
    """The usual birth year in a grade: six in the calendar year in which grade 1 starts."""
    return school_year - 6 - grade


def birth_date_for(rng: Random, terms: Terms, story: Story) -> date:
    """A birth date that fits grade or age; a wrong one where the story asks for it."""
    if story.outcome and OUTCOMES[story.outcome].birth_date_is_wrong:
        # A clerk typed a day of the last school year, such as the one of registration.
        return date(story.last_year - 1, 9, 1) + timedelta(int(rng.random() * 20))
    if story.stage == ADULT:
        youngest = terms.finished - 1 - YOUNGEST_ADULT
        oldest = terms.finished - 1 - OLDEST_ADULT
        if not only_sat_tests(story):  # grade 10 must lie within the known school years
            oldest = max(oldest, OLDEST_HIGH_SCHOOL_YEAR - 16)
        year = youngest - int((youngest - oldest) * rng.random() * rng.random())
    elif story.stage == AT_SCHOOL:
        year = birth_year_in(story.grade, terms.current)
    else:
        year = birth_year_in(12, story.last_year)
    chance = rng.random()
    if story.outcome and OUTCOMES[story.outcome].is_young:
        return date(year + 1, 3, 2) + timedelta(int(rng.random() * 300))
    if story.lacks:  # mature status would make up for some requirements
        chance = 0.5
    if chance < (0.2 if story.stage == RETURNED else 0.05):  # a year behind
        year -= 1
    elif chance > 0.996:  # so old for the grade that a school should look at it
        year -= 3
    return date(year, 1, 1) + timedelta(int(rng.random() * 365))


def only_sat_tests(story: Story) -> bool:
    """Whether the GED tests are all that this adult did."""
    return OUTCOMES[story.outcome].transcript in (TESTS, TESTS_FAILED, TESTS_VOID)


def citizenship_for(rng: Random, terms: Terms, origin: str) -> tuple[str, str, str]:
    """Citizenship status, expiry of its document, type of the identity document."""
    if origin == "First Nations":
        return "1", "", FIRST_NATIONS_DOCUMENTS.draw(rng)
    if origin in IMMIGRANT_ORIGINS:
        status = CITIZENSHIP_OF_IMMIGRANT_FAMILIES.draw(rng)
        documents = NATURALIZED_DOCUMENTS
    else:
        status = CITIZENSHIP.draw(rng)
        documents = CANADIAN_DOCUMENTS
    expires_on = ""
    if status == "5":  # nine in ten permits are still valid
        days = int(rng.random() * 1000) - 100
        expires_on = (terms.today + timedelta(days)).isoformat()
    documents = DOCUMENTS_BY_CITIZENSHIP.get(status, documents)
    return status, expires_on, documents.draw(rng)


def add_other_names(rng: Random, reference: Reference, story: Story, person: Person) -> None:
    """Aliases and former names, each different from the legal name and from one another."""
    if "former name" in story.traits:
        former = family_name(rng, reference, person.origin)
        if former == person.last:
            former = f"{former}-{reference.families['English'].draw(rng)}"
        person.former_last = former
        person.other_names.append(
            (person.first, person.middle, former, person.suffix, False, False)
        )
    preferred = "preferred alias" in story.traits
    if preferred or "alias" in story.traits:
        alias = short_name(rng, reference, person)
        person.other_names.append((alias, "", person.last, "", preferred, False))
    if "deleted name" in story.traits:
        mistake = person.last[0] + person.last
        person.other_names.append((person.first, person.middle, mistake, "", False, True))


def short_name(rng: Random, reference: Reference, person: Person) -> str:
    """What friends call the person: a nickname, else the middle name, else another first name."""
    nicknames = reference.nicknames.get(person.first)
    if nicknames:
        return one_of(rng, nicknames)
    if person.middle:
        return person.middle
    other = person.first
    while other == person.first:
        other = given_name(rng, reference, "English", person.gender)
    return other


def name_at_second_number(rng: Random, reference: Reference, person: Person) -> tuple[str, str]:
    """First and middle name as another school wrote them down: shorter, or with an initial."""
    chance = rng.random()
    nicknames = reference.nicknames.get(person.first)
    if nicknames and chance < 0.5:
        return one_of(rng, nicknames), person.middle
    if person.middle and chance < 0.8:
        return person.first, person.middle[0]
    return person.first, ""
