"""The scales an episode can follow: those of the instruments of this installation."""

from __future__ import annotations

from pathlib import Path

from flask import current_app

from registry.measures.catalogue import Catalogue, catalogue_at

_KEPT = "registry.episodes.catalogue"


def catalogue() -> Catalogue:
    """Every instrument in use, the clinic's own files included; read once per process."""
    kept: Catalogue | None = current_app.extensions.get(_KEPT)
    if kept is None:
        kept = Catalogue(instrument for folder in _folders() for instrument in catalogue_at(folder).versions())
        current_app.extensions[_KEPT] = kept
    return kept


def _folders() -> list[Path]:
    settings = current_app.config["SETTINGS"]
    return [folder for folder in (settings.instruments_folder, settings.extra_instruments_folder) if folder]
