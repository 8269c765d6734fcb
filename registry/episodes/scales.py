"""The scales an episode can follow: those of the instruments of this installation."""

from __future__ import annotations

from pathlib import Path

from flask import current_app

from registry.measures.catalogue import Catalogue, catalogue_at


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
    """Every instrument in use, the clinic's own files included."""
    return catalogue_at(*instrument_folders())
