"""Loading records from CSV files: all of them or none, as one recorded call."""

from pasi.importing.load import (
    ImportBusy,
    ImportRefused,
    ImportSummary,
    WrongDirectory,
    import_directory,
)

__all__ = ["ImportBusy", "ImportRefused", "ImportSummary", "WrongDirectory", "import_directory"]
