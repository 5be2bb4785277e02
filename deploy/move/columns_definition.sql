-- Deploy workflow_consolidation:move/columns_definition to pg
--
-- Why:    these functions return statements that create the columns of a dropped table again.
-- Locks:  none.
-- Revert: drops the functions.

select consolidation.is_deployed('move/columns_definition') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.column_definition(source regclass, column_number smallint)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    select format(
        '%I %s%s%s%s',
        a.attname,
        format_type(a.atttypid, a.atttypmod),
        case
            when a.attcollation <> t.typcollation then ' collate ' || a.attcollation::regcollation
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
            when d.adbin is not null then ' default ' || pg_get_expr(d.adbin, d.adrelid)
        end,
        -- From PostgreSQL 18 on it is a constraint with a name, and perhaps a comment.
        case
            when n.conname is not null
                then format(
                    ' constraint %I not null%s',
                    n.conname, case when n.connoinherit then ' no inherit' end
                )
            when a.attnotnull then ' not null'
        end
    )
    from pg_attribute as a
    inner join pg_type as t on t.oid = a.atttypid
    left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
    left join pg_constraint as n
        on n.conrelid = a.attrelid and n.contype = 'n' and n.conkey = array[a.attnum]
    where a.attrelid = source and a.attnum = column_definition.column_number;
end;
comment on function consolidation.column_definition(regclass, smallint) is
'A column as it stands in the statement that creates its table';

create function consolidation.serial_definition(source regclass)
returns table (stage integer, place bigint, statement text)
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    -- Sequences of identity columns come with the table.
    select
        v.stage,
        a.attnum::bigint,
        case v.stage
            when 1
                then format(
                    'create sequence %s as %s', d.objid::regclass, format_type(s.seqtypid, null)
                )
            else format('alter sequence %s owned by %s.%I', d.objid::regclass, source, a.attname)
        end
    from pg_depend as d
    inner join pg_sequence as s on s.seqrelid = d.objid
    inner join pg_attribute as a on a.attrelid = source and a.attnum = d.refobjsubid
    cross join (values (1), (3)) as v (stage)
    where
        d.classid = 'pg_class'::regclass
        and d.refclassid = 'pg_class'::regclass
        and d.refobjid = source
        and d.deptype = 'a';
end;
comment on function consolidation.serial_definition(regclass) is
'Statements that create the sequences of the serial columns of a table again';

create function consolidation.columns_definition(source regclass)
returns table (stage integer, place bigint, statement text)
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    select
        2,
        0::bigint,
        format(
            'create table %s (%s)%s',
            source,
            (
                select string_agg(
                    consolidation.column_definition(source, a.attnum), ', ' order by a.attnum
                )
                from pg_attribute as a
                where a.attrelid = source and a.attnum > 0 and not a.attisdropped
            ),
            ' with (' || array_to_string(c.reloptions, ', ') || ')'
        )
    from pg_class as c
    where c.oid = source
    union all
    select
        v.stage,
        v.stage * 1000 + a.attnum::bigint,
        format('alter table %s alter %I set %s', source, a.attname, v.setting)
    from pg_attribute as a
    inner join pg_type as t on t.oid = a.atttypid
    cross join lateral (
        values
        (
            3,
            'compression ' || case a.attcompression when 'l' then 'lz4' when 'p' then 'pglz' end
        ),
        (
            3,
            'storage ' || case
                when a.attstorage = t.typstorage then null
                when a.attstorage = 'p' then 'plain'
                when a.attstorage = 'e' then 'external'
                when a.attstorage = 'm' then 'main'
                else 'extended'
            end
        ),
        -- A column without a target of its own has -1, or null from PostgreSQL 17 on.
        (9, 'statistics ' || case when a.attstattarget >= 0 then a.attstattarget end)
    ) as v (stage, setting)
    where
        a.attrelid = source and a.attnum > 0 and not a.attisdropped and v.setting is not null;
end;
comment on function consolidation.columns_definition(regclass) is
'Statements that create a table again, with the compression, storage and statistics of its columns';

call consolidation.note_deployed('move/columns_definition');

commit;
