"""The summary for the next team: what somebody would otherwise have to ask the person again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from registry.caseload.presenters.brief import full_sentence
from registry.caseload.presenters.scores import (
    BESIDE_MANIA,
    GOOD,
    improvement_percent,
    scale_label,
)
from registry.caseload.presenters.summary_around import (
    goal_lines,
    law_lines,
    life_lines,
    physical_lines,
    plan_lines,
    treatment_lines,
)
from registry.caseload.presenters.summary_sections import (
    UNKNOWN,
    Line,
    Section,
    Table,
    baseline_words,
    circumstance_lines,
    condition_words,
    team_lines,
)
from registry.caseload.presenters.tiles import level_tile, safety_tile
from registry.caseload.record import EpisodeRecord, Followed, last_two_way, open_advice
from registry.caseload.summary import SummaryFacts
from registry.contacts.rules import MODALITIES
from registry.episodes.models import Episode
from registry.episodes.patient_header import phase_words
from registry.episodes.rules import END_REASONS, OTHER_TEAMS, PHASE_TITLES, REFERRAL_SOURCES
from registry.measures.course import is_stale
from registry.patients.presenters import age_in_words, interpreter, languages
from registry.patients.presenters.payers import payer_lines
from registry.patients.rules import GENDER_IDENTITIES, SEXES
from registry.review.models import Recommendation
from registry.review.rules import KINDS, STATES
from registry.web.filters import long_date, number, percent, points


def team_sections(facts: SummaryFacts, today: date) -> list[Section]:
    """Every section, in the order in which a stranger needs them; what has the whole width comes last."""
    record, around = facts.record, facts.around
    return [
        Section("Who", list(_who(facts, today))),
        Section("Safety", list(_safety(facts, today))),
        Section("Law and who decides", list(law_lines(around, today))),
        Section("Care", list(_care(facts, today)), empty="Never referred to collaborative care here"),
        Section("Team", [*team_lines(facts), *_other_teams(facts)], empty="Nobody is on a team"),
        Section("Treatment now", list(treatment_lines(around, today)), empty="No treatment on record"),
        Section("Contact", list(_contact(record)), empty="No contact on record"),
        Section("Physical health", list(physical_lines(around.observations)), empty="No results on record"),
        Section("Plans and goals", [*goal_lines(around.goals, today), *plan_lines(around.plans, today)]),
        Section("Lately", list(life_lines(around.life_events, today)), empty="Nothing on record within a year"),
        Section("Housing and work", list(circumstance_lines(facts))),
        Section("Measures", list(_levels(record, today)), _measures(record, today), empty="No measure is followed"),
        Section("Psychiatric review", list(_review(record)), empty="Never reviewed", holds_prose=True),
    ]


def _who(facts: SummaryFacts, today: date) -> Iterator[Line]:
    patient = facts.patient
    yield Line("Name in use", patient.name)
    if patient.given_name != patient.legal_given:
        yield Line("Legal name", f"{patient.legal_given} {patient.legal_family}")
    yield Line("Pronouns", patient.pronouns or "not asked")
    yield Line("Born", f"{long_date(patient.birth_date)}, {age_in_words(patient, today)}")
    yield Line("Sex and gender", f"{SEXES[patient.sex]}; gender identity: {_gender(patient.gender_identity)}")
    yield Line("Languages", languages(patient) or "not asked")
    yield Line("Interpreter", interpreter(patient.needs_interpreter))
    now, _others = payer_lines(facts.around.payers, today)
    yield Line("Insurance", ", ".join(line.words for line in now) or "not known")
    yield Line("Primary care", patient.primary_care or "not known")


def _gender(identity: str) -> str:
    return GENDER_IDENTITIES.get(identity, identity).lower()


def _safety(facts: SummaryFacts, today: date) -> Iterator[Line]:
    """Unknown is never "no": what was not asked or not answered reads so."""
    tile = safety_tile(facts.safety_measurements, today)
    if tile is None:
        yield Line("Last safety answer", f"{UNKNOWN}: never asked", is_vital=True)
    else:
        asked_on = long_date(facts.safety_measurements[0].taken_on)
        answer = ", ".join(part for part in (tile.value, tile.unit) if part)
        item = tile.label.partition("\N{MIDDLE DOT}")[2].strip()
        was = f" ({tile.detail})" if tile.is_unknown and tile.detail.startswith("was ") else ""
        yield Line("Last safety answer", f"{item}: {answer}{was}", is_vital=True)
        yield Line("Last asked", asked_on, is_vital=True)
    alert = facts.safety_alert
    if alert is None:
        yield Line("Open safety alert", "none", is_vital=True)
    else:
        said = full_sentence({"rule": alert.rule, "evidence": alert.evidence, "sentence": alert.sentence}, today)
        yield Line("Open safety alert", f"since {long_date(alert.since)}, {alert.state}. {said}", is_vital=True)


def _care(facts: SummaryFacts, today: date) -> Iterator[Line]:
    if facts.record is not None:
        episode = facts.record.episode
        yield Line("Clinic", episode.clinic.name)
        yield Line("Why in care", condition_words(facts) or "no condition recorded")
        yield Line("Referred", _referral(episode))
        yield Line("Enrolled", long_date(episode.enrolled_on) if episode.enrolled_on else "not yet")
        consent = facts.consent
        if consent is not None and consent.revoked_on is not None:
            words = f"withdrawn on {long_date(consent.revoked_on)} by {consent.revoked_by}: {consent.revoked_why}"
            yield Line("Consent", words)
        yield Line("Phase now", phase_words(episode, today))
        phases = [f"{PHASE_TITLES[spell.phase].lower()} {long_date(spell.starts_on)}" for spell in facts.record.phases]
        yield Line("Phases", ", ".join(phases))
    for other in facts.other_episodes:
        yield Line("Other episode", _other(other))


def _other_teams(facts: SummaryFacts) -> Iterator[Line]:
    for team in facts.record.other_teams if facts.record is not None else ():
        said = ", ".join(part for part in (f"{team.name}: {team.does}", team.reach) if part)
        yield Line(OTHER_TEAMS[team.kind], f"{said}, since {long_date(team.starts_on)}")


def _referral(episode: Episode) -> str:
    source = REFERRAL_SOURCES.get(episode.referral_source, episode.referral_source)
    by = f" by {source.lower()}" if source else ""
    return f"{long_date(episode.referred_on)}{by}, {episode.urgency}"


def _other(episode: Episode) -> str:
    began = long_date(episode.enrolled_on or episode.referred_on)
    if episode.ended_on is None:
        return f"{episode.clinic.name}, since {began}"
    reason = END_REASONS.get(episode.end_reason or "", "").lower()
    return f"{episode.clinic.name}, {began} to {long_date(episode.ended_on)}, {reason}"


def _measures(record: EpisodeRecord | None, today: date) -> Table:
    rows = [] if record is None else [_measure(each, _until(record, today)) for each in record.followed]
    return Table("Measures followed", ("Measure", "Baseline", "Latest", "Change", "Standing", "Target"), rows)


def _until(record: EpisodeRecord, today: date) -> date:
    """Scores of an episode that ended are as old as they were on that day."""
    return min(record.episode.ended_on or today, today)


def _measure(each: Followed, until: date) -> list[str]:
    course, scale, target = each.course, each.tracked.scale, each.tracked.target
    name = scale_label(each.key)
    if scale.minimum is not None and scale.maximum is not None:
        name = f"{name} ({number(scale.minimum)} to {number(scale.maximum)})"
    aim = target.words() if target is not None else "none set"
    if course.latest is None:
        return [name, baseline_words(course), "none yet", "", UNKNOWN, aim]
    latest = f"{number(course.latest.value)} on {long_date(course.latest.on)}"
    if is_stale(course.latest.on, cadence_days=each.cadence_days, today=until):
        return [name, baseline_words(course), f"{UNKNOWN}, was {latest}", "", _last_known(each), aim]
    return [name, baseline_words(course), latest, _change(each), _standing(each), aim]


def _last_known(each: Followed) -> str:
    return f"{UNKNOWN}: too old to go by (was {each.course.standing.value})"


def _change(each: Followed) -> str:
    """A percentage of what got better; what got worse is said in points, as everywhere."""
    course = each.course
    if course.change is None or course.baseline is None:
        return ""
    better_by = improvement_percent(course.change, course.percent, each.tracked.scale)
    return points(course.change) if better_by is None else percent(better_by)


def _standing(each: Followed) -> str:
    said = [each.course.standing.value]
    if each.course.is_relapse:
        said.append("relapse from the best level that was confirmed")
    if each.beside_mania and each.course.standing in GOOD:
        said.append(BESIDE_MANIA.lower())
    return ", ".join(said)


def _levels(record: EpisodeRecord | None, today: date) -> Iterator[Line]:
    """Scales whose result is a level and no number."""
    for level in record.levels if record is not None else ():
        tile = level_tile(level, _until(record, today) if record is not None else today)
        yield Line(scale_label(level.key), ", ".join(part for part in (tile.value, tile.detail) if part))


def _contact(record: EpisodeRecord | None) -> Iterator[Line]:
    if record is None:
        return
    last, missed = last_two_way(record)
    if last is None:
        yield Line("Last two-way contact", "none since the referral")
    else:
        how = f"{long_date(last.took_place_on)}, {MODALITIES[last.modality].lower()}, with {last.staff}"
        yield Line("Last two-way contact", how)
    yield Line("Attempts missed since", str(missed))


def _review(record: EpisodeRecord | None) -> Iterator[Line]:
    if record is None:
        return
    if record.reviews:
        last = record.reviews[0]
        yield Line("Last review", f"{long_date(last.reviewed_on)}, {last.consultant.name}")
        yield Line("Summary", last.summary or "none written")
    for advice in open_advice(record):
        yield Line("Open recommendation", _advice(advice))
    for question in record.questions:
        asked = f"{question.asked_by.name}, {long_date(question.asked_on)}"
        yield Line("Open question", f"{question.words} ({asked})")


def _advice(advice: Recommendation) -> str:
    to = advice.to_user.name if advice.to_user is not None else advice.to_name
    decided = STATES[advice.state].lower() if advice.decided_on is not None else ""
    facts = [f"proposed {long_date(advice.proposed_on)}", f"to {to}" if to else "", decided]
    return f"{KINDS[advice.kind]}: {advice.words} ({', '.join(part for part in facts if part)})"
