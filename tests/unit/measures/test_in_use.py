"""Which instruments a clinic uses, from what it said and what the instrument proposes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from registry.measures.in_use import Decision, is_in_use
from registry.measures.instrument import Instrument

YES, NO = Decision(in_use=True), Decision(in_use=False)
CONFIRMED = Decision(in_use=True, is_non_commercial=True)


@pytest.mark.parametrize(
    ("core", "non_commercial", "decision", "expected"),
    [
        (True, False, None, True),
        (False, False, None, False),
        (True, False, NO, False),
        (False, False, YES, True),
        (True, True, None, False),
        (False, True, None, False),
        (True, True, YES, False),
        (False, True, CONFIRMED, True),
        (True, True, replace(CONFIRMED, in_use=False), False),
    ],
)
def test_what_a_clinic_said_goes_before_what_the_instrument_proposes(
    phq9: Instrument, *, core: bool, non_commercial: bool, decision: Decision | None, expected: bool
) -> None:
    instrument = replace(phq9, is_core=core, licence=replace(phq9.licence, non_commercial=non_commercial))

    assert is_in_use(instrument, decision) is expected
