"""The scales an episode can follow: those of the instruments of this installation."""

from __future__ import annotations

from pathlib import Path

from flask import current_app

from registry.measures.catalogue import Catalogue, catalogue_at


def instrument_folders() -> tuple[Path, ...]:
    """The folder that comes with the program, and the clinic's own where there is one."""
    settings = current_app.config["SETTINGS"]
    own = settings.extra_instruments_folder
    return (settings.instruments_folder,) if own is None else (settings.instruments_folder, own)


def catalogue() -> Catalogue:
    """Every instrument in use, the clinic's own files included."""
    return catalogue_at(*instrument_folders())
