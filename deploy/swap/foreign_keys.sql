-- Deploy workflow_consolidation:swap/foreign_keys to pg
--
-- Why:    a key between an old table and another moves to the document that has its columns, and
--         back. The keys are found in the catalog each time, so one that was renamed, dropped or
--         made on the documents meanwhile is taken as it is. A key that has no place in the
--         documents is remembered.
-- Locks:  none now. When called, under the locks of the swap.
-- Revert: drops the functions.

select consolidation.is_deployed('swap/foreign_keys') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.moving_side(to_documents boolean)
returns table (old_name text, relation regclass, goes_to regclass, called text)
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    select
        n.old_name,
        case when to_documents then consolidation.old_table(n.old_name) else n.document end,
        case when to_documents then n.document else consolidation.old_table(n.old_name) end,
        case when to_documents then n.document::text else format('public.%I', n.old_name) end
    from unnest(
        consolidation.six_tables(),
        array['public.user_workflow_run', 'public.user_workflow_run_step']::regclass []
    ) as n (old_name, document)
    where to_documents or n.document is not null;
end;
comment on function consolidation.moving_side(boolean) is
'Relations whose keys move, and where these go: from each of the six tables to its document (null
for those that are inside of documents), or from the two documents back. called is the name
afterwards';

create function consolidation.moving_key(
    to_documents boolean,
    out incoming boolean,
    out old_name text,
    out conname name,
    out relation regclass,
    out goes_to regclass,
    out called text,
    out columns text,
    out definition text,
    out convalidated boolean
)
returns setof record
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    with side as materialized (
        select
            s.old_name,
            s.relation,
            s.goes_to,
            s.called
        from consolidation.moving_side(to_documents) as s
    ),

    moving_column as materialized (
        select
            s.relation,
            case
                when moving_key.to_documents then b.view_column else b.base_column
            end as column_name,
            case
                when moving_key.to_documents then b.base_column else b.view_column
            end as called,
            b.base_column in ('legacy_trace_id', 'legacy_step_id') as is_id
        from side as s
        inner join consolidation.noted_column as b
            on b.old_name = consolidation.old_name(s.old_name) and s.called is not null
    )

    select
        s.relation = k.confrelid,
        s.old_name,
        k.conname,
        k.conrelid::regclass,
        s.goes_to,
        s.called,
        c.columns,
        regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', ''),
        k.convalidated
    from pg_constraint as k
    inner join side as s on s.relation in (k.conrelid, k.confrelid)
    cross join lateral (
        -- All columns have to be there, and only ids are unique on both sides.
        select
            case
                when
                    bool_and(m.called is not null)
                    and (s.relation = k.conrelid or count(*) = 1 and bool_and(m.is_id))
                    then string_agg(quote_ident(m.called), ', ' order by u.place)
            end as columns
        from unnest(case when s.relation = k.confrelid then k.confkey else k.conkey end)
        with ordinality as u (attnum, place)
        inner join pg_attribute as a on a.attrelid = s.relation and a.attnum = u.attnum
        left join moving_column as m on m.relation = s.relation and m.column_name = a.attname
    ) as c
    where
        k.contype = 'f'
        and k.conparentid = 0
        and (k.conrelid in (select t.relation from side as t))
        <> (k.confrelid in (select t.relation from side as t))
    -- Keys act in the order in which they were made.
    order by k.oid;
end;
comment on function consolidation.moving_key(boolean) is
'Foreign keys between a moving side and any other table, from it (outgoing) or to it (incoming), and
the relation and columns that take the place of its own; no columns if nothing can';

create function consolidation.foreign_key(
    to_documents boolean default true,
    out kind text,
    out object text,
    out stands_on regclass,
    out leave text,
    out arrives_on regclass,
    out arrive text,
    out come_back text,
    out validate text
)
returns setof record
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    select
        case when k.incoming then 'incoming foreign key' else 'outgoing foreign key' end,
        format(
            '%s on %s',
            k.conname, case when k.incoming then k.relation::text else k.old_name end
        ),
        k.relation,
        format('alter table <relation> drop constraint %I', k.conname),
        case when k.incoming then k.relation else k.goes_to end,
        format(
            'alter table <relation> add constraint %I ', k.conname
        ) || case
            when k.incoming then regexp_replace(
                k.definition, 'REFERENCES [^(]*\([^)]*\)',
                format('REFERENCES %s(%s)', k.called, k.columns)
            )
            else regexp_replace(
                k.definition, '^FOREIGN KEY \([^)]*\)', format('FOREIGN KEY (%s)', k.columns)
            )
        end || case when k.columns is not null then ' not valid' end,
        format('alter table <relation> add constraint %I %s not valid', k.conname, k.definition),
        case
            when k.convalidated
                then format('alter table <relation> validate constraint %I', k.conname)
        end
    from consolidation.moving_key(to_documents) as k;
end;
comment on function consolidation.foreign_key(boolean) is
'Foreign keys between the six old tables and others (or, for a revert, between the documents and
others), each with the statements that drop it on the relation where it stands, make it on the
relation where it arrives (null where that is not possible), make it again as it was, and validate
it if it was valid. <relation> stands for the name of the relation';

create function consolidation.drop_foreign_keys(to_documents boolean)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    key record;
    validate_stage constant text :=
        case when to_documents then 'validate' else 'validate back' end;
begin
    for key in select * from consolidation.foreign_key(to_documents) as f loop
        -- In a revert, a key that the old tables cannot have stays with the documents.
        continue when key.arrive is null and not to_documents;
        execute replace(key.leave, '<relation>', key.stands_on::text);
        if key.arrive is not null then
            perform consolidation.remember('arrive', key.arrives_on, key.arrive, true);
            perform consolidation.remember(validate_stage, key.arrives_on, key.validate);
        else
            perform consolidation.remember('after', key.stands_on, key.come_back);
            perform consolidation.remember('validate back', key.stands_on, key.validate);
        end if;
    end loop;
end;
$$;
comment on function consolidation.drop_foreign_keys(boolean) is
'Drops the foreign keys that move, before the names are moved';

create function consolidation.make_foreign_keys()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform consolidation.execute_stage('arrive');
end;
$$;
comment on function consolidation.make_foreign_keys() is
'Makes the foreign keys that drop_foreign_keys dropped, on the relations that have the names now.
They are not yet validated';

call consolidation.note_deployed('swap/foreign_keys');

commit;
