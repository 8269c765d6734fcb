"""Answers, one administration a line of JSON, to scores, a line each: so that anyone can check how we score.

Pure: lines in, lines out. A line that cannot be scored is told with its number and the reason; the others go on.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO, Final, NoReturn

from registry.exchange.fhir.json_values import plain_number
from registry.measures.answers import Answer, ContradictoryAnswers, ImpossibleAnswer, answer_from_json
from registry.measures.catalogue import Catalogue, UnknownInstrument
from registry.measures.instrument import Instrument
from registry.measures.profile import ratings_of
from registry.measures.scoring import Score, Scoring, score

LONGEST_LINE: Final = 100_000
"""Bytes. The longest form there is takes a hundredth of it."""

_KEYS: Final = frozenset({"instrument", "version", "answers"})
_SHOWN: Final = 80
"""Of something wrong, so many characters are repeated."""

Told = dict[str, Any]


class BadLine(ValueError):
    """A line that cannot be scored; the message says why."""


def read_lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """Each line without its end; None for one that is longer than ``LONGEST_LINE``, which is never held whole."""
    while line := stream.readline(LONGEST_LINE + 1):
        if len(line) <= LONGEST_LINE or line.endswith(b"\n"):
            yield line.rstrip(b"\r\n")
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(LONGEST_LINE)
        yield None


def score_lines(lines: Iterable[bytes | None], catalogue: Catalogue) -> Iterator[Told]:
    """What each line comes to, in their order. Blank lines are passed over."""
    for number, line in enumerate(lines, start=1):
        if line is not None and not line.strip():
            continue
        try:
            yield _score_line(line, catalogue, is_first=number == 1)
        except BadLine as bad:
            yield {"error": {"line": number, "reason": str(bad)}}


def _score_line(line: bytes | None, catalogue: Catalogue, *, is_first: bool) -> Told:
    asked = _parsed(line, is_first=is_first)
    instrument = _instrument(asked, catalogue)
    try:
        scoring = score(instrument, _answers(instrument, asked.get("answers")))
    except (ImpossibleAnswer, ContradictoryAnswers) as refusal:
        raise BadLine(_short(str(refusal), 2 * _SHOWN)) from None
    return _told(instrument, scoring)


def _parsed(line: bytes | None, *, is_first: bool) -> dict[str, Any]:
    if line is None:
        raise BadLine(f"the line is longer than {LONGEST_LINE} bytes")
    try:
        text = line.decode("utf-8-sig" if is_first else "utf-8")
        asked = json.loads(
            text, parse_float=_no_number, parse_constant=_no_number, object_pairs_hook=_without_repetition
        )
    except UnicodeDecodeError:
        raise BadLine("the line is not UTF-8") from None
    except RecursionError:
        raise BadLine("the line is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise BadLine(f"the line is not JSON: {error.msg} at character {error.pos + 1}") from None
    except BadLine:
        raise
    except ValueError:
        raise BadLine("a number has too many digits") from None
    if not isinstance(asked, dict):
        raise BadLine('the line is not an object such as {"instrument": "phq-9", "answers": [0, 1, null]}')
    strange = sorted(asked.keys() - _KEYS)
    if strange:
        raise BadLine(f"{_said(strange[0])} is none of {', '.join(sorted(_KEYS))}")
    return asked


def _no_number(text: str) -> NoReturn:
    raise BadLine(f"{_short(text)} is not a whole number")


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    key, times = Counter(key for key, _ in pairs).most_common(1)[0] if pairs else ("", 0)
    if times > 1:
        raise BadLine(f"{_said(key)} is given twice")
    return dict(pairs)


def _instrument(asked: Mapping[str, Any], catalogue: Catalogue) -> Instrument:
    instrument_id, version = asked.get("instrument"), asked.get("version")
    if not isinstance(instrument_id, str):
        raise BadLine('the instrument is missing: name it, such as "phq-9"')
    if version is not None and not isinstance(version, str):
        raise BadLine('the version is not a text such as "1"')
    try:
        return catalogue.get(instrument_id, version)
    except UnknownInstrument:
        of_version = "" if version is None else f" version {_said(version)}"
        raise BadLine(f"there is no instrument {_said(instrument_id)}{of_version}") from None


def _answers(instrument: Instrument, given: object) -> dict[str, Answer]:
    if isinstance(given, list):
        given = _in_paper_order(instrument, given)
    if not isinstance(given, dict):
        raise BadLine("the answers are neither a list in the order of the paper nor an object by item")
    return {item_id: _answer(item_id, value) for item_id, value in given.items()}


def _in_paper_order(instrument: Instrument, given: list[object]) -> dict[str, object]:
    """Optional items at the end may be left away; any other gap might have shifted every answer after it."""
    items = instrument.items
    if len(given) > len(items) or any(not item.optional for item in items[len(given) :]):
        raise BadLine(f"{instrument.short_title} has {len(items)} items, and the line has {len(given)} answers")
    return {item.id: answer for item, answer in zip(items, given, strict=False)}


def _answer(item_id: str, value: object) -> Answer:
    try:
        return answer_from_json(value)
    except ValueError:
        raise BadLine(f"{_said(value)} is no answer to item {_short(item_id)}") from None


def _told(instrument: Instrument, scoring: Scoring) -> Told:
    unanswered = {*scoring.missing, *scoring.declined}
    return {
        "instrument": instrument.id,
        "version": instrument.version,
        "scores": {scale_id: _told_score(result) for scale_id, result in scoring.scores.items()},
        "missing": [item.id for item in instrument.items if item.id in unanswered],
        "safety": [{"item": each.item, "value": each.value, "state": each.state.value} for each in scoring.safety],
    }


def _told_score(result: Score) -> Told:
    told: Told = {
        "value": None if result.value is None else plain_number(result.value),
        "band": result.band if result.category is None else None,
        "prorated": result.prorated,
    }
    if result.category is not None and result.value is not None:
        return told | {"band": None, "ratings": list(ratings_of(result.category))}
    if result.category is not None:
        return told | {"category": result.category, "label": result.band or result.category}
    return told if result.why_withheld is None else told | {"reason": result.why_withheld}


def _said(value: object) -> str:
    return _short(json.dumps(value))


def _short(text: str, longest: int = _SHOWN) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"
