-- Documents take the types of the application.

begin;
select plan(8);

select is_empty(
    $$
    select c.document, c.document_column
    from consolidation.plain_column() as c
    inner join pg_attribute as o
        on o.attrelid = consolidation.old_table(c.old_table) and o.attname = c.old_column
    inner join pg_attribute as d
        on d.attrelid = to_regclass('public.' || c.document) and d.attname = c.document_column
    where (o.atttypid, o.atttypmod) is distinct from (d.atttypid, d.atttypmod)
    $$,
    'a plain column has the type of the old column'
);
select is(
    (select count(*) from consolidation.plain_column()), 18::bigint,
    'that is so for eighteen columns'
);

-- As on a database that was adopted with other types, on tables like the documents.
create type public.trace_status as enum ('pending', 'running', 'completed', 'failed');
create schema aside;
do $$
begin
    alter table public.user_workflow_run set schema aside;
    create table public.user_workflow_run (
        channel text not null, external_id varchar(255), status text not null default 'pending',
        tier smallint, duration_ms integer
    );
    perform consolidation.give_types(
        '{"user_workflow_run.status": "public.trace_status",
        "user_workflow_run.external_id": "character varying(40)",
        "user_workflow_run.tier": "bigint", "user_workflow_run.channel": "text",
        "user_workflow_run.run_id": "text"}'
    );
end
$$;
select col_type_is(
    'public', 'user_workflow_run', 'status', 'public', 'trace_status',
    'an enumeration is taken over'
);
select is(
    (
        select pg_get_expr(d.adbin, d.adrelid)
        from pg_attrdef as d
        where d.adrelid = 'public.user_workflow_run'::regclass
    ),
    '(''pending''::text)::trace_status', 'and the default with it'
);
select col_type_is(
    'public', 'user_workflow_run', 'external_id', 'character varying(40)', 'so is a length'
);
select col_type_is('public', 'user_workflow_run', 'tier', 'bigint', 'and a width');
prepare too_long as insert into public.user_workflow_run (channel, external_id)
values ('web', repeat('x', 41));
select throws_ok(
    'too_long', '22001', null, 'a value that the old table could not hold is refused at once'
);
select throws_ok(
    $$ insert into public.user_workflow_run (channel, status) values ('web', 'paused') $$,
    '22P02', null, 'so is a label that is none'
);

select * from finish();
rollback;
