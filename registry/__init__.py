"""Collaborative Care Registry: what is switched on, in order."""

from __future__ import annotations

from flask import Flask
from flask_wtf.csrf import CSRFError
from werkzeug.middleware.proxy_fix import ProxyFix

import registry.models  # noqa: F401  # every table is known before the first statement
from config import ROOT, Settings
from registry import cli
from registry.access import policy, refusals, scope
from registry.accounts import sessions
from registry.accounts.receipts import is_sent_otherwise, led_reader_to
from registry.accounts.signals import account_opened
from registry.alerts.backlog import spread_at
from registry.alerts.cadence import phase_cadence
from registry.alerts.patient_banner import tell_patient_banner
from registry.alerts.reconcile import follow_write
from registry.alerts.signals import asks_somebody, attention_changed
from registry.alerts.sweep import follow_account
from registry.audit import opened, recorder
from registry.caseload.panels import QUESTIONS
from registry.caseload.queries import VIEWS_QUESTION, parts_by_view
from registry.caseload.rows import follow_attention, follow_identity
from registry.contacts import timer_bar
from registry.contacts.queries import first_two_way
from registry.db import transaction
from registry.db.engine import engine_options, is_sqlite, prepare
from registry.db.session import install_gateway
from registry.db.transaction import BEFORE_COMMIT
from registry.episodes.backlog import BACKLOG_SPREAD
from registry.episodes.cadence import PHASE_CADENCE
from registry.episodes.first_contact import FIRST_CONTACT
from registry.episodes.place import carry_episode
from registry.episodes.running_medicines import RUNNING_MEDICINES
from registry.episodes.signals import episode_changed, follow_person
from registry.episodes.unanswered import UNANSWERED
from registry.extensions import csrf, db, login, migrate
from registry.jobs import readiness
from registry.measurements.signals import refuse_unanswered_signals
from registry.messages.actions import queue_urgent
from registry.patients.safety_banner import SAFETY_BANNER
from registry.patients.signals import attention_may_change, patient_changed
from registry.quality.parts import METRICS_QUESTION, parts_by_metric
from registry.review import parting
from registry.treatment.queries import tell_running_medicines
from registry.web import (
    assets,
    compression,
    errors,
    filters,
    form_keys,
    form_limit,
    health,
    request_log,
    security_headers,
    shell,
)
from registry.web.templates import OPTIONS, RegistryEnvironment

__all__ = ["create_app"]


def create_app(settings: Settings) -> Flask:
    """The program, ready to serve. Raises when a route has no policy."""
    app = Flask("registry", root_path=str(ROOT / "registry"), template_folder=str(ROOT / "templates"))
    _configure(app, settings)
    request_log.configure(settings.log_level)
    request_log.init_app(app)
    security_headers.init_app(app)
    compression.init_app(app)
    errors.init_app(app)
    form_limit.init_app(app)
    form_keys.init_app(app)
    assets.init_app(app)
    filters.init_app(app)
    _start_database(app, settings)
    _connect_signals()
    csrf.init_app(app)
    login.init_app(app)
    sessions.init_app(app)
    policy.init_app(app)
    opened.init_app(app)
    refusals.init_app(app)
    shell.init_app(app)
    timer_bar.init_app(app)
    app.url_defaults(carry_episode)
    _register_pages(app)
    readiness.init_app(app)
    cli.init_app(app)
    policy.refuse_routes_without_policy(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        TESTING=settings.environment == "test",
        SQLALCHEMY_DATABASE_URI=settings.app_database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.app_database_url),
        SESSION_COOKIE_NAME="form" if settings.insecure_cookies else "__Host-form",
        SESSION_COOKIE_SECURE=not settings.insecure_cookies,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # as long as the browser session: a form left open overnight still saves
        MAX_CONTENT_LENGTH=5 * 1024 * 1024,
        MAX_FORM_PARTS=1_000,
    )
    app.jinja_environment = RegistryEnvironment
    app.jinja_options = OPTIONS
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # Flask's own way to wrap


def _start_database(app: Flask, settings: Settings) -> None:
    if is_sqlite(settings.app_database_url):
        settings.data_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    db.init_app(app)
    transaction.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "registry" / "migrations"))
    install_gateway(scope.gateway)
    with app.app_context():
        prepare(db.engine, key=settings.database_key)
        scope.watch(db.engine)
    app.extensions[BEFORE_COMMIT] = (refuse_unanswered_signals, recorder.append_pending)
    app.extensions[QUESTIONS] = {VIEWS_QUESTION: parts_by_view, METRICS_QUESTION: parts_by_metric}
    app.extensions[health.READINESS] = {}
    app.extensions[health.SWITCHED_OFF] = []
    app.extensions[SAFETY_BANNER] = tell_patient_banner
    app.extensions[PHASE_CADENCE] = phase_cadence
    app.extensions[BACKLOG_SPREAD] = spread_at
    app.extensions[FIRST_CONTACT] = first_two_way
    app.extensions[RUNNING_MEDICINES] = tell_running_medicines
    app.extensions[UNANSWERED] = parting
    app.extensions[form_keys.SENT_OTHERWISE] = is_sent_otherwise
    app.extensions[form_keys.LED_TO] = led_reader_to


def _connect_signals() -> None:
    """Who hears of a write. Never weakly: a receiver that vanished in silence would take the alerts with it."""
    attention_may_change.connect(follow_person, weak=False)
    episode_changed.connect(follow_write, weak=False)
    asks_somebody.connect(queue_urgent, weak=False)
    attention_changed.connect(follow_attention, weak=False)
    account_opened.connect(follow_account, weak=False)
    patient_changed.connect(follow_identity, weak=False)


def _register_pages(app: Flask) -> None:
    from registry.accounts import views as accounts
    from registry.administration import views as administration
    from registry.alerts import views as alerts
    from registry.case_review.views import review
    from registry.caseload import views as caseload
    from registry.contacts import views as contacts
    from registry.episodes import views as episodes
    from registry.exchange import views as exchange
    from registry.life import views as life
    from registry.measurements import views as measurements
    from registry.merging import views as merging
    from registry.patients import views as patients
    from registry.physical import views as physical
    from registry.plans import views as plans
    from registry.quality import views as quality
    from registry.tasks import views as tasks
    from registry.treatment import views as treatment

    for blueprint in (
        health.blueprint,
        accounts.blueprint,
        administration.blueprint,
        alerts.blueprint,
        caseload.blueprint,
        contacts.blueprint,
        tasks.blueprint,
        treatment.blueprint,
        physical.blueprint,
        plans.blueprint,
        life.blueprint,
        patients.blueprint,
        merging.blueprint,
        episodes.blueprint,
        measurements.blueprint,
        exchange.blueprint,
        review.blueprint,
        quality.blueprint,
    ):
        app.register_blueprint(blueprint)
    app.register_error_handler(404, patients.lead_to_survivor)
    app.register_error_handler(401, lambda _error: accounts.ask_to_sign_in())
    app.register_error_handler(CSRFError, lambda _error: accounts.ask_to_send_again() or errors.forged())
