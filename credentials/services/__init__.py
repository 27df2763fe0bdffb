"""The published operations on credentials, one module each."""

from credentials.services.submit_awarding_multiple import SubmitCredentialAwardingMultiple

SERVICES = (SubmitCredentialAwardingMultiple,)
