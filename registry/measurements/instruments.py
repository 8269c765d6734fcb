"""The instruments this installation uses: its files, and what the database must know of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select

from registry import clock
from registry.audit.recorder import record
from registry.db.transaction import write
from registry.episodes.scales import catalogue, instrument_folders
from registry.extensions import db
from registry.measurements.models import InstrumentVersion, SafetyItem
from registry.measurements.wordings import wording_errors
from registry.measures.catalogue import catalogue_at, check_directory
from registry.measures.definition import DefinitionError
from registry.measures.instrument import Instrument

__all__ = [
    "ChangedInstrument",
    "DefinitionError",
    "catalogue",
    "definition_errors",
    "instrument_folders",
    "is_ready",
    "sync_instruments",
    "unknown_to_database",
]


class ChangedInstrument(RuntimeError):
    """The file of a version that has been used no longer says what it said then."""

    def __init__(self, instrument: Instrument) -> None:
        super().__init__(
            f"{instrument.id} version {instrument.version} is in use and its file was changed: "
            "put the file back and add the change as a new version"
        )
        self.instrument = instrument


def definition_errors() -> list[DefinitionError]:
    """Everything wrong with the instrument files, in the order of folders and files; then with their wordings."""
    folders = instrument_folders()
    errors = [error for folder in folders for error in check_directory(folder)]
    return errors or list(_defined_twice(folders)) or wording_errors()


def sync_instruments() -> tuple[str, ...]:
    """Tell the database of every instrument version, and of the answers that are safety signals.

    Idempotent. Returns what was new, as "phq-9 version 1".

    Raises:
        DefinitionError: a file cannot be used, or two define one version.
        ChangedInstrument: a version the database already knows has another file now.
    """
    for error in definition_errors():
        raise error
    instruments = list(catalogue().versions())
    with write():
        known = {(row.instrument, row.version): row for row in db.session.scalars(select(InstrumentVersion))}
        new = [each for each in instruments if (each.id, each.version) not in known]
        for instrument in instruments:
            row = known.get((instrument.id, instrument.version))
            if row is not None and row.content_hash != instrument.content_hash:
                raise ChangedInstrument(instrument)
        if not new:
            return ()
        now = clock.now()
        for instrument in new:
            db.session.add(
                InstrumentVersion(
                    instrument=instrument.id,
                    version=instrument.version,
                    content_hash=instrument.content_hash,
                    known_since=now,
                )
            )
        db.session.flush()
        db.session.add_all(_safety_items(new))
        names = tuple(f"{instrument.id} version {instrument.version}" for instrument in new)
        record("instruments.synced", by=None, kind="system", reason=", ".join(names))
    return names


def unknown_to_database() -> tuple[str, ...]:
    """Instrument versions with a file that ``sync_instruments`` has not told the database of yet."""
    known = {(row.instrument, row.version) for row in db.session.scalars(select(InstrumentVersion))}
    return tuple(
        f"{each.id} version {each.version}" for each in catalogue().versions() if (each.id, each.version) not in known
    )


def is_ready() -> str:
    """Readiness: what is wrong with the instruments, or nothing."""
    missing = unknown_to_database()
    return f"run flask instruments sync: {', '.join(missing)}" if missing else ""


def _defined_twice(folders: tuple[Path, ...]) -> Iterator[DefinitionError]:
    seen: dict[tuple[str, str], Path] = {}
    for folder in folders:
        for instrument in catalogue_at(folder).versions():
            first = seen.setdefault((instrument.id, instrument.version), folder)
            if first != folder:
                reason = f"{instrument.id} version {instrument.version} is defined in {first} as well"
                yield DefinitionError(folder, None, reason)


def _safety_items(instruments: list[Instrument]) -> Iterator[SafetyItem]:
    for instrument in instruments:
        for item in instrument.safety_items:
            if item.safety_positive_from is not None and item.alerts:
                yield SafetyItem(
                    instrument=instrument.id,
                    version=instrument.version,
                    item=item.id,
                    positive_from=item.safety_positive_from,
                    positive_to=item.safety_positive_to,
                )
