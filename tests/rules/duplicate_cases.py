"""Cases of the rules on students who are in the Core already."""

from students.facts import Duplicates
from students.rules import duplicates as rules
from tests.rules.cases import breaking, passing
from tests.rules.student_facts import identity_change, new_student

ONE, TWO, STRANGER = "100000009", "200000001", "300000003"


def found(similar="", exact="", *, acknowledged="", **caller) -> Duplicates:
    """Numbers are separated by blanks. `caller`: has_limited_access, is_ministry."""
    return Duplicates(
        similar=tuple(similar.split()),
        exact=tuple(exact.split()),
        acknowledged=frozenset(acknowledged.split()),
        **caller,
    )


def creating(*args, **options):
    return new_student(duplicates=found(*args, **options))


def changing(*args, **options):
    return identity_change(duplicates=found(*args, **options))


BOTH = f"{ONE} {TWO}"
LISTED = {"StateProvinceIds": f"{ONE}, {TWO}"}
LIMITED = {"has_limited_access": True}
MINISTRY = {"is_ministry": True}


def exact_for_normal_access(rule, facts):
    """11404 and its twin 11406."""
    return [
        breaking(rule, "school", facts(BOTH, BOTH), LISTED),
        breaking(rule, "school acknowledges", facts(BOTH, BOTH, acknowledged=BOTH), LISTED),
        breaking(rule, "ministry", facts(ONE, ONE, **MINISTRY), {"StateProvinceIds": ONE}),
        breaking(
            rule,
            "ministry acknowledges one of two",
            facts(BOTH, BOTH, acknowledged=ONE, **MINISTRY),
            LISTED,
        ),
        breaking(
            rule,
            "ministry acknowledges somebody else",
            facts(ONE, ONE, acknowledged=STRANGER, **MINISTRY),
            {"StateProvinceIds": ONE},
        ),
        passing(
            rule, "ministry acknowledges all", facts(BOTH, BOTH, acknowledged=BOTH, **MINISTRY)
        ),
        passing(
            rule,
            "ministry acknowledges the exact one of two similar ones",
            facts(BOTH, ONE, acknowledged=ONE, **MINISTRY),
        ),
        passing(rule, "similar only", facts(BOTH)),
        passing(rule, "nobody", facts()),
        passing(rule, "limited access", facts(BOTH, BOTH, **LIMITED)),
    ]


def exact_for_limited_access(rule, facts):
    """11405 and its twin 11407."""
    return [
        breaking(rule, "limited access", facts(ONE, ONE, **LIMITED)),
        breaking(rule, "acknowledged", facts(BOTH, BOTH, acknowledged=BOTH, **LIMITED)),
        passing(rule, "similar only", facts(ONE, **LIMITED)),
        passing(rule, "nobody", facts(**LIMITED)),
        passing(rule, "normal access", facts(ONE, ONE)),
        passing(rule, "ministry", facts(ONE, ONE, **MINISTRY)),
    ]


DUPLICATE_CASES = [
    breaking(rules.similar_students, "school", creating(BOTH), LISTED),
    breaking(rules.similar_students, "ministry", creating(BOTH, **MINISTRY), LISTED),
    breaking(
        rules.similar_students,
        "one acknowledged",
        creating(BOTH, acknowledged=ONE),
        {"StateProvinceIds": TWO},
    ),
    breaking(
        rules.similar_students,
        "somebody else acknowledged",
        creating(BOTH, acknowledged=STRANGER),
        LISTED,
    ),
    breaking(rules.similar_students, "exact as well", creating(BOTH, ONE), LISTED),
    passing(rules.similar_students, "all acknowledged", creating(BOTH, acknowledged=BOTH)),
    passing(
        rules.similar_students,
        "all and more acknowledged",
        creating(ONE, acknowledged=f"{BOTH} {STRANGER}"),
    ),
    passing(rules.similar_students, "nobody", creating()),
    passing(rules.similar_students, "limited access", creating(BOTH, **LIMITED)),
    # ---
    breaking(
        rules.limited_access_acknowledges,
        "who is similar",
        creating(ONE, acknowledged=ONE, **LIMITED),
    ),
    breaking(
        rules.limited_access_acknowledges, "nobody", creating(acknowledged=STRANGER, **LIMITED)
    ),
    passing(rules.limited_access_acknowledges, "nothing", creating(ONE, **LIMITED)),
    passing(rules.limited_access_acknowledges, "normal access", creating(acknowledged=ONE)),
    # ---
    breaking(rules.limited_access_similar_students, "one", creating(ONE, **LIMITED)),
    breaking(
        rules.limited_access_similar_students,
        "acknowledged",
        creating(ONE, acknowledged=ONE, **LIMITED),
    ),
    passing(rules.limited_access_similar_students, "nobody", creating(**LIMITED)),
    passing(rules.limited_access_similar_students, "normal access", creating(ONE)),
    # ---
    *exact_for_normal_access(rules.exact_duplicate, creating),
    *exact_for_limited_access(rules.limited_access_exact_duplicate, creating),
    *exact_for_normal_access(rules.becomes_exact_duplicate, changing),
    *exact_for_limited_access(rules.limited_access_becomes_exact_duplicate, changing),
]
