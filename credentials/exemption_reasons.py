"""For which reasons a requirement can be lifted, who may ask for it and who may approve.

The table: eligibility/data/exemption_reasons.csv. A requirement without reasons cannot be lifted.
"""

from credentials.eligibility.definition_files import definitions
from credentials.eligibility.definitions import ExemptionReason

# requirement -> reason code -> the row
REASONS: dict[str, dict[str, ExemptionReason]] = {
    requirement: {row.reason: row for row in rows}
    for requirement, rows in definitions().exemption_reasons.items()
}
