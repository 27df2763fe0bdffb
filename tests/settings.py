"""The settings of the tests: the project's own, with an embedded server beside the demo's.

What is in it can be made again at any time, so it need not wait for the disk (see conftest). It
stays, with its migrated template, for the next run, until `make stop`.
"""

import os
from pathlib import Path

from pasi.database import var_directory

# Processes that a test starts inherit the changed value, and import this as well.
if "PASI_VAR_OF_TESTS" not in os.environ:
    _var = var_directory(Path(__file__).resolve().parent.parent) / "tests"
    os.environ["PASI_VAR"] = os.environ["PASI_VAR_OF_TESTS"] = str(_var)

from pasi.settings import *  # noqa: F403 (the directory is chosen before the server starts)
