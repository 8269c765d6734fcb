"""The scales an episode can follow: those of the instruments of this installation, and of these the clinic's."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from pathlib import Path

from flask import current_app

from registry.clinics.queries import decisions_at
from registry.measures.catalogue import Catalogue, catalogue_at
from registry.measures.in_use import is_in_use
from registry.measures.instrument import Instrument


def instrument_folders() -> tuple[Path, ...]:
    """The folders that come with the program, and the clinic's own where there is one."""
    settings = current_app.config["SETTINGS"]
    own = settings.extra_instruments_folder
    return (*shipped_folders(settings.instruments_folder), *([] if own is None else [own]))


def shipped_folders(folder: Path) -> tuple[Path, ...]:
    """The instruments that come with the program, and beside them those a clinic may use only without profit."""
    pack = folder / "non-commercial"
    return (folder, pack) if pack.is_dir() else (folder,)


def catalogue() -> Catalogue:
    """Every instrument of the installation, the clinic's own files included, whoever uses it."""
    return catalogue_at(*instrument_folders())


def instruments_at(clinic_id: uuid.UUID, *, also: Collection[str] = ()) -> tuple[Instrument, ...]:
    """The instruments the clinic uses, in their latest version, by id; those named in ``also`` whatever it decided.

    One statement. What is stored of an instrument that is no longer used stays readable: see ``catalogue``.
    """
    decided = decisions_at(clinic_id)
    return tuple(each for each in catalogue() if each.id in also or is_in_use(each, decided.get(each.id)))
