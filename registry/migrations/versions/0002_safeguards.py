"""What the database itself refuses or does: safety signals, append-only trails, row-level security, grants."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("audit_event", "alert_event", "safety_item")

ABOUT_PEOPLE = (
    "adherence_check", "advance_directive", "alert", "alert_event", "caseload_row", "consent", "contact",
    "contact_draft", "contact_point", "danger_report", "episode", "episode_condition", "goal", "goal_rating",
    "injection", "legal_status", "life_event", "look_mark", "measurement", "measurement_score", "meeting_case",
    "merged_row", "observation",
    "other_team", "patient_merge", "payer_period", "phase_spell", "plan_version", "recommendation", "related_person",
    "review", "review_question", "safety_signal", "standing", "task", "team_member", "timed_contact", "tracked_measure",
    "transfer", "treatment_course", "treatment_target", "treatment_trial", "trial_step",
)  # fmt: skip

DERIVED = ("caseload_row", "standing")
"""Recomputed from the rest, so they may be deleted."""

UNFINISHED = ("contact_draft", "timed_contact")
"""What one person has begun and not recorded: gone when it is recorded, or when that person throws it away."""

COUNTED = ("panel_change", "panel_count")
"""How many people a panel holds, and which to count again: numbers of clinics, not rows about people."""

CHOSEN = ("column_choice", "saved_view")
"""How somebody likes to see a list: theirs to take back, and nothing about a person."""

PASSING = ("failed_sign_in", "form_receipt", "heartbeat", "signed_in_session", "stopwatch")

REST = (
    "adopted_figure", "app_user", "clinic", "clinic_closure", "clinic_instrument", "duty_cover", "import_batch",
    "instrument_version", "invitation", "job_run", "membership", "message", "organisation", "rule_number", "rulebook_state",
)  # fmt: skip

NEVER_DELETED = (
    *(name for name in ABOUT_PEOPLE if name not in DERIVED + UNFINISHED), "patient", "patient_clinic", "app_user",
)  # fmt: skip

# As sub-selects they are worked out once a statement, not once a row.
EVERYBODY = "(SELECT registry_everybody())"
CLINICS = "(SELECT registry_clinics())::uuid[]"

# Unless pg_temp is named last, a temporary table called like one of ours would be read and written in its place.
TRIGGER = "RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS"

PANEL_OF = "{row}.clinic_id, coalesce({row}.care_manager_id, {row}.clinic_id)"

# One mark is enough: SQLite has one writer, so whoever counts sees the change of everybody who found a mark there.
PANEL_SQLITE = """
CREATE TRIGGER panel_change_on_{verb} AFTER {verb} ON caseload_row
BEGIN
{marks}
END
"""

PANEL_MARK_SQLITE = """
  INSERT INTO panel_change (id, clinic_id, panel)
  SELECT lower(hex(randomblob(16))), {panel}
   WHERE NOT EXISTS (SELECT 1 FROM panel_change WHERE (clinic_id, panel) = ({panel}));
"""

# A mark of its own for each statement: a mark another transaction is about to remove would not speak for this change.
PANEL_POSTGRES = """
CREATE FUNCTION registry_note_panel_change() {trigger} $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO panel_change (id, clinic_id, panel)
    SELECT gen_random_uuid(), changed.* FROM (SELECT DISTINCT {old} FROM rows_before) AS changed;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO panel_change (id, clinic_id, panel)
    SELECT gen_random_uuid(), changed.* FROM (SELECT DISTINCT {new} FROM rows_after) AS changed;
  END IF;
  RETURN NULL;
END $$
""".format(trigger=TRIGGER, old=PANEL_OF.format(row="rows_before"), new=PANEL_OF.format(row="rows_after"))

PANEL_ROWS = {
    "insert": ("NEW",),
    "update": ("OLD", "NEW"),
    "delete": ("OLD",),
}
TRANSITIONS = {"OLD": "OLD TABLE AS rows_before", "NEW": "NEW TABLE AS rows_after"}

ANSWERED = ("answers", "instrument", "instrument_version")
"""What was said: when it changes, an answered signal is open again; a draft that is only finished leaves it so."""

SIGNAL_SQLITE = """
CREATE TRIGGER safety_signal_{event} AFTER {clause} ON measurement
WHEN NEW.answers IS NOT NULL AND NEW.status <> 'entered-in-error'
BEGIN
  INSERT INTO safety_signal (measurement_id, patient_id, item, value, alert_id)
  SELECT NEW.id, NEW.patient_id, s.item, json_extract(NEW.answers, '$."' || s.item || '"'), NULL
    FROM safety_item AS s
   WHERE s.instrument = NEW.instrument AND s.version = NEW.instrument_version
     AND json_type(NEW.answers, '$."' || s.item || '"') = 'integer'
     AND json_extract(NEW.answers, '$."' || s.item || '"') >= s.positive_from
     AND (s.positive_to IS NULL OR json_extract(NEW.answers, '$."' || s.item || '"') <= s.positive_to)
  ON CONFLICT (measurement_id, item) DO UPDATE SET value = excluded.value, alert_id = NULL
   WHERE {is_new} OR safety_signal.value <> excluded.value;
END
"""

SIGNAL_POSTGRES = """
CREATE FUNCTION registry_write_safety_signal() {trigger} $$
DECLARE
  positive record;
  is_new boolean := TG_OP = 'INSERT' OR {is_new};
BEGIN
  FOR positive IN
    SELECT s.item, (NEW.answers ->> s.item)::integer AS value
      FROM safety_item AS s
     WHERE s.instrument = NEW.instrument AND s.version = NEW.instrument_version
       AND jsonb_typeof(NEW.answers -> s.item) = 'number'
       AND (NEW.answers ->> s.item)::numeric >= s.positive_from
       AND (s.positive_to IS NULL OR (NEW.answers ->> s.item)::numeric <= s.positive_to)
  LOOP
    INSERT INTO safety_signal (measurement_id, patient_id, item, value, alert_id)
    VALUES (NEW.id, NEW.patient_id, positive.item, positive.value, NULL)
    ON CONFLICT (measurement_id, item) DO UPDATE SET value = excluded.value, alert_id = NULL
     WHERE is_new OR safety_signal.value <> excluded.value;
  END LOOP;
  RETURN NULL;
END $$
"""

FROZEN_COLUMNS = ("answers", "total_only", "taken_on", "instrument", "instrument_version")

HISTORY_COLUMNS = ("id", "alert_id", "kind", "at", "by_id", "words", "details")
"""All of a step in an alert's history but whose it is."""

IS_MERGED = """(
EXISTS (SELECT 1 FROM patient_merge AS m
         WHERE m.is_moving AND ((m.patient_id, m.merged_id) = (NEW.patient_id, OLD.patient_id)
                             OR (m.patient_id, m.merged_id) = (OLD.patient_id, NEW.patient_id)))
AND NOT EXISTS (SELECT 1 FROM patient AS p WHERE p.id = NEW.patient_id AND p.merged_into_id IS NOT NULL)
)"""
MERGE_FROZEN = ("patient_id", "merged_id", "merged_at", "merged_by_id", "why")
"""What a merge did: once undone, nothing of it changes any more."""
MERGE_CHANGED = "a merge is changed only by its undo"

LEADS = "(OLD.merged_into_id IS NULL) <> (NEW.merged_into_id IS NULL)"
"""A record comes to lead to another, or no longer does: where to exactly follows from later merges."""
IS_PARTED = "EXISTS (SELECT 1 FROM patient_merge AS m WHERE m.is_moving AND m.merged_id = NEW.id)"
LEAD_REFUSED = "a record leads to another only by a merge"

IS_JOINED = """
EXISTS (SELECT 1 FROM alert AS a
          JOIN patient_merge AS m ON (m.patient_id, m.merged_id) = (NEW.patient_id, a.patient_id)
                                  OR (m.patient_id, m.merged_id) = (a.patient_id, NEW.patient_id)
         WHERE m.is_moving AND a.id = NEW.joined_id AND a.is_safety AND a.closed_at IS NULL)
"""
"""Another alert speaks for this one: the open one of the record it is being merged with."""
JOINS = "NEW.joined_id IS NOT NULL AND (OLD.joined_id IS NULL OR OLD.joined_id <> NEW.joined_id)"
JOIN_REFUSED = "alerts are joined only by a merge"

NOT_MOVED = "a row goes to another person only by a merge, or when one is undone"
NOT_ADDED = "this record was merged into another: nothing is added to it"

# Whoever waited for a merge to end asks once more after waiting: by then the keys were looked at.
NOT_ADDED_POSTGRES = f"""
CREATE FUNCTION registry_refuse_merged() {TRIGGER} $$
BEGIN
  IF EXISTS (SELECT 1 FROM rows_after AS r
               JOIN patient AS p ON p.id = r.patient_id WHERE p.merged_into_id IS NOT NULL) THEN
    RAISE EXCEPTION '{NOT_ADDED}' USING ERRCODE = '40001';
  END IF;
  RETURN NULL;
END $$
"""

NOT_MOVED_POSTGRES = f"""
CREATE FUNCTION registry_refuse_move() {TRIGGER} $$
BEGIN
  IF NOT {IS_MERGED} THEN
    RAISE EXCEPTION '{NOT_MOVED}';
  END IF;
  RETURN NEW;
END $$
"""


def _refusing_unless(name: str, holds: str, message: str) -> str:
    return (
        f"CREATE FUNCTION {name}() {TRIGGER} $$ BEGIN "
        f"IF NOT {holds} THEN RAISE EXCEPTION '{message}'; END IF; RETURN NEW; END $$"
    )


GOES_BACK = "OLD.status <> 'draft' AND NEW.status <> OLD.status AND (OLD.status <> 'final' OR NEW.status = 'draft')"
"""From final to draft, or out of amended or entered in error: what was frozen would change, what was void count."""
BACK_REFUSED = "a finished measurement is no draft again, and one that is void stays so"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _sqlite_triggers()
    else:
        _postgres_triggers()
        _row_level_security()
        _grants()
        _queue()


def _sqlite_triggers() -> None:
    changed = f"UPDATE OF status, {', '.join(ANSWERED)}"
    op.execute(SIGNAL_SQLITE.format(event="on_insert", clause="INSERT", is_new="true"))
    op.execute(SIGNAL_SQLITE.format(event="on_change", clause=changed, is_new=_differs(ANSWERED, "IS NOT")))
    for verb, rows in PANEL_ROWS.items():
        marks = "".join(PANEL_MARK_SQLITE.format(panel=PANEL_OF.format(row=row)) for row in rows)
        op.execute(PANEL_SQLITE.format(verb=verb, marks=marks))
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            clause = f"BEFORE {verb} ON {table}"
            if (verb, table) == ("UPDATE", "alert_event"):
                clause += f" WHEN {_differs(HISTORY_COLUMNS, 'IS NOT')}"
            op.execute(_refusal(f"{table}_no_{verb.lower()}", clause, f"{table} is append-only"))
    for table in NEVER_DELETED:
        if table not in APPEND_ONLY:
            op.execute(_refusal(f"{table}_no_delete", f"BEFORE DELETE ON {table}", f"{table} rows are never deleted"))
    columns = ", ".join(FROZEN_COLUMNS)
    op.execute(
        _refusal(
            "measurement_frozen",
            f"BEFORE UPDATE OF {columns} ON measurement WHEN OLD.status <> 'draft' AND ({_differs(FROZEN_COLUMNS, 'IS NOT')})",
            "a finished measurement is corrected by a new one",
        )
    )
    for table in (*ABOUT_PEOPLE, "patient_clinic"):
        moves = f"BEFORE UPDATE OF patient_id ON {table} WHEN OLD.patient_id <> NEW.patient_id AND NOT {IS_MERGED}"
        op.execute(_refusal(f"{table}_whose", moves, NOT_MOVED))
        is_merged = "EXISTS (SELECT 1 FROM patient WHERE id = NEW.patient_id AND merged_into_id IS NOT NULL)"
        op.execute(_refusal(f"{table}_of_merged", f"BEFORE INSERT ON {table} WHEN {is_merged}", NOT_ADDED))
    op.execute(_refusal("measurement_status", f"BEFORE UPDATE OF status ON measurement WHEN {GOES_BACK}", BACK_REFUSED))
    is_fixed = f"OLD.undone_at IS NOT NULL OR {_differs(MERGE_FROZEN, '<>')}"
    op.execute(_refusal("patient_merge_frozen", f"BEFORE UPDATE ON patient_merge WHEN {is_fixed}", MERGE_CHANGED))
    leads = f"BEFORE UPDATE OF merged_into_id ON patient WHEN {LEADS} AND NOT {IS_PARTED}"
    op.execute(_refusal("patient_merged_into", leads, LEAD_REFUSED))
    joins = f"BEFORE UPDATE OF joined_id ON alert WHEN {JOINS} AND NOT {IS_JOINED}"
    op.execute(_refusal("alert_joined", joins, JOIN_REFUSED))
    op.execute(_refusal("alert_joined_new", "BEFORE INSERT ON alert WHEN NEW.joined_id IS NOT NULL", JOIN_REFUSED))


def _refusal(name: str, clause: str, message: str) -> str:
    return f"CREATE TRIGGER {name} {clause} BEGIN SELECT RAISE(ABORT, '{message}'); END"


def _differs(columns: tuple[str, ...], operator: str) -> str:
    return " OR ".join(f"OLD.{column} {operator} NEW.{column}" for column in columns)


def _postgres_triggers() -> None:
    signal = SIGNAL_POSTGRES.format(trigger=TRIGGER, is_new=_differs(ANSWERED, "IS DISTINCT FROM"))
    op.execute(sa.text(signal))
    op.execute(
        f"CREATE TRIGGER safety_signal_written AFTER INSERT OR UPDATE OF status, {', '.join(ANSWERED)} "
        "ON measurement FOR EACH ROW "
        "WHEN (NEW.answers IS NOT NULL AND NEW.status <> 'entered-in-error') "
        "EXECUTE FUNCTION registry_write_safety_signal()"
    )
    op.execute(sa.text(PANEL_POSTGRES))
    for verb, rows in PANEL_ROWS.items():
        seen = " ".join(TRANSITIONS[row] for row in rows)
        op.execute(
            f"CREATE TRIGGER panel_change_on_{verb} AFTER {verb} ON caseload_row REFERENCING {seen} "
            "FOR EACH STATEMENT EXECUTE FUNCTION registry_note_panel_change()"
        )
    op.execute(sa.text(f"CREATE FUNCTION registry_refuse() {TRIGGER} $$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0]; END $$"))
    for table in APPEND_ONLY:
        changed = f"WHEN ({_differs(HISTORY_COLUMNS, 'IS DISTINCT FROM')})" if table == "alert_event" else ""
        for verb, condition in (("UPDATE", changed), ("DELETE", "")):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} FOR EACH ROW {condition} "
                f"EXECUTE FUNCTION registry_refuse('{table} is append-only')"
            )
    op.execute(sa.text(NOT_MOVED_POSTGRES))
    op.execute(sa.text(NOT_ADDED_POSTGRES))
    for table in (*ABOUT_PEOPLE, "patient_clinic"):
        op.execute(
            f"CREATE TRIGGER {table}_whose BEFORE UPDATE OF patient_id ON {table} FOR EACH ROW "
            "WHEN (OLD.patient_id <> NEW.patient_id) EXECUTE FUNCTION registry_refuse_move()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_of_merged AFTER INSERT ON {table} REFERENCING NEW TABLE AS rows_after "
            "FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_merged()"
        )
    for table in NEVER_DELETED:
        if table not in APPEND_ONLY:
            op.execute(
                f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW "
                f"EXECUTE FUNCTION registry_refuse('{table} rows are never deleted')"
            )
    op.execute(
        f"CREATE TRIGGER measurement_frozen BEFORE UPDATE OF {', '.join(FROZEN_COLUMNS)} ON measurement FOR EACH ROW "
        f"WHEN (OLD.status <> 'draft' AND ({_differs(FROZEN_COLUMNS, 'IS DISTINCT FROM')})) "
        "EXECUTE FUNCTION registry_refuse('a finished measurement is corrected by a new one')"
    )
    op.execute(
        "CREATE TRIGGER measurement_status BEFORE UPDATE OF status ON measurement FOR EACH ROW "
        f"WHEN ({GOES_BACK}) EXECUTE FUNCTION registry_refuse('{BACK_REFUSED}')"
    )
    _postgres_merge_triggers()


def _postgres_merge_triggers() -> None:
    op.execute(sa.text(_refusing_unless("registry_refuse_lead", IS_PARTED, LEAD_REFUSED)))
    op.execute(sa.text(_refusing_unless("registry_refuse_join", IS_JOINED, JOIN_REFUSED)))
    op.execute(
        "CREATE TRIGGER patient_merge_frozen BEFORE UPDATE ON patient_merge FOR EACH ROW "
        f"WHEN (OLD.undone_at IS NOT NULL OR {_differs(MERGE_FROZEN, '<>')}) "
        f"EXECUTE FUNCTION registry_refuse('{MERGE_CHANGED}')"
    )
    op.execute(
        "CREATE TRIGGER patient_merged_into BEFORE UPDATE OF merged_into_id ON patient FOR EACH ROW "
        f"WHEN ({LEADS}) EXECUTE FUNCTION registry_refuse_lead()"
    )
    op.execute(
        "CREATE TRIGGER alert_joined BEFORE UPDATE OF joined_id ON alert FOR EACH ROW "
        f"WHEN ({JOINS}) EXECUTE FUNCTION registry_refuse_join()"
    )
    op.execute(
        "CREATE TRIGGER alert_joined_new BEFORE INSERT ON alert FOR EACH ROW WHEN (NEW.joined_id IS NOT NULL) "
        f"EXECUTE FUNCTION registry_refuse('{JOIN_REFUSED}')"
    )


def _row_level_security() -> None:
    # Their bodies are bound now: no type of somebody's own stands in the way, and they still melt into the question.
    op.execute(
        sa.text(
            "CREATE FUNCTION registry_everybody() RETURNS boolean LANGUAGE sql STABLE "
            "RETURN current_setting('registry.everybody', true) = 'on'"
        )
    )
    op.execute(
        sa.text(
            "CREATE FUNCTION registry_clinics() RETURNS uuid[] LANGUAGE sql STABLE "
            "RETURN string_to_array(current_setting('registry.clinic_ids', true), ',')\\:\\:uuid[]"
        )
    )
    for table in ABOUT_PEOPLE:
        sees = _is_seen(f"{table}.patient_id")
        if table == "caseload_row":
            # A clinic keeps seeing whoever had an episode there. Asked first, since the general question has everybody
            # a reader may see looked up before the first row: 100,000 people for one page of a lead of all clinics.
            sees = f"clinic_id = ANY ({CLINICS}) OR {sees}"
        _protect(table, sees, sees)
    # A new patient is stored before the row that says which clinic sees it.
    _protect("patient", _is_seen("patient.id"), "true")
    mine = f"{EVERYBODY} OR clinic_id = ANY ({CLINICS})"
    _protect("patient_clinic", mine, mine)
    _protect("panel_count", mine, mine)
    # Whoever writes about a person two clinics share marks the panel of the other clinic as well.
    _protect("panel_change", mine, "true")
    # It runs as the owner: unless pg_temp is named last, a temporary view called "patient" would run its maker's code.
    op.execute(
        sa.text(
            "CREATE FUNCTION registry_knows_mrn(wanted_organisation uuid, wanted_mrn text) RETURNS boolean "
            "LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$ "
            "DECLARE before text \\:= coalesce(current_setting('registry.everybody', true), ''); known boolean; "
            "BEGIN PERFORM set_config('registry.everybody', 'on', true); "
            "SELECT EXISTS (SELECT 1 FROM patient WHERE organisation_id = wanted_organisation AND mrn = wanted_mrn) "
            "INTO known; PERFORM set_config('registry.everybody', before, true); RETURN known; END $$"
        )
    )


def _is_seen(patient_id: str) -> str:
    """Written out: behind a function the question would be asked row by row; so the planner may answer it by a join."""
    return (
        f"{EVERYBODY} OR EXISTS (SELECT 1 FROM patient_clinic AS pc WHERE pc.patient_id = {patient_id} "
        f"AND pc.clinic_id = ANY ({CLINICS}) AND (pc.expires_at IS NULL OR pc.expires_at > now()))"
    )


def _protect(table: str, sees: str, may_add: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY {table}_read ON {table} FOR SELECT USING ({sees})")
    op.execute(f"CREATE POLICY {table}_add ON {table} FOR INSERT WITH CHECK ({may_add})")
    op.execute(f"CREATE POLICY {table}_change ON {table} FOR UPDATE USING ({sees}) WITH CHECK ({sees})")
    op.execute(f"CREATE POLICY {table}_remove ON {table} FOR DELETE USING ({sees})")


def _grants() -> None:
    """What the program's role may do; it owns nothing and deletes only what is derived, unfinished or passing."""
    for table in APPEND_ONLY:
        op.execute(f"GRANT SELECT, INSERT ON {table} TO registry_app")
    for table in (*ABOUT_PEOPLE, "patient", "patient_clinic", *COUNTED, *CHOSEN, *REST, *PASSING):
        if table not in APPEND_ONLY:
            op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO registry_app")
    for table in (*DERIVED, *UNFINISHED, *COUNTED, *CHOSEN, *PASSING):
        op.execute(f"GRANT DELETE ON {table} TO registry_app")
    op.execute("GRANT UPDATE (patient_id) ON alert_event TO registry_app")  # by a merge
    op.execute("GRANT SELECT ON merge_rest TO registry_app")
    op.execute("GRANT SELECT ON alembic_version TO registry_app")  # readiness compares it with the newest revision


QUEUE = """
CREATE SCHEMA queue;
CREATE TABLE queue.huey_kv (
    queue text NOT NULL, key text NOT NULL, value bytea NOT NULL, PRIMARY KEY (queue, key));
CREATE TABLE queue.huey_counter (
    queue text NOT NULL, key text NOT NULL, value bigint NOT NULL DEFAULT 0, PRIMARY KEY (queue, key));
CREATE TABLE queue.huey_schedule (
    id bigserial PRIMARY KEY, queue text NOT NULL, data bytea NOT NULL, timestamp double precision NOT NULL);
CREATE INDEX huey_schedule_queue_timestamp ON queue.huey_schedule (queue, timestamp);
CREATE TABLE queue.huey_task (
    id bigserial PRIMARY KEY, queue text NOT NULL, data bytea NOT NULL, priority double precision NOT NULL DEFAULT 0.0);
CREATE INDEX huey_task_queue_priority_id ON queue.huey_task (queue, priority DESC, id);
GRANT USAGE ON SCHEMA queue TO registry_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA queue TO registry_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA queue TO registry_app
"""


def _queue() -> None:
    """The tables of huey's queue, as its ``PostgresStorage`` expects them: of jobs, and about nobody."""
    for statement in QUEUE.split(";"):
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        names = op.get_bind().exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
        for name in names:
            op.execute(f"DROP TRIGGER {name}")
        return
    op.execute("DROP SCHEMA queue CASCADE")
    for table in (*ABOUT_PEOPLE, "patient", "patient_clinic", *COUNTED):
        for act in ("read", "add", "change", "remove"):
            op.execute(f"DROP POLICY {table}_{act} ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    for table in (
        *ABOUT_PEOPLE,
        *APPEND_ONLY,
        "patient",
        "patient_clinic",
        *COUNTED,
        *CHOSEN,
        *REST,
        *PASSING,
        "merge_rest",
        "alembic_version",
    ):
        op.execute(f"REVOKE ALL ON {table} FROM registry_app")
    for signature in (
        "registry_knows_mrn(uuid, text)",
        "registry_clinics()",
        "registry_everybody()",
    ):
        op.execute(f"DROP FUNCTION {signature}")
    op.execute("DROP FUNCTION registry_write_safety_signal() CASCADE")
    op.execute("DROP FUNCTION registry_note_panel_change() CASCADE")
    op.execute("DROP FUNCTION registry_refuse_move() CASCADE")
    op.execute("DROP FUNCTION registry_refuse_lead() CASCADE")
    op.execute("DROP FUNCTION registry_refuse_join() CASCADE")
    op.execute("DROP FUNCTION registry_refuse_merged() CASCADE")
    op.execute("DROP FUNCTION registry_refuse() CASCADE")
