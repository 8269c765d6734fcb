"""What only one place may do, no other place does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from registry.web.request_log import ALLOWED
from tests.repository.files import ROOT, name, python_files

PROGRAM = ("config.py", "wsgi.py", "registry")


@cache
def _nodes(path: Path) -> tuple[ast.AST, ...]:
    """The parts of a file these tests look at, read once."""
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    return tuple(node for node in ast.walk(tree) if isinstance(node, _LOOKED_AT))


_LOOKED_AT = (ast.Attribute, ast.Call, ast.Dict, ast.Import, ast.ImportFrom, ast.keyword)


def _names_used(path: Path) -> Iterator[str]:
    """Dotted names: ``os.environ``, and for ``from os import environ`` the same."""
    for node in _nodes(path):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def _files_using(names: set[str]) -> set[str]:
    return {name(path) for path in python_files(*PROGRAM) if names & set(_names_used(path))}


def test_only_the_settings_read_the_environment() -> None:
    assert _files_using({"os.environ", "os.environb", "os.getenv"}) == {"config.py"}


def test_only_the_database_room_knows_the_sqlite_library() -> None:
    """A second library, or one open() and close() of the live file, drops the locks of the first."""
    known = _files_using({"sqlite3", "sqlcipher3", "pysqlite3", "sqlcipher3.dbapi2"})

    assert known == {"registry/db/sqlite.py"}


def test_only_an_invented_history_is_told_by_one_event() -> None:
    """Whatever else writes about people is recorded, each act by an event of its own."""
    telling = {name(path) for path in python_files("registry") if "told_at_once" in path.read_text(encoding="utf-8")}

    assert telling == {"registry/audit/recorder.py", "registry/demo/crowd/storing.py"}


def test_a_statement_is_called_reviewed_in_one_module_only() -> None:
    """The option lifts the limit to the reader's patients: its uses must fit on the page that is reviewed."""
    saying_it = {name(path) for path in python_files("registry") if _passes_reviewed(path)}

    assert saying_it <= {"registry/access/reviewed_sql.py"}


def _passes_reviewed(path: Path) -> bool:
    """Whether the option is given to a statement (reading it, as the gateway does, is no way around)."""
    for node in _nodes(path):
        if isinstance(node, ast.keyword) and node.arg == "scope_reviewed":
            return True
        if isinstance(node, ast.Dict) and any(
            isinstance(key, ast.Constant) and key.value == "scope_reviewed" for key in node.keys
        ):
            return True
    return False


def test_what_somebody_types_is_no_pattern() -> None:
    """A column's ``contains``, ``startswith`` or ``like`` takes % and _ as signs for any text unless told not to."""
    unescaped = {
        f"{name(path)}:{node.lineno}"
        for path in python_files("registry")
        for node in _nodes(path)
        if isinstance(node, ast.Call) and _is_pattern_on_a_column(node.func)
        if not any(keyword.arg == "autoescape" for keyword in node.keywords)
    }

    assert unescaped == set()


def _is_pattern_on_a_column(called: ast.expr) -> bool:
    """``Patient.mrn.startswith``: a method of an attribute of something written with a capital."""
    if not isinstance(called, ast.Attribute) or not isinstance(called.value, ast.Attribute):
        return False
    owner = called.value.value
    is_model = isinstance(owner, ast.Name) and owner.id[:1].isupper() and not owner.id.isupper()
    searches = {"contains", "startswith", "endswith", "icontains", "istartswith", "iendswith", "like", "ilike"}
    return is_model and called.attr in searches


def test_whatever_is_told_to_the_log_is_written() -> None:
    """The log drops what is not on its list: an id passed under another name leaves nobody to look for."""
    dropped = {
        f"{name(path)}:{call.lineno} {keyword.arg}"
        for path in python_files("registry")
        for call in _calls_of_log(path)
        for keyword in call.keywords
        if keyword.arg is not None and keyword.arg not in ALLOWED
    }

    assert dropped == set()


def _calls_of_log(path: Path) -> Iterator[ast.Call]:
    for node in _nodes(path):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"log.info", "log.warning", "log.error"}:
            yield node


def test_the_program_never_prints() -> None:
    """Words for a person go through click, everything else through the log, which leaves personal data out."""
    printing = {
        name(path)
        for path in python_files(*PROGRAM)
        for node in _nodes(path)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }

    assert printing == set()


SUPPRESSED = re.compile(r"#\s*(?:type: ignore|noqa)\b(?P<codes>[^#\n]*)(?P<reason>#[^\n]*)?")


def _is_explained(suppressed: re.Match[str]) -> bool:
    """It names the check, and a comment after it says why: ``# noqa: S608  # both words are ours``."""
    reason = suppressed["reason"] or ""
    return bool(re.search(r"[A-Za-z]", suppressed["codes"])) and len(reason.split()) > 2


def test_every_suppressed_check_gives_its_reason() -> None:
    unexplained = [
        f"{name(path)}: {found.group().strip()}"
        for path in python_files(*PROGRAM)
        for found in SUPPRESSED.finditer(path.read_text(encoding="utf-8"))
        if not _is_explained(found)
    ]

    assert unexplained == []


def test_no_module_is_too_long_to_hold() -> None:
    lengths = {
        name(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files("config.py", "registry")
        if "versions" not in path.parts
    }

    assert {path: lines for path, lines in lengths.items() if lines > 400} == {}


def test_the_sources_are_where_these_tests_look() -> None:
    assert (ROOT / "registry" / "db" / "sqlite.py").is_file()
    assert len(list(python_files(*PROGRAM))) > 20
