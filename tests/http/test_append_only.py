"""The records of calls and reads can be added to, and nothing else."""

import pytest
from django.db import DatabaseError, connection, transaction

from audit.models import RecordRead, ServiceCall, ServiceResponse, SignIn
from pasi.http import new_message_id
from tests.http.conftest import post, request


@pytest.fixture
def rows(token):
    post(request("999999999"), token=token)
    RecordRead.objects.create(message_id=new_message_id(), path="/api/students/", count=0)
    SignIn.objects.create(message_id=new_message_id(), name="ann", outcome="Refused")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "model", [ServiceCall, ServiceResponse, RecordRead, SignIn], ids=lambda m: m.__name__
)
@pytest.mark.parametrize("how", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_append_only(rows, model, how):
    table, key = model._meta.db_table, model._meta.pk.column
    before = model.objects.count()
    assert before > 0
    with pytest.raises(DatabaseError, match="pgtrigger: Cannot"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(how.format(table, key, key))
    assert model.objects.count() == before


def test_a_recorded_call_cannot_be_saved_again(rows):
    call = ServiceCall.objects.latest("message_id")
    call.user_name = "Somebody else"
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        call.save()
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        ServiceResponse.objects.filter(call=call).delete()
    assert ServiceCall.objects.get(pk=call.pk).user_name == "Rita Clerk"
