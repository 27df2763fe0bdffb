"""Cases of the alert rules about the resident board."""

from enrolments.alert_rules import residency as rules
from tests.rules.cases import breaking, passing
from tests.rules.enrolment_facts import (
    DAY,
    DISTANCE_LEARNING,
    EXIT,
    OTHER_DISTANCE_LEARNING,
    START,
    authority,
    granted,
    judged,
    school,
)

BOARD = {"ResidentBoard": "0007"}


def residing(**changes):
    boards = {"0007": authority("A.0007", **changes)}
    return judged(resident_board="0007", resident_boards=boards)


def of_classification(classification):
    return {**BOARD, "SchoolAuthorityClassification": classification}


def unboarded(*types, **changes):
    return granted("621", enrolment_type_codes=types, **changes)


RESIDENCY_CASES = [
    breaking(rules.unknown_resident_board, "unknown", judged(resident_board="0007"), BOARD),
    breaking(
        rules.unknown_resident_board,
        "opens after the start",
        residing(opened_on=START + DAY),
        BOARD,
    ),
    breaking(
        rules.unknown_resident_board, "closes on the exit date", residing(closed_on=EXIT), BOARD
    ),
    breaking(
        rules.unknown_resident_board, "closed long ago", residing(closed_on=START - DAY), BOARD
    ),
    passing(
        rules.unknown_resident_board,
        "exactly that long",
        residing(opened_on=START, closed_on=EXIT + DAY),
    ),
    passing(rules.unknown_resident_board, "active", residing()),
    passing(rules.unknown_resident_board, "none", judged()),
    # ---
    *[
        breaking(
            rules.resident_board_of_other_classification,
            classification,
            residing(classification=classification),
            of_classification(classification),
        )
        for classification in ("Private", "Charter", "Francophone", "First Nations")
    ],
    passing(rules.resident_board_of_other_classification, "public", residing()),
    passing(
        rules.resident_board_of_other_classification,
        "separate",
        residing(classification="Separate"),
    ),
    passing(rules.resident_board_of_other_classification, "unknown", judged(resident_board="0007")),
    passing(rules.resident_board_of_other_classification, "none", judged()),
    # ---
    *[
        breaking(rules.resident_board_missing, code, granted(code))
        for code in ("620", "621", "622", "623")
    ],
    passing(rules.resident_board_missing, "given", granted("620", resident_board="0007")),
    passing(rules.resident_board_missing, "no such code", granted("600", "630")),
    passing(rules.resident_board_missing, "S.0099", unboarded(school=DISTANCE_LEARNING)),
    passing(rules.resident_board_missing, "S.1363", unboarded(school=OTHER_DISTANCE_LEARNING)),
    passing(
        rules.resident_board_missing,
        "francophone",
        unboarded(school=school(of=authority(classification="Francophone"))),
    ),
    *[
        passing(rules.resident_board_missing, f"type {code}", unboarded("121", code))
        for code in ("414", "415", "416", "501", "512", "521", "522", "523")
    ],
    *[
        breaking(rules.resident_board_missing, f"type {code}", unboarded(code))
        for code in ("413", "417", "500", "513", "520", "524")
    ],
]
