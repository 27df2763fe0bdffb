import datetime

import pytest

from pasi.province import write_province
from tests.province.reading import Province

TODAY = datetime.date(2026, 11, 22)
SEED = 7


@pytest.fixture(scope="session")
def small(tmp_path_factory) -> Province:
    """A province of 200: the fixed cast and 70 more."""
    directory = tmp_path_factory.mktemp("small")
    write_province(directory, 200, SEED, TODAY)
    return Province(directory, TODAY)


@pytest.fixture(scope="session")
def larger(tmp_path_factory) -> Province:
    """A province of 4,000, in which shares can be seen."""
    directory = tmp_path_factory.mktemp("larger")
    write_province(directory, 4000, SEED, TODAY)
    return Province(directory, TODAY)
