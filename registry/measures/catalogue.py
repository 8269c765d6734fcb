"""Every instrument in use, by id and version."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from registry.measures.definition import DefinitionError, errors_in, load
from registry.measures.instrument import Instrument, SafetyItem
from registry.measures.scale import Scale


class UnknownInstrument(LookupError):
    """No instrument of that id and version is in the catalogue."""


class UnknownScale(LookupError):
    """No instrument has a scale of that key."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A scale as it is looked up by its key."""

    instrument: Instrument
    scale: Scale
    domain: str
    label: str


class Catalogue:
    """The instruments of one directory. Iterating gives the latest version of each, by id."""

    def __init__(self, instruments: Iterable[Instrument]) -> None:
        self._by_id: dict[str, dict[str, Instrument]] = {}
        for instrument in sorted(instruments, key=lambda each: (each.id, int(each.version))):
            self._by_id.setdefault(instrument.id, {})[instrument.version] = instrument

    @classmethod
    def from_directory(cls, path: Path) -> "Catalogue":
        """Every ``*.toml`` under ``path``, not looking into folders.

        Raises:
            DefinitionError: the first file that cannot be used, or two files for one version.
        """
        errors = check_directory(path)
        if errors:
            raise errors[0]
        return cls(load(file) for file in _files(path))

    def __iter__(self) -> Iterator[Instrument]:
        return iter(self._latest)

    @cached_property
    def _latest(self) -> tuple[Instrument, ...]:
        return tuple(self.get(instrument_id) for instrument_id in self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, instrument_id: object) -> bool:
        return instrument_id in self._by_id

    def get(self, instrument_id: str, version: str | None = None) -> Instrument:
        """One instrument, in its latest version unless named. Raises UnknownInstrument."""
        versions = self._by_id.get(instrument_id, {})
        if version is None:
            version = next(reversed(versions), None)
            if version is None:
                raise UnknownInstrument(instrument_id)
        if version not in versions:
            raise UnknownInstrument(f"{instrument_id} version {version}")
        return versions[version]

    def versions(self) -> Iterator[Instrument]:
        """Every version of every instrument, by id, oldest first."""
        return (instrument for versions in self._by_id.values() for instrument in versions.values())

    def instrument_of(self, scale_key: str) -> Instrument:
        """The latest instrument that has the scale called ``scale_key``, such as "phq-9:total". Raises UnknownScale."""
        return self._entry(scale_key).instrument

    def scale(self, scale_key: str) -> Scale:
        """The scale called ``scale_key``, such as "phq-9:total", in its latest version. Raises UnknownScale."""
        return self._entry(scale_key).scale

    def domain_of(self, scale_key: str) -> str:
        """What a scale is about. Raises UnknownScale."""
        return self._entry(scale_key).domain

    def label_of(self, scale_key: str) -> str:
        """What people call a scale: "PHQ-9", "BPRS-18 positive symptoms". Raises UnknownScale."""
        return self._entry(scale_key).label

    def scale_keys(self) -> tuple[str, ...]:
        """The key of every scale of every instrument's latest version."""
        return tuple(self._entries)

    def _entry(self, scale_key: str) -> "_Entry":
        try:
            return self._entries[scale_key]
        except KeyError:
            raise UnknownScale(scale_key) from None

    @cached_property
    def _entries(self) -> Mapping[str, "_Entry"]:
        return {
            each.scale_key(scale): _Entry(each, scale, each.domain_of(scale), each.label_of(scale))
            for each in self
            for scale in each.scales
        }

    @cached_property
    def circumstances(self) -> Mapping[str, tuple[Instrument, Scale]]:
        """The scales that say how somebody lives, by key."""
        return {
            instrument.scale_key(scale): (instrument, scale)
            for instrument in self
            for scale in instrument.scales
            if scale.is_circumstance
        }

    @cached_property
    def psychosis_instruments(self) -> tuple[str, ...]:
        """The ids of the instruments with ratings by which psychosis is judged, in any version."""
        return tuple(sorted({each.id for each in self.versions() if each.psychosis is not None}))

    @cached_property
    def safety_instruments(self) -> tuple[str, ...]:
        """The ids of the instruments that ask about safety, in any version."""
        return tuple(sorted({each.id for each in self.versions() if each.safety_items}))

    @cached_property
    def danger_instruments(self) -> tuple[str, ...]:
        """Those, and the ids of the instruments with a score that is a danger, in any version."""
        scored = {each.id for each in self.versions() if each.has_danger_scale}
        return tuple(sorted({*self.safety_instruments, *scored}))

    @cached_property
    def dangers_to_sign_for(self) -> frozenset[str]:
        """Of those, the ids of the instruments with a number that does not alert as it ships: each clinic reads it."""
        return frozenset(
            each.id
            for each in self.versions()
            if any(not item.alerts for item in each.safety_items)
            or any(scale.danger is not None and scale.cutoff_in_force is None for scale in each.scales)
        )

    @cached_property
    def number_scales(self) -> Mapping[str, frozenset[str]]:
        """Domain → the keys of its scales with numbers."""
        found: dict[str, set[str]] = defaultdict(set)
        for instrument in self:
            for scale in instrument.scales:
                if scale.has_total:
                    found[instrument.domain_of(scale)].add(instrument.scale_key(scale))
        return {domain: frozenset(keys) for domain, keys in found.items()}

    def safety_items(self) -> tuple[SafetyItem, ...]:
        """Every item of every version that alerts whichever clinic asks it: old answers keep their meaning."""
        return tuple(
            SafetyItem(instrument.id, instrument.version, item.id, item.safety_positive_from, item.safety_positive_to)
            for instrument in self.versions()
            for item in instrument.safety_items
            if item.safety_positive_from is not None and item.alerts
        )


@cache
def catalogue_at(*folders: Path) -> Catalogue:
    """The catalogue of ``folders`` together, read once per process: instruments change with a restart."""
    return Catalogue(instrument for folder in folders for instrument in Catalogue.from_directory(folder).versions())


def check_directory(path: Path) -> list[DefinitionError]:
    """Everything wrong with the instrument files under ``path``; an empty list where all can be used."""
    if not path.is_dir():
        return [DefinitionError(path, None, "is not a directory")]
    errors: list[DefinitionError] = []
    seen: dict[tuple[str, str], Path] = {}
    for file in _files(path):
        found = errors_in(file)
        errors += found
        if found:
            continue
        instrument = load(file)
        first = seen.setdefault((instrument.id, instrument.version), file)
        if first != file:
            errors.append(DefinitionError(file, None, f"defines the same version as {first.name}"))
    return errors


def _files(path: Path) -> list[Path]:
    return sorted(path.glob("*.toml"))
