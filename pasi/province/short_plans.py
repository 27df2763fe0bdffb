"""Plans that lack exactly one requirement of a credential, each requirement in its turn.

Each function takes a plan that meets all of them. What goes is made up for by courses that serve no
other requirement, so that one alone is missing. What the requirements ask for: Guide to Education,
as in the definitions of credential eligibility.
"""

from collections.abc import Callable, Iterable
from random import Random

Plan = list[tuple[int, str, int, bool]]

DIPLOMA_CREDITS = 100
CERTIFICATE_CREDITS = 80
ADDITIONAL_CREDITS = 10
FEWEST_MARKS = 25  # of somebody who finished grade 12

# Courses below the 30-level that serve the total alone, and 30-level ones.
SCIENCES = ((11, "SCN2796", 5), (11, "SCN2797", 5), (11, "SCN2231", 5), (11, "SCN2270", 5))
OTHERS = (
    (11, "OTH2999", 5), (10, "OTH1999", 5), (10, "SST1772", 5), (11, "SST2772", 5),
    (10, "ELA1104", 5), (11, "ELA2104", 5), (10, "SST1771", 5), (11, "SST2771", 5),
)  # fmt: skip
LEVEL_30 = ((12, "OTH3999", 5), (12, "OTH3998", 5))


def one_short(rng: Random, ways: Iterable[Callable[[Plan], Plan]], plan: Plan) -> Plan:
    """Lacking one of these, whichever it is."""
    ways = tuple(ways)
    return ways[int(rng.random() * len(ways))](plan)


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
    """Projects and career courses are left out, as far as enough additional courses remain; where
    too few marks would be left, it is CALM.
    """
    rest = list(plan)
    projects = [each for each in plan if each[1].startswith(("OTH1", "OTH2"))]
    for entry in projects + [each for each in plan if _is_career(each)]:
        if credits_of(rest) < DIPLOMA_CREDITS:
            break
        if not _is_career(entry) or _additional(rest) > ADDITIONAL_CREDITS:
            rest.remove(entry)
    is_believable = credits_of(rest) < DIPLOMA_CREDITS and len(rest) >= FEWEST_MARKS
    return rest if is_believable else no_calm(plan)


def _additional(plan: Plan) -> int:
    return credits_of(
        [e for e in plan if _is_career(e) or e[1].startswith(("FNA", "PED2", "PED3"))]
    )


SHORT_OF_DIPLOMA = (
    no_calm,
    no_language_arts,
    no_social_studies,
    no_mathematics,
    no_science,
    no_physical_education,
    few_additional,
    few_30_level,
    few_credits,
)

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


SHORT_OF_CERTIFICATE = (
    _certificate_without("KAE3780"),
    _certificate_without("KAE2782"),
    _certificate_without("SCN1288", "KAE2783"),
    _certificate_without("SST1772"),
    _certificate_without("PED1445"),
    _certificate_without("PED0770"),
    _certificate_without("OTH3998"),
    no_occupation,
    few_credits_of_certificate,
)

# --- High School Equivalency Diploma, Alternative 1 ---------------------------------------------


def _equivalency_without(*prefixes: str) -> Callable[[Plan], Plan]:
    """Two projects of a few credits more, for somebody with few marks."""
    projects = ((10, "OTH1999", 3), (11, "OTH2999", 3))

    def short(plan: Plan) -> Plan:
        rest = without(plan, *prefixes)
        rest += [(*each, True) for each in projects if each[1] not in {e[1] for e in rest}]
        return filled(rest, OTHERS, DIPLOMA_CREDITS)

    return short


SHORT_OF_EQUIVALENCY = (
    _equivalency_without("ELA3"),
    _equivalency_without("MAT"),
    _equivalency_without("SCN"),
    _equivalency_without("OTH3"),
)
