import pytest

from registry.db.word import word, words


def test_a_word_stands_in_the_statement_itself() -> None:
    assert [str(each) for each in words(["final", "entered-in-error", ""])] == ["'final'", "'entered-in-error'", "''"]


@pytest.mark.parametrize("text", ["it's", "a\\", "now:then"])
def test_what_would_mean_something_in_a_statement_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="cannot stand"):
        word(text)
