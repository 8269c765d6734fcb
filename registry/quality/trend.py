"""The clinic month by month, by the same definitions as the numbers of today. The one module that uses pandas.

The view that shows it imports it when it does: pandas takes a second to start, and no other page waits for that.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Final

import pandas as pd

from registry.caseload.currency import PROMISED_CARE, Today
from registry.caseload.rules import NOT_SEEN_DAYS
from registry.episodes.scales import ClinicScales, ScalesInForce
from registry.measurements.instruments import catalogue
from registry.measurements.outcomes import mania_courses
from registry.measures.course import DatedScore, follow, has_improved, is_elevated
from registry.measures.mania import DEPRESSION, is_beside_mania
from registry.measures.scale import Better
from registry.quality.history import History, Rows
from registry.quality.rules import IMPROVED_AFTER_DAYS, MET, NOT_MET, Tally

MONTHS = 12

_DAY: Final = "datetime64[s]"
_DATES: Final = ("enrolled_on", "ended_on", "paused_until")


@dataclass(frozen=True, slots=True)
class Month:
    """How the clinics stood on the last day of a month; in the present month, today."""

    day: date
    active: int
    seen: Tally
    """Of the active: a two-way contact in the last 30 days, or enrolled since."""
    improved: Tally


def first_month_end(today: Today) -> date:
    """The last day of the first month shown."""
    return _months(today)[0]


def monthly_trend(history: History, today: Today) -> Sequence[Month]:
    """The last twelve months, oldest first.

    Each as the record has it now: what was entered later counts in its month. A pause of the past lasted until it was
    ended, the present one until the day agreed.
    """
    months = _months(today)
    places = {row.episode: place for place, row in enumerate(history.episodes)}
    episodes = _frame(history.episodes, places, "clinic", *_DATES, "scale")
    grid = _episode_months(episodes, months, today)
    grid = _with_last(grid, _frame(history.phases, places, "on", "phase"), "phase_on")
    grid = _with_last(grid, _frame(history.contacts, places, "on"), "contact_on")
    scores = _one_a_day(_frame(history.scores, places, "on", "value", "is_prorated"), episodes)
    grid = _with_scores(grid, scores, history.read)
    beside_mania = _beside_mania(grid, history.manias, places, history.read)
    grid["improved"] &= ~pd.Series(beside_mania, index=grid.index, dtype=bool)
    grid["active"] = grid["phase"].isin(PROMISED_CARE) | (
        (grid["phase"] == "paused") & (grid["paused_until"] <= grid["day"])
    )
    seen_on = grid[["contact_on", "enrolled_on"]].max(axis=1)
    grid["seen"] = grid["active"] & (grid["day"] - seen_on < pd.Timedelta(days=NOT_SEEN_DAYS))
    counted = grid.groupby("month")[["active", "seen", "expected", "improved"]].sum()
    numbers = {day: row for day, *row in counted.itertuples()}
    return [_month(day, *numbers.get(day, (0, 0, 0, 0))) for day in months]


def _month(day: date, active: int, seen: int, expected: int, improved: int) -> Month:
    return Month(
        day=day,
        active=int(active),
        seen=Tally({MET: int(seen), NOT_MET: int(active - seen)}),
        improved=Tally({MET: int(improved), NOT_MET: int(expected - improved)}),
    )


def _months(today: Today) -> list[date]:
    """The last days of eleven months, and the latest today."""
    last = max(today.values())
    ended = pd.period_range(end=pd.Period(last, freq="M"), periods=MONTHS, freq="M")[:-1]
    return [*(month.end_time.date() for month in ended), last]


def _frame(rows: Rows, places: Mapping[str, int], *columns: str) -> pd.DataFrame:
    """The rows with their columns named in order; an episode is its place, which joins faster than its identifier."""
    named, *others = zip(*rows, strict=True) if rows else ((),) * (len(columns) + 1)
    frame = pd.DataFrame(dict(zip(columns, others, strict=True)), dtype="object")
    frame["episode"] = pd.Series([places[episode] for episode in named], dtype="int64")
    return frame.astype({name: _DAY for name in columns if name in ("on", *_DATES)})


def _episode_months(episodes: pd.DataFrame, months: Sequence[date], today: Today) -> pd.DataFrame:
    """One row for each month in which somebody was enrolled, looked at on its last day at their clinic."""
    grid = episodes.merge(pd.DataFrame({"month": list(months)}), how="cross")
    at_clinic = grid["clinic"].map(dict(today)).astype(_DAY)
    grid["day"] = grid["month"].astype(_DAY).where(lambda month: month < at_clinic, at_clinic)
    is_open = grid["ended_on"].isna() | (grid["ended_on"] > grid["day"])
    return grid[(grid["enrolled_on"] <= grid["day"]) & is_open].sort_values("day")


def _with_last(grid: pd.DataFrame, dated: pd.DataFrame, on: str) -> pd.DataFrame:
    """What was last for each episode by each day; its own day in the column ``on``. Of one day the last row counts."""
    last = dated.rename(columns={"on": on}).drop_duplicates(["episode", on], keep="last").sort_values(on)
    return pd.merge_asof(grid, last, left_on="day", right_on=on, by="episode")


def _with_scores(grid: pd.DataFrame, scores: pd.DataFrame, read: ScalesInForce) -> pd.DataFrame:
    """Of whom improvement is expected, and who has improved. The baseline of enrolment stays."""
    valid = scores[~scores["is_prorated"]].drop_duplicates("episode")
    baselines = valid[["episode", "on", "value"]].rename(columns={"on": "baseline_on", "value": "baseline"})
    grid = grid.merge(baselines, on="episode", how="left").sort_values("day")
    grid = _with_last(grid, scores[["episode", "on", "value", "is_prorated"]], "latest_on")
    elevated, better = cache(_is_elevated), cache(_has_improved)  # few pairs of scores, and many months
    is_due = grid["day"] - grid["enrolled_on"] >= pd.Timedelta(days=IMPROVED_AFTER_DAYS)
    has_baseline = grid["baseline_on"] <= grid["day"]
    grid["expected"] = [
        both and elevated(read.at(clinic), scale, baseline)
        for both, clinic, scale, baseline in zip(
            is_due & has_baseline, grid["clinic"], grid["scale"], grid["baseline"], strict=True
        )
    ]
    followed = grid["expected"] & (grid["latest_on"] > grid["baseline_on"])
    grid["improved"] = [
        is_followed and better(read.at(clinic), scale, baseline, latest, bool(is_prorated))
        for is_followed, clinic, scale, baseline, latest, is_prorated in zip(
            followed,
            grid["clinic"],
            grid["scale"],
            grid["baseline"],
            grid["value"],
            grid["is_prorated"],
            strict=True,
        )
    ]
    return grid


def _beside_mania(grid: pd.DataFrame, manias: Rows, places: Mapping[str, int], read: ScalesInForce) -> list[bool]:
    """Of each row that improved, whether that was depression beside mania, as it was known on its day."""
    asked = set(grid.loc[grid["improved"], "episode"])
    given: dict[int, list[tuple[str, DatedScore]]] = defaultdict(list)
    for episode, scale, on, value, is_prorated in manias:
        if places[episode] in asked:
            given[places[episode]].append((scale, DatedScore(on, value, prorated=is_prorated)))
    depression = {each for each in grid["scale"].dropna().unique() if catalogue().domain_of(each) == DEPRESSION}
    known_on: dict[tuple[int, date, int], bool] = {}

    def is_beside(episode: int, depression_on: date, day: date, clinic: uuid.UUID) -> bool:
        """Worked out once for as long as nothing new is known: most months add no score."""
        known = [each for each in given[episode] if each[1].on <= day]
        key = episode, depression_on, len(known)
        if key not in known_on:
            known_on[key] = _is_beside(known, depression_on, read.at(clinic))
        return known_on[key]

    return [
        improved and scale in depression and episode in given and is_beside(episode, on.date(), day.date(), clinic)
        for improved, clinic, scale, episode, day, on in zip(
            grid["improved"],
            grid["clinic"],
            grid["scale"],
            grid["episode"],
            grid["day"],
            grid["latest_on"],
            strict=True,
        )
    ]


def _is_beside(known: Sequence[tuple[str, DatedScore]], depression_on: date, read: ClinicScales) -> bool:
    by_scale: dict[str, list[DatedScore]] = defaultdict(list)
    for scale, score in known:
        by_scale[scale].append(score)
    if not by_scale:
        return False
    return is_beside_mania(depression_on, mania_courses(by_scale, read=read, starts_on=date.min, ends_on=None).values())


def _one_a_day(scores: pd.DataFrame, episodes: pd.DataFrame) -> pd.DataFrame:
    """The score that counts on each day, as ``registry.measures.course.follow`` chooses it, in order of date."""
    sign = {key: _sign(key) for key in episodes["scale"].dropna().unique()}
    signs = scores["episode"].map(episodes.set_index("episode")["scale"]).map(sign)
    scores = scores.assign(
        is_prorated=scores["is_prorated"].astype(bool), badness=scores["value"].astype(float) * signs.astype(float)
    )
    in_order = scores.sort_values(["on", "is_prorated", "badness"], ascending=[True, True, False])
    return in_order.drop_duplicates(["episode", "on"])


def _sign(scale: str) -> int:
    """What makes the higher number the worse."""
    return 1 if catalogue().scale(scale).better is Better.LOWER else -1


def _is_elevated(read: ClinicScales, scale: str, baseline: Decimal) -> bool:
    return is_elevated(read.scale(scale), baseline) is True


def _has_improved(read: ClinicScales, scale: str, baseline: Decimal, latest: Decimal, is_prorated: bool) -> bool:
    """By the pure core, of two scores: whichever dates they had."""
    day = date(2000, 1, 1)
    pair = [DatedScore(on=day, value=baseline), DatedScore(day + timedelta(days=1), latest, prorated=is_prorated)]
    measured = read.scale(scale)
    return has_improved(follow(pair, scale=measured, starts_on=day, target=None), measured)
