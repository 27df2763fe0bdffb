"""Importing a directory: every file it has, in one call and one transaction, or nothing at all."""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from audit.models import ServiceCall
from pasi import bulk, caller_info
from pasi.faults import Fault, Problem, fault_of_database_error
from pasi.garbage import no_garbage_collection
from pasi.importing.files import FILES, ImportFile
from pasi.importing.loader import Loader
from pasi.importing.reader import Chunk, CsvFile, Errors
from pasi.importing.session import ImportSession, code_values
from pasi.progress import Progress
from pasi.services import Caller, recorded_call

OPERATION = ServiceCall.IMPORT_RECORDS
DRY_RUN_OPERATION = f"{OPERATION} (dry run)"


class WrongDirectory(ValueError):
    """The directory is none, has no file to import, or has a CSV file that is not known."""


class ImportBusy(Fault):
    """Another import is going on in this database."""

    def __init__(self) -> None:
        super().__init__("4001")
        self.detail = _("Another import is going on. Wait until it has ended.")


class ImportRefused(Fault):
    """Something in the files is wrong; nothing was loaded."""

    def __init__(self, errors: Errors) -> None:
        self.errors = errors
        super().__init__(
            "3001",
            problems=[
                Problem(f"{error.file}:{error.line}: {error.column}", error.problem)
                for error in errors.first()
            ],
        )


@dataclass
class ImportSummary:
    """What an import did. A dry run counts the rows it would have loaded."""

    call: UUID
    is_dry_run: bool
    rows: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    history_and_trigger_seconds: float = 0.0

    @property
    def total(self) -> int:
        return sum(self.rows.values())


def files_in(directory: Path) -> list[tuple[ImportFile, Path]]:
    """The files of a directory that can be imported, in the order of loading.

    Raises WrongDirectory. Files that are not CSV are passed over.
    """
    if not directory.is_dir():
        raise WrongDirectory(_("{directory} is not a directory.").format(directory=directory))
    known = {file.name: file for file in FILES}
    present = {path.name: path for path in directory.iterdir() if path.suffix.lower() == ".csv"}
    unknown = sorted(set(present).difference(known))
    if unknown:
        raise WrongDirectory(
            _("{directory} has files that are not known: {unknown}. Known are: {known}.").format(
                directory=directory, unknown=", ".join(unknown), known=", ".join(known)
            )
        )
    if not present:
        raise WrongDirectory(
            _("{directory} has nothing to import. Known files are: {known}.").format(
                directory=directory, known=", ".join(known)
            )
        )
    return [(file, present[name]) for name, file in known.items() if name in present]


def import_directory(
    directory: Path,
    *,
    operator: str,
    dry_run: bool = False,
    calculate: bool = False,
    progress: bool = True,
) -> ImportSummary:
    """Load the CSV files of `directory`, on behalf of the person `operator`.

    `calculate`: hand the students over to the eligibility calculator, imported statuses included.

    All or nothing: with a single error nothing is kept but the record of the call. Raises
    WrongDirectory, ImportBusy, ImportRefused (with every error) or another Fault, when the
    database got in the way (say, a record that somebody else made meanwhile).
    """
    started = time.perf_counter()
    files = files_in(directory)
    caller = caller_info.in_process(
        product="manage.py import_records",
        user_name=operator,
        local_id=f"uid {os.getuid()}",
        address="127.0.0.1",
    )
    body = {
        "CallerInfo": caller,
        "Directory": directory.resolve().name,
        "Calculate": calculate,
        "Files": [{"Name": path.name, "Bytes": path.stat().st_size} for _file, path in files],
    }
    with no_garbage_collection():
        summary = _import(files, body, dry_run=dry_run, progress=progress)
    if not dry_run:
        # The planner must know the new tables before the next query, not a minute later.
        bulk.analyze()
    summary.seconds = time.perf_counter() - started
    return summary


def _import(
    files: list[tuple[ImportFile, Path]], body: dict[str, Any], *, dry_run: bool, progress: bool
) -> ImportSummary:
    operation = DRY_RUN_OPERATION if dry_run else OPERATION
    with recorded_call(operation, Caller(ServiceCall.Door.COMMAND), body) as call:
        if not bulk.try_import_lock():
            raise ImportBusy
        session = ImportSession(call.message_id, is_dry_run=dry_run, calculates=body["Calculate"])
        summary = ImportSummary(call.message_id, dry_run)
        size = sum(path.stat().st_size for _file, path in files)
        bar = Progress(_("Importing"), size // 1000, unit="kB") if progress else nullcontext()
        advance = bar.advance if progress else _say_nothing
        try:
            with bar, transaction.atomic():
                with bulk.references_checked_at_once():
                    loaders = [_load(file, path, session, summary, advance) for file, path in files]
                    if session.errors:
                        raise ImportRefused(session.errors)
                    session.finish_students()
                    session.have_transcripts_calculated()
                if dry_run:
                    transaction.set_rollback(True)
                else:
                    for loader in loaders:
                        loader.conclude()
        except DatabaseError as error:
            raise fault_of_database_error(error) or error from error
        summary.history_and_trigger_seconds = session.history_and_trigger_seconds
    return summary


def _load(
    file: ImportFile,
    path: Path,
    session: ImportSession,
    summary: ImportSummary,
    advance: Callable[[int], None],
) -> Loader:
    """Load one file, chunk by chunk, going on after errors to find the others."""
    loader = file.loader(session)
    source = CsvFile(path, file.columns, code_values(file.columns), key=file.key)
    summary.rows[file.name] = 0
    done = 0
    for chunk in _read_ahead(source.chunks()):
        summary.rows[file.name] += len(chunk)
        chunk.keep_good()
        loader.load(chunk)
        session.errors.add(sorted(chunk.errors, key=lambda error: error.line))
        advance(source.bytes_read // 1000 - done)
        done = source.bytes_read // 1000
    session.errors.add([*loader.finish(), *source.errors])
    if file.key and not source.is_whole:
        # All that refers to rows not even read would be reported as well.
        raise ImportRefused(session.errors)
    return loader


def _read_ahead(chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """Read the next chunk in a thread while the database works on the one before."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        coming = thread.submit(next, chunks, None)
        while (chunk := coming.result()) is not None:
            coming = thread.submit(next, chunks, None)
            yield chunk


def _say_nothing(_done: int) -> None:
    pass
