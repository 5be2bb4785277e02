-- Deploy workflow_contract:drop_old_tables to pg
--
-- Why:    the space, and the work of keeping the old tables near. From here on the old names still
--         work, but the way back takes as long as writing the old tables again.
-- Locks:  access exclusive on the old tables, which no application uses, and for some milliseconds
--         on the document tables, whose capture ends; in attempts of 40 ms.
-- Revert: builds the old tables again, as they were, and fills them from the documents.
--
-- The first statement commits its batches; the rest is one transaction.

select consolidation.is_deployed('drop_old_tables') as deployed \gset
\if :deployed
\quit
\endif

call consolidation.catch_up();

begin;

set local lock_timeout = '2s';

create function consolidation.table_definition(source regclass)
returns table (ordinal integer, statement text)
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    with part (stage, place, statement) as (
        -- Sequences of serial columns; those of identity columns come with the table.
        select
            1,
            a.attnum::bigint,
            format('create sequence %s as %s', d.refobjid::regclass, format_type(s.seqtypid, null))
        from (
            select
                d.objid as refobjid,
                d.refobjsubid
            from pg_depend as d
            where
                d.classid = 'pg_class'::regclass
                and d.refclassid = 'pg_class'::regclass
                and d.refobjid = source
                and d.deptype = 'a'
        ) as d
        inner join pg_sequence as s on s.seqrelid = d.refobjid
        inner join pg_attribute as a on a.attrelid = source and a.attnum = d.refobjsubid
        union all
        select
            2,
            0,
            format(
                'create table %s (%s)%s',
                source,
                string_agg(
                    format(
                        '%I %s%s%s%s',
                        a.attname,
                        format_type(a.atttypid, a.atttypmod),
                        case
                            when a.attcollation <> t.typcollation
                                then ' collate ' || a.attcollation::regcollation
                        end,
                        case
                            when a.attidentity <> ''
                                then format(
                                    ' generated %s as identity (sequence name %s)',
                                    case a.attidentity when 'a' then 'always' else 'by default' end,
                                    pg_get_serial_sequence(source::text, a.attname)
                                )
                            when a.attgenerated <> ''
                                then format(
                                    ' generated always as (%s) %s',
                                    pg_get_expr(d.adbin, d.adrelid),
                                    case a.attgenerated when 's' then 'stored' else 'virtual' end
                                )
                            when d.adbin is not null
                                then ' default ' || pg_get_expr(d.adbin, d.adrelid)
                        end,
                        -- A constraint with a name, and perhaps a comment, from PostgreSQL 18 on.
                        case
                            when n.conname is not null
                                then format(
                                    ' constraint %I not null%s',
                                    n.conname, case when n.connoinherit then ' no inherit' end
                                )
                            when a.attnotnull then ' not null'
                        end
                    ),
                    ', ' order by a.attnum
                ),
                (
                    select ' with (' || array_to_string(c.reloptions, ', ') || ')'
                    from pg_class as c
                    where c.oid = source
                )
            )
        from pg_attribute as a
        inner join pg_type as t on t.oid = a.atttypid
        left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
        left join pg_constraint as n
            on n.conrelid = a.attrelid and n.contype = 'n' and n.conkey = array[a.attnum]
        where a.attrelid = source and a.attnum > 0 and not a.attisdropped
        union all
        select
            3,
            a.attnum::bigint,
            format(
                'alter sequence %s owned by %s.%I', d.objid::regclass, source, a.attname
            )
        from pg_depend as d
        inner join pg_sequence as s on s.seqrelid = d.objid
        inner join pg_attribute as a on a.attrelid = source and a.attnum = d.refobjsubid
        where
            d.classid = 'pg_class'::regclass
            and d.refclassid = 'pg_class'::regclass
            and d.refobjid = source
            and d.deptype = 'a'
        union all
        select
            3,
            1000 + a.attnum::bigint,
            format(
                'alter table %s alter %I set %s', source, a.attname,
                case
                    when a.attcompression = 'l' then 'compression lz4'
                    when a.attcompression = 'p' then 'compression pglz'
                end
            )
        from pg_attribute as a
        where a.attrelid = source and a.attnum > 0 and a.attcompression <> ''
        union all
        select
            3,
            2000 + a.attnum::bigint,
            format(
                'alter table %s alter %I set storage %s', source, a.attname,
                case a.attstorage
                    when 'p' then 'plain' when 'e' then 'external'
                    when 'm' then 'main' else 'extended'
                end
            )
        from pg_attribute as a
        inner join pg_type as t on t.oid = a.atttypid
        where a.attrelid = source and a.attnum > 0 and a.attstorage <> t.typstorage
        union all
        select
            case when k.contype = 'f' then 6 else 4 end,
            k.oid::bigint,
            format(
                'alter table %s add constraint %I %s',
                source, k.conname, pg_get_constraintdef(k.oid)
            )
        from pg_constraint as k
        where k.conrelid = source and k.contype in ('p', 'u', 'c', 'f', 'x')
        union all
        select
            5,
            i.indexrelid::bigint,
            pg_get_indexdef(i.indexrelid)
        from pg_index as i
        where
            i.indrelid = source
            and not exists (
                select from pg_constraint as k
                where
                    k.conindid = i.indexrelid
                    and k.conrelid = source
                    and k.contype in ('p', 'u', 'x')
            )
        union all
        select
            5,
            s.oid::bigint,
            pg_get_statisticsobjdef(s.oid)
        from pg_statistic_ext as s
        where s.stxrelid = source
        union all
        select
            7,
            g.oid::bigint,
            pg_get_triggerdef(g.oid)
        from pg_trigger as g
        where g.tgrelid = source and not g.tgisinternal
        union all
        select
            8,
            g.oid::bigint,
            format(
                'alter table %s %s trigger %I', source,
                case g.tgenabled
                    when 'D' then 'disable'
                    when 'A' then 'enable always'
                    else 'enable replica'
                end,
                g.tgname
            )
        from pg_trigger as g
        where g.tgrelid = source and not g.tgisinternal and g.tgenabled <> 'O'
        union all
        select
            8,
            p.oid::bigint,
            consolidation.policy_definition(p.oid, source::text)
        from pg_policy as p
        where p.polrelid = source
        union all
        select
            9,
            v.place,
            format('alter table %s %s row level security', source, v.setting)
        from pg_class as c
        cross join lateral (
            values (1, c.relrowsecurity, 'enable'), (2, c.relforcerowsecurity, 'force')
        ) as v (place, is_set, setting)
        where c.oid = source and v.is_set
        union all
        select
            9,
            10 + a.attnum::bigint,
            format(
                'comment on %s is %L',
                case
                    when a.attnum is null then format('table %s', source)
                    else format('column %s.%I', source, a.attname)
                end,
                d.description
            )
        from pg_description as d
        left join pg_attribute as a
            on a.attrelid = d.objoid and a.attnum = d.objsubid and d.objsubid > 0
        where d.classoid = 'pg_class'::regclass and d.objoid = source
        union all
        select
            9,
            2000 + d.objoid::bigint,
            format('comment on index %s is %L', d.objoid::regclass, d.description)
        from pg_description as d
        inner join pg_index as i on i.indexrelid = d.objoid
        where d.classoid = 'pg_class'::regclass and i.indrelid = source
        union all
        select
            9,
            2000 + d.objoid::bigint,
            format('comment on constraint %I on %s is %L', k.conname, source, d.description)
        from pg_description as d
        inner join pg_constraint as k on k.oid = d.objoid
        where d.classoid = 'pg_constraint'::regclass and k.conrelid = source
        union all
        select
            9,
            2000 + d.objoid::bigint,
            format('comment on trigger %I on %s is %L', g.tgname, source, d.description)
        from pg_description as d
        inner join pg_trigger as g on g.oid = d.objoid
        where d.classoid = 'pg_trigger'::regclass and g.tgrelid = source
        union all
        select
            9,
            2000 + d.objoid::bigint,
            format('comment on policy %I on %s is %L', p.polname, source, d.description)
        from pg_description as d
        inner join pg_policy as p on p.oid = d.objoid
        where d.classoid = 'pg_policy'::regclass and p.polrelid = source
        union all
        select
            9,
            1000 + a.attnum::bigint,
            format('alter table %s alter %I set statistics %s', source, a.attname, a.attstattarget)
        from pg_attribute as a
        where
            a.attrelid = source and a.attnum > 0 and not a.attisdropped
            -- Without a target of its own it is -1, or null from PostgreSQL 17 on.
            and a.attstattarget >= 0
        union all
        select
            9,
            0,
            format(
                'alter table %s replica identity %s', source,
                case
                    when c.relreplident = 'f' then 'full'
                    when c.relreplident = 'n' then 'nothing'
                    else (
                        select 'using index ' || quote_ident(x.relname)
                        from pg_index as i
                        inner join pg_class as x on x.oid = i.indexrelid
                        where i.indrelid = source and i.indisreplident
                    )
                end
            )
        from pg_class as c
        where c.oid = source and c.relreplident <> 'd'
        union all
        select
            10,
            0,
            format('alter table %s owner to %I', source, pg_get_userbyid(c.relowner))
        from pg_class as c
        where c.oid = source
        union all
        select
            11,
            x.place,
            format(
                'grant %s on %s to %s%s', x.privilege_type, source,
                coalesce(quote_ident(r.rolname), 'public'),
                case when x.is_grantable then ' with grant option' end
            )
        from pg_class as c
        cross join lateral aclexplode(c.relacl) with ordinality
        as x (grantor, grantee, privilege_type, is_grantable, place)
        left join pg_roles as r on r.oid = x.grantee
        where c.oid = source and x.grantee <> c.relowner
        union all
        select
            12,
            a.attnum * 1000 + x.place,
            format(
                'grant %s (%I) on %s to %s%s', x.privilege_type, a.attname, source,
                coalesce(quote_ident(r.rolname), 'public'),
                case when x.is_grantable then ' with grant option' end
            )
        from pg_attribute as a
        cross join lateral aclexplode(a.attacl) with ordinality
        as x (grantor, grantee, privilege_type, is_grantable, place)
        left join pg_roles as r on r.oid = x.grantee
        where a.attrelid = source
    )

    select
        p.stage * 1000 + row_number() over (partition by p.stage order by p.place)::integer,
        p.statement
    from part as p
    where p.statement is not null;
end;
comment on function consolidation.table_definition(regclass) is
'Statements that create a table again as it is: columns, keys, indexes, triggers, policies,
privileges, comments. Executed in the order of ordinal, table after table within each thousand';
revoke all on function consolidation.table_definition(regclass) from public;

create function consolidation.view_definition(source regclass)
returns table (ordinal integer, statement text)
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    select
        1,
        format(
            'create view %s%s as %s', source,
            ' with (' || array_to_string(c.reloptions, ', ') || ')',
            rtrim(pg_get_viewdef(source), ';')
        )
    from pg_class as c
    where c.oid = source
    union all
    select
        2,
        format('comment on view %s is %L', source, obj_description(source, 'pg_class'))
    union all
    select
        (2 + x.place)::integer,
        format(
            'grant %s on %s to %s%s', x.privilege_type, source,
            coalesce(quote_ident(r.rolname), 'public'),
            case when x.is_grantable then ' with grant option' end
        )
    from pg_class as c
    cross join lateral aclexplode(c.relacl) with ordinality
    as x (grantor, grantee, privilege_type, is_grantable, place)
    left join pg_roles as r on r.oid = x.grantee
    where c.oid = source and x.grantee <> c.relowner;
end;
comment on function consolidation.view_definition(regclass) is
'Statements that create a view again as it is: its query, comment and privileges';
revoke all on function consolidation.view_definition(regclass) from public;

do $$
declare
    example record;
    bound_view record;
    old_table text;
    old_tables constant text [] := array[
        'workflow_events', 'workflow_trace_screenshot', 'workflow_trace_context',
        'workflow_trace_endpoint', 'workflow_steps', 'workflow_trace'
    ];
begin
    if consolidation.phase() <> 'cut over' then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format(
                'the old tables cannot be dropped in the phase "%s"', consolidation.phase()
            ),
            hint = 'First: sqitch deploy';
    end if;

    select * into example from consolidation.differences(skip_pending => true) limit 1;
    if found then
        raise exception using
            errcode = 'data_corrupted',
            message = format(
                'old tables and documents differ, for example %s %s in %s; nothing is dropped',
                example.table_name, example.key, example.columns
            ),
            detail = format('old: %s new: %s', example.old_row, example.new_row),
            hint = 'select * from consolidation.differences(); shows all.';
    end if;

    perform consolidation.take_locks(
        array['public.user_workflow_run', 'public.user_workflow_run_step']::regclass [],
        'access exclusive'
    );
    perform consolidation.stop_capture('public.user_workflow_run');
    perform consolidation.stop_capture('public.user_workflow_run_step');
    delete from consolidation.change;

    foreach old_table in array old_tables loop
        insert into consolidation.dropped_table (table_name, ordinal, statement)
        select old_table, d.ordinal, d.statement
        from consolidation.table_definition(format('legacy.%I', old_table)::regclass) as d;
    end loop;
    -- The views of the mapping are bound to the tables, and can only stand where these do.
    for bound_view in
        select distinct
            w.ev_class::regclass,
            array_position(old_tables, c.relname::text) as place,
            c.relname
        from pg_catalog.pg_depend as d
        inner join pg_catalog.pg_rewrite as w
            on d.classid = 'pg_catalog.pg_rewrite'::regclass and w.oid = d.objid
        inner join pg_catalog.pg_class as v on v.oid = w.ev_class
        inner join pg_catalog.pg_class as c
            on d.refclassid = 'pg_catalog.pg_class'::regclass and c.oid = d.refobjid
        where
            v.relnamespace = 'consolidation'::regnamespace
            and c.relnamespace = 'legacy'::regnamespace
        order by place
    loop
        insert into consolidation.dropped_table (table_name, ordinal, statement)
        select bound_view.relname, 90000 + d.ordinal, d.statement
        from consolidation.view_definition(bound_view.ev_class) as d;
        execute format('drop view %s', bound_view.ev_class);
    end loop;
    foreach old_table in array old_tables loop
        execute format('drop table legacy.%I', old_table);
    end loop;
end
$$;

insert into consolidation.deployed_change (change) values ('drop_old_tables');

commit;
