"""Living through the year: every act in order, at its instant, by the product's own actions.

Nothing here writes a row. The people's own acts come from their agenda; the alerts that open on the way are the
rulebook's, and staff, meetings and nights answer what they find.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from sqlalchemy import select

from registry import clock
from registry.access.roles import Role
from registry.accounts.models import User
from registry.alerts import actions as alerts
from registry.alerts.escalation import escalate_due
from registry.alerts.hours.duty import on_duty
from registry.alerts.hours.opening_hours import OpeningHours, next_open, read_hours
from registry.alerts.models import NOT_REACHED, Alert
from registry.alerts.queries import is_put_off_unheard
from registry.alerts.reconcile import reconcile_patients
from registry.alerts.together import days_put_off
from registry.contacts.actions import record_contact
from registry.contacts.facts import ContactFacts
from registry.db.transaction import end_read, write
from registry.demo import meetings
from registry.demo.acts import Act
from registry.demo.calendar import Calendar
from registry.demo.chance import dice, happens, weighted
from registry.demo.clinic import Place
from registry.demo.deeds import Chart, Deeds, Entry, settle
from registry.demo.people import Person
from registry.demo.staff import Answer, answers
from registry.demo.wording import DECLINED, MODIFIED
from registry.episodes.models import Episode
from registry.episodes.signals import episode_changed, tell_episode_changed
from registry.extensions import db
from registry.review import actions as review
from registry.review.models import Recommendation

_NIGHT = time(3, 10)
"""Local time of the look at everybody for whom a date has come."""
_MEETINGS = ((2, time(13, 0)), (3, time(10, 0)))
"""Weekday (0: Monday) and time of each clinic's case review."""
_PEOPLE_PER_SEAT = 7
"""One place at the table for so many people of the clinic: so that everybody can come up every eight weeks."""

_DRAFTS_WAIT = timedelta(days=20)
"""A draft begun lately is still to be finished."""

Progress = Callable[[date], None]


class Year:
    """The organisation's past, told forward until now."""

    def __init__(self, places: list[Place], *, seed: int, until: datetime, progress: Progress) -> None:
        self._places = places
        self._seed = seed
        self._calendar = Calendar(until=until)
        self._until = until
        self._progress = progress
        self._deeds = Deeds(places)
        self._charts: dict[uuid.UUID, Chart] = {}
        self._users = {user.id: user for place in places for people in place.staff.values() for user in people}
        self._hours: dict[uuid.UUID, OpeningHours] = {
            place.clinic_id: read_hours(place.facts.opening_hours) for place in places
        }
        self._nights: set[tuple[uuid.UUID, date]] = set()
        self._looks: set[datetime] = set()
        self._answered: set[tuple[uuid.UUID, str]] = set()

    def live(self, people: Iterable[Person], *, opened_on: date) -> None:
        """Let everything happen. Needs a scope over everybody."""
        numbers = [0] * len(self._places)
        for person in people:
            numbers[person.story.clinic % len(self._places)] += 1
            self._plan(person)
        for place, number, (weekday, at) in zip(self._places, numbers, _MEETINGS, strict=False):
            first = opened_on + timedelta(days=(weekday - opened_on.weekday()) % 7)
            seats = max(2, round(number / _PEOPLE_PER_SEAT))
            self._calendar.note(self._instant(place, first, at), partial(self._meet, place, first, at, seats))
        for at_instant, happening in self._calendar:
            with clock.at(at_instant):
                self._progress(at_instant.date())
                happening()

    # The people's own acts

    def _plan(self, person: Person) -> None:
        chart = Chart(person=person, place=self._places[person.story.clinic % len(self._places)])
        place = chart.place
        for act in person.life.acts:
            self._calendar.note(self._instant(place, act.on, act.at), partial(self._act, act, chart))

    def _act(self, act: Act, chart: Chart) -> None:
        with write():
            # One visit is one look at the person: the contact and each form would otherwise be looked at in turn.
            with episode_changed.muted():
                self._deeds.do(act, chart)
            tell_episode_changed(_known(chart))
            self._after(_known(chart))
        self._charts[_known(chart)] = chart
        for entry in chart.entries:
            self._note_settling(entry, chart)
        chart.entries.clear()

    def _note_settling(self, entry: Entry, chart: Chart) -> None:
        roll = dice(self._seed, chart.person.number, entry.form.instrument, entry.form.taken_on, "fate")
        days = roll.choice([1, 1, 2, 3, 6])
        at = self._at_work(chart.place, clock.now() + timedelta(days=days))
        if entry.form.fate == "draft" and self._until - at < _DRAFTS_WAIT:
            return
        self._calendar.note(at, partial(self._settle, entry, chart))

    def _settle(self, entry: Entry, chart: Chart) -> None:
        with write():
            settle(entry, by=chart.who("care_manager"))
            self._after(_known(chart))

    # What follows from a change

    def _after(self, patient_id: uuid.UUID) -> None:
        """See what is open now, have somebody answer it, and note when time alone could change something.

        Called at the end of each transaction, while it is still open.
        """
        rows = db.session.execute(
            select(Alert.id, Alert.clinic_id, Alert.tier, Alert.rule, Alert.state, Alert.look_at).where(
                Alert.patient_id == patient_id, Alert.closed_at.is_(None)
            )
        ).all()
        dates = db.session.execute(
            select(Episode.clinic_id, Episode.next_check_on).where(
                Episode.patient_id == patient_id, Episode.next_check_on.is_not(None)
            )
        ).all()
        for row in rows:
            if row.look_at is not None:
                self._note_look(row.look_at)
            if row.state == "open":
                self._have_answered(row.id, row.clinic_id, row.tier, row.rule)
        for clinic_id, day in dates:
            if day is not None:
                self._note_night(clinic_id, day)

    def _have_answered(self, alert_id: uuid.UUID, clinic_id: uuid.UUID, tier: str, rule: str) -> None:
        if (alert_id, tier) in self._answered:
            return
        self._answered.add((alert_id, tier))
        place = self._place(clinic_id)
        roll = dice(self._seed, len(self._answered), rule, "answer")
        for answer in answers(
            roll,
            tier=tier,
            rule=rule,
            opened_at=clock.now(),
            until=self._until,
            hours=self._hours[clinic_id],
            zone=place.zone,
        ):
            self._calendar.note(answer.at, partial(self._answer, alert_id, answer))

    def _answer(self, alert_id: uuid.UUID, answer: Answer) -> None:
        with write():
            alert = db.session.get_one(Alert, alert_id)
            if alert.closed_at is None:
                self._take_step(alert, answer, self._who_answers(alert, by_duty=answer.by_duty))
                self._after(alert.patient_id)

    def _take_step(self, alert: Alert, answer: Answer, by: User) -> None:
        place = self._place(alert.clinic_id)
        today = clock.now().astimezone(place.zone).date()
        if answer.step == "acknowledge":
            if alert.state == "open":
                alerts.acknowledge(alert=alert, by=by)
        elif answer.step == "call":
            facts = ContactFacts(
                took_place_on=today, kind="treatment", modality="phone", reached=True, minutes=20, note="Safety call."
            )
            record_contact(patient_id=alert.patient_id, clinic_id=alert.clinic_id, facts=facts, by=by)
        elif answer.step == "no-answer":
            facts = ContactFacts(took_place_on=today, kind="outreach", modality="phone", reached=False)
            record_contact(patient_id=alert.patient_id, clinic_id=alert.clinic_id, facts=facts, by=by)
            alerts.act(alert=alert, words=answer.words, outcome=NOT_REACHED, try_again_by=answer.again_at, by=by)
        elif answer.step == "close":
            alerts.close(alert=alert, outcome=answer.outcome, words=answer.words, by=by)
        elif answer.step == "assign":
            colleague = place.some(Role.CARE_MANAGER, alert.since.day)
            alerts.assign(alert=alert, to=colleague, by=by, why=answer.words)
        elif alert.snoozed_until is None and (most := days_put_off(alert)) and not is_put_off_unheard(alert):
            until = today + timedelta(days=min(answer.days, most))
            alerts.snooze(alert=alert, until=until, reason=answer.words, by=by)

    def _who_answers(self, alert: Alert, *, by_duty: bool) -> User:
        place = self._place(alert.clinic_id)
        duty = on_duty(alert.clinic_id, clock.now().astimezone(place.zone).date()) if by_duty else None
        who = duty or alert.owner_id
        return place.some(Role.CARE_MANAGER) if who is None else self._users[who]

    # Nights, escalations

    def _note_night(self, clinic_id: uuid.UUID, day: date) -> None:
        if (clinic_id, day) not in self._nights:
            self._nights.add((clinic_id, day))
            at = self._instant(self._place(clinic_id), day, _NIGHT)
            if at > clock.now():
                self._calendar.note(at, partial(self._night, clinic_id, day))

    def _night(self, clinic_id: uuid.UUID, day: date) -> None:
        """What the sweep does, without its pauses: nobody else waits for this database."""
        with write():
            due = db.session.scalars(
                select(Episode.patient_id)
                .where(Episode.clinic_id == clinic_id, Episode.next_check_on <= day)
                .distinct()
            ).all()
            reconcile_patients(due)
            for patient_id in due:
                self._after(patient_id)

    def _note_look(self, at: datetime) -> None:
        if at > clock.now() and at not in self._looks:
            self._looks.add(at)
            self._calendar.note(at, partial(self._look, at))

    def _look(self, at: datetime) -> None:
        due = db.session.scalars(
            select(Alert.patient_id).where(Alert.closed_at.is_(None), Alert.look_at <= at).distinct()
        ).all()
        end_read()
        if not due:
            return
        escalate_due()
        with write():
            for patient_id in due:
                self._after(patient_id)

    # Case review

    def _meet(self, place: Place, on: date, at: time, seats: int) -> None:
        following = on + timedelta(weeks=1)
        self._calendar.note(self._instant(place, following, at), partial(self._meet, place, following, at, seats))
        roll = dice(self._seed, place.clinic_id.int % 2, on, "meeting")
        if happens(roll, 0.06):
            return  # a holiday: the meeting does not take place
        taken = meetings.on_the_table(place.clinic_id, today=on, seats=seats)
        end_read()
        for episode_id, reasons in taken:
            self._review(place, episode_id, reasons, on)

    def _review(self, place: Place, episode_id: uuid.UUID, reasons: frozenset[str], on: date) -> None:
        with write():
            episode = db.session.get_one(Episode, episode_id)
            chart = self._charts[episode.patient_id]
            roll = dice(self._seed, chart.person.number, on, "review")
            given = meetings.advice(roll, chart, reasons)
            stored = review.record_review(
                episode=episode,
                reviewed_on=on,
                minutes=roll.choice([5, 5, 10, 10, 15, 20]),
                summary=meetings.summary(roll, reasons, is_first=episode.enrolled_on == on or "review.due" in reasons),
                recommendations=given,
                look_again_on=on + timedelta(days=roll.choice([42, 56, 56])) if happens(roll, 0.5) else None,
                by=chart.who("psychiatrist"),
            )
            for recommendation in stored.recommendations:
                if recommendation.kind != "continue":
                    self._note_decision(recommendation.id, chart, roll.random())
            self._after(episode.patient_id)

    def _note_decision(self, recommendation_id: uuid.UUID, chart: Chart, luck: float) -> None:
        roll = dice(self._seed, chart.person.number, clock.now(), luck, "decision")
        # One in ten lies too long: what the rule on open recommendations is for.
        days = roll.choice([0, 1, 1, 2, 5, 6, 7, 8, 12]) if happens(roll, 0.9) else roll.choice([19, 27, 34])
        at = self._at_work(chart.place, clock.now() + timedelta(days=days, minutes=roll.randint(20, 150)))
        self._calendar.note(at, partial(self._decide, recommendation_id, chart, roll.random()))

    def _decide(self, recommendation_id: uuid.UUID, chart: Chart, luck: float) -> None:
        roll = dice(self._seed, chart.person.number, luck, "decided")
        by = chart.team.member("prescriber") or chart.who("care_manager")
        with write():
            row = db.session.get_one(Recommendation, recommendation_id)
            if not db.session.get_one(Episode, row.episode_id).is_open:
                return
            if row.state == "proposed":
                state = weighted(roll, {"accepted": 0.7, "modified": 0.15, "declined": 0.15})
                why = {"declined": roll.choice(DECLINED), "modified": roll.choice(MODIFIED)}.get(state, "")
                is_done_at_once = state == "accepted" and happens(roll, 0.4)
                with episode_changed.muted():
                    review.decide(recommendation=row, state=state, why=why, opened_version=row.version, by=by)
                    if is_done_at_once:
                        db.session.flush()
                        review.finish(recommendation=row, opened_version=row.version, by=by)
                tell_episode_changed(row.patient_id)
                self._after(row.patient_id)
            is_to_be_done = row.state not in {"declined", "done"}
        if is_to_be_done and happens(roll, 0.88):
            at = self._at_work(chart.place, clock.now() + timedelta(days=roll.choice([2, 3, 5, 7, 9, 14, 21, 28])))
            self._calendar.note(at, partial(self._finish, recommendation_id, by))

    def _finish(self, recommendation_id: uuid.UUID, by: User) -> None:
        with write():
            row = db.session.get_one(Recommendation, recommendation_id)
            if db.session.get_one(Episode, row.episode_id).is_open:
                review.finish(recommendation=row, opened_version=row.version, by=by)
                self._after(row.patient_id)

    # Where and when

    def _place(self, clinic_id: uuid.UUID) -> Place:
        return next(place for place in self._places if place.clinic_id == clinic_id)

    def _at_work(self, place: Place, at: datetime) -> datetime:
        """This instant, or the next opening of the clinic."""
        return next_open(at, self._hours[place.clinic_id], place.zone)

    def _instant(self, place: Place, on: date, at: time) -> datetime:
        return datetime.combine(on, at, tzinfo=place.zone).astimezone(UTC)


def _known(chart: Chart) -> uuid.UUID:
    if chart.patient_id is None:
        raise LookupError("this person was never referred")
    return chart.patient_id
