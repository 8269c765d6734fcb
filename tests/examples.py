"""How many examples of a property are tried."""

from __future__ import annotations

from hypothesis import settings


def examples(number: int) -> settings:
    """So many in ``make test``, of a property that needs another number; ten times as many in ``make trust``."""
    return settings(max_examples=number * (10 if settings.get_current_profile_name() == "trust" else 1))
