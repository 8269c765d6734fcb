"""Which instruments a clinic uses: what it decided, else what the instrument's file proposes."""

from dataclasses import dataclass

from registry.measures.instrument import Instrument


@dataclass(frozen=True, slots=True)
class Decision:
    """What a clinic said of one instrument. ``is_non_commercial``: that it uses it without commercial purpose."""

    in_use: bool
    is_non_commercial: bool = False


def is_in_use(instrument: Instrument, decision: Decision | None) -> bool:
    """Whether a clinic offers the instrument to whoever enters measures.

    Without a decision the core set is in use. One whose licence allows no commercial use is in use only
    where the clinic confirmed that its use is none; a licence that came to ask for it later asks again.
    """
    is_free = not instrument.licence.non_commercial
    if decision is None:
        return instrument.is_core and is_free
    return decision.in_use and (decision.is_non_commercial or is_free)
