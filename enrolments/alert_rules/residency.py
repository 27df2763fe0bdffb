"""Alert rules about the resident board of an enrolment."""

from django.utils.translation import gettext_lazy as _

from enrolments.alert_rules.grants import CODES_620_TO_623
from enrolments.facts import SchoolEnrolmentFacts
from pasi.rules import warning
from students.rules.sources import KNOWLEDGE_BASE

# Enrolment types that need no resident board with 620 to 623. Source: PASI knowledge base.
TYPES_WITHOUT_BOARD = frozenset(
    {
        *("414", "415", "416"),
        *(str(code) for code in range(501, 513)),
        *("521", "522", "523"),
    }
)
RESIDENT_BOARD_CLASSIFICATIONS = frozenset({"Public", "Separate"})


@warning(
    "10068",
    _("Unknown Resident Board"),
    _("Resident board unknown. {ResidentBoard} is not an active authority."),
    source=KNOWLEDGE_BASE + "; title ours",
)
def unknown_resident_board(facts: SchoolEnrolmentFacts):
    """The resident board is not a known authority, or is not active from the start date to the
    exit date, both included.
    """
    own = facts.enrolment
    if not own.resident_board:
        return
    board = facts.resident_boards.get(own.resident_board)
    if board is None or not board.is_active_throughout(own.start_date, own.exit_date):
        yield {"ResidentBoard": own.resident_board}


@warning(
    "10124",
    _("Resident Board Classification"),
    _(
        "Resident board not allowed. {ResidentBoard} is {SchoolAuthorityClassification}, not "
        "public or separate."
    ),
    source=KNOWLEDGE_BASE + "; title ours; first school year not public",
)
def resident_board_of_other_classification(facts: SchoolEnrolmentFacts):
    """The resident board is neither a public nor a separate authority. Classifications are kept
    as they are today. An unknown authority is 10068's.
    """
    board = facts.resident_boards.get(facts.enrolment.resident_board)
    if board is not None and board.classification not in RESIDENT_BOARD_CLASSIFICATIONS:
        yield {
            "ResidentBoard": facts.enrolment.resident_board,
            "SchoolAuthorityClassification": board.classification,
        }


@warning(
    "10136",
    _("Missing Resident Board (620-623)"),
    _("Resident board missing. Codes 620 to 623 need one."),
    source=KNOWLEDGE_BASE + "; title ours; first school year not public",
)
def resident_board_missing(facts: SchoolEnrolmentFacts):
    """One of 620 to 623 without a resident board. Not for the distance-learning schools, schools
    of francophone authorities, nor with code 414-416, 501-512 or 521-523.
    """
    own = facts.enrolment
    if (
        own.has_grant(*CODES_620_TO_623)
        and not own.resident_board
        and not own.is_distance_learning
        and own.authority.classification != "Francophone"
        and not own.has_type(*TYPES_WITHOUT_BOARD)
    ):
        yield {}
