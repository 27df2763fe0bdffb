"""The published operations on credentials, one module each."""

from credentials.services.submit_awarding_multiple import SubmitCredentialAwardingMultiple
from credentials.services.submit_document_order import SubmitDocumentOrder
from credentials.services.submit_document_order_status import SubmitDocumentOrderStatus
from credentials.services.submit_requirement_achievement import (
    SubmitCredentialRequirementAchievement,
)

SERVICES = (
    SubmitCredentialAwardingMultiple,
    SubmitCredentialRequirementAchievement,
    SubmitDocumentOrder,
    SubmitDocumentOrderStatus,
)
