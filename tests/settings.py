"""The settings of the tests: the project's own, with an embedded server beside the demo's.

What is in it can be made again at any time, so it need not wait for the disk (see conftest). It
stays, with its migrated template, for the next run, until `make stop`.
"""

import os
from pathlib import Path

from pasi.database import var_directory

OF_TESTS = "tests"

# Processes that a test starts inherit the changed value, and import this as well.
_var = var_directory(Path(__file__).resolve().parent.parent)
if _var.name != OF_TESTS:
    os.environ["PASI_VAR"] = str(_var / OF_TESTS)

from pasi.settings import *  # noqa: E402, F403 (the directory is chosen before the server starts)
