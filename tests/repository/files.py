"""The files of this program, as its repository tests read them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]

_WORDS = {".cfg", ".css", ".html", ".ini", ".js", ".mako", ".md", ".py", ".toml", ".txt", ".yml"}
_SET_UP = {".git", ".lforms", ".venv", "__pycache__", "instance", "vendor"}


def python_files(*folders: str) -> Iterator[Path]:
    """Every Python file below these folders; a file may be named as well."""
    for folder in folders:
        path = ROOT / folder
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]


def templates() -> Iterator[Path]:
    """Every Jinja template."""
    return iter(sorted((ROOT / "templates").rglob("*.html")))


def written_files() -> Iterator[Path]:
    """Every file of words that people wrote here: no lock, nothing vendored, nothing made by a tool."""
    for path in sorted(ROOT.rglob("*")):
        parts = set(path.relative_to(ROOT).parts)
        is_tools = any(part.startswith(".") and part.endswith("_cache") for part in parts) or parts & _SET_UP
        if path.suffix in _WORDS and path.is_file() and not is_tools and not path.name.startswith("requirements"):
            yield path


def name(path: Path) -> str:
    """As a person would say it: relative to the repository."""
    return str(path.relative_to(ROOT))
