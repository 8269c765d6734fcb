"""The wordings of this installation: a clinic's licensed texts and translations, in ``wordings`` of its folder."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from registry.episodes.scales import catalogue, instrument_folders
from registry.measures.catalogue import Catalogue
from registry.measures.definition import DefinitionError
from registry.measures.instrument import Instrument
from registry.measures.wording import FOLDER, Wording, read_wordings, worded


def wording_errors() -> list[DefinitionError]:
    """Everything wrong with the wordings, in the order of folders and files."""
    return [error for folder in instrument_folders() for error in read_wordings(folder / FOLDER, catalogue())[1]]


def wordings_of(instrument: Instrument) -> tuple[Wording, ...]:
    """The wordings of this version, by language."""
    found = _wordings(catalogue(), instrument_folders())
    return tuple(each for each in found if (each.instrument, each.version) == (instrument.id, instrument.version))


def in_words(instrument: Instrument, language: str) -> Instrument:
    """The instrument in the words of ``language``, where there is such a wording; else as its file has it."""
    wording = wording_in(instrument, language)
    return instrument if wording is None else _worded(instrument, wording.language, instrument_folders())


def in_own_words(instrument: Instrument) -> Instrument:
    """The instrument as the team reads it: in its first language, in the clinic's licensed text where there is one."""
    return in_words(instrument, instrument.languages[0])


def wording_in(instrument: Instrument, language: str) -> Wording | None:
    """The wording of this version in ``language``."""
    return next((each for each in wordings_of(instrument) if each.language == language), None)


@cache
def _wordings(known: Catalogue, folders: tuple[Path, ...]) -> tuple[Wording, ...]:
    """Read once per process, like the instruments; of two for one language the later folder's."""
    found = {
        (each.instrument, each.version, each.language): each
        for folder in folders
        for each in read_wordings(folder / FOLDER, known)[0]
    }
    return tuple(sorted(found.values(), key=lambda each: (each.instrument, each.version, each.language)))


@cache
def _worded(instrument: Instrument, language: str, folders: tuple[Path, ...]) -> Instrument:
    """One object for one wording, so that what is built from it is built once."""
    wording = next(
        each
        for each in _wordings(catalogue(), folders)
        if (each.instrument, each.version, each.language) == (instrument.id, instrument.version, language)
    )
    return worded(instrument, wording)
