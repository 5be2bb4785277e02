"""A revert begins with a look: what came to depend on the new state of the old names."""

from __future__ import annotations

import pytest

from conftest import connect, psql, sqitch
from helpers_cycle import all_rows, one, roles, sqlstate

# What is there before the deploy, and remembered by it.
BEFORE = """
    create table public.endpoint_list (id bigint primary key);
    insert into public.endpoint_list select distinct endpoint_id from workflow_trace_endpoint;
    alter table workflow_trace_endpoint add constraint known_endpoint
    foreign key (endpoint_id) references public.endpoint_list (id);
    create function public.audit() returns trigger language plpgsql as 'begin return new; end';
    create trigger audit after insert on workflow_events
    for each row execute function public.audit();
    create policy own_configs on workflow_configs to seasonal using (true);
    alter table workflow_configs enable row level security;
    insert into consolidation.accepted (kind, object, reason)
    select p.kind, p.object, 'tested' from consolidation.preflight as p where p.severity = 'refuse';
"""
# What was made after the cut-over: kind and a part of the name of its finding, the statement.
MADE = {
    ("made on an old name", "materialized view public.frozen"): """
        create materialized view public.frozen as select event_type from workflow_events""",
    ("made on an old name", "rule noticed on view public.workflow_steps"): """
        create rule noticed as on insert to workflow_steps do also notify steps""",
    ("made on an old name", "trigger counted on view public.workflow_trace_context"): """
        create trigger counted after insert on workflow_trace_context
        for each statement execute function public.audit()""",
    ("made on an old name", "function public.first_of(public.workflow_trace)"): """
        create function public.first_of(t workflow_trace) returns bigint language sql
        as 'select t.trace_id'""",
    ("made on an old name", "view public.active_configs"): """
        create view public.active_configs as select * from workflow_configs""",
    ("made on an old name", "view public.states"): """
        create view public.states as select * from micro_state""",
    ("made on the documents", "trigger noted on table public.user_workflow_run"): """
        create trigger noted after insert on user_workflow_run
        for each row execute function public.audit()""",
    ("made on the documents", "policy only_web on table public.user_workflow_run"): """
        create policy only_web on user_workflow_run as restrictive using (channel = 'web')""",
    ("made on the documents", "publication of table public.user_workflow_run_step in"): """
        create publication steps_out for table user_workflow_run_step""",
    ("uses a sequence", "materialized view public.numbers"): """
        create materialized view public.numbers
        as select s.last_value from workflow_events_event_id_seq as s""",
    ("remembered", "FOREIGN KEY (endpoint_id)"): """
        alter table public.endpoint_list rename to endpoint_register""",
    ("remembered", "enable  trigger audit"): "drop trigger audit on legacy.workflow_events",
}  # fmt: skip
# What follows the names.
FOLLOWING = """
    create view public.web_runs as select trace_id from workflow_trace where channel = 'web';
    create table public.review (trace_id bigint references user_workflow_run (legacy_trace_id));
    create table public.note (run_id uuid references user_workflow_run (run_id));
"""


def test_what_would_stop_a_revert_is_named_and_the_printed_statements_cure_it(expand: str) -> None:
    with roles("seasonal"), connect(expand) as connection:
        psql(expand, f"--command={BEFORE}")
        sqitch(expand, "deploy")
        assert one(connection, "select count(*) from consolidation.preflight_back "
                   "where severity = 'refuse'") == 0  # fmt: skip
        psql(expand, f"--command={FOLLOWING}")
        for statement in MADE.values():
            connection.execute(statement)
        before = all_rows(connection)

        found = connection.execute(
            "select kind, object, remedy, severity, consequence from consolidation.preflight_back"
        ).fetchall()
        refused = [finding for finding in found if finding[3] == "refuse"]
        for kind, name in MADE:
            assert [f for f in refused if f[0] == kind and name in f[1]], (kind, name, refused)
        assert len(refused) == len(MADE), refused
        noticed = {(kind, name) for kind, name, _, severity, _ in found if severity == "notice"}
        assert ("view on the way back", "public.web_runs") in noticed
        assert {kind for kind, _ in noticed} >= {"incoming foreign key on the way back"}

        refusal = sqitch(expand, "revert", "-y", "--to", "@carried_over", check=False)
        assert refusal.returncode != 0
        for _, name, *_ in refused:
            assert name in refusal.stderr
        assert one(connection, "select consolidation.phase()") == "cut over"
        assert all_rows(connection) == before

        # "…, and create it again after the revert" is for somebody who reads.
        for _, _, remedy, *_ in refused:
            statement = remedy.split(", and create")[0].split("go without: ")[-1]
            assert sqlstate(connection, statement) is None, remedy
        sqitch(expand, "revert", "-y", "--to", "@carried_over")
        assert all_rows(connection) == before
        assert one(connection, "select count(*) from public.web_runs") > 0
        connection.execute("drop owned by seasonal")


def test_a_role_that_is_gone_is_named_before_anything_is_changed(expand: str) -> None:
    with connect(expand) as connection:
        with roles("seasonal"):
            psql(expand, f"--command={BEFORE}")
            sqitch(expand, "deploy")
            connection.execute("drop owned by seasonal")
        found = connection.execute(
            "select object, consequence from consolidation.preflight_back where severity = 'refuse'"
        ).fetchall()
        assert [object_ for object_, _ in found if "own_configs" in object_], found
        assert any("seasonal" in consequence for _, consequence in found)


def test_a_finding_that_somebody_accepted_stops_no_revert(deployed: str) -> None:
    with connect(deployed) as connection:
        connection.execute("create policy only_web on user_workflow_run as restrictive "
                           "using (channel is not null)")  # fmt: skip
        assert sqlstate(connection, "call consolidation.cut_back()") == "55000"
        connection.execute(
            "insert into consolidation.accepted (kind, object, reason) "
            "select kind, object, 'tested' from consolidation.preflight_back"
        )
        connection.execute("call consolidation.cut_back()")
        assert one(connection, "select consolidation.phase()") == "expand"
        assert one(connection, "select count(*) from consolidation.preflight_back") == 0


@pytest.mark.parametrize("known", [True, False])
def test_a_row_that_breaks_a_remembered_key_blocks_no_revert(expand: str, known: bool) -> None:
    with roles("seasonal"), connect(expand) as connection:
        psql(expand, f"--command={BEFORE}")
        sqitch(expand, "deploy")
        connection.execute("insert into workflow_trace_endpoint values (42, 4711)")
        if known:
            connection.execute("insert into public.endpoint_list values (4711)")
        sqitch(expand, "revert", "-y", "--to", "@carried_over")
        validated = one(
            connection, "select convalidated from pg_constraint where conname = 'known_endpoint'"
        )
        assert validated == known
        there = "select count(*) from workflow_trace_endpoint where endpoint_id = 4711"
        assert one(connection, there) == 1
        connection.execute("drop owned by seasonal")
