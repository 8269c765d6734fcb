"""What is tried with the invented people who are in care, what they want, and what was agreed with them.

Written down at one sitting, with the dates on which it happened: the year itself has been lived through by then.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from registry import clock
from registry.accounts.models import User
from registry.db.transaction import end_read, write
from registry.demo.bodies import Taken, observed
from registry.demo.chance import dice, happens
from registry.demo.remedies import GOALS, MEDICINES, THERAPIES, Medicine
from registry.episodes.models import Episode, EpisodeCondition
from registry.episodes.signals import episode_changed, tell_episode_changed
from registry.extensions import db
from registry.patients.models import Patient
from registry.physical.actions import record_observations
from registry.physical.facts import ObservationFacts
from registry.plans import actions as plans
from registry.plans.facts import PlanFacts
from registry.treatment import actions as treatment
from registry.treatment.facts import AdherenceFacts, InjectionFacts, StepFacts, TrialFacts
from registry.treatment.models import TreatmentTrial

_PSYCHOSIS = frozenset({"schizophrenia", "schizoaffective", "early-psychosis"})
_BIPOLAR = frozenset({"bipolar-1", "bipolar-2"})
_TOO_MUCH_LITHIUM = 0.1
_LATE_WITH_A_PLAN = 10
"""Days by which somebody may be late with going through a plan again."""
_DEPOTS = (
    ("haloperidol-decanoate", "Haloperidol decanoate", 100),
    ("paliperidone-palmitate", "Paliperidone palmitate", 150),
)
_SAFETY = {
    "signs": "Not sleeping two nights in a row. Giving things away. Not answering my sister.",
    "own": "Walk to the pier. Headphones, the slow playlist. Cold water.",
    "company": "The library reading room. Coffee with Theo on Thursdays.",
    "ask": "My sister, any time. Theo, until ten.",
    "professionals": "Care manager in office hours. 988 by call or text, day and night.",
    "surroundings": "Spare pills are with my sister until the next visit.",
}
_RELAPSE = {
    "well": "Fixed time to get up. Pill box on Sundays. Choir.",
    "triggers": "Night shifts, the anniversary in March, rent letters.",
    "early": "Sleep gets short first, then I stop going out.",
    "steps": "Call the care manager within two days. Early evening dose, no coffee after noon.",
    "call": "Clinic desk in office hours, crisis line at night.",
}


def write_down_treatment(seed: int) -> None:
    """Of everybody now in care. Needs a scope over everybody."""
    found = db.session.execute(
        select(Episode.id)
        .join(Patient, Patient.id == Episode.patient_id)
        .where(Episode.ended_on.is_(None), Episode.enrolled_on.is_not(None))
        .order_by(Patient.mrn, Episode.referred_on)
    )
    ids = list(found.scalars())
    end_read()
    for number, episode_id in enumerate(ids):
        with write():
            episode = db.session.scalars(
                select(Episode).where(Episode.id == episode_id).options(selectinload(Episode.team))
            ).one()
            with episode_changed.muted():
                _Record(episode, dice(seed, number, "treatment")).write_down()
            tell_episode_changed(episode.patient_id)


class _Record:
    """What is written down of one person."""

    def __init__(self, episode: Episode, roll: Random) -> None:
        self.episode, self.roll = episode, roll
        self.patient_id, self.clinic_id = episode.patient_id, episode.clinic_id
        self.today = episode.clinic.today(clock.now())
        self.began_on = episode.enrolled_on or self.today
        people = {member.role: member.user for member in episode.team if member.ends_on is None and member.user}
        self.manager: User = people.get("care_manager") or next(iter(people.values()))
        self.prescriber: User = people.get("prescriber") or people.get("consultant") or self.manager
        conditions = set(
            db.session.scalars(select(EpisodeCondition.condition).where(EpisodeCondition.episode_id == episode.id))
        )
        self.taken: list[Taken] = []
        self.group = "psychosis" if conditions & _PSYCHOSIS else "bipolar" if conditions & _BIPOLAR else "depression"

    def write_down(self) -> None:
        """Medicine, therapy, injections, a goal, plans: of each person some."""
        weeks = (self.today - self.began_on).days // 7
        self._medicine()
        if self.group == "psychosis" and happens(self.roll, 0.5):
            self._depot()
        self._body()
        if happens(self.roll, 0.55):
            self._therapy()
        if happens(self.roll, 0.7):
            self._goal()
        if happens(self.roll, 0.45):
            self._plan("safety", _SAFETY, on=self._on(self.roll.randint(0, max(1, weeks * 7 - 1))), review_after=90)
        if self.episode.phase == "maintaining":
            self._plan("relapse", _RELAPSE, on=self.episode.phase_since, review_after=180)

    def _on(self, days: int) -> date:
        """A day of this episode, today at the latest."""
        return min(self.began_on + timedelta(days=days), self.today)

    def _medicine(self) -> None:
        first, second = self.roll.sample(MEDICINES[self.group], 2)
        switched_on = self._on(self.roll.randint(60, 130)) if happens(self.roll, 0.35) else self.today
        began_on = self._on(self.roll.choice([-200, -40, 0, 7]))
        trial = self._start(first, began_on, until=switched_on)
        if switched_on < self.today:
            reason = self.roll.choice(["side-effects", "no-benefit", "wish"])
            self._note(trial, StepFacts(kind="stop", on=switched_on, reason=reason))
            began_on, trial = switched_on, self._start(second, switched_on, until=self.today)
        self._adherence(trial, since=began_on)

    def _start(self, medicine: Medicine, on: date, *, until: date) -> TreatmentTrial:
        start = StepFacts(
            kind="start", on=on, is_about=on < self.began_on, amount=Decimal(medicine.amounts[0]), unit="mg"
        )
        facts = TrialFacts(
            kind="medication",
            name=medicine.name,
            medicine_class=medicine.medicine_class,
            ingredient=medicine.ingredient,
            start=start,
        )
        trial, changes = self._begin(facts), [on]
        for amount in medicine.amounts[1:]:
            on += timedelta(days=self.roll.randint(18, 70))
            if on >= until:
                break
            self._note(trial, StepFacts(kind="change", on=on, amount=Decimal(amount), unit="mg"))
            changes.append(on)
        self.taken.append(Taken(medicine.keys, changes[0], until, changes))
        return trial

    def _depot(self) -> None:
        product, name, dose = self.roll.choice(_DEPOTS)
        on, every = self._on(self.roll.choice([0, 14, 30])), 28
        start = StepFacts(kind="start", on=on, amount=Decimal(dose), unit="mg", every_days=every)
        trial = self._begin(
            TrialFacts(kind="injection", name=name, product=product, medicine_class="antipsychotic", start=start)
        )
        self.taken.append(Taken(frozenset({"antipsychotic"}), on, self.today))
        while on <= self.today:
            outcome = (
                "given"
                if happens(self.roll, 0.86)
                else self.roll.choice(["refused", "not-in-stock", "given-elsewhere"])
            )
            given = Decimal(dose) if outcome == "given" else None
            self._note(trial, InjectionFacts(on=on, outcome=outcome, amount=given, unit="mg" if given else ""))
            on += timedelta(days=every + self.roll.randint(-2, 6) if outcome.startswith("given") else 4)

    def _body(self) -> None:
        """What was weighed and counted; of a few on lithium the last level is in today, and too high."""
        found = observed(self.roll, self.taken, begun_on=self.began_on, until=self.today)
        is_on_lithium = any("lithium" in each.keys and each.ends_on == self.today for each in self.taken)
        if is_on_lithium and happens(self.roll, _TOO_MUCH_LITHIUM):
            level = Decimal("1.62")
            found.append(
                ObservationFacts(kind="lithium", taken_on=self.today, source="laboratory", value=level, unit="mmol/L")
            )
        record_observations(patient_id=self.patient_id, clinic_id=self.clinic_id, facts=found, by=self.manager)

    def _therapy(self) -> None:
        on = self._on(self.roll.randint(7, 40))
        start = StepFacts(kind="start", on=on, frequency=self.roll.choice(["weekly", "every two weeks"]))
        trial = self._begin(TrialFacts(kind="therapy", name=self.roll.choice(THERAPIES), start=start))
        ends_on = on + timedelta(weeks=self.roll.randint(12, 24))
        if ends_on < self.today:
            self._note(trial, StepFacts(kind="stop", on=ends_on, reason="completed"))

    def _begin(self, facts: TrialFacts) -> TreatmentTrial:
        return treatment.start_trial(
            patient_id=self.patient_id, clinic_id=self.clinic_id, facts=facts, by=self.prescriber
        )

    def _note(self, trial: TreatmentTrial, facts: StepFacts | InjectionFacts | AdherenceFacts) -> None:
        treatment.note(trial=trial, clinic_id=self.clinic_id, facts=facts, by=self.prescriber)

    def _adherence(self, trial: TreatmentTrial, *, since: date) -> None:
        if happens(self.roll, 0.6):
            on = max(self.today - timedelta(days=self.roll.randint(1, 20)), since)
            percent = self.roll.choice([100, 90, 90, 80, 70, 50])
            self._note(trial, AdherenceFacts(on=on, percent=percent, source="person"))

    def _goal(self) -> None:
        on = self._on(self.roll.randint(0, 14))
        goal = plans.set_goal(
            patient_id=self.patient_id, clinic_id=self.clinic_id, words=self.roll.choice(GOALS), on=on, by=self.manager
        )
        rating = self.roll.randint(0, 4)
        while on <= self.today:
            plans.rate_goal(goal=goal, clinic_id=self.clinic_id, on=on, rating=rating, by=self.manager)
            on += timedelta(days=self.roll.randint(30, 70))
            rating = min(10, max(0, rating + self.roll.choice([-1, 0, 1, 1, 2, 2])))

    def _plan(self, kind: str, sections: dict[str, str], *, on: date, review_after: int) -> None:
        """Written, and gone through again on every day set for it but one of the last days."""
        again, latest = timedelta(days=review_after), self.today - timedelta(days=_LATE_WITH_A_PLAN)
        days = [on]
        while days[-1] + again < latest:
            days.append(days[-1] + again)
        for number, day in enumerate(days):
            facts = PlanFacts(
                written_on=day,
                review_on=day + again,
                took_part=f"The person and {self.manager.name}",
                sections=sections,
            )
            plans.write_plan(
                patient_id=self.patient_id,
                clinic_id=self.clinic_id,
                kind=kind,
                facts=facts,
                opened_number=number,
                by=self.manager,
            )
