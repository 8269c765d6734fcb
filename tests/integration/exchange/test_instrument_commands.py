"""``flask instruments score`` and ``flask instruments export``, as anybody runs them who wants to check us."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from fhir.resources.R4B.questionnaire import Questionnaire
from flask import Flask

from config import Settings
from registry import create_app

PHQ9 = '{"instrument": "phq-9", "answers": [3, 3, 3, 1, 0, 0, 0, 0, 0]}'


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """A program whose database is not there."""
    settings = Settings(
        secret_key="s" * 32,
        environment="test",
        data_folder=tmp_path,
        database_url="postgresql+psycopg://nobody@127.0.0.1:9/nothing",
    )
    return create_app(settings)


def run(app: Flask, *words: str, given: str | bytes = "") -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["instruments", *words], input=given)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def test_answers_are_scored_without_a_database(app: Flask) -> None:
    code, output = run(app, "score", given=f"{PHQ9}\n{PHQ9}\n")

    assert code == 0
    assert [json.loads(line)["scores"]["total"]["value"] for line in output.splitlines()] == [10, 10]


def test_a_bad_line_ends_in_status_1_when_all_others_are_scored(app: Flask) -> None:
    code, output = run(app, "score", given=f"{PHQ9}\nx\n{PHQ9}")

    assert code == 1
    assert [sorted(json.loads(line))[0] for line in output.splitlines()] == ["instrument", "error", "instrument"]


def test_no_answers_bring_no_scores(app: Flask) -> None:
    assert run(app, "score") == (0, "")


def test_an_instrument_is_exported_as_a_questionnaire(app: Flask) -> None:
    code, output = run(app, "export", "phq-9", "--format", "fhir", "--version", "1")

    assert code == 0
    assert Questionnaire.model_validate_json(output).title == "Patient Health Questionnaire-9"


def test_the_address_of_the_installation_names_what_it_exports(app: Flask) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], fhir_base="https://registry.clinic.example")

    _, output = run(app, "export", "phq-9", "--format", "fhir")

    assert json.loads(output)["url"] == "https://registry.clinic.example/Questionnaire/phq-9"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("phq-19", "--format", "fhir"), 1, "There is no instrument phq-19"),
        (("phq-9", "--format", "fhir", "--version", "9"), 1, "There is no instrument phq-9 version 9"),
        (("phq-9", "--format", "pdf"), 2, "'pdf' is not"),
        (("phq-9",), 2, "--format"),
    ],
)
def test_what_cannot_be_exported_says_why(app: Flask, words: tuple[str, ...], code: int, said: str) -> None:
    ended, output = run(app, "export", *words)

    assert ended == code
    assert said in output


@pytest.mark.parametrize("words", [("score",), ("export", "phq-9", "--format", "fhir")])
def test_a_wrong_instrument_file_is_named(app: Flask, tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "own.toml").write_text('id = "own"\n', encoding="utf-8")
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], extra_instruments_folder=tmp_path)

    code, output = run(app, *words)

    assert code == 1
    assert "own.toml" in output
