"""The builders do what they say, on both databases."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from registry.access import scope
from registry.episodes.queries import get_episode, list_team
from tests.builders import a_clinic, a_patient, a_user, an_episode, id_of, sign_in


def test_an_episode_has_its_person_team_and_clinic(app: Flask) -> None:
    with app.app_context():
        clinic = a_clinic()
        maria = a_user(clinic=clinic, name="Maria Santos")
        episode = an_episode(patient=a_patient(clinic=clinic, given="Ada"), care_manager=maria)

        with scope.within({clinic.id}):
            found = get_episode(episode.id)
            assert found is not None
            assert found.phase == "active"
            assert found.metric_primary == "phq-9:total"
            assert found.patient.legal_given == "Ada"
            assert [member.user_id for member in list_team(episode.id)] == [maria.id]


def test_somebody_signed_in_reaches_the_program(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        user = a_user(clinic=a_clinic())

    answer = sign_in(client, id_of(user)).get("/account/stay")

    assert answer.status_code == 204
