"""Cases of the alert rules about independent students."""

import datetime

from enrolments.alert_rules import independence as rules
from tests.rules.cases import breaking, passing
from tests.rules.enrolment_facts import DAY, EXIT, START, judged, restriction, typed

date = datetime.date

# Restrictions that overlap the enrolment, and others.
OVERLAPPING = {
    "from before": restriction(),
    "from the exit date": restriction(effective_on=EXIT),
    "until the start date": restriction(effective_on=START - 9 * DAY, expires_on=START),
    "in the middle": restriction(effective_on=START + DAY, expires_on=START + 9 * DAY),
}
NOT_COUNTING = {
    "from the day after the exit": restriction(effective_on=EXIT + DAY),
    "until the day before the start": restriction(
        effective_on=START - 9 * DAY, expires_on=START - DAY
    ),
    "inactive": restriction(is_active=False),
    "of another kind": restriction(code="CourtOrdered"),
}
SEVENTEEN = date(2007, 9, 30)  # at the start, and 18 soon after


INDEPENDENCE_CASES = [
    breaking(
        rules.independent_under_16,
        "16 the day after",
        typed("121", born=date(2009, 9, 3)),
        {"Age": 15},
    ),
    passing(
        rules.independent_under_16, "16 on the start date", typed("121", born=date(2009, 9, 2))
    ),
    passing(rules.independent_under_16, "16 the day before", typed("121", born=date(2009, 9, 1))),
    passing(rules.independent_under_16, "15 without 121", typed("330", born=date(2009, 9, 3))),
    breaking(
        rules.independent_under_16,
        "does not age with time",
        typed("121", born=date(2009, 9, 3), today=date(2030, 1, 1)),
        {"Age": 15},
    ),
    breaking(
        rules.independent_under_16,
        "born on 29 February, the day before",
        typed("121", born=date(2008, 2, 29), start_date=date(2024, 2, 28)),
        {"Age": 15},
    ),
    passing(
        rules.independent_under_16,
        "born on 29 February, that day",
        typed("121", born=date(2008, 2, 29), start_date=date(2024, 2, 29)),
    ),
    # ---
    *[
        breaking(rules.restricted_but_not_independent, name, judged(restrictions=[one]))
        for name, one in OVERLAPPING.items()
    ],
    *[
        passing(rules.restricted_but_not_independent, name, judged(restrictions=[one]))
        for name, one in NOT_COUNTING.items()
    ],
    passing(
        rules.restricted_but_not_independent, "with 121", typed("121", restrictions=[restriction()])
    ),
    passing(rules.restricted_but_not_independent, "no restriction", judged()),
    breaking(
        rules.restricted_but_not_independent,
        "the second one counts",
        judged(restrictions=[NOT_COUNTING["inactive"], restriction()]),
    ),
    # ---
    breaking(rules.independent_but_not_restricted, "none", typed("121", born=date(2009, 5, 1))),
    *[
        breaking(
            rules.independent_but_not_restricted,
            name,
            typed("121", born=date(2009, 5, 1), restrictions=[one]),
        )
        for name, one in NOT_COUNTING.items()
    ],
    *[
        passing(
            rules.independent_but_not_restricted,
            name,
            typed("121", born=date(2009, 5, 1), restrictions=[one]),
        )
        for name, one in OVERLAPPING.items()
    ],
    breaking(
        rules.independent_but_not_restricted,
        "18 on the exit date",
        typed("121", born=date(2008, 6, 26)),
    ),
    passing(
        rules.independent_but_not_restricted,
        "18 the day before the exit",
        typed("121", born=date(2008, 6, 25)),
    ),
    passing(rules.independent_but_not_restricted, "18 meanwhile", typed("121", born=SEVENTEEN)),
    passing(rules.independent_but_not_restricted, "no 121", judged(born=date(2009, 5, 1))),
    # Born on 29 February, 18 on 1 March in a common year.
    breaking(
        rules.independent_but_not_restricted,
        "born on 29 February, ends on 1 March",
        typed("121", born=date(2008, 2, 29), exit_date=date(2026, 3, 1)),
    ),
    passing(
        rules.independent_but_not_restricted,
        "born on 29 February, ends on 2 March",
        typed("121", born=date(2008, 2, 29), exit_date=date(2026, 3, 2)),
    ),
]
