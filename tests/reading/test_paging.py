"""Lists page by page: every record once, in order, forwards and backwards."""

import pytest

from pasi.models import Code
from tests.province_builder import make_student, set_up
from tests.reading.schema import check


def walk(caller, url: str, link: str = "next") -> tuple[list[list], str]:
    """The results of every page from `url` on, following `link`; and the address of the last."""
    pages = []
    while True:
        response = caller.get(url)
        assert response.status_code == 200, response.content
        check("/api/" + url.split("/api/")[1].split("?")[0], response)
        pages.append(response.json()["results"])
        if response.json()[link] is None:
            return pages, url
        url = response.json()[link]


@pytest.fixture
def students(db):
    with set_up():
        for number in (3, 1, 5, 2, 4):
            make_student(f"10000000{number}", last_name="Byron" if number != 2 else "Hopper")


def numbers(pages):
    return [[int(row["StateProvinceId"][-1]) for row in page] for page in pages]


def flat(pages):
    return [row for page in pages for row in page]


def test_forwards_and_back(ministry, students):
    forwards, last = walk(ministry, "/api/students/?PageSize=2")
    assert numbers(forwards) == [[1, 2], [3, 4], [5]]
    back, _first = walk(ministry, last, "previous")
    assert numbers(back) == [[5], [3, 4], [1, 2]]


def test_a_full_last_page_has_no_next(ministry, students):
    pages, _last = walk(ministry, "/api/students/?PageSize=5")
    assert numbers(pages) == [[1, 2, 3, 4, 5]]


def test_links_are_whole_addresses_and_keep_the_filters(ministry, students):
    body = ministry.get("/api/students/?LastName=byron&PageSize=2").json()
    assert body["previous"] is None
    assert body["next"].startswith("http://testserver/api/students/?")
    pages, _last = walk(ministry, body["next"])
    assert numbers(pages) == [[4, 5]]


def test_a_page_begins_where_the_last_one_ended_even_if_records_come_and_go(ministry, students):
    following = ministry.get("/api/students/?PageSize=2").json()["next"]
    with set_up():
        make_student("100000000")
    pages, _last = walk(ministry, following)
    assert numbers(pages) == [[3, 4], [5]]


def test_a_page_beyond_the_end_is_empty(ministry, students):
    last = ministry.get("/api/students/?PageSize=4").json()["next"]
    url = last + "&StateProvinceId=100000001"
    assert ministry.get(url).json() == {"next": None, "previous": None, "results": []}


def test_a_key_of_two_fields(ministry):
    pages, last = walk(ministry, "/api/codes/?PageSize=7")
    shown = [(row["CodeType"], row["Code"]) for row in flat(pages)]
    stored = Code.objects.order_by("code_type", "code")
    assert shown == list(stored.values_list("code_type", "code"))
    back, _first = walk(ministry, last, "previous")
    assert back[::-1] == pages


def test_newest_first_goes_back_as_well(ministry, students):
    pages, last = walk(ministry, "/api/service-calls/?PageSize=1")
    ids = [row["MessageId"] for row in flat(pages)]
    assert len(ids) > 2 and ids == sorted(ids, reverse=True)
    back, _first = walk(ministry, last, "previous")
    assert back[::-1] == pages


def test_a_list_in_memory(ministry):
    whole = ministry.results("/api/rules/", {"PageSize": "500"})
    pages, last = walk(ministry, "/api/rules/?PageSize=5")
    assert flat(pages) == whole
    back, _first = walk(ministry, last, "previous")
    assert back[::-1] == pages
    processors, _last = walk(ministry, "/api/processors/?PageSize=3")
    assert [len(page) for page in processors] == [3, 2]


def test_a_page_has_a_hundred_results_unless_told(ministry):
    with set_up():
        for _ in range(101):
            make_student()
    assert len(ministry.results("/api/students/")) == 100
    assert len(ministry.results("/api/students/", {"PageSize": "500"})) == 101
