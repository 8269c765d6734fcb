"""What holds for every instrument the registry ships, whatever it asks and however it adds up."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from registry.episodes.scales import shipped_folders
from registry.measures.answers import DECLINED, Answer, ContradictoryAnswers, read
from registry.measures.catalogue import catalogue_at
from registry.measures.definition import load
from registry.measures.instrument import Instrument, Item
from registry.measures.scale import Figure, Scale, Source
from registry.measures.scoring import ContradictedTotal, SafetyState, check_declared, score, score_total
from tests.examples import examples
from tests.unit.measures.conftest import REPOSITORY

INSTRUMENTS = tuple(catalogue_at(*shipped_folders(REPOSITORY / "instruments")).versions())
# With reversed items and answers coded 1 to 4, whatever is shipped.
AND_A_REVERSED_ONE = (*INSTRUMENTS, load(REPOSITORY / "tests" / "data" / "instruments" / "cesd.toml"))
SCALES = tuple((instrument, scale) for instrument in INSTRUMENTS for scale in instrument.scales)

# The examples are shared out among all instruments.
some_forms_of_each = examples(120)
each_scale = pytest.mark.parametrize(
    ("instrument", "scale"), SCALES, ids=[instrument.scale_key(scale) for instrument, scale in SCALES]
)
each_instrument = pytest.mark.parametrize("instrument", INSTRUMENTS, ids=[each.id for each in INSTRUMENTS])


@dataclass(frozen=True)
class Form:
    """An instrument as somebody may have filled it in; its answers contradict nothing."""

    instrument: Instrument
    answers: Mapping[str, Answer]

    def with_answers(self, answers: Mapping[str, Answer]) -> "Form":
        return Form(self.instrument, {**self.answers, **answers})


def information(item: Item) -> list[int]:
    return [choice.value for choice in item.choices if not choice.is_missing]


def no_information(item: Item) -> list[Answer]:
    return [None, DECLINED, *(choice.value for choice in item.choices if choice.is_missing)]


@st.composite
def whole_forms(draw: st.DrawFn) -> Form:
    """Every item answered that has to be: one of each either-or, and none that is not asked."""
    instrument = draw(st.sampled_from(AND_A_REVERSED_ONE))
    answers: dict[str, Answer] = {item.id: draw(st.sampled_from(information(item))) for item in instrument.items}
    for group in instrument.either_or:
        answered = draw(st.sampled_from(group))
        answers.update({item_id: None for item_id in group if item_id != answered})
    while (unasked := _answered_though_not_asked(instrument, answers)) is not None:
        answers[unasked] = None
    return Form(instrument, answers)


def _answered_though_not_asked(instrument: Instrument, answers: Mapping[str, Answer]) -> str | None:
    try:
        read(instrument, answers)
    except ContradictoryAnswers as contradiction:
        return contradiction.item
    return None


@st.composite
def gaps(draw: st.DrawFn, form: Form) -> dict[str, Answer]:
    """A few of the form's items, with what stands where an answer is missing."""
    items = draw(
        st.lists(st.sampled_from(form.instrument.items), min_size=1, max_size=3, unique_by=lambda each: each.id)
    )
    return {item.id: draw(st.sampled_from(no_information(item))) for item in items}


@st.composite
def forms(draw: st.DrawFn) -> Form:
    """Whole ones, and ones with gaps."""
    form = draw(whole_forms())
    return form.with_answers(draw(gaps(form))) if draw(st.booleans()) else form


# Scores


@some_forms_of_each
@given(form=forms())
def test_a_score_lies_on_its_scale_or_there_is_a_reason_why_there_is_none(form: Form) -> None:
    scores = score(form.instrument, form.answers).scores

    for scale in form.instrument.scales:
        result = scores[scale.id]
        if result.value is not None:
            assert scale.minimum is not None
            assert scale.maximum is not None
            assert scale.minimum <= result.value <= scale.maximum
            assert result.value == result.value.quantize(scale.step)
            assert (result.band is None) == (not scale.bands)
        elif result.category is not None:
            assert result.category in scale.categories
        else:
            assert result.why_withheld


@some_forms_of_each
@given(form=forms(), data=st.data())
def test_an_answer_that_is_worth_more_never_lowers_a_score(form: Form, data: st.DataObject) -> None:
    answered = [item for item in form.instrument.items if form.answers[item.id] in information(item)]
    assume(answered)
    item = data.draw(st.sampled_from(answered))
    other = form.with_answers({item.id: data.draw(st.sampled_from(information(item)))})
    assume(_answered_though_not_asked(other.instrument, other.answers) is None)
    first, second = score(form.instrument, form.answers), score(other.instrument, other.answers)
    assume(first.skipped == second.skipped)

    for scale in form.instrument.scales:
        before, after = first.scores[scale.id].value, second.scores[scale.id].value
        if before is None or after is None or item.id not in scale.items:
            assert before == after
        elif worth(scale, item, other.answers) >= worth(scale, item, form.answers):
            assert after >= before
        else:
            assert after <= before


def worth(scale: Scale, item: Item, answers: Mapping[str, Answer]) -> int:
    """How much an answer counts for, said without the program's own arithmetic; only the order matters."""
    value = answers[item.id]
    assert isinstance(value, int)
    recoded = next((dict(recode.points) for recode in scale.recodes if item.id in recode.items), None)
    if recoded is not None:
        return recoded[value]
    (points,) = (choice.score for choice in item.choices if choice.value == value)
    return -points if item.reversed else points


@some_forms_of_each
@given(form=whole_forms(), data=st.data())
def test_what_is_missing_withholds_a_score_or_marks_it_and_never_changes_it_in_silence(
    form: Form, data: st.DataObject
) -> None:
    whole = score(form.instrument, form.answers)
    short = score(form.instrument, form.with_answers(data.draw(gaps(form))).answers)
    # Blank, these count as their branch says; answered all the same, they may have counted for something else.
    unasked = set(short.skipped) - set(whole.skipped)

    for scale in form.instrument.scales:
        if unasked & set(scale.items):
            continue
        full, result = whole.scores[scale.id], short.scores[scale.id]
        if result.prorated:
            assert 0 < len(result.missing) <= scale.tolerated_missing
        elif result.why_withheld is None:
            assert (result.value, result.category) == (full.value, full.category)
        else:
            assert result.missing or full.why_withheld


@some_forms_of_each
@given(form=whole_forms())
def test_a_whole_form_misses_nothing(form: Form) -> None:
    scoring = score(form.instrument, form.answers)

    assert (scoring.missing, scoring.declined) == ((), ())
    assert [scale_id for scale_id, each in scoring.scores.items() if each.prorated or each.missing] == []
    assert all(scoring.scores[scale.id].value is not None for scale in form.instrument.scales if scale.has_total)


@some_forms_of_each
@given(form=whole_forms())
def test_a_total_without_answers_reads_as_the_answers_that_add_up_to_it(form: Form) -> None:
    primary = form.instrument.primary_scale
    assume(primary.is_whole and not primary.is_profile)
    scoring = score(form.instrument, form.answers)
    total = scoring.scores[primary.id].value
    assert total is not None

    alone = score_total(form.instrument, total)

    assert (alone.scores[primary.id].value, alone.scores[primary.id].band) == (total, scoring.scores[primary.id].band)
    assert {each.state for each in alone.safety} <= {SafetyState.UNKNOWN}
    check_declared(scoring, total)
    with pytest.raises(ContradictedTotal):
        check_declared(scoring, total + 1)


# Safety


@some_forms_of_each
@given(form=forms())
def test_a_safety_answer_is_judged_by_itself_alone(form: Form) -> None:
    scoring = score(form.instrument, form.answers)

    told = {each.item: each.state for each in scoring.safety}
    assert told == {
        item.id: SafetyState.NEGATIVE if item.id in scoring.skipped else safety_of(item, form.answers[item.id])
        for item in form.instrument.items
        if item.safety_positive_from is not None
    }


def safety_of(item: Item, answer: Answer) -> SafetyState:
    if not isinstance(answer, int) or answer not in information(item):
        return SafetyState.UNKNOWN
    assert item.safety_positive_from is not None
    highest = item.safety_positive_to if item.safety_positive_to is not None else answer
    is_positive = item.safety_positive_from <= answer <= highest
    return SafetyState.POSITIVE if is_positive else SafetyState.NEGATIVE


# What the files say


@each_scale
def test_every_number_has_a_source(instrument: Instrument, scale: Scale) -> None:
    numbers = {each.name: getattr(scale, each.name) for each in fields(scale)}
    sources = [number.source for number in numbers.values() if isinstance(number, Figure)]
    sources += [] if scale.prorating is None else [scale.prorating.source]

    assert all(source.text for source in sources)
    assert (scale.bands_source is not None) == bool(scale.bands)
    assert (scale.losses_source is not None) == bool(scale.losses)


@each_instrument
def test_every_safety_item_has_a_source(instrument: Instrument) -> None:
    assert all(isinstance(item.safety_source, Source) for item in instrument.safety_items)


@each_instrument
def test_a_score_only_file_carries_no_wording(instrument: Instrument) -> None:
    if instrument.score_only:
        assert [item.id for item in instrument.items if item.text is not None] == []
        assert all(item.label.startswith(f"Item {item.number}") for item in instrument.items)


def test_one_code_means_one_thing_across_all_instruments() -> None:
    """Items of one wording share their code, such as those of the PHQ-9, PHQ-8 and PHQ-2."""
    meanings: dict[str, set[str]] = defaultdict(set)
    for instrument in INSTRUMENTS:
        for code, meaning in coded(instrument):
            meanings[code].add(meaning)

    assert {code: each for code, each in meanings.items() if len(each) > 1} == {}


def coded(instrument: Instrument) -> Iterator[tuple[str, str]]:
    """Every code but those of answers, with what it stands for; versions of one instrument stand for the same."""
    if instrument.code is not None:
        yield instrument.code, f"form {instrument.id}"
    yield from ((item.code, f"item: {item.label}") for item in instrument.items if item.code is not None)
    for scale in instrument.scales:
        if scale.code is not None:
            yield scale.code, f"score {instrument.scale_key(scale)}"
