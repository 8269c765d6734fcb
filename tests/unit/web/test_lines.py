"""A line cut to a length."""

from __future__ import annotations

import pytest

from registry.web.filters import shortened


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("ask her about sleep", "ask her about sleep"),
        ("ask her\n  about  sleep", "ask her about sleep"),
        ("ask her about sleeping", "ask her about…"),
        ("hydroxychlorothiazide", "hydroxychlorothiaz…"),
    ],
)
def test_a_line_that_is_too_long_ends_after_a_whole_word(words: str, said: str) -> None:
    assert shortened(words, 19) == said
