"""What loads one kind of file."""

from abc import ABC, abstractmethod

from pasi.importing.reader import CellError, Chunk
from pasi.importing.session import ImportSession


class Loader(ABC):
    """Takes the rows of one file, judges what a cell alone does not show, and writes them."""

    def __init__(self, session: ImportSession) -> None:
        self.session = session

    @abstractmethod
    def load(self, chunk: Chunk) -> None:
        """Write the rows of `chunk`, all of which could be read; refuse those that will not do."""

    def finish(self) -> list[CellError]:
        """Do what can be done only when the whole file has been read; the errors found."""
        return []

    def conclude(self) -> None:  # noqa: B027 - most loaders have nothing to conclude
        """Do what a rollback would not undo: all files are loaded, without an error, for good."""
