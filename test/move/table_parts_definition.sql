-- What a table has besides its columns, as statements that create it again.

begin;
select plan(9);

create schema shop;
create role clerk;
create table shop.thing (id integer primary key, name text, parent integer);
create table shop.part (id integer references shop.thing (id) on delete cascade);
create index "OddIndex" on shop.thing (lower(name)) where id > 1;
alter table shop.thing add constraint thing_name_check check (name <> '');
alter table shop.thing replica identity full;
create function shop.nothing() returns trigger language plpgsql as 'begin return null; end';
create trigger quiet after insert on shop.thing for each row execute function shop.nothing();
create trigger loud after insert on shop.thing for each row execute function shop.nothing();
alter table shop.thing disable trigger quiet;
alter table shop.thing enable always trigger loud;
create policy own on shop.thing for select to clerk using (id > 0);
alter table shop.thing enable row level security;
comment on table shop.thing is 'it''s';
comment on column shop.thing.name is 'of a column';
comment on index shop."OddIndex" is 'of an index';
comment on policy own on shop.thing is 'of a policy';
grant select on shop.thing to clerk with grant option;
grant update (name) on shop.thing to clerk;

select set_has(
    $$select d.statement from consolidation.keys_definition('shop.thing') as d$$,
    $$values
    ('alter table shop.thing add constraint thing_pkey PRIMARY KEY (id)'),
    ('alter table shop.thing add constraint thing_name_check CHECK ((name <> ''''::text))'),
    ('CREATE INDEX "OddIndex" ON shop.thing USING btree (lower(name)) WHERE (id > 1)'),
    ('alter table shop.thing replica identity full')$$,
    'constraints, indexes and the replica identity are created again'
);
select is(
    (select count(*) from consolidation.keys_definition('shop.thing')), 4::bigint,
    'the index of a key comes with the key'
);
select is(
    (select d.stage from consolidation.keys_definition('shop.part') as d), 6,
    'foreign keys come after the keys of all tables'
);
select set_has(
    $$select d.statement from consolidation.rules_definition('shop.thing') as d$$,
    $$values
    ('alter table shop.thing disable trigger quiet'),
    ('alter table shop.thing enable always trigger loud'),
    ('alter table shop.thing enable row level security')$$,
    'triggers fire as they did, and row level security is on again'
);
select is(
    (
        select count(*) from consolidation.rules_definition('shop.thing') as d
        where d.statement ~ 'create policy own .* for select to clerk'
    ),
    1::bigint, 'policies are created again'
);
select set_eq(
    $$select d.statement from consolidation.comments_definition('shop.thing') as d$$,
    $$values
    ('comment on table shop.thing is ''it''''s'''),
    ('comment on column shop.thing.name is ''of a column'''),
    ('comment on index shop."OddIndex" is ''of an index'''),
    ('comment on policy own on shop.thing is ''of a policy''')$$,
    'comments are those that there were'
);
select is_empty(
    $$select * from consolidation.comments_definition('shop.part')$$,
    'comments of other tables are left out'
);
select set_eq(
    $$select d.statement from consolidation.privileges_definition('shop.thing') as d
    where d.stage = 16$$,
    $$values
    ('grant SELECT on shop.thing to clerk with grant option'),
    ('grant UPDATE (name) on shop.thing to clerk')$$,
    'privileges are those that there were, of columns as well'
);
select is(
    (
        select d.statement from consolidation.privileges_definition('shop.thing') as d
        where d.stage = 15 and d.place = 0
    ),
    format('alter table shop.thing owner to %I', current_user), 'so is the owner'
);

select * from finish();
rollback;
