"""The dialogue about students who seem to exist, as each kind of caller has it (11401-11405)."""

import pytest

from students.models import Student
from tests.province_builder import make_student, set_up
from tests.students import bodies
from tests.students.calls import applied, version_of


def body(first="John", last="Doe", *, middle="", birth_date="2012-05-17", acknowledge=()):
    return bodies.create_student_minimal(
        IdentificationRecord={
            "BirthDate": birth_date,
            "DocumentType": "AlbertaBirthCertificate",
            "FirstName": first,
            "MiddleName": middle,
            "IsNameExact": True,
            "LastName": last,
        },
        AcknowledgeSimilarStateProvinceIdList=list(acknowledge),
    )


def rejections(caller, sent) -> dict[str, str]:
    response = caller.post("CreateStudent", sent)
    assert response.status_code == 422, response.content
    return {each["Code"]: each["Description"] for each in response.json()["Rejections"]}


@pytest.fixture
def john(school1) -> str:
    return school1.create(body("John", "Doe", middle="Adam"))


# --- Normal access ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last"),
    [("John", "Doe"), ("JOHN", "doe"), ("Jöhn", "D'oe"), ("Jo-hn", "Doe."), ("John", "DOE")],
)
def test_the_same_name_and_birth_date_is_asked_about(school2, john, first, last):
    found = rejections(school2, body(first, last, middle="Bert"))
    assert list(found) == ["11401"]
    assert john in found["11401"]


@pytest.mark.parametrize(
    "other",
    [
        body("Jon", "Doe"),
        body("Johnny", "Doe"),
        body("Doe", "John"),
        body("John", "Doe", birth_date="2012-05-18"),
        body("John", "Dow"),
    ],
    ids=["typing", "nickname", "swapped", "birth date", "last name"],
)
def test_what_is_less_than_the_same_does_not_hinder(school2, john, other):
    applied(school2.post("CreateStudent", other))


def test_who_acknowledges_all_of_them_may_create(school2, john):
    sent = body(middle="Bert", acknowledge=[john])
    second = applied(school2.post("CreateStudent", sent))["Id"]
    third = body(middle="Carl", acknowledge=[john])
    found = rejections(school2, third)
    assert list(found) == ["11401"]
    assert second in found["11401"] and john not in found["11401"]
    third = body(middle="Carl", acknowledge=[john, second])
    applied(school2.post("CreateStudent", third))
    assert Student.objects.count() == 3


def test_acknowledging_takes_hyphens_and_strangers(school2, john):
    written = f"{john[:4]}-{john[4:8]}-{john[8]}"
    acknowledged = [written, "999999999", "what", ""]
    applied(school2.post("CreateStudent", body(middle="Bert", acknowledge=acknowledged)))


@pytest.mark.parametrize("middle", ["", "Adam", "ADAM"])
def test_an_exact_duplicate_is_not_for_schools_to_create(school2, john, middle):
    for acknowledge in ([], [john]):
        found = rejections(school2, body(middle=middle, acknowledge=acknowledge))
        assert list(found) == (["11404"] if acknowledge else ["11401", "11404"])
        assert john in found["11404"]


def test_accents_make_similar_not_exact(school2, john):
    assert list(rejections(school2, body("Jóhn", middle="Adam"))) == ["11401"]


def test_the_ministry_may_create_an_exact_duplicate_it_acknowledges(ministry, john):
    assert list(rejections(ministry, body(middle="Adam"))) == ["11401", "11404"]
    applied(ministry.post("CreateStudent", body(middle="Adam", acknowledge=[john])))


def test_an_alias_does_not_count(school1, school2):
    sent = body("Mary", "Miller")
    sent["PersonalInfo"]["Alias"] = {"FirstName": "May", "LastName": "Mills", "RefId": 0}
    school1.create(sent)
    applied(school2.post("CreateStudent", body("May", "Mills")))


def test_a_former_legal_name_counts_until_it_is_deleted(school1, school2, ministry):
    record = body("Mary", "Miller")["IdentificationRecord"]
    asn = school1.create(body("Mary", "Miller"))
    former = Student.objects.get(asn=asn).legal_name_id
    for name in ("Roy", "Smith"):
        change = bodies.identification_minimal(
            StateProvinceId=asn,
            PASICoreVersion=version_of(asn),
            IdentificationRecord={**record, "LastName": name},
        )
        applied(school1.post("SubmitIdentificationInformation", change))
    for name in ("Miller", "Roy", "Smith"):
        assert list(rejections(school2, body("Mary", name))) == ["11401", "11404"]
    roy = Student.objects.get(asn=asn).names.get(last_name="Roy")
    school1.submit_name(asn, ref_id=roy.pk, DeleteName=True)
    applied(school2.post("CreateStudent", body("Mary", "Roy")))
    # The original name stays for ever.
    assert school1.refused("SubmitName", school1.name(asn, ref_id=former, DeleteName=True)) == [
        "11216"
    ]


def test_deactivated_students_are_no_candidates_secondary_ones_bring_their_primary(school2):
    from datetime import date

    born = {"birth_date": date(2012, 5, 17), "first_name": "Ann", "last_name": "Lee"}
    with set_up():
        make_student("100000009", is_deactivated=True, **born)
    applied(school2.post("CreateStudent", body("Ann", "Lee")))
    with set_up():
        primary = make_student("100000017", first_name="Anna", last_name="Leigh")
        make_student("100000025", primary=primary, **{**born, "first_name": "Beth"})
    found = rejections(school2, body("Beth", "Lee"))
    assert list(found) == ["11401", "11404"]
    assert "100000017" in found["11401"] and "100000025" in found["11401"]


# --- Limited access -----------------------------------------------------------------------------


def test_limited_access_learns_no_number(limited, john):
    for middle, codes in (("Bert", ["11403"]), ("Adam", ["11403", "11405"])):
        found = rejections(limited, body(middle=middle))
        assert list(found) == codes
        assert john not in str(found)


def test_limited_access_may_not_acknowledge(limited, john):
    found = rejections(limited, body("Nobody", "Else", acknowledge=[john]))
    assert list(found) == ["11402"]
    found = rejections(limited, body(middle="Adam", acknowledge=[john]))
    assert list(found) == ["11402", "11403", "11405"]
    assert john not in str(found)


def test_limited_access_creates_who_is_new(limited):
    applied(limited.post("CreateStudent", body("Nobody", "Else")))


def test_exactly_the_numbers_that_were_told_are_recorded(limited, school2, john):
    from audit.models import ServiceResponse

    refused_before = body(middle="Bert")
    refused_before["IdentificationRecord"]["LastName"] = "Doe."
    refused_before["PersonalInfo"]["Gender"] = "F"
    refused_before["IdentificationRecord"]["DocumentType"] = "StudentDocumentVerified"
    for caller, sent, recorded in (
        (limited, body(middle="Bert"), []),
        (school2, body(middle="Bert"), [john]),
        (school2, refused_before, []),  # 12006: duplicates were not judged
    ):
        response = caller.post("CreateStudent", sent)
        answer = ServiceResponse.objects.get(pk=response.headers["PASI-Message-Id"])
        assert answer.outcome == "Rejected"
        assert answer.state_province_ids == recorded
