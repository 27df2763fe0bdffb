"""How deep the tests go that could go on for ever: generated requests, state machines, pictures.

Usually as deep as five minutes for all of them allow; with PASI_TESTS=thorough, as before a change
lands (.ci/run), deeper.
"""

import os

IS_THOROUGH = os.environ.get("PASI_TESTS") == "thorough"


def examples(thorough: int, usual: int) -> int:
    """How many examples to try."""
    return thorough if IS_THOROUGH else usual
