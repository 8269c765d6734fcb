"""The scales an episode can follow: those of the instruments of this installation, and of these the clinic's."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path

from flask import current_app

from registry.access.reading import Read, rows_of
from registry.clinics.queries import adopted_figures, decisions_at
from registry.measures.adoption import Adoptable, adopt_all
from registry.measures.catalogue import Catalogue, catalogue_at
from registry.measures.in_use import is_in_use
from registry.measures.instrument import Instrument
from registry.measures.scale import Scale


def instrument_folders() -> tuple[Path, ...]:
    """The folders that come with the program, and the clinic's own where there is one."""
    settings = current_app.config["SETTINGS"]
    return _folders(settings.instruments_folder, settings.extra_instruments_folder)


def shipped_folders(folder: Path) -> tuple[Path, ...]:
    """The instruments that come with the program, and beside them those a clinic may use only without profit."""
    pack = folder / "non-commercial"
    return (folder, pack) if pack.is_dir() else (folder,)


def catalogue() -> Catalogue:
    """Every instrument of the installation, the clinic's own files included, whoever uses it."""
    settings = current_app.config["SETTINGS"]
    return _catalogue(settings.instruments_folder, settings.extra_instruments_folder)


def instruments_at(clinic_id: uuid.UUID, *, also: Collection[str] = ()) -> tuple[Instrument, ...]:
    """The instruments the clinic uses, in their latest version, by id; those named in ``also`` whatever it decided.

    Each as the clinic reads it. Two statements. What is stored of an instrument that is no longer used stays
    readable: see ``catalogue``.
    """
    decided, read = decisions_at(clinic_id), scales_in_force().at(clinic_id)
    return tuple(read.of(each) for each in catalogue() if each.id in also or is_in_use(each, decided.get(each.id)))


@dataclass(frozen=True, slots=True)
class ClinicScales:
    """The scales as one clinic reads them: the numbers its psychiatrist signed for are in force."""

    adopted: frozenset[Adoptable] = frozenset()

    def scale(self, key: str) -> Scale:
        """The scale called ``key``, such as "phq-9:total", in its latest version. Raises UnknownScale."""
        if not self.adopted:
            return catalogue().scale(key)
        instrument = catalogue().instrument_of(key)
        return self.of(instrument).scale(key.partition(":")[2])

    def of(self, instrument: Instrument) -> Instrument:
        """The instrument as the clinic reads it; another version than the one signed for is read as it ships."""
        own = frozenset(
            each
            for each in self.adopted
            if each.version == instrument.version and each.scale.partition(":")[0] == instrument.id
        )
        return _as_read(instrument, own) if own else instrument


@dataclass(frozen=True, slots=True)
class ScalesInForce:
    """The scales as each clinic reads them, read once for one look at people."""

    _adopted: Mapping[uuid.UUID, frozenset[Adoptable]] = field(default_factory=dict)
    _signed_at: Mapping[uuid.UUID, Mapping[Adoptable, datetime]] = field(default_factory=dict)

    def at(self, clinic_id: uuid.UUID) -> ClinicScales:
        return ClinicScales(self._adopted.get(clinic_id, frozenset()))

    def is_signed_at(self, clinic_id: uuid.UUID) -> bool:
        """Whether the clinic put any number into force."""
        return bool(self._signed_at) and clinic_id in self._signed_at

    def signed_at(self, clinic_id: uuid.UUID, number: Adoptable) -> datetime | None:
        """When the clinic put the number into force; None where it is in force as shipped, or nowhere."""
        return self._signed_at.get(clinic_id, {}).get(number)


def scales_in_force(read: Read = rows_of) -> ScalesInForce:
    """One statement."""
    signed_at = adopted_figures(read)
    return ScalesInForce({clinic_id: frozenset(own) for clinic_id, own in signed_at.items()}, signed_at)


@cache
def _folders(shipped: Path, own: Path | None) -> tuple[Path, ...]:
    """Looked for once per process, like what is in them."""
    return (*shipped_folders(shipped), *([] if own is None else [own]))


@cache
def _catalogue(shipped: Path, own: Path | None) -> Catalogue:
    """Asked for some forty times a person when alerts are reconciled: to ask the disk each time took a sixth of it."""
    return catalogue_at(*_folders(shipped, own))


@lru_cache(maxsize=256)
def _as_read(instrument: Instrument, adopted: frozenset[Adoptable]) -> Instrument:
    """Made once for each set of numbers, so that what is kept by instrument elsewhere is found again."""
    return adopt_all(instrument, adopted)
