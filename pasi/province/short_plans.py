"""Plans that lack exactly one requirement of a credential, each requirement in its turn.

Each function takes a plan that meets all of them. What goes is made up for by courses that serve no
other requirement, so that one alone is missing. What the requirements ask for: Guide to Education,
as in the definitions of credential eligibility. The ways stand under the requirement, or how its
code begins where several requirement sets ask for the same under codes of their own.
"""

from collections.abc import Callable, Iterable
from random import Random

Plan = list[tuple[int, str, int, bool]]
Ways = dict[str, Callable[[Plan], Plan]]

DIPLOMA_CREDITS = 100
CERTIFICATE_CREDITS = 80
HIGH_SCHOOL_CREDITS = 60
ADDITIONAL_CREDITS = 10
FEWEST_MARKS = 25  # of somebody who finished grade 12

# Courses below the 30-level that serve the total alone, and 30-level ones.
SCIENCES = ((11, "SCN2796", 5), (11, "SCN2797", 5), (11, "SCN2231", 5), (11, "SCN2270", 5))
OTHERS = (
    (11, "OTH2999", 5), (10, "OTH1999", 5), (10, "SST1772", 5), (11, "SST2772", 5),
    (10, "ELA1104", 5), (11, "ELA2104", 5), (10, "SST1771", 5), (11, "SST2771", 5),
)  # fmt: skip
LEVEL_30 = ((12, "OTH3999", 5), (12, "OTH3998", 5))


def one_short(rng: Random, ways: Ways, plan: Plan, lacks: str = "") -> Plan:
    """Lacking the requirement `lacks`, or one of these, whichever it is."""
    drawn = tuple(ways.values())[int(rng.random() * len(ways))]
    return ways[lacks](plan) if lacks else drawn(plan)


def without(plan: Plan, *prefixes: str) -> Plan:
    return [entry for entry in plan if not entry[1].startswith(prefixes)]


def failing(plan: Plan, *prefixes: str) -> Plan:
    return [(*entry[:3], entry[3] and not entry[1].startswith(prefixes)) for entry in plan]


def credits_of(plan: Plan) -> int:
    return sum(credits for _, _, credits, is_passed in plan if is_passed)


def filled(plan: Plan, courses: Iterable[tuple[int, str, int]], credits: int) -> Plan:
    """With as many of these courses as the total needs."""
    taken = {code for _, code, _, _ in plan}
    plan = list(plan)
    for when, code, worth in courses:
        if credits_of(plan) >= credits:
            break
        if code not in taken:
            plan.append((when, code, worth, True))
    return plan


def with_30_level(plan: Plan) -> Plan:
    """With enough 30-level courses besides language arts and social studies."""
    taken = {code for _, code, _, _ in plan}
    plan = list(plan)
    for when, code, worth in LEVEL_30:
        if _level_30(plan) < ADDITIONAL_CREDITS and code not in taken:
            plan.append((when, code, worth, True))
    return plan


def _level_30(plan: Plan) -> int:
    return credits_of([e for e in plan if e[1][3] == "3" and not e[1].startswith(("ELA", "SST"))])


def _is_career(entry: tuple[int, str, int, bool]) -> bool:
    return entry[2] == 1


# --- Alberta High School Diploma ----------------------------------------------------------------


def _diploma(plan: Plan, *fillers: tuple[int, str, int]) -> Plan:
    return filled(with_30_level(plan), (*fillers, *OTHERS), DIPLOMA_CREDITS)


def no_calm(plan: Plan) -> Plan:
    return _diploma(without(plan, "PED0770"), *SCIENCES)


def no_language_arts(plan: Plan) -> Plan:
    return _diploma(failing(plan, "ELA3"), *SCIENCES)


def no_social_studies(plan: Plan) -> Plan:
    return _diploma(failing(plan, "SST3"), *SCIENCES)


def no_mathematics(plan: Plan) -> Plan:
    return _diploma(without(plan, "MAT2", "MAT3"), *SCIENCES)


def no_science(plan: Plan) -> Plan:
    return _diploma(without(plan, "SCN2", "SCN3"))


def no_physical_education(plan: Plan) -> Plan:
    return _diploma(without(plan, "PED1", "PED2", "PED3"), *SCIENCES)


def few_additional(plan: Plan) -> Plan:
    """Some career courses, no fine arts."""
    rest = without(plan, "FNA", "PED2", "PED3")
    kept = [entry for entry in rest if _is_career(entry)][-6:]
    rest = [entry for entry in rest if not _is_career(entry)] + kept
    return _diploma(rest, *SCIENCES)


def few_30_level(plan: Plan) -> Plan:
    rest = without(plan, "SCN3", "FNA3", "PED3", "OTH3", "MAT3211")
    return filled(rest, (*SCIENCES, *OTHERS), DIPLOMA_CREDITS)


def few_credits(plan: Plan) -> Plan:
    """Projects, fine arts, further physical education and career courses are left out, as far as
    enough additional courses remain.
    """
    rest = list(plan)
    electives = [e for e in plan if e[1].startswith(("OTH1", "OTH2", "FNA", "PED2", "PED3"))]
    for entry in electives + [each for each in plan if _is_career(each)]:
        if credits_of(rest) < DIPLOMA_CREDITS:
            break
        is_additional = _additional([entry])
        if not is_additional or _additional(rest) - entry[2] >= ADDITIONAL_CREDITS:
            rest.remove(entry)
    return rest


def _additional(plan: Plan) -> int:
    return credits_of(
        [e for e in plan if _is_career(e) or e[1].startswith(("FNA", "PED2", "PED3"))]
    )


SHORT_OF_DIPLOMA: Ways = {
    "CALM": no_calm,
    "ELA30": no_language_arts,
    "SocialStudies30": no_social_studies,
    "Mathematics20": no_mathematics,
    "Science20": no_science,
    "PhysicalEducation10": no_physical_education,
    "10CreditsAdditional-81115": few_additional,
    "10CreditsAdditional-81110": few_30_level,
    "100Credits": few_credits,
}

# --- Certificate of High School Achievement -----------------------------------------------------

MORE_KNOWLEDGE = ((10, "FNA1410", 5), (11, "FNA2410", 5), (10, "FNA1420", 5))


def _certificate(plan: Plan) -> Plan:
    return filled(plan, MORE_KNOWLEDGE, CERTIFICATE_CREDITS)


def _certificate_without(*prefixes: str) -> Callable[[Plan], Plan]:
    return lambda plan: _certificate(without(plan, *prefixes))


def few_credits_of_certificate(plan: Plan) -> Plan:
    """Without the fine arts, and without career courses as far as it takes."""
    plan = without(plan, "FNA")
    surplus = credits_of(plan) - (CERTIFICATE_CREDITS - 1)
    careers = [entry for entry in plan if _is_career(entry) and entry[0] < 12]
    left_out = careers[: max(surplus, 0)]
    return [entry for entry in plan if entry not in left_out]


def no_occupation(plan: Plan) -> Plan:
    """Hardly any advanced career course."""
    advanced = [e for e in plan if _is_career(e) and e[0] == 12][1:]
    return _certificate([entry for entry in plan if entry not in advanced])


SHORT_OF_CERTIFICATE: Ways = {
    "EnglishKE": _certificate_without("KAE3780"),
    "MathematicsKE": _certificate_without("KAE2782"),
    "ScienceKE": _certificate_without("SCN1288", "KAE2783"),
    "SocialKE": _certificate_without("SST1772"),
    "PhysicalEducation10": _certificate_without("PED1445"),
    "CALM": _certificate_without("PED0770"),
    "Workplace": _certificate_without("OTH3998"),
    "Occupational": no_occupation,
    "80Credits": few_credits_of_certificate,
}

# --- High School Equivalency Diploma, Alternative 1 ---------------------------------------------


def _equivalency_without(*prefixes: str) -> Callable[[Plan], Plan]:
    """Two projects of a few credits more, for somebody with few marks."""
    projects = ((10, "OTH1999", 3), (11, "OTH2999", 3))

    def short(plan: Plan) -> Plan:
        rest = without(plan, *prefixes)
        rest += [(*each, True) for each in projects if each[1] not in {e[1] for e in rest}]
        return filled(rest, OTHERS, DIPLOMA_CREDITS)

    return short


def few_from_school(plan: Plan) -> Plan:
    """Without social studies, and more unassigned credits of adult life instead."""
    rest = without(plan, "SST")
    for entry in [each for each in rest if _is_career(each)]:
        if _from_school(rest) < HIGH_SCHOOL_CREDITS:
            break
        rest.remove(entry)
    if _from_school(rest) + 3 < HIGH_SCHOOL_CREDITS:
        rest.append((10, "OTH1999", 3, True))
    as_adult = next(when for when, code, _, _ in rest if code.startswith("AEC"))
    lacking = DIPLOMA_CREDITS - credits_of(rest)
    return [*rest, (as_adult, "UCR9998", max(lacking, 5), True)]


def _from_school(plan: Plan) -> int:
    return credits_of(without(plan, "AEC", "UCR9998"))


# What lacks the 100 credits takes less of adult life to begin with: transcripts.py.
LACKS_100_CREDITS = "100Credits"
SHORT_OF_EQUIVALENCY: Ways = {
    "English": _equivalency_without("ELA3"),
    "MathematicsHS": _equivalency_without("MAT"),
    "ScienceHS": _equivalency_without("SCN"),
    "5CreditsAdditional": _equivalency_without("OTH3"),
    "60HighSchoolCredits": few_from_school,
}
