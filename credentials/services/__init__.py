"""The published operations on credentials, one module each."""

from credentials.services.submit_awarding_multiple import SubmitCredentialAwardingMultiple
from credentials.services.submit_awarding_single import SubmitCredentialAwardingSingle
from credentials.services.submit_delete_reason import SubmitCredentialDeleteReason
from credentials.services.submit_document_order import SubmitDocumentOrder
from credentials.services.submit_document_order_status import SubmitDocumentOrderStatus
from credentials.services.submit_legacy_number import SubmitCredentialLegacyNumber
from credentials.services.submit_re_issue import SubmitCredentialReIssue
from credentials.services.submit_requirement_achievement import (
    SubmitCredentialRequirementAchievement,
)
from credentials.services.submit_requirement_exemption import SubmitCredentialRequirementExemption

SERVICES = (
    SubmitCredentialAwardingMultiple,
    SubmitCredentialAwardingSingle,
    SubmitCredentialReIssue,
    SubmitCredentialDeleteReason,
    SubmitCredentialLegacyNumber,
    SubmitCredentialRequirementAchievement,
    SubmitCredentialRequirementExemption,
    SubmitDocumentOrder,
    SubmitDocumentOrderStatus,
)
