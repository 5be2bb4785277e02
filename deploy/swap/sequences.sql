-- Deploy workflow_consolidation:swap/sequences to pg
--
-- Why:    old code that calls nextval by name goes on, and new code takes from the same numbers.
--         PostgreSQL does not let go of an identity's sequence, so its successor has the name.
--         Every other user is bound to the successor (swap/dependents), and no number is given
--         twice.
-- Locks:  none now. When called, under the locks of the swap.
-- Revert: drops view and functions.

select consolidation.is_deployed('swap/sequences') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create view consolidation.id_sequence
with (security_invoker = true) as
select
    n.table_name,
    n.column_name,
    format('%s_%s_seq', n.table_name, n.column_name) as sequence_name
from unnest(
    consolidation.six_tables(),
    array['trace_id', 'step_id', 'event_id', 'screenshot_id', 'context_id', null]
) as n (table_name, column_name)
where
    n.column_name <> 'screenshot_id'
    -- Screenshots have uuids, but not in every database.
    or exists (
        select from consolidation.computed_column(n.table_name) as c
        where c.column_name = n.column_name and not c.is_missing
    );
comment on view consolidation.id_sequence is 'Sequences that old and new names share';
comment on column consolidation.id_sequence.table_name is 'Old table';
comment on column consolidation.id_sequence.column_name is 'Id column of the table';
comment on column consolidation.id_sequence.sequence_name is 'Sequence that its ids come from';

create function consolidation.continue_sequence(
    source regclass, target regclass, with_owner boolean
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    options record;
    statement text;
begin
    select * into options from pg_sequence as s where s.seqrelid = source;
    execute format(
        'alter sequence %s increment by %s minvalue %s maxvalue %s start with %s cache %s %s',
        target, options.seqincrement, options.seqmin, options.seqmax, options.seqstart,
        options.seqcache, case when options.seqcycle then 'cycle' else 'no cycle' end
    );
    execute format('select setval(%L, s.last_value, s.is_called) from %s as s', target, source);
    for statement in
        select format('grant %s on sequence %s to %s', p.privilege_type, target, p.role_name)
        from consolidation.privilege(source) as p
        inner join pg_class as s on s.oid = source
        inner join pg_class as t on t.oid = target and t.relowner <> p.grantee
        where with_owner or p.grantee <> s.relowner
    loop
        execute statement;
    end loop;
end;
$$;
comment on function consolidation.continue_sequence(regclass, regclass, boolean) is
'Makes the target sequence go on where the source stands, with its options and privileges, and those
of its owner if that is wanted';

create function consolidation.retire_sequence(retired regclass, successor regclass)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    reserved constant bigint := 100;
    options record;
    last_number bigint;
begin
    select * into options from pg_sequence as s where s.seqrelid = retired;
    execute format('select s.last_value from %s as s', retired) into last_number;
    perform setval(retired, last_number);
    if
        exists (select from pg_locks as l where l.relation = retired and not l.granted)
        and last_number::numeric + reserved * options.seqincrement
        between options.seqmin and options.seqmax
    then
        last_number := last_number + reserved * options.seqincrement;
        perform setval(successor, last_number);
    end if;
    execute format(
        'alter sequence %s minvalue %s maxvalue %s start with %s no cycle',
        retired,
        case
            when options.seqincrement > 0 then least(options.seqmin, last_number - 1)
            else last_number
        end,
        case
            when options.seqincrement > 0 then last_number
            else greatest(options.seqmax, last_number + 1)
        end,
        last_number
    );
end;
$$;
comment on function consolidation.retire_sequence(regclass, regclass) is
'Ends a sequence where it stands, so that no number is given twice. A session that looked its name
up before the swap and takes its number after it gets 2200H. If sessions wait for the sequence
already, it keeps a hundred numbers for them, and its successor begins after these. Its minimum and
maximum must differ';

create function consolidation.retire_sequences()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform consolidation.retire_sequence(
        format('legacy.%I', s.sequence_name)::regclass,
        format('public.%I', s.sequence_name)::regclass
    )
    from consolidation.id_sequence as s;
end;
$$;
comment on function consolidation.retire_sequences() is
'Ends the sequences of the old tables, as late as possible: sessions may begin to wait for them';

create function consolidation.hand_over_sequences()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    alter table public.user_workflow_run
    alter legacy_trace_id add generated by default as identity (
        sequence name public.workflow_trace_trace_id_seq
    );
    alter table public.user_workflow_run_step
    alter legacy_step_id add generated by default as identity (
        sequence name public.workflow_steps_step_id_seq
    );
    create sequence public.workflow_events_event_id_seq;
    create sequence public.workflow_trace_context_context_id_seq;
    if exists (
        select from consolidation.id_sequence as s where s.column_name = 'screenshot_id'
    ) then
        create sequence public.workflow_trace_screenshot_screenshot_id_seq;
    end if;
    perform consolidation.revoke_everything(format('public.%I', s.sequence_name)::regclass)
    from consolidation.id_sequence as s;
    perform consolidation.continue_sequence(
        format('legacy.%I', s.sequence_name)::regclass,
        format('public.%I', s.sequence_name)::regclass,
        true
    )
    from consolidation.id_sequence as s;
end;
$$;
comment on function consolidation.hand_over_sequences() is
'Makes the documents take their ids from where the old tables stand, under the same names';

create function consolidation.hand_back_sequences()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    sequence_name text;
begin
    -- The old sequences come back with their tables and need their names.
    for sequence_name in select s.sequence_name from consolidation.id_sequence as s loop
        execute format(
            'revoke all on sequence public.%I from workflow_app, workflow_maintenance',
            sequence_name
        );
        perform consolidation.continue_sequence(
            format('public.%I', sequence_name)::regclass,
            format('legacy.%I', sequence_name)::regclass,
            false
        );
        execute format(
            'alter sequence public.%I rename to %I', sequence_name, 'retired_' || sequence_name
        );
    end loop;
end;
$$;
comment on function consolidation.hand_back_sequences() is
'The inverse of hand_over_sequences, except for the sequences of the documents: these can go only
once other users of the numbers are bound to the old ones';

create function consolidation.drop_retired_sequences()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    alter table public.user_workflow_run alter legacy_trace_id drop identity;
    alter table public.user_workflow_run_step alter legacy_step_id drop identity;
    drop sequence public.retired_workflow_events_event_id_seq;
    drop sequence public.retired_workflow_trace_context_context_id_seq;
    if to_regclass('public.retired_workflow_trace_screenshot_screenshot_id_seq') is not null then
        drop sequence public.retired_workflow_trace_screenshot_screenshot_id_seq;
    end if;
end;
$$;
comment on function consolidation.drop_retired_sequences() is
'Drops the sequences of the documents, which nobody uses any more';

call consolidation.note_deployed('swap/sequences');

commit;
