"""An import lets others write: short chunks and longer pauses while somebody does."""

from __future__ import annotations

from registry.db.pacing import BRIEF_PAUSE, LARGEST_CHUNK, QUIET_AFTER, SHORT_PAUSE, Pace


class Clock:
    """Time that passes when told to, and the pauses that were made."""

    def __init__(self) -> None:
        self.seconds, self.pauses = 100.0, list[float]()

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds += seconds


def a_pace(clock: Clock, wrote: list[bool]) -> Pace:
    return Pace(lambda: wrote.pop(0), people=50, sleep=clock.sleep, now=lambda: clock.seconds)


def test_alone_it_holds_the_lock_long_and_pauses_briefly() -> None:
    clock = Clock()
    pace = a_pace(clock, [False])

    pace.after(people=50, held=0.1)

    assert (pace.people, clock.pauses) == (100, [BRIEF_PAUSE])


def test_beside_another_writer_it_holds_the_lock_for_fifty_milliseconds() -> None:
    clock = Clock()
    pace = a_pace(clock, [True, False])

    pace.after(people=50, held=0.1)
    assert pace.people == 25
    pace.after(people=25, held=0.05)

    assert (pace.people, clock.pauses) == (25, [BRIEF_PAUSE, SHORT_PAUSE])


def test_it_speeds_up_again_once_nobody_else_writes() -> None:
    clock = Clock()
    pace = a_pace(clock, [True, False])
    pace.after(people=50, held=0.1)

    clock.seconds += QUIET_AFTER + 1
    pace.after(people=10, held=0.02)

    assert pace.people == 50
    assert clock.pauses[-1] == BRIEF_PAUSE


def test_a_chunk_never_has_fewer_than_one_person() -> None:
    clock = Clock()
    pace = a_pace(clock, [True])

    pace.after(people=1, held=3.0)

    assert pace.people == 1


def test_where_no_lock_is_shared_nothing_pauses() -> None:
    clock = Clock()
    pace = Pace(None, sleep=clock.sleep)

    pace.after(people=10, held=1.0)

    assert (pace.people, clock.pauses) == (LARGEST_CHUNK, [])
