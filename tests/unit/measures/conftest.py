"""The instruments as shipped, and those that exist only as test data."""

from pathlib import Path

import pytest

from registry.episodes.scales import shipped_folders
from registry.measures.catalogue import Catalogue, catalogue_at
from registry.measures.definition import load
from registry.measures.instrument import Instrument

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """Every instrument the registry ships."""
    return catalogue_at(*shipped_folders(REPOSITORY / "instruments"))


@pytest.fixture(scope="session")
def phq9(catalogue: Catalogue) -> Instrument:
    return catalogue.get("phq-9")


@pytest.fixture(scope="session")
def asrm(catalogue: Catalogue) -> Instrument:
    return catalogue.get("asrm")


@pytest.fixture(scope="session")
def bprs(catalogue: Catalogue) -> Instrument:
    return catalogue.get("bprs-18")


@pytest.fixture(scope="session")
def housing(catalogue: Catalogue) -> Instrument:
    return catalogue.get("hmis-living-situation")


@pytest.fixture(scope="session")
def cesd() -> Instrument:
    """An instrument no code knows, with reversed items and answers coded 1 to 4."""
    return load(REPOSITORY / "tests" / "data" / "instruments" / "cesd.toml")


@pytest.fixture(scope="session")
def screen() -> Instrument:
    """Questions that are asked only after certain answers, and a risk judged from them."""
    return load(REPOSITORY / "tests" / "data" / "instruments" / "screen.toml")


@pytest.fixture(scope="session")
def appetite() -> Instrument:
    """Either-or items, a mean, and a scale with a worth of its own and a factor."""
    return load(REPOSITORY / "tests" / "data" / "instruments" / "appetite.toml")
