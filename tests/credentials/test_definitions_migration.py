"""The migrations of the definitions can be taken back, and made again."""

from django.core.management import call_command
from django.db import transaction

from credentials.definition_models import Credential, CreditCap
from credentials.definitions import check
from credentials.eligibility import definition_files


def test_the_migrations_can_be_taken_back(committed_database):
    call_command("migrate", "credentials", "0010", verbosity=0)
    call_command("migrate", verbosity=0)
    assert Credential.objects.count() == len(definition_files.tables().credentials)
    assert CreditCap.objects.count() == len(definition_files.tables().credit_caps)
    with transaction.atomic():
        check()
