--
-- PostgreSQL database dump
--

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: consolidation; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA consolidation;

--
-- Name: SCHEMA consolidation; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON SCHEMA consolidation IS 'Moves the eight workflow tables into documents and back; not for applications';

--
-- Name: legacy; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA legacy;

--
-- Name: SCHEMA legacy; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON SCHEMA legacy IS 'The six old workflow tables, from the cut-over until the contract project drops them';

--
-- Name: public; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA public;

--
-- Name: SCHEMA public; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON SCHEMA public IS 'standard public schema';

--
-- Name: batch_state; Type: TYPE; Schema: consolidation; Owner: -
--

CREATE TYPE consolidation.batch_state AS (
	size integer,
	done bigint,
	ended_at timestamp with time zone,
	reported_at timestamp with time zone,
	is_over boolean,
	must_catch_up boolean
);

--
-- Name: TYPE batch_state; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TYPE consolidation.batch_state IS 'Where a session is in its task: runs of its next batch, runs done, the time of its last batch and
of its last report, whether the task is over, and whether the queue has to be emptied now';

--
-- Name: event_object; Type: TYPE; Schema: consolidation; Owner: -
--

CREATE TYPE consolidation.event_object AS (
	type text,
	"timestamp" text,
	data jsonb,
	event_id bigint
);

--
-- Name: TYPE event_object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TYPE consolidation.event_object IS 'An element of events';

--
-- Name: known_run; Type: TYPE; Schema: consolidation; Owner: -
--

CREATE TYPE consolidation.known_run AS (
	run_id uuid,
	legacy_trace_id bigint,
	context jsonb,
	endpoints_used jsonb,
	events jsonb,
	screenshots jsonb,
	legacy jsonb
);

--
-- Name: TYPE known_run; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TYPE consolidation.known_run IS 'Columns of a row of user_workflow_run that can say more than the old rows. No function uses the row
type of a document table: "alter table" is refused while one does';

--
-- Name: known_step; Type: TYPE; Schema: consolidation; Owner: -
--

CREATE TYPE consolidation.known_step AS (
	step_id uuid,
	legacy_step_id bigint,
	legacy_trace_id bigint,
	events jsonb,
	screenshots jsonb,
	error_details jsonb
);

--
-- Name: TYPE known_step; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TYPE consolidation.known_step IS 'Columns of a row of user_workflow_run_step that can say more than the old rows';

--
-- Name: node_id; Type: DOMAIN; Schema: consolidation; Owner: -
--

CREATE DOMAIN consolidation.node_id AS uuid;

--
-- Name: DOMAIN node_id; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON DOMAIN consolidation.node_id IS 'Id of a node: a uuid, or bigint where workflow_steps.node_id is an integer';

--
-- Name: screenshot_object; Type: TYPE; Schema: consolidation; Owner: -
--

CREATE TYPE consolidation.screenshot_object AS (
	url text,
	thumbnail_url text,
	"timestamp" text,
	action text,
	selector text,
	element_found boolean,
	confidence numeric,
	screenshot_id uuid,
	org_id uuid,
	node_id consolidation.node_id,
	node_name text,
	step_index integer
);

--
-- Name: TYPE screenshot_object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TYPE consolidation.screenshot_object IS 'An element of screenshots';

--
-- Name: append_screenshot(bigint, integer, jsonb); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.append_screenshot(wanted_trace_id bigint, step_index integer, element jsonb) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    update public.user_workflow_run_step as s
    set screenshots = consolidation.with_element(s.screenshots, null, element)
    where s.legacy_trace_id = wanted_trace_id and s.step_number = step_index;
    if not found then
        update public.user_workflow_run as r
        set screenshots = consolidation.with_element(r.screenshots, null, element)
        where r.legacy_trace_id = wanted_trace_id;
    end if;
    return found;
end;
$$;

--
-- Name: FUNCTION append_screenshot(wanted_trace_id bigint, step_index integer, element jsonb); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.append_screenshot(wanted_trace_id bigint, step_index integer, element jsonb) IS 'Appends a screenshot to the step whose number is step_index, else to the run; false if that is
gone';

--
-- Name: arrangement(boolean, boolean, bigint, integer); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.arrangement(is_strict boolean, as_built boolean, place bigint DEFAULT NULL::bigint, on_step integer DEFAULT NULL::integer) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN is_strict THEN concat_ws(' '::text, CASE WHEN as_built THEN 'as built'::text ELSE 'changed'::text END, ('at '::text || place), ('on step '::text || on_step)) ELSE NULL::text END;

--
-- Name: FUNCTION arrangement(is_strict boolean, as_built boolean, place bigint, on_step integer); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.arrangement(is_strict boolean, as_built boolean, place bigint, on_step integer) IS 'The facts that no old column shows: where an element stands, and that its document holds nothing
else. Null for runs that applications wrote to, whose documents may hold more';

--
-- Name: column_behind(regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.column_behind(old_name regclass) RETURNS TABLE(view_column name, relation regclass, column_name name)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 WITH RECURSIVE level(relation, columns) AS (
          SELECT (column_behind.old_name)::oid AS old_name,
             jsonb_object_agg(a_1.attname, a_1.attname) AS jsonb_object_agg
            FROM pg_attribute a_1
           WHERE ((a_1.attrelid = (column_behind.old_name)::oid) AND (a_1.attnum > 0) AND (NOT a_1.attisdropped))
         UNION ALL
          SELECT d.refobjid,
             ( SELECT jsonb_object_agg(k_1.key, (parse_ident(m.part[1]))[1]) AS jsonb_object_agg
                    FROM (regexp_matches(pg_get_viewdef(l_1.relation), '^(?: SELECT |    )(?:\w+\.)?(\w+|"(?:[^"]|"")+")(?: AS (\w+|"(?:[^"]|"")+"))?,?$'::text, 'gn'::text) m(part)
                      JOIN jsonb_each_text(l_1.columns) k_1(key, value) ON ((k_1.value = (parse_ident(COALESCE(m.part[2], m.part[1])))[1])))) AS jsonb_object_agg
            FROM ((level l_1
              JOIN pg_rewrite r ON (((r.ev_class = l_1.relation) AND (r.rulename = '_RETURN'::name))))
              JOIN LATERAL ( SELECT DISTINCT p.refobjid
                    FROM (pg_depend p
                      JOIN pg_class c ON ((c.oid = p.refobjid)))
                   WHERE ((p.classid = ('pg_rewrite'::regclass)::oid) AND (p.objid = r.oid) AND (p.refclassid = ('pg_class'::regclass)::oid) AND (p.refobjid <> l_1.relation) AND (c.relkind = ANY (ARRAY['r'::"char", 'v'::"char"])))) d ON (true))
         )
  SELECT (k.key)::name AS key,
     (l.relation)::regclass AS relation,
     a.attname
    FROM ((level l
      CROSS JOIN LATERAL jsonb_each_text(l.columns) k(key, value))
      JOIN pg_attribute a ON (((a.attrelid = l.relation) AND (a.attname = k.value) AND (a.attnum > 0) AND (NOT a.attisdropped))))
   WHERE (l.relation <> (column_behind.old_name)::oid);
END;

--
-- Name: FUNCTION column_behind(old_name regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.column_behind(old_name regclass) IS 'For each column of a plain view, the column that it is on each level behind';

--
-- Name: base_column(regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.base_column(old_name regclass) RETURNS TABLE(view_column name, base_column name)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT b.view_column,
     b.column_name
    FROM (consolidation.column_behind(base_column.old_name) b(view_column, relation, column_name)
      JOIN pg_class c ON ((c.oid = (b.relation)::oid)))
   WHERE (c.relkind = 'r'::"char");
END;

--
-- Name: FUNCTION base_column(old_name regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.base_column(old_name regclass) IS 'Columns of the views workflow_trace and workflow_steps, and the document columns behind them';

--
-- Name: part_of(text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.part_of(table_name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN "substring"(table_name, '^workflow_(?:trace_)?(.*?)s?$'::text);

--
-- Name: FUNCTION part_of(table_name text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.part_of(table_name text) IS 'The part of an old table''s name that the views on it have: event for workflow_events';

--
-- Name: computed_column(text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.computed_column(table_name text) RETURNS TABLE(column_name name, type_name text, is_missing boolean)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT a.attname,
     format_type(a.atttypid, a.atttypmod) AS format_type,
     (t.attname IS NULL)
    FROM (((pg_class v
      JOIN pg_namespace m ON (((m.oid = v.relnamespace) AND (m.nspname = 'consolidation'::name))))
      JOIN pg_attribute a ON (((a.attrelid = v.oid) AND (a.attnum > 0))))
      LEFT JOIN ( SELECT t_1.attname,
             t_1.atttypid
            FROM ((pg_class c
              JOIN pg_namespace n ON ((n.oid = c.relnamespace)))
              JOIN pg_attribute t_1 ON (((t_1.attrelid = c.oid) AND (NOT t_1.attisdropped))))
           WHERE ((n.nspname = ANY (ARRAY['public'::name, 'legacy'::name])) AND (c.relname = computed_column.table_name) AND (c.relkind = ANY (ARRAY['r'::"char", 'p'::"char"])))) t ON ((t.attname = a.attname)))
   WHERE ((v.relname = concat('old_', consolidation.part_of(computed_column.table_name))) AND (v.relkind = 'v'::"char") AND ((t.attname IS NULL) OR ((a.attname = 'screenshot_id'::name) AND (t.atttypid <> ('uuid'::regtype)::oid))))
   ORDER BY a.attnum;
END;

--
-- Name: FUNCTION computed_column(table_name text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.computed_column(table_name text) IS 'Columns of the baseline that an old table lacks, or has as numbers where the baseline has uuids,
with the type they have in the documents; none after the contract project';

--
-- Name: run_id(bigint); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.run_id(trace_id bigint) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((OVERLAY(OVERLAY(lpad(to_hex((trace_id # '-9223372036854775808'::bigint)), 16, '0'::text) PLACING '8'::text FROM 13 FOR 0) PLACING '8'::text FROM 17 FOR 0) || '77662d72756e00'::text))::uuid;

--
-- Name: FUNCTION run_id(trace_id bigint); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.run_id(trace_id bigint) IS 'run_id of a carried-over trace_id: a UUID version 8, one-to-one, growing with the id';

SET default_tablespace = '';

--
-- Name: user_workflow_run; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.user_workflow_run (
    run_id uuid DEFAULT gen_random_uuid() NOT NULL,
    workflow_id uuid NOT NULL,
    org_id uuid NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    channel text NOT NULL,
    external_id character varying(255),
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    duration_ms integer,
    context jsonb DEFAULT '{}'::jsonb,
    endpoints_used jsonb DEFAULT '[]'::jsonb,
    config_snapshot jsonb,
    error_message text,
    error_details jsonb,
    llm_prompt text,
    llm_response text,
    llm_model character varying(100),
    llm_tokens_used integer,
    tier smallint,
    tier_reason text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamp with time zone,
    events jsonb DEFAULT '[]'::jsonb,
    screenshots jsonb DEFAULT '[]'::jsonb,
    legacy_trace_id bigint NOT NULL,
    legacy_batch_job_item_id uuid,
    legacy_action_type text,
    legacy_action_detail jsonb,
    legacy_success boolean DEFAULT false,
    legacy_user_id uuid,
    legacy_session_id uuid,
    legacy jsonb
)
WITH (fillfactor='90');
ALTER TABLE ONLY public.user_workflow_run ALTER COLUMN context SET COMPRESSION lz4;
ALTER TABLE ONLY public.user_workflow_run ALTER COLUMN config_snapshot SET COMPRESSION lz4;
ALTER TABLE ONLY public.user_workflow_run ALTER COLUMN error_details SET COMPRESSION lz4;
ALTER TABLE ONLY public.user_workflow_run ALTER COLUMN llm_prompt SET COMPRESSION lz4;
ALTER TABLE ONLY public.user_workflow_run ALTER COLUMN llm_response SET COMPRESSION lz4;
ALTER TABLE ONLY public.user_workflow_run ALTER COLUMN events SET COMPRESSION lz4;
ALTER TABLE ONLY public.user_workflow_run ALTER COLUMN screenshots SET COMPRESSION lz4;
ALTER TABLE ONLY public.user_workflow_run ALTER COLUMN legacy SET COMPRESSION lz4;

ALTER TABLE ONLY public.user_workflow_run FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE user_workflow_run; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.user_workflow_run IS 'One run of a workflow, with its documents';

--
-- Name: COLUMN user_workflow_run.run_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.run_id IS 'Key. Carried-over runs: computed from the old trace_id';

--
-- Name: COLUMN user_workflow_run.workflow_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.workflow_id IS 'Workflow that was executed';

--
-- Name: COLUMN user_workflow_run.org_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.org_id IS 'Organisation that owns the run; row level security compares it with app.current_org_id';

--
-- Name: COLUMN user_workflow_run.status; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.status IS 'pending, running, active, completed, failed ...';

--
-- Name: COLUMN user_workflow_run.channel; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.channel IS 'web, voice or efax';

--
-- Name: COLUMN user_workflow_run.external_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.external_id IS 'Id in the system that asked for the run; repeats';

--
-- Name: COLUMN user_workflow_run.started_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.started_at IS 'Start of the run';

--
-- Name: COLUMN user_workflow_run.ended_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.ended_at IS 'End of the run';

--
-- Name: COLUMN user_workflow_run.duration_ms; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.duration_ms IS 'Duration in milliseconds';

--
-- Name: COLUMN user_workflow_run.context; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.context IS 'Object: key to value. Was workflow_trace_context';

--
-- Name: COLUMN user_workflow_run.endpoints_used; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.endpoints_used IS 'Array of endpoint ids, no duplicates. Was workflow_trace_endpoint';

--
-- Name: COLUMN user_workflow_run.config_snapshot; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.config_snapshot IS 'All active configurations at the time of the run, as start_run stores them';

--
-- Name: COLUMN user_workflow_run.error_message; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.error_message IS 'Why the run failed, for people';

--
-- Name: COLUMN user_workflow_run.error_details; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.error_details IS 'Why the run failed, for programs';

--
-- Name: COLUMN user_workflow_run.llm_prompt; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.llm_prompt IS 'Prompt given to the language model';

--
-- Name: COLUMN user_workflow_run.llm_response; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.llm_response IS 'Response of the language model';

--
-- Name: COLUMN user_workflow_run.llm_model; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.llm_model IS 'Name of the language model';

--
-- Name: COLUMN user_workflow_run.llm_tokens_used; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.llm_tokens_used IS 'Tokens used, prompt and response';

--
-- Name: COLUMN user_workflow_run.tier; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.tier IS 'Tier the run was handled in';

--
-- Name: COLUMN user_workflow_run.tier_reason; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.tier_reason IS 'Why this tier';

--
-- Name: COLUMN user_workflow_run.created_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.created_at IS 'When the row was created';

--
-- Name: COLUMN user_workflow_run.created_by; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.created_by IS 'User who created the run';

--
-- Name: COLUMN user_workflow_run.updated_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.updated_at IS 'When the row was last changed, set by a trigger; null if never';

--
-- Name: COLUMN user_workflow_run.events; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.events IS 'Array of events that belong to no step, elements as in user_workflow_run_step.events';

--
-- Name: COLUMN user_workflow_run.screenshots; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.screenshots IS 'Array of screenshots that match no step, elements as in user_workflow_run_step.screenshots';

--
-- Name: COLUMN user_workflow_run.legacy_trace_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.legacy_trace_id IS 'workflow_trace.trace_id; new runs also get one';

--
-- Name: COLUMN user_workflow_run.legacy_batch_job_item_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.legacy_batch_job_item_id IS 'workflow_trace.batch_job_item_id';

--
-- Name: COLUMN user_workflow_run.legacy_action_type; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.legacy_action_type IS 'workflow_trace.action_type';

--
-- Name: COLUMN user_workflow_run.legacy_action_detail; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.legacy_action_detail IS 'workflow_trace.action_detail';

--
-- Name: COLUMN user_workflow_run.legacy_success; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.legacy_success IS 'workflow_trace.success';

--
-- Name: COLUMN user_workflow_run.legacy_user_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.legacy_user_id IS 'workflow_trace.user_id';

--
-- Name: COLUMN user_workflow_run.legacy_session_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.legacy_session_id IS 'workflow_trace.session_id';

--
-- Name: COLUMN user_workflow_run.legacy; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.legacy IS '{"context": {key: {"context_id", "created_at", "updated_at"}}}: the columns of
workflow_trace_context besides key and value; null if there is no key';

--
-- Name: trace_row; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.trace_row WITH (security_invoker='true') AS
 SELECT r.legacy_trace_id AS trace_id,
    r.legacy_batch_job_item_id AS batch_job_item_id,
    r.org_id,
    r.workflow_id,
    r.channel,
    r.external_id,
    r.status,
    r.legacy_action_type AS action_type,
    r.legacy_action_detail AS action_detail,
    r.legacy_success AS success,
    r.duration_ms,
    r.error_details AS error_detail,
    r.error_message,
    r.llm_prompt,
    r.llm_response,
    r.llm_model,
    r.llm_tokens_used,
    r.tier,
    r.tier_reason,
    r.config_snapshot,
    r.started_at AS start_time,
    r.ended_at AS end_time,
    r.created_at,
    r.legacy_user_id AS user_id,
    r.created_by,
    r.legacy_session_id AS session_id,
    ((((r.run_id = consolidation.run_id(r.legacy_trace_id)) OR ((substr((r.run_id)::text, 15, 1) = '4'::text) AND (EXISTS ( SELECT
           FROM public.user_workflow_run o
          WHERE (o.run_id = consolidation.run_id(r.legacy_trace_id)))))) AND (jsonb_typeof(r.context) = 'object'::text) AND (jsonb_typeof(r.endpoints_used) = 'array'::text) AND (jsonb_typeof(r.events) = 'array'::text) AND (jsonb_typeof(r.screenshots) = 'array'::text)) IS TRUE) AS as_built
   FROM public.user_workflow_run r;

--
-- Name: VIEW trace_row; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.trace_row IS 'Runs as rows of workflow_trace. as_built: the run has the key and the kinds of documents that
consolidate() gives it';

--
-- Name: as_old_row(text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.as_old_row(source text) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT string_agg(format('%s.%I as %I'::text, as_old_row.source, b.base_column, b.view_column), ', '::text ORDER BY b.view_column) AS string_agg
    FROM consolidation.base_column('consolidation.trace_row'::regclass) b(view_column, base_column)
   WHERE (NOT (b.view_column IN ( SELECT c.column_name
            FROM consolidation.computed_column('workflow_trace'::text) c(column_name, type_name, is_missing))));
END;

--
-- Name: FUNCTION as_old_row(source text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.as_old_row(source text) IS 'The columns of workflow_trace, computed from source: a row of user_workflow_run';

--
-- Name: backfill(integer, interval, interval, interval); Type: PROCEDURE; Schema: consolidation; Owner: -
--

CREATE PROCEDURE consolidation.backfill(IN batch_size integer DEFAULT 100, IN batch_time interval DEFAULT '00:00:00.5'::interval, IN pause interval DEFAULT '00:00:00'::interval, IN max_lag interval DEFAULT NULL::interval)
    LANGUAGE plpgsql
    AS $$
declare
    done bigint := 0;
    stopped boolean;
    began constant pg_catalog.timestamptz := pg_catalog.clock_timestamp();
begin
    perform consolidation.check_batch_size(batch_size);
    perform consolidation.check_pace(batch_time, pause, max_lag);
    perform consolidation.require_read_committed();
    perform consolidation.plan_chunks('backfill');
    commit;
    call consolidation.run_batches('backfill', batch_size, batch_time, pause, max_lag, done);
    stopped := consolidation.is_asked_to_stop();
    commit;
    if not stopped then
        call consolidation.catch_up();
    end if;
    raise notice '%', consolidation.done_line('backfill', done, began);
end;
$$;

--
-- Name: PROCEDURE backfill(IN batch_size integer, IN batch_time interval, IN pause interval, IN max_lag interval); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON PROCEDURE consolidation.backfill(IN batch_size integer, IN batch_time interval, IN pause interval, IN max_lag interval) IS 'Carries all runs over, a batch a transaction. batch_size: runs of the first batch. batch_time: how
long a batch should take. Each following batch gets as many runs as fit, at most twice as many as
the one before and at most 500; null for batch_size always. pause: rest of this session between two
batches. max_lag: waits while a standby is farther behind in replaying; null for no wait. Can be
killed and repeated: what was committed stays done. Run it from several sessions to use several
cores; each returns when all is done, or when stop_backfill asks it to. Raises 22023 for a
parameter out of range, 42501 for max_lag without pg_read_all_stats, 23502 for a row that cannot be
carried. Call it outside a transaction';

--
-- Name: begin_proof(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.begin_proof() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform consolidation.see_everything();
    if consolidation.phase() = 'contract' then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'the old tables were dropped: there is nothing to compare with';
    end if;
    if exists (
        select from consolidation.chunk as c where c.task = 'backfill' and c.finished_at is null
    ) then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'the backfill is not done',
            hint = 'call consolidation.backfill(); select * from consolidation.progress;';
    end if;
    -- Batches under way do not know of the proof yet, and would not prove the runs that they carry.
    perform consolidation.keep_batches_out('5 minutes');
    if exists (
        select from consolidation.proof as p
        where p.capture_state is distinct from consolidation.capture_state()
    ) then
        raise notice 'capture was interrupted: the proof begins anew';
        perform consolidation.forget_proof();
    end if;
    insert into consolidation.proof (capture_state)
    values (consolidation.capture_state())
    on conflict do nothing;
    perform consolidation.plan_chunks('proof');
end;
$$;

--
-- Name: FUNCTION begin_proof(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.begin_proof() IS 'Begins a proof, or goes on with one that holds. Raises 55000 while the backfill is not done or
after the old tables were dropped, 55P03 where a batch of another session lasts longer than 5
minutes';

--
-- Name: begin_script(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.begin_script() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    holder text;
    reported boolean := false;
begin
    loop
        holder := consolidation.other_deploy_session();
        if holder is null then
            begin
                insert into consolidation.deploy_session as d (pid, began)
                select a.pid, a.backend_start
                from pg_stat_get_activity(pg_backend_pid()) as a
                on conflict (only_one) do update set pid = excluded.pid, began = excluded.began
                where consolidation.other_deploy_session() is null;
                if found then
                    return;
                end if;
                -- Another session was faster, and must not wait for this row.
                raise lock_not_available;
            exception when lock_not_available then
                null;
            end;
        elsif not reported then
            reported := true;
            raise notice 'waiting for a script that outlived its Sqitch (%)', holder;
        end if;
        perform pg_sleep(0.2);
    end loop;
end;
$$;

--
-- Name: FUNCTION begin_script(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.begin_script() IS 'Waits while another session that executes a script of the plan is connected, and names it; then
keeps others waiting until the end of this session';

--
-- Name: bind(text[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.bind(statements text[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    statement text;
begin
    foreach statement in array statements loop
        execute statement;
    end loop;
end;
$$;

--
-- Name: FUNCTION bind(statements text[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.bind(statements text[]) IS 'Executes what rebinding() returned before the names were moved';

--
-- Name: bind_old_view(regclass, regclass); Type: PROCEDURE; Schema: consolidation; Owner: -
--

CREATE PROCEDURE consolidation.bind_old_view(IN shown regclass, IN source regclass)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    -- Not of the source: script/assess has a stand-in for a table that is refused.
    table_name constant text := (select c.relname from pg_class as c where c.oid = source);
    is_any_computed constant boolean := exists (
        select from consolidation.computed_column(table_name)
    );
begin
    shown := consolidation.rewrite_view(
        shown,
        format(
            'select %s from %s as t',
            consolidation.shown_columns(shown, table_name, 'old', 't'), source
        )
    );
    if is_any_computed then
        perform consolidation.put_rules(shown, source);
    end if;
end;
$$;

--
-- Name: PROCEDURE bind_old_view(IN shown regclass, IN source regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON PROCEDURE consolidation.bind_old_view(IN shown regclass, IN source regclass) IS 'Gives a view, which says the names and types of the baseline, what an old table has in these
columns. Computes those that the table lacks';

--
-- Name: bound_view(regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.bound_view(source regclass) RETURNS TABLE(view regclass)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT DISTINCT (v.oid)::regclass AS oid
    FROM ((pg_depend d
      JOIN pg_rewrite w ON ((w.oid = d.objid)))
      JOIN pg_class v ON ((v.oid = w.ev_class)))
   WHERE ((d.classid = ('pg_rewrite'::regclass)::oid) AND (d.refclassid = ('pg_class'::regclass)::oid) AND (d.refobjid = (bound_view.source)::oid) AND (v.relkind = 'v'::"char") AND (v.relnamespace = ('consolidation'::regnamespace)::oid));
END;

--
-- Name: FUNCTION bound_view(source regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.bound_view(source regclass) IS 'The views of the move that are bound to an old table';

--
-- Name: build_late_index(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.build_late_index() RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    late consolidation.dropped_table;
begin
    -- In the phase contract there is no table to build it on.
    select d.*
    into late
    from consolidation.dropped_table as d
    where consolidation.phase() <> 'contract'
    order by
        d.ordinal / 1000,
        array_position(consolidation.six_tables(), d.table_name),
        d.ordinal
    limit 1
    for update;
    if not found then
        return false;
    end if;
    execute late.statement;
    delete from consolidation.dropped_table as d
    where d.table_name = late.table_name and d.ordinal = late.ordinal;
    return true;
end;
$$;

--
-- Name: FUNCTION build_late_index(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.build_late_index() IS 'Builds the next index that the revert of the contract left until the rows are there. Returns
whether there was one';

--
-- Name: build_late_indexes(); Type: PROCEDURE; Schema: consolidation; Owner: -
--

CREATE PROCEDURE consolidation.build_late_indexes()
    LANGUAGE plpgsql
    AS $$
begin
    while consolidation.build_late_index() loop
        commit;
    end loop;
end;
$$;

--
-- Name: PROCEDURE build_late_indexes(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON PROCEDURE consolidation.build_late_indexes() IS 'Builds the indexes that the revert of the contract left until the rows are there, one a
transaction: share on an old table that no application uses, while batches wait. If it is killed,
the next call goes on. Call it outside a transaction';

--
-- Name: capture_new(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.capture_new() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    AS $$
begin
    case tg_op
        when 'INSERT' then
            insert into consolidation.change (trace_id)
            select distinct n.legacy_trace_id from new_row as n;
        when 'UPDATE' then
            insert into consolidation.change (trace_id)
            select n.legacy_trace_id from new_row as n
            union
            select o.legacy_trace_id from old_row as o;
        when 'DELETE' then
            insert into consolidation.change (trace_id)
            select distinct o.legacy_trace_id from old_row as o;
        else
            insert into consolidation.change (trace_id) values (null);
    end case;
    return null;
end;
$$;

--
-- Name: FUNCTION capture_new(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.capture_new() IS 'Trigger on the document tables: notes in consolidation.change the runs that a statement touched';

--
-- Name: capture_old(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.capture_old() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    AS $$
begin
    -- After the cut-over applications write to the documents, and carry_back() follows them. It
    -- undoes any other write to the old tables, to which only the owner may write.
    if
        tg_table_schema = 'legacy'
        and current_setting('consolidation.is_carrying_back', true) = 'on'
    then
        return null;
    end if;
    case tg_op
        when 'INSERT' then
            insert into consolidation.change (trace_id)
            select distinct n.trace_id from new_row as n;
        when 'UPDATE' then
            insert into consolidation.change (trace_id)
            select n.trace_id from new_row as n
            union
            select o.trace_id from old_row as o;
        when 'DELETE' then
            insert into consolidation.change (trace_id)
            select distinct o.trace_id from old_row as o;
        else
            insert into consolidation.change (trace_id) values (null);
    end case;
    return null;
end;
$$;

--
-- Name: FUNCTION capture_old(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.capture_old() IS 'Trigger on the old tables: notes in consolidation.change the runs that a statement touched. In the
schema legacy it leaves out the writes of carry_back()';

--
-- Name: capture_state(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.capture_state() RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return (
        select string_agg(format('%s/%s/%s', t.oid, t.tgenabled, t.xmin), ' ' order by t.oid)
        from pg_trigger as t
        where
            t.tgfoid in (
                'consolidation.capture_old()'::regprocedure,
                'consolidation.capture_new()'::regprocedure
            )
    );
end;
$$;

--
-- Name: FUNCTION capture_state(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.capture_state() IS 'The capture triggers, as text. The text is another one after any of them was disabled, even if it
was enabled again. A proof holds while it is the same';

--
-- Name: carry_and_compare(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.carry_and_compare(trace_ids bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    back constant boolean := consolidation.phase() = 'cut over';
    example record;
begin
    if back then
        perform consolidation.carry_back(trace_ids);
    else
        perform consolidation.consolidate(trace_ids);
    end if;
    select * into example
    from consolidation.differences(trace_ids => carry_and_compare.trace_ids)
    limit 1;
    if found then
        raise exception using
            errcode = 'data_corrupted',
            message = format(
                '%s %s differs after it was carried %s',
                example.table_name, example.key, case when back then 'back' else 'over' end
            ),
            detail = format('old: %s new: %s', example.old_row, example.new_row),
            hint = 'select * from consolidation.differences();';
    end if;
end;
$$;

--
-- Name: FUNCTION carry_and_compare(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.carry_and_compare(trace_ids bigint[]) IS 'Carries these runs over (after the cut-over: back); raises XX001 if they differ then';

--
-- Name: carry_back(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.carry_back(trace_ids bigint[]) RETURNS bigint[]
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    SET enable_nestloop TO 'off'
    SET enable_mergejoin TO 'off'
    SET work_mem TO '32MB'
    SET "TimeZone" TO 'UTC'
    AS $$
declare
    refused constant bigint [] := array(
        select distinct a.trace_id from consolidation.set_aside as a
        where a.trace_id = any (trace_ids) and a.replaced_at is null
        order by a.trace_id
    );
    others constant bigint [] := array(
        select t.id from unnest(trace_ids) as t (id) where t.id <> all (refused)
    );
    lowest constant bigint := (select min(t.id) from unnest(others) as t (id));
    highest constant bigint := (select max(t.id) from unnest(others) as t (id));
    unequal record;
begin
    perform consolidation.see_everything();
    perform consolidation.require_read_committed();
    perform consolidation.lock_traces(trace_ids);
    -- A "set" clause would do the same, but takes a superuser to define.
    perform set_config('consolidation.is_carrying_back', 'on', true);
    -- A deferred key would refuse a row at the commit, where no row can be set aside.
    set constraints all immediate;
    -- The proof says what is to be done.
    unequal := consolidation.unequal_rows(lowest, highest, others);
    begin
        perform consolidation.take_out(unequal.any_table);
        perform consolidation.put_in_traces(unequal.traces);
        perform consolidation.put_in_steps(unequal.steps);
        perform consolidation.put_in_events(unequal.events);
        perform consolidation.put_in_screenshots(unequal.screenshots);
        perform consolidation.put_in_contexts(unequal.contexts);
        perform consolidation.put_in_endpoints(unequal.endpoints);
    exception when data_exception or integrity_constraint_violation then
        perform consolidation.settle_claims(unequal.any_table);
        -- In order, so that of two rows that exclude each other the later one is always refused.
        perform consolidation.carry_back_by_halves(unequal.any_table);
    end;
    -- Runs that were refused before come last, and do not hold up the others again.
    if cardinality(refused) > 0 then
        delete from consolidation.set_aside as a
        where a.trace_id = any (refused) and a.replaced_at is null;
        perform consolidation.settle_claims(refused);
        perform consolidation.carry_back_by_halves(refused);
    end if;
    perform set_config('consolidation.is_carrying_back', '', true);
    insert into consolidation.carried_back (trace_id)
    select w.id from unnest(unequal.any_table || refused) as w (id)
    on conflict do nothing;
    return unequal.any_table || refused;
end;
$$;

--
-- Name: FUNCTION carry_back(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.carry_back(trace_ids bigint[]) IS 'Writes these runs, as the documents show them, into the old tables: only rows of those that differ,
which are returned. An id that two elements claim is settled in the documents; a row that an old
table refuses is set aside. Content that the old tables have no place for stays in the documents.
Raises 25000 in a transaction that is not read committed';

--
-- Name: carry_back_by_halves(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.carry_back_by_halves(trace_ids bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    half constant integer := cardinality(trace_ids) / 2;
begin
    begin
        perform consolidation.take_out(trace_ids);
        perform consolidation.put_in(trace_ids);
        return;
    exception when data_exception or integrity_constraint_violation then
        -- The batch is undone, and its halves are tried to find the runs that caused this.
        null;
    end;
    if half = 0 then
        perform consolidation.put_in_singly(trace_ids[1]);
    else
        perform consolidation.carry_back_by_halves(trace_ids[: half]);
        perform consolidation.carry_back_by_halves(trace_ids[half + 1 :]);
    end if;
end;
$$;

--
-- Name: FUNCTION carry_back_by_halves(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.carry_back_by_halves(trace_ids bigint[]) IS 'Carries these runs back; a row that an old table refuses holds up no other run';

--
-- Name: carry_changes(integer, bigint); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.carry_changes(batch_size integer, INOUT lowest bigint, OUT carried integer) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    queued bigint [];
    touched bigint [];
    unequal bigint [];
begin
    perform consolidation.enter_batch();
    queued := consolidation.queued_traces(lowest, batch_size);
    touched := consolidation.take_queued(queued);
    if cardinality(touched) > 0 then
        case consolidation.phase()
            when 'expand' then
                perform consolidation.consolidate(touched);
                unequal := touched;
            when 'cut over' then unequal := consolidation.carry_back(touched);
            else null;
        end case;
        perform consolidation.prove_again(touched, unequal);
    end if;
    carried := cardinality(touched);
    -- The highest id has none after it.
    lowest := nullif(queued[cardinality(queued)], 9223372036854775807) + 1;
end;
$$;

--
-- Name: FUNCTION carry_changes(batch_size integer, INOUT lowest bigint, OUT carried integer); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.carry_changes(batch_size integer, INOUT lowest bigint, OUT carried integer) IS 'Takes the next batch_size runs from trace_id "lowest" on out of the queue and carries them
over (after the cut-over: back), once each. Returns how many, and where to go on: null when nothing
is left';

--
-- Name: carry_chunk(bigint); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.carry_chunk(claimed_id bigint) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    claimed consolidation.chunk;
    trace_ids bigint [];
    began constant timestamptz := clock_timestamp();
begin
    perform consolidation.see_everything();
    perform consolidation.enter_batch();
    if consolidation.phase() <> 'expand' then
        return null;
    end if;
    -- The lock lasts until the end of the batch: another session may take an unlocked range for one
    -- that was left.
    select c.*
    into claimed
    from consolidation.chunk as c
    where c.chunk_id = claimed_id and c.finished_at is null
    for update skip locked;
    if not found then
        return 0;
    end if;
    trace_ids := array(
        select t.trace_id
        from consolidation.old_trace as t
        where t.trace_id between claimed.first_trace_id and claimed.last_trace_id
    );
    perform consolidation.lock_traces_shared(trace_ids);
    perform consolidation.rebuild_documents(trace_ids);
    update consolidation.chunk as c
    set
        traces = cardinality(trace_ids),
        steps = (
            select count(*)
            from consolidation.old_step as s
            where s.trace_id between c.first_trace_id and c.last_trace_id
        ),
        events = (
            select count(*)
            from consolidation.old_event as e
            where e.trace_id between c.first_trace_id and c.last_trace_id
        ),
        pid = pg_backend_pid(),
        started_at = began,
        finished_at = clock_timestamp()
    where c.chunk_id = claimed.chunk_id;
    return cardinality(trace_ids);
end;
$$;

--
-- Name: FUNCTION carry_chunk(claimed_id bigint); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.carry_chunk(claimed_id bigint) IS 'Carries over a range that claim_chunk returned. Returns the number of its runs, 0 if another
session has it, null after the cut-over';

--
-- Name: carry_the_rest(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.carry_the_rest() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    -- Everybody waits meanwhile.
    give_up_at constant timestamptz := clock_timestamp() + interval '200 ms';
    at_once constant integer := 5;
    pending bigint [];
    carried integer := 0;
begin
    if exists (select from consolidation.change as c where c.trace_id is null) then
        raise exception using errcode = 'lock_not_available', message = 'a truncate came in';
    end if;
    -- The proof holds while the capture was never interrupted. Otherwise it begins anew, without
    -- the locks.
    if not consolidation.is_proved() then
        raise exception using
            errcode = 'lock_not_available',
            message = 'there is no proof that holds',
            detail = 'consolidation.missing_capture shows triggers that do not fire.';
    end if;
    pending := array(
        select distinct c.trace_id from consolidation.change as c order by c.trace_id
    );
    perform consolidation.refuse_too_heavy(pending);
    delete from consolidation.change;
    while carried < cardinality(pending) loop
        if clock_timestamp() > give_up_at then
            raise exception using
                errcode = 'lock_not_available',
                message = 'too much came in while the locks were waited for',
                detail = format(
                    '%s of %s runs were carried in time.', carried, cardinality(pending)
                );
        end if;
        perform consolidation.carry_and_compare(pending[carried + 1 : carried + at_once]);
        carried := carried + at_once;
    end loop;
    if consolidation.phase() = 'cut over' then
        perform consolidation.refuse_set_aside();
    end if;
end;
$$;

--
-- Name: FUNCTION carry_the_rest(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.carry_the_rest() IS 'Under the locks of a swap: empties the queue, carries its runs over (after the cut-over:
back) and compares them. Raises 55P03 after a truncate, for a run that is too large, after
200 ms (to be carried over without locks), or if the proof does not hold, and XX001 for a
difference';

--
-- Name: catch_up(integer, interval); Type: PROCEDURE; Schema: consolidation; Owner: -
--

CREATE PROCEDURE consolidation.catch_up(IN batch_size integer DEFAULT 256, IN patience interval DEFAULT NULL::interval)
    LANGUAGE plpgsql
    AS $$
declare
    began constant pg_catalog.timestamptz := pg_catalog.clock_timestamp();
    lowest bigint := -9223372036854775808;
    batch record;
    stopped boolean;
    total bigint := 0;
    reported pg_catalog.timestamptz := pg_catalog.clock_timestamp();
begin
    perform consolidation.check_batch_size(batch_size);
    perform consolidation.require_read_committed();
    -- Of several sessions, the one that takes the truncate notes what it stands for.
    delete from consolidation.change as c where c.trace_id is null;
    if found then
        perform consolidation.note_everything();
    end if;
    -- Goes through the queue once: busy writers would otherwise keep this session for ever.
    loop
        select c.* into batch from consolidation.carry_changes(batch_size, lowest) as c;
        stopped := consolidation.is_asked_to_stop();
        commit;
        lowest := batch.lowest;
        total := total operator(pg_catalog.+) batch.carried;
        exit when
            lowest is null or stopped
            or pg_catalog.clock_timestamp() operator(pg_catalog.>)
            (began operator(pg_catalog.+) patience);
        if
            pg_catalog.clock_timestamp() operator(pg_catalog.>)
            (reported operator(pg_catalog.+) interval '5 seconds')
        then
            reported := pg_catalog.clock_timestamp();
            raise notice 'caught up with % runs', total;
        end if;
    end loop;
end;
$$;

--
-- Name: PROCEDURE catch_up(IN batch_size integer, IN patience interval); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON PROCEDURE consolidation.catch_up(IN batch_size integer, IN patience interval) IS 'Carries over what was written since: before the cut-over to the documents, after it to the old
tables, so that a revert finds little left to do. Goes through the queue once, and takes each run
once, however often it was written to. Commits every batch_size runs; can be killed and repeated,
and run from several sessions, which wait for each other where their batches have runs of the same
256 (lock_bucket). Also ends when patience is over (default: never), or when stop_backfill asks it
to. Raises 22023 for a batch_size out of range. Call it outside a transaction';

--
-- Name: change_event(bigint, bigint, bigint, jsonb); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.change_event(wanted_trace_id bigint, wanted_step_id bigint, place bigint, element jsonb) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if wanted_step_id is null then
        update public.user_workflow_run as r
        set events = consolidation.with_element(r.events, place, element)
        where r.legacy_trace_id = wanted_trace_id;
    else
        update public.user_workflow_run_step as s
        set events = consolidation.with_element(s.events, place, element)
        where s.legacy_step_id = wanted_step_id and s.legacy_trace_id = wanted_trace_id;
    end if;
    return found;
end;
$$;

--
-- Name: FUNCTION change_event(wanted_trace_id bigint, wanted_step_id bigint, place bigint, element jsonb); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.change_event(wanted_trace_id bigint, wanted_step_id bigint, place bigint, element jsonb) IS 'Replaces, removes or appends an event as with_element() does; false if its document is gone';

--
-- Name: change_screenshot(bigint, uuid, bigint, jsonb); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.change_screenshot(wanted_trace_id bigint, holder uuid, place bigint, element jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if holder is null then
        update public.user_workflow_run as r
        set screenshots = consolidation.with_element(r.screenshots, place, element)
        where r.legacy_trace_id = wanted_trace_id;
    else
        update public.user_workflow_run_step as s
        set screenshots = consolidation.with_element(s.screenshots, place, element)
        where s.step_id = holder;
    end if;
end;
$$;

--
-- Name: FUNCTION change_screenshot(wanted_trace_id bigint, holder uuid, place bigint, element jsonb); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.change_screenshot(wanted_trace_id bigint, holder uuid, place bigint, element jsonb) IS 'Replaces or removes a screenshot as with_element() does. holder: the step, null for the run';

--
-- Name: check_batch_size(integer); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.check_batch_size(batch_size integer) RETURNS void
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if batch_size is null or batch_size not between 1 and 100000 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format(
                'batch_size %s is not between 1 and 100000', coalesce(batch_size::text, 'null')
            );
    end if;
end;
$$;

--
-- Name: FUNCTION check_batch_size(batch_size integer); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.check_batch_size(batch_size integer) IS 'Raises 22023 unless batch_size is between 1 and 100000';

--
-- Name: check_pace(interval, interval, interval); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.check_pace(batch_time interval, pause interval, max_lag interval) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    wrong constant text := case
        when batch_time <= interval '0' then format('batch_time %s is not positive', batch_time)
        when pause < interval '0' then format('pause %s is negative', pause)
        when max_lag <= interval '0' then format('max_lag %s is not positive', max_lag)
    end;
begin
    if wrong is not null then
        raise exception using errcode = 'invalid_parameter_value', message = wrong;
    end if;
    if max_lag is not null and not pg_has_role('pg_read_all_stats', 'usage') then
        raise exception using
            errcode = 'insufficient_privilege',
            message = format('max_lag: %s may not see how far the standbys are', current_user),
            hint = format('grant pg_read_all_stats to %I;', current_user);
    end if;
end;
$$;

--
-- Name: FUNCTION check_pace(batch_time interval, pause interval, max_lag interval); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.check_pace(batch_time interval, pause interval, max_lag interval) IS 'Raises 22023 for a batch_time, pause or max_lag that cannot be kept, 42501 for a max_lag without
the right to read the lag';

--
-- Name: check_session(interval); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.check_session(patience interval) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if patience is null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'patience cannot be null';
    end if;
    perform consolidation.settle_session();
    perform consolidation.require_read_committed();
    perform consolidation.see_everything();
end;
$$;

--
-- Name: FUNCTION check_session(patience interval); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.check_session(patience interval) IS 'Raises 22023 for a null patience, 25000 in a transaction that is not read committed, 42501 if row
level security hides rows';

--
-- Name: claim(text, boolean); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.claim(sentence text, holds boolean) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if holds is not true then
        raise exception using
            errcode = 'assert_failure',
            message = sentence;
    end if;
end;
$$;

--
-- Name: FUNCTION claim(sentence text, holds boolean); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.claim(sentence text, holds boolean) IS 'For verify scripts: raises P0004 with the sentence, unless it holds';

--
-- Name: claim_chunk(text, integer); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.claim_chunk(wanted_task text, batch_size integer) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    claimed bigint;
    rest consolidation.chunk;
begin
    perform consolidation.see_everything();
    if
        consolidation.phase() = 'contract'
        or (wanted_task = 'backfill' and consolidation.phase() <> 'expand')
    then
        return null;
    end if;
    loop
        -- Waits some milliseconds while another session takes its batch from this range.
        select c.*
        into rest
        from consolidation.chunk as c
        where c.task = wanted_task and c.started_at is null and c.finished_at is null
        order by c.chunk_id
        limit 1
        for update;
        if found then
            return consolidation.next_batch(rest, batch_size);
        end if;
        -- A batch that a session left when it was ended.
        select c.chunk_id
        into claimed
        from consolidation.chunk as c
        where c.task = wanted_task and c.finished_at is null
        order by c.chunk_id
        limit 1
        for update skip locked;
        if found then
            return claimed;
        end if;
        exit when not exists (
            select from consolidation.chunk as c
            where c.task = wanted_task and c.finished_at is null
        );
        -- Other sessions have all that is left: wait until one of them is done.
        perform
        from consolidation.chunk as c
        where c.task = wanted_task and c.finished_at is null
        order by c.chunk_id
        limit 1
        for update;
    end loop;
    return null;
end;
$$;

--
-- Name: FUNCTION claim_chunk(wanted_task text, batch_size integer); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.claim_chunk(wanted_task text, batch_size integer) IS 'Takes the next batch_size runs of a task, or a batch that an ended session left. Returns the
chunk_id to work on in the next transaction. Waits while other sessions have all that is left;
returns null once everything is done';

--
-- Name: claim_none(text, text[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.claim_none(sentence text, counterexamples text[]) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if cardinality(counterexamples) = 0 then
        return;
    end if;
    raise exception using
        errcode = 'assert_failure',
        message = sentence,
        detail = format(
            'Not so: %s%s', array_to_string(counterexamples[1:5], ', ', 'null'),
            ' and ' || nullif(greatest(cardinality(counterexamples) - 5, 0), 0) || ' more'
        );
end;
$$;

--
-- Name: FUNCTION claim_none(sentence text, counterexamples text[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.claim_none(sentence text, counterexamples text[]) IS 'For verify scripts: raises P0004 with the sentence and the first five counterexamples, unless there
are none';

--
-- Name: claims_of(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.claims_of(trace_ids bigint[]) RETURNS TABLE(kind text, trace_id bigint, step_id bigint, place text, id text, held_by bigint)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    -- A subquery looks up each id by its key: a join may read whole old tables for each element.
    return query
    select
        'event', e.trace_id, e.step_id, e.place::text, e.event_id::text,
        (select o.trace_id from consolidation.old_event as o where o.event_id = e.event_id)
    from consolidation.event_row as e
    where e.trace_id = any (trace_ids) and e.fits
    union all
    select
        'screenshot', p.trace_id, s.step_id, p.place::text, p.screenshot_id::text,
        (
            select o.trace_id from consolidation.old_screenshot/* numbered: _number */ as o
            where
                o.screenshot_id
                = /* numbered: consolidation.screenshot_number( */ p.screenshot_id /* numbered: ) */
        )
    from consolidation.screenshot_row as p
    left join consolidation.step_row as s
        on s.trace_id = p.trace_id and s.step_number = p.on_step_number
    where p.trace_id = any (trace_ids) and p.fits
    union all
    select
        'context', c.trace_id, null, c.key::text, c.context_id::text,
        (select o.trace_id from consolidation.old_context as o where o.context_id = c.context_id)
    from consolidation.context_row as c
    where c.trace_id = any (trace_ids) and c.fits;
end;
$$;

--
-- Name: FUNCTION claims_of(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.claims_of(trace_ids bigint[]) IS 'Ids that elements and context keys of these runs claim: kind (event, screenshot, context),
run, step if it is on one, place in the array or key, the id, and the run to which the
old table gives it';

--
-- Name: column_definition(regclass, smallint); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.column_definition(source regclass, column_number smallint) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT format('%I %s%s%s%s'::text, a.attname, format_type(a.atttypid, a.atttypmod),
         CASE
             WHEN (a.attcollation <> t.typcollation) THEN (' collate '::text || (a.attcollation)::regcollation)
             ELSE NULL::text
         END,
         CASE
             WHEN (a.attidentity <> ''::"char") THEN format(' generated %s as identity (sequence name %s)'::text,
             CASE a.attidentity
                 WHEN 'a'::"char" THEN 'always'::text
                 ELSE 'by default'::text
             END, pg_get_serial_sequence((column_definition.source)::text, (a.attname)::text))
             WHEN (a.attgenerated <> ''::"char") THEN format(' generated always as (%s) %s'::text, pg_get_expr(d.adbin, d.adrelid),
             CASE a.attgenerated
                 WHEN 's'::"char" THEN 'stored'::text
                 ELSE 'virtual'::text
             END)
             WHEN (d.adbin IS NOT NULL) THEN (' default '::text || pg_get_expr(d.adbin, d.adrelid))
             ELSE NULL::text
         END,
         CASE
             WHEN (n.conname IS NOT NULL) THEN format(' constraint %I not null%s'::text, n.conname,
             CASE
                 WHEN n.connoinherit THEN ' no inherit'::text
                 ELSE NULL::text
             END)
             WHEN a.attnotnull THEN ' not null'::text
             ELSE NULL::text
         END) AS format
    FROM (((pg_attribute a
      JOIN pg_type t ON ((t.oid = a.atttypid)))
      LEFT JOIN pg_attrdef d ON (((d.adrelid = a.attrelid) AND (d.adnum = a.attnum))))
      LEFT JOIN pg_constraint n ON (((n.conrelid = a.attrelid) AND (n.contype = 'n'::"char") AND (n.conkey = ARRAY[a.attnum]))))
   WHERE ((a.attrelid = (column_definition.source)::oid) AND (a.attnum = column_definition.column_number));
END;

--
-- Name: FUNCTION column_definition(source regclass, column_number smallint); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.column_definition(source regclass, column_number smallint) IS 'A column as it stands in the statement that creates its table';

--
-- Name: columns_definition(regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.columns_definition(source regclass) RETURNS TABLE(stage integer, place bigint, statement text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT 2,
     (0)::bigint AS int8,
     format('create table %s (%s)%s'::text, columns_definition.source, ( SELECT string_agg(consolidation.column_definition(columns_definition.source, a.attnum), ', '::text ORDER BY a.attnum) AS string_agg
            FROM pg_attribute a
           WHERE ((a.attrelid = (columns_definition.source)::oid) AND (a.attnum > 0) AND (NOT a.attisdropped))), ((' with ('::text || array_to_string(c.reloptions, ', '::text)) || ')'::text)) AS format
    FROM pg_class c
   WHERE (c.oid = (columns_definition.source)::oid)
 UNION ALL
  SELECT v.stage,
     ((v.stage * 1000) + (a.attnum)::bigint),
     format('alter table %s alter %I set %s'::text, columns_definition.source, a.attname, v.setting) AS format
    FROM ((pg_attribute a
      JOIN pg_type t ON ((t.oid = a.atttypid)))
      CROSS JOIN LATERAL ( VALUES (3,('compression '::text ||
                 CASE a.attcompression
                     WHEN 'l'::"char" THEN 'lz4'::text
                     WHEN 'p'::"char" THEN 'pglz'::text
                     ELSE NULL::text
                 END)), (3,('storage '::text ||
                 CASE
                     WHEN (a.attstorage = t.typstorage) THEN NULL::text
                     WHEN (a.attstorage = 'p'::"char") THEN 'plain'::text
                     WHEN (a.attstorage = 'e'::"char") THEN 'external'::text
                     WHEN (a.attstorage = 'm'::"char") THEN 'main'::text
                     ELSE 'extended'::text
                 END)), (9,('statistics '::text ||
                 CASE
                     WHEN (a.attstattarget >= 0) THEN a.attstattarget
                     ELSE NULL::integer
                 END))) v(stage, setting))
   WHERE ((a.attrelid = (columns_definition.source)::oid) AND (a.attnum > 0) AND (NOT a.attisdropped) AND (v.setting IS NOT NULL));
END;

--
-- Name: FUNCTION columns_definition(source regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.columns_definition(source regclass) IS 'Statements that create a table again, with the compression, storage and statistics of its columns';

--
-- Name: columns_of(regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.columns_of(relation regclass) RETURNS name[]
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    RETURN ARRAY(SELECT a.attname FROM pg_attribute a WHERE ((a.attrelid = (columns_of.relation)::oid) AND (a.attnum > 0) AND (NOT a.attisdropped)) ORDER BY a.attnum);

--
-- Name: FUNCTION columns_of(relation regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.columns_of(relation regclass) IS 'The columns of a table or view, in their order';

--
-- Name: comments_definition(regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.comments_definition(source regclass) RETURNS TABLE(stage integer, place bigint, statement text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN (o.object ~~ 'index %'::text) THEN 18
             ELSE 14
         END AS "case",
     row_number() OVER (ORDER BY o.class, o.id, o.sub_id) AS row_number,
     format('comment on %s is %L'::text, o.object, d.description) AS format
    FROM (( SELECT 'pg_class'::regclass AS class,
             (comments_definition.source)::oid AS id,
             0 AS sub_id,
             format('%s %s'::text,
                 CASE c.relkind
                     WHEN 'v'::"char" THEN 'view'::text
                     ELSE 'table'::text
                 END, comments_definition.source) AS object
            FROM pg_class c
           WHERE (c.oid = (comments_definition.source)::oid)
         UNION ALL
          SELECT 'pg_class'::regclass AS regclass,
             comments_definition.source AS source,
             a.attnum,
             format('column %s.%I'::text, comments_definition.source, a.attname) AS format
            FROM pg_attribute a
           WHERE ((a.attrelid = (comments_definition.source)::oid) AND (a.attnum > 0))
         UNION ALL
          SELECT 'pg_class'::regclass AS regclass,
             i.indexrelid,
             0,
             format('index %s'::text, (i.indexrelid)::regclass) AS format
            FROM pg_index i
           WHERE (i.indrelid = (comments_definition.source)::oid)
         UNION ALL
          SELECT 'pg_constraint'::regclass AS regclass,
             k.oid,
             0,
             format('constraint %I on %s'::text, k.conname, comments_definition.source) AS format
            FROM pg_constraint k
           WHERE (k.conrelid = (comments_definition.source)::oid)
         UNION ALL
          SELECT 'pg_trigger'::regclass AS regclass,
             g.oid,
             0,
             format('trigger %I on %s'::text, g.tgname, comments_definition.source) AS format
            FROM pg_trigger g
           WHERE (g.tgrelid = (comments_definition.source)::oid)
         UNION ALL
          SELECT 'pg_policy'::regclass AS regclass,
             p.oid,
             0,
             format('policy %I on %s'::text, p.polname, comments_definition.source) AS format
            FROM pg_policy p
           WHERE (p.polrelid = (comments_definition.source)::oid)) o
      JOIN pg_description d ON (((d.objoid = o.id) AND (d.classoid = (o.class)::oid) AND (d.objsubid = o.sub_id))));
END;

--
-- Name: FUNCTION comments_definition(source regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.comments_definition(source regclass) IS 'Statements that comment a table or view, and what belongs to it, again';

--
-- Name: computed_keys(text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.computed_keys(table_name text) RETURNS text[]
    LANGUAGE sql STABLE
    RETURN ARRAY(SELECT COALESCE(k.key, (c.column_name)::text) AS "coalesce" FROM (consolidation.computed_column(computed_keys.table_name) c(column_name, type_name, is_missing) LEFT JOIN (VALUES ('event_type'::text,'type'::text), ('event_data'::text,'data'::text), ('screenshot_url'::text,'url'::text), ('action_description'::text,'action'::text), ('element_selector'::text,'selector'::text), ('confidence_score'::text,'confidence'::text), ('created_at'::text,'timestamp'::text)) k(column_name, key) ON ((k.column_name = c.column_name))) WHERE (c.is_missing AND (c.column_name <> ALL (ARRAY['org_id'::name, 'step_index'::name]))));

--
-- Name: FUNCTION computed_keys(table_name text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.computed_keys(table_name text) IS 'Keys of elements that only the documents can say: those of columns that the old table lacks';

--
-- Name: computed_screenshot(name, text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.computed_screenshot(column_name name, kind_of_row text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE column_name WHEN 'screenshot_id'::name THEN CASE kind_of_row WHEN 'document'::text THEN '<row>.screenshot_id'::text ELSE 'consolidation.screenshot_uuid(<row>.screenshot_id)'::text END WHEN 'org_id'::name THEN CASE kind_of_row WHEN 'old'::text THEN '(select r.org_id from consolidation.old_trace as r where r.trace_id = <row>.trace_id)'::text ELSE '(select r.org_id from public.user_workflow_run as r where r.legacy_trace_id = <row>.trace_id)'::text END WHEN 'step_index'::name THEN CASE kind_of_row WHEN 'document'::text THEN '<row>.on_step_number'::text WHEN 'old'::text THEN '(select s.step_number from consolidation.old_step as s where s.step_id = <row>.step_id and s.trace_id = <row>.trace_id)'::text ELSE '(select s.step_number from public.user_workflow_run_step as s where s.legacy_step_id = <row>.step_id and s.legacy_trace_id = <row>.trace_id)'::text END ELSE NULL::text END;

--
-- Name: FUNCTION computed_screenshot(column_name name, kind_of_row text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.computed_screenshot(column_name name, kind_of_row text) IS 'The part of computed_value() for columns of workflow_trace_screenshot that are not just null: ids
that are numbers, the organisation of the run, the number of the step that step_id names';

--
-- Name: column_source; Type: TABLE; Schema: consolidation; Owner: -
--

CREATE TABLE consolidation.column_source (
    table_name text NOT NULL,
    column_name text NOT NULL,
    expression text NOT NULL
);

--
-- Name: TABLE column_source; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TABLE consolidation.column_source IS 'Where a column of the baseline comes from that an old table lacks, as public.workflow_column_source
said when the project was deployed';

--
-- Name: COLUMN column_source.table_name; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.column_source.table_name IS 'The old table';

--
-- Name: COLUMN column_source.column_name; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.column_source.column_name IS 'The column that it lacks';

--
-- Name: COLUMN column_source.expression; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.column_source.expression IS 'SQL expression over the columns of the old table, whose alias is t';

--
-- Name: computed_value(text, name, text, text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.computed_value(table_name text, column_name name, type_name text, kind_of_row text) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT COALESCE(( SELECT format('(%s)::%s'::text, s.expression, computed_value.type_name) AS format
            FROM consolidation.column_source s
           WHERE ((s.table_name = computed_value.table_name) AND (s.column_name = (computed_value.column_name)::text))), ( SELECT format('(select d.%I from public.%s as d where d.legacy_%s_id = <row>.%3$s_id)'::text, b.base_column,
                 CASE v.part
                     WHEN 'trace'::text THEN 'user_workflow_run'::text
                     ELSE 'user_workflow_run_step'::text
                 END, v.part) AS format
            FROM consolidation.base_column(to_regclass(format('consolidation.%s_row'::text, v.part))) b(view_column, base_column)
           WHERE ((v.part = ANY (ARRAY['trace'::text, 'step'::text])) AND (b.view_column = computed_value.column_name))),
         CASE
             WHEN (v.part = 'screenshot'::text) THEN consolidation.computed_screenshot(computed_value.column_name, computed_value.kind_of_row)
             ELSE NULL::text
         END, format('null::%s'::text, computed_value.type_name)) AS "coalesce"
    FROM ( SELECT consolidation.part_of(computed_value.table_name) AS part) v;
END;

--
-- Name: FUNCTION computed_value(table_name text, column_name name, type_name text, kind_of_row text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.computed_value(table_name text, column_name name, type_name text, kind_of_row text) IS 'SQL expression for a computed column. <row> stands for the row, which is of a kind: old, of the old
table; document, of the documents in the columns of the baseline; new, of the view of the old name';

--
-- Name: consolidate(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.consolidate(trace_ids bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform consolidation.lock_traces(trace_ids);
    perform consolidation.rebuild_documents(trace_ids);
end;
$$;

--
-- Name: FUNCTION consolidate(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.consolidate(trace_ids bigint[]) IS 'Rebuilds the documents of these runs from the old tables, and removes those that are gone
there. Keeps what only the documents can say. Raises 23502 for a row that cannot be carried, 25000
in a transaction that is not read committed';

--
-- Name: context_of_old_rows(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.context_of_old_rows(trace_ids bigint[]) RETURNS TABLE(trace_id bigint, context jsonb, legacy jsonb)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return query
    select
        c.trace_id::bigint,
        jsonb_object_agg(c.key, c.value),
        jsonb_build_object(
            'context',
            jsonb_object_agg(
                c.key, consolidation.context_origin(c.context_id, c.created_at, c.updated_at)
            )
        )
    from consolidation.old_context as c
    where c.trace_id = any (trace_ids)
    group by c.trace_id;
end;
$$;

--
-- Name: FUNCTION context_of_old_rows(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.context_of_old_rows(trace_ids bigint[]) IS 'The context of these runs, and the id and times of each key for "legacy"';

--
-- Name: to_iso8601(timestamp with time zone); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.to_iso8601(moment timestamp with time zone) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN isfinite(moment) THEN replace(((to_jsonb((moment AT TIME ZONE 'UTC'::text)) #>> '{}'::text[]) || 'Z'::text), ' BCZ'::text, 'Z BC'::text) ELSE (moment)::text END;

--
-- Name: FUNCTION to_iso8601(moment timestamp with time zone); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.to_iso8601(moment timestamp with time zone) IS 'Writes a timestamp as documents carry it: "2025-01-14T10:30:00.123456Z", up to six decimals,
years before 1 as "0044-03-15T12:00:00Z BC", and "infinity", "-infinity"';

--
-- Name: context_origin(bigint, timestamp with time zone, timestamp with time zone); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.context_origin(context_id bigint, created_at timestamp with time zone, updated_at timestamp with time zone) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN jsonb_build_object('context_id', context_id, 'created_at', public.to_iso8601(created_at), 'updated_at', public.to_iso8601(updated_at));

--
-- Name: FUNCTION context_origin(context_id bigint, created_at timestamp with time zone, updated_at timestamp with time zone); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.context_origin(context_id bigint, created_at timestamp with time zone, updated_at timestamp with time zone) IS 'Id and times of a row of workflow_trace_context, as user_workflow_run.legacy keeps them';

--
-- Name: continue_sequence(regclass, regclass, boolean); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.continue_sequence(source regclass, target regclass, with_owner boolean) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

--
-- Name: FUNCTION continue_sequence(source regclass, target regclass, with_owner boolean); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.continue_sequence(source regclass, target regclass, with_owner boolean) IS 'Makes the target sequence go on where the source stands, with its options and privileges, and those
of its owner if that is wanted';

--
-- Name: copy_grants(regclass, regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.copy_grants(source regclass, target regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    held record;
begin
    for held in select * from consolidation.privilege(source) as p loop
        execute format(
            'grant %s%s on %s to %s%s',
            held.privilege_type,
            ' (' || quote_ident(held.column_name) || ')',
            target,
            held.role_name,
            case when held.is_grantable then ' with grant option' end
        );
    end loop;
end;
$$;

--
-- Name: FUNCTION copy_grants(source regclass, target regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.copy_grants(source regclass, target regclass) IS 'Grants on the target the privileges that every role has on the source, its owner included; per
column where they are so there';

--
-- Name: cut_back(interval); Type: PROCEDURE; Schema: consolidation; Owner: -
--

CREATE PROCEDURE consolidation.cut_back(IN patience interval DEFAULT '00:05:00'::interval)
    LANGUAGE plpgsql
    AS $$
begin
    perform consolidation.check_session(patience);
    perform consolidation.refuse_missing();
    call consolidation.build_late_indexes();
    if consolidation.phase() operator(pg_catalog.=) 'cut over' then
        perform consolidation.refuse_missing_capture();
        call consolidation.refuse_findings_back();
        if not consolidation.is_proved() then
            call consolidation.prove();
            perform consolidation.note_unequal();
            commit;
        end if;
        call consolidation.catch_up(patience => patience);
        perform consolidation.refuse_set_aside();
        perform consolidation.note_behind();
        commit;
        call consolidation.swap('to tables', patience);
    elsif consolidation.phase() operator(pg_catalog.=) 'expand' then
        raise notice 'the names were swapped back before; what follows is finished now';
    else
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'the old tables were dropped',
            hint = 'sqitch -C contract revert -- builds them again from the documents.';
    end if;
    call consolidation.validate('validate back');
    perform consolidation.remember_definitions();
end;
$$;

--
-- Name: PROCEDURE cut_back(IN patience interval); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON PROCEDURE consolidation.cut_back(IN patience interval) IS 'Makes the old names tables again, with everything written since. First, a proof finds writes that
came while the capture was disabled. Tries for the locks until patience is over. Can be repeated.
Raises 55P03 (no locks) and 55000 (findings of preflight_back, capture triggers that do not fire,
tables dropped, or rows that the old tables refuse); nothing is changed then. Call it outside a
transaction';

--
-- Name: cut_over(interval); Type: PROCEDURE; Schema: consolidation; Owner: -
--

CREATE PROCEDURE consolidation.cut_over(IN patience interval DEFAULT '00:05:00'::interval)
    LANGUAGE plpgsql
    AS $$
begin
    perform consolidation.check_session(patience);
    perform consolidation.refuse_missing();
    call consolidation.build_late_indexes();
    if consolidation.phase() operator(pg_catalog.=) 'expand' then
        call consolidation.refuse_findings();
        -- The proof takes as long as it takes: patience begins with the swap.
        call consolidation.ensure_proof();
        perform consolidation.note_behind();
        perform consolidation.prepare_constraints();
        commit;
        call consolidation.swap('to views', patience);
    elsif consolidation.phase() operator(pg_catalog.=) 'cut over' then
        raise notice 'the names were swapped before; what follows is finished now';
    else
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'the old tables were dropped: there is nothing to cut over';
    end if;
    call consolidation.validate('validate');
    perform consolidation.remember_definitions();
end;
$$;

--
-- Name: PROCEDURE cut_over(IN patience interval); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON PROCEDURE consolidation.cut_over(IN patience interval) IS 'Makes the old names views. Checks the preflight and proves equality first, then tries for the locks
until patience is over (the time of the proof does not count). Can be repeated, and goes on where it
was. Raises 55000 (findings, capture triggers that do not fire, backfill not done, or tables
missing), XX001 (differences), 55P03 (no locks, or the applications write faster than this session
carries over), 25000 (not read committed); nothing is changed then. Call it outside a transaction';

--
-- Name: derived_column(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.derived_column() RETURNS TABLE(column_name name, document_column name, type_name text, expression text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT b.view_column,
     b.base_column,
     format_type(a.atttypid, a.atttypmod) AS format_type,
     s.expression
    FROM ((consolidation.column_source s
      JOIN consolidation.base_column('consolidation.trace_row'::regclass) b(view_column, base_column) ON ((b.view_column = s.column_name)))
      JOIN pg_attribute a ON (((a.attrelid = ('public.user_workflow_run'::regclass)::oid) AND (a.attname = b.base_column))))
   WHERE (s.table_name = 'workflow_trace'::text)
   ORDER BY a.attnum;
END;

--
-- Name: FUNCTION derived_column(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.derived_column() IS 'Columns of workflow_trace that it lacks and that are declared, with the column of the document';

--
-- Name: declared_values(text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.declared_values(source text) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT format('(select %s from (select %s) as t)'::text, string_agg(format('(%s)::%s as %I'::text, d.expression, d.type_name, d.document_column), ', '::text ORDER BY d.column_name), consolidation.as_old_row(declared_values.source)) AS format
    FROM consolidation.derived_column() d(column_name, document_column, type_name, expression);
END;

--
-- Name: FUNCTION declared_values(source text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.declared_values(source text) IS 'Subquery with the values that the declarations give a run. source: a row of user_workflow_run';

--
-- Name: deny_null_workflow_events(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.deny_null_workflow_events() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    nullable constant text [] := consolidation.nullable_columns('workflow_events');
    missing constant text := case
        when new.event_id is null then 'event_id'
        when new.trace_id is null then 'trace_id'
        when new.event_type is null and 'event_type' <> all (nullable) then 'event_type'
        when new.event_data is null then 'event_data'
        when new."timestamp" is null and 'timestamp' <> all (nullable) then 'timestamp'
        /* event not null: when new.<further> is null then '<further>' */
    end;
begin
    if missing is not null then
        perform consolidation.raise_not_null(tg_table_schema, tg_table_name, missing);
    end if;
    return new;
end;
$$;

--
-- Name: FUNCTION deny_null_workflow_events(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.deny_null_workflow_events() IS 'Trigger, runs as workflow_maintenance: raises 23502 as the table did';

--
-- Name: deny_null_workflow_trace_context(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.deny_null_workflow_trace_context() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    nullable constant text [] := consolidation.nullable_columns('workflow_trace_context');
    missing constant text := case
        when new.context_id is null then 'context_id'
        when new.trace_id is null then 'trace_id'
        when new.key is null then 'key'
        when new.value is null then 'value'
        when new.created_at is null and 'created_at' <> all (nullable) then 'created_at'
    end;
begin
    if missing is not null then
        perform consolidation.raise_not_null(tg_table_schema, tg_table_name, missing);
    end if;
    return new;
end;
$$;

--
-- Name: FUNCTION deny_null_workflow_trace_context(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.deny_null_workflow_trace_context() IS 'Trigger, runs as workflow_maintenance: raises 23502 as the table did';

--
-- Name: deny_null_workflow_trace_endpoint(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.deny_null_workflow_trace_endpoint() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    missing constant text := case
        when new.trace_id is null then 'trace_id'
        when new.endpoint_id is null then 'endpoint_id'
    end;
begin
    if missing is not null then
        perform consolidation.raise_not_null(tg_table_schema, tg_table_name, missing);
    end if;
    return new;
end;
$$;

--
-- Name: FUNCTION deny_null_workflow_trace_endpoint(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.deny_null_workflow_trace_endpoint() IS 'Trigger, runs as workflow_maintenance: raises 23502 as the table did';

--
-- Name: deny_null_workflow_trace_screenshot(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.deny_null_workflow_trace_screenshot() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    nullable constant text [] := consolidation.nullable_columns('workflow_trace_screenshot');
    missing constant text := case
        when new.screenshot_id is null then 'screenshot_id'
        when new.trace_id is null then 'trace_id'
        when new.org_id is null and 'org_id' <> all (nullable) then 'org_id'
        when new.node_name is null and 'node_name' <> all (nullable) then 'node_name'
        when new.step_index is null and 'step_index' <> all (nullable) then 'step_index'
        when new.screenshot_url is null and 'screenshot_url' <> all (nullable) then 'screenshot_url'
        when new.action_description is null and 'action_description' <> all (nullable)
            then 'action_description'
        when new.created_at is null and 'created_at' <> all (nullable) then 'created_at'
        when new.node_id is null and 'node_id' <> all (nullable) then 'node_id'
        /* screenshot not null: when new.<further> is null then '<further>' */
    end;
begin
    if missing is not null then
        perform consolidation.raise_not_null(tg_table_schema, tg_table_name, missing);
    end if;
    return new;
end;
$$;

--
-- Name: FUNCTION deny_null_workflow_trace_screenshot(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.deny_null_workflow_trace_screenshot() IS 'Trigger, runs as workflow_maintenance: raises 23502 as the table did';

--
-- Name: derive_on_runs(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.derive_on_runs() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    execute (
        select format(
            'create trigger derive_columns before insert or update of legacy_trace_id, %s '
            'on public.user_workflow_run for each row execute function public.derive_columns()',
            string_agg(distinct quote_ident(b.base_column), ', ')
        )
        from consolidation.base_column('consolidation.trace_row') as b
        where
            b.view_column in (select d.column_name from consolidation.derived_column() as d)
            or (to_regclass('public.workflow_trace'), b.view_column) in (
                select r.relation, r.column_name from consolidation.read_by_declaration() as r
            )
    );
    alter table public.user_workflow_run enable always trigger derive_columns;
end;
$$;

--
-- Name: FUNCTION derive_on_runs(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.derive_on_runs() IS 'Creates the trigger of runs that fills derived columns';

--
-- Name: description(oid, oid, integer); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.description(class oid, object oid, part integer) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    RETURN pg_describe_object(class, object, part);

--
-- Name: FUNCTION description(class oid, object oid, part integer); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.description(class oid, object oid, part integer) IS 'An object in words, with its schema';

--
-- Name: differences(bigint, bigint, boolean, bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.differences(first_trace_id bigint DEFAULT NULL::bigint, last_trace_id bigint DEFAULT NULL::bigint, skip_pending boolean DEFAULT false, trace_ids bigint[] DEFAULT NULL::bigint[]) RETURNS TABLE(table_name text, key jsonb, columns text[], old_row jsonb, new_row jsonb)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET work_mem TO '32MB'
    AS $$
declare
    -- Runs compared at once. This bounds the memory, whatever the tables hold.
    slice_size constant integer := 500;
    lo bigint := coalesce(first_trace_id, -9223372036854775808);
    hi constant bigint := coalesce(last_trace_id, 9223372036854775807);
    slice_end bigint;
    found_ids bigint [];
begin
    perform consolidation.see_everything();
    perform consolidation.refuse_empty_comparison(lo, hi, trace_ids, skip_pending);
    loop
        -- Slices count runs of the old table; those that only the documents have fall between them.
        slice_end := consolidation.slice_end(lo, hi, trace_ids, slice_size);
        found_ids := array(
            select s.trace_id
            -- Not in unnest(): the planner would call it once more for its estimate.
            from (select consolidation.suspects(lo, slice_end, trace_ids) as ids offset 0) as f
            cross join unnest(f.ids) as s (trace_id)
            where
                not skip_pending
                or not exists (
                    select from consolidation.change as c where c.trace_id = s.trace_id
                )
            order by s.trace_id
        );
        return query select d.* from consolidation.differences_of(found_ids) as d;
        exit when slice_end >= hi;
        lo := slice_end + 1;
    end loop;
end;
$$;

--
-- Name: FUNCTION differences(first_trace_id bigint, last_trace_id bigint, skip_pending boolean, trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.differences(first_trace_id bigint, last_trace_id bigint, skip_pending boolean, trace_ids bigint[]) IS 'Each row in which old tables and documents differ: table, key, columns that differ, and both
versions as jsonb (null if there is none; a column without a value is left out, so that it differs
from a JSON null). Parameters: first and last trace_id, null for no limit; skip_pending leaves out
runs that wait in the queue; trace_ids names the runs to compare, null for all.
Everything is compared as of one moment; prove() compares range by range. Raises 55000 if it would
compare nothing although there is something, 42501 if row level security would hide rows';

--
-- Name: differences_of(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.differences_of(ids bigint[]) RETURNS TABLE(table_name text, key jsonb, columns text[], old_row jsonb, new_row jsonb)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    AS $$
#variable_conflict use_column
begin
    return query
    with old_side as materialized (
        select o.ordinal, o.key, o.content::text, o.arrangement
        from consolidation.old_rows(ids) as o
    ),

    new_side as materialized (
        select n.ordinal, n.key, n.content::text, n.arrangement
        from consolidation.new_rows(ids) as n
        where n.arrangement is not null or not consolidation.is_set_aside(n.key, n.content)
    ),

    -- As text, since the numbers 1.1 and 1.10 are equal.
    missing as (
        select m.*, row_number() over (partition by m.ordinal, m.key) as copy
        from (select o.* from old_side as o except all select n.* from new_side as n) as m
        where not consolidation.is_former(
            (consolidation.six_tables())[m.ordinal], m.key, m.content::jsonb
        )
    ),

    surplus as (
        select s.*, row_number() over (partition by s.ordinal, s.key) as copy
        from (select n.* from new_side as n except all select o.* from old_side as o) as s
    ),

    difference as (
        select
            coalesce(m.ordinal, s.ordinal) as ordinal,
            coalesce(m.key, s.key) as key,
            m.content::jsonb || consolidation.present(
                jsonb_build_object('(arrangement)', m.arrangement), '{}', '{}'
            ) as old_row,
            s.content::jsonb || consolidation.present(
                jsonb_build_object('(arrangement)', s.arrangement), '{}', '{}'
            ) as new_row
        from missing as m
        full join surplus as s on s.ordinal = m.ordinal and s.key = m.key and s.copy = m.copy
    )

    select
        (consolidation.six_tables())[d.ordinal],
        d.key,
        array(
            select k.name
            from jsonb_object_keys(coalesce(d.old_row, '{}') || coalesce(d.new_row, '{}'))
                as k (name)
            where (d.old_row -> k.name)::text is distinct from (d.new_row -> k.name)::text
            order by k.name
        ),
        d.old_row,
        d.new_row
    from difference as d
    order by d.ordinal, d.key;
end;
$$;

--
-- Name: FUNCTION differences_of(ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.differences_of(ids bigint[]) IS 'As differences(), for these runs, row by row and column by column';

--
-- Name: six_tables(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.six_tables() RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ARRAY['workflow_trace'::text, 'workflow_steps'::text, 'workflow_events'::text, 'workflow_trace_screenshot'::text, 'workflow_trace_context'::text, 'workflow_trace_endpoint'::text];

--
-- Name: FUNCTION six_tables(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.six_tables() IS 'The old tables that become documents, each after those it refers to';

--
-- Name: document_source(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.document_source() RETURNS TABLE(document text, old_table text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT d.document,
     n.name
    FROM (( VALUES ('user_workflow_run'::text,'_steps$'::text), ('user_workflow_run_step'::text,'_(context|endpoint)$'::text)) d(document, left_out)
      JOIN unnest(consolidation.six_tables()) n(name) ON ((n.name !~ d.left_out)))
 UNION ALL
  SELECT 'user_workflow_config'::text,
     'workflow_configs'::text;
END;

--
-- Name: FUNCTION document_source(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.document_source() IS 'The old tables that went into each document table that knows organisations';

--
-- Name: done_line(text, bigint, timestamp with time zone); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.done_line(task text, done bigint, began timestamp with time zone) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return format(
        '%s: this session carried over %s runs, %s a second',
        task,
        done,
        round(done / greatest(extract(epoch from clock_timestamp() - began), 0.001))
    );
end;
$$;

--
-- Name: FUNCTION done_line(task text, done bigint, began timestamp with time zone); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.done_line(task text, done bigint, began timestamp with time zone) IS 'The line with which a session ends its task: runs it has done since began, and their rate';

--
-- Name: drop_foreign_keys(boolean); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.drop_foreign_keys(to_documents boolean) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

--
-- Name: FUNCTION drop_foreign_keys(to_documents boolean); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.drop_foreign_keys(to_documents boolean) IS 'Drops the foreign keys that move, before the names are moved';

--
-- Name: drop_old_tables(interval); Type: PROCEDURE; Schema: consolidation; Owner: -
--

CREATE PROCEDURE consolidation.drop_old_tables(IN patience interval DEFAULT '00:05:00'::interval)
    LANGUAGE plpgsql
    AS $$
declare
    give_up_at pg_catalog.timestamptz;
    attempt record;
    attempts integer := 0;
begin
    perform consolidation.check_session(patience);
    if consolidation.phase() operator(pg_catalog.=) 'contract' then
        raise notice 'the old tables were dropped before';
        return;
    end if;
    if consolidation.phase() operator(pg_catalog.<>) 'cut over' then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = pg_catalog.format(
                'the old tables cannot be dropped in the phase "%s"', consolidation.phase()
            ),
            hint = 'First: sqitch deploy';
    end if;
    call consolidation.build_late_indexes();
    loop
        call consolidation.catch_up();
        call consolidation.ensure_proof();
        attempts := attempts operator(pg_catalog.+) 1;
        -- Patience begins here: the proof takes as long as it takes.
        give_up_at := coalesce(
            give_up_at, pg_catalog.clock_timestamp() operator(pg_catalog.+) patience
        );
        select * into attempt from consolidation.try_to_drop();
        commit;
        exit when attempt.dropped;
        if pg_catalog.clock_timestamp() operator(pg_catalog.>=) give_up_at then
            raise exception using
                errcode = 'lock_not_available',
                message = pg_catalog.format(
                    'the old tables were not dropped within %s (%s attempts): %s',
                    consolidation.whole_seconds(patience), attempts, attempt.reason
                ),
                detail = attempt.detail,
                hint = 'Nothing was changed, and nobody waited longer than an attempt. End the '
                'long transactions, or run the same command at a quieter time.';
        end if;
        perform consolidation.give_way(attempts);
        commit;
    end loop;
end;
$$;

--
-- Name: PROCEDURE drop_old_tables(IN patience interval); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON PROCEDURE consolidation.drop_old_tables(IN patience interval) IS 'Drops the old tables once they are proved equal to the documents. The contract project calls it.
Tries for the locks until patience is over. Raises 55000 (not cut over), XX001 (differences) and
55P03 (no locks); nothing is changed then. Call it outside a transaction';

--
-- Name: drop_prepared_constraints(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.drop_prepared_constraints() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
    statement text;
begin
    for statement in
        select format('alter table %s drop constraint %I', k.conrelid::regclass, k.conname)
        from pg_constraint as k
        where
            k.conrelid in (
                'public.user_workflow_run'::regclass, 'public.user_workflow_run_step'::regclass
            )
            and k.conname ~ '^moving_'
        union all
        select format('drop index %s', i.indexrelid::regclass)
        from pg_index as i
        inner join pg_class as c on c.oid = i.indexrelid and c.relname ~ '^moving_\d+$'
        where
            i.indrelid in (
                'public.user_workflow_run'::regclass, 'public.user_workflow_run_step'::regclass
            )
            and not exists (select from pg_constraint as k where k.conindid = i.indexrelid)
    loop
        execute statement;
    end loop;
end;
$_$;

--
-- Name: FUNCTION drop_prepared_constraints(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.drop_prepared_constraints() IS 'Drops the constraints and indexes that prepare_constraints() made';

--
-- Name: drop_retired_sequences(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.drop_retired_sequences() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

--
-- Name: FUNCTION drop_retired_sequences(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.drop_retired_sequences() IS 'Drops the sequences of the documents, which nobody uses any more';

--
-- Name: drop_statement(oid, oid, integer); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.drop_statement(class oid, object oid, part integer) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    RETURN (SELECT CASE WHEN (a.attname IS NULL) THEN format('drop %s %s'::text, i.type, i.identity) ELSE format('alter table %s drop column %I'::text, (a.attrelid)::regclass, a.attname) END AS format FROM (pg_identify_object(drop_statement.class, drop_statement.object, drop_statement.part) i(type, schema, name, identity) LEFT JOIN pg_attribute a ON (((drop_statement.class = ('pg_class'::regclass)::oid) AND (a.attrelid = drop_statement.object) AND (a.attnum = drop_statement.part) AND (drop_statement.part > 0)))));

--
-- Name: FUNCTION drop_statement(class oid, object oid, part integer); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.drop_statement(class oid, object oid, part integer) IS 'The statement that drops an object';

--
-- Name: empty_queue(integer, timestamp with time zone); Type: PROCEDURE; Schema: consolidation; Owner: -
--

CREATE PROCEDURE consolidation.empty_queue(IN few integer, IN give_up_at timestamp with time zone)
    LANGUAGE plpgsql
    AS $$
declare
    waiting bigint;
    waited bigint;
begin
    -- Each pass carries what came in while the one before ran, and so has less to do. Otherwise the
    -- applications write faster than this session carries over.
    loop
        call consolidation.catch_up(
            patience => give_up_at operator(pg_catalog.-) pg_catalog.clock_timestamp()
        );
        waited := waiting;
        waiting := consolidation.queued_runs();
        exit when
            waiting operator(pg_catalog.<=) few
            or waiting operator(pg_catalog.>=) waited
            or pg_catalog.clock_timestamp() operator(pg_catalog.>=) give_up_at;
        commit;
    end loop;
    commit;
end;
$$;

--
-- Name: PROCEDURE empty_queue(IN few integer, IN give_up_at timestamp with time zone); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON PROCEDURE consolidation.empty_queue(IN few integer, IN give_up_at timestamp with time zone) IS 'Carries over the runs in the queue until only a few wait there, or no fewer than before';

--
-- Name: end_autovacuum(regclass[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.end_autovacuum(tables regclass[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET lock_timeout TO '0'
    AS $$
declare
    vacuumed regclass;
begin
    perform set_config(
        'lock_timeout',
        (
            1000 + extract(epoch from current_setting('deadlock_timeout')::interval) * 1000
        )::integer::text,
        true
    );
    for vacuumed in
        select distinct l.relation::regclass
        from pg_locks as l
        where
            l.mode = 'ShareUpdateExclusiveLock'
            and l.granted
            and l.pid <> pg_backend_pid()
            and l.database = (
                select d.oid from pg_database as d where d.datname = current_database()
            )
            and l.relation = any (tables)
    loop
        begin
            execute format('lock table only %s in share update exclusive mode', vacuumed);
        exception when lock_not_available then
            -- A vacuum that somebody began, or one against wraparound, goes on.
            null;
        end;
    end loop;
end;
$$;

--
-- Name: FUNCTION end_autovacuum(tables regclass[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.end_autovacuum(tables regclass[]) IS 'Locks those of the tables that a vacuum holds in share update exclusive mode, for which no reader
and no writer waits: an attempt to take stronger locks is too short for the server to end an
autovacuum';

--
-- Name: endpoints_of_old_rows(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.endpoints_of_old_rows(trace_ids bigint[]) RETURNS TABLE(trace_id bigint, endpoints_used jsonb)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return query
    select
        e.trace_id::bigint,
        jsonb_agg(e.endpoint_id order by e.endpoint_id)
    from consolidation.old_endpoint as e
    where e.trace_id = any (trace_ids)
    group by e.trace_id;
end;
$$;

--
-- Name: FUNCTION endpoints_of_old_rows(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.endpoints_of_old_rows(trace_ids bigint[]) IS 'The endpoints of these runs';

--
-- Name: ensure_proof(); Type: PROCEDURE; Schema: consolidation; Owner: -
--

CREATE PROCEDURE consolidation.ensure_proof()
    LANGUAGE plpgsql
    AS $$
begin
    perform consolidation.refuse_missing_capture();
    if not consolidation.is_proved() then
        call consolidation.prove();
        perform consolidation.refuse_unequal();
    end if;
    commit;
end;
$$;

--
-- Name: PROCEDURE ensure_proof(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON PROCEDURE consolidation.ensure_proof() IS 'Proves equality unless a proof holds. Raises XX001 for runs that differ, 55000 while capture
triggers do not fire or the backfill is not done. Call it outside a transaction';

--
-- Name: enter_batch(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.enter_batch() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    -- All batches share this lock, and keep_batches_out() refuses it to them. A session that swaps
    -- the names therefore never waits for a batch while it holds the tables.
    lock table consolidation.run_lock in row share mode;
end;
$$;

--
-- Name: FUNCTION enter_batch(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.enter_batch() IS 'Keeps the old and new names from being swapped until the end of the transaction';

--
-- Name: old_table(text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.old_table(table_name text) RETURNS regclass
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN COALESCE(to_regclass(format('legacy.%I'::text, table_name)), to_regclass(format('public.%I'::text, table_name)));

--
-- Name: FUNCTION old_table(table_name text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.old_table(table_name text) IS 'Returns the old table of that name, wherever the phase keeps it; null if there is none';

--
-- Name: estimated_rows(text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.estimated_rows(table_name text) RETURNS bigint
    LANGUAGE sql STABLE
    RETURN (SELECT (NULLIF(c.reltuples, ('-1'::integer)::double precision))::bigint AS "nullif" FROM pg_class c WHERE (c.oid = (consolidation.old_table(estimated_rows.table_name))::oid));

--
-- Name: FUNCTION estimated_rows(table_name text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.estimated_rows(table_name text) IS 'Rows of an old table as its statistics say; null if it was never analyzed';

--
-- Name: event_object(bigint, text, jsonb, timestamp with time zone); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.event_object(event_id bigint, event_type text, event_data jsonb, moment timestamp with time zone) RETURNS consolidation.event_object
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN ROW(event_type, public.to_iso8601(moment), event_data, event_id)::consolidation.event_object;

--
-- Name: FUNCTION event_object(event_id bigint, event_type text, event_data jsonb, moment timestamp with time zone); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.event_object(event_id bigint, event_type text, event_data jsonb, moment timestamp with time zone) IS 'A row of workflow_events as an event_object, which to_jsonb makes an element of events';

--
-- Name: event_element(bigint, text, jsonb, timestamp with time zone); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.event_element(event_id bigint, event_type text, event_data jsonb, moment timestamp with time zone) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN to_jsonb(consolidation.event_object(event_id, event_type, event_data, moment));

--
-- Name: FUNCTION event_element(event_id bigint, event_type text, event_data jsonb, moment timestamp with time zone); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.event_element(event_id bigint, event_type text, event_data jsonb, moment timestamp with time zone) IS 'A row of workflow_events as an element of events';

--
-- Name: synthetic_id(uuid, text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.synthetic_id(owner uuid, place text) RETURNS bigint
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return (
        ('x' || left(encode(sha256(convert_to(concat(owner, '/', place), 'UTF8')), 'hex'), 16))
        ::bit(64)
        | ('x8000000000000000')::bit(64)
    )::bigint;
end;
$$;

--
-- Name: FUNCTION synthetic_id(owner uuid, place text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.synthetic_id(owner uuid, place text) IS 'The id that the old names show for an element that has none: negative, computed from the key of its
row and its position. Stable while no element before it is removed';

--
-- Name: to_bigint(jsonb); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.to_bigint(element jsonb) RETURNS bigint
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
begin
    return case
        when
            pg_catalog.jsonb_typeof(element) operator(pg_catalog.=) 'number'
            and element::numeric operator(pg_catalog.>=) '-9223372036854775808'::numeric
            and element::numeric operator(pg_catalog.<=) '9223372036854775807'::numeric
            and element::numeric operator(pg_catalog.=) pg_catalog.trunc(element::numeric)
            then element::bigint
    end;
end;
$$;

--
-- Name: FUNCTION to_bigint(element jsonb); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.to_bigint(element jsonb) IS 'A JSON number as bigint; null for anything else, and for a number that is no integer of that
range';

--
-- Name: event_key(jsonb, uuid, bigint); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.event_key(element jsonb, owner uuid, place bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN COALESCE(consolidation.to_bigint((element -> 'event_id'::text)), consolidation.synthetic_id(owner, (place)::text));

--
-- Name: FUNCTION event_key(element jsonb, owner uuid, place bigint); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.event_key(element jsonb, owner uuid, place bigint) IS 'The event_id that the old name shows for an element of events. owner: run_id or step_id of its row;
place: position in the array, from 1';

--
-- Name: events_of_old_rows(bigint[], boolean); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.events_of_old_rows(trace_ids bigint[], on_steps boolean) RETURNS TABLE(trace_id bigint, step_id bigint, events jsonb)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return query
    select
        e.trace_id::bigint,
        e.step_id::bigint,
        to_jsonb(
            array_agg(
                /* event: to_jsonb( */
                consolidation.event_object(e.event_id, e.event_type, e.event_data, e."timestamp")
                /* event: ) || consolidation.to_key('legacy_<further>', e.<further>) */
                order by e."timestamp", e.event_id
            )
        )
    from consolidation.old_event as e
    where e.trace_id = any (trace_ids) and (e.step_id is not null) = on_steps
    group by e.trace_id, e.step_id;
end;
$$;

--
-- Name: FUNCTION events_of_old_rows(trace_ids bigint[], on_steps boolean); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.events_of_old_rows(trace_ids bigint[], on_steps boolean) IS 'The arrays of events of these runs: those of their steps, or those of no step';

--
-- Name: execute_remembered(bigint); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.execute_remembered(entry_ordinal bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
    entry record;
    statement text;
begin
    delete from consolidation.cut_over_log as l
    where l.ordinal = entry_ordinal
    returning l.relation, l.statement, l.must_succeed into strict entry;
    -- The name of a relation that was dropped is a number.
    statement := replace(
        entry.statement, '<relation>',
        case when entry.relation::text ~ '^\d+$' then '"dropped"' else entry.relation::text end
    );
    execute coalesce(statement, entry.statement);
exception
    when undefined_table or undefined_object or undefined_column or undefined_function
        or invalid_schema_name
    then
        if entry.must_succeed then
            raise;
        end if;
        delete from consolidation.cut_over_log as l where l.ordinal = entry_ordinal;
        raise warning 'skipped: %', coalesce(statement, entry.statement)
            using detail = sqlerrm, hint = 'Something that it names was dropped or renamed.';
    -- Rows that were written while the key rested break it.
    when foreign_key_violation then
        delete from consolidation.cut_over_log as l where l.ordinal = entry_ordinal;
        raise warning 'holds for new rows only: %', coalesce(statement, entry.statement)
            using detail = sqlerrm, hint = 'Correct the rows, then execute it.';
end;
$_$;

--
-- Name: FUNCTION execute_remembered(entry_ordinal bigint); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.execute_remembered(entry_ordinal bigint) IS 'Executes one entry of the log and deletes it. Skips it with a warning when something that it names
is gone. Leaves a key that rows break not validated, with a warning as well';

--
-- Name: execute_remembered_definitions(text, text[], int4range); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.execute_remembered_definitions(wanted_kind text, names text[], stages int4range) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    remembered text;
begin
    for remembered in
        select d.statement
        from consolidation.remembered_definition as d
        where
            d.kind = wanted_kind
            and d.old_name = any (names)
            -- Filling a table needs the views that are bound to it.
            and case when d.ordinal / 1000 = 13 then 1 else d.ordinal / 1000 end <@ stages
        order by
            d.ordinal / 1000,
            array_position(consolidation.six_tables(), d.old_name),
            d.ordinal
    loop
        execute remembered;
    end loop;
end;
$$;

--
-- Name: FUNCTION execute_remembered_definitions(wanted_kind text, names text[], stages int4range); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.execute_remembered_definitions(wanted_kind text, names text[], stages int4range) IS 'Creates tables or views again as they were. stages: those of table_definition(), from 1 in a first
call to 18 in a second one';

--
-- Name: execute_stage(text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.execute_stage(wanted_stage text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    entry_ordinal bigint;
begin
    for entry_ordinal in
        select l.ordinal from consolidation.cut_over_log as l
        where l.stage = wanted_stage
        order by l.ordinal
    loop
        perform consolidation.execute_remembered(entry_ordinal);
    end loop;
end;
$$;

--
-- Name: FUNCTION execute_stage(wanted_stage text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.execute_stage(wanted_stage text) IS 'Executes the statements that were left for a stage, in their order';

--
-- Name: expect_key(text, name); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.expect_key(definition text, column_name name) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN regexp_replace(regexp_replace(definition, '(\{type,[^}]*)\}'::text, format('\1,legacy_%s}'::text, column_name), 'g'::text), '(ARRAY\[''url''[^]]*)\]'::text, format('\1, ''legacy_%s''::text]'::text, column_name));

--
-- Name: FUNCTION expect_key(definition text, column_name name); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.expect_key(definition text, column_name name) IS 'A definition of event_row or screenshot_row, in which an element that is as built also has the key
of a further column';

--
-- Name: fill_dropped(text[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.fill_dropped(names text[]) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    filled bigint;
    total bigint := 0;
begin
    -- Rows of a run that is not there were deleted after they were carried over.
    insert into consolidation.old_trace overriding system value
    select b.* from consolidation.back_trace as b where 'workflow_trace' = any (names);
    get diagnostics filled = row_count;
    total := total + filled;
    insert into consolidation.old_step overriding system value
    select b.* from consolidation.back_step as b
    where
        'workflow_steps' = any (names)
        and exists (select from consolidation.old_trace as t where t.trace_id = b.trace_id);
    get diagnostics filled = row_count;
    total := total + filled;
    insert into consolidation.old_event overriding system value
    select b.* from consolidation.back_event as b
    where
        'workflow_events' = any (names)
        and exists (select from consolidation.old_trace as t where t.trace_id = b.trace_id)
        and (
            b.step_id is null
            or exists (select from consolidation.old_step as s where s.step_id = b.step_id)
        );
    get diagnostics filled = row_count;
    total := total + filled;
    insert into consolidation.old_screenshot overriding system value
    select b.* from consolidation.back_screenshot as b
    where
        'workflow_trace_screenshot' = any (names)
        and exists (select from consolidation.old_trace as t where t.trace_id = b.trace_id);
    get diagnostics filled = row_count;
    total := total + filled;
    insert into consolidation.old_context overriding system value
    select b.* from consolidation.back_context as b
    where
        'workflow_trace_context' = any (names)
        and exists (select from consolidation.old_trace as t where t.trace_id = b.trace_id);
    get diagnostics filled = row_count;
    total := total + filled;
    insert into consolidation.old_endpoint overriding system value
    select b.* from consolidation.back_endpoint as b
    where
        'workflow_trace_endpoint' = any (names)
        and exists (select from consolidation.old_trace as t where t.trace_id = b.trace_id);
    get diagnostics filled = row_count;
    return total + filled;
end;
$$;

--
-- Name: FUNCTION fill_dropped(names text[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.fill_dropped(names text[]) IS 'Fills empty old tables from the documents. Returns how many rows. Raises the error that a table
raises for a row that it refuses';

--
-- Name: fill_in(regprocedure); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.fill_in(adapted regprocedure) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
    definition text := pg_get_functiondef(adapted);
    source text;
begin
    foreach source in array array['new', 'r'] loop
        definition := replace(
            definition, format('(select null) /* declared of %s */', source),
            consolidation.declared_values(source)
        );
    end loop;
    definition := replace(
        definition, '/* assigned */',
        (
            select string_agg(
                format('new.%1$I := declared.%1$I;', d.document_column), ' '
                order by d.column_name
            )
            from consolidation.derived_column() as d
        )
    );
    execute replace(
        definition, 'false /* differs */',
        (
            select string_agg(
                format('r.%1$I is distinct from d.%1$I', d.document_column), ' or '
                order by d.column_name
            )
            from consolidation.derived_column() as d
        )
    );
end;
$_$;

--
-- Name: FUNCTION fill_in(adapted regprocedure); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.fill_in(adapted regprocedure) IS 'Creates a trigger function again, in which comments stand for what was declared';

--
-- Name: find_event(bigint, bigint, bigint, jsonb); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.find_event(wanted_trace_id bigint, wanted_step_id bigint, wanted_event_id bigint, previous jsonb) RETURNS TABLE(place bigint, element jsonb, content jsonb)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
    known record;
begin
    perform consolidation.lock_events(wanted_trace_id, wanted_step_id);
    -- The next statement sees what was committed during the wait for the lock. Of a step, it reads
    -- one document: a run may have thousands.
    select
        e.event_id,
        e.place,
        e.element,
        c.content,
        consolidation.to_bigint(e.element -> 'event_id') is null as has_no_id,
        c.content::text = previous::text as is_same
    into known
    from (
        select x.*
        from consolidation.event_row as x
        where x.trace_id = wanted_trace_id and x.step_id = wanted_step_id
        union all
        select x.*
        from consolidation.event_row as x
        where wanted_step_id is null and x.trace_id = wanted_trace_id and x.step_id is null
    ) as e
    cross join lateral (
        select
            consolidation.event_element(
                wanted_event_id, e.event_type, e.event_data, e."timestamp"
            )
            /* event: || consolidation.to_key('legacy_<further>', e.<further>) */
            as content
    ) as c
    where
        e.event_id = wanted_event_id
        or (wanted_event_id < 0 and consolidation.to_bigint(e.element -> 'event_id') is null)
    order by is_same desc, e.event_id = wanted_event_id desc, e.place
    limit 1;
    if known.place is null or (known.event_id <> wanted_event_id and not known.is_same) then
        return;
    end if;
    if known.has_no_id and not known.is_same then
        perform consolidation.raise_concurrent_update(
            format('Another transaction changed event_id %s meanwhile.', wanted_event_id)
        );
    end if;
    return query select known.place, known.element, known.content;
end;
$$;

--
-- Name: FUNCTION find_event(wanted_trace_id bigint, wanted_step_id bigint, wanted_event_id bigint, previous jsonb); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.find_event(wanted_trace_id bigint, wanted_step_id bigint, wanted_event_id bigint, previous jsonb) IS 'Locks the document of an old row and finds the element of that row in the present value. content:
what the element says now, with the id of the old row. An element without an id is first looked for
by its former content ("previous"): its place may have changed, also by this very statement. Returns
no row if it is gone. Raises 40001 if an element without an id has other content now';

--
-- Name: find_screenshot(bigint, uuid, jsonb); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.find_screenshot(wanted_trace_id bigint, wanted_screenshot_id uuid, previous jsonb) RETURNS TABLE(on_step uuid, place bigint, element jsonb, content jsonb)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
    known record;
begin
    perform consolidation.lock_screenshots(wanted_trace_id);
    -- The next statement sees what was committed during the wait for the locks.
    select
        s.screenshot_id,
        s.on_step,
        s.place,
        s.element,
        c.content,
        consolidation.to_uuid(s.element -> 'screenshot_id') is null as has_no_id,
        c.content::text = previous::text as is_same
    into known
    from consolidation.screenshot_row as s
    cross join lateral (
        select
            consolidation.screenshot_element(
                wanted_screenshot_id, s.org_id, s.node_name, s.step_index, s.screenshot_url,
                s.thumbnail_url, s.action_description, s.element_selector, s.element_found,
                s.confidence_score, s.created_at, s.node_id
            )
            /* screenshot: || consolidation.to_key('legacy_<further>', s.<further>) */
            as content
    ) as c
    where
        s.trace_id = wanted_trace_id
        and (
            s.screenshot_id = wanted_screenshot_id
            or consolidation.to_uuid(s.element -> 'screenshot_id') is null
        )
    order by is_same desc, s.screenshot_id = wanted_screenshot_id desc, s.place
    limit 1;
    if
        known.place is null
        or (known.screenshot_id <> wanted_screenshot_id and not known.is_same)
    then
        return;
    end if;
    if known.has_no_id and not known.is_same then
        perform consolidation.raise_concurrent_update(
            format('Another transaction changed screenshot_id %s meanwhile.', wanted_screenshot_id)
        );
    end if;
    return query select known.on_step, known.place, known.element, known.content;
end;
$$;

--
-- Name: FUNCTION find_screenshot(wanted_trace_id bigint, wanted_screenshot_id uuid, previous jsonb); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.find_screenshot(wanted_trace_id bigint, wanted_screenshot_id uuid, previous jsonb) IS 'As find_event(), with the step that holds the element; null: the run';

--
-- Name: fit_old_name(text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.fit_old_name(table_name text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    old_name constant regclass := consolidation.old_name(table_name);
    wanted constant name [] := consolidation.columns_of(consolidation.old_table(table_name));
    computed constant name [] := array(
        select c.column_name from consolidation.computed_column(table_name) as c
    );
    behind regclass;
    columns text;
    statements text [];
    statement text;
begin
    if wanted = consolidation.columns_of(old_name) and computed = '{}' then
        return;
    end if;
    perform consolidation.forget_column(
        old_name, c.column_name,
        consolidation.computed_value(table_name, c.column_name, c.type_name, 'new')
    )
    from consolidation.computed_column(table_name) as c;
    statements := array(
        select d.statement
        from consolidation.view_definition(old_name) as d
        order by d.ordinal
    );
    -- The first level: its columns are those of the view itself.
    select
        b.relation,
        string_agg(
            format(
                case
                    when b.view_column = any (computed)
                        then 'consolidation.screenshot_number(d.%I) as %I'
                    else 'd.%I as %I'
                end,
                b.column_name, b.view_column
            ),
            ', ' order by array_position(wanted, b.view_column)
        )
    into strict behind, columns
    from consolidation.column_behind(old_name) as b
    where
        b.view_column = any (wanted)
        and exists (
            select from pg_rewrite as r
            inner join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
            where
                r.ev_class = old_name
                and d.refclassid = 'pg_class'::regclass
                and d.refobjid = b.relation
        )
    group by b.relation;
    perform consolidation.rewrite_view(
        old_name, format('select %s from %s as d', columns, behind)
    );
    foreach statement in array statements[2:] loop
        execute statement;
    end loop;
    if 'screenshot_id' = any (computed) then
        -- Stands for "left out", as in old_names/workflow_events.
        execute format(
            'alter view %s alter column screenshot_id set default %L::bigint',
            consolidation.old_name(table_name), '-5719117740578205047'
        );
    end if;
end;
$$;

--
-- Name: FUNCTION fit_old_name(table_name text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.fit_old_name(table_name text) IS 'Gives an old name the columns that its table has, in their order';

--
-- Name: fits_event(jsonb, timestamp with time zone, text[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.fits_event(element jsonb, moment timestamp with time zone, nullable text[] DEFAULT '{}'::text[]) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (COALESCE((length((element ->> 'type'::text)) <= 100), ((element -> 'type'::text) = 'null'::jsonb), false) AND ((moment IS NOT NULL) OR COALESCE(((element -> 'timestamp'::text) = 'null'::jsonb), false)) AND CASE WHEN (((element -> 'type'::text) <> 'null'::jsonb) AND ((element -> 'timestamp'::text) <> 'null'::jsonb)) THEN true ELSE (array_remove(ARRAY[CASE (element -> 'type'::text) WHEN 'null'::jsonb THEN 'event_type'::text ELSE NULL::text END, CASE (element -> 'timestamp'::text) WHEN 'null'::jsonb THEN 'timestamp'::text ELSE NULL::text END], NULL::text) <@ nullable) END);

--
-- Name: FUNCTION fits_event(element jsonb, moment timestamp with time zone, nullable text[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.fits_event(element jsonb, moment timestamp with time zone, nullable text[]) IS 'Whether workflow_events can hold the element: it has a type of at most 100 characters and a time.
It may also say null for a column of the old table that can be null. moment: what from_iso8601 reads
of its time; nullable: the names of these columns';

--
-- Name: to_uuid(jsonb); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.to_uuid(element jsonb) RETURNS uuid
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
declare
    document constant pg_catalog.text := element operator(pg_catalog.#>>) '{}';
begin
    return case
        when
            document operator(pg_catalog.~~) '________-____-____-____-____________'
            and pg_catalog.translate(document, '0123456789abcdefABCDEF', '')
            operator(pg_catalog.=) '----'
            and pg_catalog.jsonb_typeof(element) operator(pg_catalog.=) 'string'
            then document::pg_catalog.uuid
    end;
end;
$$;

--
-- Name: FUNCTION to_uuid(element jsonb); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.to_uuid(element jsonb) IS 'A JSON string as uuid; null if it is none';

--
-- Name: to_node_id(jsonb); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.to_node_id(element jsonb) RETURNS consolidation.node_id
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN consolidation.to_uuid(element);

--
-- Name: FUNCTION to_node_id(element jsonb); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.to_node_id(element jsonb) IS 'The id of a node as an element says it; null if it says something else';

--
-- Name: fits_screenshot(jsonb, timestamp with time zone, boolean, text[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.fits_screenshot(element jsonb, moment timestamp with time zone, on_step boolean, nullable text[] DEFAULT '{}'::text[]) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (COALESCE((element ? 'url'::text), false) AND ((moment IS NOT NULL) OR COALESCE(((element -> 'timestamp'::text) = 'null'::jsonb), false)) AND COALESCE((length((element ->> 'node_name'::text)) <= 255), true) AND (on_step OR (((consolidation.to_node_id((element -> 'node_id'::text)) IS NOT NULL) OR COALESCE(((element -> 'node_id'::text) = 'null'::jsonb), false)) AND COALESCE(((consolidation.to_bigint((element -> 'step_index'::text)) >= '-2147483648'::integer) AND (consolidation.to_bigint((element -> 'step_index'::text)) <= 2147483647)), ((element -> 'step_index'::text) = 'null'::jsonb), false))) AND (array_remove(ARRAY[CASE (element -> 'url'::text) WHEN 'null'::jsonb THEN 'screenshot_url'::text ELSE NULL::text END, CASE (element -> 'timestamp'::text) WHEN 'null'::jsonb THEN 'created_at'::text ELSE NULL::text END, CASE WHEN ((NOT on_step) AND ((element -> 'node_id'::text) = 'null'::jsonb)) THEN 'node_id'::text ELSE NULL::text END, CASE WHEN ((NOT on_step) AND ((element -> 'step_index'::text) = 'null'::jsonb)) THEN 'step_index'::text ELSE NULL::text END], NULL::text) <@ nullable));

--
-- Name: FUNCTION fits_screenshot(element jsonb, moment timestamp with time zone, on_step boolean, nullable text[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.fits_screenshot(element jsonb, moment timestamp with time zone, on_step boolean, nullable text[]) IS 'Whether workflow_trace_screenshot can hold the element: it has a url and a time and, if it is on no
step, a node_id and a step_index of its own. It may also say null for a column of the old table that
can be null. moment, nullable: as of fits_event';

--
-- Name: nullable_column; Type: TABLE; Schema: consolidation; Owner: -
--

CREATE TABLE consolidation.nullable_column (
    table_name text NOT NULL,
    column_name text NOT NULL
);

--
-- Name: TABLE nullable_column; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TABLE consolidation.nullable_column IS 'Columns of the old tables that could be null when the contract project dropped these; else empty';

--
-- Name: COLUMN nullable_column.table_name; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.nullable_column.table_name IS 'The old table';

--
-- Name: COLUMN nullable_column.column_name; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.nullable_column.column_name IS 'Its column';

--
-- Name: nullable_columns(text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.nullable_columns(table_name text) RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN ARRAY(SELECT (a.attname)::text AS attname FROM pg_attribute a WHERE ((a.attrelid = (SELECT c.oid FROM (pg_class c JOIN pg_namespace n ON ((n.oid = c.relnamespace))) WHERE ((n.nspname = ANY (ARRAY['legacy'::name, 'public'::name])) AND (c.relname = nullable_columns.table_name) AND (c.relkind = 'r'::"char")) ORDER BY n.nspname LIMIT 1)) AND (a.attnum > 0) AND (NOT a.attnotnull) AND (NOT a.attisdropped)) UNION ALL SELECT c.column_name FROM consolidation.computed_column(nullable_columns.table_name) c(column_name, type_name, is_missing) WHERE c.is_missing UNION ALL SELECT n.column_name FROM consolidation.nullable_column n WHERE (n.table_name = nullable_columns.table_name));

--
-- Name: FUNCTION nullable_columns(table_name text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.nullable_columns(table_name text) IS 'Columns of the old table of that name that can be null, or that it lacks; if the table was dropped,
those that could be null then';

--
-- Name: from_iso8601(text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.from_iso8601(document text) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
    AS $_$
begin
    return case
        when
            document operator(pg_catalog.~)
            '^[1-9][0-9][0-9][0-9]-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])'
            '|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)'
            'T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?'
            '(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])$'
            then document::pg_catalog.timestamptz
        else public.from_iso8601_other(document)
    end;
end;
$_$;

--
-- Name: FUNCTION from_iso8601(document text); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.from_iso8601(document text) IS 'Reads a timestamp of a document: ISO 8601, a missing zone means UTC, also "... BC", "infinity" and
"-infinity". Returns null for anything else, and never raises';

--
-- Name: fits(text, jsonb); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.fits(kind text, element jsonb) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN (kind = 'event'::text) THEN (consolidation.fits_event(element, public.from_iso8601((element ->> 'timestamp'::text))) OR consolidation.fits_event(element, public.from_iso8601((element ->> 'timestamp'::text)), consolidation.nullable_columns('workflow_events'::text))) ELSE (consolidation.fits_screenshot(element, public.from_iso8601((element ->> 'timestamp'::text)), (kind = 'step screenshot'::text)) OR consolidation.fits_screenshot(element, public.from_iso8601((element ->> 'timestamp'::text)), (kind = 'step screenshot'::text), consolidation.nullable_columns('workflow_trace_screenshot'::text))) END;

--
-- Name: FUNCTION fits(kind text, element jsonb); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.fits(kind text, element jsonb) IS 'Whether its old table can hold the element. kind: event, step screenshot or run screenshot. Asks
the catalog only for an element that says null';

--
-- Name: follow_configs(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.follow_configs() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    -- Configurations have no capture: these were written since the deploy of @expand.
    insert into public.user_workflow_owner (workflow_id, org_id)
    select distinct on (c.workflow_id)
        c.workflow_id,
        c.org_id
    from public.user_workflow_config as c
    where
        c.workflow_id is not null
        and c.org_id is not null
        and not exists (
            select from public.user_workflow_owner as o where o.workflow_id = c.workflow_id
        )
    order by c.workflow_id, c.created_at, c.config_id
    on conflict do nothing;
    create trigger keep_workflow_owner_insert
    after insert on public.user_workflow_config
    referencing new table as new_row
    for each statement
    execute function public.keep_workflow_owner();
    create trigger keep_workflow_owner_update
    after update of workflow_id, org_id on public.user_workflow_config
    for each row
    when (
        old.workflow_id is distinct from new.workflow_id or old.org_id is distinct from new.org_id
    )
    execute function public.keep_workflow_owner();
    alter table public.user_workflow_config enable always trigger keep_workflow_owner_insert;
    alter table public.user_workflow_config enable always trigger keep_workflow_owner_update;
end;
$$;

--
-- Name: FUNCTION follow_configs(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.follow_configs() IS 'Makes each configuration note the owner of its workflow from now on, as a run does. Notes it for
the present ones at once';

--
-- Name: follow_sources(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.follow_sources() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    source record;
begin
    insert into consolidation.declared_source (relation, was_readable)
    select distinct
        r.relation,
        has_table_privilege('workflow_maintenance', r.relation, 'select')
    from consolidation.read_by_declaration() as r
    where r.relation <> 'public.workflow_trace'::regclass;
    for source in
        select
            r.relation,
            s.was_readable,
            c.relrowsecurity as is_restricted,
            string_agg(quote_ident(r.column_name), ', ' order by r.column_name) as names
        from consolidation.read_by_declaration() as r
        inner join consolidation.declared_source as s on s.relation = r.relation
        inner join pg_class as c on c.oid = r.relation
        group by r.relation, s.was_readable, c.relrowsecurity
    loop
        if not source.was_readable then
            execute format('grant select on %s to workflow_maintenance', source.relation);
        end if;
        execute format(
            'create trigger follow_declaration after update on %s '
            'referencing old table as old_row new table as new_row '
            'for each statement execute function public.follow_declaration(%L)',
            source.relation, source.names
        );
        execute format('alter table %s enable always trigger follow_declaration', source.relation);
        if source.is_restricted then
            execute format(
                'create policy workflow_maintenance_reads on %s for select '
                'to workflow_maintenance using (true)', source.relation
            );
        end if;
    end loop;
end;
$$;

--
-- Name: FUNCTION follow_sources(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.follow_sources() IS 'Creates the triggers of the tables that declarations read, and lets workflow_maintenance read
them';

--
-- Name: forbid_other_org_id(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.forbid_other_org_id() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if
        new.org_id <> public.current_org_id()
        and (tg_op = 'INSERT' or new.org_id is distinct from old.org_id)
        and row_security_active('public.user_workflow_run')
        and not pg_has_role('workflow_maintenance', 'usage')
    then
        raise insufficient_privilege using
            message = format(
                'new row violates row-level security policy for view "%s"', tg_table_name
            ),
            detail = format('org_id %s is not the organisation of the session.', new.org_id);
    end if;
    return new;
end;
$$;

--
-- Name: FUNCTION forbid_other_org_id(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.forbid_other_org_id() IS 'Trigger, runs as the caller: raises 42501 for another org_id than the session''s';

--
-- Name: user_workflow_run_step; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.user_workflow_run_step (
    step_id uuid DEFAULT gen_random_uuid() NOT NULL,
    run_id uuid NOT NULL,
    node_id uuid NOT NULL,
    step_number integer NOT NULL,
    status text DEFAULT 'pending'::text,
    retry_count integer DEFAULT 0,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    duration_ms integer,
    input_data jsonb,
    output_data jsonb,
    screenshots jsonb DEFAULT '[]'::jsonb,
    events jsonb DEFAULT '[]'::jsonb,
    error_message text,
    error_details jsonb,
    metadata jsonb DEFAULT '{}'::jsonb,
    org_id uuid NOT NULL,
    legacy_step_id bigint NOT NULL,
    legacy_trace_id bigint NOT NULL
)
WITH (fillfactor='90');
ALTER TABLE ONLY public.user_workflow_run_step ALTER COLUMN input_data SET COMPRESSION lz4;
ALTER TABLE ONLY public.user_workflow_run_step ALTER COLUMN output_data SET COMPRESSION lz4;
ALTER TABLE ONLY public.user_workflow_run_step ALTER COLUMN screenshots SET COMPRESSION lz4;
ALTER TABLE ONLY public.user_workflow_run_step ALTER COLUMN events SET COMPRESSION lz4;
ALTER TABLE ONLY public.user_workflow_run_step ALTER COLUMN error_details SET COMPRESSION lz4;
ALTER TABLE ONLY public.user_workflow_run_step ALTER COLUMN metadata SET COMPRESSION lz4;

ALTER TABLE ONLY public.user_workflow_run_step FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE user_workflow_run_step; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.user_workflow_run_step IS 'One step of a run, with its events and screenshots';

--
-- Name: COLUMN user_workflow_run_step.step_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.step_id IS 'Key. Carried-over steps: computed from the old step_id';

--
-- Name: COLUMN user_workflow_run_step.run_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.run_id IS 'Run the step belongs to';

--
-- Name: COLUMN user_workflow_run_step.node_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.node_id IS 'Node of the workflow that was executed';

--
-- Name: COLUMN user_workflow_run_step.step_number; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.step_number IS 'Position within the run';

--
-- Name: COLUMN user_workflow_run_step.status; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.status IS 'pending, running, completed, failed ...';

--
-- Name: COLUMN user_workflow_run_step.retry_count; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.retry_count IS 'How often the step was repeated. Null is refused while the old names exist, unless the old table
holds nulls';

--
-- Name: COLUMN user_workflow_run_step.started_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.started_at IS 'Start of the step';

--
-- Name: COLUMN user_workflow_run_step.ended_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.ended_at IS 'End of the step';

--
-- Name: COLUMN user_workflow_run_step.duration_ms; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.duration_ms IS 'Duration in milliseconds';

--
-- Name: COLUMN user_workflow_run_step.input_data; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.input_data IS 'Input of the step';

--
-- Name: COLUMN user_workflow_run_step.output_data; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.output_data IS 'Output of the step';

--
-- Name: COLUMN user_workflow_run_step.screenshots; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.screenshots IS 'Array of {"url", "thumbnail_url", "timestamp", "action", "selector", "element_found",
"confidence"}; elements from the old table also carry "screenshot_id", "org_id", "node_id",
"node_name", "step_index". Was workflow_trace_screenshot';

--
-- Name: COLUMN user_workflow_run_step.events; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.events IS 'Array of {"type", "timestamp", "data"}; elements from the old table also carry "event_id".
Timestamps are ISO 8601 in UTC. Was workflow_events';

--
-- Name: COLUMN user_workflow_run_step.error_message; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.error_message IS 'Why the step failed, for people';

--
-- Name: COLUMN user_workflow_run_step.error_details; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.error_details IS 'Why the step failed, for programs. The old names have no place for it';

--
-- Name: COLUMN user_workflow_run_step.metadata; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.metadata IS 'Anything else that is known of the step';

--
-- Name: COLUMN user_workflow_run_step.org_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.org_id IS 'Organisation of the run, by default taken from it; the foreign key allows no other';

--
-- Name: COLUMN user_workflow_run_step.legacy_step_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.legacy_step_id IS 'workflow_steps.step_id; new steps also get one';

--
-- Name: COLUMN user_workflow_run_step.legacy_trace_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.legacy_trace_id IS 'workflow_steps.trace_id; by default that of the run';

--
-- Name: moving_side(boolean); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.moving_side(to_documents boolean) RETURNS TABLE(old_name text, relation regclass, goes_to regclass, called text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT n.old_name,
         CASE
             WHEN moving_side.to_documents THEN consolidation.old_table(n.old_name)
             ELSE n.document
         END AS document,
         CASE
             WHEN moving_side.to_documents THEN n.document
             ELSE consolidation.old_table(n.old_name)
         END AS old_table,
         CASE
             WHEN moving_side.to_documents THEN (n.document)::text
             ELSE format('public.%I'::text, n.old_name)
         END AS format
    FROM UNNEST(consolidation.six_tables(), ARRAY['public.user_workflow_run'::regclass, 'public.user_workflow_run_step'::regclass]) n(old_name, document)
   WHERE (moving_side.to_documents OR (n.document IS NOT NULL));
END;

--
-- Name: FUNCTION moving_side(to_documents boolean); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.moving_side(to_documents boolean) IS 'Relations whose keys move, and where these go: from each of the six tables to its document (null
for those that are inside of documents), or from the two documents back. called is the name
afterwards';

--
-- Name: old_name(text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.old_name(table_name text) RETURNS regclass
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN COALESCE(to_regclass(format('consolidation.%I'::text, table_name)), to_regclass(format('public.%I'::text, table_name)));

--
-- Name: FUNCTION old_name(table_name text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.old_name(table_name text) IS 'Returns the compatibility view of that name, wherever the phase keeps it; null if there is none';

--
-- Name: noted_column; Type: TABLE; Schema: consolidation; Owner: -
--

CREATE TABLE consolidation.noted_column (
    old_name regclass NOT NULL,
    view_column name NOT NULL,
    base_column name NOT NULL
);

--
-- Name: TABLE noted_column; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TABLE consolidation.noted_column IS 'The result of base_column() before the locks';

--
-- Name: COLUMN noted_column.old_name; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.noted_column.old_name IS 'View that an old name is or will be';

--
-- Name: COLUMN noted_column.view_column; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.noted_column.view_column IS 'Column of it';

--
-- Name: COLUMN noted_column.base_column; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.noted_column.base_column IS 'Column of the document behind';

--
-- Name: moving_key(boolean); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.moving_key(to_documents boolean, OUT incoming boolean, OUT old_name text, OUT conname name, OUT relation regclass, OUT goes_to regclass, OUT called text, OUT columns text, OUT definition text, OUT convalidated boolean) RETURNS SETOF record
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 WITH side AS MATERIALIZED (
          SELECT s_1.old_name,
             s_1.relation,
             s_1.goes_to,
             s_1.called
            FROM consolidation.moving_side(moving_key.to_documents) s_1(old_name, relation, goes_to, called)
         ), moving_column AS MATERIALIZED (
          SELECT s_1.relation,
                 CASE
                     WHEN moving_key.to_documents THEN b.view_column
                     ELSE b.base_column
                 END AS column_name,
                 CASE
                     WHEN moving_key.to_documents THEN b.base_column
                     ELSE b.view_column
                 END AS called,
             (b.base_column = ANY (ARRAY['legacy_trace_id'::name, 'legacy_step_id'::name])) AS is_id
            FROM (side s_1
              JOIN consolidation.noted_column b ON ((((b.old_name)::oid = (consolidation.old_name(s_1.old_name))::oid) AND (s_1.called IS NOT NULL))))
         )
  SELECT ((s.relation)::oid = k.confrelid),
     s.old_name,
     k.conname,
     (k.conrelid)::regclass AS conrelid,
     s.goes_to,
     s.called,
     c.columns,
     regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$'::text, ''::text) AS regexp_replace,
     k.convalidated
    FROM ((pg_constraint k
      JOIN side s ON ((((s.relation)::oid = k.conrelid) OR ((s.relation)::oid = k.confrelid))))
      CROSS JOIN LATERAL ( SELECT
                 CASE
                     WHEN (bool_and((m.called IS NOT NULL)) AND (((s.relation)::oid = k.conrelid) OR ((count(*) = 1) AND bool_and(m.is_id)))) THEN string_agg(quote_ident((m.called)::text), ', '::text ORDER BY u.place)
                     ELSE NULL::text
                 END AS columns
            FROM ((unnest(
                 CASE
                     WHEN ((s.relation)::oid = k.confrelid) THEN k.confkey
                     ELSE k.conkey
                 END) WITH ORDINALITY u(attnum, place)
              JOIN pg_attribute a ON (((a.attrelid = (s.relation)::oid) AND (a.attnum = u.attnum))))
              LEFT JOIN moving_column m ON ((((m.relation)::oid = (s.relation)::oid) AND (m.column_name = a.attname))))) c)
   WHERE ((k.contype = 'f'::"char") AND (k.conparentid = (0)::oid) AND ((k.conrelid IN ( SELECT t.relation
            FROM side t)) <> (k.confrelid IN ( SELECT t.relation
            FROM side t))))
   ORDER BY k.oid;
END;

--
-- Name: FUNCTION moving_key(to_documents boolean, OUT incoming boolean, OUT old_name text, OUT conname name, OUT relation regclass, OUT goes_to regclass, OUT called text, OUT columns text, OUT definition text, OUT convalidated boolean); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.moving_key(to_documents boolean, OUT incoming boolean, OUT old_name text, OUT conname name, OUT relation regclass, OUT goes_to regclass, OUT called text, OUT columns text, OUT definition text, OUT convalidated boolean) IS 'Foreign keys between a moving side and any other table, from it (outgoing) or to it (incoming), and
the relation and columns that take the place of its own; no columns if nothing can';

--
-- Name: foreign_key(boolean); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.foreign_key(to_documents boolean DEFAULT true, OUT kind text, OUT object text, OUT stands_on regclass, OUT leave text, OUT arrives_on regclass, OUT arrive text, OUT come_back text, OUT validate text) RETURNS SETOF record
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN k.incoming THEN 'incoming foreign key'::text
             ELSE 'outgoing foreign key'::text
         END AS "case",
     format('%s on %s'::text, k.conname,
         CASE
             WHEN k.incoming THEN (k.relation)::text
             ELSE k.old_name
         END) AS format,
     k.relation,
     format('alter table <relation> drop constraint %I'::text, k.conname) AS format,
         CASE
             WHEN k.incoming THEN k.relation
             ELSE k.goes_to
         END AS goes_to,
     ((format('alter table <relation> add constraint %I '::text, k.conname) ||
         CASE
             WHEN k.incoming THEN regexp_replace(k.definition, 'REFERENCES [^(]*\([^)]*\)'::text, format('REFERENCES %s(%s)'::text, k.called, k.columns))
             ELSE regexp_replace(k.definition, '^FOREIGN KEY \([^)]*\)'::text, format('FOREIGN KEY (%s)'::text, k.columns))
         END) ||
         CASE
             WHEN (k.columns IS NOT NULL) THEN ' not valid'::text
             ELSE NULL::text
         END),
     format('alter table <relation> add constraint %I %s not valid'::text, k.conname, k.definition) AS format,
         CASE
             WHEN k.convalidated THEN format('alter table <relation> validate constraint %I'::text, k.conname)
             ELSE NULL::text
         END AS "case"
    FROM consolidation.moving_key(foreign_key.to_documents) k(incoming, old_name, conname, relation, goes_to, called, columns, definition, convalidated);
END;

--
-- Name: FUNCTION foreign_key(to_documents boolean, OUT kind text, OUT object text, OUT stands_on regclass, OUT leave text, OUT arrives_on regclass, OUT arrive text, OUT come_back text, OUT validate text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.foreign_key(to_documents boolean, OUT kind text, OUT object text, OUT stands_on regclass, OUT leave text, OUT arrives_on regclass, OUT arrive text, OUT come_back text, OUT validate text) IS 'Foreign keys between the six old tables and others (or, for a revert, between the documents and
others), each with the statements that drop it on the relation where it stands, make it on the
relation where it arrives (null where that is not possible), make it again as it was, and validate
it if it was valid. <relation> stands for the name of the relation';

--
-- Name: forget_column(regclass, name, text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.forget_column(old_name regclass, missing name, expression text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
    pattern constant text := format('\m(new|old)\.(?:%1$s\M|"%1$s")(?! :=)', missing);
    definition text;
begin
    execute format('alter view %s alter column %I drop default', old_name, missing);
    for definition in
        select distinct pg_get_functiondef(g.tgfoid)
        from pg_trigger as g
        inner join pg_proc as p on p.oid = g.tgfoid
        where g.tgrelid = old_name and p.prosrc ~ pattern
    loop
        -- It can be null, also when the contract project has dropped the table.
        execute regexp_replace(
            replace(definition, format('%L <> all (nullable)', missing), 'false'),
            pattern,
            replace(replace(expression, '\', '\\'), '<row>', '\1'), 'g'
        );
    end loop;
end;
$_$;

--
-- Name: FUNCTION forget_column(old_name regclass, missing name, expression text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.forget_column(old_name regclass, missing name, expression text) IS 'Lets a view and its triggers do without a column: they compute what they read in it. expression:
as of computed_value()';

--
-- Name: forget_old_tables(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.forget_old_tables() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    old_tables constant text [] := consolidation.six_tables();
    old_name text;
    view regclass;
begin
    insert into consolidation.dropped_table (table_name, ordinal, statement)
    select
        t.name,
        d.ordinal,
        d.statement
    from unnest(old_tables) as t (name)
    cross join lateral consolidation.table_definition(format('legacy.%I', t.name)::regclass) as d;
    insert into consolidation.nullable_column (table_name, column_name)
    select
        t.name,
        c.column_name
    from unnest(old_tables) as t (name)
    cross join unnest(consolidation.nullable_columns(t.name)) as c (column_name);
    -- What a revert executes about a table is about the one that is created again.
    insert into consolidation.dropped_table (table_name, ordinal, statement)
    select
        t.name,
        16500 + row_number() over (partition by t.name order by l.ordinal),
        format(
            'update consolidation.cut_over_log set relation = ''legacy.%I'' where ordinal = %s',
            t.name, l.ordinal
        )
    from unnest(old_tables) as t (name)
    inner join consolidation.cut_over_log as l
        on l.relation = format('legacy.%I', t.name)::regclass;
    -- Each table goes before those it refers to.
    for old_name in
        select t.name from unnest(old_tables) with ordinality as t (name, place)
        order by t.place desc
    loop
        for view in
            select b.view
            from consolidation.bound_view(format('legacy.%I', old_name)::regclass) as b
        loop
            execute format('drop view %s', view);
        end loop;
        execute format('drop table legacy.%I', old_name);
    end loop;
end;
$$;

--
-- Name: FUNCTION forget_old_tables(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.forget_old_tables() IS 'Drops the old tables and the views that are bound to them, and remembers their definitions';

--
-- Name: forget_proof(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.forget_proof() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    delete from consolidation.chunk as c where c.task = 'proof';
    delete from consolidation.unequal_trace;
    delete from consolidation.proof;
end;
$$;

--
-- Name: FUNCTION forget_proof(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.forget_proof() IS 'Makes the next proof begin anew';

--
-- Name: free_id(text, text[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.free_id(kind text, taken text[]) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    id bigint;
begin
    -- Somebody may have planted ids ahead of the sequence.
    loop
        if kind = 'screenshot' then
            /* numbered: id := nextval('public.workflow_trace_screenshot_screenshot_id_seq');
            perform from consolidation.old_screenshot_number as n where n.screenshot_id = id;
            if not found and consolidation.screenshot_uuid(id)::text <> all (taken) then
                return to_jsonb(consolidation.screenshot_uuid(id));
            end if;
            continue; */
            return to_jsonb(gen_random_uuid());
        elsif kind = 'event' then
            id := nextval('public.workflow_events_event_id_seq');
            perform from consolidation.old_event as o where o.event_id = id;
        else
            id := nextval('public.workflow_trace_context_context_id_seq');
            perform from consolidation.old_context as o where o.context_id = id;
        end if;
        exit when not found and id::text <> all (taken);
    end loop;
    return to_jsonb(id);
end;
$$;

--
-- Name: FUNCTION free_id(kind text, taken text[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.free_id(kind text, taken text[]) IS 'An id for an element of that kind (event, screenshot, context) that no row has, and that is not in
"taken"';

--
-- Name: from_key(jsonb, anyelement); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.from_key(content jsonb, kind anyelement) RETURNS anyelement
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    value kind%type;
begin
    value := case
        when content = 'null' then null
        when pg_typeof(kind) = 'timestamptz'::regtype
            then to_jsonb(public.from_iso8601(content #>> '{}')) #>> '{}'
        when pg_typeof(kind) = 'jsonb'::regtype
            then case
                -- First, as the planner computes what follows where it can.
                when jsonb_typeof(content) <> 'array' then null
                when jsonb_array_length(content) = 1 then (content -> 0)::text
            end
        else content #>> '{}'
    end;
    return value;
exception
    -- An application wrote something else.
    when data_exception or integrity_constraint_violation then
        return null;
end;
$$;

--
-- Name: FUNCTION from_key(content jsonb, kind anyelement); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.from_key(content jsonb, kind anyelement) IS 'The value of a further column, read from an element; null if it is none of that type. kind: any
value of the type';

--
-- Name: further_value(text, name, text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.further_value(old_table text, column_name name, type_name text) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    RETURN CASE WHEN (((old_table = 'workflow_trace_screenshot'::text) AND (column_name = 'step_id'::name)) AND (EXISTS (SELECT FROM consolidation.computed_column(further_value.old_table) c(column_name, type_name, is_missing) WHERE (c.column_name = 'step_index'::name)))) THEN '(select s.legacy_step_id from public.user_workflow_run_step as s where s.step_id = x.on_step)'::text ELSE format('consolidation.from_key(x.element -> ''legacy_%s'', null::%s)'::text, column_name, type_name) END;

--
-- Name: FUNCTION further_value(old_table text, column_name name, type_name text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.further_value(old_table text, column_name name, type_name text) IS 'The value of a further column of elements, in a view of these';

--
-- Name: give_new_ids(text, bigint, bigint, jsonb); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.give_new_ids(kind text, wanted_trace_id bigint, wanted_step_id bigint, new_ids jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    case
        when kind = 'event' and wanted_step_id is null then
            update public.user_workflow_run as r
            set events = consolidation.with_new_ids(r.events, 'event_id', new_ids)
            where r.legacy_trace_id = wanted_trace_id;
        when kind = 'event' then
            update public.user_workflow_run_step as s
            set events = consolidation.with_new_ids(s.events, 'event_id', new_ids)
            where s.legacy_step_id = wanted_step_id;
        when kind = 'screenshot' and wanted_step_id is null then
            update public.user_workflow_run as r
            set screenshots = consolidation.with_new_ids(r.screenshots, 'screenshot_id', new_ids)
            where r.legacy_trace_id = wanted_trace_id;
        when kind = 'screenshot' then
            update public.user_workflow_run_step as s
            set screenshots = consolidation.with_new_ids(s.screenshots, 'screenshot_id', new_ids)
            where s.legacy_step_id = wanted_step_id;
        else
            update public.user_workflow_run as r
            set legacy = coalesce(
                case when jsonb_typeof(r.legacy) = 'object' then r.legacy end, '{}'
            ) || jsonb_build_object('context', o.origins)
            from (
                select
                    x.run_id,
                    jsonb_object_agg(
                        c.key,
                        coalesce(
                            case when jsonb_typeof(c.origin) = 'object' then c.origin end,
                            jsonb_build_object('created_at', public.to_iso8601(x.created_at))
                        )
                        || case
                            when new_ids ? c.key
                                then jsonb_build_object('context_id', new_ids -> c.key)
                            else '{}'
                        end
                    ) as origins
                from public.user_workflow_run as x
                inner join consolidation.context_row as c on c.trace_id = x.legacy_trace_id
                where x.legacy_trace_id = wanted_trace_id
                group by x.run_id
            ) as o
            where r.run_id = o.run_id;
    end case;
end;
$$;

--
-- Name: FUNCTION give_new_ids(kind text, wanted_trace_id bigint, wanted_step_id bigint, new_ids jsonb); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.give_new_ids(kind text, wanted_trace_id bigint, wanted_step_id bigint, new_ids jsonb) IS 'Writes new ids into one document. kind: event, screenshot or context; new_ids: {place or key: id}';

--
-- Name: give_to_maintenance(regprocedure[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.give_to_maintenance(functions regprocedure[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    -- The new owner of a function needs create on its schema while it is given away.
    could_create constant boolean := has_schema_privilege(
        'workflow_maintenance', 'public', 'create'
    );
    given regprocedure;
begin
    if not could_create then
        grant create on schema public to workflow_maintenance;
    end if;
    foreach given in array functions loop
        execute format('alter function %s owner to workflow_maintenance', given);
    end loop;
    if not could_create then
        revoke create on schema public from workflow_maintenance;
    end if;
end;
$$;

--
-- Name: FUNCTION give_to_maintenance(functions regprocedure[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.give_to_maintenance(functions regprocedure[]) IS 'Makes workflow_maintenance the owner of functions in the schema public';

--
-- Name: give_types(jsonb); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.give_types(wanted jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
    found record;
begin
    for found in
        select
            format('public.%I', c.document) as document,
            a.attname,
            w.value as type_name,
            pg_get_expr(d.adbin, d.adrelid) as default_value
        from jsonb_each_text(wanted) as w
        inner join consolidation.plain_column() as c
            on concat_ws('.', c.document, c.document_column) = w.key
        inner join pg_attribute as a
            on a.attrelid = format('public.%I', c.document)::regclass
            and a.attname = c.document_column
        left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where format_type(a.atttypid, a.atttypmod) <> w.value
    loop
        execute format(
            'alter table %1$s alter column %2$I drop default, '
            'alter column %2$I type %3$s using %2$I::text::%3$s',
            found.document, found.attname, found.type_name
        );
        if found.default_value is not null then
            execute format(
                'alter table %s alter column %I set default (%s)::text::%s',
                found.document, found.attname, found.default_value, found.type_name
            );
        end if;
    end loop;
end;
$_$;

--
-- Name: FUNCTION give_types(wanted jsonb); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.give_types(wanted jsonb) IS 'Gives columns of the empty documents other types. wanted: {"table.column": type}';

--
-- Name: give_way(integer); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.give_way(attempt integer) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    -- The pause is longer than an attempt, so that every session that queued behind it gets
    -- through.
    perform pg_sleep(least(3, 0.1 * 1.5 ^ least(attempt, 20)) * (0.5 + random()));
end;
$$;

--
-- Name: FUNCTION give_way(attempt integer); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.give_way(attempt integer) IS 'Waits between two attempts to take locks: 0.1 s after the first, growing to 3 s, with jitter';

--
-- Name: go_on_with_ids(text[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.go_on_with_ids(names text[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    owned record;
begin
    for owned in
        select
            q.seqrelid::regclass as sequence_name,
            q.seqmax as highest,
            s.table_name,
            s.column_name
        from consolidation.id_sequence as s
        inner join pg_sequence as q
            on
                q.seqrelid = pg_get_serial_sequence(
                    consolidation.old_table(s.table_name)::text, s.column_name
                )::regclass
        where s.table_name = any (names)
    loop
        -- The sequence stands where it stood at the last move of the names. An id far beyond did
        -- not come from it. Deleted rows, or rows not carried over, had ids beyond the highest.
        execute format(
            'select setval(%L, least(greatest(q.last_value, max(t.%I)) + 1000, %s))
            from %s as q
            left join %s as t on t.%I <= q.last_value + 1000000000
            group by q.last_value',
            owned.sequence_name, owned.column_name, owned.highest, owned.sequence_name,
            consolidation.old_table(owned.table_name), owned.column_name
        );
    end loop;
end;
$$;

--
-- Name: FUNCTION go_on_with_ids(names text[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.go_on_with_ids(names text[]) IS 'Makes new ids of these old tables begin a thousand after the highest that their sequences gave';

--
-- Name: grant_documents(regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.grant_documents(old_name regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    statement text;
begin
    for statement in
        select format(
            'grant %s%s on %s to %s',
            n.needed,
            ' (' || string_agg(distinct quote_ident(n.column_name), ', ') || ')',
            n.relation,
            p.role_name
        )
        from consolidation.privilege(old_name) as p
        inner join consolidation.noted_need as n
            on
                n.old_name = grant_documents.old_name
                and n.privilege_type = p.privilege_type
                and (
                    p.column_name is null
                    or n.view_column is null
                    or n.view_column = p.column_name
                )
        inner join pg_class as c on c.oid = n.relation and c.relowner <> p.grantee
        where
            -- The roles of the project have the declared privileges.
            p.role_name not in ('workflow_app', 'workflow_maintenance')
            -- A role that may write but not read must learn nothing.
            and (
                n.needed <> 'select'
                or p.privilege_type = 'SELECT'
                or exists (
                    select from consolidation.privilege(grant_documents.old_name) as r
                    where r.privilege_type = 'SELECT' and r.grantee in (p.grantee, 0)
                )
            )
        group by n.needed, n.relation, p.role_name
    loop
        execute statement;
    end loop;
end;
$$;

--
-- Name: FUNCTION grant_documents(old_name regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.grant_documents(old_name regclass) IS 'Gives each role that may use an old name the privileges that this takes on the documents behind
it';

--
-- Name: guard_trace_id(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.guard_trace_id() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if (tg_op = 'INSERT' or new.trace_id <> old.trace_id) and not exists (
        select from public.user_workflow_run as r where r.legacy_trace_id = new.trace_id
    ) then
        raise foreign_key_violation using
            message = format(
                'insert or update on table "%s" violates foreign key constraint '
                '"%s_trace_id_fkey"', tg_table_name, tg_table_name
            ),
            detail = format('Key (trace_id)=(%s) is not present in workflow_trace.', new.trace_id),
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = tg_table_name || '_trace_id_fkey';
    end if;
    return new;
end;
$$;

--
-- Name: FUNCTION guard_trace_id(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.guard_trace_id() IS 'Trigger of an old name, runs as the caller: raises 23503 as the key to workflow_trace did; a
run that the caller does not see does not exist for it';

--
-- Name: hand_back_constraints(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.hand_back_constraints() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    statement text;
begin
    for statement in
        select format('alter table %s drop constraint %I', c.document, c.called)
        from consolidation.old_constraint() as c
        inner join pg_constraint as k on k.conrelid = c.document and k.conname = c.called
        where c.class = 'pg_constraint'::regclass
        union all
        select format('drop index %s', i.indexrelid::regclass)
        from consolidation.old_constraint() as c
        inner join pg_class as x on x.relname = c.called and x.oid <> c.object
        inner join pg_index as i on i.indexrelid = x.oid and i.indrelid = c.document
        where c.class = 'pg_class'::regclass
    loop
        execute statement;
    end loop;
end;
$$;

--
-- Name: FUNCTION hand_back_constraints(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.hand_back_constraints() IS 'Drops from the documents the constraints that hold on the old tables. The inverse of
hand_over_constraints(), which remembered the rest';

--
-- Name: hand_back_sequences(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.hand_back_sequences() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

--
-- Name: FUNCTION hand_back_sequences(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.hand_back_sequences() IS 'The inverse of hand_over_sequences, except for the sequences of the documents: these can go only
once other users of the numbers are bound to the old ones';

--
-- Name: hand_over_constraints(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.hand_over_constraints() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform consolidation.hand_over_names();
    perform consolidation.hand_over_not_null();
    perform consolidation.hand_over_defaults();
end;
$$;

--
-- Name: FUNCTION hand_over_constraints(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.hand_over_constraints() IS 'Once the old tables are in "legacy": makes their constraints and defaults hold on the documents';

--
-- Name: hand_over_defaults(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.hand_over_defaults() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    found record;
begin
    for found in select o.* from consolidation.other_default() as o loop
        execute format(
            'alter table %s alter column %I set default %s',
            found.relation, found.column_name, found.wanted
        );
        perform consolidation.remember(
            'after', found.relation,
            format(
                'alter table <relation> alter column %I %s', found.column_name,
                coalesce('set default ' || found.present, 'drop default')
            )
        );
    end loop;
end;
$$;

--
-- Name: FUNCTION hand_over_defaults(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.hand_over_defaults() IS 'Gives the old names, and columns of the documents, the defaults of the old tables';

--
-- Name: hand_over_names(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.hand_over_names() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    statement text;
begin
    for statement in
        select case
            when c.class = 'pg_constraint'::regclass
                then format(
                    'alter table %s rename constraint moving_%s to %I',
                    c.document, c.object, c.called
                )
            else format('alter index public.moving_%s rename to %I', c.object, c.called)
        end
        from consolidation.old_constraint() as c
        where
            exists (
                select from pg_constraint as k
                where k.conrelid = c.document and k.conname = format('moving_%s', c.object)
            )
            or to_regclass(format('public.moving_%s', c.object)) is not null
    loop
        execute statement;
    end loop;
end;
$$;

--
-- Name: FUNCTION hand_over_names(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.hand_over_names() IS 'Gives the prepared constraints the names that they have on the old tables';

--
-- Name: hand_over_not_null(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.hand_over_not_null() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    found record;
begin
    -- The check proves that there is no null, so nothing is read.
    for found in
        select n.* from consolidation.not_null_column() as n
        inner join pg_constraint as k on k.conrelid = n.document and k.conname = n.check_name
    loop
        execute format(
            'alter table %s alter column %I set not null', found.document, found.column_name
        );
        execute format('alter table %s drop constraint %I', found.document, found.check_name);
        perform consolidation.remember(
            'after', found.document,
            format('alter table <relation> alter column %I drop not null', found.column_name)
        );
    end loop;
end;
$$;

--
-- Name: FUNCTION hand_over_not_null(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.hand_over_not_null() IS 'Makes columns of the documents not null where those of the old tables are';

--
-- Name: hand_over_sequences(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.hand_over_sequences() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

--
-- Name: FUNCTION hand_over_sequences(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.hand_over_sequences() IS 'Makes the documents take their ids from where the old tables stand, under the same names';

--
-- Name: heaviest(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.heaviest(trace_ids bigint[], OUT trace_id bigint, OUT elements bigint) RETURNS record
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    -- A document that is longer than a megabyte even when compressed is not read to be counted.
    select
        d.trace_id,
        sum(
            case
                when pg_column_size(d.document) > 1000000 then 1000000
                when jsonb_typeof(d.document) = 'array' then jsonb_array_length(d.document)
                when jsonb_typeof(d.document) = 'object'
                    then (select count(*) from jsonb_object_keys(d.document))
                else 0
            end
        )::bigint
    into heaviest.trace_id, heaviest.elements
    from (
        select r.legacy_trace_id, v.document
        from public.user_workflow_run as r
        cross join lateral (values (r.events), (r.screenshots), (r.context), (r.endpoints_used))
        as v (document)
        where r.legacy_trace_id = any (trace_ids)
        union all
        select s.legacy_trace_id, v.document
        from public.user_workflow_run_step as s
        cross join lateral (values (s.events), (s.screenshots)) as v (document)
        where s.legacy_trace_id = any (trace_ids)
    ) as d (trace_id, document)
    group by d.trace_id
    order by 2 desc
    limit 1;
end;
$$;

--
-- Name: FUNCTION heaviest(trace_ids bigint[], OUT trace_id bigint, OUT elements bigint); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.heaviest(trace_ids bigint[], OUT trace_id bigint, OUT elements bigint) IS 'The one of these runs whose documents have the most elements, and how many; a document longer
than a megabyte counts as a million. Null if there is none';

--
-- Name: is_any_refused(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.is_any_refused(trace_ids bigint[]) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return exists (
        select from consolidation.set_aside as a
        where a.trace_id = any (trace_ids) and a.replaced_at is null
    );
end;
$$;

--
-- Name: FUNCTION is_any_refused(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.is_any_refused(trace_ids bigint[]) IS 'Whether the documents of these runs hold a row that an old table refused';

--
-- Name: is_asked_to_stop(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.is_asked_to_stop() RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return exists (
        select from consolidation.stop_request as r
        inner join pg_stat_activity as a on a.pid = r.asked_by
        -- backend_start is null where the caller may not see it.
        where r.pid = pg_backend_pid() and coalesce(a.backend_start = r.asked_by_began, true)
    );
end;
$$;

--
-- Name: FUNCTION is_asked_to_stop(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.is_asked_to_stop() IS 'Whether somebody called stop_backfill for this session';

--
-- Name: is_computed_key(text, text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.is_computed_key(kind text, key text) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN (key = ANY (consolidation.computed_keys(CASE kind WHEN 'event'::text THEN 'workflow_events'::text ELSE 'workflow_trace_screenshot'::text END)));

--
-- Name: FUNCTION is_computed_key(kind text, key text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.is_computed_key(kind text, key text) IS 'Whether only documents can say this key of an element. kind: as of fits()';

--
-- Name: is_context_known(bigint, text, jsonb); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.is_context_known(wanted_trace_id bigint, wanted_key text, previous jsonb) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    current jsonb;
begin
    perform consolidation.lock_run(wanted_trace_id);
    -- The next statement sees what was committed during the wait for the lock.
    select
        jsonb_build_object(
            'value', c.value, 'context_id', c.context_id,
            'created_at', c.created_at, 'updated_at', c.updated_at
        )
    into current
    from consolidation.context_row as c
    where c.trace_id = wanted_trace_id and c.key = wanted_key;
    if current is null then
        return false;
    end if;
    perform consolidation.patch(previous, current, '{}');
    return true;
end;
$$;

--
-- Name: FUNCTION is_context_known(wanted_trace_id bigint, wanted_key text, previous jsonb); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.is_context_known(wanted_trace_id bigint, wanted_key text, previous jsonb) IS 'Locks the document of a run and tells whether it still has the key. Raises 40001 if the key says
something else than before ("previous")';

--
-- Name: is_deployed(text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.is_deployed(change text) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform consolidation.settle_session();
    -- psql sends application_name as it connects; PgBouncer sets it afterwards. PgBouncer's
    -- sessions do not end with those of psql, and a session that others get would keep the lock
    -- that Sqitch takes.
    if exists (
        select from pg_settings as s where s.name = 'application_name' and s.source = 'session'
    ) then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'a connection pooler stands between psql and the server: connect directly',
            hint = 'Name the host and port of the server itself.';
    end if;
    perform consolidation.begin_script();
    return exists (
        select from consolidation.deployed_change as d where d.change = is_deployed.change
    );
end;
$$;

--
-- Name: FUNCTION is_deployed(change text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.is_deployed(change text) IS 'Whether the deploy script of a change has ended. Waits for another script of the plan that still
runs, since its Sqitch may be dead, and keeps others waiting until the end of the session';

--
-- Name: is_former(text, jsonb, jsonb); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.is_former(table_name text, key jsonb, held jsonb) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return exists (
        select from consolidation.set_aside as a
        where
            a.trace_id = (held ->> 'trace_id')::bigint
            and a.table_name = is_former.table_name
            and a.replaced_at is null
            and (a.content @> key or a.content -> 'context_id' = held -> 'context_id')
    );
end;
$$;

--
-- Name: FUNCTION is_former(table_name text, key jsonb, held jsonb); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.is_former(table_name text, key jsonb, held jsonb) IS 'Whether this old row is the former version of one that the old table refused';

--
-- Name: is_free(oid, regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.is_free(role_id oid, old_table regclass) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return (
        -- Oid 0 is everybody, and has no memberships.
        select
            not c.relrowsecurity
            or (
                is_free.role_id <> 0
                and not c.relforcerowsecurity
                and pg_has_role(is_free.role_id, c.relowner, 'usage')
            )
            or coalesce(
                bool_or(consolidation.shows_all(p.oid)) and bool_and(p.polpermissive), false
            )
        from pg_class as c
        left join lateral (
            select
                p.oid,
                p.polpermissive
            from pg_policy as p
            cross join unnest(p.polroles) as g (role_id)
            where
                p.polrelid = c.oid
                and case
                    when g.role_id = 0 then true
                    when is_free.role_id = 0 then false
                    else pg_has_role(is_free.role_id, g.role_id, 'usage')
                end
        ) as p on true
        where c.oid = is_free.old_table
        group by c.oid, c.relrowsecurity, c.relforcerowsecurity, c.relowner
    );
end;
$$;

--
-- Name: FUNCTION is_free(role_id oid, old_table regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.is_free(role_id oid, old_table regclass) IS 'Whether row level security of an old table leaves a role that has privileges unrestricted (oid 0:
everybody): the table has none, or the role has the rights of the owner, or a policy shows it
everything and none restricts it. Does not look at superusers and bypassrls';

--
-- Name: is_only_here(bigint, bigint, integer); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.is_only_here(run bigint, step bigint DEFAULT NULL::bigint, step_number integer DEFAULT NULL::integer) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    -- Nothing can be below a run that was refused.
    if not exists (select from consolidation.old_trace as t where t.trace_id = run) then
        return exists (
            select from consolidation.set_aside as a
            where
                a.trace_id = run and a.table_name = 'workflow_trace' and a.replaced_at is null
        );
    end if;
    return exists (
        select from consolidation.set_aside as a
        where
            a.trace_id = run
            and a.table_name = 'workflow_steps'
            and a.replaced_at is null
            and a.content ->> 'step_id' = step::text
    ) and not exists (
        select from consolidation.old_step as s
        where
            s.trace_id = run
            and (s.step_id = step or s.step_number = is_only_here.step_number)
    );
end;
$$;

--
-- Name: FUNCTION is_only_here(run bigint, step bigint, step_number integer); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.is_only_here(run bigint, step bigint, step_number integer) IS 'Whether this run, or this step of it, is a document that the old table refused, and nothing there
stands in its place. run, step: old ids';

--
-- Name: is_plain(regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.is_plain(old_name regclass) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    RETURN (NOT (EXISTS (SELECT FROM pg_trigger g WHERE ((g.tgrelid = (is_plain.old_name)::oid) AND (((g.tgtype)::integer & 64) <> 0)))));

--
-- Name: FUNCTION is_plain(old_name regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.is_plain(old_name regclass) IS 'Whether a statement on a view acts on the relation behind it, since no trigger stands between';

--
-- Name: is_proved(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.is_proved() RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return exists (
        select from consolidation.proof as p
        where p.capture_state = consolidation.capture_state()
    )
    and not exists (select from consolidation.missing_capture)
    and not exists (select from consolidation.unequal_trace)
    and not exists (
        select from consolidation.chunk as c where c.task = 'proof' and c.finished_at is null
    );
end;
$$;

--
-- Name: FUNCTION is_proved(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.is_proved() IS 'Whether every run was compared and found equal, and everything written since was noticed';

--
-- Name: is_reverted(text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.is_reverted(change text) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    deployed_at integer;
    later text;
begin
    if not consolidation.is_deployed(change) then
        return true;
    end if;
    select d.ordinal
    into deployed_at
    from consolidation.deployed_change as d
    where d.change = is_reverted.change;
    select d.change
    into later
    from consolidation.deployed_change as d
    where d.ordinal > deployed_at
    order by d.ordinal desc
    limit 1;
    if
        later is null
        and consolidation.phase() <> 'expand'
        and change not in ('cut_over', 'drop_old_tables')
    then
        later := 'cut_over';
    end if;
    if later is not null then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format('%s cannot be reverted before %s', change, later),
            detail = format('%s is deployed, and Sqitch did not live to record it.', later),
            hint = format('sqitch deploy --to %s records it; then revert again.', later);
    end if;
    return false;
end;
$$;

--
-- Name: FUNCTION is_reverted(change text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.is_reverted(change text) IS 'Whether the revert script of a change has ended, or the change was never deployed. Waits as
is_deployed does. Raises 55000 while a later change is deployed, which Sqitch then has no record
of';

--
-- Name: is_set_aside(jsonb, jsonb); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.is_set_aside(key jsonb, shown jsonb) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return exists (
        select from consolidation.set_aside as a
        where
            a.trace_id = (shown ->> 'trace_id')::bigint
            and a.replaced_at is null
            and (
                -- Nothing can be below a run that was refused and has no former version.
                (
                    a.table_name = 'workflow_trace'
                    and not exists (
                        select from consolidation.old_trace as t where t.trace_id = a.trace_id
                    )
                )
                -- Another row may have the same key; that may be why this one was refused.
                or (a.content @> key and jsonb_strip_nulls(a.content) = jsonb_strip_nulls(shown))
            )
    );
end;
$$;

--
-- Name: FUNCTION is_set_aside(key jsonb, shown jsonb); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.is_set_aside(key jsonb, shown jsonb) IS 'Whether the old table refused this row; only_in_documents() lists it';

--
-- Name: is_written_as(text, timestamp with time zone); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.is_written_as(document text, moment timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN ((moment IS NULL) OR (document IS NULL)) THEN ((moment IS NULL) AND (document IS NULL)) WHEN (document = public.to_iso8601(moment)) THEN ((document)::timestamp with time zone = moment) ELSE false END;

--
-- Name: FUNCTION is_written_as(document text, moment timestamp with time zone); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.is_written_as(document text, moment timestamp with time zone) IS 'Whether a time in a document is the text that to_iso8601 writes for the moment, and is read by
PostgreSQL as that moment';

--
-- Name: isolate_configs(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.isolate_configs() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    configs constant regclass := to_regclass('public.user_workflow_config');
    own record;
begin
    -- The table's own policies would be alternatives to the isolation; they come back with the old
    -- name.
    for own in select * from pg_policy as p where p.polrelid = configs loop
        perform consolidation.remember(
            'after', configs, consolidation.policy_definition(own.oid, '<relation>'),
            must_succeed => not own.polpermissive
        );
        execute format('drop policy %I on %s', own.polname, configs);
    end loop;
    perform consolidation.remember('after', configs, v.statement)
    from pg_class as c
    cross join lateral (
        values
        (c.relrowsecurity, 'alter table <relation> disable row level security'),
        (c.relforcerowsecurity, 'alter table <relation> no force row level security')
    ) as v (was_set, statement)
    where c.oid = configs and not v.was_set;
    create policy user_workflow_config_org_isolation on public.user_workflow_config
    for all
    using (org_id = (select public.current_org_id()))
    with check (org_id = (select public.current_org_id()));
    comment on policy user_workflow_config_org_isolation on public.user_workflow_config is
    'A session sees and writes the organisation it names in app.current_org_id';
    create policy user_workflow_config_maintenance on public.user_workflow_config
    for all
    to workflow_maintenance
    using (true)
    with check (true);
    comment on policy user_workflow_config_maintenance on public.user_workflow_config is
    'Deploys and reports work across organisations';
    alter table public.user_workflow_config enable row level security;
    alter table public.user_workflow_config force row level security;
end;
$$;

--
-- Name: FUNCTION isolate_configs(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.isolate_configs() IS 'Gives the configurations the row level security of the documents, in place of their own';

--
-- Name: isolate_page_states(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.isolate_page_states() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
    had_its_own constant boolean := (
        select c.relrowsecurity from pg_class as c
        where c.oid = 'public.user_workflow_cache_state'::regclass
    );
begin
    -- A permissive policy would open what the table's own policies close.
    execute format(
        'create policy user_workflow_cache_state_org_isolation
        on public.user_workflow_cache_state as %1$s for all to workflow_app
        using (public.is_own_workflow(workflow_id)%2$s)
        with check (public.is_own_workflow(workflow_id)%2$s)',
        case when had_its_own then 'restrictive' else 'permissive' end,
        case
            when had_its_own
                then ' or (select pg_has_role(''workflow_maintenance'', ''usage''))'
        end
    );
    comment on policy user_workflow_cache_state_org_isolation
    on public.user_workflow_cache_state is
    'An application sees and writes the page states of workflows that its organisation owns';
    if had_its_own then
        return;
    end if;
    create policy user_workflow_cache_state_maintenance on public.user_workflow_cache_state
    for all
    to workflow_maintenance
    using (true)
    with check (true);
    comment on policy user_workflow_cache_state_maintenance on public.user_workflow_cache_state is
    'Deploys and reports work across organisations';
    create policy user_workflow_cache_state_others on public.user_workflow_cache_state
    for all
    using ((select not pg_has_role('workflow_app', 'usage')))
    with check ((select not pg_has_role('workflow_app', 'usage')));
    comment on policy user_workflow_cache_state_others on public.user_workflow_cache_state is
    'A role that is no member of workflow_app sees what it saw before';
    alter table public.user_workflow_cache_state enable row level security;
    alter table public.user_workflow_cache_state force row level security;
end;
$_$;

--
-- Name: FUNCTION isolate_page_states(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.isolate_page_states() IS 'Gives the page states row level security by the owner of their workflow, alongside their own
policies if they have any';

--
-- Name: isolate_unscoped_roles(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.isolate_unscoped_roles() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    statement text;
begin
    for statement in
        select format('drop policy %I on %s', p.polname, p.polrelid::regclass)
        from pg_policy as p
        inner join pg_class as c
            on c.oid = p.polrelid and c.relnamespace = 'public'::regnamespace
        where
            (c.relname, p.polname) in (
                ('user_workflow_run', 'user_workflow_run_unscoped'),
                ('user_workflow_run_step', 'user_workflow_run_step_unscoped'),
                ('user_workflow_config', 'user_workflow_config_unscoped'),
                ('workflow_configs', 'user_workflow_config_unscoped')
            )
    loop
        execute statement;
    end loop;
end;
$$;

--
-- Name: FUNCTION isolate_unscoped_roles(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.isolate_unscoped_roles() IS 'The inverse of spare_unscoped_roles';

--
-- Name: judged_claim(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.judged_claim(trace_ids bigint[]) RETURNS TABLE(kind text, trace_id bigint, step_id bigint, place text, id text, verdict text)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return query
    with claim as materialized (
        select
            c.*,
            (select true from consolidation.old_trace as o where o.trace_id = c.trace_id) as is_old
        from consolidation.claims_of(trace_ids) as c
    ),

    upheld as materialized (
        select
            c.kind,
            c.trace_id,
            c.id
        from consolidation.claims_of(
            array(select distinct c.held_by from claim as c where c.held_by <> c.trace_id)
        ) as c
    )

    select
        x.kind,
        x.trace_id,
        x.step_id,
        x.place,
        x.id,
        case
            when x.turn > 1 then 'lost'
            when x.held_by is null or x.held_by = x.trace_id then 'kept'
            when exists (
                select from upheld as u
                where u.kind = x.kind and u.trace_id = x.held_by and u.id = x.id
            )
                then 'lost'
            else 'moved'
        end
    from (
        select
            c.*,
            row_number() over (
                partition by c.kind, c.id
                order by
                    c.held_by = c.trace_id desc nulls last, c.is_old nulls last,
                    c.trace_id, c.step_id, c.place
            ) as turn
        from claim as c
    ) as x;
end;
$$;

--
-- Name: FUNCTION judged_claim(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.judged_claim(trace_ids bigint[]) IS 'The claims with a verdict. kept: the old table gives the id to this run or to none. lost: it gives
the id to another run, which still shows it, or an element before this one has it; a run that the
old table has comes before one that it has not. moved: it gives the id to another run, which no
longer shows it';

--
-- Name: keep_batches_out(interval); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.keep_batches_out(patience interval) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform consolidation.take_locks(
        array['consolidation.run_lock'::regclass], 'exclusive', patience, interval '1 second'
    );
end;
$$;

--
-- Name: FUNCTION keep_batches_out(patience interval); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.keep_batches_out(patience interval) IS 'Waits until no batch of another session runs, at most for about that long, and keeps new ones
waiting until the end of the transaction. Raises 55P03 and names the sessions';

--
-- Name: keep_context_origin(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.keep_context_origin() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    AS $$
declare
    known jsonb := coalesce(new.legacy -> 'context', '{}');
begin
    if jsonb_typeof(new.context) = 'object' then
        known := (
            select jsonb_object_agg(
                c.key,
                coalesce(
                    known -> c.key,
                    consolidation.context_origin(
                        nextval('public.workflow_trace_context_context_id_seq'), now(), null
                    )
                )
            )
            from jsonb_each(new.context) as c
        );
        new.legacy := case
            when known is null then nullif(new.legacy - 'context', '{}')
            else coalesce(new.legacy, '{}') || jsonb_build_object('context', known)
        end;
    end if;
    return new;
end;
$$;

--
-- Name: FUNCTION keep_context_origin(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.keep_context_origin() IS 'Trigger: gives a new key of context the context_id and created_at that the old name shows, and
forgets those of a removed key';

--
-- Name: keep_proof(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.keep_proof() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    update consolidation.proof as p set capture_state = consolidation.capture_state();
end;
$$;

--
-- Name: FUNCTION keep_proof(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.keep_proof() IS 'Lets the proof hold although the capture triggers are now others. A swap calls it, under its
locks';

--
-- Name: keep_richer(consolidation.known_run[], consolidation.known_step[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.keep_richer(known_run consolidation.known_run[], known_step consolidation.known_step[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    traces constant bigint [] := array(select k.legacy_trace_id from unnest(known_run) as k);
begin
    update public.user_workflow_run as r
    set
        context = r.context || c.content,
        -- The keys keep their origin, which a trigger would give them anew.
        legacy = case
            when c.content = '{}' then r.legacy
            else coalesce(r.legacy, '{}') || jsonb_build_object(
                'context', coalesce(r.legacy -> 'context', '{}') || c.origin
            )
        end,
        endpoints_used = r.endpoints_used || coalesce(
            (
                select jsonb_agg(p.element order by p.place)
                from jsonb_array_elements(
                    case
                        when jsonb_typeof(k.endpoints_used) = 'array' then k.endpoints_used
                        else '[]'
                    end
                ) with ordinality as p (element, place)
                where
                    consolidation.to_bigint(p.element) is null
                    or f.refused -> 'workflow_trace_endpoint' ? (p.element #>> '{}')
            ),
            '[]'
        ),
        events = consolidation.merge_elements(
            k.events, r.events, e.events, 'event', k.run_id, f.refused -> 'workflow_events'
        ),
        screenshots = consolidation.merge_elements(
            k.screenshots, r.screenshots, e.screenshots, 'run screenshot', k.run_id,
            f.refused -> 'workflow_trace_screenshot'
        )
    from unnest(known_run) as k
    left join consolidation.refused_rows(traces) as f on f.trace_id = k.legacy_trace_id
    left join consolidation.known_elements(known_run, known_step) as e
        on e.document = k.run_id
    cross join lateral (
        select
            coalesce(jsonb_object_agg(x.key, x.value), '{}') as content,
            coalesce(jsonb_object_agg(x.key, l.origins -> x.key), '{}') as origin
        from (
            select
                k.legacy -> 'context' as origins,
                case when jsonb_typeof(k.context) = 'object' then k.context end as content
            offset 0
        ) as l
        cross join lateral jsonb_each(l.content) as x
        where length(x.key) > 255 or f.refused -> 'workflow_trace_context' ? x.key
    ) as c
    -- A run or a step that was refused is as it was.
    where
        r.run_id = any (array(select x.run_id from unnest(known_run) as x))
        and r.run_id = k.run_id
        and exists (
            select from consolidation.old_trace as o
            where o.trace_id = any (traces) and o.trace_id = k.legacy_trace_id
        );
    update public.user_workflow_run_step as s
    set
        error_details = k.error_details,
        events = consolidation.merge_elements(
            k.events, s.events, e.events, 'event', k.step_id, f.refused -> 'workflow_events'
        ),
        screenshots = consolidation.merge_elements(
            k.screenshots, s.screenshots, e.screenshots, 'step screenshot', k.step_id,
            f.refused -> 'workflow_trace_screenshot'
        )
    from unnest(known_step) as k
    left join consolidation.refused_rows(traces) as f on f.trace_id = k.legacy_trace_id
    left join consolidation.known_elements(known_run, known_step) as e
        on e.document = k.step_id
    where
        s.step_id = any (array(select x.step_id from unnest(known_step) as x))
        and s.step_id = k.step_id
        and exists (
            select from consolidation.old_step as o
            where o.trace_id = any (traces) and o.step_id = k.legacy_step_id
        );
end;
$$;

--
-- Name: FUNCTION keep_richer(known_run consolidation.known_run[], known_step consolidation.known_step[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.keep_richer(known_run consolidation.known_run[], known_step consolidation.known_step[]) IS 'Gives rebuilt documents back what only the known ones could say: further keys, and elements that
the old tables cannot hold or refused';

--
-- Name: keys_definition(regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.keys_definition(source regclass) RETURNS TABLE(stage integer, place bigint, statement text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN (k.contype = 'f'::"char") THEN 6
             ELSE 4
         END AS "case",
     (k.oid)::bigint AS oid,
     format('alter table %s add constraint %I %s'::text, keys_definition.source, k.conname, pg_get_constraintdef(k.oid)) AS format
    FROM pg_constraint k
   WHERE ((k.conrelid = (keys_definition.source)::oid) AND (k.contype = ANY (ARRAY['p'::"char", 'u'::"char", 'c'::"char", 'f'::"char", 'x'::"char"])))
 UNION ALL
  SELECT
         CASE
             WHEN (i.indisunique OR (pg_get_indexdef(i.indexrelid, 1, true) = ANY (ARRAY['trace_id'::text, 'step_id'::text]))) THEN 5
             ELSE 17
         END AS "case",
     (i.indexrelid)::bigint AS indexrelid,
     pg_get_indexdef(i.indexrelid) AS pg_get_indexdef
    FROM pg_index i
   WHERE ((i.indrelid = (keys_definition.source)::oid) AND (NOT (EXISTS ( SELECT
            FROM pg_constraint k
           WHERE ((k.conindid = i.indexrelid) AND (k.contype = ANY (ARRAY['p'::"char", 'u'::"char", 'x'::"char"])))))))
 UNION ALL
  SELECT 5,
     (s.oid)::bigint AS oid,
     pg_get_statisticsobjdef(s.oid) AS pg_get_statisticsobjdef
    FROM pg_statistic_ext s
   WHERE (s.stxrelid = (keys_definition.source)::oid)
 UNION ALL
  SELECT 9,
     0,
     format('alter table %s replica identity %s'::text, keys_definition.source,
         CASE c.relreplident
             WHEN 'f'::"char" THEN 'full'::text
             WHEN 'n'::"char" THEN 'nothing'::text
             ELSE ( SELECT ('using index '::text || quote_ident((x.relname)::text))
                FROM (pg_index i
                  JOIN pg_class x ON ((x.oid = i.indexrelid)))
               WHERE ((i.indrelid = (keys_definition.source)::oid) AND i.indisreplident))
         END) AS format
    FROM pg_class c
   WHERE ((c.oid = (keys_definition.source)::oid) AND (c.relreplident <> 'd'::"char"));
END;

--
-- Name: FUNCTION keys_definition(source regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.keys_definition(source regclass) IS 'Statements that create keys, indexes and statistics again. Stage 17: indexes after the rows';

--
-- Name: known_elements(consolidation.known_run[], consolidation.known_step[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.known_elements(runs consolidation.known_run[], steps consolidation.known_step[]) RETURNS TABLE(document uuid, events jsonb, screenshots jsonb)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
begin
    return query
    with array_of (legacy_trace_id, owner, on_step, kind, elements) as (
        select r.legacy_trace_id, r.run_id, false, 'event', r.events
        from unnest(runs) as r
        union all
        select r.legacy_trace_id, r.run_id, false, 'screenshot', r.screenshots
        from unnest(runs) as r
        union all
        select s.legacy_trace_id, s.step_id, true, 'event', s.events
        from unnest(steps) as s
        union all
        select s.legacy_trace_id, s.step_id, true, 'screenshot', s.screenshots
        from unnest(steps) as s
    ),

    known as materialized (
        select
            a.legacy_trace_id,
            a.kind,
            case a.kind
                when 'event' then consolidation.event_key(x.element, a.owner, x.place)::text
                else consolidation.screenshot_key(x.element, a.owner, x.place)::text
            end as key,
            x.element
        from array_of as a
        cross join lateral jsonb_array_elements(
            case when jsonb_typeof(a.elements) = 'array' then a.elements end
        ) with ordinality as x (element, place)
        where
            consolidation.fits(
                case
                    when a.kind = 'event' then 'event'
                    when a.on_step then 'step screenshot'
                    else 'run screenshot'
                end,
                x.element
            )
    ),

    rebuilt (legacy_trace_id, document, events, screenshots) as (
        select r.legacy_trace_id, r.run_id, r.events, r.screenshots
        from public.user_workflow_run as r
        where r.legacy_trace_id = any (array(select k.legacy_trace_id from unnest(runs) as k))
        union all
        select s.legacy_trace_id, s.step_id, s.events, s.screenshots
        from public.user_workflow_run_step as s
        where s.legacy_trace_id = any (array(select k.legacy_trace_id from unnest(runs) as k))
    ),

    shown as materialized (
        select
            b.legacy_trace_id,
            b.document,
            a.kind,
            x.element ->> a.name as key
        from rebuilt as b
        cross join lateral (
            values
            ('event', 'event_id', b.events), ('screenshot', 'screenshot_id', b.screenshots)
        ) as a (kind, name, elements)
        cross join lateral jsonb_array_elements(a.elements) as x (element)
    )

    -- Only to the document where it stands now: all of a run for each of its steps is quadratic.
    -- Materialized: elements are matched, not arrays of a run with each other first.
    select
        b.document,
        jsonb_object_agg(k.key, k.element) filter (where k.kind = 'event'),
        jsonb_object_agg(k.key, k.element) filter (where k.kind = 'screenshot')
    from shown as b
    inner join known as k
        on k.legacy_trace_id = b.legacy_trace_id and k.kind = b.kind and k.key = b.key
    group by b.document;
end;
$$;

--
-- Name: FUNCTION known_elements(runs consolidation.known_run[], steps consolidation.known_step[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.known_elements(runs consolidation.known_run[], steps consolidation.known_step[]) IS 'For each document of these runs, what was known of its elements, by the id the old names show. They
may have been in another document of the run';

--
-- Name: leave_configs(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.leave_configs() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    drop trigger keep_workflow_owner_insert on public.user_workflow_config;
    drop trigger keep_workflow_owner_update on public.user_workflow_config;
end;
$$;

--
-- Name: FUNCTION leave_configs(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.leave_configs() IS 'The inverse of follow_configs; owners stay';

--
-- Name: leave_sources(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.leave_sources() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    source record;
begin
    for source in select s.* from consolidation.declared_source as s loop
        execute format('drop trigger follow_declaration on %s', source.relation);
        if exists (
            select from pg_policy as p
            where p.polrelid = source.relation and p.polname = 'workflow_maintenance_reads'
        ) then
            execute format('drop policy workflow_maintenance_reads on %s', source.relation);
        end if;
        if not source.was_readable then
            execute format('revoke select on %s from workflow_maintenance', source.relation);
        end if;
    end loop;
    if exists (select from consolidation.derived_column()) then
        drop trigger derive_columns on public.user_workflow_run;
    end if;
end;
$$;

--
-- Name: FUNCTION leave_sources(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.leave_sources() IS 'The inverse of derive_on_runs() and follow_sources()';

--
-- Name: leave_view(text, regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.leave_view(old_name text, target regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    statement text;
begin
    for statement in
        select format(
            'create view public.%I with (security_invoker = true) as select %s from %s as t',
            old_name, string_agg(format('t.%I', a.attname), ', ' order by a.attnum), target
        )
        from pg_attribute as a
        where a.attrelid = target and a.attnum > 0 and not a.attisdropped
        union all
        select format(
            'comment on view public.%I is %L',
            old_name, format('Old name of %s, readable and writable', c.relname)
        )
        from pg_class as c
        where c.oid = target
        union all
        -- For "update ... set ... = default"; an insert would find the defaults of the table.
        select format(
            'alter view public.%I alter column %I set default %s',
            old_name, a.attname, pg_get_expr(d.adbin, d.adrelid)
        )
        from pg_attrdef as d
        inner join pg_attribute as a on a.attrelid = d.adrelid and a.attnum = d.adnum
        where d.adrelid = target and a.attgenerated = ''
    loop
        execute statement;
    end loop;
end;
$$;

--
-- Name: FUNCTION leave_view(old_name text, target regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.leave_view(old_name text, target regclass) IS 'Creates a view of an old name on a table, with its columns and defaults';

--
-- Name: link_screenshots(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.link_screenshots() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform consolidation.say('linked', null);
    -- With a key that cascades they go with their step, else they stay with the run.
    if exists (
        select from pg_constraint as k
        where
            k.contype = 'f'
            and k.conrelid = 'public.workflow_trace_screenshot'::regclass
            and k.confrelid = 'public.workflow_steps'::regclass
            and k.confdeltype = 'c'
    ) then
        perform consolidation.say('cascading', null);
    end if;
end;
$$;

--
-- Name: FUNCTION link_screenshots(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.link_screenshots() IS 'Lets screenshots name their step by its id, as step_id of the old table does';

--
-- Name: lock_bucket(bigint); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.lock_bucket(trace_id bigint) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT (((trace_id >> 8) & (255)::bigint))::integer AS int4;
END;

--
-- Name: FUNCTION lock_bucket(trace_id bigint); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.lock_bucket(trace_id bigint) IS 'The row of run_lock that stands for this run and its neighbours';

--
-- Name: lock_events(bigint, bigint); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.lock_events(wanted_trace_id bigint, wanted_step_id bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if wanted_step_id is null then
        perform consolidation.lock_run(wanted_trace_id);
    else
        perform
        from public.user_workflow_run_step as s
        where s.legacy_step_id = wanted_step_id
        for update;
    end if;
end;
$$;

--
-- Name: FUNCTION lock_events(wanted_trace_id bigint, wanted_step_id bigint); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.lock_events(wanted_trace_id bigint, wanted_step_id bigint) IS 'Locks the document that holds the events of a step or, where that is null, those of a run';

--
-- Name: lock_holders(regclass[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.lock_holders(tables regclass[]) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return (
        select string_agg(h.holder, '; ' order by h.began, h.holder)
        from (
            select
                a.xact_start as began,
                format(
                    'pid %s (%s, role %s, %s, transaction open for %s) on %s',
                    a.pid, coalesce(nullif(a.application_name, ''), 'no application name'),
                    a.usename, a.state,
                    date_trunc('second', clock_timestamp() - a.xact_start),
                    string_agg(distinct l.relation::regclass::text, ', ')
                ) as holder
            from pg_locks as l
            inner join pg_stat_activity as a on a.pid = l.pid
            where
                l.locktype = 'relation'
                and l.database = (
                    select d.oid from pg_database as d where d.datname = current_database()
                )
                and l.relation = any (tables)
                and l.granted
                and l.pid <> pg_backend_pid()
            group by a.pid, a.application_name, a.usename, a.state, a.xact_start
            union all
            -- These have no session, and a restart of the server changes their virtual transaction.
            -- The lock that each holds on its own id finds them.
            select
                x.prepared,
                format(
                    'prepared transaction %L on %s',
                    x.gid, string_agg(distinct l.relation::regclass::text, ', ')
                )
            from pg_locks as l
            inner join pg_locks as i
                on i.virtualtransaction = l.virtualtransaction and i.pid is null
            inner join pg_prepared_xacts as x on x.transaction = i.transactionid
            where
                l.locktype = 'relation'
                and l.pid is null
                and x.database = current_database()
                and l.relation = any (tables)
            group by x.gid, x.prepared
        ) as h
    );
end;
$$;

--
-- Name: FUNCTION lock_holders(tables regclass[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.lock_holders(tables regclass[]) IS 'Sessions and prepared transactions that hold a lock on one of the tables; null if there are none';

--
-- Name: lock_run(bigint); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.lock_run(wanted_trace_id bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform
    from public.user_workflow_run as r
    where r.legacy_trace_id = wanted_trace_id
    for update;
end;
$$;

--
-- Name: FUNCTION lock_run(wanted_trace_id bigint); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.lock_run(wanted_trace_id bigint) IS 'Locks the document of a run. The next statement sees what was committed while this waited';

--
-- Name: lock_screenshots(bigint); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.lock_screenshots(wanted_trace_id bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    -- Only the documents tell which row holds it, so all that may hold it are locked.
    perform consolidation.lock_run(wanted_trace_id);
    perform
    from public.user_workflow_run_step as s
    where s.legacy_trace_id = wanted_trace_id
    order by s.step_number
    for update;
end;
$$;

--
-- Name: FUNCTION lock_screenshots(wanted_trace_id bigint); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.lock_screenshots(wanted_trace_id bigint) IS 'Locks every document that may hold a screenshot of the run: the run, then its steps';

--
-- Name: lock_traces(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.lock_traces(trace_ids bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    -- The rows are locked in order, so that two sessions cannot wait for each other.
    perform
    from consolidation.run_lock as b
    where
        b.bucket in (
            select consolidation.lock_bucket(t.trace_id) from unnest(trace_ids) as t (trace_id)
        )
    order by b.bucket
    for update of b;
end;
$$;

--
-- Name: FUNCTION lock_traces(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.lock_traces(trace_ids bigint[]) IS 'Serialises the sessions that carry these runs over or back, until the end of the transaction. Call
it in a statement of its own: the next one then sees what the session before it committed';

--
-- Name: lock_traces_shared(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.lock_traces_shared(trace_ids bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform
    from consolidation.run_lock as b
    where
        b.bucket in (
            select consolidation.lock_bucket(t.trace_id) from unnest(trace_ids) as t (trace_id)
        )
    order by b.bucket
    for share of b;
end;
$$;

--
-- Name: FUNCTION lock_traces_shared(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.lock_traces_shared(trace_ids bigint[]) IS 'As lock_traces, for batches of the backfill. No two of them have the same run, but a lock also
stands for neighbouring runs: shared, it keeps no batch waiting for another';

--
-- Name: dropped_table; Type: TABLE; Schema: consolidation; Owner: -
--

CREATE TABLE consolidation.dropped_table (
    table_name text NOT NULL,
    ordinal integer NOT NULL,
    statement text NOT NULL
);

--
-- Name: TABLE dropped_table; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TABLE consolidation.dropped_table IS 'Statements that create the old tables again. The contract project writes them when it drops the
tables. Its revert leaves those of indexes until the rows are there';

--
-- Name: COLUMN dropped_table.table_name; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.dropped_table.table_name IS 'Old table the statement belongs to';

--
-- Name: COLUMN dropped_table.ordinal; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.dropped_table.ordinal IS 'Order of execution, from 1';

--
-- Name: COLUMN dropped_table.statement; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.dropped_table.statement IS 'One DDL statement, without semicolon';

--
-- Name: phase(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.phase() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN ((SELECT c.relkind FROM pg_class c WHERE (c.oid = (to_regclass('public.workflow_trace'::text))::oid)) = 'r'::"char") THEN 'expand'::text WHEN (to_regclass('legacy.workflow_trace'::text) IS NOT NULL) THEN 'cut over'::text WHEN (EXISTS (SELECT FROM consolidation.dropped_table d WHERE (d.ordinal < 17000))) THEN 'contract'::text ELSE NULL::text END;

--
-- Name: FUNCTION phase(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.phase() IS 'Where the database stands, read from the catalog: "expand" (the old names are tables),
"cut over" (they are views, the tables are in legacy), "contract" (the tables are dropped)';

--
-- Name: unequal_privileges(text[], oid[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.unequal_privileges(kinds text[], ids oid[] DEFAULT NULL::oid[]) RETURNS TABLE(ordinal integer, target text, statement text)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return query
    with object as materialized (
        select
            o.*,
            r.is_shared
        from consolidation.project_object as o
        cross join lateral (
            select coalesce(bool_or(l.extent <> 'exact'), false) as is_shared
            from consolidation.privilege_rule as l
            where l.kind = o.kind and o.name ~ l.names
        ) as r
        where (kinds is null or o.kind = any (kinds)) and (ids is null or o.id = any (ids))
    ),

    held as materialized (
        select
            o.target,
            o.is_shared,
            x.grantee,
            case when not u.is_column then x.privilege_type end as privilege_type,
            -- The declaration knows neither columns nor grant options.
            u.is_column or x.is_grantable as is_more,
            x.grantor = o.owner as is_lasting
        from object as o
        cross join lateral (
            select
                o.acl,
                false as is_column
            union all
            select
                a.attacl,
                true
            from pg_attribute as a
            where o.kind in ('table', 'view') and a.attrelid = o.id and a.attacl is not null
        ) as u
        cross join lateral aclexplode(u.acl) as x
        where x.grantee <> o.owner
    ),

    declared as materialized (
        select
            o.target,
            r.grantee,
            r.role_name,
            r.privilege_type
        from object as o
        inner join consolidation.ruled_privilege as r on r.kind = o.kind and o.name ~ r.names
        where r.grantee <> o.owner
    ),

    taken as materialized (
        select distinct
            h.target,
            h.grantee
        from held as h
        left join declared as d
            on d.target = h.target and d.grantee = h.grantee and d.privilege_type = h.privilege_type
        where not h.is_shared and (h.is_more or d.target is null)
    )

    select
        1,
        t.target,
        format(
            'revoke all on %s from %s cascade', t.target, coalesce(quote_ident(r.rolname), 'public')
        )
    from taken as t
    left join pg_roles as r on r.oid = t.grantee
    union all
    -- A revoke also takes declared privileges, and those that its grantee has granted.
    select distinct
        2,
        d.target,
        format('grant %s on %s to %s', lower(d.privilege_type), d.target, d.role_name)
    from declared as d
    left join held as h
        on h.target = d.target and h.grantee = d.grantee and h.privilege_type = d.privilege_type
        and (h.is_lasting or h.is_shared)
    left join taken as t on t.target = d.target and t.grantee = d.grantee
    where h.target is null or t.target is not null
    union all
    select
        3,
        o.target,
        format(
            'alter %s %s row level security', o.target,
            replace(o.declared_isolation, ', ', ' row level security, ')
        )
    from object as o
    where o.isolation <> o.declared_isolation;
end;
$$;

--
-- Name: FUNCTION unequal_privileges(kinds text[], ids oid[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.unequal_privileges(kinds text[], ids oid[]) IS 'Statements that give objects the declared privileges and row level security where theirs differ.
kinds and ids: of project_object, null for all. ordinal: 1 for a revoke, 2 for a grant, 3 for row
level security, the order of execution';

--
-- Name: own_function; Type: TABLE; Schema: consolidation; Owner: -
--

CREATE TABLE consolidation.own_function (
    signature text NOT NULL
);

--
-- Name: TABLE own_function; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TABLE consolidation.own_function IS 'Functions that a deploy script created in public';

--
-- Name: COLUMN own_function.signature; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.own_function.signature IS 'Name and types of the parameters';

--
-- Name: privilege_rule; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.privilege_rule WITH (security_invoker='true') AS
 SELECT v.kind,
    (('^('::text || v.names) || ')$'::text) AS names,
    v.app,
    v.maintenance,
    v.everybody,
    v.extent
   FROM ( VALUES ('schema'::text,'consolidation|legacy'::text,''::text,'usage'::text,''::text,'exact'::text), ('schema'::text,'legacy'::text,''::text,'usage'::text,''::text,'later'::text), ('table'::text,'public\.user_workflow_(run|run_step|owner)'::text,''::text,'SIUD'::text,''::text,'exact'::text), ('table'::text,'(public|legacy)\.(workflow_(trace|steps|events)|workflow_trace_(screenshot|context|endpoint))'::text,''::text,'SIUD'::text,''::text,'shared'::text), ('table'::text,'public\.user_workflow_(run|run_step|config|cache_state)'::text,'SIUD'::text,'SIUD'::text,''::text,'later'::text), ('table'::text,'consolidation\.(change|chunk|proof|stop_request|unequal_trace)'::text,''::text,'SIUD'::text,''::text,'exact'::text), ('table'::text,'consolidation\.(carried_back|set_aside)'::text,''::text,'SID'::text,''::text,'exact'::text), ('table'::text,'consolidation\.run_lock'::text,''::text,'SU'::text,''::text,'exact'::text), ('table'::text,'consolidation\.(\w+_source|dropped_table)'::text,''::text,'S'::text,''::text,'exact'::text), ('table'::text,'consolidation\.nullable_column'::text,''::text,'S'::text,'S'::text,'exact'::text), ('view'::text,'public\.(not_isolated(_role|_relation)?|isolated_table|role_reach|owner_shown)'::text,''::text,'S'::text,''::text,'exact'::text), ('view'::text,'consolidation\.old_(trace|step|event|screenshot(_number)?|context|endpoint)'::text,''::text,'SIUD'::text,''::text,'exact'::text), ('view'::text,'consolidation\.(back_\w+|missing_capture|progress\w*)'::text,''::text,'S'::text,''::text,'exact'::text), ('view'::text,'consolidation\.(trace|step|event|screenshot|context|endpoint)_row'::text,''::text,'S'::text,''::text,'exact'::text), ('view'::text,'consolidation\.(event|screenshot|context|endpoint)_row'::text,'S'::text,'S'::text,''::text,'later'::text), ('view'::text,'public\.(workflow_(trace|steps|events|configs)|workflow_trace_(screenshot|context|endpoint)|micro_state)'::text,'SIUD'::text,'SIUD'::text,''::text,'later'::text), ('sequence'::text,'public\.workflow_(events_event|trace_(context_context|screenshot_screenshot))_id_seq'::text,''::text,'usage'::text,''::text,'later'::text), ('function'::text,'public\.(find_\w+|get_run|is_own_workflow|(remove|change|rewrite)_events|is_event_meant|may_be_older_path|asks_organisation|sees_all)'::text,'execute'::text,'execute'::text,''::text,'exact'::text), ('function'::text,'public\.(current_org_id|use_organisation|names_other_organisation|(to|from)_iso8601\w*)'::text,''::text,''::text,'execute'::text,'exact'::text), ('function'::text,'public\.(start_run|get_context|add_\w+)'::text,''::text,''::text,'execute'::text,'exact'::text), ('function'::text,'consolidation\.\w+'::text,''::text,'execute'::text,''::text,'exact'::text), ('procedure'::text,'consolidation\.(backfill|catch_up|ensure_proof|prove|rest|run_batches)'::text,''::text,'execute'::text,''::text,'exact'::text), ('function'::text,'consolidation\.(phase|old_name|old_table|on_new_names)'::text,''::text,''::text,'execute'::text,'exact'::text), ('function'::text,'consolidation\.(run_id|step_id|synthetic_\w+|nullable_columns|computed_column|part_of|to_(bigint|node_id|score|uuid))'::text,''::text,''::text,'execute'::text,'exact'::text), ('function'::text,'consolidation\.(context_origin|from_key|(event|screenshot)_(element|key|object)|fits\w*)'::text,''::text,''::text,'execute'::text,'exact'::text)) v(kind, names, app, maintenance, everybody, extent)
  WHERE ((v.extent <> 'later'::text) OR (( SELECT consolidation.phase() AS phase) <> 'expand'::text));

--
-- Name: VIEW privilege_rule; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.privilege_rule IS 'The declaration of who may do what, as it holds now. S I U D: select, insert, update, delete';

--
-- Name: COLUMN privilege_rule.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.privilege_rule.kind IS 'As in project_object';

--
-- Name: COLUMN privilege_rule.names; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.privilege_rule.names IS 'Regular expression for the qualified names of the objects';

--
-- Name: COLUMN privilege_rule.app; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.privilege_rule.app IS 'Privileges of workflow_app';

--
-- Name: COLUMN privilege_rule.maintenance; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.privilege_rule.maintenance IS 'Privileges of workflow_maintenance';

--
-- Name: COLUMN privilege_rule.everybody; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.privilege_rule.everybody IS 'Privileges of public';

--
-- Name: COLUMN privilege_rule.extent; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.privilege_rule.extent IS 'exact: nobody else has privileges; shared: others keep theirs; later: shared, after the cut-over';

--
-- Name: project_object; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.project_object WITH (security_invoker='true') AS
 SELECT 'schema'::text AS kind,
    (n.nspname)::text AS name,
    n.oid AS id,
    format('schema %I'::text, n.nspname) AS target,
    n.nspowner AS owner,
    COALESCE(n.nspacl, acldefault('n'::"char", n.nspowner)) AS acl,
    NULL::text AS isolation,
    NULL::text AS declared_isolation
   FROM pg_namespace n
  WHERE (n.nspname = ANY (ARRAY['consolidation'::name, 'legacy'::name]))
UNION ALL
 SELECT k.kind,
    k.name,
    c.oid AS id,
    format('%s %s'::text,
        CASE k.kind
            WHEN 'sequence'::text THEN k.kind
            ELSE 'table'::text
        END, k.name) AS target,
    c.relowner AS owner,
    COALESCE(c.relacl,
        CASE
            WHEN (k.kind = 'sequence'::text) THEN acldefault('s'::"char", c.relowner)
            ELSE acldefault('r'::"char", c.relowner)
        END) AS acl,
        CASE
            WHEN (k.kind = 'table'::text) THEN (
            CASE
                WHEN c.relrowsecurity THEN 'enable'::text
                ELSE 'disable'::text
            END ||
            CASE
                WHEN c.relforcerowsecurity THEN ', force'::text
                ELSE ', no force'::text
            END)
            ELSE NULL::text
        END AS isolation,
        CASE
            WHEN (k.kind <> 'table'::text) THEN NULL::text
            WHEN (n.nspname = 'consolidation'::name) THEN 'disable, no force'::text
            WHEN (k.name ~ '^public\.user_workflow_(run|run_step|owner)$'::text) THEN 'enable, force'::text
            ELSE NULL::text
        END AS declared_isolation
   FROM ((pg_class c
     JOIN pg_namespace n ON ((n.oid = c.relnamespace)))
     CROSS JOIN LATERAL ( SELECT
                CASE c.relkind
                    WHEN 'S'::"char" THEN 'sequence'::text
                    WHEN 'v'::"char" THEN 'view'::text
                    ELSE 'table'::text
                END AS kind,
            format('%I.%I'::text, n.nspname, c.relname) AS name) k)
  WHERE ((c.relkind = ANY (ARRAY['r'::"char", 'v'::"char", 'S'::"char"])) AND ((n.nspname = 'consolidation'::name) OR ((n.nspname = ANY (ARRAY['public'::name, 'legacy'::name])) AND (EXISTS ( SELECT
           FROM consolidation.privilege_rule r
          WHERE ((r.kind = k.kind) AND (k.name ~ r.names)))))))
UNION ALL
 SELECT
        CASE
            WHEN (p.prorettype = ('trigger'::regtype)::oid) THEN 'trigger function'::text
            WHEN (p.prokind = 'p'::"char") THEN 'procedure'::text
            ELSE 'function'::text
        END AS kind,
    format('%I.%I'::text, n.nspname, p.proname) AS name,
    p.oid AS id,
    format('routine %I.%I(%s)'::text, n.nspname, p.proname, oidvectortypes(p.proargtypes)) AS target,
    p.proowner AS owner,
    COALESCE(p.proacl, acldefault('f'::"char", p.proowner)) AS acl,
    NULL::text AS isolation,
    NULL::text AS declared_isolation
   FROM (pg_proc p
     JOIN pg_namespace n ON ((n.oid = p.pronamespace)))
  WHERE ((n.nspname = 'consolidation'::name) OR ((n.nspname = 'public'::name) AND (format('%I(%s)'::text, p.proname, oidvectortypes(p.proargtypes)) IN ( SELECT f.signature
           FROM consolidation.own_function f))));

--
-- Name: VIEW project_object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.project_object IS 'Schemas, relations and functions with declared privileges';

--
-- Name: COLUMN project_object.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.project_object.kind IS 'schema, table, view, sequence, function, trigger function or procedure';

--
-- Name: COLUMN project_object.name; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.project_object.name IS 'Qualified name';

--
-- Name: COLUMN project_object.id; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.project_object.id IS 'Its oid';

--
-- Name: COLUMN project_object.target; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.project_object.target IS 'As grant and revoke name it';

--
-- Name: COLUMN project_object.owner; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.project_object.owner IS 'Its owner, who can do everything';

--
-- Name: COLUMN project_object.acl; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.project_object.acl IS 'Privileges that are granted';

--
-- Name: COLUMN project_object.isolation; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.project_object.isolation IS 'Row level security of a table, as alter table says it: enable or disable, then force or no force';

--
-- Name: COLUMN project_object.declared_isolation; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.project_object.declared_isolation IS 'The declared value of isolation; null where the application decides';

--
-- Name: loose_function(text[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.loose_function(signatures text[]) RETURNS text[]
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    RETURN ARRAY(SELECT f.signature FROM unnest(loose_function.signatures) WITH ORDINALITY f(signature, place) WHERE (NOT (EXISTS (SELECT FROM pg_proc p WHERE ((p.oid = (to_regprocedure(f.signature))::oid) AND ((p.prosqlbody IS NOT NULL) OR (p.prokind = 'p'::"char") OR (p.proconfig @> '{"search_path=pg_catalog, pg_temp"}'::text[])) AND (NOT (p.oid IN (SELECT o.id FROM (consolidation.unequal_privileges(NULL::text[], (ARRAY(SELECT to_regprocedure(g.name) AS to_regprocedure FROM unnest(loose_function.signatures) g(name)))::oid[]) u(ordinal, target, statement) JOIN consolidation.project_object o ON ((o.target = u.target)))))))))) ORDER BY f.place);

--
-- Name: FUNCTION loose_function(signatures text[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.loose_function(signatures text[]) IS 'For verify scripts: functions that are missing, that look up names in the search path of their
caller, or whose execute privileges are not exactly the declared ones';

--
-- Name: make_foreign_keys(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.make_foreign_keys() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform consolidation.execute_stage('arrive');
end;
$$;

--
-- Name: FUNCTION make_foreign_keys(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.make_foreign_keys() IS 'Makes the foreign keys that drop_foreign_keys dropped, on the relations that have the names now.
They are not yet validated';

--
-- Name: synthetic_uuid(uuid, text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.synthetic_uuid(owner uuid, place text) RETURNS uuid
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return overlay(
        overlay(
            left(encode(sha256(convert_to(concat(owner, '/', place), 'UTF8')), 'hex'), 32)
            placing '8' from 13 for 1
        )
        placing '8' from 17 for 1
    )::uuid;
end;
$$;

--
-- Name: FUNCTION synthetic_uuid(owner uuid, place text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.synthetic_uuid(owner uuid, place text) IS 'The screenshot_id that the old names show for a screenshot that has none: a UUID version 8';

--
-- Name: screenshot_key(jsonb, uuid, bigint); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.screenshot_key(element jsonb, owner uuid, place bigint) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN COALESCE(consolidation.to_uuid((element -> 'screenshot_id'::text)), consolidation.synthetic_uuid(owner, (place)::text));

--
-- Name: FUNCTION screenshot_key(element jsonb, owner uuid, place bigint); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.screenshot_key(element jsonb, owner uuid, place bigint) IS 'The screenshot_id that the old name shows for an element of screenshots; parameters as of
event_key';

--
-- Name: to_score(jsonb); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.to_score(element jsonb) RETURNS numeric
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
begin
    return case
        when
            pg_catalog.jsonb_typeof(element) operator(pg_catalog.=) 'number'
            and pg_catalog.abs(element::numeric) operator(pg_catalog.<) 9.995::numeric
            then element::numeric
        when element operator(pg_catalog.=) '"NaN"'::pg_catalog.jsonb then 'NaN'::numeric
    end;
end;
$$;

--
-- Name: FUNCTION to_score(element jsonb); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.to_score(element jsonb) IS 'A confidence as numeric that numeric(3,2) can hold. "NaN" is also one, and JSON has it only as
text';

--
-- Name: merge_elements(jsonb, jsonb, jsonb, text, uuid, jsonb); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.merge_elements(known jsonb, rebuilt jsonb, known_by_id jsonb, kind text, owner uuid, refused jsonb) RETURNS jsonb
    LANGUAGE sql STABLE
    SET plan_cache_mode TO 'force_generic_plan'
    BEGIN ATOMIC
 WITH known_element AS (
          SELECT a.element,
             a.place,
             n.name,
             (a.element ->> n.name) AS id,
             row_number() OVER (PARTITION BY (a.element ->> n.name) ORDER BY a.place) AS copy,
                 CASE merge_elements.kind
                     WHEN 'event'::text THEN to_jsonb(consolidation.event_key(a.element, merge_elements.owner, a.place))
                     ELSE to_jsonb(consolidation.screenshot_key(a.element, merge_elements.owner, a.place))
                 END AS key
            FROM (jsonb_array_elements(
                 CASE
                     WHEN (jsonb_typeof(merge_elements.known) = 'array'::text) THEN merge_elements.known
                     ELSE '[]'::jsonb
                 END) WITH ORDINALITY a(element, place)
              CROSS JOIN ( SELECT
                         CASE merge_elements.kind
                             WHEN 'event'::text THEN 'event_id'::text
                             ELSE 'screenshot_id'::text
                         END AS "case") n(name))
         ), merged AS (
          SELECT 1 AS part,
             n.place,
             (COALESCE(k.element, '{}'::jsonb) || ( SELECT jsonb_object_agg(v.name,
                         CASE
                             WHEN (((k.element -> v.name))::text = (v.content)::text) THEN (k.element -> v.name)
                             WHEN ((v.content = 'null'::jsonb) AND consolidation.is_computed_key(merge_elements.kind, v.name)) THEN COALESCE((k.element -> v.name), 'null'::jsonb)
                             WHEN ((v.name <> 'data'::text) AND (((k.element ->> v.name) = (v.content #>> '{}'::text[])) OR ((v.name = 'timestamp'::text) AND (public.from_iso8601((k.element ->> v.name)) = public.from_iso8601((v.content #>> '{}'::text[])))) OR ((v.name = 'confidence'::text) AND (round(consolidation.to_score((k.element -> v.name)), 2) = consolidation.to_score(v.content))))) THEN (k.element -> v.name)
                             ELSE v.content
                         END) AS jsonb_object_agg
                    FROM jsonb_each(n.element) v(name, content))) AS element
            FROM (jsonb_array_elements(merge_elements.rebuilt) WITH ORDINALITY n(element, place)
              CROSS JOIN LATERAL ( SELECT (merge_elements.known_by_id -> (n.element ->>
                         CASE merge_elements.kind
                             WHEN 'event'::text THEN 'event_id'::text
                             ELSE 'screenshot_id'::text
                         END)) AS element) k)
         UNION ALL
          SELECT 2,
             x.place,
                 CASE
                     WHEN (merge_elements.refused ? (x.key #>> '{}'::text[])) THEN (x.element || jsonb_build_object(x.name, x.key))
                     ELSE x.element
                 END AS element
            FROM known_element x
           WHERE ((NOT consolidation.fits(merge_elements.kind, x.element)) OR (merge_elements.refused ? (x.key #>> '{}'::text[])) OR ((x.copy > 1) AND (EXISTS ( SELECT
                    FROM jsonb_array_elements(merge_elements.rebuilt) n(element)
                   WHERE (x.id = (n.element ->> x.name))))))
         )
  SELECT COALESCE(jsonb_agg(m.element ORDER BY m.part, m.place), '[]'::jsonb) AS "coalesce"
    FROM merged m;
END;

--
-- Name: FUNCTION merge_elements(known jsonb, rebuilt jsonb, known_by_id jsonb, kind text, owner uuid, refused jsonb); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.merge_elements(known jsonb, rebuilt jsonb, known_by_id jsonb, kind text, owner uuid, refused jsonb) IS 'The rebuilt array with what only the known documents of the run can say: further keys of the
same element, wherever it was, and elements the old table cannot hold. kind: event, step screenshot
or run screenshot; owner: run_id or step_id; refused: ids that the old table refused, as texts';

--
-- Name: milliseconds_since(timestamp with time zone); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.milliseconds_since(began timestamp with time zone) RETURNS numeric
    LANGUAGE sql
    RETURN round((EXTRACT(epoch FROM (clock_timestamp() - began)) * (1000)::numeric));

--
-- Name: FUNCTION milliseconds_since(began timestamp with time zone); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.milliseconds_since(began timestamp with time zone) IS 'How long ago that was, in milliseconds';

--
-- Name: missed_column(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.missed_column() RETURNS TABLE(old_table text, view_name text, document regclass, column_name name, type_name text, is_not_null boolean)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
begin
    return query
    select
        p.old_table,
        p.view_name,
        p.document,
        a.attname,
        format_type(a.atttypid, case when p.document is not null then a.atttypmod end) || coalesce(
            ' collate ' || nullif(a.attcollation, t.typcollation)::regcollation, ''
        ),
        a.attnotnull
    from consolidation.place_of_further_columns() as p
    cross join lateral (
        values (case when p.document is null then 'keys' else 'columns' end)
    ) as o (becomes)
    inner join pg_attribute as a
        on
            a.attrelid = consolidation.old_table(p.old_table)
            and a.attnum > 0
            and not a.attisdropped
    inner join pg_type as t on t.oid = a.atttypid
    where
        p.shown = to_regclass(format('consolidation.old_%s', p.view_name))
        and not exists (
            select from pg_attribute as s where s.attrelid = p.shown and s.attname = a.attname
        )
        -- The same in verify/baseline.sql, which is asked before there are functions.
        and a.attgenerated = ''
        and a.attidentity = ''
        and pg_get_serial_sequence(a.attrelid::regclass::text, a.attname) is null
        and octet_length(a.attname) <= 56
        and case
            when o.becomes = 'columns'
                then a.attname not in ('as_built', 'of_run', 'of_organisation')
            when o.becomes = 'keys'
                then a.attname ~ '^[a-z_][a-z0-9_]*$'
                and a.attname not in (
                    'as_built', 'place', 'element', 'fits', 'on_step', 'on_step_number', 'copy',
                    'kind', 'is_loose', 'step_number'
                )
                -- Written as JSON and read, these are what they were, whatever the session sets.
                and (
                    t.typtype = 'e'
                    or t.oid = any (
                        '{bool,date,int2,int4,int8,jsonb,numeric,text,timestamptz,uuid,varchar}'
                        ::regtype []
                    )
                )
            else false
        end
    order by p.old_table, a.attnum;
end;
$_$;

--
-- Name: FUNCTION missed_column(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.missed_column() IS 'Columns of the old tables that can be carried and that the documents do not have yet';

--
-- Name: missing_object(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.missing_object() RETURNS TABLE(kind text, old_name text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT k.kind,
     n.name
    FROM (unnest(consolidation.six_tables()) n(name)
      CROSS JOIN ( VALUES ('r'::text), ('v'::text)) k(kind))
   WHERE ((NOT (EXISTS ( SELECT
            FROM pg_class c
           WHERE ((c.relname = n.name) AND ((c.relkind)::text = k.kind) AND (c.relnamespace = ANY (ARRAY[('public'::regnamespace)::oid, ('legacy'::regnamespace)::oid, ('consolidation'::regnamespace)::oid])))))) AND (NOT ((k.kind = 'r'::text) AND (NOT (consolidation.phase() IS DISTINCT FROM 'contract'::text)))));
END;

--
-- Name: FUNCTION missing_object(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.missing_object() IS 'Old tables (r) and views of old names (v) that somebody dropped';

--
-- Name: relation_behind(regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.relation_behind(old_name regclass) RETURNS TABLE(relation regclass)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 WITH RECURSIVE behind(relation) AS (
          SELECT (relation_behind.old_name)::oid AS old_name
         UNION
          SELECT d.refobjid
            FROM (((behind b_1
              JOIN pg_rewrite r ON ((r.ev_class = b_1.relation)))
              JOIN pg_depend d ON (((d.classid = ('pg_rewrite'::regclass)::oid) AND (d.objid = r.oid))))
              JOIN pg_class c ON ((c.oid = d.refobjid)))
           WHERE ((d.refclassid = ('pg_class'::regclass)::oid) AND (c.relkind = ANY (ARRAY['r'::"char", 'v'::"char"])))
         )
  SELECT (b.relation)::regclass AS relation
    FROM behind b
   WHERE (b.relation <> (relation_behind.old_name)::oid);
END;

--
-- Name: FUNCTION relation_behind(old_name regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.relation_behind(old_name regclass) IS 'The views and tables that a view is made of, through all levels';

--
-- Name: needed_behind(regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.needed_behind(old_name regclass) RETURNS TABLE(privilege_type text, view_column name, needed text, relation regclass, column_name name)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT 'SELECT'::text,
     NULL::name AS name,
     'select'::text,
     (d.refobjid)::regclass AS refobjid,
     a.attname
    FROM ((pg_rewrite r
      JOIN pg_depend d ON (((d.classid = ('pg_rewrite'::regclass)::oid) AND (d.objid = r.oid))))
      JOIN pg_attribute a ON (((a.attrelid = d.refobjid) AND (a.attnum = d.refobjsubid))))
   WHERE ((d.refclassid = ('pg_class'::regclass)::oid) AND (d.refobjsubid > 0) AND (d.refobjid <> (needed_behind.old_name)::oid) AND ((r.ev_class = (needed_behind.old_name)::oid) OR (r.ev_class IN ( SELECT b.relation
            FROM consolidation.relation_behind(needed_behind.old_name) b(relation)))))
 UNION
  SELECT p.privilege_type,
     b.view_column,
     lower(p.privilege_type) AS lower,
     b.relation,
     b.column_name
    FROM (consolidation.column_behind(needed_behind.old_name) b(view_column, relation, column_name)
      CROSS JOIN ( VALUES ('INSERT'::text), ('UPDATE'::text)) p(privilege_type))
   WHERE consolidation.is_plain(needed_behind.old_name)
 UNION
  SELECT 'DELETE'::text,
     NULL::name,
     'delete'::text,
     b.relation,
     NULL::name
    FROM consolidation.relation_behind(needed_behind.old_name) b(relation)
   WHERE consolidation.is_plain(needed_behind.old_name)
 UNION
  SELECT 'MAINTAIN'::text,
     NULL::name,
     'maintain'::text,
     b.relation,
     NULL::name
    FROM (consolidation.relation_behind(needed_behind.old_name) b(relation)
      JOIN pg_class c ON ((c.oid = (b.relation)::oid)))
   WHERE (c.relkind = 'r'::"char")
 UNION
  SELECT p.privilege_type,
     NULL::name,
     'select'::text,
     v.relation,
     (v.column_name)::name AS column_name
    FROM (( VALUES ('public.user_workflow_run'::regclass,'run_id'::text), ('public.user_workflow_run'::regclass,'org_id'::text), ('public.user_workflow_run'::regclass,'legacy_trace_id'::text), ('public.user_workflow_run_step'::regclass,'step_id'::text), ('public.user_workflow_run_step'::regclass,'run_id'::text), ('public.user_workflow_run_step'::regclass,'legacy_step_id'::text), ('public.user_workflow_run_step'::regclass,'legacy_trace_id'::text)) v(relation, column_name)
      CROSS JOIN ( VALUES ('INSERT'::text), ('UPDATE'::text)) p(privilege_type));
END;

--
-- Name: FUNCTION needed_behind(old_name regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.needed_behind(old_name regclass) IS 'Privileges behind an old name that a privilege on it takes: needed, on a column of a relation (or
all of it), for privilege_type on a column of the old name (or any)';

--
-- Name: new_rows(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.new_rows(ids bigint[]) RETURNS TABLE(ordinal integer, key jsonb, content jsonb, arrangement text, place bigint)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return query
    select r.* from consolidation.new_rows_of_runs(ids) as r
    union all
    select e.* from consolidation.new_rows_of_elements(ids) as e;
end;
$$;

--
-- Name: FUNCTION new_rows(ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.new_rows(ids bigint[]) IS 'The rows of old_rows() as the documents show them, with the place of an element';

--
-- Name: new_rows_of_elements(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.new_rows_of_elements(ids bigint[]) RETURNS TABLE(ordinal integer, key jsonb, content jsonb, arrangement text, place bigint)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
begin
    return query
    with run as (
        select
            i.trace_id,
            not exists (
                select from consolidation.carried_back as b where b.trace_id = i.trace_id
            ) as is_strict
        from unnest(ids) as i (trace_id)
    )

    select
        3,
        jsonb_build_object('event_id', e.event_id),
        consolidation.present(
            to_jsonb(e) - '{place,element,fits,as_built}'::text [],
            '{event_data}', array[e.event_data]
        ),
        consolidation.arrangement(
            x.is_strict, e.as_built,
            row_number() over (partition by e.trace_id, e.step_id order by e.place)
        ),
        e.place
    from run as x
    inner join consolidation.event_row as e on e.trace_id = x.trace_id
    where x.is_strict or e.fits
    union all
    select
        4,
        jsonb_build_object('screenshot_id', p.screenshot_id),
        consolidation.present(
            to_jsonb(p) - '{on_step,on_step_number,place,element,fits,as_built}'::text [],
            '{}', '{}'
        ),
        consolidation.arrangement(
            x.is_strict, p.as_built,
            row_number() over (partition by p.trace_id, p.step_index order by p.place),
            p.on_step_number
        ),
        p.place
    from run as x
    inner join consolidation.screenshot_row as p on p.trace_id = x.trace_id
    where x.is_strict or p.fits;
end;
$$;

--
-- Name: FUNCTION new_rows_of_elements(ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.new_rows_of_elements(ids bigint[]) IS 'As new_rows, for events and screenshots';

--
-- Name: new_rows_of_runs(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.new_rows_of_runs(ids bigint[]) RETURNS TABLE(ordinal integer, key jsonb, content jsonb, arrangement text, place bigint)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
begin
    return query
    with run as (
        select
            i.trace_id,
            not exists (
                select from consolidation.carried_back as b where b.trace_id = i.trace_id
            ) as is_strict
        from unnest(ids) as i (trace_id)
    )

    select
        1,
        jsonb_build_object('trace_id', t.trace_id),
        consolidation.present(
            to_jsonb(t) - 'as_built',
            '{action_detail,error_detail,config_snapshot}',
            array[t.action_detail, t.error_detail, t.config_snapshot]
        ),
        consolidation.arrangement(x.is_strict, t.as_built),
        0
    from run as x
    inner join consolidation.trace_row as t on t.trace_id = x.trace_id
    union all
    select
        2,
        jsonb_build_object('step_id', s.step_id),
        consolidation.present(
            to_jsonb(s) - '{of_run,of_organisation,as_built}'::text [],
            '{input_data,output_data,metadata}',
            array[s.input_data, s.output_data, s.metadata]
        ),
        consolidation.arrangement(
            x.is_strict,
            s.as_built and exists (
                select from public.user_workflow_run as r
                where
                    r.run_id = s.of_run
                    and r.legacy_trace_id = s.trace_id
                    and r.org_id = s.of_organisation
            )
        ),
        0
    from run as x
    inner join consolidation.step_row as s on s.trace_id = x.trace_id
    union all
    select
        5,
        jsonb_build_object('trace_id', c.trace_id, 'key', c.key),
        consolidation.present(
            to_jsonb(c) - '{place,origin,fits,as_built}'::text [], '{value}', array[c.value]
        ),
        consolidation.arrangement(x.is_strict, c.as_built),
        c.place
    from run as x
    inner join consolidation.context_row as c on c.trace_id = x.trace_id
    where x.is_strict or c.fits
    union all
    select
        6,
        jsonb_build_object('trace_id', e.trace_id, 'endpoint_id', e.endpoint_id),
        jsonb_strip_nulls(to_jsonb(e) - '{place,element,fits,as_built}'::text []),
        consolidation.arrangement(
            x.is_strict, e.as_built,
            row_number() over (partition by e.trace_id order by e.place)
        ),
        e.place
    from run as x
    inner join consolidation.endpoint_row as e on e.trace_id = x.trace_id
    where
        x.is_strict
        -- The old table holds an endpoint once, however often an application wrote it.
        or e.place = (
            select min(o.place)
            from consolidation.endpoint_row as o
            where o.trace_id = e.trace_id and o.endpoint_id = e.endpoint_id
        );
end;
$$;

--
-- Name: FUNCTION new_rows_of_runs(ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.new_rows_of_runs(ids bigint[]) IS 'As new_rows, for runs, steps, context keys and endpoints';

--
-- Name: chunk; Type: TABLE; Schema: consolidation; Owner: -
--

CREATE TABLE consolidation.chunk (
    chunk_id bigint NOT NULL,
    task text NOT NULL,
    first_trace_id bigint NOT NULL,
    last_trace_id bigint NOT NULL,
    traces bigint NOT NULL,
    steps bigint,
    events bigint,
    pid integer,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    CONSTRAINT chunk_task_check CHECK ((task = ANY (ARRAY['backfill'::text, 'proof'::text])))
);

--
-- Name: TABLE chunk; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TABLE consolidation.chunk IS 'The work of the backfill and of the proof: one range of runs a batch, and one range that no session
has begun. Runs that were added after the start come through the queue';

--
-- Name: COLUMN chunk.chunk_id; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.chunk.chunk_id IS 'Key; the first range of a task is the one not begun, until its last batch';

--
-- Name: COLUMN chunk.task; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.chunk.task IS 'backfill or proof';

--
-- Name: COLUMN chunk.first_trace_id; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.chunk.first_trace_id IS 'First run of the range';

--
-- Name: COLUMN chunk.last_trace_id; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.chunk.last_trace_id IS 'Last run of the range';

--
-- Name: COLUMN chunk.traces; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.chunk.traces IS 'Runs in the range: counted when the task began, then by its batch';

--
-- Name: COLUMN chunk.steps; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.chunk.steps IS 'Steps of these, counted by a batch of the backfill';

--
-- Name: COLUMN chunk.events; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.chunk.events IS 'Events of these, counted by a batch of the backfill';

--
-- Name: COLUMN chunk.pid; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.chunk.pid IS 'Process id of the session whose batch it is';

--
-- Name: COLUMN chunk.started_at; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.chunk.started_at IS 'When the batch began; null until then';

--
-- Name: COLUMN chunk.finished_at; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.chunk.finished_at IS 'When the batch was done; null until then, also if its session was ended: another one takes the
range';

--
-- Name: next_batch(consolidation.chunk, integer); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.next_batch(rest consolidation.chunk, batch_size integer) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    claimed bigint;
    batch record;
begin
    select
        max(t.trace_id) as last_trace_id,
        count(*) as traces
    into batch
    from (
        select o.trace_id
        from consolidation.old_trace as o
        where o.trace_id between rest.first_trace_id and rest.last_trace_id
        order by o.trace_id
        limit batch_size
    ) as t;
    if batch.traces < batch_size or batch.last_trace_id = rest.last_trace_id then
        update consolidation.chunk as c
        set traces = batch.traces, pid = pg_backend_pid(), started_at = clock_timestamp()
        where c.chunk_id = rest.chunk_id;
        return rest.chunk_id;
    end if;
    -- Runs deleted meanwhile need no work. New runs must not make the number negative.
    update consolidation.chunk as c
    set
        first_trace_id = batch.last_trace_id + 1,
        traces = greatest(c.traces - batch.traces, 0)
    where c.chunk_id = rest.chunk_id;
    insert into consolidation.chunk (
        task, first_trace_id, last_trace_id, traces, pid, started_at
    )
    values (
        rest.task, rest.first_trace_id, batch.last_trace_id, batch.traces, pg_backend_pid(),
        clock_timestamp()
    )
    returning chunk_id into claimed;
    return claimed;
end;
$$;

--
-- Name: FUNCTION next_batch(rest consolidation.chunk, batch_size integer); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.next_batch(rest consolidation.chunk, batch_size integer) IS 'Cuts the next batch_size runs off the range not begun, which the caller has locked. Returns the
chunk_id of the batch';

--
-- Name: next_size(integer, bigint, interval, interval); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.next_size(size integer, done bigint, taken interval, batch_time interval) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN ((done < size) OR (batch_time IS NULL)) THEN size ELSE (LEAST((500)::numeric, GREATEST((1)::numeric, ((size)::numeric * LEAST((2)::numeric, (EXTRACT(epoch FROM batch_time) / GREATEST(EXTRACT(epoch FROM taken), 0.001)))))))::integer END;

--
-- Name: FUNCTION next_size(size integer, done bigint, taken interval, batch_time interval); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.next_size(size integer, done bigint, taken interval, batch_time interval) IS 'Runs of the next batch, so that it takes batch_time; at most twice as many as before, and never
more than 500: a session holds the documents of a batch in memory';

--
-- Name: not_null_column(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.not_null_column() RETURNS TABLE(document regclass, column_name name, check_name text)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return query
    select
        s.goes_to,
        d.attname,
        format('moving_not_null_%s', d.attnum)
    from consolidation.moving_side(true) as s
    inner join consolidation.noted_column as n on n.old_name = consolidation.old_name(s.old_name)
    inner join pg_attribute as a on a.attrelid = s.relation and a.attname = n.view_column
    inner join pg_attribute as d on d.attrelid = s.goes_to and d.attname = n.base_column
    where a.attnotnull and not d.attnotnull and n.base_column <> 'retry_count';
end;
$$;

--
-- Name: FUNCTION not_null_column(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.not_null_column() IS 'Columns that hold no nulls in an old table and may hold them in the document. A trigger refuses
those of retry_count';

--
-- Name: note_behind(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.note_behind() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    delete from consolidation.noted_need;
    delete from consolidation.noted_column;
    insert into consolidation.noted_need
    select
        v.relation,
        n.privilege_type,
        n.view_column,
        n.needed,
        n.relation,
        n.column_name
    from consolidation.view_of_six() as v
    cross join consolidation.needed_behind(v.relation) as n;
    insert into consolidation.noted_column
    select
        v.relation,
        b.view_column,
        b.base_column
    from consolidation.view_of_six() as v
    cross join consolidation.base_column(v.relation) as b;
end;
$$;

--
-- Name: FUNCTION note_behind(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.note_behind() IS 'Looks up the relations and columns behind the old names, for the work under the locks';

--
-- Name: note_deployed(text); Type: PROCEDURE; Schema: consolidation; Owner: -
--

CREATE PROCEDURE consolidation.note_deployed(IN change text)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    insert into consolidation.own_function (signature)
    select format('%I(%s)', p.proname, oidvectortypes(p.proargtypes))
    from pg_proc as p
    cross join pg_current_xact_id() as t (id)
    where
        p.pronamespace = 'public'::regnamespace
        -- A savepoint has an id of its own, which is also still in progress.
        and pg_xact_status(
            cast(greatest(t.id::text::bigint + age(t.id::xid) - age(p.xmin), 0)::text as xid8)
        ) = 'in progress'
    on conflict do nothing;
    -- Older objects have their privileges already.
    perform consolidation.set_privileges(
        ids => array(
            select c.oid from pg_class as c where age(c.xmin) <= age(pg_current_xact_id()::xid)
            union all
            select p.oid from pg_proc as p where age(p.xmin) <= age(pg_current_xact_id()::xid)
        )
    );
    insert into consolidation.deployed_change (change)
    values (note_deployed.change)
    on conflict do nothing;
end;
$$;

--
-- Name: PROCEDURE note_deployed(IN change text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON PROCEDURE consolidation.note_deployed(IN change text) IS 'The last statement of a deploy script: notes that the change is deployed, and gives the objects
that its transaction created the declared privileges. Functions that it created in public become the
project''s';

--
-- Name: note_everything(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.note_everything() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform consolidation.see_everything();
    insert into consolidation.change (trace_id)
    select r.legacy_trace_id from public.user_workflow_run as r
    union
    select t.trace_id from consolidation.old_trace as t;
end;
$$;

--
-- Name: FUNCTION note_everything(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.note_everything() IS 'Puts every run into the queue, as after a truncate';

--
-- Name: note_replaced(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.note_replaced(trace_ids bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    AS $$
begin
    if not consolidation.is_any_refused(trace_ids) then
        return;
    end if;
    update consolidation.set_aside as a
    set replaced_at = now()
    where
        a.trace_id = any (trace_ids)
        and a.replaced_at is null
        and not exists (
            select from consolidation.new_rows(trace_ids) as n
            where
                (consolidation.six_tables())[n.ordinal] = a.table_name
                and n.content ->> 'trace_id' = a.trace_id::text
                and jsonb_strip_nulls(n.content) = jsonb_strip_nulls(a.content)
        );
end;
$$;

--
-- Name: FUNCTION note_replaced(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.note_replaced(trace_ids bigint[]) IS 'Notes the refused rows of these runs that the documents no longer hold: what is kept of them in
set_aside is not removed by the next carry_back()';

--
-- Name: note_unequal(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.note_unequal() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    insert into consolidation.change (trace_id)
    select u.trace_id from consolidation.unequal_trace as u;
end;
$$;

--
-- Name: FUNCTION note_unequal(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.note_unequal() IS 'Puts runs that differ into the queue: after the cut-over, these were written past the capture';

--
-- Name: number_screenshots(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.number_screenshots() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    create view consolidation.old_screenshot_number with (security_invoker = true) as
    select
        t.screenshot_id,
        t.trace_id
    from public.workflow_trace_screenshot as t;
    comment on view consolidation.old_screenshot_number is
    'The ids of the old table workflow_trace_screenshot as it has them, so that its key finds them';
    create or replace function consolidation.screenshot_key(
        element jsonb, owner uuid, place bigint
    )
    returns uuid
    language sql
    immutable
    parallel safe
    return consolidation.screenshot_uuid(
        coalesce(
            consolidation.screenshot_number(consolidation.to_uuid(element -> 'screenshot_id')),
            consolidation.synthetic_id(owner, place::text)
        )
    );
    perform consolidation.say('numbered', null);
end;
$$;

--
-- Name: FUNCTION number_screenshots(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.number_screenshots() IS 'Lets the ids of screenshots be numbers: in elements they are uuids that stand for these';

--
-- Name: old_constraint(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.old_constraint() RETURNS TABLE(old_name text, document regclass, class oid, object oid, called name, definition text)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return query
    select
        s.old_name,
        s.goes_to,
        'pg_constraint'::regclass::oid,
        k.oid,
        k.conname,
        pg_get_constraintdef(k.oid)
    from consolidation.moving_side(true) as s
    inner join pg_constraint as k on k.conrelid = s.relation
    where
        s.goes_to is not null
        and k.contype in ('c', 'u', 'x')
        and k.convalidated
        -- The documents have this one anyway.
        and pg_get_constraintdef(k.oid) <> 'UNIQUE (trace_id, step_number)'
    union all
    select
        s.old_name,
        s.goes_to,
        'pg_class'::regclass::oid,
        c.oid,
        c.relname,
        regexp_replace(pg_get_indexdef(c.oid), '^.*? USING ', 'using ')
    from consolidation.moving_side(true) as s
    inner join pg_index as i on i.indrelid = s.relation and i.indisunique and i.indisvalid
    inner join pg_class as c on c.oid = i.indexrelid
    where
        s.goes_to is not null
        and not exists (select from pg_constraint as k where k.conindid = i.indexrelid);
end;
$$;

--
-- Name: FUNCTION old_constraint(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.old_constraint() IS 'Checks, unique keys, exclusions and unique indexes (class: pg_constraint or pg_class) of the old
tables of runs and steps, in the columns of these, and the documents on which they can hold';

--
-- Name: old_rows(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.old_rows(ids bigint[]) RETURNS TABLE(ordinal integer, key jsonb, content jsonb, arrangement text)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
begin
    return query
    with run as (
        select
            i.trace_id,
            not exists (
                select from consolidation.carried_back as b where b.trace_id = i.trace_id
            ) as is_strict
        from unnest(ids) as i (trace_id)
    )

    select
        1,
        jsonb_build_object('trace_id', t.trace_id),
        consolidation.present(
            to_jsonb(t), '{action_detail,error_detail,config_snapshot}',
            array[t.action_detail, t.error_detail, t.config_snapshot]
        ),
        consolidation.arrangement(x.is_strict, true)
    from run as x
    inner join consolidation.old_trace as t on t.trace_id = x.trace_id
    union all
    select
        2,
        jsonb_build_object('step_id', s.step_id),
        consolidation.present(
            to_jsonb(s), '{input_data,output_data,metadata}',
            array[s.input_data, s.output_data, s.metadata]
        ),
        consolidation.arrangement(x.is_strict, true)
    from run as x
    inner join consolidation.old_step as s on s.trace_id = x.trace_id
    union all
    select
        3,
        jsonb_build_object('event_id', e.event_id),
        consolidation.present(to_jsonb(e), '{event_data}', array[e.event_data]),
        consolidation.arrangement(
            x.is_strict, true,
            row_number() over (
                partition by e.trace_id, e.step_id order by e."timestamp", e.event_id
            )
        )
    from run as x
    inner join consolidation.old_event as e on e.trace_id = x.trace_id
    union all
    select
        4,
        jsonb_build_object('screenshot_id', p.screenshot_id),
        consolidation.present(to_jsonb(p), '{}', '{}'),
        consolidation.arrangement(
            x.is_strict, true,
            row_number() over (
                partition by p.trace_id, p.step_index order by p.created_at, p.screenshot_id
            ),
            s.step_number
        )
    from run as x
    inner join consolidation.old_screenshot as p on p.trace_id = x.trace_id
    left join consolidation.old_step as s
        on s.trace_id = p.trace_id and s.step_number = p.step_index
    union all
    select
        5,
        jsonb_build_object('trace_id', c.trace_id, 'key', c.key),
        consolidation.present(to_jsonb(c), '{value}', array[c.value]),
        consolidation.arrangement(x.is_strict, true)
    from run as x
    inner join consolidation.old_context as c on c.trace_id = x.trace_id
    union all
    select
        6,
        jsonb_build_object('trace_id', e.trace_id, 'endpoint_id', e.endpoint_id),
        to_jsonb(e),
        consolidation.arrangement(
            x.is_strict, true,
            row_number() over (partition by e.trace_id order by e.endpoint_id)
        )
    from run as x
    inner join consolidation.old_endpoint as e on e.trace_id = x.trace_id;
end;
$$;

--
-- Name: FUNCTION old_rows(ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.old_rows(ids bigint[]) IS 'Rows of the six old tables for these runs: table (its number), key, content, arrangement';

--
-- Name: on_names_of(text, text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.on_names_of(definition text, place text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN regexp_replace(definition, format('\mpublic\.(%s)\M'::text, array_to_string(consolidation.six_tables(), '|'::text)), (place || '.\1'::text), 'g'::text);

--
-- Name: FUNCTION on_names_of(definition text, place text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.on_names_of(definition text, place text) IS 'The definition of a view or function with the old names replaced by those that wait in another
schema: the views in consolidation, or the tables in legacy';

--
-- Name: only_in_computed(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.only_in_computed() RETURNS TABLE(table_name text, key text, what text)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
    lacking record;
begin
    for lacking in
        select
            v.document,
            v.key,
            b.base_column,
            coalesce(pg_get_expr(d.adbin, d.adrelid), 'null') as untold
        from (
            values
            ('workflow_trace', 'user_workflow_run', 'legacy_trace_id', 'trace_row'),
            ('workflow_steps', 'user_workflow_run_step', 'legacy_step_id', 'step_row')
        ) as v (old_table, document, key, shown)
        cross join lateral consolidation.computed_column(v.old_table) as c
        inner join consolidation.base_column(to_regclass('consolidation.' || v.shown)) as b
            on b.view_column = c.column_name
        inner join pg_attribute as a
            on a.attrelid = to_regclass('public.' || v.document) and a.attname = b.base_column
        left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where not exists (
            select from consolidation.column_source as s
            where (s.table_name, s.column_name) = (v.old_table, c.column_name::text)
        )
    loop
        return query execute format(
            'select %1$L, format(''%2$s %%s'', d.%2$I), %3$L from public.%1$I as d '
            'where d.%3$I is not null and d.%3$I is distinct from %4$s',
            lacking.document, lacking.key, lacking.base_column, lacking.untold
        );
    end loop;
end;
$_$;

--
-- Name: FUNCTION only_in_computed(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.only_in_computed() IS 'The part of only_in_documents() in columns that the old tables of runs and steps lack';

--
-- Name: only_in_documents(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.only_in_documents() RETURNS TABLE(table_name text, key text, what text)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform consolidation.see_everything();
    -- Only before the cut-over: after it, the old tables just wait for these runs.
    if consolidation.phase() = 'expand' then
        return query
        select
            'user_workflow_run', format('run_id %s', r.run_id),
            format('the run, legacy_trace_id %s', r.legacy_trace_id)
        from public.user_workflow_run as r
        where not exists (
            select from consolidation.old_trace as t where t.trace_id = r.legacy_trace_id
        );
    end if;
    return query
    select
        'user_workflow_run_step', format('step_id %s', s.step_id), 'error_details'
    from public.user_workflow_run_step as s
    where s.error_details is not null
    union all
    select
        'user_workflow_run', format('run_id %s', r.run_id),
        format('%s, which is no %s', d.name, d.kind)
    from public.user_workflow_run as r
    cross join lateral (
        values
        ('context', 'object', jsonb_typeof(r.context)),
        ('endpoints_used', 'array', jsonb_typeof(r.endpoints_used)),
        ('events', 'array', jsonb_typeof(r.events)),
        ('screenshots', 'array', jsonb_typeof(r.screenshots))
    ) as d (name, kind, actual)
    where d.actual <> d.kind
    union all
    select
        'user_workflow_run_step', format('step_id %s', s.step_id),
        format('%s, which is no array', d.name)
    from public.user_workflow_run_step as s
    cross join lateral (
        values ('events', jsonb_typeof(s.events)), ('screenshots', jsonb_typeof(s.screenshots))
    ) as d (name, actual)
    where d.actual <> 'array'
    union all
    select
        'user_workflow_run', format('run_id %s', r.run_id),
        format('context key "%s ..." of %s characters', left(k.name, 20), length(k.name))
    from public.user_workflow_run as r
    cross join lateral jsonb_object_keys(
        case when jsonb_typeof(r.context) = 'object' then r.context end
    ) as k (name)
    where length(k.name) > 255
    union all
    select
        'user_workflow_run', format('legacy_trace_id %s', e.trace_id),
        format('endpoint %s of endpoints_used', e.place)
    from consolidation.endpoint_row as e
    where not e.fits
    union all
    select o.* from consolidation.only_in_elements() as o
    union all
    select c.* from consolidation.only_in_computed() as c
    union all
    select
        a.table_name, format('trace_id %s', a.trace_id),
        concat(
            'refused by the old table with ', a.error_code, ', ', a.message, ': ', a.content,
            '; replaced in the documents at ' || a.replaced_at
        )
    from consolidation.set_aside as a;
end;
$$;

--
-- Name: FUNCTION only_in_documents(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.only_in_documents() IS 'Lists content that the documents hold and the old tables cannot: table, key, and what it is. The
content stays in the documents when the names go back to the old tables';

--
-- Name: only_in_elements(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.only_in_elements() RETURNS TABLE(table_name text, key text, what text)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return query
    select
        case when e.step_id is null then 'user_workflow_run' else 'user_workflow_run_step' end,
        coalesce('legacy_step_id ' || e.step_id, format('legacy_trace_id %s', e.trace_id)),
        format('event %s', e.place)
    from consolidation.event_row as e
    cross join (select consolidation.computed_keys('workflow_events') as keys) as c
    where
        not e.fits
        or exists (select from unnest(c.keys) as k (key) where e.element -> k.key <> 'null')
        /* event: or e.<further> is null and e.element -> 'legacy_<further>' <> 'null' */
        or case
            when jsonb_typeof(e.element) = 'object'
                then e.element - array[
                    'type', 'timestamp', 'data', 'event_id'
                    /* event: , 'legacy_<further>' */
                ] <> '{}'
        end
    union all
    select
        case when s.on_step is null then 'user_workflow_run' else 'user_workflow_run_step' end,
        coalesce('step_id ' || s.on_step, format('legacy_trace_id %s', s.trace_id)),
        format('screenshot %s', s.place)
    from consolidation.screenshot_row as s
    cross join (select consolidation.computed_keys('workflow_trace_screenshot') as keys) as c
    where
        not s.fits
        or exists (select from unnest(c.keys) as k (key) where s.element -> k.key <> 'null')
        -- The step of a screenshot is that on which it stands.
        /* screenshot: or s.<further> is null and s.element -> 'legacy_<further>' <> 'null'
        and 'legacy_<further>' <> 'legacy_step_id' */
        or round(consolidation.to_score(s.element -> 'confidence'), 2)
        <> consolidation.to_score(s.element -> 'confidence')
        or case
            when jsonb_typeof(s.element) = 'object'
                then s.element - array[
                    'url', 'thumbnail_url', 'timestamp', 'action', 'selector', 'element_found',
                    'confidence', 'screenshot_id', 'org_id', 'node_id', 'node_name', 'step_index'
                    /* screenshot: , 'legacy_<further>' */
                ] <> '{}'
        end;
end;
$$;

--
-- Name: FUNCTION only_in_elements(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.only_in_elements() IS 'The part of only_in_documents() that stands in events and screenshots';

--
-- Name: open_configs(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.open_configs() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    -- The table by either name: the old name is a view while the table has the new one.
    configs constant regclass := coalesce(
        to_regclass('public.user_workflow_config'), to_regclass('public.workflow_configs')
    );
begin
    execute format('drop policy user_workflow_config_maintenance on %s', configs);
    execute format('drop policy user_workflow_config_org_isolation on %s', configs);
end;
$$;

--
-- Name: FUNCTION open_configs(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.open_configs() IS 'The inverse of isolate_configs; what the configurations had of their own is remembered';

--
-- Name: open_page_states(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.open_page_states() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    -- The table by either name: the old name is a view while the table has the new one.
    states constant regclass := coalesce(
        to_regclass('public.user_workflow_cache_state'), to_regclass('public.micro_state')
    );
    -- Row level security was on before where the policy had to be restrictive.
    had_its_own constant boolean := (
        select not p.polpermissive from pg_policy as p
        where p.polrelid = states and p.polname = 'user_workflow_cache_state_org_isolation'
    );
begin
    execute format('drop policy user_workflow_cache_state_org_isolation on %s', states);
    if had_its_own then
        return;
    end if;
    execute format('drop policy user_workflow_cache_state_others on %s', states);
    execute format('drop policy user_workflow_cache_state_maintenance on %s', states);
    execute format(
        'alter table %s no force row level security, disable row level security', states
    );
end;
$$;

--
-- Name: FUNCTION open_page_states(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.open_page_states() IS 'The inverse of isolate_page_states';

--
-- Name: other_default(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.other_default() RETURNS TABLE(relation regclass, column_name name, wanted text, present text)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return query
    with old_default as (
        select
            n.name,
            a.attname,
            pg_get_expr(d.adbin, d.adrelid) as wanted
        from unnest(consolidation.six_tables()) as n (name)
        inner join pg_attribute as a on a.attrelid = consolidation.old_table(n.name)
        left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where
            a.attnum > 0
            and not a.attisdropped
            and a.attname not in ('trace_id', 'step_id', 'event_id', 'screenshot_id', 'context_id')
    ),

    target as (
        select
            o.attname,
            o.wanted,
            consolidation.old_name(o.name) as relation,
            o.attname as column_name
        from old_default as o
        union all
        select
            o.attname,
            o.wanted,
            s.goes_to,
            c.base_column
        from old_default as o
        inner join consolidation.moving_side(true) as s
            on s.old_name = o.name and s.goes_to is not null
        inner join consolidation.noted_column as c
            on c.old_name = consolidation.old_name(o.name) and c.view_column = o.attname
        -- A column without a default there keeps that of the document, for new code.
        where o.wanted is not null
    )

    select
        t.relation,
        t.column_name,
        coalesce(t.wanted, 'null'),
        pg_get_expr(d.adbin, d.adrelid)
    from target as t
    inner join pg_attribute as a on a.attrelid = t.relation and a.attname = t.column_name
    left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where
        t.wanted is distinct from pg_get_expr(d.adbin, d.adrelid)
        -- A default that is null stands for none.
        and not (t.wanted is null and pg_get_expr(d.adbin, d.adrelid) ~ '^NULLIF')
        -- A view without a default finds that of the document.
        and (t.wanted is not null or d.adbin is not null);
end;
$$;

--
-- Name: FUNCTION other_default(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.other_default() IS 'Columns of the six old names and of the documents whose default differs from that of the old
tables. wanted: the default there; present: the present one';

--
-- Name: other_deploy_session(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.other_deploy_session() RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    -- Without this, the transaction would go on seeing the sessions of its first look.
    perform pg_stat_clear_snapshot();
    return (
        select format(
            'pid %s, role %s, application %L', a.pid, a.usesysid::regrole, a.application_name
        )
        from consolidation.deploy_session as d
        cross join pg_stat_get_activity(d.pid) as a
        -- backend_start is null where the caller may not see it.
        where d.pid <> pg_backend_pid() and coalesce(a.backend_start = d.began, true)
    );
end;
$$;

--
-- Name: FUNCTION other_deploy_session(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.other_deploy_session() IS 'The session that executes a script of the plan, if that is another one and still connected';

--
-- Name: oversized(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.oversized() RETURNS TABLE(document text, trace_id bigint, step_id bigint, bytes numeric)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
begin
    perform consolidation.see_everything();
    if consolidation.phase() = 'contract' then
        return;
    end if;
    -- Stored values are compressed, by less than 1 to 260. Only sums that could get to the limit
    -- are unpacked. The added numbers stand for the keys of an element.
    return query
    with candidate as (
        select
            e.trace_id,
            e.step_id
        from consolidation.old_event as e
        group by e.trace_id, e.step_id
        having sum(pg_column_size(e.event_data) + 200) > 1000000
    ),

    context as (
        select c.trace_id
        from consolidation.old_context as c
        group by c.trace_id
        having sum(pg_column_size(c.value) + 400) > 1000000
    ),

    measured as (
        select
            'events' as document,
            c.trace_id,
            c.step_id,
            sum(pg_column_size(jsonb_build_array(e.event_data)) + 200)::numeric as bytes
        from candidate as c
        inner join consolidation.old_event as e
            on e.trace_id = c.trace_id and e.step_id is not distinct from c.step_id
        group by c.trace_id, c.step_id
        union all
        select
            'screenshots',
            p.trace_id,
            s.step_id,
            -- The size of text is known without unpacking it.
            sum(
                octet_length(p.screenshot_url) + coalesce(octet_length(p.thumbnail_url), 0)
                + octet_length(p.action_description)
                + coalesce(octet_length(p.element_selector), 0) + 300
            )
        from consolidation.old_screenshot as p
        left join consolidation.old_step as s
            on s.trace_id = p.trace_id and s.step_number = p.step_index
        group by p.trace_id, s.step_id
        union all
        select
            'context',
            c.trace_id,
            null,
            sum(pg_column_size(jsonb_build_array(c.value)) + 400)
        from context as x
        inner join consolidation.old_context as c on c.trace_id = x.trace_id
        group by c.trace_id
    )

    select
        m.document,
        m.trace_id::bigint,
        m.step_id::bigint,
        m.bytes
    from measured as m
    where m.bytes > 268435455;
end;
$$;

--
-- Name: FUNCTION oversized(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.oversized() IS 'Lists each document that would have more than the 268,435,455 bytes of a jsonb array or object: its
column, trace_id and step_id (null: of the run itself) and size in bytes. Raises 42501 if row level
security would hide rows';

--
-- Name: owner_of(regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.owner_of(relation regclass) RETURNS name
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    RETURN (SELECT pg_get_userbyid(c.relowner) AS pg_get_userbyid FROM pg_class c WHERE (c.oid = (owner_of.relation)::oid));

--
-- Name: FUNCTION owner_of(relation regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.owner_of(relation regclass) IS 'The role that owns a relation';

--
-- Name: patch(jsonb, jsonb, jsonb); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.patch(previous jsonb, current jsonb, wanted jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    name text;
    change jsonb := '{}'::jsonb;
begin
    for name in select k from jsonb_object_keys(previous) as k loop
        -- Compared as text: 1.1 and 1.10 are equal, but not the same.
        if (wanted -> name)::text is distinct from (previous -> name)::text then
            if (current -> name)::text is distinct from (previous -> name)::text then
                perform consolidation.raise_concurrent_update(
                    format('Another transaction changed "%s" meanwhile.', name)
                );
            end if;
            change := change || jsonb_build_object(name, wanted -> name);
        end if;
    end loop;
    return change;
end;
$$;

--
-- Name: FUNCTION patch(previous jsonb, current jsonb, wanted jsonb); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.patch(previous jsonb, current jsonb, wanted jsonb) IS 'The changes of an update: the keys in which wanted differs from previous ("{}" stands for a delete
and differs in all). Raises 40001 if somebody else changed one of them meanwhile, so that no update
is lost';

--
-- Name: place_of_further_columns(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.place_of_further_columns() RETURNS TABLE(old_table text, view_name text, document regclass, family text, shown regclass)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT n.old_table,
     v.view_name,
     to_regclass(('public.'::text || v.document)) AS to_regclass,
     s.family,
     s.shown
    FROM ((( VALUES (1,'trace'::text,'user_workflow_run'::text), (2,'step'::text,'user_workflow_run_step'::text), (3,'event'::text,NULL::text), (4,'screenshot'::text,NULL::text)) v(ordinal, view_name, document)
      CROSS JOIN LATERAL ( VALUES ((consolidation.six_tables())[v.ordinal])) n(old_table))
      CROSS JOIN LATERAL ( VALUES (1,'old row'::text,to_regclass(format('consolidation.old_%s'::text, v.view_name))), (2,'document'::text,to_regclass(format('consolidation.%s_row'::text, v.view_name))), (3,'old row'::text,to_regclass(format('consolidation.back_%s'::text, v.view_name))), (4,
                 CASE
                     WHEN (v.document IS NULL) THEN 'old row'::text
                     ELSE 'document'::text
                 END,consolidation.old_name(n.old_table))) s(place, family, shown))
   ORDER BY v.ordinal, s.place;
END;

--
-- Name: FUNCTION place_of_further_columns(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.place_of_further_columns() IS 'The views that show a further column, in the order in which they are made. document: the table that
has it as a column legacy_<name>; null for elements. family: what the view reads, old rows, which
have the column under its name, or documents. view_name: the part that the names of these views
share';

--
-- Name: plain_column(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.plain_column() RETURNS TABLE(old_table text, old_column text, document text, document_column text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT v.old_table,
     v.old_column,
     v.document,
     v.document_column
    FROM ( VALUES ('workflow_trace'::text,'channel'::text,'user_workflow_run'::text,'channel'::text), ('workflow_trace'::text,'external_id'::text,'user_workflow_run'::text,'external_id'::text), ('workflow_trace'::text,'status'::text,'user_workflow_run'::text,'status'::text), ('workflow_trace'::text,'action_type'::text,'user_workflow_run'::text,'legacy_action_type'::text), ('workflow_trace'::text,'duration_ms'::text,'user_workflow_run'::text,'duration_ms'::text), ('workflow_trace'::text,'error_message'::text,'user_workflow_run'::text,'error_message'::text), ('workflow_trace'::text,'llm_prompt'::text,'user_workflow_run'::text,'llm_prompt'::text), ('workflow_trace'::text,'llm_response'::text,'user_workflow_run'::text,'llm_response'::text), ('workflow_trace'::text,'llm_model'::text,'user_workflow_run'::text,'llm_model'::text), ('workflow_trace'::text,'llm_tokens_used'::text,'user_workflow_run'::text,'llm_tokens_used'::text), ('workflow_trace'::text,'tier'::text,'user_workflow_run'::text,'tier'::text), ('workflow_trace'::text,'tier_reason'::text,'user_workflow_run'::text,'tier_reason'::text), ('workflow_steps'::text,'step_number'::text,'user_workflow_run_step'::text,'step_number'::text), ('workflow_steps'::text,'status'::text,'user_workflow_run_step'::text,'status'::text), ('workflow_steps'::text,'error_message'::text,'user_workflow_run_step'::text,'error_message'::text), ('workflow_steps'::text,'duration_ms'::text,'user_workflow_run_step'::text,'duration_ms'::text), ('workflow_steps'::text,'retry_count'::text,'user_workflow_run_step'::text,'retry_count'::text), ('workflow_steps'::text,'node_id'::text,'user_workflow_run_step'::text,'node_id'::text)) v(old_table, old_column, document, document_column);
END;

--
-- Name: FUNCTION plain_column(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.plain_column() IS 'Columns of the old tables whose type is the application''s choice, and the document columns that
take it. Keys of the documents, times, other uuids, booleans and jsonb have one type everywhere';

--
-- Name: plan_chunks(text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.plan_chunks(wanted_task text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform consolidation.see_everything();
    lock table consolidation.chunk in share row exclusive mode;
    if exists (select from consolidation.chunk as c where c.task = wanted_task) then
        return;
    end if;
    -- The proof also looks for documents of runs that are in no old table.
    insert into consolidation.chunk (task, first_trace_id, last_trace_id, traces)
    select
        wanted_task,
        case wanted_task when 'proof' then -9223372036854775808 else min(t.trace_id) end,
        case wanted_task when 'proof' then 9223372036854775807 else max(t.trace_id) end,
        count(*)
    from consolidation.old_trace as t
    having count(*) > 0 or wanted_task = 'proof';
end;
$$;

--
-- Name: FUNCTION plan_chunks(wanted_task text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.plan_chunks(wanted_task text) IS 'Notes the runs present as one range to carry over or to prove, once';

--
-- Name: plan_swap(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.plan_swap() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
begin
    perform consolidation.set_privileges('{schema,table,view,sequence}');
    perform consolidation.unscoped_roles();
    perform from consolidation.rebinding();
    perform from consolidation.privilege('public.user_workflow_run');
    perform from consolidation.old_constraint();
    perform from consolidation.not_null_column();
    perform from consolidation.other_default();
end;
$$;

--
-- Name: FUNCTION plan_swap(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.plan_swap() IS 'Before the locks: runs the queries of a swap that take longer to plan than to execute. They do
nothing yet, and PL/pgSQL keeps their plans for this session';

--
-- Name: policy_definition(oid, text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.policy_definition(policy oid, relation text) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT format('create policy %I on %s as %s for %s to %s%s%s'::text, p.polname, policy_definition.relation,
         CASE
             WHEN p.polpermissive THEN 'permissive'::text
             ELSE 'restrictive'::text
         END,
         CASE p.polcmd
             WHEN 'r'::"char" THEN 'select'::text
             WHEN 'a'::"char" THEN 'insert'::text
             WHEN 'w'::"char" THEN 'update'::text
             WHEN 'd'::"char" THEN 'delete'::text
             ELSE 'all'::text
         END, ( SELECT string_agg(COALESCE(quote_ident((r.rolname)::text), 'public'::text), ', '::text ORDER BY r.rolname) AS string_agg
            FROM (unnest(p.polroles) u(role_id)
              LEFT JOIN pg_roles r ON ((r.oid = u.role_id)))), ((' using ('::text || pg_get_expr(p.polqual, p.polrelid)) || ')'::text), ((' with check ('::text || pg_get_expr(p.polwithcheck, p.polrelid)) || ')'::text)) AS format
    FROM pg_policy p
   WHERE (p.oid = policy_definition.policy);
END;

--
-- Name: FUNCTION policy_definition(policy oid, relation text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.policy_definition(policy oid, relation text) IS 'The statement that creates a policy again, on a relation of that name';

--
-- Name: preparation(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.preparation() RETURNS SETOF text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return query
    select case
        when t.class = 'pg_constraint'::regclass
            then format(
                'alter table %s add constraint moving_%s %s', s.goes_to, t.object, t.definition
            )
        else format('create unique index moving_%s on %s %s', t.object, s.goes_to, t.definition)
    end
    from consolidation.moving_side(true) as s
    cross join lateral consolidation.translated_constraint(s.old_name) as t
    where s.goes_to is not null;
end;
$$;

--
-- Name: FUNCTION preparation(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.preparation() IS 'Statements that make the constraints of the old tables on the documents, under other names';

--
-- Name: prepare_constraints(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.prepare_constraints() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    statement text;
begin
    -- The old tables may have other constraints than at the last preparation.
    perform consolidation.drop_prepared_constraints();
    for statement in
        select p.statement from consolidation.preparation() as p (statement)
        union all
        select format(
            'alter table %s add constraint %I check (%I is not null)',
            n.document, n.check_name, n.column_name
        )
        from consolidation.not_null_column() as n
    loop
        execute statement;
    end loop;
end;
$$;

--
-- Name: FUNCTION prepare_constraints(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.prepare_constraints() IS 'Before the locks: makes the constraints of the old tables on the documents, under other names.
Raises 23505 if two runs exchanged a unique value at this moment: call it again';

--
-- Name: present(jsonb, text[], jsonb[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.present(plain jsonb, names text[], documents jsonb[]) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (COALESCE((SELECT jsonb_object_agg(p.key, p.value) AS jsonb_object_agg FROM jsonb_each((present.plain - present.names)) p(key, value) WHERE (p.value <> 'null'::jsonb)), '{}'::jsonb) || COALESCE((SELECT jsonb_object_agg(d.name, d.document) AS jsonb_object_agg FROM UNNEST(present.names, present.documents) d(name, document) WHERE (d.document IS NOT NULL)), '{}'::jsonb));

--
-- Name: FUNCTION present(plain jsonb, names text[], documents jsonb[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.present(plain jsonb, names text[], documents jsonb[]) IS 'A row as jsonb without the columns that have no value, which differ from a JSON null';

--
-- Name: privilege(regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.privilege(relation regclass) RETURNS TABLE(privilege_type text, column_name name, grantee oid, role_name text, is_grantable boolean)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return query
    select
        x.privilege_type,
        u.attname,
        x.grantee,
        coalesce(quote_ident(r.rolname), 'public'),
        x.is_grantable
    from (
        select
            coalesce(
                c.relacl,
                case c.relkind
                    when 'S' then acldefault('s', c.relowner)
                    else acldefault('r', c.relowner)
                end
            ) as acl,
            null::name as attname
        from pg_class as c
        where c.oid = relation
        union all
        select
            a.attacl,
            a.attname
        from pg_attribute as a
        where a.attrelid = relation and not a.attisdropped
    ) as u
    cross join lateral aclexplode(u.acl) as x
    left join pg_roles as r on r.oid = x.grantee;
end;
$$;

--
-- Name: FUNCTION privilege(relation regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.privilege(relation regclass) IS 'Privileges of each role on a table, view or sequence, its owner included; per column where they are
so there. role_name is quoted';

--
-- Name: privileges_definition(regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.privileges_definition(source regclass) RETURNS TABLE(stage integer, place bigint, statement text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT 15,
     (0)::bigint AS int8,
     format('alter table %s owner to %I'::text, privileges_definition.source, pg_get_userbyid(c.relowner)) AS format
    FROM pg_class c
   WHERE (c.oid = (privileges_definition.source)::oid)
 UNION ALL
  SELECT 15,
     1,
     format('select consolidation.revoke_everything(%L)'::text, privileges_definition.source) AS format
 UNION ALL
  SELECT 16,
     ((a.attnum * 1000) + x.place),
     format('grant %s%s on %s to %s%s'::text, x.privilege_type,
         CASE
             WHEN (a.attname IS NOT NULL) THEN format(' (%I)'::text, a.attname)
             ELSE NULL::text
         END, privileges_definition.source, COALESCE(quote_ident((r.rolname)::text), 'public'::text),
         CASE
             WHEN x.is_grantable THEN ' with grant option'::text
             ELSE NULL::text
         END) AS format
    FROM (((( SELECT 0 AS attnum,
             NULL::name AS attname,
             o.relacl AS acl
            FROM pg_class o
           WHERE (o.oid = (privileges_definition.source)::oid)
         UNION ALL
          SELECT t.attnum,
             t.attname,
             t.attacl
            FROM pg_attribute t
           WHERE (t.attrelid = (privileges_definition.source)::oid)) a
      CROSS JOIN LATERAL aclexplode(a.acl) WITH ORDINALITY x(grantor, grantee, privilege_type, is_grantable, place))
      JOIN pg_class c ON ((c.oid = (privileges_definition.source)::oid)))
      LEFT JOIN pg_roles r ON ((r.oid = x.grantee)))
   WHERE ((a.attname IS NOT NULL) OR (x.grantee <> c.relowner));
END;

--
-- Name: FUNCTION privileges_definition(source regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.privileges_definition(source regclass) IS 'Statements that give a table or view its owner and privileges again';

--
-- Name: progress_line(text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.progress_line(task text) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    p record;
begin
    select * into p from consolidation.progress;
    return case task
        when 'backfill' then format(
            'backfill: %s of %s runs (%s %%), %s a second, %s left, queue %s',
            p.runs_done, p.runs_total, p.percent, p.runs_per_second, p.time_left, p.queue_depth
        )
        when 'proof' then format(
            'proof: %s of %s runs, %s a second, %s left, %s differ',
            p.runs_proved, p.runs_to_prove, p.proved_per_second, p.proof_time_left, p.unequal_runs
        )
    end;
end;
$$;

--
-- Name: FUNCTION progress_line(task text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.progress_line(task text) IS 'The line that backfill() or prove() reports: done, in all, rate, time left; null for another task';

--
-- Name: prove(integer, interval, interval, interval); Type: PROCEDURE; Schema: consolidation; Owner: -
--

CREATE PROCEDURE consolidation.prove(IN batch_size integer DEFAULT 100, IN batch_time interval DEFAULT '00:00:00.5'::interval, IN pause interval DEFAULT '00:00:00'::interval, IN max_lag interval DEFAULT NULL::interval)
    LANGUAGE plpgsql
    AS $$
declare
    done bigint := 0;
begin
    perform consolidation.check_batch_size(batch_size);
    perform consolidation.check_pace(batch_time, pause, max_lag);
    perform consolidation.require_read_committed();
    perform consolidation.begin_proof();
    commit;
    call consolidation.run_batches('proof', batch_size, batch_time, pause, max_lag, done);
end;
$$;

--
-- Name: PROCEDURE prove(IN batch_size integer, IN batch_time interval, IN pause interval, IN max_lag interval); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON PROCEDURE consolidation.prove(IN batch_size integer, IN batch_time interval, IN pause interval, IN max_lag interval) IS 'Compares old tables and documents in ranges, each with a snapshot of a moment and a commit. It
records results: if it is killed, the next call goes on where it was. Later writes are compared
again when they come through the queue. Run it from several sessions to use several cores.
Parameters as of backfill. Ends when all is compared, also if something differs:
consolidation.unequal_trace then lists the runs, and the cut-over refuses. Raises 55000 while the
backfill is not done. Call it outside a transaction';

--
-- Name: prove_again(bigint[], bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.prove_again(trace_ids bigint[], suspected bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if not exists (select from consolidation.proof) then
        return;
    end if;
    -- Runs that somebody wrote to since come here again.
    perform consolidation.record_comparison(min(t.id), max(t.id), array_agg(t.id))
    from unnest(suspected) as t (id)
    where not exists (select from consolidation.change as c where c.trace_id = t.id)
    having count(*) > 0;
    delete from consolidation.unequal_trace as u
    where u.trace_id = any (trace_ids) and u.trace_id <> all (suspected);
end;
$$;

--
-- Name: FUNCTION prove_again(trace_ids bigint[], suspected bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.prove_again(trace_ids bigint[], suspected bigint[]) IS 'Notes, if there is a proof, that runs are equal. suspected: those that are to be compared first,
since they were just carried over or back. The others were compared when the queue was emptied';

--
-- Name: prove_chunk(bigint); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.prove_chunk(claimed_id bigint) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
    claimed consolidation.chunk;
    compared bigint;
    began constant timestamptz := clock_timestamp();
begin
    perform consolidation.see_everything();
    perform consolidation.enter_batch();
    select c.*
    into claimed
    from consolidation.chunk as c
    where c.chunk_id = claimed_id and c.finished_at is null
    for update skip locked;
    if not found then
        return 0;
    end if;
    perform consolidation.record_comparison(claimed.first_trace_id, claimed.last_trace_id, null);
    compared := (
        select count(*)
        from consolidation.old_trace as t
        where t.trace_id between claimed.first_trace_id and claimed.last_trace_id
    );
    update consolidation.chunk as c
    set
        traces = compared,
        pid = pg_backend_pid(),
        started_at = began,
        finished_at = clock_timestamp()
    where c.chunk_id = claimed.chunk_id;
    return compared;
end;
$$;

--
-- Name: FUNCTION prove_chunk(claimed_id bigint); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.prove_chunk(claimed_id bigint) IS 'Compares a range that claim_chunk returned and records the result. Returns the number of its runs,
0 if another session has it';

--
-- Name: put_context(bigint, text, jsonb, jsonb, boolean); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.put_context(wanted_trace_id bigint, wanted_key text, value jsonb, origin jsonb, may_be_known boolean) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    update public.user_workflow_run as r
    set
        context
        = case when jsonb_typeof(r.context) = 'object' then r.context else '{}' end
        || jsonb_build_object(wanted_key, value),
        legacy = coalesce(r.legacy, '{}') || jsonb_build_object(
            'context',
            coalesce(r.legacy -> 'context', '{}') || jsonb_build_object(wanted_key, origin)
        )
    where
        r.legacy_trace_id = wanted_trace_id
        and (may_be_known or not coalesce(r.context, '{}') ? wanted_key);
    return found;
end;
$$;

--
-- Name: FUNCTION put_context(wanted_trace_id bigint, wanted_key text, value jsonb, origin jsonb, may_be_known boolean); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.put_context(wanted_trace_id bigint, wanted_key text, value jsonb, origin jsonb, may_be_known boolean) IS 'Writes a key of context, and its id and times into "legacy". Returns false if the run is gone or,
unless may_be_known, has the key';

--
-- Name: put_in(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.put_in(trace_ids bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform consolidation.put_in_traces(trace_ids);
    perform consolidation.put_in_steps(trace_ids);
    perform consolidation.put_in_events(trace_ids);
    perform consolidation.put_in_screenshots(trace_ids);
    perform consolidation.put_in_contexts(trace_ids);
    perform consolidation.put_in_endpoints(trace_ids);
end;
$$;

--
-- Name: FUNCTION put_in(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.put_in(trace_ids bigint[]) IS 'Deletes, updates and inserts the rows of these runs in which the old tables differ from the
documents';

--
-- Name: put_in_contexts(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.put_in_contexts(trace_ids bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    with shown as materialized (
        select
            b.*,
            row_number() over (partition by b.trace_id, b.context_id) as copy
        from consolidation.back_context as b
        where b.trace_id = any (trace_ids)
    ),

    gone as (
        delete from consolidation.old_context as o
        where
            o.trace_id = any (trace_ids)
            and not exists (
                select from shown as s where s.trace_id = o.trace_id and s.context_id = o.context_id
            )
        returning 1
    ),

    changed as (
        update consolidation.old_context as o
        set
            (
                key, value, created_at, updated_at
            ) = row(
                s.key, s.value, s.created_at, s.updated_at
            )
        from shown as s
        where
            s.copy = 1
            and o.trace_id = any (trace_ids)
            and o.trace_id = s.trace_id
            and o.context_id = s.context_id
            and row(
                o.key::text, o.value, o.created_at, o.updated_at
            )::record *<> row(
                s.key::text, s.value, s.created_at, s.updated_at
            )::record
            and (select count(*) from gone) >= 0
        returning 1
    )

    insert into consolidation.old_context overriding system value
    select
        s.context_id, s.trace_id, s.key, s.value, s.created_at, s.updated_at
    from shown as s
    left join consolidation.old_context as o
        on o.trace_id = any (trace_ids) and o.trace_id = s.trace_id and o.context_id = s.context_id
    where
        -- Deletes first, then updates, then inserts: one row may take a key from another.
        (select count(*) from gone) >= 0
        and (select count(*) from changed) >= 0
        -- A second element with the same id is not left out: the table refuses it, and its claim is
        -- settled then.
        and (s.copy > 1 or o.context_id is null);
end;
$$;

--
-- Name: FUNCTION put_in_contexts(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.put_in_contexts(trace_ids bigint[]) IS 'Deletes, updates and inserts the context keys of these runs that differ in the documents';

--
-- Name: put_in_contexts_singly(bigint); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.put_in_contexts_singly(refused bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    c consolidation.back_context;
    found record;
begin
    delete from consolidation.old_context as o
    where
        o.trace_id = refused
        and o.context_id not in (
            select b.context_id from consolidation.back_context as b where b.trace_id = refused
        );
    for found in
        select
            x.shown,
            x.copy
        from (
            select
                b as shown,
                row_number() over (partition by b.context_id) as copy
            from consolidation.back_context as b
            where b.trace_id = refused
        ) as x
        where
            x.copy > 1
            or not exists (
                select from consolidation.old_context as o
                where
                    o.trace_id = refused
                    and o.context_id = (x.shown).context_id
                    and o::text = (x.shown)::text
            )
    loop
        c := found.shown;
        begin
            delete from consolidation.old_context as o
            where o.trace_id = refused and o.context_id = c.context_id and found.copy = 1;
            insert into consolidation.old_context overriding system value select (c).*;
        exception when data_exception or integrity_constraint_violation then
            perform consolidation.set_aside(
                'workflow_trace_context', refused, to_jsonb(c), sqlstate, sqlerrm
            );
        end;
    end loop;
end;
$$;

--
-- Name: FUNCTION put_in_contexts_singly(refused bigint); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.put_in_contexts_singly(refused bigint) IS 'As put_in_events_singly, for context keys';

--
-- Name: put_in_endpoints(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.put_in_endpoints(trace_ids bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    delete from consolidation.old_endpoint as o
    where
        o.trace_id = any (trace_ids)
        and not exists (
            select from consolidation.back_endpoint as b
            where
                b.trace_id = any (trace_ids)
                and b.trace_id = o.trace_id
                and b.endpoint_id = o.endpoint_id
        );
    insert into consolidation.old_endpoint overriding system value
    select b.* from consolidation.back_endpoint as b
    where
        b.trace_id = any (trace_ids)
        and not exists (
            select from consolidation.old_endpoint as o
            where
                o.trace_id = any (trace_ids)
                and o.trace_id = b.trace_id
                and o.endpoint_id = b.endpoint_id
        );
end;
$$;

--
-- Name: FUNCTION put_in_endpoints(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.put_in_endpoints(trace_ids bigint[]) IS 'As put_in_events, for endpoints';

--
-- Name: put_in_endpoints_singly(bigint); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.put_in_endpoints_singly(refused bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    n consolidation.back_endpoint;
begin
    for n in
        select b.* from consolidation.back_endpoint as b
        where b.trace_id = refused and b.endpoint_id not in (
            select o.endpoint_id from consolidation.old_endpoint as o where o.trace_id = refused
        )
    loop
        begin
            insert into consolidation.old_endpoint overriding system value select (n).*;
        exception when data_exception or integrity_constraint_violation then
            perform consolidation.set_aside(
                'workflow_trace_endpoint', refused, to_jsonb(n), sqlstate, sqlerrm
            );
        end;
    end loop;
end;
$$;

--
-- Name: FUNCTION put_in_endpoints_singly(refused bigint); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.put_in_endpoints_singly(refused bigint) IS 'As put_in_events_singly, for endpoints, which have no former version';

--
-- Name: put_in_events(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.put_in_events(trace_ids bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    with shown as materialized (
        select
            b.*,
            row_number() over (partition by b.trace_id, b.event_id) as copy
        from consolidation.shown_events(trace_ids) as b
    ),

    gone as (
        delete from consolidation.old_event as o
        where
            o.trace_id = any (trace_ids)
            and not exists (
                select from shown as s where s.trace_id = o.trace_id and s.event_id = o.event_id
            )
        returning 1
    ),

    changed as (
        update consolidation.old_event as o
        set
            (
                step_id, event_type, event_data, "timestamp" /* event: , <further> */
            ) = row(
                s.step_id, s.event_type, s.event_data, s."timestamp" /* event: , s.<further> */
            )
        from shown as s
        where
            s.copy = 1
            and o.trace_id = any (trace_ids)
            and o.trace_id = s.trace_id
            and o.event_id = s.event_id
            and row(
                o.step_id::bigint, o.event_type::text, o.event_data, o."timestamp"
                /* event: , o.<further> */
            )::record *<> row(
                s.step_id::bigint, s.event_type::text, s.event_data, s."timestamp"
                /* event: , s.<further> */
            )::record
            and (select count(*) from gone) >= 0
        returning 1
    )

    insert into consolidation.old_event overriding system value
    select
        s.event_id, s.trace_id, s.step_id, s.event_type, s.event_data, s."timestamp"
        /* event: , s.<further> */
    from shown as s
    left join consolidation.old_event as o
        on o.trace_id = any (trace_ids) and o.trace_id = s.trace_id and o.event_id = s.event_id
    where
        -- Deletes first, then updates, then inserts: one row may take a key from another.
        (select count(*) from gone) >= 0
        and (select count(*) from changed) >= 0
        -- A second element with the same id is not left out: the table refuses it, and its claim is
        -- settled then.
        and (s.copy > 1 or o.event_id is null);
end;
$$;

--
-- Name: FUNCTION put_in_events(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.put_in_events(trace_ids bigint[]) IS 'Deletes, updates and inserts the events of these runs that differ in the documents';

--
-- Name: put_in_events_singly(bigint); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.put_in_events_singly(refused bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    e consolidation.back_event;
    found record;
begin
    delete from consolidation.old_event as o
    where
        o.trace_id = refused
        and o.event_id not in (
            select b.event_id from consolidation.back_event as b where b.trace_id = refused
        );
    for found in
        select
            x.shown,
            x.copy
        from (
            select
                b as shown,
                row_number() over (partition by b.event_id) as copy
            from consolidation.back_event as b
            where b.trace_id = refused
        ) as x
        where
            x.copy > 1
            or not exists (
                select from consolidation.old_event as o
                where
                    o.trace_id = refused
                    and o.event_id = (x.shown).event_id
                    and o::text = (x.shown)::text
            )
    loop
        e := found.shown;
        begin
            delete from consolidation.old_event as o
            where o.trace_id = refused and o.event_id = e.event_id and found.copy = 1;
            insert into consolidation.old_event overriding system value select (e).*;
        exception when data_exception or integrity_constraint_violation then
            perform consolidation.set_aside(
                'workflow_events', refused, to_jsonb(e), sqlstate, sqlerrm
            );
        end;
    end loop;
end;
$$;

--
-- Name: FUNCTION put_in_events_singly(refused bigint); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.put_in_events_singly(refused bigint) IS 'Puts in the events of a run one by one. One that is refused goes to set_aside, and its
former version stays';

--
-- Name: put_in_screenshots(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.put_in_screenshots(trace_ids bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    with shown as materialized (
        select
            b.*,
            row_number() over (partition by b.trace_id, b.screenshot_id) as copy
        from consolidation.shown_screenshots(trace_ids) as b
    ),

    gone as (
        delete from consolidation.old_screenshot as o
        where
            o.trace_id = any (trace_ids)
            and not exists (
                select from shown as s
                where s.trace_id = o.trace_id and s.screenshot_id = o.screenshot_id
            )
        returning 1
    ),

    changed as (
        update consolidation.old_screenshot as o
        set
            (
                org_id, node_name, step_index, screenshot_url, thumbnail_url, action_description,
                element_selector, element_found, confidence_score, created_at, node_id
                /* screenshot: , <further> */
            ) = row(
                s.org_id, s.node_name, s.step_index, s.screenshot_url, s.thumbnail_url,
                s.action_description, s.element_selector, s.element_found, s.confidence_score,
                s.created_at, s.node_id /* screenshot: , s.<further> */
            )
        from shown as s
        where
            s.copy = 1
            and o.trace_id = any (trace_ids)
            and o.trace_id = s.trace_id
            and o.screenshot_id = s.screenshot_id
            and row(
                o.org_id, o.node_name::text, o.step_index::bigint, o.screenshot_url::text,
                o.thumbnail_url::text, o.action_description::text, o.element_selector::text,
                o.element_found, o.confidence_score::numeric, o.created_at, o.node_id
                /* screenshot: , o.<further> */
            )::record *<> row(
                s.org_id, s.node_name::text, s.step_index::bigint, s.screenshot_url::text,
                s.thumbnail_url::text, s.action_description::text, s.element_selector::text,
                s.element_found, s.confidence_score::numeric, s.created_at, s.node_id
                /* screenshot: , s.<further> */
            )::record
            and (select count(*) from gone) >= 0
        returning 1
    )

    insert into consolidation.old_screenshot overriding system value
    select
        s.screenshot_id, s.trace_id, s.org_id, s.node_name, s.step_index, s.screenshot_url,
        s.thumbnail_url, s.action_description, s.element_selector, s.element_found,
        s.confidence_score, s.created_at, s.node_id
        /* screenshot: , s.<further> */
    from shown as s
    left join consolidation.old_screenshot as o
        on o.trace_id = any (trace_ids)
        and o.trace_id = s.trace_id
        and o.screenshot_id = s.screenshot_id
    where
        -- Deletes first, then updates, then inserts: one row may take a key from another.
        (select count(*) from gone) >= 0
        and (select count(*) from changed) >= 0
        -- A second element with the same id is not left out: the table refuses it, and its claim is
        -- settled then.
        and (s.copy > 1 or o.screenshot_id is null);
end;
$$;

--
-- Name: FUNCTION put_in_screenshots(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.put_in_screenshots(trace_ids bigint[]) IS 'As put_in_events, for screenshots';

--
-- Name: put_in_screenshots_singly(bigint); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.put_in_screenshots_singly(refused bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    p consolidation.back_screenshot;
    found record;
begin
    delete from consolidation.old_screenshot as o
    where
        o.trace_id = refused
        and o.screenshot_id not in (
            select b.screenshot_id from consolidation.back_screenshot as b
            where b.trace_id = refused
        );
    for found in
        select
            x.shown,
            x.copy
        from (
            select
                b as shown,
                row_number() over (partition by b.screenshot_id) as copy
            from consolidation.back_screenshot as b
            where b.trace_id = refused
        ) as x
        where
            x.copy > 1
            or not exists (
                select from consolidation.old_screenshot as o
                where
                    o.trace_id = refused
                    and o.screenshot_id = (x.shown).screenshot_id
                    and o::text = (x.shown)::text
            )
    loop
        p := found.shown;
        begin
            delete from consolidation.old_screenshot as o
            where o.trace_id = refused and o.screenshot_id = p.screenshot_id and found.copy = 1;
            insert into consolidation.old_screenshot overriding system value select (p).*;
        exception when data_exception or integrity_constraint_violation then
            perform consolidation.set_aside(
                'workflow_trace_screenshot', refused, to_jsonb(p), sqlstate, sqlerrm
            );
        end;
    end loop;
end;
$$;

--
-- Name: FUNCTION put_in_screenshots_singly(refused bigint); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.put_in_screenshots_singly(refused bigint) IS 'As put_in_events_singly, for screenshots';

--
-- Name: put_in_singly(bigint); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.put_in_singly(refused bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform consolidation.take_out(array[refused]);
    begin
        perform consolidation.put_in_traces(array[refused]);
    exception when data_exception or integrity_constraint_violation then
        perform consolidation.set_aside('workflow_trace', refused, to_jsonb(b), sqlstate, sqlerrm)
        from consolidation.back_trace as b
        where b.trace_id = refused;
    end;
    -- Nothing can stand below a run that was refused; all of it stays in its documents.
    if not exists (select from consolidation.old_trace as o where o.trace_id = refused) then
        return;
    end if;
    begin
        perform consolidation.put_in_steps(array[refused]);
    exception when data_exception or integrity_constraint_violation then
        perform consolidation.put_in_steps_singly(refused);
    end;
    begin
        perform consolidation.put_in_events(array[refused]);
    exception when data_exception or integrity_constraint_violation then
        perform consolidation.put_in_events_singly(refused);
    end;
    begin
        perform consolidation.put_in_screenshots(array[refused]);
    exception when data_exception or integrity_constraint_violation then
        perform consolidation.put_in_screenshots_singly(refused);
    end;
    begin
        perform consolidation.put_in_contexts(array[refused]);
    exception when data_exception or integrity_constraint_violation then
        perform consolidation.put_in_contexts_singly(refused);
    end;
    begin
        perform consolidation.put_in_endpoints(array[refused]);
    exception when data_exception or integrity_constraint_violation then
        perform consolidation.put_in_endpoints_singly(refused);
    end;
end;
$$;

--
-- Name: FUNCTION put_in_singly(refused bigint); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.put_in_singly(refused bigint) IS 'Puts in the rows of a run, one by one where a table refuses any. A row that is refused goes
to set_aside, and its former version stays where it was';

--
-- Name: put_in_steps(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.put_in_steps(trace_ids bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    update consolidation.old_step as o
    set
        (
            step_number, status, input_data, output_data, error_message, start_time, end_time,
            duration_ms, retry_count, metadata, node_id /* step: , <further> */
        ) = row(
            b.step_number, b.status, b.input_data, b.output_data, b.error_message, b.start_time,
            b.end_time, b.duration_ms, b.retry_count, b.metadata, b.node_id
            /* step: , b.<further> */
        )
    from consolidation.shown_steps(trace_ids) as b
    where
        o.trace_id = any (trace_ids)
        and (o.trace_id, o.step_id) = (b.trace_id, b.step_id)
        and o::text <> b::text;
    insert into consolidation.old_step overriding system value
    select b.* from consolidation.shown_steps(trace_ids) as b
    where
        not exists (
            select from consolidation.old_step as o
            where o.trace_id = any (trace_ids) and o.trace_id = b.trace_id and o.step_id = b.step_id
        );
end;
$$;

--
-- Name: FUNCTION put_in_steps(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.put_in_steps(trace_ids bigint[]) IS 'As put_in_traces, for steps';

--
-- Name: put_in_steps_singly(bigint); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.put_in_steps_singly(refused bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    s consolidation.back_step;
begin
    -- Negative numbers first, so that steps can exchange their numbers.
    begin
        update consolidation.old_step as o
        set step_number = -b.place
        from (
            select
                x.step_id,
                x.step_number,
                row_number() over (order by x.step_id) as place
            from consolidation.back_step as x
            where x.trace_id = refused
        ) as b
        where o.step_id = b.step_id and o.step_number <> b.step_number;
        perform consolidation.put_in_steps(array[refused]);
        return;
    exception when data_exception or integrity_constraint_violation then
        null;
    end;
    for s in select b.* from consolidation.back_step as b where b.trace_id = refused loop
        begin
            update consolidation.old_step as o
            set
                (
                    step_number, status, input_data, output_data, error_message, start_time,
                    end_time, duration_ms, retry_count, metadata, node_id
                ) = row(
                    s.step_number, s.status, s.input_data, s.output_data, s.error_message,
                    s.start_time, s.end_time, s.duration_ms, s.retry_count, s.metadata, s.node_id
                )
            where o.trace_id = refused and o.step_id = s.step_id;
            if not found then
                insert into consolidation.old_step overriding system value select (s).*;
            end if;
        exception when data_exception or integrity_constraint_violation then
            perform consolidation.set_aside(
                'workflow_steps', refused, to_jsonb(s), sqlstate, sqlerrm
            );
        end;
    end loop;
end;
$$;

--
-- Name: FUNCTION put_in_steps_singly(refused bigint); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.put_in_steps_singly(refused bigint) IS 'As put_in_events_singly, for steps';

--
-- Name: put_in_traces(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.put_in_traces(trace_ids bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    update consolidation.old_trace as o
    set
        (
            batch_job_item_id, org_id, workflow_id, channel, external_id, status, action_type,
            action_detail, success, duration_ms, error_detail, error_message, llm_prompt,
            llm_response, llm_model, llm_tokens_used, tier, tier_reason, config_snapshot,
            start_time, end_time, created_at, user_id, created_by, session_id
            /* trace: , <further> */
        ) = row(
            b.batch_job_item_id, b.org_id, b.workflow_id, b.channel, b.external_id, b.status,
            b.action_type, b.action_detail, b.success, b.duration_ms, b.error_detail,
            b.error_message, b.llm_prompt, b.llm_response, b.llm_model, b.llm_tokens_used, b.tier,
            b.tier_reason, b.config_snapshot, b.start_time, b.end_time, b.created_at, b.user_id,
            b.created_by, b.session_id /* trace: , b.<further> */
        )
    from consolidation.back_trace as b
    where
        b.trace_id = any (trace_ids)
        and o.trace_id = any (trace_ids)
        and o.trace_id = b.trace_id
        and o::text <> b::text;
    insert into consolidation.old_trace overriding system value
    select b.* from consolidation.back_trace as b
    where
        b.trace_id = any (trace_ids)
        and not exists (
            select from consolidation.old_trace as o
            where o.trace_id = any (trace_ids) and o.trace_id = b.trace_id
        );
end;
$$;

--
-- Name: FUNCTION put_in_traces(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.put_in_traces(trace_ids bigint[]) IS 'Updates and inserts the runs that the old table has otherwise, or not yet';

--
-- Name: put_rules(regclass, regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.put_rules(shown regclass, source regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
    names text;
    inserted text;
    updated text;
    key text;
    returned text;
    statement text;
begin
    select
        string_agg(quote_ident(t.attname), ', ' order by a.attnum),
        string_agg(format(w.written, 'new', t.attname), ', ' order by a.attnum)
            filter (where t.attname is not null),
        string_agg(
            concat(quote_ident(t.attname), ' = ', format(w.written, 'new', t.attname)), ', '
            order by a.attnum
        ) filter (where t.attidentity <> 'a'),
        -- The run as well, since it has an index whatever the key is computed from.
        string_agg(
            concat('o.', quote_ident(t.attname), ' = ', format(w.written, 'old', t.attname)),
            ' and ' order by a.attnum
        ) filter (where a.attnum = 1 or t.attname = 'trace_id'),
        string_agg(
            case
                when t.attname is null
                    then format('null::%s', format_type(a.atttypid, a.atttypmod))
                else format(w.returned, 'o', t.attname)
            end,
            ', ' order by a.attnum
        )
    into names, inserted, updated, key, returned
    from pg_attribute as a
    left join pg_attribute as t on t.attrelid = source and t.attname = a.attname
    left join (
        values
        (false, '%s.%I', '%s.%I'),
        (
            true, 'consolidation.screenshot_number(%s.%I)', 'consolidation.screenshot_uuid(%s.%I)'
        )
    ) as w (is_number, written, returned)
        on w.is_number = (a.atttypid = 'uuid'::regtype and t.atttypid <> a.atttypid)
    where a.attrelid = shown and a.attnum > 0;
    foreach statement in array array[
        'create or replace rule put_in as on insert to %1$s do instead insert into %2$s as o (%3$s)'
        ' overriding system value values (%4$s) returning %7$s',
        'create or replace rule put_right as on update to %1$s do instead update %2$s as o '
        'set %5$s where %6$s returning %7$s'
    ] loop
        execute format(statement, shown, source, names, inserted, updated, key, returned);
    end loop;
end;
$_$;

--
-- Name: FUNCTION put_rules(shown regclass, source regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.put_rules(shown regclass, source regclass) IS 'Lets a view be written to that computes columns: what it computes is not written. PostgreSQL
deletes through it by itself. The first column is the key';

--
-- Name: qualified_name(regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.qualified_name(relation regclass) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    RETURN (relation)::text;

--
-- Name: FUNCTION qualified_name(relation regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.qualified_name(relation regclass) IS 'The name of a relation with its schema';

--
-- Name: qualified_routine(regprocedure); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.qualified_routine(routine regprocedure) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    RETURN (routine)::text;

--
-- Name: FUNCTION qualified_routine(routine regprocedure); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.qualified_routine(routine regprocedure) IS 'The name of a function with its schema and parameters';

--
-- Name: change; Type: TABLE; Schema: consolidation; Owner: -
--

CREATE TABLE consolidation.change (
    trace_id bigint
);

ALTER TABLE ONLY consolidation.change REPLICA IDENTITY FULL;

--
-- Name: TABLE change; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TABLE consolidation.change IS 'Queue: runs written to since they were last carried over. Insert-only for applications';

--
-- Name: COLUMN change.trace_id; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.change.trace_id IS 'Run to carry over; null stands for all of them, after a truncate';

--
-- Name: queued_runs(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.queued_runs() RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    RETURN (SELECT count(DISTINCT c.trace_id) AS count FROM consolidation.change c);

--
-- Name: FUNCTION queued_runs(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.queued_runs() IS 'Runs that wait in the queue';

--
-- Name: queued_traces(bigint, integer); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.queued_traces(lowest bigint, how_many integer) RETURNS bigint[]
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    found constant bigint [] := array(
        -- Goes from one run to the next, however many entries each has.
        with recursive queued (trace_id) as (
            select min(c.trace_id) from consolidation.change as c where c.trace_id >= lowest
            union all
            select (
                select min(c.trace_id) from consolidation.change as c
                where c.trace_id > q.trace_id
            )
            from queued as q
            where q.trace_id is not null
        )

        select q.trace_id
        from queued as q
        where q.trace_id is not null
        limit how_many
    );
    last_bucket constant integer := consolidation.lock_bucket(found[cardinality(found)]);
begin
    if
        cardinality(found) < how_many
        or consolidation.lock_bucket(found[1]) = last_bucket
    then
        return found;
    end if;
    -- The others under this lock come with the next batch: the session that takes it would
    -- otherwise wait for this one, as if there were only one of them.
    return array(
        select f.trace_id from unnest(found) with ordinality as f (trace_id, place)
        where consolidation.lock_bucket(f.trace_id) <> last_bucket
        order by f.place
    );
end;
$$;

--
-- Name: FUNCTION queued_traces(lowest bigint, how_many integer); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.queued_traces(lowest bigint, how_many integer) IS 'At most how_many of the next runs in the queue from trace_id "lowest" on, so that the next ones
have another lock (see lock_traces) where that can be had';

--
-- Name: raise_concurrent_update(text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.raise_concurrent_update(error_detail text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    raise serialization_failure using
        message = 'could not serialize access due to concurrent update',
        detail = error_detail,
        hint = 'Repeat the transaction.';
end;
$$;

--
-- Name: FUNCTION raise_concurrent_update(error_detail text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.raise_concurrent_update(error_detail text) IS 'Raises 40001: somebody else changed what the statement was about to change';

--
-- Name: raise_deleted(text, text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.raise_deleted(table_schema text, table_name text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform consolidation.raise_foreign_key(
        table_schema, table_name, table_name || '_trace_id_fkey',
        'The run was deleted meanwhile.'
    );
end;
$$;

--
-- Name: FUNCTION raise_deleted(table_schema text, table_name text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.raise_deleted(table_schema text, table_name text) IS 'Raises 23503: the run that the guard found is gone';

--
-- Name: raise_foreign_key(text, text, text, text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.raise_foreign_key(table_schema text, table_name text, constraint_name text, error_detail text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    raise foreign_key_violation using
        message = format(
            'insert or update on table "%s" violates foreign key constraint "%s"',
            table_name, constraint_name
        ),
        detail = error_detail,
        schema = table_schema, table = table_name, constraint = constraint_name;
end;
$$;

--
-- Name: FUNCTION raise_foreign_key(table_schema text, table_name text, constraint_name text, error_detail text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.raise_foreign_key(table_schema text, table_name text, constraint_name text, error_detail text) IS 'Raises 23503 as a table does';

--
-- Name: raise_not_null(text, text, text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.raise_not_null(table_schema text, table_name text, column_name text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    raise not_null_violation using
        message = format(
            'null value in column "%s" of relation "%s" violates not-null constraint',
            column_name, table_name
        ),
        schema = table_schema, table = table_name, column = column_name;
end;
$$;

--
-- Name: FUNCTION raise_not_null(table_schema text, table_name text, column_name text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.raise_not_null(table_schema text, table_name text, column_name text) IS 'Raises 23502 as a table does';

--
-- Name: raise_unique(text, text, text, text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.raise_unique(table_schema text, table_name text, constraint_name text, error_detail text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    raise unique_violation using
        message = format(
            'duplicate key value violates unique constraint "%s"', constraint_name
        ),
        detail = error_detail,
        schema = table_schema, table = table_name, constraint = constraint_name;
end;
$$;

--
-- Name: FUNCTION raise_unique(table_schema text, table_name text, constraint_name text, error_detail text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.raise_unique(table_schema text, table_name text, constraint_name text, error_detail text) IS 'Raises 23505 as a table does';

--
-- Name: read_by_declaration(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.read_by_declaration() RETURNS TABLE(relation regclass, column_name name)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    execute (
        select format(
            'create temporary view declaration as select %s from public.workflow_trace as t',
            string_agg(
                format('(%s)::%s as %I', d.expression, d.type_name, d.column_name), ', '
                order by d.column_name
            )
        )
        from consolidation.derived_column() as d
    );
    relation := to_regclass('pg_temp.declaration');
    return query
    select distinct
        d.refobjid::regclass,
        a.attname
    from pg_rewrite as r
    inner join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
    inner join pg_attribute as a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    where
        r.ev_class = read_by_declaration.relation
        and d.refclassid = 'pg_class'::regclass
        and d.refobjid <> r.ev_class;
    execute format('drop view %s', to_regclass('pg_temp.declaration'));
end;
$$;

--
-- Name: FUNCTION read_by_declaration(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.read_by_declaration() IS 'The columns that the declarations read, of workflow_trace and of other relations';

--
-- Name: rebinding(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.rebinding(OUT kind text, OUT object text, OUT statement text, OUT trial text, OUT relation regclass) RETURNS SETOF record
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return query
    with named as materialized (
        select to_regclass(format('public.%I', n.name)) as relation
        from unnest(consolidation.six_tables()) as n (name)
        union all
        select to_regclass(format('public.%I', s.sequence_name))
        from consolidation.id_sequence as s
    )

    select distinct
        'view',
        c.oid::regclass::text,
        format(
            'create or replace view %s %s as %s',
            c.oid::regclass,
            'with (' || array_to_string(c.reloptions, ', ') || ')',
            pg_get_viewdef(c.oid)
        ),
        pg_get_viewdef(c.oid),
        c.oid::regclass
    from named as n
    inner join pg_depend as d
        on d.refclassid = 'pg_class'::regclass and d.refobjid = n.relation
    inner join pg_rewrite as r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
    inner join pg_class as c on c.oid = r.ev_class
    where
        c.relkind = 'v'
        and c.oid <> n.relation
        and c.relnamespace <> 'consolidation'::regnamespace
    union all
    select distinct
        'function',
        p.oid::regprocedure::text,
        pg_get_functiondef(p.oid),
        null,
        null::regclass
    from named as n
    inner join pg_depend as d
        on d.refclassid = 'pg_class'::regclass and d.refobjid = n.relation
    inner join pg_proc as p on d.classid = 'pg_proc'::regclass and p.oid = d.objid
    where p.prosqlbody is not null and p.pronamespace <> 'consolidation'::regnamespace
    union all
    select distinct
        'default',
        format('%s of %s', a.attname, a.attrelid::regclass),
        format(
            'alter table %s alter column %I set default %s',
            a.attrelid::regclass, a.attname, pg_get_expr(f.adbin, f.adrelid)
        ),
        null,
        a.attrelid::regclass
    from named as n
    inner join pg_depend as d
        on d.refclassid = 'pg_class'::regclass and d.refobjid = n.relation
    inner join pg_attrdef as f on d.classid = 'pg_attrdef'::regclass and f.oid = d.objid
    inner join pg_attribute as a on a.attrelid = f.adrelid and a.attnum = f.adnum
    inner join pg_class as c on c.oid = f.adrelid
    where
        d.refobjid <> f.adrelid
        and f.adrelid not in (
            select o.relation
            from unnest(consolidation.six_tables()) as m (name)
            cross join lateral (select consolidation.old_table(m.name)::oid as relation) as o
            where o.relation is not null
        )
        and c.relnamespace <> 'consolidation'::regnamespace;
end;
$$;

--
-- Name: FUNCTION rebinding(OUT kind text, OUT object text, OUT statement text, OUT trial text, OUT relation regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.rebinding(OUT kind text, OUT object text, OUT statement text, OUT trial text, OUT relation regclass) IS 'Views, SQL-standard functions and defaults of columns that are bound to the present holders of the
old names, or of the names of their sequences. The statement binds each to the holders of these
names at the time it is executed. Those of this schema stay where they are';

--
-- Name: rebuild_documents(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.rebuild_documents(trace_ids bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    SET enable_nestloop TO 'off'
    SET enable_mergejoin TO 'off'
    SET work_mem TO '32MB'
    AS $$
declare
    known_run consolidation.known_run [];
    known_step consolidation.known_step [];
begin
    perform consolidation.see_everything();
    perform consolidation.require_read_committed();

    -- Only documents written to after a cut-over can hold what the old tables cannot.
    known_run := array(
        select
            row(
                r.run_id, r.legacy_trace_id, r.context, r.endpoints_used, r.events, r.screenshots,
                r.legacy
            )::consolidation.known_run
        from consolidation.carried_back as b
        inner join public.user_workflow_run as r
            on r.legacy_trace_id = any (trace_ids) and r.legacy_trace_id = b.trace_id
        where b.trace_id = any (trace_ids)
    );
    known_step := array(
        select
            row(
                s.step_id, s.legacy_step_id, s.legacy_trace_id, s.events, s.screenshots,
                s.error_details
            )::consolidation.known_step
        from public.user_workflow_run_step as s
        where s.run_id = any (array(select k.run_id from unnest(known_run) as k))
    );
    perform consolidation.remove_what_is_gone(trace_ids);
    perform consolidation.write_runs(trace_ids);
    perform consolidation.write_steps(trace_ids, known_step);
    if cardinality(known_run) > 0 then
        perform consolidation.keep_richer(known_run, known_step);
        perform consolidation.note_replaced(trace_ids);
    end if;
exception
    when not_null_violation then
        raise exception using
            errcode = 'not_null_violation',
            message = 'a run cannot be carried over: ' || sqlerrm,
            detail = format('Among the %s runs from trace_id %s.',
                cardinality(trace_ids), (select min(t.id) from unnest(trace_ids) as t (id))),
            hint = 'select * from consolidation.uncarriable(); lists such rows and their repair.';
end;
$$;

--
-- Name: FUNCTION rebuild_documents(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.rebuild_documents(trace_ids bigint[]) IS 'Does the work of consolidate, for a caller that holds the locks of these runs. Raises the same
errors';

--
-- Name: rebuild_dropped(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.rebuild_dropped() RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    tables constant text [] := array(
        select m.old_name from consolidation.missing_object() as m where m.kind = 'r'
        order by array_position(consolidation.six_tables(), m.old_name)
    );
    views constant text [] := array(
        select m.old_name from consolidation.missing_object() as m where m.kind = 'v'
        order by array_position(consolidation.six_tables(), m.old_name)
    );
    in_legacy constant boolean := exists (
        select from consolidation.remembered_definition as d
        where d.statement like 'create table legacy.%'
    );
    filled bigint := 0;
begin
    perform consolidation.see_everything();
    if cardinality(tables) > 0 then
        perform consolidation.take_locks(
            array['public.user_workflow_run', 'public.user_workflow_run_step']::regclass [],
            'share row exclusive'
        );
        perform consolidation.execute_remembered_definitions('r', tables, '[1,5]');
        if not in_legacy then
            filled := consolidation.fill_dropped(tables);
            perform consolidation.go_on_with_ids(tables);
        end if;
        perform consolidation.execute_remembered_definitions('r', tables, '[6,18]');
        update consolidation.cut_over_log as l
        set relation = consolidation.old_table(d.old_name)
        from consolidation.remembered_definition as d
        where d.kind = 'r' and d.old_name = any (tables) and l.relation = d.relation;
        perform consolidation.forget_proof();
        if in_legacy then
            delete from consolidation.carried_back;
            delete from consolidation.set_aside as a where a.replaced_at is null;
            -- Null stands for all runs, as after a truncate: catch_up() fills the tables.
            insert into consolidation.change (trace_id) values (null);
        end if;
    end if;
    perform consolidation.execute_remembered_definitions('v', views, '[1,18]');
    perform consolidation.remember_definitions();
    return format(
        'tables: %s, filled with %s rows%s; views: %s',
        coalesce(nullif(array_to_string(tables, ', '), ''), 'none'),
        filled,
        case when in_legacy and cardinality(tables) > 0 then ', catch_up() fills them' end,
        coalesce(nullif(array_to_string(views, ', '), ''), 'none')
    );
end;
$$;

--
-- Name: FUNCTION rebuild_dropped(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.rebuild_dropped() IS 'Creates again, as they were, old tables and views of old names that somebody dropped. Returns
which. Fills tables in public from the documents; the next catch_up() fills those in legacy. Writes
to dropped tables that were not carried over are lost, and so are objects that depended on them';

--
-- Name: rebuild_old_tables(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.rebuild_old_tables() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    remembered text;
begin
    if consolidation.phase() <> 'contract' then
        return;
    end if;
    perform consolidation.take_locks(
        array['public.user_workflow_run', 'public.user_workflow_run_step']::regclass [],
        'share row exclusive'
    );
    for remembered in
        select d.statement
        from consolidation.dropped_table as d
        -- Indexes that can wait, and their comments, come after the rows.
        where d.ordinal < 17000
        order by
            d.ordinal / 1000,
            array_position(consolidation.six_tables(), d.table_name),
            d.ordinal
    loop
        execute remembered;
    end loop;
    delete from consolidation.dropped_table as d where d.ordinal < 17000;
    delete from consolidation.nullable_column;
    delete from consolidation.carried_back;
    delete from consolidation.set_aside as a where a.replaced_at is null;
    perform consolidation.forget_proof();
    perform consolidation.start_capture('public.user_workflow_run', 'consolidation.capture_new');
    perform consolidation.start_capture(
        'public.user_workflow_run_step', 'consolidation.capture_new'
    );
    -- Null stands for all runs, as after a truncate. catch_up() spells it out when writers no
    -- longer wait.
    insert into consolidation.change (trace_id) values (null);
end;
$$;

--
-- Name: FUNCTION rebuild_old_tables(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.rebuild_old_tables() IS 'Creates the old tables again as they were, but empty, and puts every run into the queue. Does
nothing if they are there. catch_up() fills them, from as many sessions as you like; after that
build_late_indexes() makes what is not needed for it. Keys hold from the beginning, since a row that
one refuses is set aside';

--
-- Name: record_comparison(bigint, bigint, bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.record_comparison(lo bigint, hi bigint, ids bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET work_mem TO '32MB'
    AS $$
declare
    -- One statement has one snapshot. A run that somebody wrote to is in the queue as well, and is
    -- proved once it is carried over.
    unequal constant bigint [] := array(
        select s.trace_id
        from (
            select x.trace_id
            -- Not in unnest(): the planner would call it once more for its estimate.
            from (select consolidation.suspects(lo, hi, ids) as ids offset 0) as f
            cross join unnest(f.ids) as x (trace_id)
            where not exists (
                select from consolidation.change as c where c.trace_id = x.trace_id
            )
            -- Only the remaining runs are compared in words.
            offset 0
        ) as s
        where exists (select from consolidation.differences_of(array[s.trace_id]))
    );
begin
    delete from consolidation.unequal_trace as u
    where
        u.trace_id between lo and hi
        and (ids is null or u.trace_id = any (ids))
        and u.trace_id <> all (unequal);
    insert into consolidation.unequal_trace (trace_id)
    select u.trace_id from unnest(unequal) as u (trace_id)
    on conflict do nothing;
end;
$$;

--
-- Name: FUNCTION record_comparison(lo bigint, hi bigint, ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.record_comparison(lo bigint, hi bigint, ids bigint[]) IS 'Compares the runs from lo to hi, of ids if not null, and notes those that differ';

--
-- Name: refuse_empty_comparison(bigint, bigint, bigint[], boolean); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.refuse_empty_comparison(lo bigint, hi bigint, ids bigint[], skip_pending boolean) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
declare
    is_limited constant boolean :=
        ids is not null or lo > -9223372036854775808 or hi < 9223372036854775807;
    problem text;
    seen bigint;
    pending bigint := 0;
begin
    if consolidation.phase() = 'contract' then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'the old tables were dropped: there is nothing to compare with';
    end if;
    select count(*)
    into seen
    from consolidation.old_trace as t
    where t.trace_id between lo and hi and (ids is null or t.trace_id = any (ids));
    if skip_pending then
        select count(*)
        into pending
        from consolidation.old_trace as t
        where
            t.trace_id between lo and hi
            and (ids is null or t.trace_id = any (ids))
            and exists (select from consolidation.change as c where c.trace_id = t.trace_id);
    end if;
    problem := case
        when
            skip_pending
            and exists (select from consolidation.change as c where c.trace_id is null)
            then 'a truncate is waiting in the queue: every run is pending'
        when seen > 0 and pending = seen
            then format('compared nothing: all %s runs are pending', seen)
        when
            seen = 0 and not is_limited
            and (
                select c.reltuples > 0
                from pg_class as c
                where c.oid = consolidation.old_table('workflow_trace')
            )
            then 'compared nothing, but workflow_trace is not known to be empty'
    end;
    if problem is not null then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = problem,
            hint = 'call consolidation.catch_up(); or, if the table is empty, analyze it; then '
            'compare again.';
    end if;
end;
$$;

--
-- Name: FUNCTION refuse_empty_comparison(lo bigint, hi bigint, ids bigint[], skip_pending boolean); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.refuse_empty_comparison(lo bigint, hi bigint, ids bigint[], skip_pending boolean) IS 'Raises 55000 where a comparison would see nothing, since that proves nothing';

--
-- Name: refuse_findings(); Type: PROCEDURE; Schema: consolidation; Owner: -
--

CREATE PROCEDURE consolidation.refuse_findings()
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    findings text;
    found_count bigint;
begin
    select
        count(*),
        string_agg(
            format(E'\n%s %s: %s. %s', p.kind, p.object, p.consequence, p.remedy), ''
            order by p.kind, p.object
        )
    into found_count, findings
    from consolidation.preflight as p
    where p.severity = 'refuse';
    if found_count > 0 then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format(
                'the preflight has %s findings; nothing was changed:%s', found_count, findings
            ),
            hint = 'select * from consolidation.preflight; remedy each, or accept it: insert into '
            'consolidation.accepted (kind, object, reason) values (...)';
    end if;
end;
$$;

--
-- Name: PROCEDURE refuse_findings(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON PROCEDURE consolidation.refuse_findings() IS 'Raises 55000 with every finding of the preflight that is neither remedied nor accepted';

--
-- Name: refuse_findings_back(); Type: PROCEDURE; Schema: consolidation; Owner: -
--

CREATE PROCEDURE consolidation.refuse_findings_back()
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    findings text;
    found_count bigint;
begin
    select
        count(*),
        string_agg(
            format(E'\n%s %s: %s. %s', p.kind, p.object, p.consequence, p.remedy), ''
            order by p.kind, p.object
        )
    into found_count, findings
    from consolidation.preflight_back as p
    where p.severity = 'refuse';
    if found_count > 0 then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format(
                'the preflight of the way back has %s findings; nothing was changed:%s',
                found_count, findings
            ),
            hint = 'select * from consolidation.preflight_back; remedy each, or accept it: insert '
            'into consolidation.accepted (kind, object, reason) values (...)';
    end if;
end;
$$;

--
-- Name: PROCEDURE refuse_findings_back(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON PROCEDURE consolidation.refuse_findings_back() IS 'Raises 55000 with every finding of preflight_back that is neither remedied nor accepted';

--
-- Name: refuse_known_context_id(bigint, bigint, text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.refuse_known_context_id(wanted_trace_id bigint, wanted bigint, table_schema text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    -- Another session that inserts the same id into the same run waits, then sees it.
    perform consolidation.lock_run(wanted_trace_id);
    if exists (
        select from consolidation.context_row as c
        where c.trace_id = wanted_trace_id and c.context_id = wanted
    ) then
        perform consolidation.raise_unique(
            table_schema, 'workflow_trace_context', 'workflow_trace_context_pkey',
            format('Key (context_id)=(%s) already exists.', wanted)
        );
    end if;
end;
$$;

--
-- Name: FUNCTION refuse_known_context_id(wanted_trace_id bigint, wanted bigint, table_schema text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.refuse_known_context_id(wanted_trace_id bigint, wanted bigint, table_schema text) IS 'Locks the document of a run and raises 23505 if a key of the run has this context_id';

--
-- Name: refuse_known_event_id(bigint, text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.refuse_known_event_id(wanted bigint, table_schema text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if
        exists (
            select from public.user_workflow_run_step as s
            where s.events @> jsonb_build_array(jsonb_build_object('event_id', wanted))
        )
        or exists (
            select from public.user_workflow_run as r
            where
                r.events <> '[]'
                and r.events @> jsonb_build_array(jsonb_build_object('event_id', wanted))
        )
    then
        perform consolidation.raise_unique(
            table_schema, 'workflow_events', 'workflow_events_pkey',
            format('Key (event_id)=(%s) already exists.', wanted)
        );
    end if;
end;
$$;

--
-- Name: FUNCTION refuse_known_event_id(wanted bigint, table_schema text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.refuse_known_event_id(wanted bigint, table_schema text) IS 'Raises 23505 if an element has this event_id. The caller has locked the document, so that another
session that inserts the same id there waits, then sees it; ids from the sequence are new';

--
-- Name: refuse_known_screenshot_id(bigint, uuid, text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.refuse_known_screenshot_id(wanted_trace_id bigint, wanted uuid, table_schema text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    -- Another session that inserts the same id into the same run waits, then sees it.
    perform consolidation.lock_run(wanted_trace_id);
    if exists (
        select from consolidation.screenshot_row as s
        where s.trace_id = wanted_trace_id and s.screenshot_id = wanted
    ) then
        perform consolidation.raise_unique(
            table_schema, 'workflow_trace_screenshot', 'workflow_trace_screenshot_pkey',
            format('Key (screenshot_id)=(%s) already exists.', wanted)
        );
    end if;
end;
$$;

--
-- Name: FUNCTION refuse_known_screenshot_id(wanted_trace_id bigint, wanted uuid, table_schema text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.refuse_known_screenshot_id(wanted_trace_id bigint, wanted uuid, table_schema text) IS 'Locks the document of a run and raises 23505 if a screenshot of the run has this id';

--
-- Name: refuse_missing(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.refuse_missing() RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    missing constant text := (
        select string_agg(
            format('%s %s', case m.kind when 'r' then 'table' else 'view' end, m.old_name),
            ', ' order by m.kind, array_position(consolidation.six_tables(), m.old_name)
        )
        from consolidation.missing_object() as m
    );
begin
    if missing is not null then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format('somebody dropped: %s', missing),
            detail = 'Nothing was changed. The documents hold what was carried over.',
            hint = 'select consolidation.rebuild_dropped(), then the same command again.';
    end if;
end;
$$;

--
-- Name: FUNCTION refuse_missing(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.refuse_missing() IS 'Raises 55000 while an old table, or a view of an old name, is missing';

--
-- Name: refuse_missing_capture(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.refuse_missing_capture() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    missing record;
begin
    select
        string_agg(
            format('%s on %s', m.trigger_name, m.captured), ', '
            order by m.captured::text, m.trigger_name
        ) as triggers,
        string_agg(distinct m.remedy, ' ') as remedies
    into missing
    from consolidation.missing_capture as m;
    if missing.triggers is not null then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format('capture triggers do not fire: %s', missing.triggers),
            detail = 'Nothing was changed. A proof finds what was written meanwhile.',
            hint = missing.remedies;
    end if;
end;
$$;

--
-- Name: FUNCTION refuse_missing_capture(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.refuse_missing_capture() IS 'Raises 55000 with the statements that make the capture triggers fire, if any does not';

--
-- Name: refuse_new_columns(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.refuse_new_columns() RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    columns text;
begin
    select string_agg(f.object, ', ' order by f.object)
    into columns
    from consolidation.finding_column as f
    where f.severity = 'refuse';
    if columns is not null then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format('the documents lack %s, added since the preflight', columns),
            hint = 'select * from consolidation.finding_column;';
    end if;
end;
$$;

--
-- Name: FUNCTION refuse_new_columns(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.refuse_new_columns() IS 'Under the locks of the cut-over, when no column can be added any more: raises 55000 if one was';

--
-- Name: refuse_set_aside(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.refuse_set_aside() RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    refused text;
begin
    select string_agg(
        format(
            '%s rows of %s with %s, for example of trace_id %s: %s',
            r.how_many, r.table_name, r.error_code, r.trace_id, r.message
        ),
        e'\n' order by r.table_name, r.error_code
    )
    into refused
    from (
        select
            a.table_name,
            a.error_code,
            count(*) as how_many,
            min(a.trace_id) as trace_id,
            min(a.message) as message
        from consolidation.set_aside as a
        where
            a.replaced_at is null
            and not exists (
                select from consolidation.accepted as x
                where x.kind = 'row set aside' and x.object = a.table_name
            )
        group by a.table_name, a.error_code
    ) as r;
    if refused is not null then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = concat(
                'old tables refuse rows, which would stay in the documents:', e'\n', refused
            ),
            detail = 'Nothing was changed.',
            hint = 'select * from consolidation.set_aside; repair them in the documents and call '
            'consolidation.catch_up(), or accept it: insert into consolidation.accepted (kind, '
            'object, reason) values (''row set aside'', ''<name of the old table>'', ...).';
    end if;
end;
$$;

--
-- Name: FUNCTION refuse_set_aside(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.refuse_set_aside() IS 'Raises 55000 with the rows that old tables refused, unless that was accepted for their table (kind
"row set aside", object: name of the table)';

--
-- Name: refuse_too_heavy(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.refuse_too_heavy(trace_ids bigint[]) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    -- So many are carried and compared in less than 200 ms.
    most constant bigint := 2000;
    found constant record := consolidation.heaviest(trace_ids);
begin
    if found.elements > most then
        raise exception using
            errcode = 'lock_not_available',
            message = format(
                'trace_id %s has %s elements, and was written to again while it was carried',
                found.trace_id, found.elements
            ),
            detail = format(
                'Under the locks a run of more than %s elements is not carried: everybody '
                'would wait. Let its writer pause until the names are swapped.', most
            );
    end if;
end;
$$;

--
-- Name: FUNCTION refuse_too_heavy(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.refuse_too_heavy(trace_ids bigint[]) IS 'Raises 55P03 if one of these runs is too large to be carried while everybody waits';

--
-- Name: refuse_unequal(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.refuse_unequal() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    unequal bigint [];
    example record;
begin
    -- Runs that were repaired meanwhile are no reason to refuse.
    perform consolidation.record_comparison(
        -9223372036854775808, 9223372036854775807,
        array(select u.trace_id from consolidation.unequal_trace as u order by 1 limit 100)
    );
    unequal := array(select u.trace_id from consolidation.unequal_trace as u order by 1);
    if cardinality(unequal) = 0 then
        return;
    end if;
    select d.*
    into example
    from consolidation.differences(trace_ids => unequal[: 1]) as d
    limit 1;
    raise exception using
        errcode = 'data_corrupted',
        message = format(
            'old tables and documents differ in %s runs, for example %s %s in %s',
            cardinality(unequal), example.table_name, example.key, example.columns
        ),
        detail = format(
            'old: %s new: %s',
            coalesce(example.old_row::text, 'no row'), coalesce(example.new_row::text, 'no row')
        ),
        hint = 'Nothing was changed. select * from consolidation.differences(); shows all.';
end;
$$;

--
-- Name: FUNCTION refuse_unequal(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.refuse_unequal() IS 'Raises XX001 with an example if the proof found runs that differ and still do';

--
-- Name: refuse_unknown(jsonb); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.refuse_unknown(run jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
    key record;
    is_known boolean;
begin
    for key in
        select
            k.conname,
            k.confrelid::regclass as relation,
            r.attname,
            run ->> o.attname as value
        from pg_constraint as k
        inner join consolidation.declared_source as s on s.relation = k.confrelid
        inner join pg_attribute as o on o.attrelid = k.conrelid and o.attnum = k.conkey[1]
        inner join pg_attribute as r on r.attrelid = k.confrelid and r.attnum = k.confkey[1]
        where
            k.contype = 'f'
            and k.conrelid = 'public.user_workflow_run'::regclass
            and cardinality(k.conkey) = 1
            and run ->> o.attname is not null
    loop
        execute format(
            'select exists (select from %s as s where s.%I::text = $1)', key.relation, key.attname
        ) into is_known using key.value;
        if not is_known then
            perform consolidation.raise_foreign_key(
                'public', 'user_workflow_run', key.conname,
                format('Key (%s) is not present in table "%s".', key.value, key.relation)
            );
        end if;
    end loop;
end;
$_$;

--
-- Name: FUNCTION refuse_unknown(run jsonb); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.refuse_unknown(run jsonb) IS 'Raises 23503 for a run that refers to nothing, where that is why a declared column is null';

--
-- Name: refused_rows(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.refused_rows(trace_ids bigint[]) RETURNS TABLE(trace_id bigint, refused jsonb)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
begin
    return query
    select r.trace_id, jsonb_object_agg(r.table_name, r.keys)
    from (
        select
            a.trace_id,
            a.table_name,
            jsonb_agg(
                coalesce(
                    a.content ->> 'event_id', a.content ->> 'screenshot_id', a.content ->> 'key',
                    a.content ->> 'endpoint_id'
                )
            ) as keys
        from consolidation.set_aside as a
        where
            a.trace_id = any (trace_ids)
            and a.replaced_at is null
            and a.content ?| '{event_id,screenshot_id,key,endpoint_id}'
            and not exists (
                select from consolidation.old_event as o
                where o.trace_id = a.trace_id and o.event_id::text = a.content ->> 'event_id'
            )
            and not exists (
                select from consolidation.old_screenshot as o
                where
                    o.trace_id = a.trace_id
                    and o.screenshot_id::text = a.content ->> 'screenshot_id'
            )
            and not exists (
                select from consolidation.old_context as o
                where o.trace_id = a.trace_id and o.key = a.content ->> 'key'
            )
            and not exists (
                select from consolidation.old_endpoint as o
                where o.trace_id = a.trace_id and o.endpoint_id::text = a.content ->> 'endpoint_id'
            )
        group by a.trace_id, a.table_name
    ) as r
    group by r.trace_id;
end;
$$;

--
-- Name: FUNCTION refused_rows(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.refused_rows(trace_ids bigint[]) IS 'For each of these runs the elements that an old table refused and of which it holds no former
version: an object of arrays of their ids or keys, by table';

--
-- Name: cut_over_log; Type: TABLE; Schema: consolidation; Owner: -
--

CREATE TABLE consolidation.cut_over_log (
    ordinal bigint NOT NULL,
    stage text NOT NULL,
    relation regclass,
    statement text NOT NULL,
    must_succeed boolean DEFAULT false NOT NULL,
    CONSTRAINT cut_over_log_stage_check CHECK ((stage = ANY (ARRAY['arrive'::text, 'after'::text, 'validate'::text, 'validate back'::text])))
);

--
-- Name: TABLE cut_over_log; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TABLE consolidation.cut_over_log IS 'Statements that a swap of the names left for later, because the catalog does not keep what they
say';

--
-- Name: COLUMN cut_over_log.ordinal; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.cut_over_log.ordinal IS 'Order in which they are executed';

--
-- Name: COLUMN cut_over_log.stage; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.cut_over_log.stage IS 'When it is executed. arrive: in this swap, once the names are moved. validate: at the end of the
cut-over, once the locks are gone. after: in the revert, once the names are moved. validate back: at
the end of the revert, once the locks are gone';

--
-- Name: COLUMN cut_over_log.relation; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.cut_over_log.relation IS 'Relation that the statement is about, whatever it is called when it is executed';

--
-- Name: COLUMN cut_over_log.statement; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.cut_over_log.statement IS 'One statement, without semicolon; <relation> in it stands for the name of the relation';

--
-- Name: COLUMN cut_over_log.must_succeed; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.cut_over_log.must_succeed IS 'Whether it stops the revert when something that it names is gone, rather than being skipped';

--
-- Name: remember(text, regclass, text, boolean); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.remember(stage text, relation regclass, statement text, must_succeed boolean DEFAULT false) RETURNS void
    LANGUAGE sql
    BEGIN ATOMIC
 INSERT INTO consolidation.cut_over_log (stage, relation, statement, must_succeed)  SELECT v.stage,
             v.relation,
             v.statement,
             v.must_succeed
            FROM ( VALUES (remember.stage,remember.relation,remember.statement,remember.must_succeed)) v(stage, relation, statement, must_succeed)
           WHERE (v.statement IS NOT NULL);
END;

--
-- Name: FUNCTION remember(stage text, relation regclass, statement text, must_succeed boolean); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.remember(stage text, relation regclass, statement text, must_succeed boolean) IS 'Leaves a statement about a relation for a later stage; does nothing for null';

--
-- Name: remember_definitions(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.remember_definitions() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    delete from consolidation.remembered_definition;
    insert into consolidation.remembered_definition (kind, old_name, ordinal, relation, statement)
    select
        c.relkind,
        c.relname,
        d.ordinal,
        c.oid,
        d.statement
    from pg_class as c
    cross join lateral (
        select t.* from consolidation.table_definition(c.oid) as t where c.relkind = 'r'
        union all
        select v.* from consolidation.view_definition(c.oid) as v where c.relkind = 'v'
    ) as d
    where
        c.relname = any (consolidation.six_tables())
        and c.relkind in ('r', 'v')
        and c.relnamespace in (
            'public'::regnamespace, 'legacy'::regnamespace, 'consolidation'::regnamespace
        );
    -- The last value of each sequence of ids. An id that somebody planted far away did not come
    -- from it.
    insert into consolidation.remembered_definition (kind, old_name, ordinal, relation, statement)
    select
        'r',
        s.table_name,
        3999,
        o.relation,
        format('select setval(%L, %s)', q.sequence_name, pg_sequence_last_value(q.sequence_name))
    from consolidation.id_sequence as s
    cross join lateral (select consolidation.old_table(s.table_name) as relation) as o
    inner join pg_class as c on c.oid = o.relation and c.relkind = 'r'
    cross join lateral (
        select pg_get_serial_sequence(o.relation::text, s.column_name)::regclass as sequence_name
    ) as q
    where pg_sequence_last_value(q.sequence_name) is not null;
end;
$$;

--
-- Name: FUNCTION remember_definitions(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.remember_definitions() IS 'Notes the present definitions of the old tables and of the views of the old names. Called before
the documents are filled, and whenever the names have moved';

--
-- Name: remove_what_is_gone(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.remove_what_is_gone(trace_ids bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    is_any_refused constant boolean := consolidation.is_any_refused(trace_ids);
begin
    -- These runs are carried over for the first time, as most are.
    if not exists (
        select from public.user_workflow_run as r where r.legacy_trace_id = any (trace_ids)
    ) and not exists (
        select from public.user_workflow_run_step as s where s.legacy_trace_id = any (trace_ids)
    ) then
        return;
    end if;
    -- Steps whose number changed go as well: two of them may have swapped theirs, which no single
    -- update can follow.
    with gone as (
        delete from public.user_workflow_run_step as d
        where
            d.legacy_trace_id = any (trace_ids)
            and not exists (
                select from consolidation.old_step as s
                where
                    s.trace_id = any (trace_ids)
                    and s.step_id = d.legacy_step_id
                    and s.trace_id = d.legacy_trace_id
                    and s.step_number = d.step_number
            )
            and not (
                is_any_refused
                and consolidation.is_only_here(
                    d.legacy_trace_id, d.legacy_step_id, d.step_number
                )
            )
        returning d.*
    )

    -- One that was refused, and whose number an old step has by now, is kept as a whole.
    insert into consolidation.set_aside (
        table_name, trace_id, content, error_code, message, replaced_at
    )
    select
        'user_workflow_run_step', g.legacy_trace_id, to_jsonb(g), a.error_code, a.message, now()
    from gone as g
    inner join consolidation.set_aside as a on a.trace_id = g.legacy_trace_id
    where
        is_any_refused
        and a.table_name = 'workflow_steps'
        and a.replaced_at is null
        and a.content ->> 'step_id' = g.legacy_step_id::text
        and not exists (
            select from consolidation.old_step as s
            where s.trace_id = any (trace_ids) and s.step_id = g.legacy_step_id
        );
    -- One statement deletes a run and its steps. A run deleted since the statement above would
    -- otherwise leave its steps without a run, while there is no foreign key to take them along.
    with gone as (
        delete from public.user_workflow_run as d
        where
            d.legacy_trace_id = any (trace_ids)
            and not exists (
                select from consolidation.old_trace as t
                where t.trace_id = any (trace_ids) and t.trace_id = d.legacy_trace_id
            )
            and not (is_any_refused and consolidation.is_only_here(d.legacy_trace_id))
        returning d.legacy_trace_id
    )

    delete from public.user_workflow_run_step as s
    using gone as g
    where s.legacy_trace_id = any (trace_ids) and s.legacy_trace_id = g.legacy_trace_id;
end;
$$;

--
-- Name: FUNCTION remove_what_is_gone(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.remove_what_is_gone(trace_ids bigint[]) IS 'Deletes those of these runs, and of their steps, that the old tables no longer hold, but not those
that they refused';

--
-- Name: rename_table(text, text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.rename_table(old_name text, new_name text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    target constant regclass := format('public.%I', old_name)::regclass;
begin
    execute format('alter table %s rename to %I', target, new_name);
    perform consolidation.leave_view(old_name, target);
    perform consolidation.revoke_everything(format('public.%I', old_name)::regclass);
    perform consolidation.copy_grants(target, format('public.%I', old_name)::regclass);
    execute format(
        'alter view public.%I owner to %I', old_name, consolidation.owner_of(target)
    );
    -- A revert takes back the privileges that the roles of this project did not have and get here.
    perform consolidation.remember(
        'after', target, format('revoke %s on <relation> from %I', p.privilege, r.role_name)
    )
    from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) as p (privilege)
    cross join unnest(array['workflow_app', 'workflow_maintenance']) as r (role_name)
    where not exists (
        select from consolidation.privilege(target) as h
        where h.privilege_type = p.privilege and h.role_name = r.role_name and h.column_name is null
    );
end;
$$;

--
-- Name: FUNCTION rename_table(old_name text, new_name text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.rename_table(old_name text, new_name text) IS 'Renames a table and leaves a view of its old name, with owner and privileges';

--
-- Name: require_read_committed(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.require_read_committed() RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using
            errcode = 'invalid_transaction_state',
            message = format(
                'this works in read committed only, not in %s',
                current_setting('transaction_isolation')
            ),
            hint = 'set default_transaction_isolation = ''read committed''; an older snapshot '
            'would miss what was written last.';
    end if;
end;
$$;

--
-- Name: FUNCTION require_read_committed(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.require_read_committed() IS 'Raises 25000 in a transaction that is not read committed: carrying over or back takes locks first,
and then has to see what was committed until then';

--
-- Name: rest(timestamp with time zone, interval, interval, boolean); Type: PROCEDURE; Schema: consolidation; Owner: -
--

CREATE PROCEDURE consolidation.rest(IN batch_ended timestamp with time zone, IN pause interval, IN max_lag interval, INOUT stopped boolean)
    LANGUAGE plpgsql
    AS $$
declare
    early boolean;
    reported pg_catalog.timestamptz := pg_catalog.clock_timestamp();
begin
    loop
        stopped := consolidation.is_asked_to_stop();
        early :=
            pg_catalog.clock_timestamp() operator(pg_catalog.<)
            (batch_ended operator(pg_catalog.+) pause)
            or consolidation.standby_lag() operator(pg_catalog.>) max_lag;
        commit;
        exit when stopped or early is not true;
        if
            consolidation.standby_lag() operator(pg_catalog.>) max_lag
            and pg_catalog.clock_timestamp() operator(pg_catalog.>)
            (reported operator(pg_catalog.+) interval '5 seconds')
        then
            reported := pg_catalog.clock_timestamp();
            raise notice 'waits for a standby that is % behind', consolidation.standby_lag();
        end if;
        perform pg_catalog.pg_sleep(0.05);
    end loop;
end;
$$;

--
-- Name: PROCEDURE rest(IN batch_ended timestamp with time zone, IN pause interval, IN max_lag interval, INOUT stopped boolean); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON PROCEDURE consolidation.rest(IN batch_ended timestamp with time zone, IN pause interval, IN max_lag interval, INOUT stopped boolean) IS 'Between two batches: waits until pause is over and no standby is farther behind than max_lag.
stopped: whether stop_backfill asked the session to end';

--
-- Name: rest_triggers(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.rest_triggers() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    accepted record;
begin
    for accepted in
        select
            g.tgrelid::regclass as relation,
            g.tgname,
            case g.tgenabled when 'R' then 'replica' when 'A' then 'always' end as firing
        from unnest(consolidation.six_tables()) as n (name)
        inner join pg_trigger as g on g.tgrelid = consolidation.old_table(n.name)
        inner join pg_proc as p on p.oid = g.tgfoid
        where
            not g.tgisinternal
            and g.tgenabled <> 'D'
            and p.pronamespace <> 'consolidation'::regnamespace
    loop
        execute format('alter table %s disable trigger %I', accepted.relation, accepted.tgname);
        -- The inverse is remembered: the catalog forgets that the trigger fired, and how.
        perform consolidation.remember(
            'after',
            accepted.relation,
            format('alter table <relation> enable %s trigger %I', accepted.firing, accepted.tgname)
        );
    end loop;
end;
$$;

--
-- Name: FUNCTION rest_triggers(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.rest_triggers() IS 'Disables the triggers of the old tables that somebody accepted in consolidation.accepted, and
remembers to enable them';

--
-- Name: restore_name(text, text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.restore_name(old_name text, new_name text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    source constant regclass := format('public.%I', old_name)::regclass;
    target constant regclass := format('public.%I', new_name)::regclass;
begin
    -- As in restore_table.
    execute format('revoke all on %s from workflow_app, workflow_maintenance', source);
    perform consolidation.revoke_grants(target);
    perform consolidation.copy_grants(source, target);
    execute format('drop view %s', source);
    execute format('alter table %s rename to %I', target, old_name);
end;
$$;

--
-- Name: FUNCTION restore_name(old_name text, new_name text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.restore_name(old_name text, new_name text) IS 'The inverse of rename_table';

--
-- Name: restore_table(text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.restore_table(old_name text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    source constant regclass := format('public.%I', old_name)::regclass;
    target constant regclass := format('legacy.%I', old_name)::regclass;
begin
    execute format('alter view %s set schema consolidation', source);
    execute format('alter table %s set schema public', target);
    -- Privileges that were changed since the cut-over go back with the name. The roles of this
    -- project keep those that they had on the table before it.
    execute format('revoke all on %s from workflow_app, workflow_maintenance', source);
    perform consolidation.revoke_grants(target);
    perform consolidation.copy_grants(source, target);
    perform consolidation.revoke_grants(source);
    execute format(
        'alter view %s owner to %I', source, consolidation.owner_of('public.user_workflow_run')
    );
end;
$$;

--
-- Name: FUNCTION restore_table(old_name text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.restore_table(old_name text) IS 'The inverse of retire_table';

--
-- Name: retire_sequence(regclass, regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.retire_sequence(retired regclass, successor regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

--
-- Name: FUNCTION retire_sequence(retired regclass, successor regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.retire_sequence(retired regclass, successor regclass) IS 'Ends a sequence where it stands, so that no number is given twice. A session that looked its name
up before the swap and takes its number after it gets 2200H. If sessions wait for the sequence
already, it keeps a hundred numbers for them, and its successor begins after these. Its minimum and
maximum must differ';

--
-- Name: retire_sequences(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.retire_sequences() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform consolidation.retire_sequence(
        format('legacy.%I', s.sequence_name)::regclass,
        format('public.%I', s.sequence_name)::regclass
    )
    from consolidation.id_sequence as s;
end;
$$;

--
-- Name: FUNCTION retire_sequences(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.retire_sequences() IS 'Ends the sequences of the old tables, as late as possible: sessions may begin to wait for them';

--
-- Name: retire_table(text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.retire_table(old_name text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    source constant regclass := format('public.%I', old_name)::regclass;
    target constant regclass := format('consolidation.%I', old_name)::regclass;
    owner constant name := consolidation.owner_of(source);
begin
    execute format('alter table %s set schema legacy', source);
    execute format('alter view %s set schema public', target);
    perform consolidation.copy_grants(source, target);
    perform consolidation.grant_documents(target);
    execute format('alter view %s owner to %I', target, owner);
    -- Keys between the old tables act with the rights of their owner.
    if not has_schema_privilege(owner, 'legacy', 'usage') then
        execute format('grant usage on schema legacy to %I', owner);
    end if;
end;
$$;

--
-- Name: FUNCTION retire_table(old_name text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.retire_table(old_name text) IS 'Gives the name of one of the six tables to its view, with owner and privileges';

--
-- Name: revoke_everything(regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.revoke_everything(relation regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    statement text;
begin
    for statement in
        select distinct format(
            'revoke all on %s%s from %s cascade',
            case c.relkind when 'S' then 'sequence ' end, c.oid::regclass,
            coalesce(quote_ident(r.rolname), 'public')
        )
        from pg_class as c
        cross join lateral aclexplode(c.relacl) as x
        left join pg_roles as r on r.oid = x.grantee
        where
            x.grantee <> c.relowner
            and (
                c.oid = relation
                or c.oid in (
                    select d.objid from pg_depend as d
                    where
                        d.classid = 'pg_class'::regclass
                        and d.refclassid = 'pg_class'::regclass
                        and d.refobjid = relation
                        and d.deptype in ('a', 'i')
                        and c.relkind = 'S'
                )
            )
    loop
        execute statement;
    end loop;
end;
$$;

--
-- Name: FUNCTION revoke_everything(relation regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.revoke_everything(relation regclass) IS 'Revokes from everybody but the owner the privileges that default privileges gave on a new relation,
and on the sequences of its columns';

--
-- Name: revoke_grants(regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.revoke_grants(target regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    grantee text;
begin
    for grantee in
        select distinct p.role_name
        from consolidation.privilege(target) as p
        inner join pg_class as c on c.oid = target
        where
            p.grantee <> c.relowner
            and p.role_name not in ('workflow_app', 'workflow_maintenance')
    loop
        execute format('revoke all on %s from %s cascade', target, grantee);
    end loop;
end;
$$;

--
-- Name: FUNCTION revoke_grants(target regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.revoke_grants(target regclass) IS 'Revokes all privileges on a relation, also on its columns, from everybody but its owner and the
roles of this project';

--
-- Name: rewrite_view(regclass, text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.rewrite_view(shown regclass, query text) RETURNS regclass
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    said constant text := obj_description(shown, 'pg_class');
    name constant text := shown::text;
begin
    execute format('drop view %s', name);
    execute format('create view %s with (security_invoker = true) as %s', name, query);
    execute format('comment on view %s is %L', name, said);
    return name::regclass;
end;
$$;

--
-- Name: FUNCTION rewrite_view(shown regclass, query text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.rewrite_view(shown regclass, query text) IS 'Creates a view again with another query, and the comment that it has';

--
-- Name: rule_definition(oid); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.rule_definition(rule oid) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    RETURN pg_get_ruledef(rule);

--
-- Name: FUNCTION rule_definition(rule oid); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.rule_definition(rule oid) IS 'The statement that creates a rule, or the query of a view, with all schemas';

--
-- Name: rules_definition(regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.rules_definition(source regclass) RETURNS TABLE(stage integer, place bigint, statement text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT 7,
     (g.oid)::bigint AS oid,
     pg_get_triggerdef(g.oid) AS pg_get_triggerdef
    FROM pg_trigger g
   WHERE ((g.tgrelid = (rules_definition.source)::oid) AND (NOT g.tgisinternal))
 UNION ALL
  SELECT 8,
     (g.oid)::bigint AS oid,
     format('alter table %s %s trigger %I'::text, rules_definition.source,
         CASE g.tgenabled
             WHEN 'D'::"char" THEN 'disable'::text
             WHEN 'A'::"char" THEN 'enable always'::text
             ELSE 'enable replica'::text
         END, g.tgname) AS format
    FROM pg_trigger g
   WHERE ((g.tgrelid = (rules_definition.source)::oid) AND (NOT g.tgisinternal) AND (g.tgenabled <> 'O'::"char"))
 UNION ALL
  SELECT 8,
     (p.oid)::bigint AS oid,
     consolidation.policy_definition(p.oid, (rules_definition.source)::text) AS policy_definition
    FROM pg_policy p
   WHERE (p.polrelid = (rules_definition.source)::oid)
 UNION ALL
  SELECT 9,
     v.place,
     format('alter table %s %s row level security'::text, rules_definition.source, v.setting) AS format
    FROM (pg_class c
      CROSS JOIN LATERAL ( VALUES (1,
                 CASE
                     WHEN c.relrowsecurity THEN 'enable'::text
                     ELSE 'disable'::text
                 END), (2,
                 CASE
                     WHEN c.relforcerowsecurity THEN 'force'::text
                     ELSE 'no force'::text
                 END)) v(place, setting))
   WHERE ((c.oid = (rules_definition.source)::oid) AND (c.relkind = 'r'::"char"));
END;

--
-- Name: FUNCTION rules_definition(source regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.rules_definition(source regclass) IS 'Statements that create triggers and policies of a table again';

--
-- Name: run_batch(text, bigint, interval, consolidation.batch_state); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.run_batch(task text, claimed_id bigint, batch_time interval, INOUT state consolidation.batch_state) RETURNS consolidation.batch_state
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    began constant timestamptz := clock_timestamp();
    handled bigint;
begin
    handled := case task
        when 'backfill' then consolidation.carry_chunk(claimed_id)
        when 'proof' then consolidation.prove_chunk(claimed_id)
    end;
    state.ended_at := clock_timestamp();
    state.is_over := handled is null;
    state.done := state.done + coalesce(handled, 0);
    state.size := consolidation.next_size(state.size, handled, state.ended_at - began, batch_time);
    state.must_catch_up := false;
    if state.ended_at > state.reported_at + interval '5 seconds' then
        state.reported_at := state.ended_at;
        raise notice '%', consolidation.progress_line(task);
        -- The queue must not grow while the proof runs.
        state.must_catch_up := task = 'proof';
    end if;
end;
$$;

--
-- Name: FUNCTION run_batch(task text, claimed_id bigint, batch_time interval, INOUT state consolidation.batch_state); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.run_batch(task text, claimed_id bigint, batch_time interval, INOUT state consolidation.batch_state) IS 'Works through one batch of a task, backfill or proof: the range that claim_chunk() returned.
Reports every 5 seconds. Returns the state with which the session goes on';

--
-- Name: run_batches(text, integer, interval, interval, interval, bigint); Type: PROCEDURE; Schema: consolidation; Owner: -
--

CREATE PROCEDURE consolidation.run_batches(IN task text, IN batch_size integer, IN batch_time interval, IN pause interval, IN max_lag interval, INOUT done bigint)
    LANGUAGE plpgsql
    AS $$
declare
    state consolidation.batch_state := (
        batch_size, done, null::pg_catalog.timestamptz, pg_catalog.clock_timestamp(), false, false
    );
    claimed bigint;
    stopped boolean;
begin
    loop
        call consolidation.rest(state.ended_at, pause, max_lag, stopped);
        exit when stopped;
        claimed := consolidation.claim_chunk(task, state.size);
        commit;
        exit when claimed is null;
        state := consolidation.run_batch(task, claimed, batch_time, state);
        commit;
        exit when state.is_over;
        if state.must_catch_up then
            call consolidation.catch_up(patience => '2 seconds');
        end if;
    end loop;
    done := state.done;
end;
$$;

--
-- Name: PROCEDURE run_batches(IN task text, IN batch_size integer, IN batch_time interval, IN pause interval, IN max_lag interval, INOUT done bigint); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON PROCEDURE consolidation.run_batches(IN task text, IN batch_size integer, IN batch_time interval, IN pause interval, IN max_lag interval, INOUT done bigint) IS 'Works through the ranges of a task, backfill or proof, a batch a transaction; parameters as of
backfill(). done: the runs of this session are added to it. Returns when all is done, when
stop_backfill() asks it to, and at the cut-over';

--
-- Name: say(text, name); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.say(mark text, column_name name) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    found record;
    place record;
    key constant text := concat('legacy_', column_name);
begin
    for found in
        select pg_get_functiondef(p.oid) as definition
        from pg_proc as p
        where
            -- Anybody may have a function in public.
            (
                p.pronamespace = 'consolidation'::regnamespace
                or p.oid = to_regprocedure('public.keep_screenshots()')
            )
            and strpos(p.prosrc, format('/* %s: ', mark)) > 0
    loop
        for place in
            select distinct
                m.part[1] as comment,
                m.part[2] as template
            from regexp_matches(
                found.definition, format('(/\* %s: (.*?) \*/)', mark), 'g'
            ) as m (part)
        loop
            place.template := replace(place.template, '''legacy_<further>''', quote_literal(key));
            place.template := replace(place.template, 'legacy_<further>', quote_ident(key));
            place.template := replace(
                place.template, '<further>', coalesce(quote_ident(column_name), '')
            );
            found.definition := replace(
                found.definition, place.comment, concat(place.template, ' ', place.comment)
            );
        end loop;
        execute found.definition;
    end loop;
end;
$$;

--
-- Name: FUNCTION say(mark text, column_name name); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.say(mark text, column_name name) IS 'Lets functions say what a comment says that begins with the mark, before that comment, with the
column for <further>';

--
-- Name: screenshot_object(uuid, uuid, text, integer, text, text, text, text, boolean, numeric, timestamp with time zone, consolidation.node_id); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.screenshot_object(screenshot_id uuid, org_id uuid, node_name text, step_index integer, screenshot_url text, thumbnail_url text, action_description text, element_selector text, element_found boolean, confidence_score numeric, created_at timestamp with time zone, node_id consolidation.node_id) RETURNS consolidation.screenshot_object
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN ROW(screenshot_url, thumbnail_url, public.to_iso8601(created_at), action_description, element_selector, element_found, confidence_score, screenshot_id, org_id, node_id, node_name, step_index)::consolidation.screenshot_object;

--
-- Name: FUNCTION screenshot_object(screenshot_id uuid, org_id uuid, node_name text, step_index integer, screenshot_url text, thumbnail_url text, action_description text, element_selector text, element_found boolean, confidence_score numeric, created_at timestamp with time zone, node_id consolidation.node_id); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.screenshot_object(screenshot_id uuid, org_id uuid, node_name text, step_index integer, screenshot_url text, thumbnail_url text, action_description text, element_selector text, element_found boolean, confidence_score numeric, created_at timestamp with time zone, node_id consolidation.node_id) IS 'A row of workflow_trace_screenshot as a screenshot_object, which to_jsonb makes an element of
screenshots';

--
-- Name: screenshot_element(uuid, uuid, text, integer, text, text, text, text, boolean, numeric, timestamp with time zone, consolidation.node_id); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.screenshot_element(screenshot_id uuid, org_id uuid, node_name text, step_index integer, screenshot_url text, thumbnail_url text, action_description text, element_selector text, element_found boolean, confidence_score numeric, created_at timestamp with time zone, node_id consolidation.node_id) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN to_jsonb(consolidation.screenshot_object(screenshot_id, org_id, node_name, step_index, screenshot_url, thumbnail_url, action_description, element_selector, element_found, confidence_score, created_at, node_id));

--
-- Name: FUNCTION screenshot_element(screenshot_id uuid, org_id uuid, node_name text, step_index integer, screenshot_url text, thumbnail_url text, action_description text, element_selector text, element_found boolean, confidence_score numeric, created_at timestamp with time zone, node_id consolidation.node_id); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.screenshot_element(screenshot_id uuid, org_id uuid, node_name text, step_index integer, screenshot_url text, thumbnail_url text, action_description text, element_selector text, element_found boolean, confidence_score numeric, created_at timestamp with time zone, node_id consolidation.node_id) IS 'A row of workflow_trace_screenshot as an element of screenshots';

--
-- Name: screenshot_number(uuid); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.screenshot_number(screenshot_id uuid) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN ((screenshot_id)::text ~ '^.{8}-.{4}-8.{3}-8.77-662d73686f74$'::text) THEN (((('x'::text || OVERLAY(OVERLAY("left"(replace((screenshot_id)::text, '-'::text, ''::text), 18) PLACING ''::text FROM 17 FOR 1) PLACING ''::text FROM 13 FOR 1)))::bit(64))::bigint # '-9223372036854775808'::bigint) ELSE NULL::bigint END;

--
-- Name: FUNCTION screenshot_number(screenshot_id uuid); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.screenshot_number(screenshot_id uuid) IS 'The inverse of screenshot_uuid(); null for another uuid';

--
-- Name: screenshot_uuid(bigint); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.screenshot_uuid(screenshot_id bigint) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((OVERLAY(OVERLAY(lpad(to_hex((screenshot_id # '-9223372036854775808'::bigint)), 16, '0'::text) PLACING '8'::text FROM 13 FOR 0) PLACING '8'::text FROM 17 FOR 0) || '77662d73686f74'::text))::uuid;

--
-- Name: FUNCTION screenshot_uuid(screenshot_id bigint); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.screenshot_uuid(screenshot_id bigint) IS 'screenshot_id of an element where the old table has numbers: a UUID version 8, one-to-one, growing
with the number';

--
-- Name: screenshots_of_old_rows(bigint[], boolean); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.screenshots_of_old_rows(trace_ids bigint[], on_steps boolean) RETURNS TABLE(trace_id bigint, step_number integer, screenshots jsonb)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return query
    select
        p.trace_id::bigint,
        s.step_number,
        to_jsonb(
            array_agg(
                /* screenshot: to_jsonb( */
                consolidation.screenshot_object(
                    p.screenshot_id, p.org_id, p.node_name, p.step_index, p.screenshot_url,
                    p.thumbnail_url, p.action_description, p.element_selector, p.element_found,
                    p.confidence_score, p.created_at, p.node_id
                )
                /* screenshot: ) || consolidation.to_key('legacy_<further>', p.<further>) */
                order by p.created_at, p.screenshot_id
            )
        )
    from consolidation.old_screenshot as p
    left join consolidation.old_step as s
        on s.trace_id = any (trace_ids)
        and s.trace_id = p.trace_id
        and s.step_number = p.step_index
    where p.trace_id = any (trace_ids) and (s.step_id is not null) = on_steps
    group by p.trace_id, s.step_number;
end;
$$;

--
-- Name: FUNCTION screenshots_of_old_rows(trace_ids bigint[], on_steps boolean); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.screenshots_of_old_rows(trace_ids bigint[], on_steps boolean) IS 'The arrays of screenshots of these runs: those of their steps, or those of no step';

--
-- Name: see_everything(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.see_everything() RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    hidden text;
begin
    select string_agg(t.relation::text, ', ' order by t.relation::text)
    into hidden
    from (
        select
            to_regclass('public.' || n.name) as relation,
            pg_has_role('workflow_maintenance', 'usage') as has_policy
        from unnest(array['user_workflow_run', 'user_workflow_run_step']) as n (name)
        union all
        select
            consolidation.old_table(n.name),
            false
        from unnest(consolidation.six_tables()) as n (name)
    ) as t
    where t.relation is not null and row_security_active(t.relation::oid) and not t.has_policy;
    if hidden is not null then
        raise exception using
            errcode = 'insufficient_privilege',
            message = format(
                'row level security would hide rows of %s from %s', hidden, current_user
            ),
            hint = 'Be a member of workflow_maintenance; for old tables with policies of their '
            'own, their owner, or a role with bypassrls.';
    end if;
end;
$$;

--
-- Name: FUNCTION see_everything(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.see_everything() IS 'Raises 42501 if row level security hides rows of old tables or documents from the current role';

--
-- Name: serial_definition(regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.serial_definition(source regclass) RETURNS TABLE(stage integer, place bigint, statement text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT v.stage,
     (a.attnum)::bigint AS attnum,
         CASE v.stage
             WHEN 1 THEN format('create sequence %s as %s'::text, (d.objid)::regclass, format_type(s.seqtypid, NULL::integer))
             ELSE format('alter sequence %s owned by %s.%I'::text, (d.objid)::regclass, serial_definition.source, a.attname)
         END AS format
    FROM (((pg_depend d
      JOIN pg_sequence s ON ((s.seqrelid = d.objid)))
      JOIN pg_attribute a ON (((a.attrelid = (serial_definition.source)::oid) AND (a.attnum = d.refobjsubid))))
      CROSS JOIN ( VALUES (1), (3)) v(stage))
   WHERE ((d.classid = ('pg_class'::regclass)::oid) AND (d.refclassid = ('pg_class'::regclass)::oid) AND (d.refobjid = (serial_definition.source)::oid) AND (d.deptype = 'a'::"char"));
END;

--
-- Name: FUNCTION serial_definition(source regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.serial_definition(source regclass) IS 'Statements that create the sequences of the serial columns of a table again';

--
-- Name: set_aside; Type: TABLE; Schema: consolidation; Owner: -
--

CREATE TABLE consolidation.set_aside (
    table_name text NOT NULL,
    trace_id bigint NOT NULL,
    content jsonb NOT NULL,
    error_code text NOT NULL,
    message text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    replaced_at timestamp with time zone
);

--
-- Name: TABLE set_aside; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TABLE consolidation.set_aside IS 'Rows that an old table refused when their run was carried back. They stay in the documents, unless
the old tables are written to again and replace them: then this is all that is left of them';

--
-- Name: COLUMN set_aside.table_name; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.set_aside.table_name IS 'Old table that refused the row';

--
-- Name: COLUMN set_aside.trace_id; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.set_aside.trace_id IS 'Run of the row';

--
-- Name: COLUMN set_aside.content; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.set_aside.content IS 'The row, as the old name shows it';

--
-- Name: COLUMN set_aside.error_code; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.set_aside.error_code IS 'SQLSTATE of the refusal';

--
-- Name: COLUMN set_aside.message; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.set_aside.message IS 'Message of the refusal';

--
-- Name: COLUMN set_aside.at; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.set_aside.at IS 'When the row was refused';

--
-- Name: COLUMN set_aside.replaced_at; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.set_aside.replaced_at IS 'When the documents were rebuilt from old tables with another version of it; null: they have it';

--
-- Name: set_aside(text, bigint, jsonb, text, text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.set_aside(table_name text, trace_id bigint, content jsonb, error_code text, message text) RETURNS void
    LANGUAGE sql
    BEGIN ATOMIC
 INSERT INTO consolidation.set_aside (table_name, trace_id, content, error_code, message)
   VALUES (set_aside.table_name, set_aside.trace_id, set_aside.content, set_aside.error_code, set_aside.message);
END;

--
-- Name: FUNCTION set_aside(table_name text, trace_id bigint, content jsonb, error_code text, message text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.set_aside(table_name text, trace_id bigint, content jsonb, error_code text, message text) IS 'Notes a row that an old table refused';

--
-- Name: set_privileges(text[], oid[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.set_privileges(kinds text[] DEFAULT NULL::text[], ids oid[] DEFAULT NULL::oid[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    statement text;
begin
    for statement in
        select u.statement
        from consolidation.unequal_privileges(kinds, ids) as u
        order by u.ordinal
    loop
        execute statement;
    end loop;
end;
$$;

--
-- Name: FUNCTION set_privileges(kinds text[], ids oid[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.set_privileges(kinds text[], ids oid[]) IS 'Gives the objects of these kinds and ids (of project_object; null: all) the declared privileges and
row level security; touches nothing that has them';

--
-- Name: settle_claims(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.settle_claims(trace_ids bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    -- A document that an application has locked is left alone: nobody waits here, and the
    -- application's own write brings the run here again.
    free_runs constant bigint [] := array(
        select r.legacy_trace_id
        from public.user_workflow_run as r
        where r.legacy_trace_id in (
            select j.trace_id
            from consolidation.judged_claim(trace_ids) as j
            where j.verdict = 'lost' and j.step_id is null
        )
        for update skip locked
    );
    free_steps constant bigint [] := array(
        select s.legacy_step_id
        from public.user_workflow_run_step as s
        where s.legacy_step_id in (
            select j.step_id
            from consolidation.judged_claim(trace_ids) as j
            where j.verdict = 'lost'
        )
        for update skip locked
    );
    taken constant text [] := array(select c.id from consolidation.claims_of(trace_ids) as c);
    document record;
    moved record;
begin
    -- The claims are asked for again, now that nobody else changes them.
    for document in
        select
            j.kind,
            j.trace_id,
            j.step_id,
            jsonb_object_agg(j.place, consolidation.free_id(j.kind, taken)) as new_ids
        from consolidation.judged_claim(trace_ids) as j
        where
            j.verdict = 'lost'
            and (
                (j.step_id is null and j.trace_id = any (free_runs))
                or j.step_id = any (free_steps)
            )
        group by j.kind, j.trace_id, j.step_id
    loop
        perform consolidation.give_new_ids(
            document.kind, document.trace_id, document.step_id, document.new_ids
        );
    end loop;

    -- By arrays of ids: a join may read the old tables whole.
    select
        coalesce(array_agg(j.id) filter (where j.kind = 'event'), '{}') as events,
        coalesce(array_agg(j.id) filter (where j.kind = 'screenshot'), '{}') as screenshots,
        coalesce(array_agg(j.id) filter (where j.kind = 'context'), '{}') as contexts
    into moved
    from consolidation.judged_claim(trace_ids) as j
    where j.verdict = 'moved';
    delete from consolidation.old_event as o where o.event_id = any (moved.events::bigint []);
    delete from consolidation.old_screenshot/* numbered: _number */ as o
    where o.screenshot_id = any (
        /* numbered: array(select consolidation.screenshot_number(m.id) from unnest( */
        moved.screenshots::uuid []
        /* numbered: ) as m (id)) */
    );
    delete from consolidation.old_context as o where o.context_id = any (moved.contexts::bigint []);
end;
$$;

--
-- Name: FUNCTION settle_claims(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.settle_claims(trace_ids bigint[]) IS 'Gives elements and context keys of these runs whose claim is lost a new id, also in their document.
Deletes a row that moved here where the old table still has it';

--
-- Name: settle_session(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.settle_session() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform set_config(s.name, s.setting, false)
    from (
        values
        ('statement_timeout', '0'),
        ('idle_in_transaction_session_timeout', '0'),
        ('default_transaction_isolation', 'read committed'),
        ('standard_conforming_strings', 'on'),
        ('quote_all_identifiers', 'off'),
        ('transform_null_equals', 'off'),
        ('array_nulls', 'on'),
        ('check_function_bodies', 'on'),
        ('datestyle', 'ISO, MDY'),
        ('intervalstyle', 'postgres'),
        ('extra_float_digits', '1'),
        ('bytea_output', 'hex'),
        ('xmloption', 'content'),
        ('plan_cache_mode', 'auto'),
        -- JIT costs more than it saves in the statements of a script, and under locks others wait.
        ('jit', 'off')
    ) as s (name, setting);
end;
$$;

--
-- Name: FUNCTION settle_session(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.settle_session() IS 'Sets, until the end of the session, the settings that scripts of the plan rely on and that a
database or a role may have set otherwise';

--
-- Name: shared_workflow(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.shared_workflow() RETURNS TABLE(workflow_id uuid, states bigint, org_id uuid, others text)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if consolidation.phase() <> 'expand' then
        return;
    end if;
    return query
    select
        w.workflow_id,
        w.states,
        w.org_id,
        string_agg(distinct u.org_id::text, ', ' order by u.org_id::text)
    from (
        select
            o.workflow_id,
            o.org_id,
            count(*) as states
        from public.micro_state as m
        inner join public.user_workflow_owner as o on o.workflow_id = m.workflow_id
        group by o.workflow_id, o.org_id
    ) as w
    inner join (
        select
            t.workflow_id,
            t.org_id
        from consolidation.old_trace as t
        union all
        select
            c.workflow_id,
            c.org_id
        from public.workflow_configs as c
    ) as u on u.workflow_id = w.workflow_id and u.org_id <> w.org_id
    group by w.workflow_id, w.org_id, w.states;
end;
$$;

--
-- Name: FUNCTION shared_workflow(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.shared_workflow() IS 'Workflows with page states that several organisations used: how many states, the organisation that
owns the workflow, the others as text; no row after the cut-over';

--
-- Name: show_column(regclass, text, name); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.show_column(shown regclass, expression text, column_name name) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    definition constant text := consolidation.expect_key(
        rtrim(pg_get_viewdef(shown), ';'), column_name
    );
    -- Subqueries are indented further.
    place constant integer := strpos(definition, e'\n   FROM ');
begin
    execute format(
        'create or replace view %s with (security_invoker = true) as %s, %s as %I %s',
        shown,
        left(definition, place - 1),
        replace(expression, '<alias>', substring(substr(definition, place) from 'FROM \S+ (\w+)')),
        column_name,
        substr(definition, place)
    );
end;
$$;

--
-- Name: FUNCTION show_column(shown regclass, expression text, column_name name); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.show_column(shown regclass, expression text, column_name name) IS 'Appends a column to a view. expression: its value; <alias> stands for the relation that a plain
view reads';

--
-- Name: show_computed(regclass, text); Type: PROCEDURE; Schema: consolidation; Owner: -
--

CREATE PROCEDURE consolidation.show_computed(IN shown regclass, IN table_name text)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if not exists (select from consolidation.computed_column(table_name)) then
        return;
    end if;
    execute format(
        'create or replace view %s with (security_invoker = true) as select %s from (%s) as x',
        shown, consolidation.shown_columns(shown, table_name, 'document', 'x'),
        rtrim(pg_get_viewdef(shown), ';')
    );
end;
$$;

--
-- Name: PROCEDURE show_computed(IN shown regclass, IN table_name text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON PROCEDURE consolidation.show_computed(IN shown regclass, IN table_name text) IS 'Lets a view of elements show the same as the old table in columns that this lacks, whatever the
elements say';

--
-- Name: shown_columns(regclass, text, text, text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.shown_columns(shown regclass, table_name text, kind_of_row text, source text) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT string_agg(
         CASE
             WHEN (c.column_name IS NULL) THEN concat(shown_columns.source, '.', quote_ident((a.attname)::text))
             ELSE format('%s as %I'::text, replace(consolidation.computed_value(shown_columns.table_name, a.attname, c.type_name, shown_columns.kind_of_row), '<row>'::text, shown_columns.source), a.attname)
         END, ', '::text ORDER BY a.attnum) AS string_agg
    FROM (pg_attribute a
      LEFT JOIN consolidation.computed_column(shown_columns.table_name) c(column_name, type_name, is_missing) ON ((c.column_name = a.attname)))
   WHERE ((a.attrelid = (shown_columns.shown)::oid) AND (a.attnum > 0));
END;

--
-- Name: FUNCTION shown_columns(shown regclass, table_name text, kind_of_row text, source text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.shown_columns(shown regclass, table_name text, kind_of_row text, source text) IS 'The columns of a view as they are selected from source, the alias of a relation, computed where the
old table lacks them. kind_of_row: as of computed_value()';

--
-- Name: event_row; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.event_row WITH (security_invoker='true') AS
 SELECT e.event_id,
    r.legacy_trace_id AS trace_id,
    s.legacy_step_id AS step_id,
    e.event_type,
    e.event_data,
    e."timestamp",
    x.place,
    x.element,
    consolidation.fits_event(x.element, e."timestamp", ( SELECT consolidation.nullable_columns('workflow_events'::text) AS nullable_columns)) AS fits,
        CASE
            WHEN (jsonb_typeof(x.element) = 'object'::text) THEN ((x.element ?& '{type,timestamp,data,event_id}'::text[]) AND ((x.element - '{type,timestamp,data,event_id}'::text[]) = '{}'::jsonb))
            ELSE false
        END AS as_built
   FROM ((((public.user_workflow_run r
     CROSS JOIN ( VALUES (true), (false)) k(of_run))
     LEFT JOIN public.user_workflow_run_step s ON (((s.run_id = r.run_id) AND (NOT k.of_run))))
     CROSS JOIN LATERAL jsonb_array_elements(
        CASE
            WHEN k.of_run THEN
            CASE
                WHEN (jsonb_typeof(r.events) = 'array'::text) THEN r.events
                ELSE NULL::jsonb
            END
            WHEN (jsonb_typeof(s.events) = 'array'::text) THEN s.events
            ELSE NULL::jsonb
        END) WITH ORDINALITY x(element, place))
     CROSS JOIN LATERAL ( SELECT consolidation.event_key(x.element, COALESCE(s.step_id, r.run_id), x.place) AS event_id,
            (
                CASE
                    WHEN (length((x.element ->> 'type'::text)) <= 100) THEN (x.element ->> 'type'::text)
                    ELSE NULL::text
                END)::character varying(100) AS event_type,
            COALESCE((x.element -> 'data'::text), 'null'::jsonb) AS event_data,
            public.from_iso8601((x.element ->> 'timestamp'::text)) AS "timestamp"
         OFFSET 0) e)
  WHERE ((x.place >= 1) AND (x.place <= 2147483647));

--
-- Name: VIEW event_row; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.event_row IS 'Events of the documents as rows of workflow_events, with their place in the array, the element
itself and whether the old table could hold it. as_built: the element has the keys that
consolidate() gives it, and no others';

--
-- Name: back_event; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.back_event WITH (security_invoker='true') AS
 SELECT e.event_id,
    e.trace_id,
    e.step_id,
    e.event_type,
    e.event_data,
    e."timestamp"
   FROM consolidation.event_row e
  WHERE e.fits;

--
-- Name: VIEW back_event; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.back_event IS 'Rows that workflow_events has to hold, in the types of the documents';

--
-- Name: shown_events(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.shown_events(trace_ids bigint[]) RETURNS SETOF consolidation.back_event
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_nestloop TO 'on'
    AS $$
begin
    return query
    select b.* from consolidation.back_event as b where b.trace_id = any (trace_ids);
end;
$$;

--
-- Name: FUNCTION shown_events(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.shown_events(trace_ids bigint[]) IS 'Rows of back_event that belong to these runs';

--
-- Name: screenshot_row; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.screenshot_row WITH (security_invoker='true') AS
 SELECT e.screenshot_id,
    r.legacy_trace_id AS trace_id,
        CASE
            WHEN ((e.org_id IS NULL) AND (NOT e.says_no_org)) THEN r.org_id
            ELSE e.org_id
        END AS org_id,
    e.node_name,
    COALESCE(e.step_index, s.step_number) AS step_index,
    e.screenshot_url,
    e.thumbnail_url,
    e.action_description,
    e.element_selector,
    e.element_found,
    e.confidence_score,
    e.created_at,
        CASE
            WHEN ((e.node_id IS NULL) AND (NOT e.says_no_node)) THEN s.node_id
            ELSE (e.node_id)::uuid
        END AS node_id,
    s.step_id AS on_step,
    s.step_number AS on_step_number,
    x.place,
    x.element,
    consolidation.fits_screenshot(x.element, e.created_at, (NOT k.of_run), ( SELECT consolidation.nullable_columns('workflow_trace_screenshot'::text) AS nullable_columns)) AS fits,
        CASE
            WHEN (jsonb_typeof(x.element) = 'object'::text) THEN ((x.element ?& w.key) AND ((x.element - w.key) = '{}'::jsonb))
            ELSE false
        END AS as_built
   FROM (((((public.user_workflow_run r
     CROSS JOIN ( VALUES (ARRAY['url'::text, 'thumbnail_url'::text, 'timestamp'::text, 'action'::text, 'selector'::text, 'element_found'::text, 'confidence'::text, 'screenshot_id'::text, 'org_id'::text, 'node_id'::text, 'node_name'::text, 'step_index'::text])) w(key))
     CROSS JOIN ( VALUES (true), (false)) k(of_run))
     LEFT JOIN public.user_workflow_run_step s ON (((s.run_id = r.run_id) AND (NOT k.of_run))))
     CROSS JOIN LATERAL jsonb_array_elements(
        CASE
            WHEN k.of_run THEN
            CASE
                WHEN (jsonb_typeof(r.screenshots) = 'array'::text) THEN r.screenshots
                ELSE NULL::jsonb
            END
            WHEN (jsonb_typeof(s.screenshots) = 'array'::text) THEN s.screenshots
            ELSE NULL::jsonb
        END) WITH ORDINALITY x(element, place))
     CROSS JOIN LATERAL ( SELECT consolidation.screenshot_key(x.element, COALESCE(s.step_id, r.run_id), x.place) AS screenshot_id,
            consolidation.to_uuid((x.element -> 'org_id'::text)) AS org_id,
            (
                CASE
                    WHEN (length((x.element ->> 'node_name'::text)) <= 255) THEN (x.element ->> 'node_name'::text)
                    WHEN (((x.element -> 'node_name'::text) = 'null'::jsonb) AND ('node_name'::text = ANY (n.nullable))) THEN NULL::text
                    ELSE ''::text
                END)::character varying(255) AS node_name,
                CASE
                    WHEN ((consolidation.to_bigint((x.element -> 'step_index'::text)) >= '-2147483648'::integer) AND (consolidation.to_bigint((x.element -> 'step_index'::text)) <= 2147483647)) THEN ((x.element -> 'step_index'::text))::integer
                    ELSE NULL::integer
                END AS step_index,
            (x.element ->> 'url'::text) AS screenshot_url,
            (x.element ->> 'thumbnail_url'::text) AS thumbnail_url,
            COALESCE((x.element ->> 'action'::text),
                CASE
                    WHEN (((x.element -> 'action'::text) = 'null'::jsonb) AND ('action_description'::text = ANY (n.nullable))) THEN NULL::text
                    ELSE ''::text
                END) AS action_description,
            (x.element ->> 'selector'::text) AS element_selector,
                CASE
                    WHEN (jsonb_typeof((x.element -> 'element_found'::text)) = 'boolean'::text) THEN ((x.element -> 'element_found'::text))::boolean
                    ELSE NULL::boolean
                END AS element_found,
            (consolidation.to_score((x.element -> 'confidence'::text)))::numeric(3,2) AS confidence_score,
            public.from_iso8601((x.element ->> 'timestamp'::text)) AS created_at,
            consolidation.to_node_id((x.element -> 'node_id'::text)) AS node_id,
            ((((x.element -> 'org_id'::text) = 'null'::jsonb) AND ('org_id'::text = ANY (n.nullable))) IS TRUE) AS says_no_org,
            ((((x.element -> 'node_id'::text) = 'null'::jsonb) AND ('node_id'::text = ANY (n.nullable))) IS TRUE) AS says_no_node
           FROM ( SELECT ( SELECT consolidation.nullable_columns('workflow_trace_screenshot'::text) AS nullable_columns) AS nullable) n
         OFFSET 0) e)
  WHERE ((x.place >= 1) AND (x.place <= 2147483647));

--
-- Name: VIEW screenshot_row; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.screenshot_row IS 'Screenshots of the documents as rows of workflow_trace_screenshot, with the step that holds them,
their place in the array, the element itself and whether the old table could hold it. as_built: the
element has the keys that consolidate() gives it, and no others';

--
-- Name: back_screenshot; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.back_screenshot WITH (security_invoker='true') AS
 SELECT p.screenshot_id,
    p.trace_id,
    p.org_id,
    p.node_name,
    p.step_index,
    p.screenshot_url,
    p.thumbnail_url,
    p.action_description,
    p.element_selector,
    p.element_found,
    p.confidence_score,
    p.created_at,
    p.node_id
   FROM consolidation.screenshot_row p
  WHERE p.fits;

--
-- Name: VIEW back_screenshot; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.back_screenshot IS 'Rows that workflow_trace_screenshot has to hold, in the types of the documents';

--
-- Name: shown_screenshots(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.shown_screenshots(trace_ids bigint[]) RETURNS SETOF consolidation.back_screenshot
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_nestloop TO 'on'
    AS $$
begin
    return query
    select b.* from consolidation.back_screenshot as b where b.trace_id = any (trace_ids);
end;
$$;

--
-- Name: FUNCTION shown_screenshots(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.shown_screenshots(trace_ids bigint[]) IS 'Rows of back_screenshot that belong to these runs';

--
-- Name: step_id(bigint); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.step_id(step_id bigint) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((OVERLAY(OVERLAY(lpad(to_hex((step_id # '-9223372036854775808'::bigint)), 16, '0'::text) PLACING '8'::text FROM 13 FOR 0) PLACING '8'::text FROM 17 FOR 0) || '77662d73746570'::text))::uuid;

--
-- Name: FUNCTION step_id(step_id bigint); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.step_id(step_id bigint) IS 'step_id of a carried-over workflow_steps.step_id: a UUID version 8, one-to-one, growing with it';

--
-- Name: step_row; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.step_row WITH (security_invoker='true') AS
 SELECT s.legacy_step_id AS step_id,
    s.legacy_trace_id AS trace_id,
    s.step_number,
    s.status,
    s.input_data,
    s.output_data,
    s.error_message,
    s.started_at AS start_time,
    s.ended_at AS end_time,
    s.duration_ms,
    s.retry_count,
    s.metadata,
    s.node_id,
    s.run_id AS of_run,
    s.org_id AS of_organisation,
    ((((s.step_id = consolidation.step_id(s.legacy_step_id)) OR ((substr((s.step_id)::text, 15, 1) = '4'::text) AND (EXISTS ( SELECT
           FROM public.user_workflow_run_step o
          WHERE (o.step_id = consolidation.step_id(s.legacy_step_id)))))) AND (s.error_details IS NULL) AND (jsonb_typeof(s.events) = 'array'::text) AND (jsonb_typeof(s.screenshots) = 'array'::text)) IS TRUE) AS as_built
   FROM public.user_workflow_run_step s;

--
-- Name: VIEW step_row; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.step_row IS 'Steps as rows of workflow_steps, with the run and the organisation they belong to. as_built: the
step has the key and the kinds of documents that consolidate() gives it, and no error_details';

--
-- Name: back_step; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.back_step WITH (security_invoker='true') AS
 SELECT s.step_id,
    s.trace_id,
    s.step_number,
    s.status,
    s.input_data,
    s.output_data,
    s.error_message,
    s.start_time,
    s.end_time,
    s.duration_ms,
    s.retry_count,
    s.metadata,
    s.node_id
   FROM consolidation.step_row s;

--
-- Name: VIEW back_step; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.back_step IS 'Rows that workflow_steps has to hold, in the types of the documents';

--
-- Name: shown_steps(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.shown_steps(trace_ids bigint[]) RETURNS SETOF consolidation.back_step
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_nestloop TO 'on'
    AS $$
begin
    return query
    select b.* from consolidation.back_step as b where b.trace_id = any (trace_ids);
end;
$$;

--
-- Name: FUNCTION shown_steps(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.shown_steps(trace_ids bigint[]) IS 'Rows of back_step that belong to these runs';

--
-- Name: shows_all(oid); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.shows_all(policy oid) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT (p.polpermissive AND (p.polcmd = '*'::"char") AND (pg_get_expr(p.polqual, p.polrelid) = 'true'::text) AND (COALESCE(pg_get_expr(p.polwithcheck, p.polrelid), 'true'::text) = 'true'::text))
    FROM pg_policy p
   WHERE (p.oid = shows_all.policy);
END;

--
-- Name: FUNCTION shows_all(policy oid); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.shows_all(policy oid) IS 'Whether a policy lets its roles see and write every row';

--
-- Name: slice_end(bigint, bigint, bigint[], integer); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.slice_end(lo bigint, hi bigint, ids bigint[], size integer) RETURNS bigint
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
begin
    return coalesce(
        (
            select t.trace_id
            from consolidation.old_trace as t
            where t.trace_id between lo and hi and (ids is null or t.trace_id = any (ids))
            order by t.trace_id
            offset size - 1
            limit 1
        ),
        hi
    );
end;
$$;

--
-- Name: FUNCTION slice_end(lo bigint, hi bigint, ids bigint[], size integer); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.slice_end(lo bigint, hi bigint, ids bigint[], size integer) IS 'The trace_id up to which there are "size" runs from lo on; hi if there are fewer';

--
-- Name: spare_unscoped_roles(jsonb); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.spare_unscoped_roles(roles jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    document record;
begin
    for document in select * from jsonb_each_text(roles) as e (name, roles) loop
        execute format(
            'create policy %I on public.%I for all to %s
            using ((select public.current_org_id()) is null)
            with check ((select public.current_org_id()) is null)',
            document.name || '_unscoped', document.name, document.roles
        );
        execute format(
            'comment on policy %I on public.%I is %L',
            document.name || '_unscoped', document.name,
            'Roles that saw all organisations before the cut-over go on doing so, while they '
            'name none in app.current_org_id'
        );
    end loop;
end;
$$;

--
-- Name: FUNCTION spare_unscoped_roles(roles jsonb); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.spare_unscoped_roles(roles jsonb) IS 'Lets roles that saw all organisations go on doing so while they name none. roles: the result of
unscoped_roles() before the names were swapped';

--
-- Name: standby_lag(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.standby_lag() RETURNS interval
    LANGUAGE sql STABLE
    RETURN (SELECT COALESCE(max(r.replay_lag), '00:00:00'::interval) AS "coalesce" FROM pg_stat_replication r);

--
-- Name: FUNCTION standby_lag(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.standby_lag() IS 'How far the slowest connected standby is behind in replaying; 0 if none is';

--
-- Name: start_capture(regclass, regproc); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.start_capture(captured regclass, capture_function regproc) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    event record;
begin
    for event in
        select *
        from (
            values
            ('insert', 'referencing new table as new_row'),
            ('update', 'referencing old table as old_row new table as new_row'),
            ('delete', 'referencing old table as old_row'),
            ('truncate', '')
        ) as v (name, transition_tables)
    loop
        if not exists (
            select from pg_trigger as t
            where t.tgrelid = captured and t.tgname = format('capture_%s', event.name)
        ) then
            execute format(
                'create trigger capture_%s after %s on %s %s '
                'for each statement execute function %s()',
                event.name, event.name, captured, event.transition_tables, capture_function
            );
        end if;
        -- Loaders and logical replication write with session_replication_role = replica.
        execute format('alter table %s enable always trigger capture_%s', captured, event.name);
    end loop;
end;
$$;

--
-- Name: FUNCTION start_capture(captured regclass, capture_function regproc); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.start_capture(captured regclass, capture_function regproc) IS 'Creates those of the four capture triggers that a table lacks, with capture_old or capture_new, and
makes all four fire always';

--
-- Name: stop_backfill(integer); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.stop_backfill(pid integer) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    delete from consolidation.stop_request as r
    where not exists (select from pg_stat_activity as a where a.pid = r.asked_by);
    insert into consolidation.stop_request as r (pid, asked_by, asked_by_began)
    select stop_backfill.pid, a.pid, a.backend_start
    from pg_stat_activity as a
    where a.pid = pg_backend_pid()
    on conflict on constraint stop_request_pkey do update
    set asked_by_began = excluded.asked_by_began;
end;
$$;

--
-- Name: FUNCTION stop_backfill(pid integer); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.stop_backfill(pid integer) IS 'Asks backfill or catch_up of that session to end after its batch, until the caller disconnects.
Call it outside a transaction';

--
-- Name: stop_capture(regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.stop_capture(captured regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    event text;
begin
    foreach event in array '{insert,update,delete,truncate}'::text [] loop
        execute format('drop trigger capture_%s on %s', event, captured);
    end loop;
end;
$$;

--
-- Name: FUNCTION stop_capture(captured regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.stop_capture(captured regclass) IS 'Drops the four capture triggers of a table';

--
-- Name: stray_screenshot(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.stray_screenshot() RETURNS TABLE(how_many bigint, screenshot_id uuid, trace_id bigint)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    -- From the cut-over on the documents decide.
    if consolidation.phase() <> 'expand' then
        return;
    end if;
    return query
    select
        count(*),
        (array_agg(p.screenshot_id order by p.trace_id, p.screenshot_id))[1],
        min(p.trace_id)
    from consolidation.old_screenshot as p
    inner join consolidation.old_trace as t on t.trace_id = p.trace_id
    where p.org_id <> t.org_id
    having count(*) > 0;
end;
$$;

--
-- Name: FUNCTION stray_screenshot(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.stray_screenshot() IS 'How many screenshots name another organisation than their run, and the first of them; no row
if there are none, or after the cut-over';

--
-- Name: unequal_rows(bigint, bigint, bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.unequal_rows(lo bigint, hi bigint, ids bigint[], OUT traces bigint[], OUT steps bigint[], OUT events bigint[], OUT screenshots bigint[], OUT contexts bigint[], OUT endpoints bigint[], OUT any_table bigint[]) RETURNS record
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'on'
    SET enable_nestloop TO 'on'
    SET enable_mergejoin TO 'off'
    AS $$
begin
    traces := array(select t.id from consolidation.unequal_traces(lo, hi, ids) as t (id));
    steps := array(select s.id from consolidation.unequal_steps(lo, hi, ids) as s (id));
    events := array(select e.id from consolidation.unequal_events(lo, hi, ids) as e (id));
    screenshots := array(select p.id from consolidation.unequal_screenshots(lo, hi, ids) as p (id));
    contexts := array(select c.id from consolidation.unequal_contexts(lo, hi, ids) as c (id));
    endpoints := array(select n.id from consolidation.unequal_endpoints(lo, hi, ids) as n (id));
    any_table := array(
        select distinct x.id
        from unnest(traces || steps || events || screenshots || contexts || endpoints) as x (id)
        order by x.id
    );
end;
$$;

--
-- Name: FUNCTION unequal_rows(lo bigint, hi bigint, ids bigint[], OUT traces bigint[], OUT steps bigint[], OUT events bigint[], OUT screenshots bigint[], OUT contexts bigint[], OUT endpoints bigint[], OUT any_table bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.unequal_rows(lo bigint, hi bigint, ids bigint[], OUT traces bigint[], OUT steps bigint[], OUT events bigint[], OUT screenshots bigint[], OUT contexts bigint[], OUT endpoints bigint[], OUT any_table bigint[]) IS 'Runs from lo to hi, of ids if not null, in which this old table and the documents are not the same
byte for byte, or whose documents hold more than it although nobody wrote to them. any_table: all of
them, once and in order';

--
-- Name: suspects(bigint, bigint, bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.suspects(lo bigint, hi bigint, ids bigint[]) RETURNS bigint[]
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT u.any_table
    FROM consolidation.unequal_rows(suspects.lo, suspects.hi, suspects.ids) u(traces, steps, events, screenshots, contexts, endpoints, any_table);
END;

--
-- Name: FUNCTION suspects(lo bigint, hi bigint, ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.suspects(lo bigint, hi bigint, ids bigint[]) IS 'Runs from lo to hi, of ids if not null, in which anything differs';

--
-- Name: swap(text, interval); Type: PROCEDURE; Schema: consolidation; Owner: -
--

CREATE PROCEDURE consolidation.swap(IN direction text, IN patience interval)
    LANGUAGE plpgsql
    AS $$
declare
    -- These runs are carried over and compared under the locks, some milliseconds each.
    few constant integer := 20;
    give_up_at pg_catalog.timestamptz;
    reported pg_catalog.timestamptz;
    attempt record;
    attempts integer := 0;
begin
    give_up_at := pg_catalog.clock_timestamp() operator(pg_catalog.+) patience;
    reported := pg_catalog.clock_timestamp();
    loop
        attempts := attempts operator(pg_catalog.+) 1;
        call consolidation.empty_queue(few, give_up_at);
        call consolidation.ensure_proof();
        perform consolidation.plan_swap();
        select * into attempt from consolidation.try_to_swap(direction, few);
        commit;
        if attempt.swapped then
            raise notice 'the names were swapped in attempt %, the tables were locked for % ms',
                attempts, consolidation.milliseconds_since(attempt.locked_at);
            return;
        end if;
        if pg_catalog.clock_timestamp() operator(pg_catalog.>=) give_up_at then
            raise exception using
                errcode = 'lock_not_available',
                message = pg_catalog.format(
                    'the names were not swapped within %s (%s attempts): %s',
                    consolidation.whole_seconds(patience), attempts, attempt.reason
                ),
                detail = attempt.detail,
                hint = 'Nothing was changed, and nobody waited longer than an attempt. End the '
                'long transactions, or run the same command at a quieter time.';
        end if;
        if
            pg_catalog.clock_timestamp() operator(pg_catalog.>)
            (reported operator(pg_catalog.+) interval '5 seconds')
        then
            reported := pg_catalog.clock_timestamp();
            raise notice 'attempt %: %', attempts, coalesce(attempt.detail, attempt.reason);
        end if;
        perform consolidation.give_way(attempts);
        commit;
    end loop;
end;
$$;

--
-- Name: PROCEDURE swap(IN direction text, IN patience interval); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON PROCEDURE consolidation.swap(IN direction text, IN patience interval) IS 'Tries to swap the names until it succeeds or patience is over. cut_over and cut_back call it';

--
-- Name: declared_source; Type: TABLE; Schema: consolidation; Owner: -
--

CREATE TABLE consolidation.declared_source (
    relation regclass NOT NULL,
    was_readable boolean NOT NULL
);

--
-- Name: TABLE declared_source; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TABLE consolidation.declared_source IS 'Relations that the declarations of columns read';

--
-- Name: COLUMN declared_source.relation; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.declared_source.relation IS 'The relation';

--
-- Name: COLUMN declared_source.was_readable; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.declared_source.was_readable IS 'Whether workflow_maintenance could read it before the deploy';

--
-- Name: swap_locks(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.swap_locks() RETURNS regclass[]
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 WITH own AS MATERIALIZED (
          SELECT n.place,
             to_regclass(format('public.%I'::text, n.name)) AS relation,
             (n.name <> ALL (ARRAY['workflow_configs'::text, 'micro_state'::text, 'user_workflow_config'::text, 'user_workflow_cache_state'::text])) AS has_moving_keys
            FROM unnest((consolidation.six_tables() || ARRAY['workflow_configs'::text, 'micro_state'::text, 'user_workflow_run'::text, 'user_workflow_run_step'::text, 'user_workflow_config'::text, 'user_workflow_cache_state'::text])) WITH ORDINALITY n(name, place)
           WHERE (to_regclass(format('public.%I'::text, n.name)) IS NOT NULL)
         ), connected AS (
          SELECT DISTINCT f.other AS relation
            FROM ((pg_constraint k
              CROSS JOIN LATERAL ( VALUES (k.conrelid,k.confrelid), (k.confrelid,k.conrelid)) f(own, other))
              JOIN pg_class c ON ((c.oid = f.other)))
           WHERE ((k.contype = 'f'::"char") AND (f.own IN ( SELECT o.relation
                    FROM own o
                   WHERE o.has_moving_keys)) AND (NOT (f.other IN ( SELECT o.relation
                    FROM own o))) AND (c.relnamespace <> ('legacy'::regnamespace)::oid))
         UNION
          SELECT s.relation
            FROM consolidation.declared_source s
         UNION
          SELECT b.relation
            FROM consolidation.rebinding() b(kind, object, statement, trial, relation)
           WHERE (b.kind = 'default'::text)
         )
  SELECT array_agg(l.relation ORDER BY l.place, l.relation) AS array_agg
    FROM ( SELECT o.place,
             o.relation
            FROM own o
         UNION ALL
          SELECT 1000,
             (c.relation)::regclass AS relation
            FROM connected c) l;
END;

--
-- Name: FUNCTION swap_locks(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.swap_locks() IS 'Relations that a swap of the names locks in access exclusive mode, in this order';

--
-- Name: swap_to_tables(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.swap_to_tables() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    -- Read while the old names are views.
    dependents constant text [] := array(select b.statement from consolidation.rebinding() as b);
begin
    perform consolidation.carry_the_rest();
    perform consolidation.stop_capture('public.user_workflow_run');
    perform consolidation.stop_capture('public.user_workflow_run_step');
    perform consolidation.leave_configs();
    perform consolidation.drop_foreign_keys(to_documents => false);
    perform consolidation.restore_name('micro_state', 'user_workflow_cache_state');
    perform consolidation.restore_name('workflow_configs', 'user_workflow_config');
    perform consolidation.hand_back_constraints();
    perform consolidation.hand_back_sequences();
    perform consolidation.restore_table(n.name) from unnest(consolidation.six_tables()) as n (name);
    perform consolidation.set_privileges('{schema,table,view,sequence}');
    perform consolidation.execute_stage('after');
    -- The guard goes after the grant.
    perform consolidation.isolate_unscoped_roles();
    perform consolidation.open_page_states();
    perform consolidation.open_configs();
    perform consolidation.bind(dependents);
    perform consolidation.drop_retired_sequences();
    perform consolidation.make_foreign_keys();
    perform consolidation.keep_proof();
end;
$$;

--
-- Name: FUNCTION swap_to_tables(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.swap_to_tables() IS 'The swap of a revert, under locks that cut_back() took: the inverse of swap_to_views()';

--
-- Name: swap_to_views(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.swap_to_views() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    -- Read while the old names are tables.
    unscoped constant jsonb := consolidation.unscoped_roles();
    dependents constant text [] := array(select b.statement from consolidation.rebinding() as b);
begin
    perform consolidation.refuse_new_columns();
    perform consolidation.carry_the_rest();
    perform consolidation.drop_foreign_keys(to_documents => true);
    perform consolidation.rest_triggers();
    perform consolidation.rename_table('workflow_configs', 'user_workflow_config');
    perform consolidation.rename_table('micro_state', 'user_workflow_cache_state');
    -- The guard comes before the grant.
    perform consolidation.isolate_configs();
    perform consolidation.follow_configs();
    perform consolidation.isolate_page_states();
    perform consolidation.spare_unscoped_roles(unscoped);
    perform consolidation.retire_table(n.name) from unnest(consolidation.six_tables()) as n (name);
    perform consolidation.hand_over_sequences();
    perform consolidation.hand_over_constraints();
    perform consolidation.set_privileges('{schema,table,view,sequence}');
    perform consolidation.bind(dependents);
    perform consolidation.make_foreign_keys();
    perform consolidation.start_capture('public.user_workflow_run', 'consolidation.capture_new');
    perform consolidation.start_capture(
        'public.user_workflow_run_step', 'consolidation.capture_new'
    );
    perform consolidation.keep_proof();
    perform consolidation.retire_sequences();
end;
$$;

--
-- Name: FUNCTION swap_to_views(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.swap_to_views() IS 'The cut-over itself, under locks that cut_over() took. swap_to_tables() is its inverse, step by
step from the last to the first';

--
-- Name: table_definition(regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.table_definition(source regclass) RETURNS TABLE(ordinal integer, statement text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 WITH part(stage, place, statement) AS (
          SELECT d.stage,
             d.place,
             d.statement
            FROM consolidation.serial_definition(table_definition.source) d(stage, place, statement)
         UNION ALL
          SELECT d.stage,
             d.place,
             d.statement
            FROM consolidation.columns_definition(table_definition.source) d(stage, place, statement)
         UNION ALL
          SELECT d.stage,
             d.place,
             d.statement
            FROM consolidation.keys_definition(table_definition.source) d(stage, place, statement)
         UNION ALL
          SELECT d.stage,
             d.place,
             d.statement
            FROM consolidation.rules_definition(table_definition.source) d(stage, place, statement)
         UNION ALL
          SELECT 13,
             ((v.view)::oid)::bigint AS view,
             format('create view %s%s as %s'::text, v.view, ((' with ('::text || array_to_string(c.reloptions, ', '::text)) || ')'::text), rtrim(pg_get_viewdef((v.view)::oid), ';'::text)) AS format
            FROM (consolidation.bound_view(table_definition.source) v(view)
              JOIN pg_class c ON ((c.oid = (v.view)::oid)))
         UNION ALL
          SELECT 13,
             (r.oid)::bigint AS oid,
             rtrim(pg_get_ruledef(r.oid), ';'::text) AS rtrim
            FROM (consolidation.bound_view(table_definition.source) v(view)
              JOIN pg_rewrite r ON (((r.ev_class = (v.view)::oid) AND (r.rulename <> '_RETURN'::name))))
         UNION ALL
          SELECT d.stage,
             ((o.place * 100000) + d.place),
             d.statement
            FROM (( SELECT 0 AS place,
                     table_definition.source AS relation
                 UNION ALL
                  SELECT 1,
                     v.view
                    FROM consolidation.bound_view(table_definition.source) v(view)) o
              CROSS JOIN LATERAL ( SELECT c.stage,
                     c.place,
                     c.statement
                    FROM consolidation.comments_definition(o.relation) c(stage, place, statement)
                 UNION ALL
                  SELECT p_1.stage,
                     p_1.place,
                     p_1.statement
                    FROM consolidation.privileges_definition(o.relation) p_1(stage, place, statement)) d)
         )
  SELECT ((p.stage * 1000) + (row_number() OVER (PARTITION BY p.stage ORDER BY p.place))::integer),
     p.statement
    FROM part p
   WHERE (p.statement IS NOT NULL);
END;

--
-- Name: FUNCTION table_definition(source regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.table_definition(source regclass) IS 'Statements that create a table again as it is: columns, keys, indexes, triggers, policies, the
views of the move, comments, privileges. Executed in the order of ordinal, table after table within
each thousand';

--
-- Name: take_context(bigint, text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.take_context(wanted_trace_id bigint, wanted_key text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    update public.user_workflow_run as r
    set
        context = r.context - wanted_key,
        legacy = nullif(
            case
                when (r.legacy -> 'context') - wanted_key = '{}' then r.legacy - 'context'
                else r.legacy #- array['context', wanted_key]
            end,
            '{}'
        )
    where r.legacy_trace_id = wanted_trace_id;
end;
$$;

--
-- Name: FUNCTION take_context(wanted_trace_id bigint, wanted_key text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.take_context(wanted_trace_id bigint, wanted_key text) IS 'Removes a key of context, and its id and times from "legacy"';

--
-- Name: take_defaults(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.take_defaults() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    statement text;
begin
    for statement in
        select format(
            'alter view %s alter column %I %s', d.old_name, d.column_name,
            coalesce('set default ' || d.wanted, 'drop default')
        )
        from consolidation.old_default as d
        where d.wanted is distinct from d.present
    loop
        execute statement;
    end loop;
end;
$$;

--
-- Name: FUNCTION take_defaults(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.take_defaults() IS 'Gives the columns of the old names the defaults of the old tables';

--
-- Name: take_further_columns(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.take_further_columns() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET lock_timeout TO '2s'
    AS $$
declare
    found record;
    place record;
    key name;
begin
    if consolidation.phase() <> 'expand' then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'columns are taken from the old tables only while these are in use';
    end if;
    for found in select m.* from consolidation.missed_column() as m loop
        key := concat('legacy_', found.column_name)::name;
        if found.document is not null then
            execute format(
                'alter table %s add column if not exists %I %s',
                found.document, key, found.type_name
            );
            execute format(
                'comment on column %s.%I is %L', found.document, key,
                format('Column %s of %s', found.column_name, found.old_table)
            );
        end if;
        for place in
            select p.* from consolidation.place_of_further_columns() as p
            where p.old_table = found.old_table
        loop
            perform consolidation.show_column(
                place.shown,
                case
                    when place.family = 'old row' then format('<alias>.%I', found.column_name)
                    when found.document is not null then format('<alias>.%I', key)
                    else consolidation.further_value(
                        found.old_table, found.column_name, found.type_name
                    )
                end,
                found.column_name
            );
        end loop;
        perform consolidation.say(found.view_name, found.column_name);
        if found.is_not_null then
            perform consolidation.say(
                concat(found.view_name, ' not null'), found.column_name
            );
        end if;
    end loop;
    -- A view that computes columns is written to by rules.
    perform consolidation.put_rules(v.shown, consolidation.old_table(n.name))
    from unnest(consolidation.six_tables()) as n (name)
    cross join lateral (
        values (to_regclass('consolidation.old_' || consolidation.part_of(n.name)))
    ) as v (shown)
    where exists (
        select from pg_rewrite as r where r.ev_class = v.shown and r.rulename <> '_RETURN'
    );
    -- Null stands for all runs. Those that are carried over already lack the values.
    if key is not null and exists (select from public.user_workflow_run) then
        insert into consolidation.change (trace_id) values (null);
    end if;
end;
$$;

--
-- Name: FUNCTION take_further_columns(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.take_further_columns() IS 'Gives the documents the columns of old tables that they lack, for a moment under access exclusive
locks. Raises 55000 after the cut-over, 55P03 if a lock is not had';

--
-- Name: take_locks(regclass[], text, interval, interval); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.take_locks(tables regclass[], mode text, patience interval DEFAULT '00:05:00'::interval, hold interval DEFAULT '00:00:00.04'::interval) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET lock_timeout TO '0'
    AS $$
declare
    give_up_at constant timestamptz := clock_timestamp() + patience;
    attempt integer := 0;
    attempt_ends timestamptz;
    wanted regclass;
begin
    if coalesce(mode, '') not in ('share row exclusive', 'exclusive', 'access exclusive') then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('take_locks: unknown lock mode "%s"', mode);
    end if;
    if patience is null or hold is null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'take_locks: patience and hold cannot be null';
    end if;
    loop
        attempt := attempt + 1;
        perform consolidation.end_autovacuum(tables);
        attempt_ends := clock_timestamp() + hold;
        begin
            -- A failed attempt gives its locks back: the block is a subtransaction.
            foreach wanted in array tables loop
                perform set_config(
                    'lock_timeout',
                    greatest(
                        1, ceil(extract(epoch from attempt_ends - clock_timestamp()) * 1000)
                    )::text || 'ms',
                    true
                );
                execute format('lock table only %s in %s mode', wanted, mode);
            end loop;
            return;
        exception when lock_not_available then
            null;
        end;
        if clock_timestamp() >= give_up_at then
            exit;
        end if;
        perform consolidation.give_way(attempt);
    end loop;

    raise exception using
        errcode = 'lock_not_available',
        message = format(
            'no %s lock on %s within %s (%s attempts)',
            mode, array_to_string(tables::text [], ', '), patience, attempt
        ),
        detail = coalesce(
            'Held by ' || consolidation.lock_holders(tables), 'Nobody holds a lock now.'
        ),
        hint = 'Nothing was changed. End the long transactions, or try at a quieter time.';
end;
$$;

--
-- Name: FUNCTION take_locks(tables regclass[], mode text, patience interval, hold interval); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.take_locks(tables regclass[], mode text, patience interval, hold interval) IS 'Locks the tables in the given order for the rest of the transaction. Each attempt lasts at most
"hold" in all (default 40 ms) and is given up whole; pauses grow from 0.1 s to 3 s. Raises 55P03
after "patience" and names the holders. mode: share row exclusive, exclusive or access exclusive';

--
-- Name: take_out(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.take_out(trace_ids bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    gone constant bigint [] := array(
        select o.trace_id
        from consolidation.old_trace as o
        where
            o.trace_id = any (trace_ids)
            and not exists (
                select from consolidation.back_trace as b
                where b.trace_id = any (trace_ids) and b.trace_id = o.trace_id
            )
    );
    -- Steps that the old table still has under a run that they were moved away from count as well.
    gone_steps constant bigint [] := array(
        select o.step_id
        from consolidation.old_step as o
        where
            o.trace_id = any (trace_ids)
            and not exists (
                select from consolidation.shown_steps(trace_ids) as b where b.step_id = o.step_id
            )
        union
        select o.step_id
        from consolidation.step_row as s
        inner join consolidation.old_step as o on o.step_id = s.step_id
        where
            s.trace_id = any (trace_ids)
            -- Otherwise they would be looked for among all steps there are.
            and o.step_id = any (array(
                select x.step_id from consolidation.step_row as x
                where x.trace_id = any (trace_ids)
            ))
            and o.trace_id <> s.trace_id
    );
begin
    -- Rows go before the rows that they refer to: not every database has keys that cascade.
    if cardinality(gone) > 0 then
        delete from consolidation.old_endpoint as o where o.trace_id = any (gone);
        delete from consolidation.old_context as o where o.trace_id = any (gone);
        delete from consolidation.old_screenshot as o where o.trace_id = any (gone);
        delete from consolidation.old_event as o where o.trace_id = any (gone);
    end if;
    if cardinality(gone_steps) > 0 then
        delete from consolidation.old_event as e where e.step_id = any (gone_steps);
        delete from consolidation.old_step as s where s.step_id = any (gone_steps);
    end if;
    if cardinality(gone) > 0 then
        delete from consolidation.old_trace as o where o.trace_id = any (gone);
    end if;
end;
$$;

--
-- Name: FUNCTION take_out(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.take_out(trace_ids bigint[]) IS 'Deletes the runs and steps that the documents no longer show, with everything below them';

--
-- Name: take_queued(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.take_queued(trace_ids bigint[]) RETURNS bigint[]
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    AS $$
declare
    taken bigint [];
begin
    with entry as (
        delete from consolidation.change as c
        where c.ctid = any (array(
            select x.ctid from consolidation.change as x
            where x.trace_id = any (trace_ids)
            for update skip locked
        ))
        returning c.trace_id
    )

    select coalesce(array_agg(distinct e.trace_id), '{}')
    into taken
    from entry as e;
    return taken;
end;
$$;

--
-- Name: FUNCTION take_queued(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.take_queued(trace_ids bigint[]) IS 'Takes the entries of these runs out of the queue, but for those that another session took already.
Returns the runs';

--
-- Name: to_key(text, anyelement); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.to_key(key text, value anyelement) RETURNS jsonb
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    -- A cast to text would write a time as the session has it set.
    return jsonb_build_object(
        key,
        case
            when pg_typeof(value) = 'timestamptz'::regtype
                then to_jsonb(public.to_iso8601(public.from_iso8601(to_jsonb(value) #>> '{}')))
            -- In an array: the null of JSON is another value than none.
            when pg_typeof(value) = 'jsonb'::regtype and value is not null
                then jsonb_build_array(value)
            else to_jsonb(value)
        end
    );
end;
$$;

--
-- Name: FUNCTION to_key(key text, value anyelement); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.to_key(key text, value anyelement) IS 'An object with this key: the value of a further column as an element has it';

--
-- Name: translated_constraint(text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.translated_constraint(wanted text) RETURNS TABLE(class oid, object oid, called name, definition text)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    statement text;
begin
    execute format('create temporary table moving (like %s)', consolidation.old_table(wanted));
    for statement in
        select case
            when c.class = 'pg_constraint'::regclass
                then format(
                    'alter table pg_temp.moving add constraint moving_%s %s', c.object, c.definition
                )
            else format(
                'create unique index moving_%s on pg_temp.moving %s', c.object, c.definition
            )
        end
        from consolidation.old_constraint() as c
        where c.old_name = wanted
        union all
        select format(
            'alter table pg_temp.moving rename column %I to %I', n.view_column, n.base_column
        )
        from consolidation.noted_column as n
        where n.old_name = consolidation.old_name(wanted) and n.view_column <> n.base_column
    loop
        execute statement;
    end loop;
    return query
    select
        c.class,
        c.object,
        c.called,
        coalesce(
            pg_get_constraintdef(k.oid),
            regexp_replace(
                pg_get_indexdef(format('pg_temp.moving_%s', c.object)::regclass),
                '^.*? USING ', 'using '
            )
        )
    from consolidation.old_constraint() as c
    left join pg_constraint as k
        on k.conrelid = 'pg_temp.moving'::regclass and k.conname = format('moving_%s', c.object)
    where c.old_name = wanted;
    drop table pg_temp.moving;
end;
$$;

--
-- Name: FUNCTION translated_constraint(wanted text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.translated_constraint(wanted text) IS 'The constraints of one old table as old_constraint() has them, in the columns of its document';

--
-- Name: trial(text, text, text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.trial(kind text, definition text, place text DEFAULT 'consolidation'::text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if kind = 'view' then
        -- The trial uses a copy, so that nobody who reads the view waits.
        execute 'create temporary view consolidation_trial as ' || definition;
        execute 'create or replace temporary view consolidation_trial as '
        || consolidation.on_names_of(definition, place);
    else
        execute consolidation.on_names_of(definition, place);
    end if;
    raise exception using errcode = 'ZZ999', message = 'it works, and is undone';
exception
    when sqlstate 'ZZ999' then
        return null;
    when others then
        return sqlerrm;
end;
$$;

--
-- Name: FUNCTION trial(kind text, definition text, place text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.trial(kind text, definition text, place text) IS 'Tries before a swap whether a view or a function can be bound to the relations that will have the
names, which wait in the schema "place". A query that reads a table may not work on a view, where no
primary key implies the other columns of a group by. Returns the error, or null; changes nothing';

--
-- Name: trial_of_remembered(bigint); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.trial_of_remembered(entry_ordinal bigint) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    entry record;
begin
    select
        l.relation,
        l.statement,
        c.oid is not null as is_there,
        l.statement ~ '^alter table <relation> enable ' as enables
    into strict entry
    from consolidation.cut_over_log as l
    left join pg_class as c on c.oid = l.relation
    where l.ordinal = entry_ordinal;
    if not entry.is_there then
        return 'its table was dropped';
    end if;
    if entry.enables then
        return case
            when not exists (
                select from pg_trigger as g
                where
                    g.tgrelid = entry.relation
                    and entry.statement like '% trigger ' || quote_ident(g.tgname)
            ) then 'there is no such trigger'
        end;
    end if;
    -- The trial uses a copy. It is no temporary one: no key of such a table could refer to another.
    perform set_config('lock_timeout', '100ms', true);
    execute format('create table consolidation.trial_copy (like %s)', entry.relation);
    execute replace(entry.statement, '<relation>', 'consolidation.trial_copy');
    raise exception using errcode = 'ZZ999', message = 'it works, and is undone';
exception
    when sqlstate 'ZZ999' or lock_not_available or read_only_sql_transaction then
        return null;
    when others then
        return sqlerrm;
end;
$$;

--
-- Name: FUNCTION trial_of_remembered(entry_ordinal bigint); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.trial_of_remembered(entry_ordinal bigint) IS 'Tries on a copy whether a statement of the log can still be executed. Returns the error, or null;
changes nothing. Null as well where a lock cannot be had at once';

--
-- Name: try_to_drop(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.try_to_drop(OUT dropped boolean, OUT reason text, OUT detail text) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET lock_timeout TO '40ms'
    AS $$
begin
    -- Batches of other sessions end first: they write to the tables that are dropped.
    perform consolidation.keep_batches_out('0 s');
    perform consolidation.take_locks(
        array['public.user_workflow_run', 'public.user_workflow_run_step']::regclass [],
        'access exclusive', '0 s'
    );
    -- The proof holds while the capture was never interrupted. Otherwise it is made again, without
    -- the locks.
    if not consolidation.is_proved() then
        raise exception using
            errcode = 'lock_not_available',
            message = 'there is no proof that holds';
    end if;
    perform consolidation.stop_capture('public.user_workflow_run');
    perform consolidation.stop_capture('public.user_workflow_run_step');
    -- Writes that still wait are in the documents, which stay.
    delete from consolidation.change;
    perform consolidation.forget_proof();
    perform consolidation.forget_old_tables();
    dropped := true;
exception when lock_not_available or deadlock_detected then
    dropped := false;
    get stacked diagnostics reason = message_text, detail = pg_exception_detail;
end;
$$;

--
-- Name: FUNCTION try_to_drop(OUT dropped boolean, OUT reason text, OUT detail text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.try_to_drop(OUT dropped boolean, OUT reason text, OUT detail text) IS 'One attempt to drop the old tables, proved equal to the documents under the locks. If it fails, it
gives all locks back and says why';

--
-- Name: try_to_swap(text, integer); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.try_to_swap(direction text, few integer, OUT swapped boolean, OUT locked_at timestamp with time zone, OUT reason text, OUT detail text) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET lock_timeout TO '40ms'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
declare
    waiting bigint;
begin
    -- Batches of other sessions end first; new ones wait for the swap.
    perform consolidation.keep_batches_out('0 s');
    waiting := consolidation.queued_runs();
    if waiting > few then
        raise exception using
            errcode = 'lock_not_available',
            message = 'the applications write faster than this session carries over',
            detail = format('%s runs wait in the queue.', waiting);
    end if;
    perform consolidation.take_locks(consolidation.swap_locks(), 'access exclusive', '0 s');
    locked_at := clock_timestamp();
    if direction = 'to views' then
        perform consolidation.swap_to_views();
    else
        perform consolidation.swap_to_tables();
    end if;
    swapped := true;
exception when lock_not_available or deadlock_detected then
    swapped := false;
    get stacked diagnostics reason = message_text, detail = pg_exception_detail;
end;
$$;

--
-- Name: FUNCTION try_to_swap(direction text, few integer, OUT swapped boolean, OUT locked_at timestamp with time zone, OUT reason text, OUT detail text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.try_to_swap(direction text, few integer, OUT swapped boolean, OUT locked_at timestamp with time zone, OUT reason text, OUT detail text) IS 'One attempt to swap the names, to views or to tables, with no more than a few runs in the queue. If
it fails, it gives all locks back and says why';

--
-- Name: uncarriable(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.uncarriable() RETURNS TABLE(kind text, table_name text, key text, repair text)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform consolidation.see_everything();
    if consolidation.phase() = 'contract' then
        return;
    end if;
    return query
    select
        format('%s is null', missing.column_name),
        'workflow_trace',
        format('trace_id %s', t.trace_id),
        format(
            'update workflow_trace set %s = ... where trace_id = %s;',
            missing.column_name, t.trace_id
        )
    from consolidation.old_trace as t
    cross join lateral (
        values
        ('workflow_id', t.workflow_id is null),
        ('org_id', t.org_id is null),
        ('status', t.status is null),
        ('channel', t.channel is null),
        ('created_at', t.created_at is null),
        ('created_by', t.created_by is null)
    ) as missing (column_name, is_missing)
    where
        missing.is_missing
        and (t.workflow_id, t.org_id, t.status, t.channel, t.created_at, t.created_by) is not null
        is not true
    union all
    select
        format('%s is null', missing.column_name),
        'workflow_steps',
        format('step_id %s of trace_id %s', s.step_id, s.trace_id),
        format(
            'update workflow_steps set %s = ... where step_id = %s;', missing.column_name, s.step_id
        )
    from consolidation.old_step as s
    cross join lateral (
        values
        ('trace_id', s.trace_id is null),
        ('step_number', s.step_number is null),
        ('node_id', s.node_id is null)
    ) as missing (column_name, is_missing)
    where missing.is_missing and (s.trace_id, s.step_number, s.node_id) is not null is not true
    union all
    select u.kind, u.table_name, u.key, u.repair
    from consolidation.uncarriable_elements() as u
    union all
    select
        'the step belongs to another run',
        'workflow_events',
        format(
            'event_id %s of trace_id %s, step_id %s of trace_id %s',
            e.event_id, e.trace_id, e.step_id, s.trace_id
        ),
        format(
            'update workflow_events set step_id = null where event_id = %s; '
            '-- or: set trace_id = %s', e.event_id, s.trace_id
        )
    from consolidation.old_event as e
    inner join consolidation.old_step as s on s.step_id = e.step_id
    where s.trace_id <> e.trace_id;
end;
$$;

--
-- Name: FUNCTION uncarriable(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.uncarriable() IS 'Lists each old row that the documents cannot hold: kind, table, key, and the statement that would
repair it (with ... for a value that only you can know). Empty when everything can be carried over';

--
-- Name: uncarriable_elements(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.uncarriable_elements() RETURNS TABLE(kind text, table_name text, key text, repair text)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if consolidation.phase() = 'contract' then
        return;
    end if;
    return query
    select
        v.kind,
        'workflow_events',
        format('event_id %s of trace_id %s', e.event_id, e.trace_id),
        format('update workflow_events set %s where event_id = %s;', v.repair, e.event_id)
    from consolidation.old_event as e
    cross join lateral (
        values
        ('trace_id is null', 'trace_id = ...', e.trace_id is null),
        ('event_data is null', 'event_data = ''null''', e.event_data is null),
        (
            'event_type is longer than 100 characters', 'event_type = left(event_type, 100)',
            length(e.event_type) > 100
        )
    ) as v (kind, repair, is_so)
    where v.is_so and (e.trace_id is null or e.event_data is null or length(e.event_type) > 100)
    union all
    select
        v.kind,
        'workflow_trace_screenshot',
        format('screenshot_id %s of trace_id %s', p.screenshot_id, p.trace_id),
        format(
            'update workflow_trace_screenshot set %s where screenshot_id = %L;',
            v.repair, p.screenshot_id
        )
    from consolidation.old_screenshot as p
    cross join lateral (
        values
        ('trace_id is null', 'trace_id = ...', p.trace_id is null),
        /* linked: (
            'the step belongs to another run', 'step_id = ...',
            p.step_id is not null and p.step_index is null
        ), */
        (
            'node_name is longer than 255 characters', 'node_name = left(node_name, 255)',
            length(p.node_name) > 255
        ),
        (
            'confidence_score is no numeric(3,2)', 'confidence_score = ...',
            p.confidence_score <> 'NaN'
            and (
                abs(p.confidence_score) >= 9.995
                or p.confidence_score <> round(p.confidence_score, 2)
            )
        )
    ) as v (kind, repair, is_so)
    where v.is_so
    union all
    select
        v.kind,
        'workflow_trace_context',
        format('context_id %s of trace_id %s', c.context_id, c.trace_id),
        format(
            'update workflow_trace_context set %s where context_id = %s;', v.repair, c.context_id
        )
    from consolidation.old_context as c
    cross join lateral (
        values
        ('trace_id is null', 'trace_id = ...', c.trace_id is null),
        ('key is null', 'key = ...', c.key is null),
        ('value is null', 'value = ''null''', c.value is null),
        ('key is longer than 255 characters', 'key = left(key, 255)', length(c.key) > 255)
    ) as v (kind, repair, is_so)
    where v.is_so;
end;
$$;

--
-- Name: FUNCTION uncarriable_elements(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.uncarriable_elements() IS 'The part of uncarriable() for events, screenshots and context keys';

--
-- Name: unequal_contexts(bigint, bigint, bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.unequal_contexts(lo bigint, hi bigint, ids bigint[]) RETURNS SETOF bigint
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
begin
    return query
    select coalesce(o.trace_id, n.trace_id)
    from (
        select c.*
        from consolidation.old_context as c
        where c.trace_id between lo and hi and (ids is null or c.trace_id = any (ids))
    ) as o
    full join (
        select
            c.*,
            b.trace_id is not null as is_loose
        from consolidation.context_row as c
        left join consolidation.carried_back as b on b.trace_id = c.trace_id
        where
            c.trace_id between lo and hi
            and (ids is null or c.trace_id = any (ids))
            and (b.trace_id is null or c.fits)
    ) as n
        on n.trace_id = o.trace_id and n.key = o.key
    where
        o.trace_id is null
        or n.trace_id is null
        or n.context_id <> o.context_id
        or row(o.value)::record *<> row(n.value)::record
        or case
            when not n.is_loose
                then not n.as_built
                or not consolidation.is_written_as(n.origin ->> 'created_at', o.created_at)
                or not consolidation.is_written_as(n.origin ->> 'updated_at', o.updated_at)
            else public.from_iso8601(n.origin ->> 'created_at') is distinct from o.created_at
                or public.from_iso8601(n.origin ->> 'updated_at') is distinct from o.updated_at
        end;
end;
$$;

--
-- Name: FUNCTION unequal_contexts(lo bigint, hi bigint, ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.unequal_contexts(lo bigint, hi bigint, ids bigint[]) IS 'As unequal_events, for context keys, which have no place';

--
-- Name: unequal_endpoints(bigint, bigint, bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.unequal_endpoints(lo bigint, hi bigint, ids bigint[]) RETURNS SETOF bigint
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
begin
    return query
    select coalesce(o.trace_id, n.trace_id)
    from (
        select
            e.*,
            row_number() over (partition by e.trace_id order by e.endpoint_id) as place
        from consolidation.old_endpoint as e
        where e.trace_id between lo and hi and (ids is null or e.trace_id = any (ids))
    ) as o
    full join (
        select
            e.*,
            b.trace_id is not null as is_loose
        from consolidation.endpoint_row as e
        left join consolidation.carried_back as b on b.trace_id = e.trace_id
        where
            e.trace_id between lo and hi
            and (ids is null or e.trace_id = any (ids))
            and (b.trace_id is null or e.fits)
    ) as n
        on n.trace_id = o.trace_id and n.endpoint_id = o.endpoint_id
    where
        o.trace_id is null
        or n.trace_id is null
        or (n.place <> o.place and not n.is_loose);
end;
$$;

--
-- Name: FUNCTION unequal_endpoints(lo bigint, hi bigint, ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.unequal_endpoints(lo bigint, hi bigint, ids bigint[]) IS 'As unequal_events, for endpoints';

--
-- Name: unequal_events(bigint, bigint, bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.unequal_events(lo bigint, hi bigint, ids bigint[]) RETURNS SETOF bigint
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
begin
    return query
    select coalesce(o.trace_id, n.trace_id)
    from (
        select
            e.*,
            row_number() over (
                partition by e.trace_id, e.step_id order by e."timestamp", e.event_id
            ) as place
        from consolidation.old_event as e
        where e.trace_id between lo and hi and (ids is null or e.trace_id = any (ids))
    ) as o
    full join (
        select
            e.*,
            b.trace_id is not null as is_loose
        from consolidation.event_row as e
        left join consolidation.carried_back as b on b.trace_id = e.trace_id
        where e.trace_id between lo and hi and (ids is null or e.trace_id = any (ids))
    ) as n
        on n.trace_id = o.trace_id and n.event_id = o.event_id
    -- Not n.fits and n."timestamp": they would be read for every row.
    where case
        when n.trace_id is null then true
        -- What the old table cannot hold, an application wrote.
        when o.trace_id is null then not n.is_loose or consolidation.fits('event', n.element)
        when
            o.step_id is distinct from n.step_id
            or row(
                o.event_type::text, o.event_data /* event: , o.<further> */
            )::record *<> row(
                n.event_type::text, n.event_data /* event: , n.<further> */
            )::record
            then true
        when not n.is_loose
            then not n.as_built
            or n.place <> o.place
            or not consolidation.is_written_as(n.element ->> 'timestamp', o."timestamp")
        -- An element that equals a row without nulls fits.
        when
            (o.event_type is null or o."timestamp" is null)
            and not consolidation.fits('event', n.element)
            then true
        when consolidation.is_written_as(n.element ->> 'timestamp', o."timestamp") then false
        else public.from_iso8601(n.element ->> 'timestamp') is distinct from o."timestamp"
    end;

    -- This stands in for the place, which is not compared here: one old row would equal both of two
    -- elements.
    return query
    select e.trace_id
    from consolidation.carried_back as b
    inner join consolidation.event_row as e on e.trace_id = b.trace_id
    where
        b.trace_id between lo and hi
        and e.trace_id between lo and hi
        and (ids is null or b.trace_id = any (ids))
    group by e.trace_id, e.event_id
    having count(*) > 1;
end;
$$;

--
-- Name: FUNCTION unequal_events(lo bigint, hi bigint, ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.unequal_events(lo bigint, hi bigint, ids bigint[]) IS 'Runs from lo to hi, of ids if not null, in which an event differs. While nobody wrote to its
document, its place counts as well, and so do keys that consolidate() does not give it';

--
-- Name: unequal_screenshots(bigint, bigint, bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.unequal_screenshots(lo bigint, hi bigint, ids bigint[]) RETURNS SETOF bigint
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
begin
    return query
    select coalesce(o.trace_id, n.trace_id)
    from (
        select
            x.*,
            row_number() over (
                partition by x.trace_id, x.step_number order by x.created_at, x.screenshot_id
            ) as place
        from (
            -- By its key: a join may look at all steps of a run for each of its screenshots.
            select
                p.*,
                (
                    select s.step_number from consolidation.old_step as s
                    where s.trace_id = p.trace_id and s.step_number = p.step_index
                ) as step_number
            from consolidation.old_screenshot as p
            where p.trace_id between lo and hi and (ids is null or p.trace_id = any (ids))
        ) as x
    ) as o
    full join (
        select
            p.*,
            case when p.on_step is null then 'run screenshot' else 'step screenshot' end as kind,
            b.trace_id is not null as is_loose
        from consolidation.screenshot_row as p
        left join consolidation.carried_back as b on b.trace_id = p.trace_id
        where p.trace_id between lo and hi and (ids is null or p.trace_id = any (ids))
    ) as n
        on n.trace_id = o.trace_id and n.screenshot_id = o.screenshot_id
    where case
        when n.trace_id is null then true
        when o.trace_id is null then not n.is_loose or consolidation.fits(n.kind, n.element)
        when
            row(
                o.org_id, o.node_name::text, o.step_index::bigint, o.screenshot_url::text,
                o.thumbnail_url::text, o.action_description::text,
                o.element_selector::text, o.element_found, o.confidence_score::numeric,
                o.node_id /* screenshot: , o.<further> */
            )::record *<> row(
                n.org_id, n.node_name::text, n.step_index::bigint, n.screenshot_url::text,
                n.thumbnail_url::text, n.action_description::text,
                n.element_selector::text, n.element_found, n.confidence_score::numeric,
                n.node_id /* screenshot: , n.<further> */
            )::record
            then true
        when not n.is_loose
            then not n.as_built
            or n.place <> o.place
            or n.on_step_number is distinct from o.step_number
            or not consolidation.is_written_as(n.element ->> 'timestamp', o.created_at)
        -- A name that is too long is shown as ''.
        when
            (
                o.node_name = ''
                or not ((o.screenshot_url, o.created_at, o.node_id, o.step_index) is not null)
            )
            and not consolidation.fits(n.kind, n.element)
            then true
        when consolidation.is_written_as(n.element ->> 'timestamp', o.created_at) then false
        else public.from_iso8601(n.element ->> 'timestamp') is distinct from o.created_at
    end;

    -- This stands in for the place, which is not compared here: one old row would equal both of two
    -- elements.
    return query
    select e.trace_id
    from consolidation.carried_back as b
    inner join consolidation.screenshot_row as e on e.trace_id = b.trace_id
    where
        b.trace_id between lo and hi
        and e.trace_id between lo and hi
        and (ids is null or b.trace_id = any (ids))
    group by e.trace_id, e.screenshot_id
    having count(*) > 1;
end;
$$;

--
-- Name: FUNCTION unequal_screenshots(lo bigint, hi bigint, ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.unequal_screenshots(lo bigint, hi bigint, ids bigint[]) IS 'As unequal_events, for screenshots';

--
-- Name: unequal_steps(bigint, bigint, bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.unequal_steps(lo bigint, hi bigint, ids bigint[]) RETURNS SETOF bigint
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
begin
    return query
    select coalesce(o.trace_id, n.trace_id)
    from (
        select s.*
        from consolidation.old_step as s
        where s.trace_id between lo and hi and (ids is null or s.trace_id = any (ids))
    ) as o
    full join (
        select
            s.*,
            s.as_built
            and r.legacy_trace_id = s.trace_id
            and r.org_id = s.of_organisation
            as is_strict
        from consolidation.step_row as s
        left join public.user_workflow_run as r on r.run_id = s.of_run
        where s.trace_id between lo and hi and (ids is null or s.trace_id = any (ids))
    ) as n on n.trace_id = o.trace_id and n.step_id = o.step_id
    left join consolidation.carried_back as b on b.trace_id = n.trace_id
    where
        o.trace_id is null
        or n.trace_id is null
        or (n.is_strict is not true and b.trace_id is null)
        or row(
            o.step_number::bigint, o.status::text, o.input_data, o.output_data,
            o.error_message::text, o.start_time, o.end_time, o.duration_ms::bigint,
            o.retry_count::bigint, o.metadata, o.node_id /* step: , o.<further> */
        )::record *<> row(
            n.step_number::bigint, n.status::text, n.input_data, n.output_data,
            n.error_message::text, n.start_time, n.end_time, n.duration_ms::bigint,
            n.retry_count::bigint, n.metadata, n.node_id /* step: , n.<further> */
        )::record;
end;
$$;

--
-- Name: FUNCTION unequal_steps(lo bigint, hi bigint, ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.unequal_steps(lo bigint, hi bigint, ids bigint[]) IS 'As unequal_traces, for steps';

--
-- Name: unequal_traces(bigint, bigint, bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.unequal_traces(lo bigint, hi bigint, ids bigint[]) RETURNS SETOF bigint
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
begin
    return query
    select coalesce(o.trace_id, n.trace_id)
    from (
        select t.*
        from consolidation.old_trace as t
        where t.trace_id between lo and hi and (ids is null or t.trace_id = any (ids))
    ) as o
    full join (
        select t.*
        from consolidation.trace_row as t
        where t.trace_id between lo and hi and (ids is null or t.trace_id = any (ids))
    ) as n
        on n.trace_id = o.trace_id
    left join consolidation.carried_back as b on b.trace_id = n.trace_id
    where
        o.trace_id is null
        or n.trace_id is null
        or (not n.as_built and b.trace_id is null)
        or row(
            o.batch_job_item_id, o.org_id, o.workflow_id, o.channel::text,
            o.external_id::text, o.status::text, o.action_type::text, o.action_detail,
            o.success, o.duration_ms::bigint, o.error_detail, o.error_message::text,
            o.llm_prompt::text, o.llm_response::text, o.llm_model::text,
            o.llm_tokens_used::bigint, o.tier::bigint, o.tier_reason::text,
            o.config_snapshot, o.start_time, o.end_time, o.created_at, o.user_id,
            o.created_by, o.session_id /* trace: , o.<further> */
        )::record *<> row(
            n.batch_job_item_id, n.org_id, n.workflow_id, n.channel::text,
            n.external_id::text, n.status::text, n.action_type::text, n.action_detail,
            n.success, n.duration_ms::bigint, n.error_detail, n.error_message::text,
            n.llm_prompt::text, n.llm_response::text, n.llm_model::text,
            n.llm_tokens_used::bigint, n.tier::bigint, n.tier_reason::text,
            n.config_snapshot, n.start_time, n.end_time, n.created_at, n.user_id,
            n.created_by, n.session_id /* trace: , n.<further> */
        )::record;
end;
$$;

--
-- Name: FUNCTION unequal_traces(lo bigint, hi bigint, ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.unequal_traces(lo bigint, hi bigint, ids bigint[]) IS 'Runs from lo to hi, of ids if not null, whose own row differs';

--
-- Name: unscoped_role(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.unscoped_role() RETURNS TABLE(document text, role_name name)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return query
    with source as (
        select
            s.document,
            consolidation.old_table(s.old_table) as relation
        from consolidation.document_source() as s
    ),

    -- Roles with privileges by grant or ownership, by a policy, or without any acl.
    candidate as (
        select
            s.document,
            p.grantee as role_id
        from source as s
        cross join lateral consolidation.privilege(s.relation) as p
        union
        select
            s.document,
            g.role_id
        from source as s
        inner join pg_policy as p on p.polrelid = s.relation
        cross join unnest(p.polroles) as g (role_id)
        where g.role_id <> 0
        union
        select
            s.document,
            r.oid
        from source as s
        inner join pg_roles as r on r.rolname in ('pg_read_all_data', 'pg_write_all_data')
        where exists (select from pg_auth_members as m where m.roleid = r.oid)
    )

    select
        c.document,
        coalesce(r.rolname, 'public')::name
    from candidate as c
    left join pg_roles as r on r.oid = c.role_id
    where
        coalesce(r.rolname not in ('workflow_app', 'workflow_maintenance'), true)
        and not coalesce(r.rolsuper or r.rolbypassrls, false)
        and not exists (
            select from source as s
            where s.document = c.document and not consolidation.is_free(c.role_id, s.relation)
        );
end;
$$;

--
-- Name: FUNCTION unscoped_role(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.unscoped_role() IS 'Roles (or "public") that saw all organisations in every old table that went into a document table;
the cut-over neither locks them out nor opens anything to others';

--
-- Name: unscoped_roles(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.unscoped_roles() RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT jsonb_object_agg(d.document, d.roles) AS jsonb_object_agg
    FROM ( SELECT u.document,
             string_agg(
                 CASE u.role_name
                     WHEN 'public'::name THEN 'public'::text
                     ELSE quote_ident((u.role_name)::text)
                 END, ', '::text ORDER BY u.role_name) AS roles
            FROM consolidation.unscoped_role() u(document, role_name)
           GROUP BY u.document) d;
END;

--
-- Name: FUNCTION unscoped_roles(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.unscoped_roles() IS 'The result of unscoped_role() as {document table: list of roles for a policy}; null if there are
none';

--
-- Name: validate(text); Type: PROCEDURE; Schema: consolidation; Owner: -
--

CREATE PROCEDURE consolidation.validate(IN wanted_stage text)
    LANGUAGE plpgsql
    AS $$
declare
    entry_ordinal bigint;
begin
    for entry_ordinal in
        select l.ordinal from consolidation.cut_over_log as l
        where l.stage operator(pg_catalog.=) wanted_stage
        order by l.ordinal
    loop
        perform consolidation.execute_remembered(entry_ordinal);
        commit;
    end loop;
end;
$$;

--
-- Name: PROCEDURE validate(IN wanted_stage text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON PROCEDURE consolidation.validate(IN wanted_stage text) IS 'Validates the foreign keys that a swap made again, each in a transaction of its own';

--
-- Name: view_definition(regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.view_definition(source regclass) RETURNS TABLE(ordinal integer, statement text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 WITH part(stage, place, statement) AS (
          SELECT 2 AS "?column?",
             (0)::bigint AS int8,
             format('create view %s%s as %s'::text, view_definition.source, ((' with ('::text || array_to_string(c.reloptions, ', '::text)) || ')'::text), rtrim(pg_get_viewdef((view_definition.source)::oid), ';'::text)) AS format
            FROM pg_class c
           WHERE (c.oid = (view_definition.source)::oid)
         UNION ALL
          SELECT 3,
             (d.adnum)::bigint AS adnum,
             format('alter view %s alter column %I set default %s'::text, view_definition.source, a.attname, pg_get_expr(d.adbin, (view_definition.source)::oid)) AS format
            FROM (pg_attrdef d
              JOIN pg_attribute a ON (((a.attrelid = d.adrelid) AND (a.attnum = d.adnum))))
           WHERE (d.adrelid = (view_definition.source)::oid)
         UNION ALL
          SELECT r.stage,
             r.place,
             r.statement
            FROM consolidation.rules_definition(view_definition.source) r(stage, place, statement)
         UNION ALL
          SELECT c.stage,
             c.place,
             c.statement
            FROM consolidation.comments_definition(view_definition.source) c(stage, place, statement)
         UNION ALL
          SELECT p_1.stage,
             p_1.place,
             p_1.statement
            FROM consolidation.privileges_definition(view_definition.source) p_1(stage, place, statement)
         )
  SELECT ((p.stage * 1000) + (row_number() OVER (PARTITION BY p.stage ORDER BY p.place))::integer),
     p.statement
    FROM part p
   WHERE (p.statement IS NOT NULL);
END;

--
-- Name: FUNCTION view_definition(source regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.view_definition(source regclass) IS 'Statements that create a view again as it is: query, defaults, triggers, comments, privileges';

--
-- Name: view_of_six(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.view_of_six() RETURNS TABLE(name text, relation regclass)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT n.name,
     consolidation.old_name(n.name) AS old_name
    FROM unnest(consolidation.six_tables()) n(name);
END;

--
-- Name: FUNCTION view_of_six(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.view_of_six() IS 'The views of the six old names, wherever the phase keeps them';

--
-- Name: whole_seconds(interval); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.whole_seconds(duration interval) RETURNS interval
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN date_trunc('second'::text, (duration + '00:00:00.5'::interval));

--
-- Name: FUNCTION whole_seconds(duration interval); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.whole_seconds(duration interval) IS 'A duration as messages show it';

--
-- Name: with_element(jsonb, bigint, jsonb); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.with_element(elements jsonb, place bigint, element jsonb) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN (place IS NULL) THEN (COALESCE(elements, '[]'::jsonb) || jsonb_build_array(element)) WHEN (element IS NULL) THEN (elements - ((place - 1))::integer) ELSE jsonb_set(elements, ARRAY[((place - 1))::text], element) END;

--
-- Name: FUNCTION with_element(elements jsonb, place bigint, element jsonb); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.with_element(elements jsonb, place bigint, element jsonb) IS 'The array with the element at "place", from 1, replaced by "element"; removed where element is
null; appended where place is null';

--
-- Name: with_new_ids(jsonb, text, jsonb); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.with_new_ids(elements jsonb, name text, new_ids jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT jsonb_agg(
         CASE
             WHEN (with_new_ids.new_ids ? (e.place)::text) THEN (e.element || jsonb_build_object(with_new_ids.name, (with_new_ids.new_ids -> (e.place)::text)))
             ELSE e.element
         END ORDER BY e.place) AS jsonb_agg
    FROM jsonb_array_elements(with_new_ids.elements) WITH ORDINALITY e(element, place);
END;

--
-- Name: FUNCTION with_new_ids(elements jsonb, name text, new_ids jsonb); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.with_new_ids(elements jsonb, name text, new_ids jsonb) IS 'The elements with new ids. new_ids: {place: id}';

--
-- Name: write_runs(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.write_runs(trace_ids bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    -- Only after a cut-over can a run have got another trace_id. It kept its run_id, and the run
    -- that has its former trace_id now gets a new run_id.
    was_cut_over constant boolean := exists (select from consolidation.carried_back);
begin
    insert into public.user_workflow_run as d (
        run_id, workflow_id, org_id, status, channel, external_id, started_at, ended_at,
        duration_ms, context, endpoints_used, config_snapshot, error_message, error_details,
        llm_prompt, llm_response, llm_model, llm_tokens_used, tier, tier_reason, created_at,
        created_by, events, screenshots, legacy_trace_id, legacy_batch_job_item_id,
        legacy_action_type, legacy_action_detail, legacy_success, legacy_user_id,
        legacy_session_id, legacy /* trace: , legacy_<further> */
    )
    select
        case
            when was_cut_over and exists (
                select from public.user_workflow_run as o
                where
                    o.run_id = consolidation.run_id(t.trace_id)
                    and o.legacy_trace_id <> t.trace_id
            )
                then gen_random_uuid()
            else consolidation.run_id(t.trace_id)
        end,
        t.workflow_id, t.org_id, t.status, t.channel, t.external_id, t.start_time, t.end_time,
        t.duration_ms, coalesce(c.context, '{}'), coalesce(p.endpoints_used, '[]'),
        t.config_snapshot, t.error_message, t.error_detail, t.llm_prompt, t.llm_response,
        t.llm_model, t.llm_tokens_used, t.tier, t.tier_reason, t.created_at, t.created_by,
        coalesce(e.events, '[]'), coalesce(s.screenshots, '[]'), t.trace_id, t.batch_job_item_id,
        t.action_type, t.action_detail, t.success, t.user_id, t.session_id, c.legacy
        /* trace: , t.<further> */
    from consolidation.old_trace as t
    left join consolidation.context_of_old_rows(trace_ids) as c on c.trace_id = t.trace_id
    left join consolidation.endpoints_of_old_rows(trace_ids) as p on p.trace_id = t.trace_id
    left join consolidation.events_of_old_rows(trace_ids, false) as e on e.trace_id = t.trace_id
    left join consolidation.screenshots_of_old_rows(trace_ids, false) as s
        on s.trace_id = t.trace_id
    where t.trace_id = any (trace_ids)
    on conflict (legacy_trace_id) do update set
        (
            workflow_id, org_id, status, channel, external_id, started_at, ended_at, duration_ms,
            context, endpoints_used, config_snapshot, error_message, error_details, llm_prompt,
            llm_response, llm_model, llm_tokens_used, tier, tier_reason, created_at, created_by,
            events, screenshots, legacy_batch_job_item_id, legacy_action_type,
            legacy_action_detail, legacy_success, legacy_user_id, legacy_session_id, legacy
            /* trace: , legacy_<further> */
        ) = row(
            excluded.workflow_id, excluded.org_id, excluded.status, excluded.channel,
            excluded.external_id, excluded.started_at, excluded.ended_at, excluded.duration_ms,
            excluded.context, excluded.endpoints_used, excluded.config_snapshot,
            excluded.error_message, excluded.error_details, excluded.llm_prompt,
            excluded.llm_response, excluded.llm_model, excluded.llm_tokens_used, excluded.tier,
            excluded.tier_reason, excluded.created_at, excluded.created_by, excluded.events,
            excluded.screenshots, excluded.legacy_batch_job_item_id, excluded.legacy_action_type,
            excluded.legacy_action_detail, excluded.legacy_success, excluded.legacy_user_id,
            excluded.legacy_session_id, excluded.legacy
            /* trace: , excluded.legacy_<further> */
        )
    -- Writing the same once more would cost entries in every index.
    where d.* *<> excluded.*;
end;
$$;

--
-- Name: FUNCTION write_runs(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.write_runs(trace_ids bigint[]) IS 'Inserts these runs from the old tables, or replaces what they say';

--
-- Name: write_steps(bigint[], consolidation.known_step[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.write_steps(trace_ids bigint[], known consolidation.known_step[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    was_cut_over constant boolean := exists (select from consolidation.carried_back);
begin
    insert into public.user_workflow_run_step as d (
        step_id, run_id, node_id, step_number, status, retry_count, started_at, ended_at,
        duration_ms, input_data, output_data, screenshots, events, error_message, metadata,
        org_id, legacy_step_id, legacy_trace_id /* step: , legacy_<further> */
    )
    select
        case
            when k.step_id is not null then k.step_id
            -- As for runs. The other step may just have been deleted, to be inserted again here.
            when was_cut_over and (
                consolidation.step_id(s.step_id) in (select o.step_id from unnest(known) as o)
                or exists (
                    select from public.user_workflow_run_step as o
                    where
                        o.step_id = consolidation.step_id(s.step_id)
                        and o.legacy_step_id <> s.step_id
                )
            )
                then gen_random_uuid()
            else consolidation.step_id(s.step_id)
        end,
        r.run_id, s.node_id, s.step_number, s.status, s.retry_count, s.start_time, s.end_time,
        s.duration_ms, s.input_data, s.output_data, coalesce(p.screenshots, '[]'),
        coalesce(e.events, '[]'), s.error_message, s.metadata, r.org_id, s.step_id, s.trace_id
        /* step: , s.<further> */
    from consolidation.old_step as s
    inner join public.user_workflow_run as r
        on r.legacy_trace_id = any (trace_ids) and r.legacy_trace_id = s.trace_id
    left join unnest(known) as k on k.legacy_step_id = s.step_id
    left join consolidation.events_of_old_rows(trace_ids, true) as e
        on e.trace_id = s.trace_id and e.step_id = s.step_id
    left join consolidation.screenshots_of_old_rows(trace_ids, true) as p
        on p.trace_id = s.trace_id and p.step_number = s.step_number
    where s.trace_id = any (trace_ids)
    on conflict (legacy_step_id) do update set
        (
            run_id, node_id, step_number, status, retry_count, started_at, ended_at, duration_ms,
            input_data, output_data, screenshots, events, error_message, metadata, org_id,
            legacy_trace_id /* step: , legacy_<further> */
        ) = row(
            excluded.run_id, excluded.node_id, excluded.step_number, excluded.status,
            excluded.retry_count, excluded.started_at, excluded.ended_at, excluded.duration_ms,
            excluded.input_data, excluded.output_data, excluded.screenshots, excluded.events,
            excluded.error_message, excluded.metadata, excluded.org_id, excluded.legacy_trace_id
            /* step: , excluded.legacy_<further> */
        )
    where d.* *<> excluded.*;
end;
$$;

--
-- Name: FUNCTION write_steps(trace_ids bigint[], known consolidation.known_step[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.write_steps(trace_ids bigint[], known consolidation.known_step[]) IS 'Inserts the steps of these runs from the old tables, or replaces what they say. known: steps
that were carried back, which keep their keys';

--
-- Name: write_workflow_events(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.write_workflow_events() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    AS $$
declare
    previous jsonb;
    known record;
    element jsonb;
begin
    if tg_op in ('UPDATE', 'DELETE') then
        previous := consolidation.event_element(
            old.event_id, old.event_type, old.event_data, old."timestamp"
        )
        /* event: || consolidation.to_key('legacy_<further>', old.<further>) */;
        select f.*
        into known
        from consolidation.find_event(old.trace_id, old.step_id, old.event_id, previous) as f;
        if known.place is null then
            return null;
        end if;
    end if;
    if tg_op = 'DELETE' then
        perform consolidation.patch(previous, known.content, '{}');
        perform consolidation.change_event(old.trace_id, old.step_id, known.place, null);
        return old;
    end if;

    if new.event_id = '-5719117740578205047'::bigint then
        new.event_id := nextval('public.workflow_events_event_id_seq');
    elsif tg_op = 'INSERT' or new.event_id <> old.event_id then
        perform consolidation.lock_events(new.trace_id, new.step_id);
        perform consolidation.refuse_known_event_id(new.event_id, tg_table_schema);
    end if;
    element := consolidation.event_element(
        new.event_id, new.event_type, new.event_data, new."timestamp"
    )
    /* event: || consolidation.to_key('legacy_<further>', new.<further>) */;
    if tg_op = 'UPDATE' then
        element := known.element || consolidation.patch(previous, known.content, element);
        if new.trace_id = old.trace_id and new.step_id is not distinct from old.step_id then
            perform consolidation.change_event(old.trace_id, old.step_id, known.place, element);
            return new;
        end if;
        perform consolidation.change_event(old.trace_id, old.step_id, known.place, null);
    end if;
    if not consolidation.change_event(new.trace_id, new.step_id, null, element) then
        perform consolidation.raise_foreign_key(
            tg_table_schema, tg_table_name, 'workflow_events_step_id_fkey',
            format(
                'Key (step_id)=(%s) is not present in workflow_steps of trace_id %s.',
                new.step_id, new.trace_id
            )
        );
    end if;
    return new;
end;
$$;

--
-- Name: FUNCTION write_workflow_events(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.write_workflow_events() IS 'Trigger, runs as workflow_maintenance after the guard: changes one element of one document, found
by its id in the present value. Raises 40001 if somebody else changed the same key of the element
meanwhile';

--
-- Name: write_workflow_trace_context(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.write_workflow_trace_context() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    AS $$
begin
    if tg_op <> 'DELETE' and new.context_id = '-5719117740578205047'::bigint then
        new.context_id := nextval('public.workflow_trace_context_context_id_seq');
    elsif tg_op = 'INSERT' or (tg_op = 'UPDATE' and new.context_id <> old.context_id) then
        perform consolidation.refuse_known_context_id(
            new.trace_id, new.context_id, tg_table_schema
        );
    end if;
    if
        tg_op in ('UPDATE', 'DELETE')
        and not consolidation.is_context_known(
            old.trace_id, old.key, jsonb_build_object(
                'value', old.value, 'context_id', old.context_id,
                'created_at', old.created_at, 'updated_at', old.updated_at
            )
        )
    then
        return null;
    end if;
    -- The key is removed first: the new row may have another one, or another run.
    if
        tg_op = 'DELETE'
        or (tg_op = 'UPDATE' and (new.trace_id <> old.trace_id or new.key <> old.key))
    then
        perform consolidation.take_context(old.trace_id, old.key);
    end if;
    if tg_op = 'DELETE' then
        return old;
    end if;

    if consolidation.put_context(
        new.trace_id, new.key, new.value,
        consolidation.context_origin(new.context_id, new.created_at, new.updated_at),
        tg_op = 'UPDATE' and new.trace_id = old.trace_id and new.key = old.key
    ) then
        return new;
    end if;
    if exists (
        select from public.user_workflow_run as r where r.legacy_trace_id = new.trace_id
    ) then
        perform consolidation.raise_unique(
            tg_table_schema, tg_table_name, 'workflow_trace_context_trace_id_key_key',
            format('Key (trace_id, key)=(%s, %s) already exists.', new.trace_id, new.key)
        );
    end if;
    perform consolidation.raise_deleted(tg_table_schema, tg_table_name);
    return null;
end;
$$;

--
-- Name: FUNCTION write_workflow_trace_context(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.write_workflow_trace_context() IS 'Trigger, runs as workflow_maintenance after the guard: changes one key of context. Raises 23505 for
a key the run has, 40001 if somebody else changed the key meanwhile';

--
-- Name: write_workflow_trace_endpoint(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.write_workflow_trace_endpoint() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    AS $$
declare
    known_place bigint;
begin
    if tg_op = 'UPDATE' and new.trace_id = old.trace_id and new.endpoint_id = old.endpoint_id then
        return new;
    end if;
    if tg_op in ('UPDATE', 'DELETE') then
        perform consolidation.lock_run(old.trace_id);
        select min(e.place)
        into known_place
        from consolidation.endpoint_row as e
        where e.trace_id = old.trace_id and e.endpoint_id = old.endpoint_id;
        if known_place is null then
            return null;
        end if;
        update public.user_workflow_run as r
        set endpoints_used = consolidation.with_element(r.endpoints_used, known_place, null)
        where r.legacy_trace_id = old.trace_id;
    end if;
    if tg_op = 'DELETE' then
        return old;
    end if;

    update public.user_workflow_run as r
    set
        endpoints_used
        = consolidation.with_element(r.endpoints_used, null, to_jsonb(new.endpoint_id))
    where
        r.legacy_trace_id = new.trace_id
        and not coalesce(r.endpoints_used, '[]') @> to_jsonb(new.endpoint_id);
    if found then
        return new;
    end if;
    if exists (
        select from public.user_workflow_run as r where r.legacy_trace_id = new.trace_id
    ) then
        perform consolidation.raise_unique(
            tg_table_schema, tg_table_name, 'workflow_trace_endpoint_pkey',
            format(
                'Key (trace_id, endpoint_id)=(%s, %s) already exists.',
                new.trace_id, new.endpoint_id
            )
        );
    end if;
    perform consolidation.raise_deleted(tg_table_schema, tg_table_name);
    return null;
end;
$$;

--
-- Name: FUNCTION write_workflow_trace_endpoint(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.write_workflow_trace_endpoint() IS 'Trigger, runs as workflow_maintenance after the guard: changes one element of endpoints_used.
Raises 23505 for an endpoint the run has';

--
-- Name: write_workflow_trace_screenshot(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.write_workflow_trace_screenshot() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    AS $$
declare
    previous jsonb;
    known record;
    element jsonb;
begin
    if tg_op in ('UPDATE', 'DELETE') then
        previous := consolidation.screenshot_element(
            old.screenshot_id, old.org_id, old.node_name, old.step_index, old.screenshot_url,
            old.thumbnail_url, old.action_description, old.element_selector, old.element_found,
            old.confidence_score, old.created_at, old.node_id
        )
        /* screenshot: || consolidation.to_key('legacy_<further>', old.<further>) */;
        select f.*
        into known
        from consolidation.find_screenshot(old.trace_id, old.screenshot_id, previous) as f;
        if known.place is null then
            return null;
        end if;
    end if;
    if tg_op = 'DELETE' then
        perform consolidation.patch(previous, known.content, '{}');
        perform consolidation.change_screenshot(old.trace_id, known.on_step, known.place, null);
        return old;
    end if;

    if
        new.screenshot_id = '0946dd8e-ce1c-4e28-a961-a5a206c819fe'
        /* numbered: or new.screenshot_id = consolidation.screenshot_uuid('-5719117740578205047') */
    then
        /* numbered: new.screenshot_id := nextval(
            'public.workflow_trace_screenshot_screenshot_id_seq'
        ); if false then */
        new.screenshot_id := gen_random_uuid();
        /* numbered: end if; */
    elsif tg_op = 'INSERT' or new.screenshot_id <> old.screenshot_id then
        perform consolidation.refuse_known_screenshot_id(
            new.trace_id, new.screenshot_id, tg_table_schema
        );
    end if;
    /* linked: if new.step_id is not null and new.step_index is null then
        perform consolidation.raise_foreign_key(
            tg_table_schema, tg_table_name, 'workflow_trace_screenshot_step_id_fkey',
            format('Key (step_id)=(%s) is no step of the run.', new.step_id)
        );
    end if; */
    element := consolidation.screenshot_element(
        new.screenshot_id, new.org_id, new.node_name, new.step_index, new.screenshot_url,
        new.thumbnail_url, new.action_description, new.element_selector, new.element_found,
        new.confidence_score, new.created_at, new.node_id
    )
    /* screenshot: || consolidation.to_key('legacy_<further>', new.<further>) */;
    if tg_op = 'UPDATE' then
        element := known.element || consolidation.patch(previous, known.content, element);
        perform consolidation.change_screenshot(
            old.trace_id, known.on_step, known.place,
            case
                when
                    new.trace_id = old.trace_id
                    /* linked: and new.step_id is not distinct from old.step_id */
                    then element
            end
        );
    end if;
    if
        (
            tg_op = 'INSERT'
            or new.trace_id <> old.trace_id
            /* linked: or new.step_id is distinct from old.step_id */
        )
        and not consolidation.append_screenshot(new.trace_id, new.step_index, element)
    then
        perform consolidation.raise_deleted(tg_table_schema, tg_table_name);
    end if;
    return new;
end;
$$;

--
-- Name: FUNCTION write_workflow_trace_screenshot(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.write_workflow_trace_screenshot() IS 'Trigger, runs as workflow_maintenance after the guard: changes one element of one document, on the
step whose number is step_index, else on the run. Raises 23505 for a screenshot_id the run
has, 40001 if somebody else changed the same key of the element meanwhile';

--
-- Name: add_context(uuid, jsonb); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.add_context(run_id uuid, entries jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    changed jsonb;
    kind text;
begin
    if jsonb_typeof(entries) is distinct from 'object' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format(
                'add_context: entries must be an object, not %s',
                coalesce(jsonb_typeof(entries), 'null')
            );
    end if;
    update public.user_workflow_run as r
    set context = coalesce(nullif(r.context, 'null'), '{}') || add_context.entries
    where
        r.run_id = add_context.run_id
        and coalesce(jsonb_typeof(r.context), 'null') in ('object', 'null')
    returning r.context into changed;
    if found then
        return changed;
    end if;
    select jsonb_typeof(r.context) into kind
    from public.user_workflow_run as r
    where r.run_id = add_context.run_id;
    if found then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format(
                'add_context: the context of run %s is of type %s, not an object', run_id, kind
            ),
            hint = 'Nothing was changed. Replace it: update user_workflow_run set context = ...';
    end if;
    raise exception using
        errcode = 'no_data_found',
        message = format('add_context: there is no run %s', run_id),
        hint = 'Or it belongs to another organisation than app.current_org_id.';
end;
$$;

--
-- Name: FUNCTION add_context(run_id uuid, entries jsonb); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.add_context(run_id uuid, entries jsonb) IS 'Sets several keys of the context of a run at once; returns the context. Raises 22023 if entries is
no object, or the context is an array or another value that has no keys, P0002 if the session sees
no such run';

--
-- Name: add_context(uuid, text, jsonb); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.add_context(run_id uuid, key text, value jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if key is null or value is null then
        raise exception using
            errcode = 'null_value_not_allowed',
            message = format(
                'add_context: %s is null', case when key is null then 'key' else 'value' end
            ),
            hint = 'A JSON null is ''null''::jsonb.';
    end if;
    return public.add_context(run_id, jsonb_build_object(key, value));
end;
$$;

--
-- Name: FUNCTION add_context(run_id uuid, key text, value jsonb); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.add_context(run_id uuid, key text, value jsonb) IS 'Sets one key of the context of a run, whatever others set meanwhile; returns the context. Raises
22004 for a null key or value; else errors as add_context(uuid, jsonb)';

--
-- Name: add_endpoints(uuid, jsonb); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.add_endpoints(run_id uuid, endpoints jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    changed jsonb;
begin
    if
        jsonb_typeof(endpoints) is distinct from 'array'
        or exists (
            select from jsonb_array_elements(endpoints) as e (element)
            where jsonb_typeof(e.element) not in ('number', 'string')
        )
    then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'add_endpoints: endpoints must be an array of numbers or strings';
    end if;
    update public.user_workflow_run as r
    set
        endpoints_used = coalesce(nullif(r.endpoints_used, 'null'), '[]') || (
            select coalesce(jsonb_agg(n.element order by n.place), '[]')
            from (
                select
                    e.element,
                    min(e.place) as place
                from jsonb_array_elements(endpoints) with ordinality as e (element, place)
                where not coalesce(nullif(r.endpoints_used, 'null'), '[]') @> e.element
                group by e.element
            ) as n
        )
    where r.run_id = add_endpoints.run_id
    returning r.endpoints_used into changed;
    if not found then
        raise exception using
            errcode = 'no_data_found',
            message = format('add_endpoints: there is no run %s', run_id),
            hint = 'Or it belongs to another organisation than app.current_org_id.';
    end if;
    return changed;
end;
$$;

--
-- Name: FUNCTION add_endpoints(run_id uuid, endpoints jsonb); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.add_endpoints(run_id uuid, endpoints jsonb) IS 'Adds endpoint ids to a run, each once; returns all of them. endpoints: array of numbers or strings
(the old name shows integers only). Raises 22023 for anything else, P0002 if the session sees no
such run';

--
-- Name: add_endpoint(uuid, bigint); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.add_endpoint(run_id uuid, endpoint bigint) RETURNS jsonb
    LANGUAGE sql
    RETURN public.add_endpoints(run_id, jsonb_build_array(endpoint));

--
-- Name: FUNCTION add_endpoint(run_id uuid, endpoint bigint); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.add_endpoint(run_id uuid, endpoint bigint) IS 'Adds one endpoint id to a run, once; returns all of them. Errors as add_endpoints';

--
-- Name: add_endpoint(uuid, text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.add_endpoint(run_id uuid, endpoint text) RETURNS jsonb
    LANGUAGE sql
    RETURN public.add_endpoints(run_id, jsonb_build_array(endpoint));

--
-- Name: FUNCTION add_endpoint(run_id uuid, endpoint text); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.add_endpoint(run_id uuid, endpoint text) IS 'As add_endpoint(uuid, bigint), for ids that are texts; the old name cannot show them';

--
-- Name: add_endpoint(uuid, uuid); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.add_endpoint(run_id uuid, endpoint uuid) RETURNS jsonb
    LANGUAGE sql
    RETURN public.add_endpoints(run_id, jsonb_build_array(endpoint));

--
-- Name: FUNCTION add_endpoint(run_id uuid, endpoint uuid); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.add_endpoint(run_id uuid, endpoint uuid) IS 'As add_endpoint(uuid, text), for ids that are uuids';

--
-- Name: add_events(uuid, jsonb); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.add_events(step_id uuid, events jsonb) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    bad record;
    complete jsonb;
begin
    if jsonb_typeof(events) is distinct from 'array' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format(
                'add_events: events must be an array, not %s',
                coalesce(jsonb_typeof(events), 'null')
            );
    end if;
    select
        e.place,
        e.element,
        case
            when jsonb_typeof(e.element) <> 'object' then 'is not an object'
            when coalesce(jsonb_typeof(e.element -> 'type') <> 'string', true)
                then 'has no "type" that is a string'
            when e.element ->> 'type' = '' then 'has an empty "type"'
            when length(e.element ->> 'type') > 100 then 'has a "type" of more than 100 characters'
            else 'has a "timestamp" that is not ISO 8601'
        end as problem
    into bad
    from jsonb_array_elements(events) with ordinality as e (element, place)
    where
        jsonb_typeof(e.element) <> 'object'
        or coalesce(jsonb_typeof(e.element -> 'type') <> 'string', true)
        or length(e.element ->> 'type') not between 1 and 100
        or (e.element ? 'timestamp' and public.from_iso8601(e.element ->> 'timestamp') is null)
    order by e.place
    limit 1;
    if found then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('add_events: element %s %s', bad.place, bad.problem),
            detail = left(bad.element::text, 200),
            hint = 'An event is {"type": text, "timestamp": ISO 8601, "data": anything}.';
    end if;
    -- Times are stored in UTC, whatever zone they came with.
    select coalesce(
        jsonb_agg(
            jsonb_build_object('data', '{}'::jsonb) || e.element
            || jsonb_build_object(
                'timestamp', public.to_iso8601(coalesce(m.moment, clock_timestamp()))
            )
            order by e.place
        ),
        '[]'
    )
    into complete
    from jsonb_array_elements(events) with ordinality as e (element, place)
    cross join lateral (
        select public.from_iso8601(e.element ->> 'timestamp') as moment
    ) as m;
    update public.user_workflow_run_step as s
    set events = coalesce(nullif(s.events, 'null'), '[]') || complete
    where s.step_id = add_events.step_id;
    if not found then
        raise exception using
            errcode = 'no_data_found',
            message = format('add_events: there is no step %s', step_id),
            hint = 'Or it belongs to another organisation than app.current_org_id.';
    end if;
    return jsonb_array_length(events);
end;
$$;

--
-- Name: FUNCTION add_events(step_id uuid, events jsonb); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.add_events(step_id uuid, events jsonb) IS 'Appends events to a step, in one update; returns how many. Each is an object with "type" (1 to 100
characters), "timestamp" (ISO 8601, stored in UTC, default now) and "data" (default {}); further
keys are kept. Raises 22023 and names the first element that is no such object, P0002 if the session
sees no such step';

--
-- Name: add_event(uuid, text, jsonb, timestamp with time zone); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.add_event(step_id uuid, type text, data jsonb DEFAULT '{}'::jsonb, "timestamp" timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS integer
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT public.add_events(step_id, jsonb_build_array(jsonb_build_object('type', type, 'timestamp', public.to_iso8601(COALESCE("timestamp", clock_timestamp())), 'data', COALESCE(data, '{}'::jsonb)))) AS add_events;
END;

--
-- Name: FUNCTION add_event(step_id uuid, type text, data jsonb, "timestamp" timestamp with time zone); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.add_event(step_id uuid, type text, data jsonb, "timestamp" timestamp with time zone) IS 'Appends one event to a step; timestamp: default now. For many at once use add_events, which raises
the same errors';

--
-- Name: add_screenshots(uuid, jsonb); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.add_screenshots(step_id uuid, screenshots jsonb) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    bad record;
    complete jsonb;
begin
    if jsonb_typeof(screenshots) is distinct from 'array' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format(
                'add_screenshots: screenshots must be an array, not %s',
                coalesce(jsonb_typeof(screenshots), 'null')
            );
    end if;
    select
        e.place,
        e.element,
        case
            when jsonb_typeof(e.element) <> 'object' then 'is not an object'
            when coalesce(jsonb_typeof(e.element -> 'url') <> 'string', true)
                then 'has no "url" that is a string'
            when e.element ->> 'url' = '' then 'has an empty "url"'
            when jsonb_typeof(e.element -> 'confidence') not in ('number', 'null')
                then 'has a "confidence" that is no number'
            else 'has a "timestamp" that is not ISO 8601'
        end as problem
    into bad
    from jsonb_array_elements(screenshots) with ordinality as e (element, place)
    where
        jsonb_typeof(e.element) <> 'object'
        or coalesce(jsonb_typeof(e.element -> 'url') <> 'string', true)
        or e.element ->> 'url' = ''
        or jsonb_typeof(e.element -> 'confidence') not in ('number', 'null')
        or (e.element ? 'timestamp' and public.from_iso8601(e.element ->> 'timestamp') is null)
    order by e.place
    limit 1;
    if found then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('add_screenshots: element %s %s', bad.place, bad.problem),
            detail = left(bad.element::text, 200),
            hint = 'A screenshot is {"url": text, "timestamp": ISO 8601, "action": text, ...}.';
    end if;
    -- Times are stored in UTC, whatever zone they came with.
    select coalesce(
        jsonb_agg(
            e.element
            || jsonb_build_object(
                'timestamp', public.to_iso8601(coalesce(m.moment, clock_timestamp()))
            )
            order by e.place
        ),
        '[]'
    )
    into complete
    from jsonb_array_elements(screenshots) with ordinality as e (element, place)
    cross join lateral (
        select public.from_iso8601(e.element ->> 'timestamp') as moment
    ) as m;
    update public.user_workflow_run_step as s
    set screenshots = coalesce(nullif(s.screenshots, 'null'), '[]') || complete
    where s.step_id = add_screenshots.step_id;
    if not found then
        raise exception using
            errcode = 'no_data_found',
            message = format('add_screenshots: there is no step %s', step_id),
            hint = 'Or it belongs to another organisation than app.current_org_id.';
    end if;
    return jsonb_array_length(screenshots);
end;
$$;

--
-- Name: FUNCTION add_screenshots(step_id uuid, screenshots jsonb); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.add_screenshots(step_id uuid, screenshots jsonb) IS 'Appends screenshots to a step, in one update; returns how many. Each is an object with "url" and
"timestamp" (ISO 8601, stored in UTC, default now); "confidence" is a number or null; further keys
are kept. Raises 22023 and names the first element that is no such object, P0002 if the session sees
no such step';

--
-- Name: add_screenshot(uuid, text, text, text, text, boolean, double precision, timestamp with time zone); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.add_screenshot(step_id uuid, url text, action text DEFAULT NULL::text, selector text DEFAULT NULL::text, thumbnail_url text DEFAULT NULL::text, element_found boolean DEFAULT NULL::boolean, confidence double precision DEFAULT NULL::double precision, "timestamp" timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS integer
    LANGUAGE sql
    SET extra_float_digits TO '1'
    BEGIN ATOMIC
 SELECT public.add_screenshots(step_id, jsonb_build_array(jsonb_build_object('url', url, 'thumbnail_url', thumbnail_url, 'timestamp', public.to_iso8601(COALESCE("timestamp", clock_timestamp())), 'action', action, 'selector', selector, 'element_found', element_found, 'confidence', confidence))) AS add_screenshots;
END;

--
-- Name: FUNCTION add_screenshot(step_id uuid, url text, action text, selector text, thumbnail_url text, element_found boolean, confidence double precision, "timestamp" timestamp with time zone); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.add_screenshot(step_id uuid, url text, action text, selector text, thumbnail_url text, element_found boolean, confidence double precision, "timestamp" timestamp with time zone) IS 'Appends one screenshot to a step; timestamp: default now. confidence: 0 to 1. Errors as
add_screenshots';

--
-- Name: asks_organisation(oid); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.asks_organisation(policy oid) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    organisation constant text :=
    '\(org_id = (\( SELECT )?(public\.)?current_org_id\(\)( AS current_org_id\))?\)';
    condition text := (
        select pg_get_expr(p.polqual, p.polrelid) from pg_policy as p where p.oid = policy
    );
    before text := '';
begin
    if condition = 'false' then
        return true;
    end if;
    -- The comparison becomes @. Strings go, and so do brackets that do not hold it. Its own
    -- brackets stay, and the words that join it with other conditions.
    condition := regexp_replace(condition, '''[^'']*''', '', 'g');
    condition := regexp_replace(replace(condition, '@', ''), organisation, '@', 'g');
    while condition <> before loop
        before := condition;
        condition := regexp_replace(condition, '\([^()@]*\)', '', 'g');
    end loop;
    return condition ~ '@'
        and condition !~* '\m(or|not|is|in|case|any|all)\M|[\w"]\(|[^\w\s()@."]';
end;
$$;

--
-- Name: FUNCTION asks_organisation(policy oid); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.asks_organisation(policy oid) IS 'Whether a policy shows only rows of the session''s organisation: it compares org_id with
current_org_id(), and every other condition only narrows it. False when in doubt';

--
-- Name: change_events(jsonb, jsonb, timestamp with time zone); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.change_events(change jsonb, matching jsonb, before timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if
        jsonb_typeof(change) is distinct from 'object'
        or change ? 'event_id'
        or (
            change ? 'type'
            and not (
                jsonb_typeof(change -> 'type') = 'string'
                and length(change ->> 'type') between 1 and 100
            )
        )
        or (change ? 'timestamp' and public.from_iso8601(change ->> 'timestamp') is null)
    then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'change_events: no event can have this change',
            detail = left(change::text, 200),
            hint = 'An object with the keys to set: "type" of 1 to 100 characters, "timestamp" in '
            'ISO 8601, "data", others; no "event_id".';
    end if;
    if change ? 'timestamp' then
        change := change || jsonb_build_object(
            'timestamp', public.to_iso8601(public.from_iso8601(change ->> 'timestamp'))
        );
    end if;
    return public.rewrite_events(before, matching, change);
end;
$$;

--
-- Name: FUNCTION change_events(change jsonb, matching jsonb, before timestamp with time zone); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.change_events(change jsonb, matching jsonb, before timestamp with time zone) IS 'Sets the keys of "change" in the events that contain "matching" and are older than "before" (null:
of any time), in all steps and runs that the session sees. Returns how many. Writes each document
once. Stores times in UTC. Raises 22023 if change or matching is no object, or an event cannot have
this change';

--
-- Name: current_org_id(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.current_org_id() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (NULLIF(current_setting('app.current_org_id'::text, true), ''::text))::uuid;

--
-- Name: FUNCTION current_org_id(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.current_org_id() IS 'Returns the organisation of the session, from the setting app.current_org_id. Null when the setting
is missing or empty ("set local" leaves it empty). Raises 22P02 when it is no uuid';

--
-- Name: derive_columns(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.derive_columns() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    AS $$
declare
    declared record;
begin
    -- Either follow_declaration() sees this run, or the next statement what it follows.
    perform pg_advisory_xact_lock_shared(tg_relid::bigint);
    select d.* into declared from (select null) /* declared of new */ as d;
    /* assigned */
    if not (declared is not null) then
        perform consolidation.refuse_unknown(to_jsonb(new));
    end if;
    return new;
end;
$$;

--
-- Name: FUNCTION derive_columns(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.derive_columns() IS 'Trigger, runs as workflow_maintenance: gives a run the values that were declared in
public.workflow_column_source, whatever was written. Without a declaration nothing uses it';

--
-- Name: fill_step_keys(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.fill_step_keys() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    run record;
begin
    -- A row that names no run at all gets the not-null error of the column.
    if new.run_id is null and new.legacy_trace_id is null then
        return new;
    end if;
    if new.run_id is not null then
        select
            r.run_id,
            r.org_id,
            r.legacy_trace_id
        into run
        from public.user_workflow_run as r
        where r.run_id = new.run_id;
    else
        select
            r.run_id,
            r.org_id,
            r.legacy_trace_id
        into run
        from public.user_workflow_run as r
        where r.legacy_trace_id = new.legacy_trace_id;
    end if;
    if run.run_id is null or run.legacy_trace_id <> new.legacy_trace_id then
        raise foreign_key_violation using
            message = 'insert or update on table "user_workflow_run_step" violates foreign key '
            'constraint "user_workflow_run_step_run_id_fkey"',
            detail = format(
                'There is no run with run_id %s and legacy_trace_id %s.',
                coalesce(new.run_id::text, '(any)'), coalesce(new.legacy_trace_id::text, '(any)')
            ),
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = 'user_workflow_run_step_run_id_fkey';
    end if;
    new.run_id := run.run_id;
    new.legacy_trace_id := run.legacy_trace_id;
    new.org_id := coalesce(new.org_id, run.org_id);
    return new;
end;
$$;

--
-- Name: FUNCTION fill_step_keys(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.fill_step_keys() IS 'Trigger: fills the keys that a new step leaves out (run_id from legacy_trace_id or the reverse,
org_id from the run). Raises 23503 when the caller can see no such run';

--
-- Name: find_event(bigint); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.find_event(event_id bigint, OUT run_id uuid, OUT step_id uuid, OUT place bigint, OUT event jsonb) RETURNS SETOF record
    LANGUAGE plpgsql STABLE ROWS 1 PARALLEL RESTRICTED
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    wanted constant jsonb := jsonb_build_array(
        jsonb_build_object('event_id', find_event.event_id)
    );
begin
    if find_event.event_id < 0 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('find_event: %s is no stored event_id', find_event.event_id),
            hint = 'The old names show negative numbers for events that new code added.';
    end if;
    return query
    select
        d.run_id,
        d.step_id,
        e.place,
        e.element
    from (
        select
            s.run_id,
            s.step_id,
            s.events
        -- All arguments are given and typed: nobody can create a closer match in the schema public.
        from public.find_steps(
            wanted, null::jsonb, null::text, null::timestamptz, null::timestamptz, null::integer,
            null::timestamptz, null::uuid
        ) as s
        union all
        select
            r.run_id,
            null,
            r.events
        from public.find_runs(
            null::jsonb, null::text, null::jsonb, wanted, null::jsonb, null::timestamptz,
            null::timestamptz, null::integer, null::timestamptz, null::uuid
        ) as r
    ) as d
    cross join lateral jsonb_array_elements(d.events) with ordinality as e (element, place)
    where e.element @> (wanted -> 0);
end;
$$;

--
-- Name: FUNCTION find_event(event_id bigint, OUT run_id uuid, OUT step_id uuid, OUT place bigint, OUT event jsonb); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.find_event(event_id bigint, OUT run_id uuid, OUT step_id uuid, OUT place bigint, OUT event jsonb) IS 'The event of an old event_id, in the organisation of the session, with the help of indexes: its
run, its step (null for an event of no step), its place in the array from 1, the event. No row if
there is none. Raises 22023 for a negative event_id, which only the old names show';

--
-- Name: find_run_ids(jsonb, text, jsonb, jsonb, jsonb, timestamp with time zone, timestamp with time zone, integer, timestamp with time zone, uuid); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.find_run_ids(context jsonb DEFAULT NULL::jsonb, status text DEFAULT NULL::text, endpoint jsonb DEFAULT NULL::jsonb, events jsonb DEFAULT NULL::jsonb, screenshots jsonb DEFAULT NULL::jsonb, created_from timestamp with time zone DEFAULT NULL::timestamp with time zone, created_to timestamp with time zone DEFAULT NULL::timestamp with time zone, page_size integer DEFAULT NULL::integer, after_created_at timestamp with time zone DEFAULT NULL::timestamp with time zone, after_run_id uuid DEFAULT NULL::uuid) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50 PARALLEL RESTRICTED
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    SET plan_cache_mode TO 'force_custom_plan'
    SET jit TO 'off'
    AS $$
declare
    organisation constant uuid := public.current_org_id();
begin
    if (find_run_ids.after_created_at is null) <> (find_run_ids.after_run_id is null) then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'find_runs: after_created_at and after_run_id go together',
            hint = 'Pass both as they are in the last row of the page before.';
    end if;
    -- No organisation, no rows.
    if organisation is null then
        return;
    end if;
    -- Planned for these very values: a missing one is no condition at all, and the given ones
    -- choose the indexes. The GIN indexes that have the organisation begin with array[org_id].
    return query
    select r.run_id
    from public.user_workflow_run as r
    where
        r.org_id = organisation
        and (
            (
                find_run_ids.context is null
                and find_run_ids.endpoint is null
                and find_run_ids.events is null
                and find_run_ids.screenshots is null
            )
            or array[r.org_id] @> array[organisation]
        )
        and (find_run_ids.context is null or r.context @> find_run_ids.context)
        and (
            find_run_ids.endpoint is null
            or r.endpoints_used @> jsonb_build_array(find_run_ids.endpoint)
        )
        and (
            find_run_ids.events is null
            or (
                -- The index has only runs that have such events.
                (r.events <> '[]' or find_run_ids.events = '[]')
                and r.events @> find_run_ids.events
            )
        )
        and (find_run_ids.screenshots is null or r.screenshots @> find_run_ids.screenshots)
        and (find_run_ids.status is null or r.status = find_run_ids.status)
        and (find_run_ids.created_from is null or r.created_at >= find_run_ids.created_from)
        and (find_run_ids.created_to is null or r.created_at < find_run_ids.created_to)
        and (
            find_run_ids.after_run_id is null
            or (r.created_at, r.run_id)
            < (find_run_ids.after_created_at, find_run_ids.after_run_id)
        )
    order by r.created_at desc, r.run_id desc
    limit find_run_ids.page_size;
end;
$$;

--
-- Name: FUNCTION find_run_ids(context jsonb, status text, endpoint jsonb, events jsonb, screenshots jsonb, created_from timestamp with time zone, created_to timestamp with time zone, page_size integer, after_created_at timestamp with time zone, after_run_id uuid); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.find_run_ids(context jsonb, status text, endpoint jsonb, events jsonb, screenshots jsonb, created_from timestamp with time zone, created_to timestamp with time zone, page_size integer, after_created_at timestamp with time zone, after_run_id uuid) IS 'The keys of the runs that find_runs returns, in its order; for find_runs. Runs as
workflow_maintenance and looks only at the organisation of the session';

--
-- Name: find_runs(jsonb, text, jsonb, jsonb, jsonb, timestamp with time zone, timestamp with time zone, integer, timestamp with time zone, uuid); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.find_runs(context jsonb DEFAULT NULL::jsonb, status text DEFAULT NULL::text, endpoint jsonb DEFAULT NULL::jsonb, events jsonb DEFAULT NULL::jsonb, screenshots jsonb DEFAULT NULL::jsonb, created_from timestamp with time zone DEFAULT NULL::timestamp with time zone, created_to timestamp with time zone DEFAULT NULL::timestamp with time zone, page_size integer DEFAULT NULL::integer, after_created_at timestamp with time zone DEFAULT NULL::timestamp with time zone, after_run_id uuid DEFAULT NULL::uuid) RETURNS SETOF public.user_workflow_run
    LANGUAGE plpgsql STABLE ROWS 50 PARALLEL RESTRICTED
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    -- "offset 0" makes the plan fetch rows by their keys, however many rows it expects an
    -- organisation to hold. The plan is made once, and some organisations have a thousand times as
    -- many rows as others.
    return query
    select r.*
    from public.find_run_ids(
        find_runs.context, find_runs.status, find_runs.endpoint, find_runs.events,
        find_runs.screenshots, find_runs.created_from, find_runs.created_to, find_runs.page_size,
        find_runs.after_created_at, find_runs.after_run_id
    ) as f (run_id)
    cross join lateral (
        select t.*
        from public.user_workflow_run as t
        where t.run_id = f.run_id
        offset 0
    ) as r
    order by r.created_at desc, r.run_id desc;
end;
$$;

--
-- Name: FUNCTION find_runs(context jsonb, status text, endpoint jsonb, events jsonb, screenshots jsonb, created_from timestamp with time zone, created_to timestamp with time zone, page_size integer, after_created_at timestamp with time zone, after_run_id uuid); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.find_runs(context jsonb, status text, endpoint jsonb, events jsonb, screenshots jsonb, created_from timestamp with time zone, created_to timestamp with time zone, page_size integer, after_created_at timestamp with time zone, after_run_id uuid) IS 'Runs of the organisation of the session, the latest first, with the help of indexes; none without
an organisation. Each parameter narrows the result, null does not. context, events (those of no
step), screenshots (those of no step): contained, as in context @> ''{"correlation_id": "xyz789"}''.
endpoint: an element of endpoints_used, 5 or "crm". created_from: inclusive, created_to: exclusive.
page_size: how many rows at most, default all; the next page: after_created_at and after_run_id of
its last row. Raises 22023 for one of the two without the other, 2201W for a negative page_size,
22P02 if app.current_org_id is no uuid, 42501 for a role that may not select from
user_workflow_run';

--
-- Name: find_step_ids(jsonb, jsonb, text, timestamp with time zone, timestamp with time zone, integer, timestamp with time zone, uuid); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.find_step_ids(events jsonb DEFAULT NULL::jsonb, screenshots jsonb DEFAULT NULL::jsonb, status text DEFAULT NULL::text, started_from timestamp with time zone DEFAULT NULL::timestamp with time zone, started_to timestamp with time zone DEFAULT NULL::timestamp with time zone, page_size integer DEFAULT NULL::integer, after_started_at timestamp with time zone DEFAULT NULL::timestamp with time zone, after_step_id uuid DEFAULT NULL::uuid) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50 PARALLEL RESTRICTED
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    SET plan_cache_mode TO 'force_custom_plan'
    SET jit TO 'off'
    AS $$
declare
    organisation constant uuid := public.current_org_id();
begin
    if find_step_ids.after_started_at is not null and find_step_ids.after_step_id is null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'find_steps: after_started_at goes with after_step_id',
            hint = 'Pass both as they are in the last row of the page before.';
    end if;
    if organisation is null then
        return;
    end if;
    return query
    select s.step_id
    from public.user_workflow_run_step as s
    where
        s.org_id = organisation
        and (
            (find_step_ids.events is null and find_step_ids.screenshots is null)
            or array[s.org_id] @> array[organisation]
        )
        and (find_step_ids.events is null or s.events @> find_step_ids.events)
        and (find_step_ids.screenshots is null or s.screenshots @> find_step_ids.screenshots)
        and (find_step_ids.status is null or s.status = find_step_ids.status)
        and (find_step_ids.started_from is null or s.started_at >= find_step_ids.started_from)
        and (find_step_ids.started_to is null or s.started_at < find_step_ids.started_to)
        and (
            find_step_ids.after_step_id is null
            or (coalesce(s.started_at, '-infinity'), s.step_id)
            < (coalesce(find_step_ids.after_started_at, '-infinity'), find_step_ids.after_step_id)
        )
    order by coalesce(s.started_at, '-infinity') desc, s.step_id desc
    limit find_step_ids.page_size;
end;
$$;

--
-- Name: FUNCTION find_step_ids(events jsonb, screenshots jsonb, status text, started_from timestamp with time zone, started_to timestamp with time zone, page_size integer, after_started_at timestamp with time zone, after_step_id uuid); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.find_step_ids(events jsonb, screenshots jsonb, status text, started_from timestamp with time zone, started_to timestamp with time zone, page_size integer, after_started_at timestamp with time zone, after_step_id uuid) IS 'The keys of the steps that find_steps returns, in its order; for find_steps. Runs as
workflow_maintenance and looks only at the organisation of the session';

--
-- Name: find_steps(jsonb, jsonb, text, timestamp with time zone, timestamp with time zone, integer, timestamp with time zone, uuid); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.find_steps(events jsonb DEFAULT NULL::jsonb, screenshots jsonb DEFAULT NULL::jsonb, status text DEFAULT NULL::text, started_from timestamp with time zone DEFAULT NULL::timestamp with time zone, started_to timestamp with time zone DEFAULT NULL::timestamp with time zone, page_size integer DEFAULT NULL::integer, after_started_at timestamp with time zone DEFAULT NULL::timestamp with time zone, after_step_id uuid DEFAULT NULL::uuid) RETURNS SETOF public.user_workflow_run_step
    LANGUAGE plpgsql STABLE ROWS 50 PARALLEL RESTRICTED
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return query
    select s.*
    from public.find_step_ids(
        find_steps.events, find_steps.screenshots, find_steps.status, find_steps.started_from,
        find_steps.started_to, find_steps.page_size, find_steps.after_started_at,
        find_steps.after_step_id
    ) as f (step_id)
    cross join lateral (
        select t.*
        from public.user_workflow_run_step as t
        where t.step_id = f.step_id
        offset 0
    ) as s
    order by coalesce(s.started_at, '-infinity') desc, s.step_id desc;
end;
$$;

--
-- Name: FUNCTION find_steps(events jsonb, screenshots jsonb, status text, started_from timestamp with time zone, started_to timestamp with time zone, page_size integer, after_started_at timestamp with time zone, after_step_id uuid); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.find_steps(events jsonb, screenshots jsonb, status text, started_from timestamp with time zone, started_to timestamp with time zone, page_size integer, after_started_at timestamp with time zone, after_step_id uuid) IS 'Steps of the organisation of the session, the latest started first, those not started last, with
the help of indexes; none without an organisation. Each parameter narrows the result, null does not.
events, screenshots: contained, as in events @> ''[{"type": "error"}]''. started_from: inclusive,
started_to: exclusive. page_size: how many rows at most, default all; the next page:
after_started_at (null if it is) and after_step_id of its last row. Raises 22023 for
after_started_at without after_step_id, 2201W for a negative page_size, 22P02 if app.current_org_id
is no uuid, 42501 for a role that may not select from user_workflow_run_step';

--
-- Name: follow_declaration(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.follow_declaration() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    AS $_$
declare
    is_changed boolean;
begin
    execute format(
        'select exists (select %1$s from new_row except select %1$s from old_row)', tg_argv[0]
    ) into is_changed;
    if not is_changed then
        return null;
    end if;
    if exists (
        select from pg_class as c
        where c.oid = to_regclass('public.workflow_trace') and c.relkind = 'r'
    ) then
        insert into consolidation.change (trace_id) values (null);
        return null;
    end if;
    perform pg_advisory_xact_lock('public.user_workflow_run'::regclass::bigint);
    -- The trigger of the run does the rest.
    update public.user_workflow_run as r
    set legacy_trace_id = r.legacy_trace_id
    where exists (
        select from (select null) /* declared of r */ as d where false /* differs */
    );
    return null;
end;
$_$;

--
-- Name: FUNCTION follow_declaration(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.follow_declaration() IS 'Trigger, runs as workflow_maintenance, after a statement updated rows that a declaration reads:
before the cut-over it notes that all runs are to be carried over again, then it updates those that
differ. Its argument lists the columns. Waits for sessions that write runs, and they for it. Without
a declaration nothing uses it';

--
-- Name: from_iso8601_other(text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.from_iso8601_other(document text) RETURNS timestamp with time zone
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN (from_iso8601_other.document = ANY (ARRAY['infinity'::text, '-infinity'::text])) THEN (from_iso8601_other.document)::timestamp with time zone
             WHEN (p.part IS NULL) THEN NULL::timestamp with time zone
             WHEN ((((p.part[1])::integer < 1) OR ((p.part[1])::integer >
             CASE
                 WHEN (p.part[6] IS NULL) THEN 294276
                 ELSE 4714
             END)) OR (((p.part[1])::integer = ANY (ARRAY[294276, 4714])) AND ((p.part[5] <> ALL (ARRAY[''::text, 'Z'::text, 'z'::text])) OR (length(p.part[4]) > 15))) OR (((p.part[1])::integer = 4714) AND (p.part[6] IS NOT NULL) AND ((p.part[2] || p.part[3]) < '1124'::text))) THEN NULL::timestamp with time zone
             WHEN (((p.part[3])::integer > 28) AND (EXTRACT(month FROM (make_date((2000 + mod(
             CASE
                 WHEN (p.part[6] IS NULL) THEN (p.part[1])::integer
                 ELSE (4801 - (p.part[1])::integer)
             END, 400)), (p.part[2])::integer, 1) + ((p.part[3])::integer - 1))) <> ((p.part[2])::integer)::numeric)) THEN NULL::timestamp with time zone
             ELSE (concat(p.part[1], '-', p.part[2], '-', p.part[3], ' ', p.part[4], COALESCE(NULLIF(p.part[5], ''::text), 'Z'::text), p.part[6]))::timestamp with time zone
         END AS concat
    FROM ( SELECT regexp_match(from_iso8601_other.document, (('^(\d{4,6})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt ]'::text || '((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?)'::text) || '(|[Zz]|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)( BC)?$'::text)) AS part
          OFFSET 0) p;
END;

--
-- Name: FUNCTION from_iso8601_other(document text); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.from_iso8601_other(document text) IS 'Reads the rarer forms for from_iso8601; call that function instead';

--
-- Name: get_context(uuid, text, jsonb); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.get_context(run_id uuid, key text, missing jsonb DEFAULT NULL::jsonb) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN COALESCE((SELECT (r.context -> get_context.key) FROM public.user_workflow_run r WHERE (r.run_id = get_context.run_id)), missing);

--
-- Name: FUNCTION get_context(run_id uuid, key text, missing jsonb); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.get_context(run_id uuid, key text, missing jsonb) IS 'The value of a key of the context of a run (a JSON null is one); else missing, by default null';

--
-- Name: get_run(uuid); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.get_run(run_id uuid) RETURNS json
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    AS $$
begin
    -- Columns are named: those of the old names are left out, and are dropped with them.
    return (
        select row_to_json(w)
        from (
            select
                r.run_id, r.workflow_id, r.org_id, r.status, r.channel, r.external_id,
                r.started_at, r.ended_at, r.duration_ms, r.context, r.endpoints_used,
                r.config_snapshot, r.error_message, r.error_details, r.llm_prompt, r.llm_response,
                r.llm_model, r.llm_tokens_used, r.tier, r.tier_reason, r.created_at, r.created_by,
                r.updated_at, r.events, r.screenshots,
                (
                    select coalesce(json_agg(row_to_json(t) order by t.step_number), '[]')
                    from (
                        select
                            s.step_id, s.node_id, s.step_number, s.status, s.retry_count,
                            s.started_at, s.ended_at, s.duration_ms, s.input_data, s.output_data,
                            s.screenshots, s.events, s.error_message, s.error_details, s.metadata
                        from public.user_workflow_run_step as s
                        where s.run_id = r.run_id
                    ) as t
                ) as steps
            from public.user_workflow_run as r
            where r.run_id = get_run.run_id
        ) as w
    );
end;
$$;

--
-- Name: FUNCTION get_run(run_id uuid); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.get_run(run_id uuid) IS 'A run as one JSON object: its columns, and "steps", an array of its steps in their order. Times are
in UTC. Null if the session sees no such run';

--
-- Name: guard_run_identity(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_run_identity() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if
        exists (select from public.user_workflow_run_step as s where s.run_id = old.run_id)
        or coalesce(old.context, '{}') <> '{}'
        or coalesce(old.endpoints_used, '[]') <> '[]'
        or coalesce(old.events, '[]') <> '[]'
        or coalesce(old.screenshots, '[]') <> '[]'
    then
        raise foreign_key_violation using
            message = format(
                'trace_id %s cannot change: steps, events, screenshots, context or endpoints '
                'belong to it', old.legacy_trace_id
            ),
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = 'user_workflow_run_legacy_trace_id_key';
    end if;
    return new;
end;
$$;

--
-- Name: FUNCTION guard_run_identity(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.guard_run_identity() IS 'Trigger: raises 23503, as the old keys did, when a trace_id that something belongs to changes';

--
-- Name: guard_screenshots(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_screenshots() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    raise exception using
        errcode = 'insufficient_privilege',
        message = format('new screenshots of table "%s" name another organisation', tg_table_name),
        detail = format('An element has another org_id than %s.', new.org_id),
        hint = 'Leave org_id out of the element.',
        schema = tg_table_schema,
        table = tg_table_name,
        column = 'screenshots';
end;
$$;

--
-- Name: FUNCTION guard_screenshots(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.guard_screenshots() IS 'Trigger: raises 42501 when a session that names an organisation writes an element of another one
into a document that had none. The condition of the trigger (when) tests this';

--
-- Name: guard_step_identity(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_step_identity() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    run record;
begin
    if
        new.legacy_step_id is distinct from old.legacy_step_id
        and coalesce(old.events, '[]') <> '[]'
    then
        raise foreign_key_violation using
            message = format(
                'step_id %s cannot change: events belong to it', old.legacy_step_id
            ),
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = 'user_workflow_run_step_legacy_step_id_key';
    end if;
    -- The column's own not-null error says it best.
    if new.run_id is null or new.legacy_trace_id is null then
        return new;
    end if;
    if new.run_id is distinct from old.run_id then
        select
            r.run_id,
            r.org_id,
            r.legacy_trace_id
        into run
        from public.user_workflow_run as r
        where r.run_id = new.run_id;
    elsif new.legacy_trace_id is distinct from old.legacy_trace_id then
        if coalesce(old.events, '[]') <> '[]' or coalesce(old.screenshots, '[]') <> '[]' then
            raise feature_not_supported using
                message = format(
                    'step_id %s cannot move to another trace: its events and screenshots would '
                    'stay behind', old.legacy_step_id
                ),
                hint = 'Set run_id in user_workflow_run_step: they move with the step.';
        end if;
        select
            r.run_id,
            r.org_id,
            r.legacy_trace_id
        into run
        from public.user_workflow_run as r
        where r.legacy_trace_id = new.legacy_trace_id;
    else
        return new;
    end if;
    if run.run_id is null then
        raise foreign_key_violation using
            message = format(
                'there is no run %s to move step_id %s to',
                coalesce(new.legacy_trace_id::text, new.run_id::text), old.legacy_step_id
            ),
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = 'user_workflow_run_step_run_id_fkey';
    end if;
    new.run_id := run.run_id;
    new.org_id := run.org_id;
    new.legacy_trace_id := run.legacy_trace_id;
    return new;
end;
$$;

--
-- Name: FUNCTION guard_step_identity(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.guard_step_identity() IS 'Trigger: a step that changes run_id or legacy_trace_id gets the other one, and org_id. Raises 23503
for a run the caller does not see or a step_id that events belong to, 0A000 for a step moved through
the old name while it has events or screenshots';

--
-- Name: is_event_meant(jsonb, timestamp with time zone, jsonb); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.is_event_meant(element jsonb, before timestamp with time zone, matching jsonb) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN ((element @> matching) AND ((before IS NULL) OR COALESCE((public.from_iso8601((element ->> 'timestamp'::text)) < before), false)));

--
-- Name: FUNCTION is_event_meant(element jsonb, before timestamp with time zone, matching jsonb); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.is_event_meant(element jsonb, before timestamp with time zone, matching jsonb) IS 'Whether an event contains "matching" and is older than "before" (null: of any time). An event
without a time in ISO 8601 is never older';

--
-- Name: user_workflow_owner; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.user_workflow_owner (
    workflow_id uuid NOT NULL,
    org_id uuid NOT NULL
);

ALTER TABLE ONLY public.user_workflow_owner FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE user_workflow_owner; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.user_workflow_owner IS 'The organisation that had a workflow first, and so owns its page states. Triggers fill it;
applications cannot write it. A row stays when the runs of the workflow are deleted';

--
-- Name: COLUMN user_workflow_owner.workflow_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_owner.workflow_id IS 'Workflow that a run or a configuration named';

--
-- Name: COLUMN user_workflow_owner.org_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_owner.org_id IS 'Organisation of the earliest run or configuration in the old tables, or of the first one written
since. An update by workflow_maintenance gives the workflow to another organisation, for good';

--
-- Name: is_own_workflow(uuid); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.is_own_workflow(workflow_id uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    RETURN (EXISTS (SELECT FROM public.user_workflow_owner o WHERE ((o.workflow_id = is_own_workflow.workflow_id) AND (o.org_id = (SELECT public.current_org_id() AS current_org_id)))));

--
-- Name: FUNCTION is_own_workflow(workflow_id uuid); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.is_own_workflow(workflow_id uuid) IS 'Whether the organisation of the session owns the workflow, by user_workflow_owner; false without an
organisation. Runs as workflow_maintenance and tells about the session''s organisation only. Raises
22P02 if app.current_org_id is no uuid';

--
-- Name: keep_screenshots(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.keep_screenshots() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    AS $$
begin
    /* cascading: return null; */
    update public.user_workflow_run as r
    set screenshots = coalesce(r.screenshots, '[]') || d.screenshots
    from (
        select
            o.run_id,
            jsonb_agg(
                jsonb_build_object('step_index', o.step_number, 'node_id', o.node_id) || x.element
                order by o.step_number, x.place
            ) as screenshots
        from old_row as o
        cross join lateral jsonb_array_elements(
            case when jsonb_typeof(o.screenshots) = 'array' then o.screenshots else '[]' end
        ) with ordinality as x (element, place)
        where jsonb_typeof(x.element) = 'object'
        group by o.run_id
    ) as d
    where r.run_id = d.run_id;
    return null;
end;
$$;

--
-- Name: FUNCTION keep_screenshots(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.keep_screenshots() IS 'Trigger: screenshots of a deleted step move to its run, unless the run is also deleted. Row
security is on whatever the session says: the policy for workflow_maintenance hides nothing';

--
-- Name: keep_workflow_owner(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.keep_workflow_owner() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    AS $$
begin
    if tg_level = 'ROW' then
        insert into public.user_workflow_owner (workflow_id, org_id)
        select
            new.workflow_id,
            new.org_id
        where new.workflow_id is not null
        on conflict do nothing;
        return null;
    end if;
    -- In key order, so that two sessions that name the same workflows cannot deadlock.
    insert into public.user_workflow_owner (workflow_id, org_id)
    select distinct on (n.workflow_id)
        n.workflow_id,
        n.org_id
    from new_row as n
    where
        n.workflow_id is not null
        and not exists (
            select from public.user_workflow_owner as o where o.workflow_id = n.workflow_id
        )
    order by n.workflow_id, n.created_at
    on conflict do nothing;
    return null;
end;
$$;

--
-- Name: FUNCTION keep_workflow_owner(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.keep_workflow_owner() IS 'Trigger of runs and configurations: a workflow that nobody had belongs to the organisation that
names it first. Of two sessions that name it at once, the second waits for the first to end';

--
-- Name: may_be_older_path(timestamp with time zone); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.may_be_older_path(before timestamp with time zone) RETURNS jsonpath
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN ((may_be_older_path.before >= '1000-01-01 00:00:00+00'::timestamp with time zone) AND (may_be_older_path.before < '9999-12-01 00:00:00+00'::timestamp with time zone)) THEN (format('$[*].timestamp ? (@ < "%s" || @ < "%s" && !(@ like_regex "^.{10}T.*Z$"))'::text, to_char((u.moment + '00:00:01'::interval), 'YYYY-MM-DD"T"HH24:MI:SS'::text), to_char((u.moment + '1 day'::interval), 'YYYY-MM-DD'::text)))::jsonpath
             ELSE '$[*]."timestamp"?(@ < "~")'::jsonpath
         END AS "case"
    FROM ( SELECT (may_be_older_path.before AT TIME ZONE 'UTC'::text) AS moment) u;
END;

--
-- Name: FUNCTION may_be_older_path(before timestamp with time zone); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.may_be_older_path(before timestamp with time zone) IS 'A jsonpath on the text of the times. It finds every array in which an event can be older than this,
and a few others: most documents need no further look';

--
-- Name: names_other_organisation(jsonb, uuid); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.names_other_organisation(screenshots jsonb, org_id uuid) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN jsonb_path_exists(screenshots, '$[*]."org_id"?(@ != $"own")'::jsonpath, jsonb_build_object('own', org_id), true);

--
-- Name: FUNCTION names_other_organisation(screenshots jsonb, org_id uuid); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.names_other_organisation(screenshots jsonb, org_id uuid) IS 'Whether an element of screenshots carries another org_id than this one. Compares text: a uuid has
to be in lower case';

--
-- Name: refuse_null_retry_count(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.refuse_null_retry_count() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    raise not_null_violation using
        message = 'null value in column "retry_count" of relation "user_workflow_run_step" '
        'violates not-null constraint',
        detail = 'workflow_steps.retry_count cannot be null.',
        hint = 'Leave the column out to get its default, 0.',
        schema = tg_table_schema,
        table = tg_table_name,
        column = 'retry_count';
end;
$$;

--
-- Name: FUNCTION refuse_null_retry_count(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.refuse_null_retry_count() IS 'Trigger: raises 23502. Its condition (when) tests whether the old table holds nulls';

--
-- Name: remove_events(timestamp with time zone, jsonb); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.remove_events(before timestamp with time zone DEFAULT NULL::timestamp with time zone, matching jsonb DEFAULT '{}'::jsonb) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if before is null and coalesce(matching, '{}') = '{}' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'remove_events: neither a time nor what the events contain is given',
            detail = 'Nothing was changed.',
            hint = 'remove_events(before => ''infinity'') removes all that have a time.';
    end if;
    return public.rewrite_events(before, matching, null::jsonb);
end;
$$;

--
-- Name: FUNCTION remove_events(before timestamp with time zone, matching jsonb); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.remove_events(before timestamp with time zone, matching jsonb) IS 'Removes the events that are older than "before" and contain "matching" from all steps and runs that
the session sees. Returns how many. Writes each document once, however many events. Raises 22023 if
neither is given or matching is no object';

--
-- Name: rewrite_events(timestamp with time zone, jsonb, jsonb); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.rewrite_events(before timestamp with time zone, matching jsonb, change jsonb) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    AS $$
declare
    known constant jsonb := jsonb_build_array(matching);
    path constant jsonpath := public.may_be_older_path(before);
    on_steps bigint;
    on_runs bigint;
begin
    if jsonb_typeof(matching) is distinct from 'object' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'what the events contain ("matching") must be an object',
            detail = 'Nothing was changed.',
            hint = 'For example {"type": "debug"}; {} for all events.';
    end if;
    -- The lock returns the latest version of a row, and the query takes that one apart.
    with locked as materialized (
        select s.step_id, s.events
        from public.user_workflow_run_step as s
        where
            jsonb_typeof(s.events) = 'array'
            and (matching = '{}' or s.events @> known)
            and (before is null or jsonb_path_exists(s.events, path, silent => true))
        order by s.step_id
        for update
    ),

    document as materialized (
        select
            m.step_id,
            count(*) filter (where m.meant) as how_many,
            jsonb_agg(
                case when m.meant then m.element || change else m.element end order by m.place
            ) filter (where not m.meant or change is not null) as events
        from (
            select l.step_id, x.element, x.place,
                public.is_event_meant(x.element, before, matching) as meant
            from locked as l
            cross join lateral jsonb_array_elements(l.events) with ordinality as x (element, place)
            offset 0
        ) as m
        group by m.step_id
    ),

    rewritten as (
        update public.user_workflow_run_step as s
        set events = coalesce(d.events, '[]')
        from document as d
        where s.step_id = d.step_id and d.how_many > 0
        returning d.how_many
    )

    select coalesce(sum(w.how_many), 0)::bigint into on_steps from rewritten as w;
    with locked as materialized (
        select r.run_id, r.events
        from public.user_workflow_run as r
        where
            jsonb_typeof(r.events) = 'array'
            and r.events <> '[]'
            and (matching = '{}' or r.events @> known)
            and (before is null or jsonb_path_exists(r.events, path, silent => true))
        order by r.run_id
        for update
    ),

    document as materialized (
        select
            m.run_id,
            count(*) filter (where m.meant) as how_many,
            jsonb_agg(
                case when m.meant then m.element || change else m.element end order by m.place
            ) filter (where not m.meant or change is not null) as events
        from (
            select l.run_id, x.element, x.place,
                public.is_event_meant(x.element, before, matching) as meant
            from locked as l
            cross join lateral jsonb_array_elements(l.events) with ordinality as x (element, place)
            offset 0
        ) as m
        group by m.run_id
    ),

    rewritten as (
        update public.user_workflow_run as r
        set events = coalesce(d.events, '[]')
        from document as d
        where r.run_id = d.run_id and d.how_many > 0
        returning d.how_many
    )

    select coalesce(sum(w.how_many), 0)::bigint into on_runs from rewritten as w;
    return on_steps + on_runs;
end;
$$;

--
-- Name: FUNCTION rewrite_events(before timestamp with time zone, matching jsonb, change jsonb); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.rewrite_events(before timestamp with time zone, matching jsonb, change jsonb) IS 'Changes the events that is_event_meant() selects, in all steps and runs that the session sees.
Removes them where change is null, else sets the keys of change in them. Returns how many. Raises
22023 if matching is no object';

--
-- Name: sees_all(oid, oid); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.sees_all(role_id oid, isolated oid) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT (r.rolsuper OR r.rolbypassrls OR (NOT c.relrowsecurity) OR ((NOT c.relforcerowsecurity) AND pg_has_role(r.oid, c.relowner, 'usage'::text)) OR COALESCE((bool_or((p.polpermissive AND (NOT public.asks_organisation(p.oid)))) AND (NOT bool_or(((NOT p.polpermissive) AND public.asks_organisation(p.oid))))), false))
    FROM ((pg_class c
      JOIN pg_roles r ON ((r.oid = sees_all.role_id)))
      LEFT JOIN pg_policy p ON (((p.polrelid = c.oid) AND (p.polcmd = ANY (ARRAY['r'::"char", '*'::"char"])) AND (EXISTS ( SELECT
            FROM unnest(p.polroles) g(role_id)
           WHERE
                 CASE
                     WHEN (g.role_id = (0)::oid) THEN true
                     ELSE pg_has_role(r.oid, g.role_id, 'usage'::text)
                 END)))))
   WHERE (c.oid = sees_all.isolated)
   GROUP BY c.oid, r.oid, r.rolsuper, r.rolbypassrls, c.relrowsecurity, c.relforcerowsecurity, c.relowner;
END;

--
-- Name: FUNCTION sees_all(role_id oid, isolated oid); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.sees_all(role_id oid, isolated oid) IS 'Whether a role that may read the table sees its rows whatever the organisation of the session';

--
-- Name: set_updated_at(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.set_updated_at() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    new.updated_at := now();
    return new;
end;
$$;

--
-- Name: FUNCTION set_updated_at(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.set_updated_at() IS 'Trigger: stamps updated_at of a changed row';

--
-- Name: start_run(uuid, text, uuid, uuid, jsonb, text, text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.start_run(workflow_id uuid, channel text, created_by uuid, org_id uuid DEFAULT NULL::uuid, context jsonb DEFAULT '{}'::jsonb, external_id text DEFAULT NULL::text, status text DEFAULT 'running'::text) RETURNS public.user_workflow_run
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    owner uuid := coalesce(start_run.org_id, public.current_org_id());
    known_channel public.user_workflow_run.channel%type := start_run.channel;
    known_status public.user_workflow_run.status%type := start_run.status;
    started public.user_workflow_run;
begin
    if owner is null then
        raise exception using
            errcode = 'not_null_violation',
            message = 'start_run: no organisation',
            hint = 'Pass org_id, or: set local app.current_org_id = ''...''';
    end if;
    if jsonb_typeof(start_run.context) is distinct from 'object' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format(
                'start_run: context must be an object, not %s',
                coalesce(jsonb_typeof(start_run.context), 'null')
            );
    end if;
    insert into public.user_workflow_run as r (
        workflow_id, org_id, channel, created_by, context, external_id, status, started_at,
        config_snapshot
    )
    values (
        start_run.workflow_id, owner, known_channel, start_run.created_by, start_run.context,
        start_run.external_id, known_status, now(),
        (
            select coalesce(
                jsonb_agg(
                    jsonb_build_object(
                        'config_id', c.config_id,
                        'name', c.name,
                        'config_type', c.config_type,
                        'workflow_id', c.workflow_id,
                        'config_data', c.config_data
                    )
                    order by c.config_type, c.name, c.workflow_id nulls first, c.config_id
                ),
                '[]'
            )
            from public.user_workflow_config as c
            where
                c.org_id = owner
                and c.is_active
                and (c.workflow_id is null or c.workflow_id = start_run.workflow_id)
                -- A configuration that names a channel is for that channel only.
                and coalesce(c.config_data ->> 'channel', start_run.channel) = start_run.channel
        )
    )
    returning r.* into started;
    return started;
end;
$$;

--
-- Name: FUNCTION start_run(workflow_id uuid, channel text, created_by uuid, org_id uuid, context jsonb, external_id text, status text); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.start_run(workflow_id uuid, channel text, created_by uuid, org_id uuid, context jsonb, external_id text, status text) IS 'Starts a run now and returns its row. Call it in "from": (start_run(...)).* would call it once a
column, as PostgreSQL does with any function. config_snapshot becomes an array of all active
configurations of the organisation that are for this workflow or for all, and for this channel or
for all (config_data ->> ''channel''). org_id: default the session''s. Raises 23502 without an
organisation, 22023 if context is no object, 42501 for an organisation the session may not write';

--
-- Name: use_organisation(uuid); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.use_organisation(org_id uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if org_id is null then
        raise null_value_not_allowed using
            message = 'use_organisation: the organisation cannot be null',
            hint = 'A session that names no organisation sees none: leave the call out.';
    end if;
    -- Not set_config(): a distributed database passes "set local" on to its workers.
    execute format('set local app.current_org_id = %L', org_id);
end;
$$;

--
-- Name: FUNCTION use_organisation(org_id uuid); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.use_organisation(org_id uuid) IS 'Names the organisation whose runs, steps and configurations the rest of the transaction sees and
writes; the same as set local app.current_org_id. The setting ends with the transaction, so call it
in each transaction, after begin; pooled connections stay clean. Raises 22004 for null, 22P02 for
text that is no uuid';

--
-- Name: accepted; Type: TABLE; Schema: consolidation; Owner: -
--

CREATE TABLE consolidation.accepted (
    kind text NOT NULL,
    object text NOT NULL,
    reason text NOT NULL,
    accepted_by text DEFAULT SESSION_USER NOT NULL,
    accepted_at timestamp with time zone DEFAULT now() NOT NULL
);

--
-- Name: TABLE accepted; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TABLE consolidation.accepted IS 'Findings of the preflight that somebody decided to live with: the cut-over goes on despite them';

--
-- Name: COLUMN accepted.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.accepted.kind IS 'As in the preflight';

--
-- Name: COLUMN accepted.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.accepted.object IS 'As in the preflight';

--
-- Name: COLUMN accepted.reason; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.accepted.reason IS 'Why it does no harm here';

--
-- Name: COLUMN accepted.accepted_by; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.accepted.accepted_by IS 'Role that accepted it';

--
-- Name: COLUMN accepted.accepted_at; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.accepted.accepted_at IS 'When it was accepted';

--
-- Name: context_row; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.context_row WITH (security_invoker='true') AS
 SELECT e.context_id,
    r.legacy_trace_id AS trace_id,
    e.key,
    c.value,
    e.created_at,
    e.updated_at,
    c.place,
    c.origin,
    (length(c.key) <= 255) AS fits,
    (((consolidation.to_bigint((c.origin -> 'context_id'::text)) IS NOT NULL) AND (e.says_no_time OR (public.from_iso8601((c.origin ->> 'created_at'::text)) IS NOT NULL))) IS TRUE) AS as_built
   FROM ((public.user_workflow_run r
     CROSS JOIN LATERAL ( SELECT k.key,
            k.value,
            k.place,
            (l.origins -> k.key) AS origin
           FROM (( SELECT (r.legacy -> 'context'::text) AS origins,
                        CASE
                            WHEN (jsonb_typeof(r.context) = 'object'::text) THEN r.context
                            ELSE NULL::jsonb
                        END AS content
                 OFFSET 0) l
             CROSS JOIN LATERAL jsonb_each(l.content) WITH ORDINALITY k(key, value, place))
         OFFSET 0) c)
     CROSS JOIN LATERAL ( SELECT COALESCE(consolidation.to_bigint((c.origin -> 'context_id'::text)), consolidation.synthetic_id(r.run_id, c.key)) AS context_id,
            (
                CASE
                    WHEN (length(c.key) <= 255) THEN c.key
                    ELSE NULL::text
                END)::character varying(255) AS key,
                CASE
                    WHEN (NOT n.says_no_time) THEN COALESCE(public.from_iso8601((c.origin ->> 'created_at'::text)), r.created_at)
                    ELSE NULL::timestamp with time zone
                END AS created_at,
            public.from_iso8601((c.origin ->> 'updated_at'::text)) AS updated_at,
            n.says_no_time
           FROM ( SELECT ((((c.origin -> 'created_at'::text) = 'null'::jsonb) AND ('created_at'::text = ANY (( SELECT consolidation.nullable_columns('workflow_trace_context'::text) AS nullable_columns)::text[]))) IS TRUE) AS says_no_time) n
         OFFSET 0) e)
  WHERE ((c.place >= 1) AND (c.place <= 2147483647));

--
-- Name: VIEW context_row; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.context_row IS 'Context keys of the documents as rows of workflow_trace_context, with their place, their origin and
whether the old table could hold them. as_built: the origin has an id and a time';

--
-- Name: back_context; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.back_context WITH (security_invoker='true') AS
 SELECT c.context_id,
    c.trace_id,
    c.key,
    c.value,
    c.created_at,
    c.updated_at
   FROM consolidation.context_row c
  WHERE c.fits;

--
-- Name: VIEW back_context; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.back_context IS 'Rows that workflow_trace_context has to hold, in the types of the documents';

--
-- Name: endpoint_row; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.endpoint_row WITH (security_invoker='true') AS
 SELECT r.legacy_trace_id AS trace_id,
    consolidation.to_bigint(x.element) AS endpoint_id,
    x.place,
    x.element,
    (consolidation.to_bigint(x.element) IS NOT NULL) AS fits,
    (consolidation.to_bigint(x.element) IS NOT NULL) AS as_built
   FROM (public.user_workflow_run r
     CROSS JOIN LATERAL jsonb_array_elements(
        CASE
            WHEN (jsonb_typeof(r.endpoints_used) = 'array'::text) THEN r.endpoints_used
            ELSE NULL::jsonb
        END) WITH ORDINALITY x(element, place))
  WHERE ((x.place >= 1) AND (x.place <= 2147483647));

--
-- Name: VIEW endpoint_row; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.endpoint_row IS 'Endpoints of the documents as rows of workflow_trace_endpoint, with their place in the array, the
element itself and whether the old table could hold it. as_built: the element is a number that can
be an id';

--
-- Name: back_endpoint; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.back_endpoint WITH (security_invoker='true') AS
 SELECT DISTINCT e.trace_id,
    e.endpoint_id
   FROM consolidation.endpoint_row e
  WHERE e.fits;

--
-- Name: VIEW back_endpoint; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.back_endpoint IS 'Rows that workflow_trace_endpoint has to hold, in the types of the documents';

--
-- Name: back_trace; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.back_trace WITH (security_invoker='true') AS
 SELECT t.trace_id,
    t.batch_job_item_id,
    t.org_id,
    t.workflow_id,
    t.channel,
    t.external_id,
    t.status,
    t.action_type,
    t.action_detail,
    t.success,
    t.duration_ms,
    t.error_detail,
    t.error_message,
    t.llm_prompt,
    t.llm_response,
    t.llm_model,
    t.llm_tokens_used,
    t.tier,
    t.tier_reason,
    t.config_snapshot,
    t.start_time,
    t.end_time,
    t.created_at,
    t.user_id,
    t.created_by,
    t.session_id
   FROM consolidation.trace_row t;

--
-- Name: VIEW back_trace; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.back_trace IS 'Rows that workflow_trace has to hold, in the types of the documents';

--
-- Name: carried_back; Type: TABLE; Schema: consolidation; Owner: -
--

CREATE TABLE consolidation.carried_back (
    trace_id bigint NOT NULL
);

--
-- Name: TABLE carried_back; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TABLE consolidation.carried_back IS 'Runs whose documents were written to after a cut-over and then carried back to the old tables.
Their documents may hold what the old tables cannot, and rebuilding them keeps it';

--
-- Name: COLUMN carried_back.trace_id; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.carried_back.trace_id IS 'The run';

--
-- Name: chunk_chunk_id_seq; Type: SEQUENCE; Schema: consolidation; Owner: -
--

ALTER TABLE consolidation.chunk ALTER COLUMN chunk_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME consolidation.chunk_chunk_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: cut_over_log_ordinal_seq; Type: SEQUENCE; Schema: consolidation; Owner: -
--

ALTER TABLE consolidation.cut_over_log ALTER COLUMN ordinal ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME consolidation.cut_over_log_ordinal_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: ruled_privilege; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.ruled_privilege WITH (security_invoker='true') AS
 SELECT r.kind,
    r.names,
        CASE g.role_name
            WHEN 'public'::text THEN (0)::oid
            ELSE ((g.role_name)::regrole)::oid
        END AS grantee,
    g.role_name,
    p.privilege_type
   FROM ((consolidation.privilege_rule r
     CROSS JOIN LATERAL ( VALUES ('workflow_app'::text,r.app), ('workflow_maintenance'::text,r.maintenance), ('public'::text,r.everybody)) g(role_name, letters))
     JOIN ( VALUES ('S'::text,'SELECT'::text), ('I'::text,'INSERT'::text), ('U'::text,'UPDATE'::text), ('D'::text,'DELETE'::text), ('usage'::text,'USAGE'::text), ('execute'::text,'EXECUTE'::text)) p(letter, privilege_type) ON ((strpos(g.letters, p.letter) > 0)));

--
-- Name: VIEW ruled_privilege; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.ruled_privilege IS 'The declaration, a row a privilege of a role';

--
-- Name: COLUMN ruled_privilege.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.ruled_privilege.kind IS 'As in project_object';

--
-- Name: COLUMN ruled_privilege.names; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.ruled_privilege.names IS 'As in privilege_rule';

--
-- Name: COLUMN ruled_privilege.grantee; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.ruled_privilege.grantee IS 'Oid of the role; 0 for public';

--
-- Name: COLUMN ruled_privilege.role_name; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.ruled_privilege.role_name IS 'Name of the role, or public';

--
-- Name: COLUMN ruled_privilege.privilege_type; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.ruled_privilege.privilege_type IS 'As aclexplode() names it';

--
-- Name: declared_privilege; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.declared_privilege WITH (security_invoker='true') AS
 SELECT DISTINCT o.id,
    o.kind,
    o.name,
    o.target,
    o.owner,
    r.grantee,
    r.role_name,
    r.privilege_type
   FROM (consolidation.project_object o
     JOIN consolidation.ruled_privilege r ON (((r.kind = o.kind) AND (o.name ~ r.names))));

--
-- Name: VIEW declared_privilege; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.declared_privilege IS 'The declaration, for each object there is. Its owner can do everything';

--
-- Name: COLUMN declared_privilege.id; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.declared_privilege.id IS 'Oid of the object';

--
-- Name: COLUMN declared_privilege.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.declared_privilege.kind IS 'As in project_object';

--
-- Name: COLUMN declared_privilege.name; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.declared_privilege.name IS 'Qualified name of the object';

--
-- Name: COLUMN declared_privilege.target; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.declared_privilege.target IS 'As grant and revoke name the object';

--
-- Name: COLUMN declared_privilege.owner; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.declared_privilege.owner IS 'Owner of the object';

--
-- Name: COLUMN declared_privilege.grantee; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.declared_privilege.grantee IS 'Oid of the role; 0 for public';

--
-- Name: COLUMN declared_privilege.role_name; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.declared_privilege.role_name IS 'Name of the role, or public';

--
-- Name: COLUMN declared_privilege.privilege_type; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.declared_privilege.privilege_type IS 'As aclexplode() names it';

--
-- Name: deploy_session; Type: TABLE; Schema: consolidation; Owner: -
--

CREATE TABLE consolidation.deploy_session (
    only_one boolean DEFAULT true NOT NULL,
    pid integer NOT NULL,
    began timestamp with time zone NOT NULL,
    CONSTRAINT deploy_session_only_one_check CHECK (only_one)
);

--
-- Name: TABLE deploy_session; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TABLE consolidation.deploy_session IS 'The session that executes a script of the plan, and keeps others waiting while it is connected. A
table, since any role can take an advisory lock';

--
-- Name: COLUMN deploy_session.only_one; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.deploy_session.only_one IS 'There is one row';

--
-- Name: COLUMN deploy_session.pid; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.deploy_session.pid IS 'Process id of the session';

--
-- Name: COLUMN deploy_session.began; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.deploy_session.began IS 'When it connected: pids are used again';

--
-- Name: deployed_change; Type: TABLE; Schema: consolidation; Owner: -
--

CREATE TABLE consolidation.deployed_change (
    change text NOT NULL,
    ordinal integer NOT NULL
);

--
-- Name: TABLE deployed_change; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TABLE consolidation.deployed_change IS 'Changes whose deploy script has ended, whether or not Sqitch recorded it';

--
-- Name: COLUMN deployed_change.change; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.deployed_change.change IS 'Name of the change in sqitch.plan';

--
-- Name: COLUMN deployed_change.ordinal; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.deployed_change.ordinal IS 'Order of deployment';

--
-- Name: deployed_change_ordinal_seq; Type: SEQUENCE; Schema: consolidation; Owner: -
--

ALTER TABLE consolidation.deployed_change ALTER COLUMN ordinal ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME consolidation.deployed_change_ordinal_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: old_relation; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.old_relation WITH (security_invoker='true') AS
 SELECT c.oid,
    c.relname,
    c.relkind,
    c.relowner,
    c.relacl,
    c.relrowsecurity,
    c.reltype
   FROM (unnest(consolidation.six_tables()) n(name)
     JOIN pg_class c ON ((c.oid = (consolidation.old_table(n.name))::oid)));

--
-- Name: VIEW old_relation; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.old_relation IS 'The rows of the six old tables in pg_class, wherever the phase keeps them';

--
-- Name: COLUMN old_relation.oid; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.old_relation.oid IS 'As in pg_class';

--
-- Name: COLUMN old_relation.relname; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.old_relation.relname IS 'As in pg_class';

--
-- Name: COLUMN old_relation.relkind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.old_relation.relkind IS 'As in pg_class';

--
-- Name: COLUMN old_relation.relowner; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.old_relation.relowner IS 'As in pg_class';

--
-- Name: COLUMN old_relation.relacl; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.old_relation.relacl IS 'As in pg_class';

--
-- Name: COLUMN old_relation.relrowsecurity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.old_relation.relrowsecurity IS 'As in pg_class';

--
-- Name: COLUMN old_relation.reltype; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.old_relation.reltype IS 'As in pg_class';

--
-- Name: finding_column; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_column WITH (security_invoker='true') AS
 SELECT 'refuse'::text AS severity,
    'column'::text AS kind,
    format('%s.%I'::text, consolidation.qualified_name((o.oid)::regclass), a.attname) AS object,
    'was added since @expand: the documents lack it'::text AS consequence,
        CASE
            WHEN (m.column_name IS NOT NULL) THEN 'select consolidation.take_further_columns()'::text
            ELSE format('If nobody uses it any more: set lock_timeout = ''2s''; alter table %s drop column %I; -- rewrites nothing; the column is gone'::text, consolidation.qualified_name((o.oid)::regclass), a.attname)
        END AS remedy
   FROM ((consolidation.old_relation o
     JOIN pg_attribute a ON (((a.attrelid = o.oid) AND (a.attnum > 0) AND (NOT a.attisdropped))))
     LEFT JOIN consolidation.missed_column() m(old_table, view_name, document, column_name, type_name, is_not_null) ON (((m.old_table = o.relname) AND (m.column_name = a.attname))))
  WHERE (NOT (EXISTS ( SELECT
           FROM pg_attribute v
          WHERE ((v.attrelid = (consolidation.old_name((o.relname)::text))::oid) AND (v.attname = a.attname)))))
UNION ALL
 SELECT 'notice'::text AS severity,
    'further column'::text AS kind,
    format('%s.%s'::text, p.old_table, s.attname) AS object,
    format('becomes %slegacy_%s, and the old name shows it'::text, COALESCE((consolidation.qualified_name(p.document) || '.'::text), 'the key '::text), s.attname) AS consequence,
    NULL::text AS remedy
   FROM ((consolidation.place_of_further_columns() p(old_table, view_name, document, family, shown)
     JOIN pg_attribute b ON (((b.attrelid = (p.shown)::oid) AND (b.attname = 'as_built'::name))))
     JOIN pg_attribute s ON (((s.attrelid = (p.shown)::oid) AND (s.attnum > b.attnum))));

--
-- Name: VIEW finding_column; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_column IS 'Columns of the old tables that the baseline does not know';

--
-- Name: COLUMN finding_column.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_column.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_column.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_column.kind IS 'Kind of object';

--
-- Name: COLUMN finding_column.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_column.object IS 'Its name';

--
-- Name: COLUMN finding_column.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_column.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_column.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_column.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_column_privilege; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_column_privilege WITH (security_invoker='true') AS
 SELECT 'refuse'::text AS severity,
    'column privilege'::text AS kind,
    format('select (%s) on %s to %s'::text, a.attname, o.relname, COALESCE(r.rolname, 'public'::name)) AS object,
    'the role would need to read every column behind the view, in the documents too'::text AS consequence,
    'Grant select on the whole table, give the role a view of its own, or accept it.'::text AS remedy
   FROM (((consolidation.old_relation o
     JOIN pg_attribute a ON (((a.attrelid = o.oid) AND (a.attnum > 0))))
     CROSS JOIN LATERAL aclexplode(a.attacl) x(grantor, grantee, privilege_type, is_grantable))
     LEFT JOIN pg_roles r ON ((r.oid = x.grantee)))
  WHERE (x.privilege_type = 'SELECT'::text);

--
-- Name: VIEW finding_column_privilege; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_column_privilege IS 'Roles that may select some columns of an old table';

--
-- Name: COLUMN finding_column_privilege.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_column_privilege.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_column_privilege.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_column_privilege.kind IS 'Kind of object';

--
-- Name: COLUMN finding_column_privilege.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_column_privilege.object IS 'Its name';

--
-- Name: COLUMN finding_column_privilege.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_column_privilege.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_column_privilege.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_column_privilege.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_column_type; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_column_type WITH (security_invoker='true') AS
 SELECT 'notice'::text AS severity,
    'column type'::text AS kind,
    format('%s.%s is %s'::text, o.relname, a.attname, format_type(a.atttypid, a.atttypmod)) AS object,
    format('the view shows %s: prepared statements that read it must be prepared again'::text, format_type(v.atttypid, v.atttypmod)) AS consequence,
    NULL::text AS remedy
   FROM ((consolidation.old_relation o
     JOIN pg_attribute a ON (((a.attrelid = o.oid) AND (a.attnum > 0))))
     JOIN pg_attribute v ON (((v.attrelid = (consolidation.old_name((o.relname)::text))::oid) AND (v.attname = a.attname))))
  WHERE ((a.atttypid IS DISTINCT FROM v.atttypid) OR (a.atttypmod IS DISTINCT FROM v.atttypmod));

--
-- Name: VIEW finding_column_type; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_column_type IS 'Columns that have another type in the view that takes the name';

--
-- Name: COLUMN finding_column_type.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_column_type.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_column_type.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_column_type.kind IS 'Kind of object';

--
-- Name: COLUMN finding_column_type.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_column_type.object IS 'Its name';

--
-- Name: COLUMN finding_column_type.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_column_type.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_column_type.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_column_type.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_constraint; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_constraint WITH (security_invoker='true') AS
 SELECT 'refuse'::text AS severity,
    'constraint'::text AS kind,
    format('%s on %s'::text, k.conname, o.relname) AS object,
        CASE
            WHEN k.convalidated THEN 'will not hold: elements of documents have no constraints'::text
            ELSE 'is not valid: it would refuse changes of documents that it does not hold for'::text
        END AS consequence,
    format('alter table %s %s constraint %I'::text, consolidation.qualified_name((o.oid)::regclass),
        CASE
            WHEN k.convalidated THEN 'drop'::text
            ELSE 'validate'::text
        END, k.conname) AS remedy
   FROM (pg_constraint k
     JOIN consolidation.old_relation o ON ((o.oid = k.conrelid)))
  WHERE ((k.contype = ANY (ARRAY['c'::"char", 'u'::"char", 'x'::"char"])) AND ((NOT k.convalidated) OR (NOT (o.relname IN ( SELECT p.old_table
           FROM consolidation.plain_column() p(old_table, old_column, document, document_column))))) AND (NOT ((o.relname = 'workflow_trace_context'::name) AND (pg_get_constraintdef(k.oid) = 'UNIQUE (trace_id, key)'::text))));

--
-- Name: VIEW finding_constraint; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_constraint IS 'Constraints of the old tables that cannot hold on the documents';

--
-- Name: COLUMN finding_constraint.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_constraint.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_constraint.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_constraint.kind IS 'Kind of object';

--
-- Name: COLUMN finding_constraint.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_constraint.object IS 'Its name';

--
-- Name: COLUMN finding_constraint.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_constraint.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_constraint.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_constraint.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_default; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_default WITH (security_invoker='true') AS
 SELECT 'notice'::text AS severity,
    'default'::text AS kind,
    b.object,
    'takes its numbers from the sequence of the same name again'::text AS consequence,
    NULL::text AS remedy
   FROM consolidation.rebinding() b(kind, object, statement, trial, relation)
  WHERE (b.kind = 'default'::text);

--
-- Name: VIEW finding_default; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_default IS 'Defaults of other tables that take numbers from the sequences of the old ids';

--
-- Name: COLUMN finding_default.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_default.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_default.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_default.kind IS 'Kind of object';

--
-- Name: COLUMN finding_default.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_default.object IS 'Its name';

--
-- Name: COLUMN finding_default.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_default.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_default.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_default.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_foreign_key; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_foreign_key WITH (security_invoker='true') AS
 SELECT
        CASE
            WHEN ((f.arrive IS NULL) AND (f.kind = 'incoming foreign key'::text)) THEN 'refuse'::text
            ELSE 'notice'::text
        END AS severity,
    f.kind,
    f.object,
        CASE
            WHEN (f.arrive IS NOT NULL) THEN 'made again on the documents, then validated'::text
            WHEN (f.kind = 'incoming foreign key'::text) THEN 'nothing in the documents can be referenced in its place'::text
            ELSE 'not kept: the column is inside a document'::text
        END AS consequence,
        CASE
            WHEN (f.arrive IS NOT NULL) THEN replace(f.arrive, '<relation>'::text, consolidation.qualified_name(f.arrives_on))
            WHEN (f.kind = 'incoming foreign key'::text) THEN replace(f.leave, '<relation>'::text, consolidation.qualified_name(f.stands_on))
            ELSE NULL::text
        END AS remedy
   FROM consolidation.foreign_key() f(kind, object, stands_on, leave, arrives_on, arrive, come_back, validate);

--
-- Name: VIEW finding_foreign_key; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_foreign_key IS 'Foreign keys between the old tables and others: they move to the documents where they can';

--
-- Name: COLUMN finding_foreign_key.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_foreign_key.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_foreign_key.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_foreign_key.kind IS 'Kind of object';

--
-- Name: COLUMN finding_foreign_key.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_foreign_key.object IS 'Its name';

--
-- Name: COLUMN finding_foreign_key.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_foreign_key.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_foreign_key.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_foreign_key.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_function; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_function WITH (security_invoker='true') AS
 SELECT
        CASE
            WHEN (t.failure IS NULL) THEN 'notice'::text
            ELSE 'refuse'::text
        END AS severity,
    'function'::text AS kind,
    b.object,
    COALESCE(('cannot be bound to the new name: '::text || t.failure), 'bound to the new name again'::text) AS consequence,
        CASE
            WHEN (t.failure IS NOT NULL) THEN 'Rewrite the function, or drop it before the deploy.'::text
            ELSE NULL::text
        END AS remedy
   FROM (consolidation.rebinding() b(kind, object, statement, trial, relation)
     CROSS JOIN LATERAL ( SELECT
                CASE
                    WHEN (consolidation.phase() = 'expand'::text) THEN consolidation.trial(b.kind, b.statement)
                    ELSE NULL::text
                END AS failure) t)
  WHERE (b.kind = 'function'::text)
UNION ALL
 SELECT 'refuse'::text AS severity,
    'function'::text AS kind,
    consolidation.qualified_routine((p.oid)::regprocedure) AS object,
    'its source says "on conflict", "truncate" or "merge" on a name that becomes a view'::text AS consequence,
    'Rewrite the statement (docs/old-names.md), or accept it.'::text AS remedy
   FROM ((pg_proc p
     JOIN pg_language l ON ((l.oid = p.prolang)))
     CROSS JOIN ( SELECT string_agg(n_1.name, '|'::text ORDER BY n_1.name) AS old_names,
            string_agg(n_1.name, '|'::text ORDER BY n_1.name) FILTER (WHERE (NOT consolidation.is_plain(consolidation.old_name(n_1.name)))) AS elements
           FROM unnest(consolidation.six_tables()) n_1(name)) n)
  WHERE ((l.lanname = ANY (ARRAY['plpgsql'::name, 'sql'::name])) AND (p.pronamespace <> ALL (ARRAY[('pg_catalog'::regnamespace)::oid, ('information_schema'::regnamespace)::oid, ('consolidation'::regnamespace)::oid])) AND (p.prosrc ~* (((((('(insert\s+into\s+(only\s+)?(\w+\.)?"?('::text || n.elements) || ')"?\M[^;]*on\s+conflict)'::text) || '|(truncate\s+(table\s+)?(only\s+)?[^;]*\m('::text) || n.old_names) || ')\M)'::text) ||
        CASE
            WHEN ((current_setting('server_version_num'::text))::integer < 170000) THEN (('|(merge\s+into\s+(only\s+)?(\w+\.)?"?('::text || n.old_names) || ')"?\M)'::text)
            ELSE ''::text
        END)));

--
-- Name: VIEW finding_function; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_function IS 'Functions that read an old name as SQL-standard bodies do: the swap binds them to the relation that
has the name after it, and each is tried before the cut-over. Also functions whose source has a
statement that no view allows';

--
-- Name: COLUMN finding_function.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_function.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_function.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_function.kind IS 'Kind of object';

--
-- Name: COLUMN finding_function.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_function.object IS 'Its name';

--
-- Name: COLUMN finding_function.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_function.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_function.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_function.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_index; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_index WITH (security_invoker='true') AS
 SELECT 'refuse'::text AS severity,
    'index'::text AS kind,
    format('%s (trace_id)'::text, o.relname) AS object,
    'is missing: every batch of the backfill would read the whole table'::text AS consequence,
    format('create index concurrently on %s (trace_id)'::text, o.relname) AS remedy
   FROM (consolidation.old_relation o
     JOIN pg_attribute a ON (((a.attrelid = o.oid) AND (a.attname = 'trace_id'::name))))
  WHERE (NOT (EXISTS ( SELECT
           FROM pg_index i
          WHERE ((i.indrelid = o.oid) AND i.indisvalid AND (i.indpred IS NULL) AND (i.indkey[0] = a.attnum)))));

--
-- Name: VIEW finding_index; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_index IS 'Old tables without an index that batches can use';

--
-- Name: COLUMN finding_index.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_index.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_index.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_index.kind IS 'Kind of object';

--
-- Name: COLUMN finding_index.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_index.object IS 'Its name';

--
-- Name: COLUMN finding_index.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_index.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_index.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_index.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_inheritance; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_inheritance WITH (security_invoker='true') AS
 SELECT 'refuse'::text AS severity,
    'inheritance'::text AS kind,
    format('%s of %s'::text, consolidation.qualified_name((i.inhrelid)::regclass), consolidation.qualified_name((i.inhparent)::regclass)) AS object,
    'rows of a child table would be read twice or not at all'::text AS consequence,
    'Fold the child table into its parent first.'::text AS remedy
   FROM (pg_inherits i
     JOIN consolidation.old_relation o ON (((o.oid = i.inhrelid) OR (o.oid = i.inhparent))));

--
-- Name: VIEW finding_inheritance; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_inheritance IS 'Old tables that are a child or a parent of another table';

--
-- Name: COLUMN finding_inheritance.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_inheritance.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_inheritance.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_inheritance.kind IS 'Kind of object';

--
-- Name: COLUMN finding_inheritance.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_inheritance.object IS 'Its name';

--
-- Name: COLUMN finding_inheritance.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_inheritance.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_inheritance.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_inheritance.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_key_behaviour; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_key_behaviour WITH (security_invoker='true') AS
 SELECT 'refuse'::text AS severity,
    'key between old tables'::text AS kind,
    format('%s on %s'::text, k.conname, o.relname) AS object,
        CASE
            WHEN k.condeferrable THEN 'will be checked at once: what refers to a run or a step is in its document'::text
            ELSE 'will cascade: with a run or a step its document is deleted'::text
        END AS consequence,
    'Accept it if no application relies on that.'::text AS remedy
   FROM (pg_constraint k
     JOIN consolidation.old_relation o ON ((o.oid = k.conrelid)))
  WHERE ((k.contype = 'f'::"char") AND (k.confrelid IN ( SELECT r.oid
           FROM consolidation.old_relation r)) AND (k.condeferrable OR (k.confdeltype <> 'c'::"char")) AND (NOT ((o.relname = 'workflow_trace_screenshot'::name) AND (k.confdeltype = 'n'::"char"))));

--
-- Name: VIEW finding_key_behaviour; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_key_behaviour IS 'Foreign keys between the old tables that can be deferred, or that do not cascade';

--
-- Name: COLUMN finding_key_behaviour.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_key_behaviour.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_key_behaviour.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_key_behaviour.kind IS 'Kind of object';

--
-- Name: COLUMN finding_key_behaviour.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_key_behaviour.object IS 'Its name';

--
-- Name: COLUMN finding_key_behaviour.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_key_behaviour.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_key_behaviour.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_key_behaviour.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_materialized_view; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_materialized_view WITH (security_invoker='true') AS
 SELECT DISTINCT 'refuse'::text AS severity,
    'materialized view'::text AS kind,
    consolidation.qualified_name((c.oid)::regclass) AS object,
    'would go on reading the old table, which nobody writes to any more'::text AS consequence,
    format('Drop it before the deploy, create it again after: %s'::text, consolidation.rule_definition(r.oid)) AS remedy
   FROM (((consolidation.old_relation o
     JOIN pg_depend d ON (((d.refclassid = ('pg_class'::regclass)::oid) AND (d.refobjid = o.oid))))
     JOIN pg_rewrite r ON (((d.classid = ('pg_rewrite'::regclass)::oid) AND (r.oid = d.objid))))
     JOIN pg_class c ON ((c.oid = r.ev_class)))
  WHERE (c.relkind = 'm'::"char");

--
-- Name: VIEW finding_materialized_view; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_materialized_view IS 'Materialized views on the old tables';

--
-- Name: COLUMN finding_materialized_view.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_materialized_view.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_materialized_view.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_materialized_view.kind IS 'Kind of object';

--
-- Name: COLUMN finding_materialized_view.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_materialized_view.object IS 'Its name';

--
-- Name: COLUMN finding_materialized_view.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_materialized_view.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_materialized_view.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_materialized_view.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_name; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_name WITH (security_invoker='true') AS
 SELECT 'refuse'::text AS severity,
    'name'::text AS kind,
    consolidation.qualified_name((c.oid)::regclass) AS object,
    format('has the name that %s gets at the cut-over'::text, n.what) AS consequence,
    format('set lock_timeout = ''2s''; alter %s %s rename to %I; -- rewrites nothing; its users have to name it so'::text,
        CASE c.relkind
            WHEN 'v'::"char" THEN 'view'::text
            WHEN 'm'::"char" THEN 'materialized view'::text
            WHEN 'S'::"char" THEN 'sequence'::text
            WHEN 'i'::"char" THEN 'index'::text
            WHEN 'c'::"char" THEN 'type'::text
            ELSE 'table'::text
        END, consolidation.qualified_name((c.oid)::regclass), "left"(('own_'::text || (c.relname)::text), 63)) AS remedy
   FROM (( VALUES ('public.user_workflow_config'::text,'workflow_configs'::text), ('public.user_workflow_cache_state'::text,'micro_state'::text)) n(name, what)
     JOIN pg_class c ON ((c.oid = (to_regclass(n.name))::oid)))
  WHERE (consolidation.phase() = 'expand'::text);

--
-- Name: VIEW finding_name; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_name IS 'Relations that have a name which the cut-over gives away';

--
-- Name: COLUMN finding_name.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_name.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_name.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_name.kind IS 'Kind of object';

--
-- Name: COLUMN finding_name.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_name.object IS 'Its name';

--
-- Name: COLUMN finding_name.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_name.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_name.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_name.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_narrow_column; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_narrow_column WITH (security_invoker='true') AS
 SELECT 'refuse'::text AS severity,
    'narrow column'::text AS kind,
    format('%s.%s is %s'::text, o.relname, a.attname, format_type(a.atttypid, a.atttypmod)) AS object,
    format('the document takes %s: a value that does not fit is refused by a revert, not when it is written'::text, format_type(v.atttypid, v.atttypmod)) AS consequence,
    format('alter table %s alter column %I type %s'::text, consolidation.qualified_name((o.oid)::regclass), a.attname, format_type(v.atttypid, v.atttypmod)) AS remedy
   FROM ((consolidation.old_relation o
     JOIN pg_attribute a ON (((a.attrelid = o.oid) AND (a.attnum > 0) AND (NOT a.attisdropped))))
     JOIN pg_attribute v ON (((v.attrelid = (consolidation.old_name((o.relname)::text))::oid) AND (v.attname = a.attname))))
  WHERE ((NOT (o.relname IN ( SELECT p.old_table
           FROM consolidation.plain_column() p(old_table, old_column, document, document_column)))) AND (a.attname <> ALL (ARRAY['trace_id'::name, 'step_id'::name, 'event_id'::name, 'context_id'::name, 'endpoint_id'::name])) AND (((a.atttypmod <> '-1'::integer) AND ((v.atttypmod = '-1'::integer) OR (a.atttypmod < v.atttypmod))) OR ((a.attlen > 0) AND (a.attlen < v.attlen))));

--
-- Name: VIEW finding_narrow_column; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_narrow_column IS 'Columns of old tables that hold less than the elements of documents';

--
-- Name: COLUMN finding_narrow_column.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_narrow_column.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_narrow_column.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_narrow_column.kind IS 'Kind of object';

--
-- Name: COLUMN finding_narrow_column.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_narrow_column.object IS 'Its name';

--
-- Name: COLUMN finding_narrow_column.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_narrow_column.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_narrow_column.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_narrow_column.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_no_policy; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_no_policy WITH (security_invoker='true') AS
 SELECT DISTINCT 'refuse'::text AS severity,
    'no policy'::text AS kind,
    format('%s on %s'::text, COALESCE(r.rolname, 'public'::name), o.relname) AS object,
    'sees no row now, as no policy is for it; it will see those of the organisation that it names'::text AS consequence,
    format('revoke all on %s from %s, or accept it'::text, o.relname, COALESCE(quote_ident((r.rolname)::text), 'public'::text)) AS remedy
   FROM ((((consolidation.old_relation o
     CROSS JOIN LATERAL ( SELECT o.relacl AS acl
        UNION ALL
         SELECT a.attacl
           FROM pg_attribute a
          WHERE (a.attrelid = o.oid)) p)
     CROSS JOIN LATERAL aclexplode(p.acl) x(grantor, grantee, privilege_type, is_grantable))
     JOIN pg_class c ON (((c.oid = o.oid) AND c.relrowsecurity)))
     LEFT JOIN pg_roles r ON ((r.oid = x.grantee)))
  WHERE ((x.privilege_type = 'SELECT'::text) AND (NOT COALESCE((r.rolsuper OR r.rolbypassrls), false)) AND (NOT consolidation.is_free(x.grantee, (o.oid)::regclass)) AND (COALESCE(r.rolname, 'public'::name) <> ALL (ARRAY['workflow_app'::name, 'workflow_maintenance'::name])) AND (NOT (EXISTS ( SELECT
           FROM (pg_policy l
             CROSS JOIN LATERAL unnest(l.polroles) g(role_id))
          WHERE ((l.polrelid = o.oid) AND l.polpermissive AND (l.polcmd = ANY (ARRAY['r'::"char", '*'::"char"])) AND
                CASE
                    WHEN ((g.role_id = (0)::oid) OR (r.oid IS NULL)) THEN true
                    ELSE (pg_has_role(r.oid, g.role_id, 'usage'::text) OR pg_has_role(g.role_id, r.oid, 'usage'::text))
                END)))));

--
-- Name: VIEW finding_no_policy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_no_policy IS 'Roles with privileges on an old table whose row level security lets them see no row';

--
-- Name: COLUMN finding_no_policy.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_no_policy.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_no_policy.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_no_policy.kind IS 'Kind of object';

--
-- Name: COLUMN finding_no_policy.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_no_policy.object IS 'Its name';

--
-- Name: COLUMN finding_no_policy.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_no_policy.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_no_policy.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_no_policy.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_not_null; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_not_null WITH (security_invoker='true') AS
 SELECT 'refuse'::text AS severity,
    'not null'::text AS kind,
    format('%s.%s'::text, o.relname, a.attname) AS object,
    'will not hold: an element of a document may leave it out'::text AS consequence,
    format('alter table %s alter column %I drop not null'::text, consolidation.qualified_name((o.oid)::regclass), a.attname) AS remedy
   FROM (consolidation.old_relation o
     JOIN pg_attribute a ON (((a.attrelid = o.oid) AND a.attnotnull)))
  WHERE ((NOT (o.relname IN ( SELECT p.old_table
           FROM consolidation.plain_column() p(old_table, old_column, document, document_column)))) AND ((a.attname = ANY (ARRAY['step_id'::name, 'thumbnail_url'::name, 'element_selector'::name, 'element_found'::name, 'confidence_score'::name, 'updated_at'::name])) OR (EXISTS ( SELECT
           FROM consolidation.finding_column f
          WHERE ((f.object = format('%s.%s'::text, o.relname, a.attname)) AND (f.kind = 'further column'::text))))));

--
-- Name: VIEW finding_not_null; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_not_null IS 'Columns of old tables that hold no nulls, while an element may leave them out';

--
-- Name: COLUMN finding_not_null.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_not_null.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_not_null.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_not_null.kind IS 'Kind of object';

--
-- Name: COLUMN finding_not_null.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_not_null.object IS 'Its name';

--
-- Name: COLUMN finding_not_null.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_not_null.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_not_null.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_not_null.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_owner_view; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_owner_view WITH (security_invoker='true') AS
 WITH RECURSIVE dependent(relation, old_table) AS (
         SELECT o_1.oid,
            o_1.oid
           FROM consolidation.old_relation o_1
        UNION
         SELECT w.ev_class,
            b_1.old_table
           FROM ((dependent b_1
             JOIN pg_depend d ON (((d.refclassid = ('pg_class'::regclass)::oid) AND (d.refobjid = b_1.relation))))
             JOIN pg_rewrite w ON (((d.classid = ('pg_rewrite'::regclass)::oid) AND (w.oid = d.objid))))
        )
 SELECT DISTINCT 'refuse'::text AS severity,
    'view of all rows'::text AS kind,
    format('%s to %s'::text, consolidation.qualified_name((v.oid)::regclass), COALESCE(r.rolname, 'public'::name)) AS object,
    format('shows all rows of %s now, with the rights of its owner; then those that the reader may see'::text, o.relname) AS consequence,
    'Accept it if nobody relies on that.'::text AS remedy
   FROM ((((((dependent b
     JOIN consolidation.old_relation o ON ((o.oid = b.old_table)))
     JOIN pg_class c ON (((c.oid = o.oid) AND c.relrowsecurity)))
     JOIN pg_class v ON (((v.oid = b.relation) AND (v.relkind = 'v'::"char") AND (v.relnamespace <> ('consolidation'::regnamespace)::oid) AND (NOT COALESCE((v.reloptions @> '{security_invoker=true}'::text[]), false)))))
     JOIN pg_roles n ON ((n.oid = v.relowner)))
     CROSS JOIN LATERAL consolidation.privilege((v.oid)::regclass) x(privilege_type, column_name, grantee, role_name, is_grantable))
     LEFT JOIN pg_roles r ON ((r.oid = x.grantee)))
  WHERE ((x.privilege_type = 'SELECT'::text) AND (x.grantee <> v.relowner) AND (n.rolsuper OR n.rolbypassrls OR consolidation.is_free(n.oid, (o.oid)::regclass)) AND (NOT COALESCE((r.rolsuper OR r.rolbypassrls), false)) AND (NOT consolidation.is_free(x.grantee, (o.oid)::regclass)));

--
-- Name: VIEW finding_owner_view; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_owner_view IS 'Views that show the rows of an old table past its policies, to roles that these restrict';

--
-- Name: COLUMN finding_owner_view.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_owner_view.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_owner_view.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_owner_view.kind IS 'Kind of object';

--
-- Name: COLUMN finding_owner_view.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_owner_view.object IS 'Its name';

--
-- Name: COLUMN finding_owner_view.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_owner_view.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_owner_view.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_owner_view.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_policy; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_policy WITH (security_invoker='true') AS
 SELECT DISTINCT 'refuse'::text AS severity,
    'policy'::text AS kind,
    format('%s on %s'::text, p.polname, consolidation.qualified_name((p.polrelid)::regclass)) AS object,
    'reads an old table, and would go on doing so'::text AS consequence,
    format('drop policy %I on %s; create it again after the deploy'::text, p.polname, consolidation.qualified_name((p.polrelid)::regclass)) AS remedy
   FROM ((consolidation.old_relation o
     JOIN pg_depend d ON (((d.refclassid = ('pg_class'::regclass)::oid) AND (d.refobjid = o.oid))))
     JOIN pg_policy p ON (((d.classid = ('pg_policy'::regclass)::oid) AND (p.oid = d.objid))))
  WHERE (NOT (p.polrelid IN ( SELECT t.oid
           FROM consolidation.old_relation t)));

--
-- Name: VIEW finding_policy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_policy IS 'Policies of other tables that read an old table';

--
-- Name: COLUMN finding_policy.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_policy.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_policy.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_policy.kind IS 'Kind of object';

--
-- Name: COLUMN finding_policy.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_policy.object IS 'Its name';

--
-- Name: COLUMN finding_policy.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_policy.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_policy.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_policy.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_public; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_public WITH (security_invoker='true') AS
 SELECT 'notice'::text AS severity,
    'schema public'::text AS kind,
    format('create to %s'::text, COALESCE(r.rolname, 'public'::name)) AS object,
    'may define functions and operators that the calls of an application find instead of PostgreSQL''s own or the functions for new code; the deploy itself finds none of them'::text AS consequence,
    format('revoke create on schema public from %s'::text, COALESCE(quote_ident((r.rolname)::text), 'public'::text)) AS remedy
   FROM ((pg_namespace n
     CROSS JOIN LATERAL aclexplode(COALESCE(n.nspacl, acldefault('n'::"char", n.nspowner))) x(grantor, grantee, privilege_type, is_grantable))
     LEFT JOIN pg_roles r ON ((r.oid = x.grantee)))
  WHERE ((n.nspname = 'public'::name) AND (x.privilege_type = 'CREATE'::text) AND (x.grantee <> n.nspowner) AND (r.rolsuper IS NOT TRUE));

--
-- Name: VIEW finding_public; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_public IS 'Roles that may create in the schema public, except its owner and superusers';

--
-- Name: COLUMN finding_public.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_public.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_public.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_public.kind IS 'Kind of object';

--
-- Name: COLUMN finding_public.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_public.object IS 'Its name';

--
-- Name: COLUMN finding_public.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_public.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_public.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_public.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_publication; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_publication WITH (security_invoker='true') AS
 SELECT 'refuse'::text AS severity,
    'publication'::text AS kind,
    format('%s of %s'::text, p.pubname, o.relname) AS object,
    'subscribers would receive no more changes of it'::text AS consequence,
    'Publish user_workflow_run and user_workflow_run_step, then accept it.'::text AS remedy
   FROM ((pg_publication_rel r
     JOIN pg_publication p ON ((p.oid = r.prpubid)))
     JOIN consolidation.old_relation o ON ((o.oid = r.prrelid)))
  WHERE (consolidation.phase() = 'expand'::text)
UNION ALL
 SELECT 'notice'::text AS severity,
    'publication'::text AS kind,
    (p.pubname)::text AS object,
    'publishes what is in its schemas: the documents from now on, the old tables no more'::text AS consequence,
    'Create the new tables on the subscribers first.'::text AS remedy
   FROM pg_publication p
  WHERE (p.puballtables OR (EXISTS ( SELECT
           FROM pg_publication_namespace n
          WHERE (n.pnpubid = p.oid))));

--
-- Name: VIEW finding_publication; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_publication IS 'Publications of old tables, and of whole schemas or the whole database';

--
-- Name: COLUMN finding_publication.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_publication.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_publication.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_publication.kind IS 'Kind of object';

--
-- Name: COLUMN finding_publication.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_publication.object IS 'Its name';

--
-- Name: COLUMN finding_publication.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_publication.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_publication.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_publication.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_row; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_row WITH (security_invoker='true') AS
 SELECT 'refuse'::text AS severity,
    'row'::text AS kind,
    format('%s rows of %s: %s'::text, count(*), u.table_name, u.kind) AS object,
    ('cannot be carried over, for example '::text || min(u.key)) AS consequence,
    min(u.repair) AS remedy
   FROM consolidation.uncarriable() u(kind, table_name, key, repair)
  GROUP BY u.table_name, u.kind;

--
-- Name: VIEW finding_row; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_row IS 'Rows that cannot be carried over, counted; consolidation.uncarriable() lists them one by one';

--
-- Name: COLUMN finding_row.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_row.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_row.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_row.kind IS 'Kind of object';

--
-- Name: COLUMN finding_row.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_row.object IS 'Its name';

--
-- Name: COLUMN finding_row.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_row.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_row.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_row.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_row_level_security; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_row_level_security WITH (security_invoker='true') AS
 SELECT 'refuse'::text AS severity,
    'row level security'::text AS kind,
    format('%s on %s'::text, p.polname, c.relname) AS object,
    'is replaced by isolation per app.current_org_id, which it does not mention'::text AS consequence,
    'Check that nobody sees more afterwards, then accept it.'::text AS remedy
   FROM (pg_class c
     JOIN pg_policy p ON ((p.polrelid = c.oid)))
  WHERE (((c.oid IN ( SELECT o.oid
           FROM consolidation.old_relation o)) OR (c.oid = (to_regclass('public.workflow_configs'::text))::oid)) AND c.relrowsecurity AND (NOT (consolidation.shows_all(p.oid) AND (NOT (EXISTS ( SELECT
           FROM ((unnest(p.polroles) g(role_id)
             LEFT JOIN pg_roles r ON ((r.oid = g.role_id)))
             CROSS JOIN consolidation.document_source() s(document, old_table))
          WHERE (((consolidation.old_table(s.old_table))::oid = c.oid) AND (NOT ((s.document, COALESCE(r.rolname, 'public'::name)) IN ( SELECT u.document,
                    u.role_name
                   FROM consolidation.unscoped_role() u(document, role_name)))))))))) AND (concat(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) !~ 'app\.current_org_id|current_org_id\('::text))
UNION ALL
 SELECT 'refuse'::text AS severity,
    'row level security'::text AS kind,
    string_agg((o.relname)::text, ', '::text ORDER BY ((o.relname)::text)) AS object,
    'is enabled here and not on the other old tables: the documents know one rule'::text AS consequence,
    'Enable it on all six, or on none.'::text AS remedy
   FROM consolidation.old_relation o
  WHERE o.relrowsecurity
 HAVING ((count(*) >= 1) AND (count(*) <= 5))
UNION ALL
 SELECT 'notice'::text AS severity,
    'row level security'::text AS kind,
    format('role %s'::text, r.rolname) AS object,
    'saw all organisations and goes on doing so while it names none in app.current_org_id'::text AS consequence,
    ('To isolate it: '::text || string_agg(format('alter policy %1$s_unscoped on %1$s to ... (without %2$s)'::text, u.document, u.role_name), '; '::text ORDER BY u.document)) AS remedy
   FROM (consolidation.unscoped_role() u(document, role_name)
     JOIN pg_roles r ON ((r.rolname = u.role_name)))
  GROUP BY r.rolname;

--
-- Name: VIEW finding_row_level_security; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_row_level_security IS 'Row level security of the old tables that the isolation of the documents replaces, and roles that
it did not restrict';

--
-- Name: COLUMN finding_row_level_security.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_row_level_security.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_row_level_security.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_row_level_security.kind IS 'Kind of object';

--
-- Name: COLUMN finding_row_level_security.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_row_level_security.object IS 'Its name';

--
-- Name: COLUMN finding_row_level_security.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_row_level_security.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_row_level_security.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_row_level_security.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_row_type; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_row_type WITH (security_invoker='true') AS
 SELECT DISTINCT 'refuse'::text AS severity,
    'row type'::text AS kind,
    consolidation.description(d.classid, d.objid, d.objsubid) AS object,
    format('uses the row type of %s, which moves to the schema legacy'::text, o.relname) AS consequence,
    'Use the columns, or "returns table (...)", instead of the row type.'::text AS remedy
   FROM (((((consolidation.old_relation o
     JOIN pg_type t ON ((t.oid = o.reltype)))
     JOIN pg_depend d ON (((d.refclassid = ('pg_type'::regclass)::oid) AND ((d.refobjid = t.oid) OR (d.refobjid = t.typarray)) AND (d.classid <> ('pg_type'::regclass)::oid))))
     LEFT JOIN pg_rewrite r ON (((d.classid = ('pg_rewrite'::regclass)::oid) AND (r.oid = d.objid))))
     LEFT JOIN pg_class c ON (((c.oid = r.ev_class) OR (c.oid =
        CASE
            WHEN (d.classid = ('pg_class'::regclass)::oid) THEN d.objid
            ELSE NULL::oid
        END))))
     LEFT JOIN pg_proc p ON (((d.classid = ('pg_proc'::regclass)::oid) AND (p.oid = d.objid))))
  WHERE ((c.oid IS DISTINCT FROM o.oid) AND (COALESCE(c.relnamespace, p.pronamespace) IS DISTINCT FROM ('consolidation'::regnamespace)::oid));

--
-- Name: VIEW finding_row_type; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_row_type IS 'Functions, columns and views that use the row type of an old table';

--
-- Name: COLUMN finding_row_type.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_row_type.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_row_type.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_row_type.kind IS 'Kind of object';

--
-- Name: COLUMN finding_row_type.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_row_type.object IS 'Its name';

--
-- Name: COLUMN finding_row_type.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_row_type.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_row_type.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_row_type.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_rule; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_rule WITH (security_invoker='true') AS
 SELECT DISTINCT 'refuse'::text AS severity,
    'rule'::text AS kind,
    consolidation.qualified_name((c.oid)::regclass) AS object,
    'would go on reading the old table, which nobody writes to any more'::text AS consequence,
    format('Drop it before the deploy, create it again after: %s'::text, consolidation.rule_definition(r.oid)) AS remedy
   FROM (((consolidation.old_relation o
     JOIN pg_depend d ON (((d.refclassid = ('pg_class'::regclass)::oid) AND (d.refobjid = o.oid))))
     JOIN pg_rewrite r ON (((d.classid = ('pg_rewrite'::regclass)::oid) AND (r.oid = d.objid))))
     JOIN pg_class c ON ((c.oid = r.ev_class)))
  WHERE ((c.relkind <> ALL (ARRAY['m'::"char", 'v'::"char"])) OR (c.oid = o.oid));

--
-- Name: VIEW finding_rule; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_rule IS 'Rewrite rules on the old tables, and on other tables if they read an old one';

--
-- Name: COLUMN finding_rule.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_rule.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_rule.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_rule.kind IS 'Kind of object';

--
-- Name: COLUMN finding_rule.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_rule.object IS 'Its name';

--
-- Name: COLUMN finding_rule.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_rule.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_rule.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_rule.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_screenshot; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_screenshot WITH (security_invoker='true') AS
 SELECT
        CASE
            WHEN c.relrowsecurity THEN 'refuse'::text
            ELSE 'notice'::text
        END AS severity,
    'organisation'::text AS kind,
    'workflow_trace_screenshot'::text AS object,
    format('%s screenshots name another organisation than their run, whose they become: for example %s of trace_id %s'::text, s.how_many, s.screenshot_id, s.trace_id) AS consequence,
    'update workflow_trace_screenshot as s set org_id = t.org_id from workflow_trace as t where t.trace_id = s.trace_id and t.org_id <> s.org_id; or accept it'::text AS remedy
   FROM (consolidation.stray_screenshot() s(how_many, screenshot_id, trace_id)
     JOIN pg_class c ON ((c.oid = (consolidation.old_table('workflow_trace_screenshot'::text))::oid)));

--
-- Name: VIEW finding_screenshot; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_screenshot IS 'Screenshots whose org_id is not that of their run';

--
-- Name: COLUMN finding_screenshot.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_screenshot.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_screenshot.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_screenshot.kind IS 'Kind of object';

--
-- Name: COLUMN finding_screenshot.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_screenshot.object IS 'Its name';

--
-- Name: COLUMN finding_screenshot.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_screenshot.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_screenshot.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_screenshot.remedy IS 'What to do, a statement where there is one';

--
-- Name: id_sequence; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.id_sequence WITH (security_invoker='true') AS
 SELECT n.table_name,
    n.column_name,
    format('%s_%s_seq'::text, n.table_name, n.column_name) AS sequence_name
   FROM UNNEST(consolidation.six_tables(), ARRAY['trace_id'::text, 'step_id'::text, 'event_id'::text, 'screenshot_id'::text, 'context_id'::text, NULL::text]) n(table_name, column_name)
  WHERE ((n.column_name <> 'screenshot_id'::text) OR (EXISTS ( SELECT
           FROM consolidation.computed_column(n.table_name) c(column_name, type_name, is_missing)
          WHERE ((c.column_name = n.column_name) AND (NOT c.is_missing)))));

--
-- Name: VIEW id_sequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.id_sequence IS 'Sequences that old and new names share';

--
-- Name: COLUMN id_sequence.table_name; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.id_sequence.table_name IS 'Old table';

--
-- Name: COLUMN id_sequence.column_name; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.id_sequence.column_name IS 'Id column of the table';

--
-- Name: COLUMN id_sequence.sequence_name; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.id_sequence.sequence_name IS 'Sequence that its ids come from';

--
-- Name: finding_sequence; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_sequence WITH (security_invoker='true') AS
 SELECT 'refuse'::text AS severity,
    'sequence'::text AS kind,
    COALESCE(a.sequence_name, format('%s.%s'::text, s.table_name, s.column_name)) AS object,
    format('the ids of %s do not come from %s'::text, s.table_name, s.sequence_name) AS consequence,
        CASE
            WHEN (a.sequence_name IS NOT NULL) THEN format('alter sequence %s rename to %s'::text, a.sequence_name, s.sequence_name)
            WHEN (d.default_value IS NULL) THEN format('begin; set local lock_timeout = ''2s''; alter table %1$s alter %2$s add generated by default as identity; select setval(pg_get_serial_sequence(''%1$s'', ''%2$s''), max(%2$s)) from %1$s; commit; -- rewrites nothing'::text, consolidation.qualified_name(consolidation.old_table(s.table_name)), s.column_name)
            WHEN (d.own_sequence IS NOT NULL) THEN format('alter sequence %1$s owned by %2$s.%3$s; alter sequence %1$s rename to %4$s; -- no writer waits'::text, d.own_sequence, consolidation.qualified_name(consolidation.old_table(s.table_name)), s.column_name, s.sequence_name)
            ELSE format('Let %s.%s have a sequence instead of its default %s.'::text, s.table_name, s.column_name, d.default_value)
        END AS remedy
   FROM ((consolidation.id_sequence s
     CROSS JOIN LATERAL ( SELECT max((c.relname)::text) AS sequence_name
           FROM pg_class c
          WHERE (c.oid = ((pg_get_serial_sequence(consolidation.qualified_name(consolidation.old_table(s.table_name)), s.column_name))::regclass)::oid)) a)
     LEFT JOIN LATERAL ( SELECT pg_get_expr(e.adbin, e.adrelid) AS default_value,
            ( SELECT max(consolidation.qualified_name((p.refobjid)::regclass)) AS max
                   FROM (pg_depend p
                     JOIN pg_class q ON (((q.oid = p.refobjid) AND (q.relkind = 'S'::"char"))))
                  WHERE ((p.classid = ('pg_attrdef'::regclass)::oid) AND (p.objid = e.oid) AND (p.refclassid = ('pg_class'::regclass)::oid))) AS own_sequence
           FROM (pg_attribute c
             JOIN pg_attrdef e ON (((e.adrelid = c.attrelid) AND (e.adnum = c.attnum))))
          WHERE ((c.attrelid = (consolidation.old_table(s.table_name))::oid) AND (c.attname = s.column_name))) d ON (true))
  WHERE (a.sequence_name IS DISTINCT FROM s.sequence_name);

--
-- Name: VIEW finding_sequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_sequence IS 'Ids of the old tables that do not come from the sequence that new code will take them from';

--
-- Name: COLUMN finding_sequence.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_sequence.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_sequence.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_sequence.kind IS 'Kind of object';

--
-- Name: COLUMN finding_sequence.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_sequence.object IS 'Its name';

--
-- Name: COLUMN finding_sequence.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_sequence.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_sequence.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_sequence.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_size; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_size WITH (security_invoker='true') AS
 SELECT 'refuse'::text AS severity,
    'size'::text AS kind,
    (format('%s of trace_id %s'::text, o.document, o.trace_id) || COALESCE((', step_id '::text || o.step_id), ''::text)) AS object,
    format('would be %s, more than the 256 MB of a jsonb document'::text, pg_size_pretty(o.bytes)) AS consequence,
    'Store large values elsewhere and their addresses here, or delete rows of this run.'::text AS remedy
   FROM consolidation.oversized() o(document, trace_id, step_id, bytes);

--
-- Name: VIEW finding_size; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_size IS 'Events, screenshots or context of a run or a step that do not fit into one document';

--
-- Name: COLUMN finding_size.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_size.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_size.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_size.kind IS 'Kind of object';

--
-- Name: COLUMN finding_size.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_size.object IS 'Its name';

--
-- Name: COLUMN finding_size.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_size.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_size.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_size.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_statistics; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_statistics WITH (security_invoker='true') AS
 SELECT 'notice'::text AS severity,
    'statistics object'::text AS kind,
    format('%s on %s'::text, s.stxname, o.relname) AS object,
    'stays with the old table'::text AS consequence,
    'Create statistics on the documents if a plan needs them.'::text AS remedy
   FROM (pg_statistic_ext s
     JOIN consolidation.old_relation o ON ((o.oid = s.stxrelid)));

--
-- Name: VIEW finding_statistics; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_statistics IS 'Extended statistics of the old tables';

--
-- Name: COLUMN finding_statistics.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_statistics.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_statistics.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_statistics.kind IS 'Kind of object';

--
-- Name: COLUMN finding_statistics.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_statistics.object IS 'Its name';

--
-- Name: COLUMN finding_statistics.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_statistics.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_statistics.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_statistics.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_table_kind; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_table_kind WITH (security_invoker='true') AS
 SELECT 'refuse'::text AS severity,
    'kind of table'::text AS kind,
    (o.relname)::text AS object,
    'is not an ordinary table'::text AS consequence,
    'Make it one first: attach, detach or copy its rows.'::text AS remedy
   FROM consolidation.old_relation o
  WHERE (o.relkind <> 'r'::"char");

--
-- Name: VIEW finding_table_kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_table_kind IS 'Old tables that are partitioned, foreign, or no tables';

--
-- Name: COLUMN finding_table_kind.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_table_kind.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_table_kind.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_table_kind.kind IS 'Kind of object';

--
-- Name: COLUMN finding_table_kind.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_table_kind.object IS 'Its name';

--
-- Name: COLUMN finding_table_kind.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_table_kind.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_table_kind.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_table_kind.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_trigger; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_trigger WITH (security_invoker='true') AS
 SELECT 'refuse'::text AS severity,
    'trigger'::text AS kind,
    format('%s on %s'::text, g.tgname, o.relname) AS object,
    'would stop firing: the table is not written to any more'::text AS consequence,
    format('Move it to the documents, drop it (drop trigger %I on %s), or accept it.'::text, g.tgname, o.relname) AS remedy
   FROM ((consolidation.old_relation o
     JOIN pg_trigger g ON ((g.tgrelid = o.oid)))
     JOIN pg_proc p ON ((p.oid = g.tgfoid)))
  WHERE ((NOT g.tgisinternal) AND (g.tgenabled <> 'D'::"char") AND (p.pronamespace <> ('consolidation'::regnamespace)::oid));

--
-- Name: VIEW finding_trigger; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_trigger IS 'Triggers of the old tables that fire, except those of this project';

--
-- Name: COLUMN finding_trigger.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_trigger.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_trigger.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_trigger.kind IS 'Kind of object';

--
-- Name: COLUMN finding_trigger.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_trigger.object IS 'Its name';

--
-- Name: COLUMN finding_trigger.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_trigger.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_trigger.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_trigger.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_unique_index; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_unique_index WITH (security_invoker='true') AS
 SELECT 'refuse'::text AS severity,
    'unique index'::text AS kind,
    format('%s on %s'::text, c.relname, o.relname) AS object,
    'will not hold: elements of documents have no constraints'::text AS consequence,
    format('drop index concurrently %s'::text, consolidation.qualified_name((c.oid)::regclass)) AS remedy
   FROM ((pg_index i
     JOIN pg_class c ON ((c.oid = i.indexrelid)))
     JOIN consolidation.old_relation o ON ((o.oid = i.indrelid)))
  WHERE (i.indisunique AND (NOT (o.relname IN ( SELECT p.old_table
           FROM consolidation.plain_column() p(old_table, old_column, document, document_column)))) AND (NOT (EXISTS ( SELECT
           FROM pg_constraint k
          WHERE (k.conindid = i.indexrelid)))));

--
-- Name: VIEW finding_unique_index; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_unique_index IS 'Unique indexes of old tables that cannot hold on elements of documents';

--
-- Name: COLUMN finding_unique_index.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_unique_index.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_unique_index.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_unique_index.kind IS 'Kind of object';

--
-- Name: COLUMN finding_unique_index.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_unique_index.object IS 'Its name';

--
-- Name: COLUMN finding_unique_index.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_unique_index.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_unique_index.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_unique_index.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_view; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_view WITH (security_invoker='true') AS
 SELECT
        CASE
            WHEN (t.failure IS NULL) THEN 'notice'::text
            ELSE 'refuse'::text
        END AS severity,
    'view'::text AS kind,
    b.object,
    COALESCE(('cannot be bound to the new name: '::text || t.failure), 'bound to the new name again'::text) AS consequence,
        CASE
            WHEN (t.failure IS NOT NULL) THEN 'Rewrite the view, or drop it before the deploy.'::text
            ELSE NULL::text
        END AS remedy
   FROM (consolidation.rebinding() b(kind, object, statement, trial, relation)
     CROSS JOIN LATERAL ( SELECT
                CASE
                    WHEN (consolidation.phase() = 'expand'::text) THEN consolidation.trial(b.kind, b.trial)
                    ELSE NULL::text
                END AS failure) t)
  WHERE (b.kind = 'view'::text);

--
-- Name: VIEW finding_view; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_view IS 'Views on the old tables. The swap binds them to the relations that have the names after it. Before
the cut-over each is tried, which changes nothing';

--
-- Name: COLUMN finding_view.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_view.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_view.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_view.kind IS 'Kind of object';

--
-- Name: COLUMN finding_view.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_view.object IS 'Its name';

--
-- Name: COLUMN finding_view.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_view.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_view.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_view.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_view_privilege; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_view_privilege WITH (security_invoker='true') AS
 WITH RECURSIVE dependent(relation, old_table) AS (
         SELECT o_1.oid,
            o_1.oid
           FROM consolidation.old_relation o_1
        UNION
         SELECT r.ev_class,
            b_1.old_table
           FROM ((dependent b_1
             JOIN pg_depend d ON (((d.refclassid = ('pg_class'::regclass)::oid) AND (d.refobjid = b_1.relation))))
             JOIN pg_rewrite r ON (((d.classid = ('pg_rewrite'::regclass)::oid) AND (r.oid = d.objid))))
        )
 SELECT DISTINCT 'refuse'::text AS severity,
    'view privilege'::text AS kind,
    format('%s to %s'::text, consolidation.qualified_name((c.oid)::regclass), COALESCE(g.rolname, 'public'::name)) AS object,
    format('the role may not read %s itself, which the view would ask for'::text, o.relname) AS consequence,
    format('grant select on %s to %s, or accept it: the role is then locked out'::text, o.relname, COALESCE(quote_ident((g.rolname)::text), 'public'::text)) AS remedy
   FROM ((((dependent b
     JOIN pg_class c ON (((c.oid = b.relation) AND (c.relkind = 'v'::"char"))))
     JOIN consolidation.old_relation o ON ((o.oid = b.old_table)))
     CROSS JOIN LATERAL aclexplode(c.relacl) x(grantor, grantee, privilege_type, is_grantable))
     LEFT JOIN pg_roles g ON ((g.oid = x.grantee)))
  WHERE ((c.relnamespace <> ('consolidation'::regnamespace)::oid) AND (NOT COALESCE((c.reloptions @> '{security_invoker=true}'::text[]), false)) AND (x.grantee <> c.relowner) AND
        CASE
            WHEN (x.grantee = (0)::oid) THEN (NOT (EXISTS ( SELECT
               FROM aclexplode(o.relacl) y(grantor, grantee, privilege_type, is_grantable)
              WHERE ((y.grantee = (0)::oid) AND (y.privilege_type = 'SELECT'::text)))))
            ELSE (NOT has_table_privilege(x.grantee, o.oid, 'select'::text))
        END);

--
-- Name: VIEW finding_view_privilege; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_view_privilege IS 'Roles that may use a view on an old table with the rights of the view''s owner, but not the table
itself';

--
-- Name: COLUMN finding_view_privilege.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_view_privilege.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_view_privilege.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_view_privilege.kind IS 'Kind of object';

--
-- Name: COLUMN finding_view_privilege.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_view_privilege.object IS 'Its name';

--
-- Name: COLUMN finding_view_privilege.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_view_privilege.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_view_privilege.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_view_privilege.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_workflow; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_workflow WITH (security_invoker='true') AS
 SELECT 'notice'::text AS severity,
    'page states'::text AS kind,
    format('workflow %s'::text, w.workflow_id) AS object,
    format('%s page states will be those of organisation %s, which had the workflow first; also used by %s'::text, w.states, w.org_id, w.others) AS consequence,
    format('To give them to another one: update user_workflow_owner set org_id = ... where workflow_id = %L'::text, w.workflow_id) AS remedy
   FROM consolidation.shared_workflow() w(workflow_id, states, org_id, others);

--
-- Name: VIEW finding_workflow; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_workflow IS 'Workflows with page states that several organisations used';

--
-- Name: COLUMN finding_workflow.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_workflow.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_workflow.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_workflow.kind IS 'Kind of object';

--
-- Name: COLUMN finding_workflow.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_workflow.object IS 'Its name';

--
-- Name: COLUMN finding_workflow.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_workflow.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_workflow.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_workflow.remedy IS 'What to do, a statement where there is one';

--
-- Name: finding_write_only_privilege; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.finding_write_only_privilege WITH (security_invoker='true') AS
 SELECT 'refuse'::text AS severity,
    'write-only privilege'::text AS kind,
    format('%s on %s to %s'::text, string_agg(DISTINCT x.privilege_type, ', '::text ORDER BY x.privilege_type), o.relname, COALESCE(r.rolname, 'public'::name)) AS object,
    'the role could not write through the view without reading the documents'::text AS consequence,
    format('grant select on %s to %s, or accept it: the role is then locked out'::text, o.relname, COALESCE(quote_ident((r.rolname)::text), 'public'::text)) AS remedy
   FROM ((consolidation.old_relation o
     CROSS JOIN LATERAL ( SELECT p.grantee,
            p.privilege_type
           FROM consolidation.privilege((o.oid)::regclass) p(privilege_type, column_name, grantee, role_name, is_grantable)
          WHERE (p.grantee <> o.relowner)
        UNION ALL
         SELECT w.oid,
            p.privilege_type
           FROM (pg_roles w
             CROSS JOIN unnest(ARRAY['INSERT'::text, 'UPDATE'::text, 'DELETE'::text]) p(privilege_type))
          WHERE ((w.rolname <> 'pg_write_all_data'::name) AND (NOT w.rolsuper) AND pg_has_role(w.oid, 'pg_write_all_data'::name, 'usage'::text))) x)
     LEFT JOIN pg_roles r ON ((r.oid = x.grantee)))
  WHERE ((x.privilege_type = ANY (ARRAY['INSERT'::text, 'UPDATE'::text, 'DELETE'::text])) AND ((NOT consolidation.is_plain(consolidation.old_name((o.relname)::text))) OR ((o.relname = 'workflow_steps'::name) AND (x.privilege_type = 'INSERT'::text))) AND
        CASE
            WHEN (x.grantee = (0)::oid) THEN (NOT (EXISTS ( SELECT
               FROM aclexplode(o.relacl) y(grantor, grantee, privilege_type, is_grantable)
              WHERE ((y.grantee = (0)::oid) AND (y.privilege_type = 'SELECT'::text)))))
            ELSE (NOT has_table_privilege(x.grantee, o.oid, 'select'::text))
        END AND (COALESCE(r.rolname, 'public'::name) <> ALL (ARRAY['workflow_app'::name, 'workflow_maintenance'::name])))
  GROUP BY o.relname, r.rolname;

--
-- Name: VIEW finding_write_only_privilege; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.finding_write_only_privilege IS 'Roles that may insert, update or delete, but not select; also by pg_write_all_data';

--
-- Name: COLUMN finding_write_only_privilege.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_write_only_privilege.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN finding_write_only_privilege.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_write_only_privilege.kind IS 'Kind of object';

--
-- Name: COLUMN finding_write_only_privilege.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_write_only_privilege.object IS 'Its name';

--
-- Name: COLUMN finding_write_only_privilege.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_write_only_privilege.consequence IS 'What becomes of it';

--
-- Name: COLUMN finding_write_only_privilege.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.finding_write_only_privilege.remedy IS 'What to do, a statement where there is one';

--
-- Name: missing_capture; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.missing_capture WITH (security_invoker='true') AS
 SELECT c.captured,
    n.trigger_name,
    format('select consolidation.start_capture(%L, %L);'::text, c.captured, c.capture_function) AS remedy
   FROM (( SELECT consolidation.old_table(t.name) AS old_table,
            'consolidation.capture_old'::regproc AS regproc
           FROM unnest(consolidation.six_tables()) t(name)
          WHERE (consolidation.phase() <> 'contract'::text)
        UNION ALL
         SELECT to_regclass(('public.'::text || d.name)) AS to_regclass,
            'consolidation.capture_new'::regproc
           FROM unnest(ARRAY['user_workflow_run'::text, 'user_workflow_run_step'::text]) d(name)
          WHERE (consolidation.phase() = 'cut over'::text)) c(captured, capture_function)
     CROSS JOIN unnest(ARRAY['capture_insert'::text, 'capture_update'::text, 'capture_delete'::text, 'capture_truncate'::text]) n(trigger_name))
  WHERE (NOT (EXISTS ( SELECT
           FROM pg_trigger t
          WHERE ((t.tgrelid = (c.captured)::oid) AND (t.tgname = n.trigger_name) AND (t.tgfoid = (c.capture_function)::oid) AND (t.tgenabled = 'A'::"char")))));

--
-- Name: VIEW missing_capture; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.missing_capture IS 'Capture triggers that do not fire, or not always: on the old tables, from the cut-over on also on
the documents. Empty while every write is noticed';

--
-- Name: COLUMN missing_capture.captured; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.missing_capture.captured IS 'The table';

--
-- Name: COLUMN missing_capture.trigger_name; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.missing_capture.trigger_name IS 'The trigger';

--
-- Name: COLUMN missing_capture.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.missing_capture.remedy IS 'The statement that makes it fire';

--
-- Name: new_relation; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.new_relation WITH (security_invoker='true') AS
 SELECT c.oid,
    c.relname,
    c.reltype,
    c.relkind
   FROM pg_class c
  WHERE ((c.relnamespace = ('public'::regnamespace)::oid) AND ((c.relname = ANY (consolidation.six_tables())) OR (c.relname = ANY (ARRAY['workflow_configs'::name, 'micro_state'::name, 'user_workflow_run'::name, 'user_workflow_run_step'::name]))) AND (consolidation.phase() = 'cut over'::text));

--
-- Name: VIEW new_relation; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.new_relation IS 'The views of the eight old names, and the two tables of documents, in pg_class; none unless the
database is cut over';

--
-- Name: COLUMN new_relation.oid; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.new_relation.oid IS 'As in pg_class';

--
-- Name: COLUMN new_relation.relname; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.new_relation.relname IS 'As in pg_class';

--
-- Name: COLUMN new_relation.reltype; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.new_relation.reltype IS 'As in pg_class';

--
-- Name: COLUMN new_relation.relkind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.new_relation.relkind IS 'As in pg_class';

--
-- Name: noted_need; Type: TABLE; Schema: consolidation; Owner: -
--

CREATE TABLE consolidation.noted_need (
    old_name regclass NOT NULL,
    privilege_type text NOT NULL,
    view_column name,
    needed text NOT NULL,
    relation regclass NOT NULL,
    column_name name
);

--
-- Name: TABLE noted_need; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TABLE consolidation.noted_need IS 'The result of needed_behind() before the locks';

--
-- Name: COLUMN noted_need.old_name; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.noted_need.old_name IS 'View that an old name is or will be';

--
-- Name: COLUMN noted_need.privilege_type; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.noted_need.privilege_type IS 'Privilege on it';

--
-- Name: COLUMN noted_need.view_column; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.noted_need.view_column IS 'On this column of it; null for any';

--
-- Name: COLUMN noted_need.needed; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.noted_need.needed IS 'Privilege that this takes';

--
-- Name: COLUMN noted_need.relation; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.noted_need.relation IS 'On this relation behind';

--
-- Name: COLUMN noted_need.column_name; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.noted_need.column_name IS 'On this column of it; null for all';

--
-- Name: obstacle_bound; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.obstacle_bound WITH (security_invoker='true') AS
 SELECT
        CASE
            WHEN (t.failure IS NULL) THEN 'notice'::text
            ELSE 'refuse'::text
        END AS severity,
    (b.kind || ' on the way back'::text) AS kind,
    b.object,
    COALESCE(('cannot be bound to the table again: '::text || t.failure), 'bound to the table again'::text) AS consequence,
        CASE
            WHEN (t.failure IS NOT NULL) THEN format('drop %s %s, and create it again after the revert'::text, b.kind, b.object)
            ELSE NULL::text
        END AS remedy
   FROM (consolidation.rebinding() b(kind, object, statement, trial, relation)
     CROSS JOIN LATERAL ( SELECT
                CASE
                    WHEN (b.kind <> 'default'::text) THEN consolidation.trial(b.kind, COALESCE(b.trial, b.statement), 'legacy'::text)
                    ELSE NULL::text
                END AS failure) t)
  WHERE (consolidation.phase() = 'cut over'::text);

--
-- Name: VIEW obstacle_bound; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.obstacle_bound IS 'Views, functions and defaults that a revert binds to the relations that then have the old names.
Each is tried, which changes nothing';

--
-- Name: COLUMN obstacle_bound.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.obstacle_bound.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN obstacle_bound.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.obstacle_bound.kind IS 'Kind of object';

--
-- Name: COLUMN obstacle_bound.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.obstacle_bound.object IS 'Its name';

--
-- Name: COLUMN obstacle_bound.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.obstacle_bound.consequence IS 'What becomes of it in a revert';

--
-- Name: COLUMN obstacle_bound.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.obstacle_bound.remedy IS 'What to do, a statement where there is one';

--
-- Name: obstacle_dependent; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.obstacle_dependent WITH (security_invoker='true') AS
 SELECT DISTINCT 'refuse'::text AS severity,
    'made on an old name'::text AS kind,
    consolidation.description(o.classid, o.objid, o.objsubid) AS object,
        CASE
            WHEN (n.relname = ANY (ARRAY['workflow_configs'::name, 'micro_state'::name])) THEN format('the view %s goes when its table has the name again'::text, n.relname)
            ELSE format('would stay with the view that had the name %s'::text, n.relname)
        END AS consequence,
    (consolidation.drop_statement(o.classid, o.objid, o.objsubid) || ', and create it again after the revert'::text) AS remedy
   FROM (((((((consolidation.new_relation n
     JOIN pg_type t ON ((t.oid = n.reltype)))
     JOIN pg_depend d ON ((((d.refclassid = ('pg_class'::regclass)::oid) AND (d.refobjid = n.oid)) OR ((d.refclassid = ('pg_type'::regclass)::oid) AND ((d.refobjid = t.oid) OR (d.refobjid = t.typarray))))))
     LEFT JOIN pg_rewrite r ON (((d.classid = ('pg_rewrite'::regclass)::oid) AND (r.oid = d.objid))))
     LEFT JOIN pg_class c ON ((c.oid = r.ev_class)))
     LEFT JOIN pg_proc p ON (((d.classid = ('pg_proc'::regclass)::oid) AND (p.oid = d.objid))))
     LEFT JOIN pg_trigger g ON (((d.classid = ('pg_trigger'::regclass)::oid) AND (g.oid = d.objid))))
     CROSS JOIN LATERAL ( SELECT
                CASE
                    WHEN (r.rulename = '_RETURN'::name) THEN ('pg_class'::regclass)::oid
                    ELSE d.classid
                END AS classid,
                CASE
                    WHEN (r.rulename = '_RETURN'::name) THEN r.ev_class
                    ELSE d.objid
                END AS objid,
                CASE
                    WHEN (r.rulename = '_RETURN'::name) THEN 0
                    ELSE d.objsubid
                END AS objsubid) o)
  WHERE ((n.relkind = 'v'::"char") AND (d.classid <> ALL (ARRAY[('pg_type'::regclass)::oid, ('pg_attrdef'::regclass)::oid])) AND (o.objid <> n.oid) AND (c.relnamespace IS DISTINCT FROM ('consolidation'::regnamespace)::oid) AND (p.pronamespace IS DISTINCT FROM ('consolidation'::regnamespace)::oid) AND (NOT (EXISTS ( SELECT
           FROM pg_proc f
          WHERE ((f.oid = g.tgfoid) AND (f.pronamespace = ('consolidation'::regnamespace)::oid))))) AND ((n.relname = ANY (ARRAY['workflow_configs'::name, 'micro_state'::name])) OR COALESCE(((c.relkind <> 'v'::"char") OR (r.rulename <> '_RETURN'::name)), (p.prosqlbody IS NULL))));

--
-- Name: VIEW obstacle_dependent; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.obstacle_dependent IS 'Objects that were made on the views of the old names and cannot follow the names: materialized
views, rules, triggers, uses of their row types';

--
-- Name: COLUMN obstacle_dependent.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.obstacle_dependent.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN obstacle_dependent.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.obstacle_dependent.kind IS 'Kind of object';

--
-- Name: COLUMN obstacle_dependent.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.obstacle_dependent.object IS 'Its name';

--
-- Name: COLUMN obstacle_dependent.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.obstacle_dependent.consequence IS 'What becomes of it in a revert';

--
-- Name: COLUMN obstacle_dependent.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.obstacle_dependent.remedy IS 'What to do, a statement where there is one';

--
-- Name: obstacle_document; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.obstacle_document WITH (security_invoker='true') AS
 SELECT 'refuse'::text AS severity,
    'made on the documents'::text AS kind,
    consolidation.description((m.classid)::oid, m.objid, 0) AS object,
    m.consequence,
    m.remedy
   FROM (consolidation.new_relation n
     CROSS JOIN LATERAL ( SELECT 'pg_trigger'::regclass AS classid,
            g.oid AS objid,
            'would fire when documents are built again, not when applications write'::text AS consequence,
            consolidation.drop_statement(('pg_trigger'::regclass)::oid, g.oid, 0) AS remedy
           FROM (pg_trigger g
             JOIN pg_proc p ON ((p.oid = g.tgfoid)))
          WHERE ((g.tgrelid = n.oid) AND (NOT g.tgisinternal) AND (g.tgenabled <> 'D'::"char") AND (p.pronamespace <> ('consolidation'::regnamespace)::oid) AND (NOT (p.oid IN ( SELECT o.id
                   FROM consolidation.project_object o))))
        UNION ALL
         SELECT 'pg_policy'::regclass AS regclass,
            p.oid,
            'holds for no old table'::text,
            consolidation.drop_statement(('pg_policy'::regclass)::oid, p.oid, 0) AS drop_statement
           FROM pg_policy p
          WHERE ((p.polrelid = n.oid) AND (NOT starts_with((p.polname)::text, ((n.relname)::text || '_'::text))))
        UNION ALL
         SELECT 'pg_publication_rel'::regclass AS regclass,
            p.oid,
            'subscribers would receive what is carried over, not what applications write'::text,
            format('alter publication %I drop table public.%I'::text, u.pubname, n.relname) AS format
           FROM (pg_publication_rel p
             JOIN pg_publication u ON ((u.oid = p.prpubid)))
          WHERE (p.prrelid = n.oid)) m)
  WHERE (n.relkind = 'r'::"char");

--
-- Name: VIEW obstacle_document; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.obstacle_document IS 'Triggers, policies and publications of the documents that the old tables will not have';

--
-- Name: COLUMN obstacle_document.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.obstacle_document.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN obstacle_document.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.obstacle_document.kind IS 'Kind of object';

--
-- Name: COLUMN obstacle_document.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.obstacle_document.object IS 'Its name';

--
-- Name: COLUMN obstacle_document.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.obstacle_document.consequence IS 'What becomes of it in a revert';

--
-- Name: COLUMN obstacle_document.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.obstacle_document.remedy IS 'What to do, a statement where there is one';

--
-- Name: obstacle_key; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.obstacle_key WITH (security_invoker='true') AS
 SELECT 'notice'::text AS severity,
    (f.kind || ' on the way back'::text) AS kind,
    f.object,
        CASE
            WHEN (f.arrive IS NULL) THEN 'stays with the documents: the old tables have no such column'::text
            ELSE 'made again on the old table, then validated'::text
        END AS consequence,
        CASE
            WHEN (f.arrive IS NULL) THEN replace(f.leave, '<relation>'::text, consolidation.qualified_name(f.stands_on))
            ELSE NULL::text
        END AS remedy
   FROM consolidation.foreign_key(to_documents => false) f(kind, object, stands_on, leave, arrives_on, arrive, come_back, validate)
  WHERE (consolidation.phase() = 'cut over'::text);

--
-- Name: VIEW obstacle_key; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.obstacle_key IS 'Foreign keys between the documents and other tables, and what a revert does with them';

--
-- Name: COLUMN obstacle_key.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.obstacle_key.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN obstacle_key.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.obstacle_key.kind IS 'Kind of object';

--
-- Name: COLUMN obstacle_key.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.obstacle_key.object IS 'Its name';

--
-- Name: COLUMN obstacle_key.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.obstacle_key.consequence IS 'What becomes of it in a revert';

--
-- Name: COLUMN obstacle_key.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.obstacle_key.remedy IS 'What to do, a statement where there is one';

--
-- Name: obstacle_remembered; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.obstacle_remembered WITH (security_invoker='true') AS
 SELECT 'refuse'::text AS severity,
    'remembered'::text AS kind,
    replace(l.statement, '<relation>'::text, COALESCE(consolidation.qualified_name((c.oid)::regclass), ('dropped table '::text || (l.relation)::oid))) AS object,
    ('cannot be executed by the revert: '::text || t.failure) AS consequence,
    format('Give back what it names its name, or go without: delete from consolidation.cut_over_log where ordinal = %s'::text, l.ordinal) AS remedy
   FROM ((consolidation.cut_over_log l
     LEFT JOIN pg_class c ON ((c.oid = (l.relation)::oid)))
     CROSS JOIN LATERAL ( SELECT consolidation.trial_of_remembered(l.ordinal) AS failure) t)
  WHERE ((l.stage = 'after'::text) AND (t.failure IS NOT NULL) AND (consolidation.phase() = 'cut over'::text));

--
-- Name: VIEW obstacle_remembered; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.obstacle_remembered IS 'Statements that the cut-over left for the revert and that can no longer be executed: a table,
column, trigger or role that they name was dropped or renamed';

--
-- Name: COLUMN obstacle_remembered.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.obstacle_remembered.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN obstacle_remembered.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.obstacle_remembered.kind IS 'Kind of object';

--
-- Name: COLUMN obstacle_remembered.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.obstacle_remembered.object IS 'Its name';

--
-- Name: COLUMN obstacle_remembered.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.obstacle_remembered.consequence IS 'What becomes of it in a revert';

--
-- Name: COLUMN obstacle_remembered.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.obstacle_remembered.remedy IS 'What to do, a statement where there is one';

--
-- Name: obstacle_sequence; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.obstacle_sequence WITH (security_invoker='true') AS
 SELECT DISTINCT 'refuse'::text AS severity,
    'uses a sequence'::text AS kind,
    consolidation.description((o.classid)::oid, o.objid, d.objsubid) AS object,
    format('the sequence %s of the documents goes'::text, s.sequence_name) AS consequence,
    (consolidation.drop_statement((o.classid)::oid, o.objid, d.objsubid) || ', and create it again after the revert'::text) AS remedy
   FROM (((((consolidation.id_sequence s
     JOIN pg_class q ON ((q.oid = (to_regclass(format('public.%I'::text, s.sequence_name)))::oid)))
     JOIN pg_depend d ON (((d.refclassid = ('pg_class'::regclass)::oid) AND (d.refobjid = q.oid))))
     LEFT JOIN pg_rewrite r ON (((d.classid = ('pg_rewrite'::regclass)::oid) AND (r.oid = d.objid))))
     LEFT JOIN pg_class c ON ((c.oid = r.ev_class)))
     CROSS JOIN LATERAL ( SELECT
                CASE
                    WHEN (c.oid IS NULL) THEN (d.classid)::regclass
                    ELSE 'pg_class'::regclass
                END AS classid,
            COALESCE(c.oid, d.objid) AS objid) o)
  WHERE ((consolidation.phase() = 'cut over'::text) AND ((d.classid = ANY (ARRAY[('pg_constraint'::regclass)::oid, ('pg_policy'::regclass)::oid, ('pg_trigger'::regclass)::oid])) OR (c.relkind <> 'v'::"char")));

--
-- Name: VIEW obstacle_sequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.obstacle_sequence IS 'Users of the sequences of the documents that cannot be bound to those of the old tables';

--
-- Name: COLUMN obstacle_sequence.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.obstacle_sequence.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN obstacle_sequence.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.obstacle_sequence.kind IS 'Kind of object';

--
-- Name: COLUMN obstacle_sequence.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.obstacle_sequence.object IS 'Its name';

--
-- Name: COLUMN obstacle_sequence.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.obstacle_sequence.consequence IS 'What becomes of it in a revert';

--
-- Name: COLUMN obstacle_sequence.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.obstacle_sequence.remedy IS 'What to do, a statement where there is one';

--
-- Name: workflow_trace_context; Type: TABLE; Schema: legacy; Owner: -
--

CREATE TABLE legacy.workflow_trace_context (
    context_id bigint NOT NULL,
    trace_id bigint NOT NULL,
    key character varying(255) NOT NULL,
    value jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone
);

--
-- Name: TABLE workflow_trace_context; Type: COMMENT; Schema: legacy; Owner: -
--

COMMENT ON TABLE legacy.workflow_trace_context IS 'Key-value context of a run (workflow_consolidation:baseline)';

--
-- Name: old_context; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.old_context WITH (security_invoker='true') AS
 SELECT t.context_id,
    t.trace_id,
    t.key,
    t.value,
    t.created_at,
    t.updated_at
   FROM legacy.workflow_trace_context t;

--
-- Name: VIEW old_context; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.old_context IS 'The old table workflow_trace_context, in public or, after the cut-over, in legacy';

--
-- Name: old_default; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.old_default WITH (security_invoker='true') AS
 SELECT v.old_name,
    a.attname AS column_name,
    COALESCE(pg_get_expr(o.adbin, o.adrelid), ( SELECT format('NULLIF(%1$s, %1$s)'::text, pg_get_expr(d.adbin, d.adrelid)) AS format
           FROM ((consolidation.column_behind(v.old_name) b(view_column, relation, column_name)
             JOIN pg_attribute c ON (((c.attrelid = (b.relation)::oid) AND (c.attname = b.column_name))))
             JOIN pg_attrdef d ON (((d.adrelid = c.attrelid) AND (d.adnum = c.attnum))))
          WHERE ((b.view_column = a.attname) AND consolidation.is_plain(v.old_name)))) AS wanted,
    pg_get_expr(w.adbin, w.adrelid) AS present
   FROM ((((( SELECT consolidation.old_name(n.name) AS old_name,
            consolidation.old_table(n.name) AS old_table
           FROM unnest(consolidation.six_tables()) n(name)) v
     JOIN pg_attribute a ON (((a.attrelid = (v.old_table)::oid) AND (a.attnum > 0) AND (NOT a.attisdropped))))
     JOIN pg_attribute s ON (((s.attrelid = (v.old_name)::oid) AND (s.attname = a.attname))))
     LEFT JOIN pg_attrdef o ON (((o.adrelid = a.attrelid) AND (o.adnum = a.attnum))))
     LEFT JOIN pg_attrdef w ON (((w.adrelid = (v.old_name)::oid) AND (w.adnum = s.attnum))))
  WHERE ((a.attname <> ALL (ARRAY['trace_id'::name, 'event_id'::name, 'screenshot_id'::name, 'context_id'::name, 'org_id'::name])) AND (NOT ((a.attname = 'step_id'::name) AND consolidation.is_plain(v.old_name))));

--
-- Name: VIEW old_default; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.old_default IS 'Columns of the old names, ids apart, with the default that the old table gives them';

--
-- Name: COLUMN old_default.old_name; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.old_default.old_name IS 'The view that has or gets the old name';

--
-- Name: COLUMN old_default.column_name; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.old_default.column_name IS 'Column of the view';

--
-- Name: COLUMN old_default.wanted; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.old_default.wanted IS 'The default of the old table; an expression that is null where only the document has a default';

--
-- Name: COLUMN old_default.present; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.old_default.present IS 'The default of the view';

--
-- Name: workflow_trace_endpoint; Type: TABLE; Schema: legacy; Owner: -
--

CREATE TABLE legacy.workflow_trace_endpoint (
    trace_id bigint NOT NULL,
    endpoint_id bigint NOT NULL
);

--
-- Name: TABLE workflow_trace_endpoint; Type: COMMENT; Schema: legacy; Owner: -
--

COMMENT ON TABLE legacy.workflow_trace_endpoint IS 'Endpoints a run used (workflow_consolidation:baseline)';

--
-- Name: old_endpoint; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.old_endpoint WITH (security_invoker='true') AS
 SELECT t.trace_id,
    t.endpoint_id
   FROM legacy.workflow_trace_endpoint t;

--
-- Name: VIEW old_endpoint; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.old_endpoint IS 'The old table workflow_trace_endpoint, in public or, after the cut-over, in legacy';

--
-- Name: workflow_events; Type: TABLE; Schema: legacy; Owner: -
--

CREATE TABLE legacy.workflow_events (
    event_id bigint NOT NULL,
    trace_id bigint NOT NULL,
    step_id bigint,
    event_type character varying(100) NOT NULL,
    event_data jsonb NOT NULL,
    "timestamp" timestamp with time zone DEFAULT now() NOT NULL
);

--
-- Name: TABLE workflow_events; Type: COMMENT; Schema: legacy; Owner: -
--

COMMENT ON TABLE legacy.workflow_events IS 'Event log of runs and steps (workflow_consolidation:baseline)';

--
-- Name: old_event; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.old_event WITH (security_invoker='true') AS
 SELECT t.event_id,
    t.trace_id,
    t.step_id,
    t.event_type,
    t.event_data,
    t."timestamp"
   FROM legacy.workflow_events t;

--
-- Name: VIEW old_event; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.old_event IS 'The old table workflow_events, in public or, after the cut-over, in legacy';

--
-- Name: workflow_trace_screenshot; Type: TABLE; Schema: legacy; Owner: -
--

CREATE TABLE legacy.workflow_trace_screenshot (
    screenshot_id uuid DEFAULT gen_random_uuid() NOT NULL,
    trace_id bigint NOT NULL,
    org_id uuid NOT NULL,
    node_name character varying(255) NOT NULL,
    step_index integer NOT NULL,
    screenshot_url text NOT NULL,
    thumbnail_url text,
    action_description text NOT NULL,
    element_selector text,
    element_found boolean DEFAULT false,
    confidence_score numeric(3,2),
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    node_id uuid NOT NULL
);

--
-- Name: TABLE workflow_trace_screenshot; Type: COMMENT; Schema: legacy; Owner: -
--

COMMENT ON TABLE legacy.workflow_trace_screenshot IS 'Screenshots taken during a run (workflow_consolidation:baseline)';

--
-- Name: old_screenshot; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.old_screenshot WITH (security_invoker='true') AS
 SELECT t.screenshot_id,
    t.trace_id,
    t.org_id,
    t.node_name,
    t.step_index,
    t.screenshot_url,
    t.thumbnail_url,
    t.action_description,
    t.element_selector,
    t.element_found,
    t.confidence_score,
    t.created_at,
    t.node_id
   FROM legacy.workflow_trace_screenshot t;

--
-- Name: VIEW old_screenshot; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.old_screenshot IS 'The old table workflow_trace_screenshot, in public or, after the cut-over, in legacy';

--
-- Name: workflow_steps; Type: TABLE; Schema: legacy; Owner: -
--

CREATE TABLE legacy.workflow_steps (
    step_id bigint NOT NULL,
    trace_id bigint NOT NULL,
    step_number integer NOT NULL,
    status text DEFAULT 'pending'::text,
    input_data jsonb,
    output_data jsonb,
    error_message text,
    start_time timestamp with time zone,
    end_time timestamp with time zone,
    duration_ms integer,
    retry_count integer DEFAULT 0 NOT NULL,
    metadata jsonb,
    node_id uuid
);

--
-- Name: TABLE workflow_steps; Type: COMMENT; Schema: legacy; Owner: -
--

COMMENT ON TABLE legacy.workflow_steps IS 'One step of a run (workflow_consolidation:baseline)';

--
-- Name: old_step; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.old_step WITH (security_invoker='true') AS
 SELECT t.step_id,
    t.trace_id,
    t.step_number,
    t.status,
    t.input_data,
    t.output_data,
    t.error_message,
    t.start_time,
    t.end_time,
    t.duration_ms,
    t.retry_count,
    t.metadata,
    t.node_id
   FROM legacy.workflow_steps t;

--
-- Name: VIEW old_step; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.old_step IS 'The old table workflow_steps, in public or, after the cut-over, in legacy';

--
-- Name: workflow_trace; Type: TABLE; Schema: legacy; Owner: -
--

CREATE TABLE legacy.workflow_trace (
    trace_id bigint NOT NULL,
    batch_job_item_id uuid,
    org_id uuid NOT NULL,
    workflow_id uuid,
    channel text,
    external_id character varying(255),
    status text DEFAULT 'pending'::text,
    action_type text,
    action_detail jsonb,
    success boolean DEFAULT false,
    duration_ms integer,
    error_detail jsonb,
    error_message text,
    llm_prompt text,
    llm_response text,
    llm_model character varying(100),
    llm_tokens_used integer,
    tier smallint,
    tier_reason text,
    config_snapshot jsonb,
    start_time timestamp with time zone,
    end_time timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    user_id uuid,
    created_by uuid,
    session_id uuid
);

--
-- Name: TABLE workflow_trace; Type: COMMENT; Schema: legacy; Owner: -
--

COMMENT ON TABLE legacy.workflow_trace IS 'One run of a workflow (workflow_consolidation:baseline)';

--
-- Name: old_trace; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.old_trace WITH (security_invoker='true') AS
 SELECT t.trace_id,
    t.batch_job_item_id,
    t.org_id,
    t.workflow_id,
    t.channel,
    t.external_id,
    t.status,
    t.action_type,
    t.action_detail,
    t.success,
    t.duration_ms,
    t.error_detail,
    t.error_message,
    t.llm_prompt,
    t.llm_response,
    t.llm_model,
    t.llm_tokens_used,
    t.tier,
    t.tier_reason,
    t.config_snapshot,
    t.start_time,
    t.end_time,
    t.created_at,
    t.user_id,
    t.created_by,
    t.session_id
   FROM legacy.workflow_trace t;

--
-- Name: VIEW old_trace; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.old_trace IS 'The old table workflow_trace, in public or, after the cut-over, in legacy';

--
-- Name: preflight; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.preflight WITH (security_invoker='true') AS
 SELECT
        CASE
            WHEN ((f.severity = 'refuse'::text) AND (a.kind IS NOT NULL) AND (f.kind <> ALL (ARRAY['row'::text, 'name'::text, 'size'::text, 'column'::text]))) THEN 'accepted'::text
            ELSE f.severity
        END AS severity,
    f.kind,
    f.object,
    f.consequence,
    f.remedy
   FROM (( SELECT finding_foreign_key.severity,
            finding_foreign_key.kind,
            finding_foreign_key.object,
            finding_foreign_key.consequence,
            finding_foreign_key.remedy
           FROM consolidation.finding_foreign_key
        UNION ALL
         SELECT finding_sequence.severity,
            finding_sequence.kind,
            finding_sequence.object,
            finding_sequence.consequence,
            finding_sequence.remedy
           FROM consolidation.finding_sequence
        UNION ALL
         SELECT finding_index.severity,
            finding_index.kind,
            finding_index.object,
            finding_index.consequence,
            finding_index.remedy
           FROM consolidation.finding_index
        UNION ALL
         SELECT finding_column_type.severity,
            finding_column_type.kind,
            finding_column_type.object,
            finding_column_type.consequence,
            finding_column_type.remedy
           FROM consolidation.finding_column_type
        UNION ALL
         SELECT finding_inheritance.severity,
            finding_inheritance.kind,
            finding_inheritance.object,
            finding_inheritance.consequence,
            finding_inheritance.remedy
           FROM consolidation.finding_inheritance
        UNION ALL
         SELECT finding_table_kind.severity,
            finding_table_kind.kind,
            finding_table_kind.object,
            finding_table_kind.consequence,
            finding_table_kind.remedy
           FROM consolidation.finding_table_kind
        UNION ALL
         SELECT finding_statistics.severity,
            finding_statistics.kind,
            finding_statistics.object,
            finding_statistics.consequence,
            finding_statistics.remedy
           FROM consolidation.finding_statistics
        UNION ALL
         SELECT finding_view.severity,
            finding_view.kind,
            finding_view.object,
            finding_view.consequence,
            finding_view.remedy
           FROM consolidation.finding_view
        UNION ALL
         SELECT finding_default.severity,
            finding_default.kind,
            finding_default.object,
            finding_default.consequence,
            finding_default.remedy
           FROM consolidation.finding_default
        UNION ALL
         SELECT finding_function.severity,
            finding_function.kind,
            finding_function.object,
            finding_function.consequence,
            finding_function.remedy
           FROM consolidation.finding_function
        UNION ALL
         SELECT finding_materialized_view.severity,
            finding_materialized_view.kind,
            finding_materialized_view.object,
            finding_materialized_view.consequence,
            finding_materialized_view.remedy
           FROM consolidation.finding_materialized_view
        UNION ALL
         SELECT finding_rule.severity,
            finding_rule.kind,
            finding_rule.object,
            finding_rule.consequence,
            finding_rule.remedy
           FROM consolidation.finding_rule
        UNION ALL
         SELECT finding_row_type.severity,
            finding_row_type.kind,
            finding_row_type.object,
            finding_row_type.consequence,
            finding_row_type.remedy
           FROM consolidation.finding_row_type
        UNION ALL
         SELECT finding_trigger.severity,
            finding_trigger.kind,
            finding_trigger.object,
            finding_trigger.consequence,
            finding_trigger.remedy
           FROM consolidation.finding_trigger
        UNION ALL
         SELECT finding_publication.severity,
            finding_publication.kind,
            finding_publication.object,
            finding_publication.consequence,
            finding_publication.remedy
           FROM consolidation.finding_publication
        UNION ALL
         SELECT finding_column_privilege.severity,
            finding_column_privilege.kind,
            finding_column_privilege.object,
            finding_column_privilege.consequence,
            finding_column_privilege.remedy
           FROM consolidation.finding_column_privilege
        UNION ALL
         SELECT finding_write_only_privilege.severity,
            finding_write_only_privilege.kind,
            finding_write_only_privilege.object,
            finding_write_only_privilege.consequence,
            finding_write_only_privilege.remedy
           FROM consolidation.finding_write_only_privilege
        UNION ALL
         SELECT finding_view_privilege.severity,
            finding_view_privilege.kind,
            finding_view_privilege.object,
            finding_view_privilege.consequence,
            finding_view_privilege.remedy
           FROM consolidation.finding_view_privilege
        UNION ALL
         SELECT finding_policy.severity,
            finding_policy.kind,
            finding_policy.object,
            finding_policy.consequence,
            finding_policy.remedy
           FROM consolidation.finding_policy
        UNION ALL
         SELECT finding_row_level_security.severity,
            finding_row_level_security.kind,
            finding_row_level_security.object,
            finding_row_level_security.consequence,
            finding_row_level_security.remedy
           FROM consolidation.finding_row_level_security
        UNION ALL
         SELECT finding_public.severity,
            finding_public.kind,
            finding_public.object,
            finding_public.consequence,
            finding_public.remedy
           FROM consolidation.finding_public
        UNION ALL
         SELECT finding_screenshot.severity,
            finding_screenshot.kind,
            finding_screenshot.object,
            finding_screenshot.consequence,
            finding_screenshot.remedy
           FROM consolidation.finding_screenshot
        UNION ALL
         SELECT finding_workflow.severity,
            finding_workflow.kind,
            finding_workflow.object,
            finding_workflow.consequence,
            finding_workflow.remedy
           FROM consolidation.finding_workflow
        UNION ALL
         SELECT finding_constraint.severity,
            finding_constraint.kind,
            finding_constraint.object,
            finding_constraint.consequence,
            finding_constraint.remedy
           FROM consolidation.finding_constraint
        UNION ALL
         SELECT finding_unique_index.severity,
            finding_unique_index.kind,
            finding_unique_index.object,
            finding_unique_index.consequence,
            finding_unique_index.remedy
           FROM consolidation.finding_unique_index
        UNION ALL
         SELECT finding_key_behaviour.severity,
            finding_key_behaviour.kind,
            finding_key_behaviour.object,
            finding_key_behaviour.consequence,
            finding_key_behaviour.remedy
           FROM consolidation.finding_key_behaviour
        UNION ALL
         SELECT finding_narrow_column.severity,
            finding_narrow_column.kind,
            finding_narrow_column.object,
            finding_narrow_column.consequence,
            finding_narrow_column.remedy
           FROM consolidation.finding_narrow_column
        UNION ALL
         SELECT finding_not_null.severity,
            finding_not_null.kind,
            finding_not_null.object,
            finding_not_null.consequence,
            finding_not_null.remedy
           FROM consolidation.finding_not_null
        UNION ALL
         SELECT finding_row.severity,
            finding_row.kind,
            finding_row.object,
            finding_row.consequence,
            finding_row.remedy
           FROM consolidation.finding_row
        UNION ALL
         SELECT finding_name.severity,
            finding_name.kind,
            finding_name.object,
            finding_name.consequence,
            finding_name.remedy
           FROM consolidation.finding_name
        UNION ALL
         SELECT finding_column.severity,
            finding_column.kind,
            finding_column.object,
            finding_column.consequence,
            finding_column.remedy
           FROM consolidation.finding_column
        UNION ALL
         SELECT finding_size.severity,
            finding_size.kind,
            finding_size.object,
            finding_size.consequence,
            finding_size.remedy
           FROM consolidation.finding_size
        UNION ALL
         SELECT finding_no_policy.severity,
            finding_no_policy.kind,
            finding_no_policy.object,
            finding_no_policy.consequence,
            finding_no_policy.remedy
           FROM consolidation.finding_no_policy
        UNION ALL
         SELECT finding_owner_view.severity,
            finding_owner_view.kind,
            finding_owner_view.object,
            finding_owner_view.consequence,
            finding_owner_view.remedy
           FROM consolidation.finding_owner_view) f
     LEFT JOIN consolidation.accepted a ON (((a.kind = f.kind) AND (a.object = f.object))));

--
-- Name: VIEW preflight; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.preflight IS 'All findings: everything to know before deciding. severity is "refuse" (the cut-over refuses until
it is remedied or written into consolidation.accepted), "accepted", or "notice"';

--
-- Name: COLUMN preflight.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.preflight.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN preflight.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.preflight.kind IS 'Kind of object';

--
-- Name: COLUMN preflight.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.preflight.object IS 'Its name';

--
-- Name: COLUMN preflight.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.preflight.consequence IS 'What becomes of it';

--
-- Name: COLUMN preflight.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.preflight.remedy IS 'What to do, a statement where there is one';

--
-- Name: preflight_back; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.preflight_back WITH (security_invoker='true') AS
 SELECT
        CASE
            WHEN ((f.severity = 'refuse'::text) AND (a.kind IS NOT NULL)) THEN 'accepted'::text
            ELSE f.severity
        END AS severity,
    f.kind,
    f.object,
    f.consequence,
    f.remedy
   FROM (( SELECT obstacle_bound.severity,
            obstacle_bound.kind,
            obstacle_bound.object,
            obstacle_bound.consequence,
            obstacle_bound.remedy
           FROM consolidation.obstacle_bound
        UNION ALL
         SELECT obstacle_dependent.severity,
            obstacle_dependent.kind,
            obstacle_dependent.object,
            obstacle_dependent.consequence,
            obstacle_dependent.remedy
           FROM consolidation.obstacle_dependent
        UNION ALL
         SELECT obstacle_document.severity,
            obstacle_document.kind,
            obstacle_document.object,
            obstacle_document.consequence,
            obstacle_document.remedy
           FROM consolidation.obstacle_document
        UNION ALL
         SELECT obstacle_key.severity,
            obstacle_key.kind,
            obstacle_key.object,
            obstacle_key.consequence,
            obstacle_key.remedy
           FROM consolidation.obstacle_key
        UNION ALL
         SELECT obstacle_sequence.severity,
            obstacle_sequence.kind,
            obstacle_sequence.object,
            obstacle_sequence.consequence,
            obstacle_sequence.remedy
           FROM consolidation.obstacle_sequence
        UNION ALL
         SELECT obstacle_remembered.severity,
            obstacle_remembered.kind,
            obstacle_remembered.object,
            obstacle_remembered.consequence,
            obstacle_remembered.remedy
           FROM consolidation.obstacle_remembered) f
     LEFT JOIN consolidation.accepted a ON (((a.kind = f.kind) AND (a.object = f.object))));

--
-- Name: VIEW preflight_back; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.preflight_back IS 'Everything to know before a revert of the cut-over, at any time after it. severity is "refuse" (the
revert refuses until it is remedied or written into consolidation.accepted), "accepted" or
"notice"';

--
-- Name: COLUMN preflight_back.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.preflight_back.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN preflight_back.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.preflight_back.kind IS 'Kind of object';

--
-- Name: COLUMN preflight_back.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.preflight_back.object IS 'Its name';

--
-- Name: COLUMN preflight_back.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.preflight_back.consequence IS 'What becomes of it in a revert';

--
-- Name: COLUMN preflight_back.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.preflight_back.remedy IS 'What to do, a statement where there is one';

--
-- Name: unequal_trace; Type: TABLE; Schema: consolidation; Owner: -
--

CREATE TABLE consolidation.unequal_trace (
    trace_id bigint NOT NULL,
    found_at timestamp with time zone DEFAULT now() NOT NULL
);

--
-- Name: TABLE unequal_trace; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TABLE consolidation.unequal_trace IS 'Runs in which old tables and documents differed when they were last compared; see
consolidation.differences(trace_ids => ...)';

--
-- Name: COLUMN unequal_trace.trace_id; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.unequal_trace.trace_id IS 'The run';

--
-- Name: COLUMN unequal_trace.found_at; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.unequal_trace.found_at IS 'When the difference was found';

--
-- Name: progress; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.progress WITH (security_invoker='true') AS
 SELECT consolidation.phase() AS phase,
    c.runs_total,
    c.runs_done,
        CASE
            WHEN (c.runs_total > 0) THEN round(((100.0 * (c.runs_done)::numeric) / (c.runs_total)::numeric), 1)
            ELSE 100.0
        END AS percent,
    r.runs_per_second,
        CASE
            WHEN (r.runs_per_second > (0)::numeric) THEN make_interval(secs => (round((((c.runs_total - c.runs_done))::numeric / r.runs_per_second)))::double precision)
            ELSE NULL::interval
        END AS time_left,
    ( SELECT count(*) AS count
           FROM ( SELECT
                   FROM consolidation.change c_1
                  ORDER BY c_1.trace_id
                 LIMIT 10000) q) AS queue_depth,
    c.steps_done,
        CASE
            WHEN c.finished THEN c.steps_done
            ELSE GREATEST(consolidation.estimated_rows('workflow_steps'::text), c.steps_done)
        END AS steps_estimated,
    c.events_done,
        CASE
            WHEN c.finished THEN c.events_done
            ELSE GREATEST(consolidation.estimated_rows('workflow_events'::text), c.events_done)
        END AS events_estimated,
    p.runs_to_prove,
    p.runs_proved,
    p.unequal_runs,
    p.proved_per_second,
        CASE
            WHEN (p.proved_per_second > (0)::numeric) THEN make_interval(secs => (round((((p.runs_to_prove - p.runs_proved))::numeric / p.proved_per_second)))::double precision)
            ELSE NULL::interval
        END AS proof_time_left
   FROM ((( SELECT (COALESCE(sum(k.traces), (0)::numeric))::bigint AS runs_total,
            (COALESCE(sum(k.traces) FILTER (WHERE (k.finished_at IS NOT NULL)), (0)::numeric))::bigint AS runs_done,
            (COALESCE(sum(k.steps), (0)::numeric))::bigint AS steps_done,
            (COALESCE(sum(k.events), (0)::numeric))::bigint AS events_done,
            bool_and((k.finished_at IS NOT NULL)) AS finished
           FROM consolidation.chunk k
          WHERE (k.task = 'backfill'::text)) c
     CROSS JOIN ( SELECT round((sum(k.traces) / GREATEST(EXTRACT(epoch FROM (max(k.finished_at) - min(k.started_at))), 0.001))) AS runs_per_second
           FROM consolidation.chunk k
          WHERE ((k.task = 'backfill'::text) AND (k.finished_at > ( SELECT (max(m.finished_at) - '00:00:30'::interval)
                   FROM consolidation.chunk m
                  WHERE (m.task = 'backfill'::text))))) r)
     CROSS JOIN ( SELECT (COALESCE(sum(k.traces), (0)::numeric))::bigint AS runs_to_prove,
            (COALESCE(sum(k.traces) FILTER (WHERE (k.finished_at IS NOT NULL)), (0)::numeric))::bigint AS runs_proved,
            ( SELECT count(*) AS count
                   FROM consolidation.unequal_trace) AS unequal_runs,
            round(((sum(k.traces) FILTER (WHERE (k.finished_at IS NOT NULL)) / GREATEST(EXTRACT(epoch FROM sum((k.finished_at - k.started_at))), 0.001)) * (GREATEST(count(DISTINCT k.pid) FILTER (WHERE (k.finished_at IS NULL)), (1)::bigint))::numeric)) AS proved_per_second
           FROM consolidation.chunk k
          WHERE (k.task = 'proof'::text)) p);

--
-- Name: VIEW progress; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.progress IS 'One row for \watch: phase, runs of the backfill in all and done, its rate, the time left at
that rate, changes waiting in the queue, steps and events done of about how many, and the proof';

--
-- Name: COLUMN progress.phase; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress.phase IS 'expand, cut over or contract';

--
-- Name: COLUMN progress.runs_total; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress.runs_total IS 'Runs present when the backfill began, except those deleted before their batch';

--
-- Name: COLUMN progress.runs_done; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress.runs_done IS 'Of these, carried over and committed';

--
-- Name: COLUMN progress.percent; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress.percent IS 'runs_done in percent of runs_total';

--
-- Name: COLUMN progress.runs_per_second; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress.runs_per_second IS 'Rate of all sessions together, over the last 30 seconds in which there were batches';

--
-- Name: COLUMN progress.time_left; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress.time_left IS 'At that rate; null before the first batch';

--
-- Name: COLUMN progress.queue_depth; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress.queue_depth IS 'Entries of the queue: runs that wait to be carried over, or back after the cut-over; counted
up to 10,000';

--
-- Name: COLUMN progress.steps_done; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress.steps_done IS 'Steps of the runs done';

--
-- Name: COLUMN progress.steps_estimated; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress.steps_estimated IS 'Steps in all, as the statistics of the old table estimate them; exact once all are done';

--
-- Name: COLUMN progress.events_done; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress.events_done IS 'Events of the runs done';

--
-- Name: COLUMN progress.events_estimated; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress.events_estimated IS 'Events in all, as the statistics of the old table estimate them; exact once all are done';

--
-- Name: COLUMN progress.runs_to_prove; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress.runs_to_prove IS 'Runs of the proof in all; 0 before it began';

--
-- Name: COLUMN progress.runs_proved; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress.runs_proved IS 'Of these, compared and recorded';

--
-- Name: COLUMN progress.unequal_runs; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress.unequal_runs IS 'Runs in which old tables and documents differed when they were last compared';

--
-- Name: COLUMN progress.proved_per_second; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress.proved_per_second IS 'Rate of the proof, of all its sessions together';

--
-- Name: COLUMN progress.proof_time_left; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress.proof_time_left IS 'At that rate';

--
-- Name: progress_by_session; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.progress_by_session WITH (security_invoker='true') AS
 SELECT c.pid,
    (sum(c.traces) FILTER (WHERE (c.finished_at IS NOT NULL)))::bigint AS runs_done,
    count(c.finished_at) AS batches,
    (array_agg((c.finished_at - c.started_at) ORDER BY c.finished_at DESC NULLS LAST))[1] AS last_batch_time,
    (sum(c.traces) FILTER (WHERE (c.finished_at IS NULL)))::bigint AS runs_at_hand,
    max(c.started_at) FILTER (WHERE (c.finished_at IS NULL)) AS at_hand_since
   FROM consolidation.chunk c
  WHERE ((c.task = 'backfill'::text) AND (c.pid IS NOT NULL))
  GROUP BY c.pid;

--
-- Name: VIEW progress_by_session; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.progress_by_session IS 'The work of each session of the backfill: its batches so far, and the present one';

--
-- Name: COLUMN progress_by_session.pid; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress_by_session.pid IS 'Process id of the session';

--
-- Name: COLUMN progress_by_session.runs_done; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress_by_session.runs_done IS 'Runs it carried over';

--
-- Name: COLUMN progress_by_session.batches; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress_by_session.batches IS 'In how many batches';

--
-- Name: COLUMN progress_by_session.last_batch_time; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress_by_session.last_batch_time IS 'How long the last one took';

--
-- Name: COLUMN progress_by_session.runs_at_hand; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress_by_session.runs_at_hand IS 'Runs of its present batch, or of one it was ended in, until another session takes that';

--
-- Name: COLUMN progress_by_session.at_hand_since; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress_by_session.at_hand_since IS 'When that batch began';

--
-- Name: proof; Type: TABLE; Schema: consolidation; Owner: -
--

CREATE TABLE consolidation.proof (
    capture_state text NOT NULL,
    began_at timestamp with time zone DEFAULT now() NOT NULL,
    is_proof boolean DEFAULT true NOT NULL,
    CONSTRAINT proof_is_proof_check CHECK (is_proof)
);

--
-- Name: TABLE proof; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TABLE consolidation.proof IS 'One row while there is a proof, done or under way; its ranges are in consolidation.chunk';

--
-- Name: COLUMN proof.capture_state; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.proof.capture_state IS 'The capture triggers it relies on: later writes are proved again through the queue';

--
-- Name: COLUMN proof.began_at; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.proof.began_at IS 'When it began';

--
-- Name: COLUMN proof.is_proof; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.proof.is_proof IS 'Always true: there is one';

--
-- Name: remembered_definition; Type: TABLE; Schema: consolidation; Owner: -
--

CREATE TABLE consolidation.remembered_definition (
    kind text NOT NULL,
    old_name text NOT NULL,
    ordinal integer NOT NULL,
    relation regclass NOT NULL,
    statement text NOT NULL
);

--
-- Name: TABLE remembered_definition; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TABLE consolidation.remembered_definition IS 'Statements that create the old tables and the views of the old names again, as of the last move of
the names';

--
-- Name: COLUMN remembered_definition.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.remembered_definition.kind IS 'As relkind: r for table, v for view';

--
-- Name: COLUMN remembered_definition.old_name; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.remembered_definition.old_name IS 'Name of the table or view';

--
-- Name: COLUMN remembered_definition.ordinal; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.remembered_definition.ordinal IS 'Order of execution, table after table within each thousand';

--
-- Name: COLUMN remembered_definition.relation; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.remembered_definition.relation IS 'The table or view at that time';

--
-- Name: COLUMN remembered_definition.statement; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.remembered_definition.statement IS 'One DDL statement, without semicolon';

--
-- Name: run_lock; Type: TABLE; Schema: consolidation; Owner: -
--

CREATE TABLE consolidation.run_lock (
    bucket integer NOT NULL
);

--
-- Name: TABLE run_lock; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TABLE consolidation.run_lock IS 'Locks of the sessions of the move: a row stands for runs with neighbouring ids, the table for all
of them. A table, since any role can take and keep advisory locks';

--
-- Name: COLUMN run_lock.bucket; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.run_lock.bucket IS 'Number of the row: 256 rows, since one for each run would not fit the lock table';

--
-- Name: stop_request; Type: TABLE; Schema: consolidation; Owner: -
--

CREATE TABLE consolidation.stop_request (
    pid integer NOT NULL,
    asked_by integer NOT NULL,
    asked_by_began timestamp with time zone NOT NULL
);

--
-- Name: TABLE stop_request; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TABLE consolidation.stop_request IS 'Sessions that stop_backfill() asked to end. A request holds while the session that made it is
connected. A table, since any role can take an advisory lock';

--
-- Name: COLUMN stop_request.pid; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.stop_request.pid IS 'Process id of the session that is to end';

--
-- Name: COLUMN stop_request.asked_by; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.stop_request.asked_by IS 'Process id of the session that asked';

--
-- Name: COLUMN stop_request.asked_by_began; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.stop_request.asked_by_began IS 'When the session that asked connected: process ids are used again';

--
-- Name: unequal_privilege; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.unequal_privilege WITH (security_invoker='true') AS
 SELECT u.ordinal,
    u.target,
    u.statement
   FROM consolidation.unequal_privileges(NULL::text[]) u(ordinal, target, statement);

--
-- Name: VIEW unequal_privilege; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.unequal_privilege IS 'Objects whose privileges or row level security differ from the declaration';

--
-- Name: COLUMN unequal_privilege.ordinal; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.unequal_privilege.ordinal IS '1 for a revoke, 2 for a grant, 3 for row level security: the order of execution';

--
-- Name: COLUMN unequal_privilege.target; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.unequal_privilege.target IS 'Object, as grant and revoke name it';

--
-- Name: COLUMN unequal_privilege.statement; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.unequal_privilege.statement IS 'Statement that makes it equal';

--
-- Name: workflow_events_event_id_seq; Type: SEQUENCE; Schema: legacy; Owner: -
--

ALTER TABLE legacy.workflow_events ALTER COLUMN event_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME legacy.workflow_events_event_id_seq
    START WITH 1
    INCREMENT BY 1
    MINVALUE 0
    MAXVALUE 1
    CACHE 1
);

--
-- Name: workflow_steps_step_id_seq; Type: SEQUENCE; Schema: legacy; Owner: -
--

ALTER TABLE legacy.workflow_steps ALTER COLUMN step_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME legacy.workflow_steps_step_id_seq
    START WITH 1
    INCREMENT BY 1
    MINVALUE 0
    MAXVALUE 1
    CACHE 1
);

--
-- Name: workflow_trace_context_context_id_seq; Type: SEQUENCE; Schema: legacy; Owner: -
--

ALTER TABLE legacy.workflow_trace_context ALTER COLUMN context_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME legacy.workflow_trace_context_context_id_seq
    START WITH 1
    INCREMENT BY 1
    MINVALUE 0
    MAXVALUE 1
    CACHE 1
);

--
-- Name: workflow_trace_trace_id_seq; Type: SEQUENCE; Schema: legacy; Owner: -
--

ALTER TABLE legacy.workflow_trace ALTER COLUMN trace_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME legacy.workflow_trace_trace_id_seq
    START WITH 1
    INCREMENT BY 1
    MINVALUE 0
    MAXVALUE 1
    CACHE 1
);

--
-- Name: isolated_table; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.isolated_table WITH (security_invoker='true') AS
 SELECT c.oid,
    c.relowner,
    c.relrowsecurity,
    c.relforcerowsecurity,
        CASE
            WHEN (n.nspname = 'public'::name) THEN (c.relname)::text
            ELSE format('%s.%s'::text, n.nspname, c.relname)
        END AS label
   FROM (pg_class c
     JOIN pg_namespace n ON ((n.oid = c.relnamespace)))
  WHERE ((c.relkind = ANY (ARRAY['r'::"char", 'p'::"char"])) AND (n.nspname = ANY (ARRAY['public'::name, 'legacy'::name])) AND ((c.relname = ANY (ARRAY['user_workflow_run'::name, 'user_workflow_run_step'::name, 'user_workflow_config'::name])) OR (c.relname = ANY (ARRAY['workflow_trace'::name, 'workflow_steps'::name, 'workflow_events'::name, 'workflow_trace_screenshot'::name, 'workflow_trace_context'::name, 'workflow_trace_endpoint'::name, 'workflow_configs'::name]))));

--
-- Name: VIEW isolated_table; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.isolated_table IS 'Tables that show each organisation only its own rows: the documents, the configurations, and the
tables that hold their rows before and during the move';

--
-- Name: COLUMN isolated_table.oid; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.isolated_table.oid IS 'The table';

--
-- Name: COLUMN isolated_table.relowner; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.isolated_table.relowner IS 'Its owner';

--
-- Name: COLUMN isolated_table.relrowsecurity; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.isolated_table.relrowsecurity IS 'Whether row level security is enabled';

--
-- Name: COLUMN isolated_table.relforcerowsecurity; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.isolated_table.relforcerowsecurity IS 'Whether its owner is no exception';

--
-- Name: COLUMN isolated_table.label; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.isolated_table.label IS 'Its name, with a schema other than public';

--
-- Name: user_workflow_cache_state; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.user_workflow_cache_state (
    micro_state_id bigint NOT NULL,
    workflow_id uuid NOT NULL,
    node_id uuid NOT NULL,
    dom_snapshot text NOT NULL,
    action_json jsonb NOT NULL,
    semantic_spec jsonb,
    label text,
    category text,
    required boolean,
    is_dynamic boolean GENERATED ALWAYS AS (((semantic_spec -> 'dynamic_meta'::text) IS NOT NULL)) STORED,
    text_emb real[],
    mini_score numeric(4,3),
    is_retired boolean DEFAULT false,
    aliased_to bigint,
    created_at timestamp with time zone DEFAULT now()
);

ALTER TABLE ONLY public.user_workflow_cache_state FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE user_workflow_cache_state; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.user_workflow_cache_state IS 'Cached page states of a workflow (workflow_consolidation:baseline)';

--
-- Name: micro_state; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.micro_state WITH (security_invoker='true') AS
 SELECT t.micro_state_id,
    t.workflow_id,
    t.node_id,
    t.dom_snapshot,
    t.action_json,
    t.semantic_spec,
    t.label,
    t.category,
    t.required,
    t.is_dynamic,
    t.text_emb,
    t.mini_score,
    t.is_retired,
    t.aliased_to,
    t.created_at
   FROM public.user_workflow_cache_state t;

--
-- Name: VIEW micro_state; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.micro_state IS 'Old name of user_workflow_cache_state, readable and writable';

--
-- Name: micro_state_micro_state_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.user_workflow_cache_state ALTER COLUMN micro_state_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.micro_state_micro_state_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: owner_shown; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.owner_shown WITH (security_invoker='true') AS
 WITH RECURSIVE used(relation, user_id) AS (
         SELECT DISTINCT d.refobjid,
            r.ev_class
           FROM (pg_rewrite r
             JOIN pg_depend d ON (((d.classid = ('pg_rewrite'::regclass)::oid) AND (d.objid = r.oid))))
          WHERE ((d.refclassid = ('pg_class'::regclass)::oid) AND (d.refobjid <> r.ev_class))
        ), made_of(relation, isolated) AS (
         SELECT t.oid,
            t.oid
           FROM public.isolated_table t
        UNION
         SELECT u.user_id,
            m.isolated
           FROM (made_of m
             JOIN used u ON ((u.relation = m.relation)))
        ), shown(relation, isolated) AS (
         SELECT m.relation,
            m.isolated
           FROM (made_of m
             JOIN pg_class c ON ((c.oid = m.relation)))
          WHERE ((c.relkind = 'm'::"char") OR ((NOT COALESCE((c.reloptions @> '{security_invoker=true}'::text[]), false)) AND (EXISTS ( SELECT
                   FROM used u
                  WHERE ((u.user_id = m.relation) AND (u.relation = m.isolated)))) AND public.sees_all(c.relowner, m.isolated)))
        UNION
         SELECT u.user_id,
            s.isolated
           FROM ((shown s
             JOIN used u ON ((u.relation = s.relation)))
             JOIN pg_class c ON ((c.oid = u.user_id)))
          WHERE (NOT COALESCE((c.reloptions @> '{security_invoker=true}'::text[]), false))
        )
 SELECT c.oid AS object,
    c.relowner AS owner,
    COALESCE(c.relacl, acldefault('r'::"char", c.relowner)) AS acl,
    'SELECT'::text AS privilege,
    format('%s %s.%s, as %s'::text,
        CASE c.relkind
            WHEN 'm'::"char" THEN 'materialized view'::text
            ELSE 'view'::text
        END, n.nspname, c.relname, pg_get_userbyid(c.relowner)) AS why,
    s.isolated
   FROM ((shown s
     JOIN pg_class c ON (((c.oid = s.relation) AND (c.relkind = ANY (ARRAY['v'::"char", 'm'::"char"])))))
     JOIN pg_namespace n ON ((n.oid = c.relnamespace)))
UNION
 SELECT p.oid AS object,
    p.proowner AS owner,
    COALESCE(p.proacl, acldefault('f'::"char", p.proowner)) AS acl,
    'EXECUTE'::text AS privilege,
    format('function %s.%s, as %s'::text, n.nspname, p.proname, pg_get_userbyid(p.proowner)) AS why,
    m.isolated
   FROM (((pg_proc p
     JOIN pg_namespace n ON ((n.oid = p.pronamespace)))
     CROSS JOIN made_of m)
     JOIN pg_class c ON ((c.oid = m.relation)))
  WHERE (p.prosecdef AND (p.prorettype <> ALL (ARRAY[('trigger'::regtype)::oid, ('event_trigger'::regtype)::oid])) AND (n.nspname <> 'pg_catalog'::name) AND (NOT ((n.nspname = 'public'::name) AND (p.proname = ANY (ARRAY['find_run_ids'::name, 'find_step_ids'::name])) AND (p.proowner = (to_regrole('workflow_maintenance'::text))::oid))) AND ((p.prosrc ~ format('\m%s\M'::text, c.relname)) OR (EXISTS ( SELECT
           FROM pg_depend d
          WHERE ((d.classid = ('pg_proc'::regclass)::oid) AND (d.objid = p.oid) AND (d.refclassid = ('pg_class'::regclass)::oid) AND (d.refobjid = m.relation))))) AND public.sees_all(p.proowner, m.isolated));

--
-- Name: VIEW owner_shown; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.owner_shown IS 'Views, materialized views and functions that show rows of isolated tables with the rights of an
owner that sees all of them';

--
-- Name: COLUMN owner_shown.object; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.owner_shown.object IS 'The relation or function';

--
-- Name: COLUMN owner_shown.owner; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.owner_shown.owner IS 'Its owner';

--
-- Name: COLUMN owner_shown.acl; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.owner_shown.acl IS 'Its privileges';

--
-- Name: COLUMN owner_shown.privilege; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.owner_shown.privilege IS 'Privilege that using it takes';

--
-- Name: COLUMN owner_shown.why; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.owner_shown.why IS 'As not_isolated.reason';

--
-- Name: COLUMN owner_shown.isolated; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.owner_shown.isolated IS 'Isolated table whose rows it shows';

--
-- Name: role_reach; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.role_reach WITH (security_invoker='true') AS
 WITH RECURSIVE reach(login_role, role_id, path) AS (
         SELECT r_1.oid,
            r_1.oid,
            ARRAY[r_1.oid] AS "array"
           FROM pg_roles r_1
          WHERE r_1.rolcanlogin
        UNION ALL
         SELECT g.login_role,
            m.roleid,
            (g.path || m.roleid)
           FROM (reach g
             JOIN pg_auth_members m ON ((m.member = g.role_id)))
          WHERE ((m.roleid <> ALL (g.path)) AND (m.admin_option OR COALESCE(((to_jsonb(m.*) ->> 'inherit_option'::text))::boolean, true) OR COALESCE(((to_jsonb(m.*) ->> 'set_option'::text))::boolean, true)))
        )
 SELECT r.login_role,
    r.role_id,
    r.path
   FROM reach r;

--
-- Name: VIEW role_reach; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.role_reach IS 'Roles whose rights a login role has, at once or after "set role" (inherited or not), and the
memberships that lead there';

--
-- Name: COLUMN role_reach.login_role; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.role_reach.login_role IS 'The login role';

--
-- Name: COLUMN role_reach.role_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.role_reach.role_id IS 'The role that it can become, itself included';

--
-- Name: COLUMN role_reach.path; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.role_reach.path IS 'From one to the other';

--
-- Name: not_isolated_relation; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.not_isolated_relation WITH (security_invoker='true') AS
 SELECT DISTINCT g.login_role,
    g.role_id,
    g.path,
    o.why,
    t.label AS tables
   FROM ((((public.owner_shown o
     CROSS JOIN LATERAL aclexplode(o.acl) x(grantor, grantee, privilege_type, is_grantable))
     JOIN public.role_reach g ON (((g.role_id = x.grantee) OR ((x.grantee = (0)::oid) AND (g.login_role = g.role_id)))))
     JOIN pg_roles l ON ((l.oid = g.login_role)))
     JOIN public.isolated_table t ON ((t.oid = o.isolated)))
  WHERE ((x.privilege_type = o.privilege) AND (x.grantee <> o.owner) AND (NOT l.rolsuper));

--
-- Name: VIEW not_isolated_relation; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.not_isolated_relation IS 'Login roles that may use a view, a materialized view or a function that shows rows of more than one
organisation with the rights of its owner; not_isolated reads it';

--
-- Name: COLUMN not_isolated_relation.login_role; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.not_isolated_relation.login_role IS 'The login role';

--
-- Name: COLUMN not_isolated_relation.role_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.not_isolated_relation.role_id IS 'The role that may use it: the login role itself, or one that it can become';

--
-- Name: COLUMN not_isolated_relation.path; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.not_isolated_relation.path IS 'Memberships that lead from login_role to role_id';

--
-- Name: COLUMN not_isolated_relation.why; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.not_isolated_relation.why IS 'As not_isolated.reason';

--
-- Name: COLUMN not_isolated_relation.tables; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.not_isolated_relation.tables IS 'As not_isolated.tables, one table a row';

--
-- Name: not_isolated_role; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.not_isolated_role WITH (security_invoker='true') AS
 SELECT g.login_role,
    g.role_id,
    g.path,
    'superuser'::text AS why,
    NULL::text AS tables
   FROM (public.role_reach g
     JOIN pg_roles r ON ((r.oid = g.role_id)))
  WHERE r.rolsuper
UNION ALL
 SELECT g.login_role,
    g.role_id,
    g.path,
    'bypassrls'::text AS why,
    NULL::text AS tables
   FROM (public.role_reach g
     JOIN pg_roles r ON ((r.oid = g.role_id)))
  WHERE (r.rolbypassrls AND (NOT r.rolsuper))
UNION ALL
 SELECT g.login_role,
    g.role_id,
    g.path,
    'files or programs of the server'::text AS why,
    NULL::text AS tables
   FROM public.role_reach g
  WHERE (g.role_id = ANY (ARRAY[(to_regrole('pg_read_server_files'::text))::oid, (to_regrole('pg_write_server_files'::text))::oid, (to_regrole('pg_execute_server_program'::text))::oid]))
UNION ALL
 SELECT g.login_role,
    g.role_id,
    g.path,
    'replication'::text AS why,
    NULL::text AS tables
   FROM (public.role_reach g
     JOIN pg_roles r ON ((r.oid = g.role_id)))
  WHERE (r.rolreplication AND (NOT r.rolsuper))
UNION ALL
 SELECT g.login_role,
    g.role_id,
    g.path,
    'createrole (could make itself a member)'::text AS why,
    NULL::text AS tables
   FROM (public.role_reach g
     JOIN pg_roles r ON ((r.oid = g.role_id)))
  WHERE (r.rolcreaterole AND (NOT r.rolsuper) AND ((current_setting('server_version_num'::text))::integer < 160000))
UNION ALL
 SELECT g.login_role,
    g.role_id,
    g.path,
        CASE
            WHEN t.relforcerowsecurity THEN 'owner (could switch it off)'::text
            ELSE 'owner'::text
        END AS why,
    t.label AS tables
   FROM ((public.role_reach g
     JOIN public.isolated_table t ON ((t.relowner = g.role_id)))
     JOIN pg_roles r ON ((r.oid = g.role_id)))
  WHERE ((NOT r.rolsuper) AND (NOT r.rolbypassrls))
UNION ALL
 SELECT g.login_role,
    g.role_id,
    g.path,
        CASE
            WHEN (p.polname = format('%s_unscoped'::text, t.label)) THEN 'unscoped'::text
            WHEN (g.role_id = (to_regrole('workflow_maintenance'::text))::oid) THEN 'workflow_maintenance'::text
            ELSE format('policy %s'::text, p.polname)
        END AS why,
    t.label AS tables
   FROM ((public.role_reach g
     JOIN pg_policy p ON (((g.role_id = ANY (p.polroles)) OR (p.polroles = '{0}'::oid[]))))
     JOIN public.isolated_table t ON ((t.oid = p.polrelid)))
  WHERE (t.relrowsecurity AND p.polpermissive AND (p.polcmd = ANY (ARRAY['r'::"char", '*'::"char"])) AND (NOT public.asks_organisation(p.oid)) AND (NOT (EXISTS ( SELECT
           FROM pg_policy n
          WHERE ((n.polrelid = p.polrelid) AND (NOT n.polpermissive) AND (n.polcmd = ANY (ARRAY['r'::"char", '*'::"char"])) AND ((n.polroles = '{0}'::oid[]) OR (g.role_id = ANY (n.polroles))) AND public.asks_organisation(n.oid))))) AND ((p.polroles <> '{0}'::oid[]) OR (g.login_role = g.role_id)))
UNION ALL
 SELECT g.login_role,
    g.role_id,
    g.path,
    'no row level security'::text AS why,
    t.label AS tables
   FROM ((public.role_reach g
     JOIN public.isolated_table t ON ((NOT t.relrowsecurity)))
     JOIN pg_roles r ON ((r.oid = g.role_id)))
  WHERE ((g.role_id <> t.relowner) AND (NOT r.rolsuper) AND ((r.rolname = 'pg_read_all_data'::name) OR (EXISTS ( SELECT
           FROM (pg_class c
             CROSS JOIN LATERAL aclexplode(c.relacl) x(grantor, grantee, privilege_type, is_grantable))
          WHERE ((c.oid = t.oid) AND (x.privilege_type = 'SELECT'::text) AND ((x.grantee = g.role_id) OR ((x.grantee = (0)::oid) AND (g.login_role = g.role_id))))))));

--
-- Name: VIEW not_isolated_role; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.not_isolated_role IS 'Login roles that see more than one organisation by an attribute, as owner, by a policy or for lack
of row level security; not_isolated reads it';

--
-- Name: COLUMN not_isolated_role.login_role; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.not_isolated_role.login_role IS 'The login role';

--
-- Name: COLUMN not_isolated_role.role_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.not_isolated_role.role_id IS 'The role that has the property: the login role itself, or one that it can become';

--
-- Name: COLUMN not_isolated_role.path; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.not_isolated_role.path IS 'Memberships that lead from login_role to role_id';

--
-- Name: COLUMN not_isolated_role.why; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.not_isolated_role.why IS 'As not_isolated.reason';

--
-- Name: COLUMN not_isolated_role.tables; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.not_isolated_role.tables IS 'As not_isolated.tables, one table a row';

--
-- Name: not_isolated; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.not_isolated WITH (security_invoker='true') AS
 WITH reason AS (
         SELECT r.login_role,
            r.role_id,
            r.path,
            r.why,
            r.tables
           FROM public.not_isolated_role r
        UNION ALL
         SELECT r.login_role,
            r.role_id,
            r.path,
            r.why,
            r.tables
           FROM public.not_isolated_relation r
        )
 SELECT l.rolname AS role_name,
    s.why AS reason,
        CASE
            WHEN (w.role_id <> s.login_role) THEN ( SELECT string_agg((p.rolname)::text, ' > '::text ORDER BY h.place) AS string_agg
               FROM (unnest(w.path) WITH ORDINALITY h(role_id, place)
                 JOIN pg_roles p ON ((p.oid = h.role_id))))
            ELSE NULL::text
        END AS through,
    s.tables,
    (s.why = 'unscoped'::text) AS only_without_organisation
   FROM ((( SELECT r.login_role,
            r.why,
            r.role_id,
            string_agg(DISTINCT r.tables, ', '::text ORDER BY r.tables) AS tables
           FROM reason r
          GROUP BY r.login_role, r.role_id, r.why) s
     JOIN pg_roles l ON ((l.oid = s.login_role)))
     CROSS JOIN LATERAL ( SELECT r.role_id,
            r.path
           FROM reason r
          WHERE ((r.login_role = s.login_role) AND (r.role_id = s.role_id) AND (r.why = s.why))
          ORDER BY (cardinality(r.path)), r.path
         LIMIT 1) w)
  ORDER BY l.rolname, s.why, w.path;

--
-- Name: VIEW not_isolated; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.not_isolated IS 'Login roles that see rows of more than one organisation, or can give themselves the right to see
them; one row for each reason. Ask it before going live: an application role must not be in it';

--
-- Name: COLUMN not_isolated.role_name; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.not_isolated.role_name IS 'The login role';

--
-- Name: COLUMN not_isolated.reason; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.not_isolated.reason IS 'superuser; bypassrls; replication (base backups and logical slots ask no policy); files or programs
of the server (a member of a role that may use them); createrole (could make itself a member, before
PostgreSQL 16); owner (of tables without force row level security); owner (could switch it off);
workflow_maintenance (a member); unscoped (named in a policy that the cut-over made for roles that
saw everything before); policy ... (any other that shows more than the organisation of the session);
no row level security (may select from a table that has none); view, materialized view or function
..., as ... (may use one that shows what its owner sees)';

--
-- Name: COLUMN not_isolated.through; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.not_isolated.through IS 'Memberships that lead to the role with that property; null if it is the login role itself';

--
-- Name: COLUMN not_isolated.tables; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.not_isolated.tables IS 'Tables that the reason holds for; null for the whole database';

--
-- Name: COLUMN not_isolated.only_without_organisation; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.not_isolated.only_without_organisation IS 'Whether the reason holds only while the session names no organisation in app.current_org_id';

--
-- Name: user_workflow_config; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.user_workflow_config (
    config_id uuid DEFAULT gen_random_uuid() NOT NULL,
    org_id uuid NOT NULL,
    workflow_id uuid,
    name character varying(255) NOT NULL,
    config_type text NOT NULL,
    config_data jsonb NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now(),
    updated_at timestamp with time zone
);

ALTER TABLE ONLY public.user_workflow_config FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE user_workflow_config; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.user_workflow_config IS 'Configurations of an organisation (workflow_consolidation:baseline)';

--
-- Name: workflow_configs; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.workflow_configs WITH (security_invoker='true') AS
 SELECT t.config_id,
    t.org_id,
    t.workflow_id,
    t.name,
    t.config_type,
    t.config_data,
    t.is_active,
    t.created_by,
    t.created_at,
    t.updated_at
   FROM public.user_workflow_config t;

--
-- Name: VIEW workflow_configs; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.workflow_configs IS 'Old name of user_workflow_config, readable and writable';

--
-- Name: workflow_events; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.workflow_events WITH (security_invoker='true') AS
 SELECT e.event_id,
    e.trace_id,
    e.step_id,
    e.event_type,
    e.event_data,
    e."timestamp"
   FROM consolidation.event_row e;

--
-- Name: VIEW workflow_events; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.workflow_events IS 'Old name of the elements of events, readable and writable; limits: docs/old-names.md';

--
-- Name: workflow_events_event_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.workflow_events_event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: workflow_steps; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.workflow_steps WITH (security_invoker='true') AS
 SELECT s.legacy_step_id AS step_id,
    s.legacy_trace_id AS trace_id,
    s.step_number,
    s.status,
    s.input_data,
    s.output_data,
    s.error_message,
    s.started_at AS start_time,
    s.ended_at AS end_time,
    s.duration_ms,
    s.retry_count,
    s.metadata,
    s.node_id
   FROM public.user_workflow_run_step s;

--
-- Name: VIEW workflow_steps; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.workflow_steps IS 'Old name of user_workflow_run_step, readable and writable; limits: docs/old-names.md';

--
-- Name: workflow_steps_step_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.user_workflow_run_step ALTER COLUMN legacy_step_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.workflow_steps_step_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: workflow_trace; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.workflow_trace WITH (security_invoker='true') AS
 SELECT r.legacy_trace_id AS trace_id,
    r.legacy_batch_job_item_id AS batch_job_item_id,
    r.org_id,
    r.workflow_id,
    r.channel,
    r.external_id,
    r.status,
    r.legacy_action_type AS action_type,
    r.legacy_action_detail AS action_detail,
    r.legacy_success AS success,
    r.duration_ms,
    r.error_details AS error_detail,
    r.error_message,
    r.llm_prompt,
    r.llm_response,
    r.llm_model,
    r.llm_tokens_used,
    r.tier,
    r.tier_reason,
    r.config_snapshot,
    r.started_at AS start_time,
    r.ended_at AS end_time,
    r.created_at,
    r.legacy_user_id AS user_id,
    r.created_by,
    r.legacy_session_id AS session_id
   FROM public.user_workflow_run r;

--
-- Name: VIEW workflow_trace; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.workflow_trace IS 'Old name of user_workflow_run, readable and writable; limits: docs/old-names.md';

--
-- Name: workflow_trace_context; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.workflow_trace_context WITH (security_invoker='true') AS
 SELECT c.context_id,
    c.trace_id,
    c.key,
    c.value,
    c.created_at,
    c.updated_at
   FROM consolidation.context_row c;

--
-- Name: VIEW workflow_trace_context; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.workflow_trace_context IS 'Old name of the keys of context, readable and writable; limits: docs/old-names.md';

--
-- Name: workflow_trace_context_context_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.workflow_trace_context_context_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: workflow_trace_endpoint; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.workflow_trace_endpoint WITH (security_invoker='true') AS
 SELECT e.trace_id,
    e.endpoint_id
   FROM consolidation.endpoint_row e;

--
-- Name: VIEW workflow_trace_endpoint; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.workflow_trace_endpoint IS 'Old name of the elements of endpoints_used, readable and writable; limits: docs/old-names.md';

--
-- Name: workflow_trace_screenshot; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.workflow_trace_screenshot WITH (security_invoker='true') AS
 SELECT s.screenshot_id,
    s.trace_id,
    s.org_id,
    s.node_name,
    s.step_index,
    s.screenshot_url,
    s.thumbnail_url,
    s.action_description,
    s.element_selector,
    s.element_found,
    s.confidence_score,
    s.created_at,
    s.node_id
   FROM consolidation.screenshot_row s;

--
-- Name: VIEW workflow_trace_screenshot; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.workflow_trace_screenshot IS 'Old name of the elements of screenshots, readable and writable; limits: docs/old-names.md';

--
-- Name: workflow_trace_trace_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.user_workflow_run ALTER COLUMN legacy_trace_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.workflow_trace_trace_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: micro_state is_retired; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.micro_state ALTER COLUMN is_retired SET DEFAULT false;

--
-- Name: micro_state created_at; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.micro_state ALTER COLUMN created_at SET DEFAULT now();

--
-- Name: workflow_configs config_id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_configs ALTER COLUMN config_id SET DEFAULT gen_random_uuid();

--
-- Name: workflow_configs is_active; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_configs ALTER COLUMN is_active SET DEFAULT true;

--
-- Name: workflow_configs created_at; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_configs ALTER COLUMN created_at SET DEFAULT now();

--
-- Name: workflow_events event_id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_events ALTER COLUMN event_id SET DEFAULT '-5719117740578205047'::bigint;

--
-- Name: workflow_events timestamp; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_events ALTER COLUMN "timestamp" SET DEFAULT now();

--
-- Name: workflow_steps status; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_steps ALTER COLUMN status SET DEFAULT 'pending'::text;

--
-- Name: workflow_steps retry_count; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_steps ALTER COLUMN retry_count SET DEFAULT 0;

--
-- Name: workflow_steps metadata; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_steps ALTER COLUMN metadata SET DEFAULT NULLIF('{}'::jsonb, '{}'::jsonb);

--
-- Name: workflow_trace status; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_trace ALTER COLUMN status SET DEFAULT 'pending'::text;

--
-- Name: workflow_trace success; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_trace ALTER COLUMN success SET DEFAULT false;

--
-- Name: workflow_trace created_at; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_trace ALTER COLUMN created_at SET DEFAULT now();

--
-- Name: workflow_trace_context context_id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_trace_context ALTER COLUMN context_id SET DEFAULT '-5719117740578205047'::bigint;

--
-- Name: workflow_trace_context created_at; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_trace_context ALTER COLUMN created_at SET DEFAULT now();

--
-- Name: workflow_trace_screenshot screenshot_id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_trace_screenshot ALTER COLUMN screenshot_id SET DEFAULT '0946dd8e-ce1c-4e28-a961-a5a206c819fe'::uuid;

--
-- Name: workflow_trace_screenshot element_found; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_trace_screenshot ALTER COLUMN element_found SET DEFAULT false;

--
-- Name: workflow_trace_screenshot created_at; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_trace_screenshot ALTER COLUMN created_at SET DEFAULT now();

--
-- Name: accepted accepted_pkey; Type: CONSTRAINT; Schema: consolidation; Owner: -
--

ALTER TABLE ONLY consolidation.accepted
    ADD CONSTRAINT accepted_pkey PRIMARY KEY (kind, object);

--
-- Name: carried_back carried_back_pkey; Type: CONSTRAINT; Schema: consolidation; Owner: -
--

ALTER TABLE ONLY consolidation.carried_back
    ADD CONSTRAINT carried_back_pkey PRIMARY KEY (trace_id);

--
-- Name: chunk chunk_pkey; Type: CONSTRAINT; Schema: consolidation; Owner: -
--

ALTER TABLE ONLY consolidation.chunk
    ADD CONSTRAINT chunk_pkey PRIMARY KEY (chunk_id);

--
-- Name: column_source column_source_pkey; Type: CONSTRAINT; Schema: consolidation; Owner: -
--

ALTER TABLE ONLY consolidation.column_source
    ADD CONSTRAINT column_source_pkey PRIMARY KEY (table_name, column_name);

--
-- Name: cut_over_log cut_over_log_pkey; Type: CONSTRAINT; Schema: consolidation; Owner: -
--

ALTER TABLE ONLY consolidation.cut_over_log
    ADD CONSTRAINT cut_over_log_pkey PRIMARY KEY (ordinal);

--
-- Name: declared_source declared_source_pkey; Type: CONSTRAINT; Schema: consolidation; Owner: -
--

ALTER TABLE ONLY consolidation.declared_source
    ADD CONSTRAINT declared_source_pkey PRIMARY KEY (relation);

--
-- Name: deploy_session deploy_session_pkey; Type: CONSTRAINT; Schema: consolidation; Owner: -
--

ALTER TABLE ONLY consolidation.deploy_session
    ADD CONSTRAINT deploy_session_pkey PRIMARY KEY (only_one);

--
-- Name: deployed_change deployed_change_pkey; Type: CONSTRAINT; Schema: consolidation; Owner: -
--

ALTER TABLE ONLY consolidation.deployed_change
    ADD CONSTRAINT deployed_change_pkey PRIMARY KEY (change);

--
-- Name: dropped_table dropped_table_pkey; Type: CONSTRAINT; Schema: consolidation; Owner: -
--

ALTER TABLE ONLY consolidation.dropped_table
    ADD CONSTRAINT dropped_table_pkey PRIMARY KEY (table_name, ordinal);

--
-- Name: nullable_column nullable_column_pkey; Type: CONSTRAINT; Schema: consolidation; Owner: -
--

ALTER TABLE ONLY consolidation.nullable_column
    ADD CONSTRAINT nullable_column_pkey PRIMARY KEY (table_name, column_name);

--
-- Name: own_function own_function_pkey; Type: CONSTRAINT; Schema: consolidation; Owner: -
--

ALTER TABLE ONLY consolidation.own_function
    ADD CONSTRAINT own_function_pkey PRIMARY KEY (signature);

--
-- Name: proof proof_pkey; Type: CONSTRAINT; Schema: consolidation; Owner: -
--

ALTER TABLE ONLY consolidation.proof
    ADD CONSTRAINT proof_pkey PRIMARY KEY (is_proof);

--
-- Name: remembered_definition remembered_definition_pkey; Type: CONSTRAINT; Schema: consolidation; Owner: -
--

ALTER TABLE ONLY consolidation.remembered_definition
    ADD CONSTRAINT remembered_definition_pkey PRIMARY KEY (kind, old_name, ordinal);

--
-- Name: run_lock run_lock_pkey; Type: CONSTRAINT; Schema: consolidation; Owner: -
--

ALTER TABLE ONLY consolidation.run_lock
    ADD CONSTRAINT run_lock_pkey PRIMARY KEY (bucket);

--
-- Name: stop_request stop_request_pkey; Type: CONSTRAINT; Schema: consolidation; Owner: -
--

ALTER TABLE ONLY consolidation.stop_request
    ADD CONSTRAINT stop_request_pkey PRIMARY KEY (pid, asked_by);

--
-- Name: unequal_trace unequal_trace_pkey; Type: CONSTRAINT; Schema: consolidation; Owner: -
--

ALTER TABLE ONLY consolidation.unequal_trace
    ADD CONSTRAINT unequal_trace_pkey PRIMARY KEY (trace_id);

--
-- Name: workflow_events workflow_events_pkey; Type: CONSTRAINT; Schema: legacy; Owner: -
--

ALTER TABLE ONLY legacy.workflow_events
    ADD CONSTRAINT workflow_events_pkey PRIMARY KEY (event_id);

--
-- Name: workflow_steps workflow_steps_pkey; Type: CONSTRAINT; Schema: legacy; Owner: -
--

ALTER TABLE ONLY legacy.workflow_steps
    ADD CONSTRAINT workflow_steps_pkey PRIMARY KEY (step_id);

--
-- Name: workflow_steps workflow_steps_trace_id_step_number_key; Type: CONSTRAINT; Schema: legacy; Owner: -
--

ALTER TABLE ONLY legacy.workflow_steps
    ADD CONSTRAINT workflow_steps_trace_id_step_number_key UNIQUE (trace_id, step_number);

--
-- Name: workflow_trace_context workflow_trace_context_pkey; Type: CONSTRAINT; Schema: legacy; Owner: -
--

ALTER TABLE ONLY legacy.workflow_trace_context
    ADD CONSTRAINT workflow_trace_context_pkey PRIMARY KEY (context_id);

--
-- Name: workflow_trace_context workflow_trace_context_trace_id_key_key; Type: CONSTRAINT; Schema: legacy; Owner: -
--

ALTER TABLE ONLY legacy.workflow_trace_context
    ADD CONSTRAINT workflow_trace_context_trace_id_key_key UNIQUE (trace_id, key);

--
-- Name: workflow_trace_endpoint workflow_trace_endpoint_pkey; Type: CONSTRAINT; Schema: legacy; Owner: -
--

ALTER TABLE ONLY legacy.workflow_trace_endpoint
    ADD CONSTRAINT workflow_trace_endpoint_pkey PRIMARY KEY (trace_id, endpoint_id);

--
-- Name: workflow_trace workflow_trace_pkey; Type: CONSTRAINT; Schema: legacy; Owner: -
--

ALTER TABLE ONLY legacy.workflow_trace
    ADD CONSTRAINT workflow_trace_pkey PRIMARY KEY (trace_id);

--
-- Name: workflow_trace_screenshot workflow_trace_screenshot_pkey; Type: CONSTRAINT; Schema: legacy; Owner: -
--

ALTER TABLE ONLY legacy.workflow_trace_screenshot
    ADD CONSTRAINT workflow_trace_screenshot_pkey PRIMARY KEY (screenshot_id);

--
-- Name: user_workflow_cache_state micro_state_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_workflow_cache_state
    ADD CONSTRAINT micro_state_pkey PRIMARY KEY (micro_state_id);

--
-- Name: user_workflow_owner user_workflow_owner_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_workflow_owner
    ADD CONSTRAINT user_workflow_owner_pkey PRIMARY KEY (workflow_id);

--
-- Name: user_workflow_run user_workflow_run_legacy_trace_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_workflow_run
    ADD CONSTRAINT user_workflow_run_legacy_trace_id_key UNIQUE (legacy_trace_id);

--
-- Name: user_workflow_run user_workflow_run_org_id_run_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_workflow_run
    ADD CONSTRAINT user_workflow_run_org_id_run_id_key UNIQUE (org_id, run_id);

--
-- Name: user_workflow_run user_workflow_run_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_workflow_run
    ADD CONSTRAINT user_workflow_run_pkey PRIMARY KEY (run_id);

--
-- Name: user_workflow_run_step user_workflow_run_step_legacy_step_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_workflow_run_step
    ADD CONSTRAINT user_workflow_run_step_legacy_step_id_key UNIQUE (legacy_step_id);

--
-- Name: user_workflow_run_step user_workflow_run_step_legacy_trace_id_step_number_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_workflow_run_step
    ADD CONSTRAINT user_workflow_run_step_legacy_trace_id_step_number_key UNIQUE (legacy_trace_id, step_number);

--
-- Name: user_workflow_run_step user_workflow_run_step_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_workflow_run_step
    ADD CONSTRAINT user_workflow_run_step_pkey PRIMARY KEY (step_id);

--
-- Name: user_workflow_run_step user_workflow_run_step_run_id_step_number_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_workflow_run_step
    ADD CONSTRAINT user_workflow_run_step_run_id_step_number_key UNIQUE (run_id, step_number);

--
-- Name: user_workflow_config workflow_configs_org_id_workflow_id_name_config_type_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_workflow_config
    ADD CONSTRAINT workflow_configs_org_id_workflow_id_name_config_type_key UNIQUE (org_id, workflow_id, name, config_type);

--
-- Name: user_workflow_config workflow_configs_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_workflow_config
    ADD CONSTRAINT workflow_configs_pkey PRIMARY KEY (config_id);

--
-- Name: change_trace_id_idx; Type: INDEX; Schema: consolidation; Owner: -
--

CREATE INDEX change_trace_id_idx ON consolidation.change USING btree (trace_id);

--
-- Name: chunk_open_idx; Type: INDEX; Schema: consolidation; Owner: -
--

CREATE INDEX chunk_open_idx ON consolidation.chunk USING btree (task, chunk_id) WHERE (finished_at IS NULL);

--
-- Name: INDEX chunk_open_idx; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON INDEX consolidation.chunk_open_idx IS 'Ranges left to do, however many are done';

--
-- Name: set_aside_trace_id_idx; Type: INDEX; Schema: consolidation; Owner: -
--

CREATE INDEX set_aside_trace_id_idx ON consolidation.set_aside USING btree (trace_id);

--
-- Name: workflow_events_event_type_idx; Type: INDEX; Schema: legacy; Owner: -
--

CREATE INDEX workflow_events_event_type_idx ON legacy.workflow_events USING btree (event_type);

--
-- Name: workflow_events_step_id_idx; Type: INDEX; Schema: legacy; Owner: -
--

CREATE INDEX workflow_events_step_id_idx ON legacy.workflow_events USING btree (step_id);

--
-- Name: workflow_events_timestamp_idx; Type: INDEX; Schema: legacy; Owner: -
--

CREATE INDEX workflow_events_timestamp_idx ON legacy.workflow_events USING btree ("timestamp");

--
-- Name: workflow_events_trace_id_idx; Type: INDEX; Schema: legacy; Owner: -
--

CREATE INDEX workflow_events_trace_id_idx ON legacy.workflow_events USING btree (trace_id);

--
-- Name: workflow_steps_node_id_idx; Type: INDEX; Schema: legacy; Owner: -
--

CREATE INDEX workflow_steps_node_id_idx ON legacy.workflow_steps USING btree (node_id);

--
-- Name: workflow_steps_status_idx; Type: INDEX; Schema: legacy; Owner: -
--

CREATE INDEX workflow_steps_status_idx ON legacy.workflow_steps USING btree (status);

--
-- Name: workflow_trace_external_id_idx; Type: INDEX; Schema: legacy; Owner: -
--

CREATE INDEX workflow_trace_external_id_idx ON legacy.workflow_trace USING btree (external_id);

--
-- Name: workflow_trace_org_id_created_at_idx; Type: INDEX; Schema: legacy; Owner: -
--

CREATE INDEX workflow_trace_org_id_created_at_idx ON legacy.workflow_trace USING btree (org_id, created_at);

--
-- Name: workflow_trace_screenshot_trace_id_idx; Type: INDEX; Schema: legacy; Owner: -
--

CREATE INDEX workflow_trace_screenshot_trace_id_idx ON legacy.workflow_trace_screenshot USING btree (trace_id);

--
-- Name: workflow_trace_status_idx; Type: INDEX; Schema: legacy; Owner: -
--

CREATE INDEX workflow_trace_status_idx ON legacy.workflow_trace USING btree (status);

--
-- Name: workflow_trace_workflow_id_idx; Type: INDEX; Schema: legacy; Owner: -
--

CREATE INDEX workflow_trace_workflow_id_idx ON legacy.workflow_trace USING btree (workflow_id);

--
-- Name: idx_run_context_gin; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_run_context_gin ON public.user_workflow_run USING gin ((ARRAY[org_id]), context jsonb_path_ops);

--
-- Name: INDEX idx_run_context_gin; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON INDEX public.idx_run_context_gin IS 'Runs by keys and values of their context: @>';

--
-- Name: idx_run_endpoints_gin; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_run_endpoints_gin ON public.user_workflow_run USING gin ((ARRAY[org_id]), endpoints_used jsonb_path_ops);

--
-- Name: INDEX idx_run_endpoints_gin; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON INDEX public.idx_run_endpoints_gin IS 'find_runs(endpoint => ...): the organisation, then its endpoints';

--
-- Name: idx_run_events_gin; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_run_events_gin ON public.user_workflow_run USING gin ((ARRAY[org_id]), events jsonb_path_ops) WHERE (events <> '[]'::jsonb);

--
-- Name: INDEX idx_run_events_gin; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON INDEX public.idx_run_events_gin IS 'Runs by one of their events of no step: @>, together with events <> ''[]''';

--
-- Name: idx_run_external_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_run_external_id ON public.user_workflow_run USING btree (external_id);

--
-- Name: idx_run_org_created; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_run_org_created ON public.user_workflow_run USING btree (org_id, created_at);

--
-- Name: idx_run_org_status; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_run_org_status ON public.user_workflow_run USING btree (org_id, status, created_at);

--
-- Name: idx_run_workflow; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_run_workflow ON public.user_workflow_run USING btree (workflow_id, created_at);

--
-- Name: idx_step_events_gin; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_step_events_gin ON public.user_workflow_run_step USING gin ((ARRAY[org_id]), events jsonb_path_ops);

--
-- Name: INDEX idx_step_events_gin; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON INDEX public.idx_step_events_gin IS 'Steps by one of their events: @>';

--
-- Name: idx_step_node; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_step_node ON public.user_workflow_run_step USING btree (node_id);

--
-- Name: idx_step_org_status; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_step_org_status ON public.user_workflow_run_step USING btree (org_id, status);

--
-- Name: idx_step_screenshots_gin; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_step_screenshots_gin ON public.user_workflow_run_step USING gin ((ARRAY[org_id]), screenshots jsonb_path_ops);

--
-- Name: INDEX idx_step_screenshots_gin; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON INDEX public.idx_step_screenshots_gin IS 'find_steps(screenshots => ...): the organisation, then its screenshots';

--
-- Name: micro_state_workflow_id_node_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX micro_state_workflow_id_node_id_idx ON public.user_workflow_cache_state USING btree (workflow_id, node_id);

--
-- Name: workflow_events capture_delete; Type: TRIGGER; Schema: legacy; Owner: -
--

CREATE TRIGGER capture_delete AFTER DELETE ON legacy.workflow_events REFERENCING OLD TABLE AS old_row FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_old();

ALTER TABLE legacy.workflow_events ENABLE ALWAYS TRIGGER capture_delete;

--
-- Name: workflow_steps capture_delete; Type: TRIGGER; Schema: legacy; Owner: -
--

CREATE TRIGGER capture_delete AFTER DELETE ON legacy.workflow_steps REFERENCING OLD TABLE AS old_row FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_old();

ALTER TABLE legacy.workflow_steps ENABLE ALWAYS TRIGGER capture_delete;

--
-- Name: workflow_trace capture_delete; Type: TRIGGER; Schema: legacy; Owner: -
--

CREATE TRIGGER capture_delete AFTER DELETE ON legacy.workflow_trace REFERENCING OLD TABLE AS old_row FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_old();

ALTER TABLE legacy.workflow_trace ENABLE ALWAYS TRIGGER capture_delete;

--
-- Name: workflow_trace_context capture_delete; Type: TRIGGER; Schema: legacy; Owner: -
--

CREATE TRIGGER capture_delete AFTER DELETE ON legacy.workflow_trace_context REFERENCING OLD TABLE AS old_row FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_old();

ALTER TABLE legacy.workflow_trace_context ENABLE ALWAYS TRIGGER capture_delete;

--
-- Name: workflow_trace_endpoint capture_delete; Type: TRIGGER; Schema: legacy; Owner: -
--

CREATE TRIGGER capture_delete AFTER DELETE ON legacy.workflow_trace_endpoint REFERENCING OLD TABLE AS old_row FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_old();

ALTER TABLE legacy.workflow_trace_endpoint ENABLE ALWAYS TRIGGER capture_delete;

--
-- Name: workflow_trace_screenshot capture_delete; Type: TRIGGER; Schema: legacy; Owner: -
--

CREATE TRIGGER capture_delete AFTER DELETE ON legacy.workflow_trace_screenshot REFERENCING OLD TABLE AS old_row FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_old();

ALTER TABLE legacy.workflow_trace_screenshot ENABLE ALWAYS TRIGGER capture_delete;

--
-- Name: workflow_events capture_insert; Type: TRIGGER; Schema: legacy; Owner: -
--

CREATE TRIGGER capture_insert AFTER INSERT ON legacy.workflow_events REFERENCING NEW TABLE AS new_row FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_old();

ALTER TABLE legacy.workflow_events ENABLE ALWAYS TRIGGER capture_insert;

--
-- Name: workflow_steps capture_insert; Type: TRIGGER; Schema: legacy; Owner: -
--

CREATE TRIGGER capture_insert AFTER INSERT ON legacy.workflow_steps REFERENCING NEW TABLE AS new_row FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_old();

ALTER TABLE legacy.workflow_steps ENABLE ALWAYS TRIGGER capture_insert;

--
-- Name: workflow_trace capture_insert; Type: TRIGGER; Schema: legacy; Owner: -
--

CREATE TRIGGER capture_insert AFTER INSERT ON legacy.workflow_trace REFERENCING NEW TABLE AS new_row FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_old();

ALTER TABLE legacy.workflow_trace ENABLE ALWAYS TRIGGER capture_insert;

--
-- Name: workflow_trace_context capture_insert; Type: TRIGGER; Schema: legacy; Owner: -
--

CREATE TRIGGER capture_insert AFTER INSERT ON legacy.workflow_trace_context REFERENCING NEW TABLE AS new_row FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_old();

ALTER TABLE legacy.workflow_trace_context ENABLE ALWAYS TRIGGER capture_insert;

--
-- Name: workflow_trace_endpoint capture_insert; Type: TRIGGER; Schema: legacy; Owner: -
--

CREATE TRIGGER capture_insert AFTER INSERT ON legacy.workflow_trace_endpoint REFERENCING NEW TABLE AS new_row FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_old();

ALTER TABLE legacy.workflow_trace_endpoint ENABLE ALWAYS TRIGGER capture_insert;

--
-- Name: workflow_trace_screenshot capture_insert; Type: TRIGGER; Schema: legacy; Owner: -
--

CREATE TRIGGER capture_insert AFTER INSERT ON legacy.workflow_trace_screenshot REFERENCING NEW TABLE AS new_row FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_old();

ALTER TABLE legacy.workflow_trace_screenshot ENABLE ALWAYS TRIGGER capture_insert;

--
-- Name: workflow_events capture_truncate; Type: TRIGGER; Schema: legacy; Owner: -
--

CREATE TRIGGER capture_truncate AFTER TRUNCATE ON legacy.workflow_events FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_old();

ALTER TABLE legacy.workflow_events ENABLE ALWAYS TRIGGER capture_truncate;

--
-- Name: workflow_steps capture_truncate; Type: TRIGGER; Schema: legacy; Owner: -
--

CREATE TRIGGER capture_truncate AFTER TRUNCATE ON legacy.workflow_steps FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_old();

ALTER TABLE legacy.workflow_steps ENABLE ALWAYS TRIGGER capture_truncate;

--
-- Name: workflow_trace capture_truncate; Type: TRIGGER; Schema: legacy; Owner: -
--

CREATE TRIGGER capture_truncate AFTER TRUNCATE ON legacy.workflow_trace FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_old();

ALTER TABLE legacy.workflow_trace ENABLE ALWAYS TRIGGER capture_truncate;

--
-- Name: workflow_trace_context capture_truncate; Type: TRIGGER; Schema: legacy; Owner: -
--

CREATE TRIGGER capture_truncate AFTER TRUNCATE ON legacy.workflow_trace_context FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_old();

ALTER TABLE legacy.workflow_trace_context ENABLE ALWAYS TRIGGER capture_truncate;

--
-- Name: workflow_trace_endpoint capture_truncate; Type: TRIGGER; Schema: legacy; Owner: -
--

CREATE TRIGGER capture_truncate AFTER TRUNCATE ON legacy.workflow_trace_endpoint FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_old();

ALTER TABLE legacy.workflow_trace_endpoint ENABLE ALWAYS TRIGGER capture_truncate;

--
-- Name: workflow_trace_screenshot capture_truncate; Type: TRIGGER; Schema: legacy; Owner: -
--

CREATE TRIGGER capture_truncate AFTER TRUNCATE ON legacy.workflow_trace_screenshot FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_old();

ALTER TABLE legacy.workflow_trace_screenshot ENABLE ALWAYS TRIGGER capture_truncate;

--
-- Name: workflow_events capture_update; Type: TRIGGER; Schema: legacy; Owner: -
--

CREATE TRIGGER capture_update AFTER UPDATE ON legacy.workflow_events REFERENCING OLD TABLE AS old_row NEW TABLE AS new_row FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_old();

ALTER TABLE legacy.workflow_events ENABLE ALWAYS TRIGGER capture_update;

--
-- Name: workflow_steps capture_update; Type: TRIGGER; Schema: legacy; Owner: -
--

CREATE TRIGGER capture_update AFTER UPDATE ON legacy.workflow_steps REFERENCING OLD TABLE AS old_row NEW TABLE AS new_row FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_old();

ALTER TABLE legacy.workflow_steps ENABLE ALWAYS TRIGGER capture_update;

--
-- Name: workflow_trace capture_update; Type: TRIGGER; Schema: legacy; Owner: -
--

CREATE TRIGGER capture_update AFTER UPDATE ON legacy.workflow_trace REFERENCING OLD TABLE AS old_row NEW TABLE AS new_row FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_old();

ALTER TABLE legacy.workflow_trace ENABLE ALWAYS TRIGGER capture_update;

--
-- Name: workflow_trace_context capture_update; Type: TRIGGER; Schema: legacy; Owner: -
--

CREATE TRIGGER capture_update AFTER UPDATE ON legacy.workflow_trace_context REFERENCING OLD TABLE AS old_row NEW TABLE AS new_row FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_old();

ALTER TABLE legacy.workflow_trace_context ENABLE ALWAYS TRIGGER capture_update;

--
-- Name: workflow_trace_endpoint capture_update; Type: TRIGGER; Schema: legacy; Owner: -
--

CREATE TRIGGER capture_update AFTER UPDATE ON legacy.workflow_trace_endpoint REFERENCING OLD TABLE AS old_row NEW TABLE AS new_row FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_old();

ALTER TABLE legacy.workflow_trace_endpoint ENABLE ALWAYS TRIGGER capture_update;

--
-- Name: workflow_trace_screenshot capture_update; Type: TRIGGER; Schema: legacy; Owner: -
--

CREATE TRIGGER capture_update AFTER UPDATE ON legacy.workflow_trace_screenshot REFERENCING OLD TABLE AS old_row NEW TABLE AS new_row FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_old();

ALTER TABLE legacy.workflow_trace_screenshot ENABLE ALWAYS TRIGGER capture_update;

--
-- Name: user_workflow_run capture_delete; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER capture_delete AFTER DELETE ON public.user_workflow_run REFERENCING OLD TABLE AS old_row FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_new();

ALTER TABLE public.user_workflow_run ENABLE ALWAYS TRIGGER capture_delete;

--
-- Name: user_workflow_run_step capture_delete; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER capture_delete AFTER DELETE ON public.user_workflow_run_step REFERENCING OLD TABLE AS old_row FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_new();

ALTER TABLE public.user_workflow_run_step ENABLE ALWAYS TRIGGER capture_delete;

--
-- Name: user_workflow_run capture_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER capture_insert AFTER INSERT ON public.user_workflow_run REFERENCING NEW TABLE AS new_row FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_new();

ALTER TABLE public.user_workflow_run ENABLE ALWAYS TRIGGER capture_insert;

--
-- Name: user_workflow_run_step capture_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER capture_insert AFTER INSERT ON public.user_workflow_run_step REFERENCING NEW TABLE AS new_row FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_new();

ALTER TABLE public.user_workflow_run_step ENABLE ALWAYS TRIGGER capture_insert;

--
-- Name: user_workflow_run capture_truncate; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER capture_truncate AFTER TRUNCATE ON public.user_workflow_run FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_new();

ALTER TABLE public.user_workflow_run ENABLE ALWAYS TRIGGER capture_truncate;

--
-- Name: user_workflow_run_step capture_truncate; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER capture_truncate AFTER TRUNCATE ON public.user_workflow_run_step FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_new();

ALTER TABLE public.user_workflow_run_step ENABLE ALWAYS TRIGGER capture_truncate;

--
-- Name: user_workflow_run capture_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER capture_update AFTER UPDATE ON public.user_workflow_run REFERENCING OLD TABLE AS old_row NEW TABLE AS new_row FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_new();

ALTER TABLE public.user_workflow_run ENABLE ALWAYS TRIGGER capture_update;

--
-- Name: user_workflow_run_step capture_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER capture_update AFTER UPDATE ON public.user_workflow_run_step REFERENCING OLD TABLE AS old_row NEW TABLE AS new_row FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_new();

ALTER TABLE public.user_workflow_run_step ENABLE ALWAYS TRIGGER capture_update;

--
-- Name: workflow_events deny_null; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER deny_null INSTEAD OF INSERT OR UPDATE ON public.workflow_events FOR EACH ROW EXECUTE FUNCTION consolidation.deny_null_workflow_events();

--
-- Name: workflow_trace_context deny_null; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER deny_null INSTEAD OF INSERT OR UPDATE ON public.workflow_trace_context FOR EACH ROW EXECUTE FUNCTION consolidation.deny_null_workflow_trace_context();

--
-- Name: workflow_trace_endpoint deny_null; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER deny_null INSTEAD OF INSERT OR UPDATE ON public.workflow_trace_endpoint FOR EACH ROW EXECUTE FUNCTION consolidation.deny_null_workflow_trace_endpoint();

--
-- Name: workflow_trace_screenshot deny_null; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER deny_null INSTEAD OF INSERT OR UPDATE ON public.workflow_trace_screenshot FOR EACH ROW EXECUTE FUNCTION consolidation.deny_null_workflow_trace_screenshot();

--
-- Name: user_workflow_run_step fill_step_keys; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER fill_step_keys BEFORE INSERT ON public.user_workflow_run_step FOR EACH ROW WHEN (((new.run_id IS NULL) OR (new.legacy_trace_id IS NULL) OR (new.org_id IS NULL) OR row_security_active(('public.user_workflow_run_step'::regclass)::oid))) EXECUTE FUNCTION public.fill_step_keys();

--
-- Name: workflow_trace_screenshot forbid; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER forbid INSTEAD OF INSERT OR UPDATE ON public.workflow_trace_screenshot FOR EACH ROW EXECUTE FUNCTION consolidation.forbid_other_org_id();

--
-- Name: workflow_events guard; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard INSTEAD OF INSERT OR UPDATE ON public.workflow_events FOR EACH ROW EXECUTE FUNCTION consolidation.guard_trace_id();

--
-- Name: workflow_trace_context guard; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard INSTEAD OF INSERT OR UPDATE ON public.workflow_trace_context FOR EACH ROW EXECUTE FUNCTION consolidation.guard_trace_id();

--
-- Name: workflow_trace_endpoint guard; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard INSTEAD OF INSERT OR UPDATE ON public.workflow_trace_endpoint FOR EACH ROW EXECUTE FUNCTION consolidation.guard_trace_id();

--
-- Name: workflow_trace_screenshot guard; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard INSTEAD OF INSERT OR UPDATE ON public.workflow_trace_screenshot FOR EACH ROW EXECUTE FUNCTION consolidation.guard_trace_id();

--
-- Name: user_workflow_run guard_run_identity; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_run_identity BEFORE UPDATE OF legacy_trace_id ON public.user_workflow_run FOR EACH ROW WHEN ((old.legacy_trace_id IS DISTINCT FROM new.legacy_trace_id)) EXECUTE FUNCTION public.guard_run_identity();

ALTER TABLE public.user_workflow_run ENABLE ALWAYS TRIGGER guard_run_identity;

--
-- Name: user_workflow_run guard_screenshots_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_screenshots_insert AFTER INSERT ON public.user_workflow_run FOR EACH ROW WHEN (((public.current_org_id() IS NOT NULL) AND public.names_other_organisation(new.screenshots, new.org_id))) EXECUTE FUNCTION public.guard_screenshots();

ALTER TABLE public.user_workflow_run ENABLE ALWAYS TRIGGER guard_screenshots_insert;

--
-- Name: user_workflow_run_step guard_screenshots_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_screenshots_insert AFTER INSERT ON public.user_workflow_run_step FOR EACH ROW WHEN (((public.current_org_id() IS NOT NULL) AND public.names_other_organisation(new.screenshots, new.org_id))) EXECUTE FUNCTION public.guard_screenshots();

ALTER TABLE public.user_workflow_run_step ENABLE ALWAYS TRIGGER guard_screenshots_insert;

--
-- Name: user_workflow_run guard_screenshots_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_screenshots_update AFTER UPDATE OF screenshots ON public.user_workflow_run FOR EACH ROW WHEN (((public.current_org_id() IS NOT NULL) AND public.names_other_organisation(new.screenshots, new.org_id) AND (NOT public.names_other_organisation(old.screenshots, old.org_id)))) EXECUTE FUNCTION public.guard_screenshots();

ALTER TABLE public.user_workflow_run ENABLE ALWAYS TRIGGER guard_screenshots_update;

--
-- Name: user_workflow_run_step guard_screenshots_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_screenshots_update AFTER UPDATE OF screenshots ON public.user_workflow_run_step FOR EACH ROW WHEN (((public.current_org_id() IS NOT NULL) AND public.names_other_organisation(new.screenshots, new.org_id) AND (NOT public.names_other_organisation(old.screenshots, old.org_id)))) EXECUTE FUNCTION public.guard_screenshots();

ALTER TABLE public.user_workflow_run_step ENABLE ALWAYS TRIGGER guard_screenshots_update;

--
-- Name: user_workflow_run_step guard_step_identity; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_step_identity BEFORE UPDATE OF run_id, legacy_trace_id, legacy_step_id ON public.user_workflow_run_step FOR EACH ROW WHEN (((old.run_id IS DISTINCT FROM new.run_id) OR (old.legacy_trace_id IS DISTINCT FROM new.legacy_trace_id) OR (old.legacy_step_id IS DISTINCT FROM new.legacy_step_id))) EXECUTE FUNCTION public.guard_step_identity();

ALTER TABLE public.user_workflow_run_step ENABLE ALWAYS TRIGGER guard_step_identity;

--
-- Name: user_workflow_run keep_context_origin_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_context_origin_insert BEFORE INSERT ON public.user_workflow_run FOR EACH ROW WHEN (((new.context <> '{}'::jsonb) AND (new.legacy IS NULL))) EXECUTE FUNCTION consolidation.keep_context_origin();

ALTER TABLE public.user_workflow_run ENABLE ALWAYS TRIGGER keep_context_origin_insert;

--
-- Name: user_workflow_run keep_context_origin_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_context_origin_update BEFORE UPDATE OF context ON public.user_workflow_run FOR EACH ROW WHEN (((old.context IS DISTINCT FROM new.context) AND (NOT (old.legacy IS DISTINCT FROM new.legacy)))) EXECUTE FUNCTION consolidation.keep_context_origin();

ALTER TABLE public.user_workflow_run ENABLE ALWAYS TRIGGER keep_context_origin_update;

--
-- Name: user_workflow_run_step keep_screenshots; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_screenshots AFTER DELETE ON public.user_workflow_run_step REFERENCING OLD TABLE AS old_row FOR EACH STATEMENT EXECUTE FUNCTION public.keep_screenshots();

ALTER TABLE public.user_workflow_run_step ENABLE ALWAYS TRIGGER keep_screenshots;

--
-- Name: user_workflow_config keep_workflow_owner_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_workflow_owner_insert AFTER INSERT ON public.user_workflow_config REFERENCING NEW TABLE AS new_row FOR EACH STATEMENT EXECUTE FUNCTION public.keep_workflow_owner();

ALTER TABLE public.user_workflow_config ENABLE ALWAYS TRIGGER keep_workflow_owner_insert;

--
-- Name: user_workflow_run keep_workflow_owner_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_workflow_owner_insert AFTER INSERT ON public.user_workflow_run REFERENCING NEW TABLE AS new_row FOR EACH STATEMENT EXECUTE FUNCTION public.keep_workflow_owner();

ALTER TABLE public.user_workflow_run ENABLE ALWAYS TRIGGER keep_workflow_owner_insert;

--
-- Name: user_workflow_config keep_workflow_owner_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_workflow_owner_update AFTER UPDATE OF workflow_id, org_id ON public.user_workflow_config FOR EACH ROW WHEN (((old.workflow_id IS DISTINCT FROM new.workflow_id) OR (old.org_id IS DISTINCT FROM new.org_id))) EXECUTE FUNCTION public.keep_workflow_owner();

ALTER TABLE public.user_workflow_config ENABLE ALWAYS TRIGGER keep_workflow_owner_update;

--
-- Name: user_workflow_run keep_workflow_owner_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_workflow_owner_update AFTER UPDATE OF workflow_id, org_id ON public.user_workflow_run FOR EACH ROW WHEN (((old.workflow_id IS DISTINCT FROM new.workflow_id) OR (old.org_id IS DISTINCT FROM new.org_id))) EXECUTE FUNCTION public.keep_workflow_owner();

ALTER TABLE public.user_workflow_run ENABLE ALWAYS TRIGGER keep_workflow_owner_update;

--
-- Name: user_workflow_run_step refuse_null_retry_count; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER refuse_null_retry_count BEFORE INSERT OR UPDATE OF retry_count ON public.user_workflow_run_step FOR EACH ROW WHEN (((new.retry_count IS NULL) AND ('retry_count'::text <> ALL (consolidation.nullable_columns('workflow_steps'::text))))) EXECUTE FUNCTION public.refuse_null_retry_count();

ALTER TABLE public.user_workflow_run_step ENABLE ALWAYS TRIGGER refuse_null_retry_count;

--
-- Name: user_workflow_run set_updated_at; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.user_workflow_run FOR EACH ROW WHEN (((old.* IS DISTINCT FROM new.*) AND (NOT (old.updated_at IS DISTINCT FROM new.updated_at)))) EXECUTE FUNCTION public.set_updated_at();

--
-- Name: workflow_events write; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER write INSTEAD OF INSERT OR DELETE OR UPDATE ON public.workflow_events FOR EACH ROW EXECUTE FUNCTION consolidation.write_workflow_events();

--
-- Name: workflow_trace_context write; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER write INSTEAD OF INSERT OR DELETE OR UPDATE ON public.workflow_trace_context FOR EACH ROW EXECUTE FUNCTION consolidation.write_workflow_trace_context();

--
-- Name: workflow_trace_endpoint write; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER write INSTEAD OF INSERT OR DELETE OR UPDATE ON public.workflow_trace_endpoint FOR EACH ROW EXECUTE FUNCTION consolidation.write_workflow_trace_endpoint();

--
-- Name: workflow_trace_screenshot write; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER write INSTEAD OF INSERT OR DELETE OR UPDATE ON public.workflow_trace_screenshot FOR EACH ROW EXECUTE FUNCTION consolidation.write_workflow_trace_screenshot();

--
-- Name: workflow_events workflow_events_step_id_fkey; Type: FK CONSTRAINT; Schema: legacy; Owner: -
--

ALTER TABLE ONLY legacy.workflow_events
    ADD CONSTRAINT workflow_events_step_id_fkey FOREIGN KEY (step_id) REFERENCES legacy.workflow_steps(step_id) ON DELETE CASCADE;

--
-- Name: workflow_events workflow_events_trace_id_fkey; Type: FK CONSTRAINT; Schema: legacy; Owner: -
--

ALTER TABLE ONLY legacy.workflow_events
    ADD CONSTRAINT workflow_events_trace_id_fkey FOREIGN KEY (trace_id) REFERENCES legacy.workflow_trace(trace_id) ON DELETE CASCADE;

--
-- Name: workflow_steps workflow_steps_trace_id_fkey; Type: FK CONSTRAINT; Schema: legacy; Owner: -
--

ALTER TABLE ONLY legacy.workflow_steps
    ADD CONSTRAINT workflow_steps_trace_id_fkey FOREIGN KEY (trace_id) REFERENCES legacy.workflow_trace(trace_id) ON DELETE CASCADE;

--
-- Name: workflow_trace_context workflow_trace_context_trace_id_fkey; Type: FK CONSTRAINT; Schema: legacy; Owner: -
--

ALTER TABLE ONLY legacy.workflow_trace_context
    ADD CONSTRAINT workflow_trace_context_trace_id_fkey FOREIGN KEY (trace_id) REFERENCES legacy.workflow_trace(trace_id) ON DELETE CASCADE;

--
-- Name: workflow_trace_endpoint workflow_trace_endpoint_trace_id_fkey; Type: FK CONSTRAINT; Schema: legacy; Owner: -
--

ALTER TABLE ONLY legacy.workflow_trace_endpoint
    ADD CONSTRAINT workflow_trace_endpoint_trace_id_fkey FOREIGN KEY (trace_id) REFERENCES legacy.workflow_trace(trace_id) ON DELETE CASCADE;

--
-- Name: workflow_trace_screenshot workflow_trace_screenshot_trace_id_fkey; Type: FK CONSTRAINT; Schema: legacy; Owner: -
--

ALTER TABLE ONLY legacy.workflow_trace_screenshot
    ADD CONSTRAINT workflow_trace_screenshot_trace_id_fkey FOREIGN KEY (trace_id) REFERENCES legacy.workflow_trace(trace_id) ON DELETE CASCADE;

--
-- Name: user_workflow_cache_state micro_state_aliased_to_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_workflow_cache_state
    ADD CONSTRAINT micro_state_aliased_to_fkey FOREIGN KEY (aliased_to) REFERENCES public.user_workflow_cache_state(micro_state_id);

--
-- Name: user_workflow_run_step user_workflow_run_step_org_id_run_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_workflow_run_step
    ADD CONSTRAINT user_workflow_run_step_org_id_run_id_fkey FOREIGN KEY (org_id, run_id) REFERENCES public.user_workflow_run(org_id, run_id) ON UPDATE CASCADE ON DELETE CASCADE;

--
-- Name: user_workflow_run_step user_workflow_run_step_run_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_workflow_run_step
    ADD CONSTRAINT user_workflow_run_step_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.user_workflow_run(run_id) ON DELETE CASCADE;

--
-- Name: user_workflow_cache_state; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.user_workflow_cache_state ENABLE ROW LEVEL SECURITY;

--
-- Name: user_workflow_cache_state user_workflow_cache_state_maintenance; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY user_workflow_cache_state_maintenance ON public.user_workflow_cache_state TO workflow_maintenance USING (true) WITH CHECK (true);

--
-- Name: POLICY user_workflow_cache_state_maintenance ON user_workflow_cache_state; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON POLICY user_workflow_cache_state_maintenance ON public.user_workflow_cache_state IS 'Deploys and reports work across organisations';

--
-- Name: user_workflow_cache_state user_workflow_cache_state_org_isolation; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY user_workflow_cache_state_org_isolation ON public.user_workflow_cache_state TO workflow_app USING (public.is_own_workflow(workflow_id)) WITH CHECK (public.is_own_workflow(workflow_id));

--
-- Name: POLICY user_workflow_cache_state_org_isolation ON user_workflow_cache_state; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON POLICY user_workflow_cache_state_org_isolation ON public.user_workflow_cache_state IS 'An application sees and writes the page states of workflows that its organisation owns';

--
-- Name: user_workflow_cache_state user_workflow_cache_state_others; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY user_workflow_cache_state_others ON public.user_workflow_cache_state USING (( SELECT (NOT pg_has_role('workflow_app'::name, 'usage'::text)))) WITH CHECK (( SELECT (NOT pg_has_role('workflow_app'::name, 'usage'::text))));

--
-- Name: POLICY user_workflow_cache_state_others ON user_workflow_cache_state; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON POLICY user_workflow_cache_state_others ON public.user_workflow_cache_state IS 'A role that is no member of workflow_app sees what it saw before';

--
-- Name: user_workflow_config; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.user_workflow_config ENABLE ROW LEVEL SECURITY;

--
-- Name: user_workflow_config user_workflow_config_maintenance; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY user_workflow_config_maintenance ON public.user_workflow_config TO workflow_maintenance USING (true) WITH CHECK (true);

--
-- Name: POLICY user_workflow_config_maintenance ON user_workflow_config; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON POLICY user_workflow_config_maintenance ON public.user_workflow_config IS 'Deploys and reports work across organisations';

--
-- Name: user_workflow_config user_workflow_config_org_isolation; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY user_workflow_config_org_isolation ON public.user_workflow_config USING ((org_id = ( SELECT public.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT public.current_org_id() AS current_org_id)));

--
-- Name: POLICY user_workflow_config_org_isolation ON user_workflow_config; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON POLICY user_workflow_config_org_isolation ON public.user_workflow_config IS 'A session sees and writes the organisation it names in app.current_org_id';

--
-- Name: user_workflow_owner; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.user_workflow_owner ENABLE ROW LEVEL SECURITY;

--
-- Name: user_workflow_owner user_workflow_owner_maintenance; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY user_workflow_owner_maintenance ON public.user_workflow_owner TO workflow_maintenance USING (true) WITH CHECK (true);

--
-- Name: POLICY user_workflow_owner_maintenance ON user_workflow_owner; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON POLICY user_workflow_owner_maintenance ON public.user_workflow_owner IS 'Deploys, and the functions that look up an owner';

--
-- Name: user_workflow_run; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.user_workflow_run ENABLE ROW LEVEL SECURITY;

--
-- Name: user_workflow_run user_workflow_run_maintenance; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY user_workflow_run_maintenance ON public.user_workflow_run TO workflow_maintenance USING (true) WITH CHECK (true);

--
-- Name: POLICY user_workflow_run_maintenance ON user_workflow_run; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON POLICY user_workflow_run_maintenance ON public.user_workflow_run IS 'Deploys, backfill, comparison and reports work across organisations';

--
-- Name: user_workflow_run user_workflow_run_org_isolation; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY user_workflow_run_org_isolation ON public.user_workflow_run USING ((org_id = ( SELECT public.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT public.current_org_id() AS current_org_id)));

--
-- Name: POLICY user_workflow_run_org_isolation ON user_workflow_run; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON POLICY user_workflow_run_org_isolation ON public.user_workflow_run IS 'A session sees and writes the organisation it names in app.current_org_id';

--
-- Name: user_workflow_run_step; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.user_workflow_run_step ENABLE ROW LEVEL SECURITY;

--
-- Name: user_workflow_run_step user_workflow_run_step_maintenance; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY user_workflow_run_step_maintenance ON public.user_workflow_run_step TO workflow_maintenance USING (true) WITH CHECK (true);

--
-- Name: POLICY user_workflow_run_step_maintenance ON user_workflow_run_step; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON POLICY user_workflow_run_step_maintenance ON public.user_workflow_run_step IS 'Deploys, backfill, comparison and reports work across organisations';

--
-- Name: user_workflow_run_step user_workflow_run_step_org_isolation; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY user_workflow_run_step_org_isolation ON public.user_workflow_run_step USING ((org_id = ( SELECT public.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT public.current_org_id() AS current_org_id)));

--
-- Name: POLICY user_workflow_run_step_org_isolation ON user_workflow_run_step; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON POLICY user_workflow_run_step_org_isolation ON public.user_workflow_run_step IS 'A session sees and writes the organisation it names in app.current_org_id';

--
-- Name: SCHEMA consolidation; Type: ACL; Schema: -; Owner: -
--

GRANT USAGE ON SCHEMA consolidation TO workflow_maintenance;

--
-- Name: SCHEMA legacy; Type: ACL; Schema: -; Owner: -
--

GRANT USAGE ON SCHEMA legacy TO workflow_maintenance;

--
-- Name: FUNCTION append_screenshot(wanted_trace_id bigint, step_index integer, element jsonb); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.append_screenshot(wanted_trace_id bigint, step_index integer, element jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.append_screenshot(wanted_trace_id bigint, step_index integer, element jsonb) TO workflow_maintenance;

--
-- Name: FUNCTION arrangement(is_strict boolean, as_built boolean, place bigint, on_step integer); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.arrangement(is_strict boolean, as_built boolean, place bigint, on_step integer) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.arrangement(is_strict boolean, as_built boolean, place bigint, on_step integer) TO workflow_maintenance;

--
-- Name: FUNCTION column_behind(old_name regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.column_behind(old_name regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.column_behind(old_name regclass) TO workflow_maintenance;

--
-- Name: FUNCTION base_column(old_name regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.base_column(old_name regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.base_column(old_name regclass) TO workflow_maintenance;

--
-- Name: FUNCTION part_of(table_name text); Type: ACL; Schema: consolidation; Owner: -
--

GRANT ALL ON FUNCTION consolidation.part_of(table_name text) TO workflow_maintenance;

--
-- Name: FUNCTION computed_column(table_name text); Type: ACL; Schema: consolidation; Owner: -
--

GRANT ALL ON FUNCTION consolidation.computed_column(table_name text) TO workflow_maintenance;

--
-- Name: FUNCTION run_id(trace_id bigint); Type: ACL; Schema: consolidation; Owner: -
--

GRANT ALL ON FUNCTION consolidation.run_id(trace_id bigint) TO workflow_maintenance;

--
-- Name: TABLE user_workflow_run; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_workflow_run TO workflow_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_workflow_run TO workflow_app;

--
-- Name: TABLE trace_row; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT ON TABLE consolidation.trace_row TO workflow_maintenance;

--
-- Name: FUNCTION as_old_row(source text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.as_old_row(source text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.as_old_row(source text) TO workflow_maintenance;

--
-- Name: PROCEDURE backfill(IN batch_size integer, IN batch_time interval, IN pause interval, IN max_lag interval); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON PROCEDURE consolidation.backfill(IN batch_size integer, IN batch_time interval, IN pause interval, IN max_lag interval) FROM PUBLIC;
GRANT ALL ON PROCEDURE consolidation.backfill(IN batch_size integer, IN batch_time interval, IN pause interval, IN max_lag interval) TO workflow_maintenance;

--
-- Name: FUNCTION begin_proof(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.begin_proof() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.begin_proof() TO workflow_maintenance;

--
-- Name: FUNCTION begin_script(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.begin_script() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.begin_script() TO workflow_maintenance;

--
-- Name: FUNCTION bind(statements text[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.bind(statements text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.bind(statements text[]) TO workflow_maintenance;

--
-- Name: PROCEDURE bind_old_view(IN shown regclass, IN source regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON PROCEDURE consolidation.bind_old_view(IN shown regclass, IN source regclass) FROM PUBLIC;

--
-- Name: FUNCTION bound_view(source regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.bound_view(source regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.bound_view(source regclass) TO workflow_maintenance;

--
-- Name: FUNCTION build_late_index(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.build_late_index() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.build_late_index() TO workflow_maintenance;

--
-- Name: PROCEDURE build_late_indexes(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON PROCEDURE consolidation.build_late_indexes() FROM PUBLIC;

--
-- Name: FUNCTION capture_new(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.capture_new() FROM PUBLIC;

--
-- Name: FUNCTION capture_old(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.capture_old() FROM PUBLIC;

--
-- Name: FUNCTION capture_state(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.capture_state() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.capture_state() TO workflow_maintenance;

--
-- Name: FUNCTION carry_and_compare(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.carry_and_compare(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.carry_and_compare(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION carry_back(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.carry_back(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.carry_back(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION carry_back_by_halves(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.carry_back_by_halves(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.carry_back_by_halves(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION carry_changes(batch_size integer, INOUT lowest bigint, OUT carried integer); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.carry_changes(batch_size integer, INOUT lowest bigint, OUT carried integer) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.carry_changes(batch_size integer, INOUT lowest bigint, OUT carried integer) TO workflow_maintenance;

--
-- Name: FUNCTION carry_chunk(claimed_id bigint); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.carry_chunk(claimed_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.carry_chunk(claimed_id bigint) TO workflow_maintenance;

--
-- Name: FUNCTION carry_the_rest(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.carry_the_rest() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.carry_the_rest() TO workflow_maintenance;

--
-- Name: PROCEDURE catch_up(IN batch_size integer, IN patience interval); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON PROCEDURE consolidation.catch_up(IN batch_size integer, IN patience interval) FROM PUBLIC;
GRANT ALL ON PROCEDURE consolidation.catch_up(IN batch_size integer, IN patience interval) TO workflow_maintenance;

--
-- Name: FUNCTION change_event(wanted_trace_id bigint, wanted_step_id bigint, place bigint, element jsonb); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.change_event(wanted_trace_id bigint, wanted_step_id bigint, place bigint, element jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.change_event(wanted_trace_id bigint, wanted_step_id bigint, place bigint, element jsonb) TO workflow_maintenance;

--
-- Name: FUNCTION change_screenshot(wanted_trace_id bigint, holder uuid, place bigint, element jsonb); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.change_screenshot(wanted_trace_id bigint, holder uuid, place bigint, element jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.change_screenshot(wanted_trace_id bigint, holder uuid, place bigint, element jsonb) TO workflow_maintenance;

--
-- Name: FUNCTION check_batch_size(batch_size integer); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.check_batch_size(batch_size integer) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.check_batch_size(batch_size integer) TO workflow_maintenance;

--
-- Name: FUNCTION check_pace(batch_time interval, pause interval, max_lag interval); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.check_pace(batch_time interval, pause interval, max_lag interval) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.check_pace(batch_time interval, pause interval, max_lag interval) TO workflow_maintenance;

--
-- Name: FUNCTION check_session(patience interval); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.check_session(patience interval) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.check_session(patience interval) TO workflow_maintenance;

--
-- Name: FUNCTION claim(sentence text, holds boolean); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.claim(sentence text, holds boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.claim(sentence text, holds boolean) TO workflow_maintenance;

--
-- Name: FUNCTION claim_chunk(wanted_task text, batch_size integer); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.claim_chunk(wanted_task text, batch_size integer) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.claim_chunk(wanted_task text, batch_size integer) TO workflow_maintenance;

--
-- Name: FUNCTION claim_none(sentence text, counterexamples text[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.claim_none(sentence text, counterexamples text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.claim_none(sentence text, counterexamples text[]) TO workflow_maintenance;

--
-- Name: FUNCTION claims_of(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.claims_of(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.claims_of(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION column_definition(source regclass, column_number smallint); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.column_definition(source regclass, column_number smallint) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.column_definition(source regclass, column_number smallint) TO workflow_maintenance;

--
-- Name: FUNCTION columns_definition(source regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.columns_definition(source regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.columns_definition(source regclass) TO workflow_maintenance;

--
-- Name: FUNCTION columns_of(relation regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.columns_of(relation regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.columns_of(relation regclass) TO workflow_maintenance;

--
-- Name: FUNCTION comments_definition(source regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.comments_definition(source regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.comments_definition(source regclass) TO workflow_maintenance;

--
-- Name: FUNCTION computed_keys(table_name text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.computed_keys(table_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.computed_keys(table_name text) TO workflow_maintenance;

--
-- Name: FUNCTION computed_screenshot(column_name name, kind_of_row text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.computed_screenshot(column_name name, kind_of_row text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.computed_screenshot(column_name name, kind_of_row text) TO workflow_maintenance;

--
-- Name: TABLE column_source; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT ON TABLE consolidation.column_source TO workflow_maintenance;

--
-- Name: FUNCTION computed_value(table_name text, column_name name, type_name text, kind_of_row text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.computed_value(table_name text, column_name name, type_name text, kind_of_row text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.computed_value(table_name text, column_name name, type_name text, kind_of_row text) TO workflow_maintenance;

--
-- Name: FUNCTION consolidate(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.consolidate(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.consolidate(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION context_of_old_rows(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.context_of_old_rows(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.context_of_old_rows(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION context_origin(context_id bigint, created_at timestamp with time zone, updated_at timestamp with time zone); Type: ACL; Schema: consolidation; Owner: -
--

GRANT ALL ON FUNCTION consolidation.context_origin(context_id bigint, created_at timestamp with time zone, updated_at timestamp with time zone) TO workflow_maintenance;

--
-- Name: FUNCTION continue_sequence(source regclass, target regclass, with_owner boolean); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.continue_sequence(source regclass, target regclass, with_owner boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.continue_sequence(source regclass, target regclass, with_owner boolean) TO workflow_maintenance;

--
-- Name: FUNCTION copy_grants(source regclass, target regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.copy_grants(source regclass, target regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.copy_grants(source regclass, target regclass) TO workflow_maintenance;

--
-- Name: PROCEDURE cut_back(IN patience interval); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON PROCEDURE consolidation.cut_back(IN patience interval) FROM PUBLIC;

--
-- Name: PROCEDURE cut_over(IN patience interval); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON PROCEDURE consolidation.cut_over(IN patience interval) FROM PUBLIC;

--
-- Name: FUNCTION derived_column(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.derived_column() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.derived_column() TO workflow_maintenance;

--
-- Name: FUNCTION declared_values(source text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.declared_values(source text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.declared_values(source text) TO workflow_maintenance;

--
-- Name: FUNCTION deny_null_workflow_events(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.deny_null_workflow_events() FROM PUBLIC;

--
-- Name: FUNCTION deny_null_workflow_trace_context(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.deny_null_workflow_trace_context() FROM PUBLIC;

--
-- Name: FUNCTION deny_null_workflow_trace_endpoint(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.deny_null_workflow_trace_endpoint() FROM PUBLIC;

--
-- Name: FUNCTION deny_null_workflow_trace_screenshot(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.deny_null_workflow_trace_screenshot() FROM PUBLIC;

--
-- Name: FUNCTION derive_on_runs(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.derive_on_runs() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.derive_on_runs() TO workflow_maintenance;

--
-- Name: FUNCTION description(class oid, object oid, part integer); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.description(class oid, object oid, part integer) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.description(class oid, object oid, part integer) TO workflow_maintenance;

--
-- Name: FUNCTION differences(first_trace_id bigint, last_trace_id bigint, skip_pending boolean, trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.differences(first_trace_id bigint, last_trace_id bigint, skip_pending boolean, trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.differences(first_trace_id bigint, last_trace_id bigint, skip_pending boolean, trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION differences_of(ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.differences_of(ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.differences_of(ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION six_tables(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.six_tables() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.six_tables() TO workflow_maintenance;

--
-- Name: FUNCTION document_source(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.document_source() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.document_source() TO workflow_maintenance;

--
-- Name: FUNCTION done_line(task text, done bigint, began timestamp with time zone); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.done_line(task text, done bigint, began timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.done_line(task text, done bigint, began timestamp with time zone) TO workflow_maintenance;

--
-- Name: FUNCTION drop_foreign_keys(to_documents boolean); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.drop_foreign_keys(to_documents boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.drop_foreign_keys(to_documents boolean) TO workflow_maintenance;

--
-- Name: PROCEDURE drop_old_tables(IN patience interval); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON PROCEDURE consolidation.drop_old_tables(IN patience interval) FROM PUBLIC;

--
-- Name: FUNCTION drop_prepared_constraints(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.drop_prepared_constraints() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.drop_prepared_constraints() TO workflow_maintenance;

--
-- Name: FUNCTION drop_retired_sequences(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.drop_retired_sequences() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.drop_retired_sequences() TO workflow_maintenance;

--
-- Name: FUNCTION drop_statement(class oid, object oid, part integer); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.drop_statement(class oid, object oid, part integer) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.drop_statement(class oid, object oid, part integer) TO workflow_maintenance;

--
-- Name: PROCEDURE empty_queue(IN few integer, IN give_up_at timestamp with time zone); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON PROCEDURE consolidation.empty_queue(IN few integer, IN give_up_at timestamp with time zone) FROM PUBLIC;

--
-- Name: FUNCTION end_autovacuum(tables regclass[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.end_autovacuum(tables regclass[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.end_autovacuum(tables regclass[]) TO workflow_maintenance;

--
-- Name: FUNCTION endpoints_of_old_rows(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.endpoints_of_old_rows(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.endpoints_of_old_rows(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: PROCEDURE ensure_proof(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON PROCEDURE consolidation.ensure_proof() FROM PUBLIC;
GRANT ALL ON PROCEDURE consolidation.ensure_proof() TO workflow_maintenance;

--
-- Name: FUNCTION enter_batch(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.enter_batch() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.enter_batch() TO workflow_maintenance;

--
-- Name: FUNCTION old_table(table_name text); Type: ACL; Schema: consolidation; Owner: -
--

GRANT ALL ON FUNCTION consolidation.old_table(table_name text) TO workflow_maintenance;

--
-- Name: FUNCTION estimated_rows(table_name text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.estimated_rows(table_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.estimated_rows(table_name text) TO workflow_maintenance;

--
-- Name: FUNCTION event_object(event_id bigint, event_type text, event_data jsonb, moment timestamp with time zone); Type: ACL; Schema: consolidation; Owner: -
--

GRANT ALL ON FUNCTION consolidation.event_object(event_id bigint, event_type text, event_data jsonb, moment timestamp with time zone) TO workflow_maintenance;

--
-- Name: FUNCTION event_element(event_id bigint, event_type text, event_data jsonb, moment timestamp with time zone); Type: ACL; Schema: consolidation; Owner: -
--

GRANT ALL ON FUNCTION consolidation.event_element(event_id bigint, event_type text, event_data jsonb, moment timestamp with time zone) TO workflow_maintenance;

--
-- Name: FUNCTION synthetic_id(owner uuid, place text); Type: ACL; Schema: consolidation; Owner: -
--

GRANT ALL ON FUNCTION consolidation.synthetic_id(owner uuid, place text) TO workflow_maintenance;

--
-- Name: FUNCTION to_bigint(element jsonb); Type: ACL; Schema: consolidation; Owner: -
--

GRANT ALL ON FUNCTION consolidation.to_bigint(element jsonb) TO workflow_maintenance;

--
-- Name: FUNCTION event_key(element jsonb, owner uuid, place bigint); Type: ACL; Schema: consolidation; Owner: -
--

GRANT ALL ON FUNCTION consolidation.event_key(element jsonb, owner uuid, place bigint) TO workflow_maintenance;

--
-- Name: FUNCTION events_of_old_rows(trace_ids bigint[], on_steps boolean); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.events_of_old_rows(trace_ids bigint[], on_steps boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.events_of_old_rows(trace_ids bigint[], on_steps boolean) TO workflow_maintenance;

--
-- Name: FUNCTION execute_remembered(entry_ordinal bigint); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.execute_remembered(entry_ordinal bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.execute_remembered(entry_ordinal bigint) TO workflow_maintenance;

--
-- Name: FUNCTION execute_remembered_definitions(wanted_kind text, names text[], stages int4range); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.execute_remembered_definitions(wanted_kind text, names text[], stages int4range) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.execute_remembered_definitions(wanted_kind text, names text[], stages int4range) TO workflow_maintenance;

--
-- Name: FUNCTION execute_stage(wanted_stage text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.execute_stage(wanted_stage text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.execute_stage(wanted_stage text) TO workflow_maintenance;

--
-- Name: FUNCTION expect_key(definition text, column_name name); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.expect_key(definition text, column_name name) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.expect_key(definition text, column_name name) TO workflow_maintenance;

--
-- Name: FUNCTION fill_dropped(names text[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.fill_dropped(names text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.fill_dropped(names text[]) TO workflow_maintenance;

--
-- Name: FUNCTION fill_in(adapted regprocedure); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.fill_in(adapted regprocedure) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.fill_in(adapted regprocedure) TO workflow_maintenance;

--
-- Name: FUNCTION find_event(wanted_trace_id bigint, wanted_step_id bigint, wanted_event_id bigint, previous jsonb); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.find_event(wanted_trace_id bigint, wanted_step_id bigint, wanted_event_id bigint, previous jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.find_event(wanted_trace_id bigint, wanted_step_id bigint, wanted_event_id bigint, previous jsonb) TO workflow_maintenance;

--
-- Name: FUNCTION find_screenshot(wanted_trace_id bigint, wanted_screenshot_id uuid, previous jsonb); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.find_screenshot(wanted_trace_id bigint, wanted_screenshot_id uuid, previous jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.find_screenshot(wanted_trace_id bigint, wanted_screenshot_id uuid, previous jsonb) TO workflow_maintenance;

--
-- Name: FUNCTION fit_old_name(table_name text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.fit_old_name(table_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.fit_old_name(table_name text) TO workflow_maintenance;

--
-- Name: FUNCTION fits_event(element jsonb, moment timestamp with time zone, nullable text[]); Type: ACL; Schema: consolidation; Owner: -
--

GRANT ALL ON FUNCTION consolidation.fits_event(element jsonb, moment timestamp with time zone, nullable text[]) TO workflow_maintenance;

--
-- Name: FUNCTION to_uuid(element jsonb); Type: ACL; Schema: consolidation; Owner: -
--

GRANT ALL ON FUNCTION consolidation.to_uuid(element jsonb) TO workflow_maintenance;

--
-- Name: FUNCTION to_node_id(element jsonb); Type: ACL; Schema: consolidation; Owner: -
--

GRANT ALL ON FUNCTION consolidation.to_node_id(element jsonb) TO workflow_maintenance;

--
-- Name: FUNCTION fits_screenshot(element jsonb, moment timestamp with time zone, on_step boolean, nullable text[]); Type: ACL; Schema: consolidation; Owner: -
--

GRANT ALL ON FUNCTION consolidation.fits_screenshot(element jsonb, moment timestamp with time zone, on_step boolean, nullable text[]) TO workflow_maintenance;

--
-- Name: TABLE nullable_column; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT ON TABLE consolidation.nullable_column TO PUBLIC;
GRANT SELECT ON TABLE consolidation.nullable_column TO workflow_maintenance;

--
-- Name: FUNCTION nullable_columns(table_name text); Type: ACL; Schema: consolidation; Owner: -
--

GRANT ALL ON FUNCTION consolidation.nullable_columns(table_name text) TO workflow_maintenance;

--
-- Name: FUNCTION fits(kind text, element jsonb); Type: ACL; Schema: consolidation; Owner: -
--

GRANT ALL ON FUNCTION consolidation.fits(kind text, element jsonb) TO workflow_maintenance;

--
-- Name: FUNCTION follow_configs(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.follow_configs() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.follow_configs() TO workflow_maintenance;

--
-- Name: FUNCTION follow_sources(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.follow_sources() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.follow_sources() TO workflow_maintenance;

--
-- Name: FUNCTION forbid_other_org_id(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.forbid_other_org_id() FROM PUBLIC;

--
-- Name: TABLE user_workflow_run_step; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_workflow_run_step TO workflow_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_workflow_run_step TO workflow_app;

--
-- Name: FUNCTION moving_side(to_documents boolean); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.moving_side(to_documents boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.moving_side(to_documents boolean) TO workflow_maintenance;

--
-- Name: FUNCTION old_name(table_name text); Type: ACL; Schema: consolidation; Owner: -
--

GRANT ALL ON FUNCTION consolidation.old_name(table_name text) TO workflow_maintenance;

--
-- Name: FUNCTION moving_key(to_documents boolean, OUT incoming boolean, OUT old_name text, OUT conname name, OUT relation regclass, OUT goes_to regclass, OUT called text, OUT columns text, OUT definition text, OUT convalidated boolean); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.moving_key(to_documents boolean, OUT incoming boolean, OUT old_name text, OUT conname name, OUT relation regclass, OUT goes_to regclass, OUT called text, OUT columns text, OUT definition text, OUT convalidated boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.moving_key(to_documents boolean, OUT incoming boolean, OUT old_name text, OUT conname name, OUT relation regclass, OUT goes_to regclass, OUT called text, OUT columns text, OUT definition text, OUT convalidated boolean) TO workflow_maintenance;

--
-- Name: FUNCTION foreign_key(to_documents boolean, OUT kind text, OUT object text, OUT stands_on regclass, OUT leave text, OUT arrives_on regclass, OUT arrive text, OUT come_back text, OUT validate text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.foreign_key(to_documents boolean, OUT kind text, OUT object text, OUT stands_on regclass, OUT leave text, OUT arrives_on regclass, OUT arrive text, OUT come_back text, OUT validate text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.foreign_key(to_documents boolean, OUT kind text, OUT object text, OUT stands_on regclass, OUT leave text, OUT arrives_on regclass, OUT arrive text, OUT come_back text, OUT validate text) TO workflow_maintenance;

--
-- Name: FUNCTION forget_column(old_name regclass, missing name, expression text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.forget_column(old_name regclass, missing name, expression text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.forget_column(old_name regclass, missing name, expression text) TO workflow_maintenance;

--
-- Name: FUNCTION forget_old_tables(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.forget_old_tables() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.forget_old_tables() TO workflow_maintenance;

--
-- Name: FUNCTION forget_proof(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.forget_proof() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.forget_proof() TO workflow_maintenance;

--
-- Name: FUNCTION free_id(kind text, taken text[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.free_id(kind text, taken text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.free_id(kind text, taken text[]) TO workflow_maintenance;

--
-- Name: FUNCTION from_key(content jsonb, kind anyelement); Type: ACL; Schema: consolidation; Owner: -
--

GRANT ALL ON FUNCTION consolidation.from_key(content jsonb, kind anyelement) TO workflow_maintenance;

--
-- Name: FUNCTION further_value(old_table text, column_name name, type_name text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.further_value(old_table text, column_name name, type_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.further_value(old_table text, column_name name, type_name text) TO workflow_maintenance;

--
-- Name: FUNCTION give_new_ids(kind text, wanted_trace_id bigint, wanted_step_id bigint, new_ids jsonb); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.give_new_ids(kind text, wanted_trace_id bigint, wanted_step_id bigint, new_ids jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.give_new_ids(kind text, wanted_trace_id bigint, wanted_step_id bigint, new_ids jsonb) TO workflow_maintenance;

--
-- Name: FUNCTION give_to_maintenance(functions regprocedure[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.give_to_maintenance(functions regprocedure[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.give_to_maintenance(functions regprocedure[]) TO workflow_maintenance;

--
-- Name: FUNCTION give_types(wanted jsonb); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.give_types(wanted jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.give_types(wanted jsonb) TO workflow_maintenance;

--
-- Name: FUNCTION give_way(attempt integer); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.give_way(attempt integer) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.give_way(attempt integer) TO workflow_maintenance;

--
-- Name: FUNCTION go_on_with_ids(names text[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.go_on_with_ids(names text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.go_on_with_ids(names text[]) TO workflow_maintenance;

--
-- Name: FUNCTION grant_documents(old_name regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.grant_documents(old_name regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.grant_documents(old_name regclass) TO workflow_maintenance;

--
-- Name: FUNCTION guard_trace_id(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.guard_trace_id() FROM PUBLIC;

--
-- Name: FUNCTION hand_back_constraints(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.hand_back_constraints() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.hand_back_constraints() TO workflow_maintenance;

--
-- Name: FUNCTION hand_back_sequences(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.hand_back_sequences() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.hand_back_sequences() TO workflow_maintenance;

--
-- Name: FUNCTION hand_over_constraints(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.hand_over_constraints() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.hand_over_constraints() TO workflow_maintenance;

--
-- Name: FUNCTION hand_over_defaults(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.hand_over_defaults() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.hand_over_defaults() TO workflow_maintenance;

--
-- Name: FUNCTION hand_over_names(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.hand_over_names() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.hand_over_names() TO workflow_maintenance;

--
-- Name: FUNCTION hand_over_not_null(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.hand_over_not_null() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.hand_over_not_null() TO workflow_maintenance;

--
-- Name: FUNCTION hand_over_sequences(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.hand_over_sequences() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.hand_over_sequences() TO workflow_maintenance;

--
-- Name: FUNCTION heaviest(trace_ids bigint[], OUT trace_id bigint, OUT elements bigint); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.heaviest(trace_ids bigint[], OUT trace_id bigint, OUT elements bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.heaviest(trace_ids bigint[], OUT trace_id bigint, OUT elements bigint) TO workflow_maintenance;

--
-- Name: FUNCTION is_any_refused(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.is_any_refused(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.is_any_refused(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION is_asked_to_stop(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.is_asked_to_stop() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.is_asked_to_stop() TO workflow_maintenance;

--
-- Name: FUNCTION is_computed_key(kind text, key text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.is_computed_key(kind text, key text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.is_computed_key(kind text, key text) TO workflow_maintenance;

--
-- Name: FUNCTION is_context_known(wanted_trace_id bigint, wanted_key text, previous jsonb); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.is_context_known(wanted_trace_id bigint, wanted_key text, previous jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.is_context_known(wanted_trace_id bigint, wanted_key text, previous jsonb) TO workflow_maintenance;

--
-- Name: FUNCTION is_deployed(change text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.is_deployed(change text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.is_deployed(change text) TO workflow_maintenance;

--
-- Name: FUNCTION is_former(table_name text, key jsonb, held jsonb); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.is_former(table_name text, key jsonb, held jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.is_former(table_name text, key jsonb, held jsonb) TO workflow_maintenance;

--
-- Name: FUNCTION is_free(role_id oid, old_table regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.is_free(role_id oid, old_table regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.is_free(role_id oid, old_table regclass) TO workflow_maintenance;

--
-- Name: FUNCTION is_only_here(run bigint, step bigint, step_number integer); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.is_only_here(run bigint, step bigint, step_number integer) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.is_only_here(run bigint, step bigint, step_number integer) TO workflow_maintenance;

--
-- Name: FUNCTION is_plain(old_name regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.is_plain(old_name regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.is_plain(old_name regclass) TO workflow_maintenance;

--
-- Name: FUNCTION is_proved(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.is_proved() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.is_proved() TO workflow_maintenance;

--
-- Name: FUNCTION is_reverted(change text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.is_reverted(change text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.is_reverted(change text) TO workflow_maintenance;

--
-- Name: FUNCTION is_set_aside(key jsonb, shown jsonb); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.is_set_aside(key jsonb, shown jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.is_set_aside(key jsonb, shown jsonb) TO workflow_maintenance;

--
-- Name: FUNCTION is_written_as(document text, moment timestamp with time zone); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.is_written_as(document text, moment timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.is_written_as(document text, moment timestamp with time zone) TO workflow_maintenance;

--
-- Name: FUNCTION isolate_configs(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.isolate_configs() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.isolate_configs() TO workflow_maintenance;

--
-- Name: FUNCTION isolate_page_states(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.isolate_page_states() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.isolate_page_states() TO workflow_maintenance;

--
-- Name: FUNCTION isolate_unscoped_roles(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.isolate_unscoped_roles() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.isolate_unscoped_roles() TO workflow_maintenance;

--
-- Name: FUNCTION judged_claim(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.judged_claim(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.judged_claim(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION keep_batches_out(patience interval); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.keep_batches_out(patience interval) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.keep_batches_out(patience interval) TO workflow_maintenance;

--
-- Name: FUNCTION keep_context_origin(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.keep_context_origin() FROM PUBLIC;

--
-- Name: FUNCTION keep_proof(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.keep_proof() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.keep_proof() TO workflow_maintenance;

--
-- Name: FUNCTION keep_richer(known_run consolidation.known_run[], known_step consolidation.known_step[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.keep_richer(known_run consolidation.known_run[], known_step consolidation.known_step[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.keep_richer(known_run consolidation.known_run[], known_step consolidation.known_step[]) TO workflow_maintenance;

--
-- Name: FUNCTION keys_definition(source regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.keys_definition(source regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.keys_definition(source regclass) TO workflow_maintenance;

--
-- Name: FUNCTION known_elements(runs consolidation.known_run[], steps consolidation.known_step[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.known_elements(runs consolidation.known_run[], steps consolidation.known_step[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.known_elements(runs consolidation.known_run[], steps consolidation.known_step[]) TO workflow_maintenance;

--
-- Name: FUNCTION leave_configs(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.leave_configs() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.leave_configs() TO workflow_maintenance;

--
-- Name: FUNCTION leave_sources(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.leave_sources() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.leave_sources() TO workflow_maintenance;

--
-- Name: FUNCTION leave_view(old_name text, target regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.leave_view(old_name text, target regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.leave_view(old_name text, target regclass) TO workflow_maintenance;

--
-- Name: FUNCTION link_screenshots(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.link_screenshots() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.link_screenshots() TO workflow_maintenance;

--
-- Name: FUNCTION lock_bucket(trace_id bigint); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.lock_bucket(trace_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.lock_bucket(trace_id bigint) TO workflow_maintenance;

--
-- Name: FUNCTION lock_events(wanted_trace_id bigint, wanted_step_id bigint); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.lock_events(wanted_trace_id bigint, wanted_step_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.lock_events(wanted_trace_id bigint, wanted_step_id bigint) TO workflow_maintenance;

--
-- Name: FUNCTION lock_holders(tables regclass[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.lock_holders(tables regclass[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.lock_holders(tables regclass[]) TO workflow_maintenance;

--
-- Name: FUNCTION lock_run(wanted_trace_id bigint); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.lock_run(wanted_trace_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.lock_run(wanted_trace_id bigint) TO workflow_maintenance;

--
-- Name: FUNCTION lock_screenshots(wanted_trace_id bigint); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.lock_screenshots(wanted_trace_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.lock_screenshots(wanted_trace_id bigint) TO workflow_maintenance;

--
-- Name: FUNCTION lock_traces(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.lock_traces(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.lock_traces(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION lock_traces_shared(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.lock_traces_shared(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.lock_traces_shared(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: TABLE dropped_table; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT ON TABLE consolidation.dropped_table TO workflow_maintenance;

--
-- Name: FUNCTION phase(); Type: ACL; Schema: consolidation; Owner: -
--

GRANT ALL ON FUNCTION consolidation.phase() TO workflow_maintenance;

--
-- Name: FUNCTION unequal_privileges(kinds text[], ids oid[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.unequal_privileges(kinds text[], ids oid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.unequal_privileges(kinds text[], ids oid[]) TO workflow_maintenance;

--
-- Name: FUNCTION loose_function(signatures text[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.loose_function(signatures text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.loose_function(signatures text[]) TO workflow_maintenance;

--
-- Name: FUNCTION make_foreign_keys(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.make_foreign_keys() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.make_foreign_keys() TO workflow_maintenance;

--
-- Name: FUNCTION synthetic_uuid(owner uuid, place text); Type: ACL; Schema: consolidation; Owner: -
--

GRANT ALL ON FUNCTION consolidation.synthetic_uuid(owner uuid, place text) TO workflow_maintenance;

--
-- Name: FUNCTION screenshot_key(element jsonb, owner uuid, place bigint); Type: ACL; Schema: consolidation; Owner: -
--

GRANT ALL ON FUNCTION consolidation.screenshot_key(element jsonb, owner uuid, place bigint) TO workflow_maintenance;

--
-- Name: FUNCTION to_score(element jsonb); Type: ACL; Schema: consolidation; Owner: -
--

GRANT ALL ON FUNCTION consolidation.to_score(element jsonb) TO workflow_maintenance;

--
-- Name: FUNCTION merge_elements(known jsonb, rebuilt jsonb, known_by_id jsonb, kind text, owner uuid, refused jsonb); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.merge_elements(known jsonb, rebuilt jsonb, known_by_id jsonb, kind text, owner uuid, refused jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.merge_elements(known jsonb, rebuilt jsonb, known_by_id jsonb, kind text, owner uuid, refused jsonb) TO workflow_maintenance;

--
-- Name: FUNCTION milliseconds_since(began timestamp with time zone); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.milliseconds_since(began timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.milliseconds_since(began timestamp with time zone) TO workflow_maintenance;

--
-- Name: FUNCTION missed_column(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.missed_column() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.missed_column() TO workflow_maintenance;

--
-- Name: FUNCTION missing_object(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.missing_object() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.missing_object() TO workflow_maintenance;

--
-- Name: FUNCTION relation_behind(old_name regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.relation_behind(old_name regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.relation_behind(old_name regclass) TO workflow_maintenance;

--
-- Name: FUNCTION needed_behind(old_name regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.needed_behind(old_name regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.needed_behind(old_name regclass) TO workflow_maintenance;

--
-- Name: FUNCTION new_rows(ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.new_rows(ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.new_rows(ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION new_rows_of_elements(ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.new_rows_of_elements(ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.new_rows_of_elements(ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION new_rows_of_runs(ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.new_rows_of_runs(ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.new_rows_of_runs(ids bigint[]) TO workflow_maintenance;

--
-- Name: TABLE chunk; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE consolidation.chunk TO workflow_maintenance;

--
-- Name: FUNCTION next_batch(rest consolidation.chunk, batch_size integer); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.next_batch(rest consolidation.chunk, batch_size integer) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.next_batch(rest consolidation.chunk, batch_size integer) TO workflow_maintenance;

--
-- Name: FUNCTION next_size(size integer, done bigint, taken interval, batch_time interval); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.next_size(size integer, done bigint, taken interval, batch_time interval) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.next_size(size integer, done bigint, taken interval, batch_time interval) TO workflow_maintenance;

--
-- Name: FUNCTION not_null_column(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.not_null_column() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.not_null_column() TO workflow_maintenance;

--
-- Name: FUNCTION note_behind(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.note_behind() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.note_behind() TO workflow_maintenance;

--
-- Name: PROCEDURE note_deployed(IN change text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON PROCEDURE consolidation.note_deployed(IN change text) FROM PUBLIC;

--
-- Name: FUNCTION note_everything(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.note_everything() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.note_everything() TO workflow_maintenance;

--
-- Name: FUNCTION note_replaced(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.note_replaced(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.note_replaced(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION note_unequal(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.note_unequal() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.note_unequal() TO workflow_maintenance;

--
-- Name: FUNCTION number_screenshots(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.number_screenshots() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.number_screenshots() TO workflow_maintenance;

--
-- Name: FUNCTION old_constraint(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.old_constraint() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.old_constraint() TO workflow_maintenance;

--
-- Name: FUNCTION old_rows(ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.old_rows(ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.old_rows(ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION on_names_of(definition text, place text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.on_names_of(definition text, place text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.on_names_of(definition text, place text) TO workflow_maintenance;

--
-- Name: FUNCTION only_in_computed(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.only_in_computed() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.only_in_computed() TO workflow_maintenance;

--
-- Name: FUNCTION only_in_documents(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.only_in_documents() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.only_in_documents() TO workflow_maintenance;

--
-- Name: FUNCTION only_in_elements(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.only_in_elements() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.only_in_elements() TO workflow_maintenance;

--
-- Name: FUNCTION open_configs(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.open_configs() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.open_configs() TO workflow_maintenance;

--
-- Name: FUNCTION open_page_states(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.open_page_states() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.open_page_states() TO workflow_maintenance;

--
-- Name: FUNCTION other_default(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.other_default() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.other_default() TO workflow_maintenance;

--
-- Name: FUNCTION other_deploy_session(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.other_deploy_session() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.other_deploy_session() TO workflow_maintenance;

--
-- Name: FUNCTION oversized(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.oversized() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.oversized() TO workflow_maintenance;

--
-- Name: FUNCTION owner_of(relation regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.owner_of(relation regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.owner_of(relation regclass) TO workflow_maintenance;

--
-- Name: FUNCTION patch(previous jsonb, current jsonb, wanted jsonb); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.patch(previous jsonb, current jsonb, wanted jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.patch(previous jsonb, current jsonb, wanted jsonb) TO workflow_maintenance;

--
-- Name: FUNCTION place_of_further_columns(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.place_of_further_columns() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.place_of_further_columns() TO workflow_maintenance;

--
-- Name: FUNCTION plain_column(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.plain_column() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.plain_column() TO workflow_maintenance;

--
-- Name: FUNCTION plan_chunks(wanted_task text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.plan_chunks(wanted_task text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.plan_chunks(wanted_task text) TO workflow_maintenance;

--
-- Name: FUNCTION plan_swap(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.plan_swap() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.plan_swap() TO workflow_maintenance;

--
-- Name: FUNCTION policy_definition(policy oid, relation text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.policy_definition(policy oid, relation text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.policy_definition(policy oid, relation text) TO workflow_maintenance;

--
-- Name: FUNCTION preparation(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.preparation() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.preparation() TO workflow_maintenance;

--
-- Name: FUNCTION prepare_constraints(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.prepare_constraints() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.prepare_constraints() TO workflow_maintenance;

--
-- Name: FUNCTION present(plain jsonb, names text[], documents jsonb[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.present(plain jsonb, names text[], documents jsonb[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.present(plain jsonb, names text[], documents jsonb[]) TO workflow_maintenance;

--
-- Name: FUNCTION privilege(relation regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.privilege(relation regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.privilege(relation regclass) TO workflow_maintenance;

--
-- Name: FUNCTION privileges_definition(source regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.privileges_definition(source regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.privileges_definition(source regclass) TO workflow_maintenance;

--
-- Name: FUNCTION progress_line(task text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.progress_line(task text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.progress_line(task text) TO workflow_maintenance;

--
-- Name: PROCEDURE prove(IN batch_size integer, IN batch_time interval, IN pause interval, IN max_lag interval); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON PROCEDURE consolidation.prove(IN batch_size integer, IN batch_time interval, IN pause interval, IN max_lag interval) FROM PUBLIC;
GRANT ALL ON PROCEDURE consolidation.prove(IN batch_size integer, IN batch_time interval, IN pause interval, IN max_lag interval) TO workflow_maintenance;

--
-- Name: FUNCTION prove_again(trace_ids bigint[], suspected bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.prove_again(trace_ids bigint[], suspected bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.prove_again(trace_ids bigint[], suspected bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION prove_chunk(claimed_id bigint); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.prove_chunk(claimed_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.prove_chunk(claimed_id bigint) TO workflow_maintenance;

--
-- Name: FUNCTION put_context(wanted_trace_id bigint, wanted_key text, value jsonb, origin jsonb, may_be_known boolean); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.put_context(wanted_trace_id bigint, wanted_key text, value jsonb, origin jsonb, may_be_known boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.put_context(wanted_trace_id bigint, wanted_key text, value jsonb, origin jsonb, may_be_known boolean) TO workflow_maintenance;

--
-- Name: FUNCTION put_in(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.put_in(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.put_in(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION put_in_contexts(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.put_in_contexts(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.put_in_contexts(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION put_in_contexts_singly(refused bigint); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.put_in_contexts_singly(refused bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.put_in_contexts_singly(refused bigint) TO workflow_maintenance;

--
-- Name: FUNCTION put_in_endpoints(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.put_in_endpoints(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.put_in_endpoints(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION put_in_endpoints_singly(refused bigint); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.put_in_endpoints_singly(refused bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.put_in_endpoints_singly(refused bigint) TO workflow_maintenance;

--
-- Name: FUNCTION put_in_events(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.put_in_events(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.put_in_events(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION put_in_events_singly(refused bigint); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.put_in_events_singly(refused bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.put_in_events_singly(refused bigint) TO workflow_maintenance;

--
-- Name: FUNCTION put_in_screenshots(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.put_in_screenshots(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.put_in_screenshots(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION put_in_screenshots_singly(refused bigint); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.put_in_screenshots_singly(refused bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.put_in_screenshots_singly(refused bigint) TO workflow_maintenance;

--
-- Name: FUNCTION put_in_singly(refused bigint); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.put_in_singly(refused bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.put_in_singly(refused bigint) TO workflow_maintenance;

--
-- Name: FUNCTION put_in_steps(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.put_in_steps(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.put_in_steps(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION put_in_steps_singly(refused bigint); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.put_in_steps_singly(refused bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.put_in_steps_singly(refused bigint) TO workflow_maintenance;

--
-- Name: FUNCTION put_in_traces(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.put_in_traces(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.put_in_traces(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION put_rules(shown regclass, source regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.put_rules(shown regclass, source regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.put_rules(shown regclass, source regclass) TO workflow_maintenance;

--
-- Name: FUNCTION qualified_name(relation regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.qualified_name(relation regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.qualified_name(relation regclass) TO workflow_maintenance;

--
-- Name: FUNCTION qualified_routine(routine regprocedure); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.qualified_routine(routine regprocedure) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.qualified_routine(routine regprocedure) TO workflow_maintenance;

--
-- Name: TABLE change; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE consolidation.change TO workflow_maintenance;

--
-- Name: FUNCTION queued_runs(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.queued_runs() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.queued_runs() TO workflow_maintenance;

--
-- Name: FUNCTION queued_traces(lowest bigint, how_many integer); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.queued_traces(lowest bigint, how_many integer) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.queued_traces(lowest bigint, how_many integer) TO workflow_maintenance;

--
-- Name: FUNCTION raise_concurrent_update(error_detail text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.raise_concurrent_update(error_detail text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.raise_concurrent_update(error_detail text) TO workflow_maintenance;

--
-- Name: FUNCTION raise_deleted(table_schema text, table_name text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.raise_deleted(table_schema text, table_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.raise_deleted(table_schema text, table_name text) TO workflow_maintenance;

--
-- Name: FUNCTION raise_foreign_key(table_schema text, table_name text, constraint_name text, error_detail text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.raise_foreign_key(table_schema text, table_name text, constraint_name text, error_detail text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.raise_foreign_key(table_schema text, table_name text, constraint_name text, error_detail text) TO workflow_maintenance;

--
-- Name: FUNCTION raise_not_null(table_schema text, table_name text, column_name text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.raise_not_null(table_schema text, table_name text, column_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.raise_not_null(table_schema text, table_name text, column_name text) TO workflow_maintenance;

--
-- Name: FUNCTION raise_unique(table_schema text, table_name text, constraint_name text, error_detail text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.raise_unique(table_schema text, table_name text, constraint_name text, error_detail text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.raise_unique(table_schema text, table_name text, constraint_name text, error_detail text) TO workflow_maintenance;

--
-- Name: FUNCTION read_by_declaration(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.read_by_declaration() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.read_by_declaration() TO workflow_maintenance;

--
-- Name: FUNCTION rebinding(OUT kind text, OUT object text, OUT statement text, OUT trial text, OUT relation regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.rebinding(OUT kind text, OUT object text, OUT statement text, OUT trial text, OUT relation regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.rebinding(OUT kind text, OUT object text, OUT statement text, OUT trial text, OUT relation regclass) TO workflow_maintenance;

--
-- Name: FUNCTION rebuild_documents(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.rebuild_documents(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.rebuild_documents(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION rebuild_dropped(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.rebuild_dropped() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.rebuild_dropped() TO workflow_maintenance;

--
-- Name: FUNCTION rebuild_old_tables(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.rebuild_old_tables() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.rebuild_old_tables() TO workflow_maintenance;

--
-- Name: FUNCTION record_comparison(lo bigint, hi bigint, ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.record_comparison(lo bigint, hi bigint, ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.record_comparison(lo bigint, hi bigint, ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION refuse_empty_comparison(lo bigint, hi bigint, ids bigint[], skip_pending boolean); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.refuse_empty_comparison(lo bigint, hi bigint, ids bigint[], skip_pending boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.refuse_empty_comparison(lo bigint, hi bigint, ids bigint[], skip_pending boolean) TO workflow_maintenance;

--
-- Name: PROCEDURE refuse_findings(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON PROCEDURE consolidation.refuse_findings() FROM PUBLIC;

--
-- Name: PROCEDURE refuse_findings_back(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON PROCEDURE consolidation.refuse_findings_back() FROM PUBLIC;

--
-- Name: FUNCTION refuse_known_context_id(wanted_trace_id bigint, wanted bigint, table_schema text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.refuse_known_context_id(wanted_trace_id bigint, wanted bigint, table_schema text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.refuse_known_context_id(wanted_trace_id bigint, wanted bigint, table_schema text) TO workflow_maintenance;

--
-- Name: FUNCTION refuse_known_event_id(wanted bigint, table_schema text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.refuse_known_event_id(wanted bigint, table_schema text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.refuse_known_event_id(wanted bigint, table_schema text) TO workflow_maintenance;

--
-- Name: FUNCTION refuse_known_screenshot_id(wanted_trace_id bigint, wanted uuid, table_schema text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.refuse_known_screenshot_id(wanted_trace_id bigint, wanted uuid, table_schema text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.refuse_known_screenshot_id(wanted_trace_id bigint, wanted uuid, table_schema text) TO workflow_maintenance;

--
-- Name: FUNCTION refuse_missing(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.refuse_missing() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.refuse_missing() TO workflow_maintenance;

--
-- Name: FUNCTION refuse_missing_capture(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.refuse_missing_capture() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.refuse_missing_capture() TO workflow_maintenance;

--
-- Name: FUNCTION refuse_new_columns(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.refuse_new_columns() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.refuse_new_columns() TO workflow_maintenance;

--
-- Name: FUNCTION refuse_set_aside(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.refuse_set_aside() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.refuse_set_aside() TO workflow_maintenance;

--
-- Name: FUNCTION refuse_too_heavy(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.refuse_too_heavy(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.refuse_too_heavy(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION refuse_unequal(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.refuse_unequal() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.refuse_unequal() TO workflow_maintenance;

--
-- Name: FUNCTION refuse_unknown(run jsonb); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.refuse_unknown(run jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.refuse_unknown(run jsonb) TO workflow_maintenance;

--
-- Name: FUNCTION refused_rows(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.refused_rows(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.refused_rows(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION remember(stage text, relation regclass, statement text, must_succeed boolean); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.remember(stage text, relation regclass, statement text, must_succeed boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.remember(stage text, relation regclass, statement text, must_succeed boolean) TO workflow_maintenance;

--
-- Name: FUNCTION remember_definitions(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.remember_definitions() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.remember_definitions() TO workflow_maintenance;

--
-- Name: FUNCTION remove_what_is_gone(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.remove_what_is_gone(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.remove_what_is_gone(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION rename_table(old_name text, new_name text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.rename_table(old_name text, new_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.rename_table(old_name text, new_name text) TO workflow_maintenance;

--
-- Name: FUNCTION require_read_committed(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.require_read_committed() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.require_read_committed() TO workflow_maintenance;

--
-- Name: PROCEDURE rest(IN batch_ended timestamp with time zone, IN pause interval, IN max_lag interval, INOUT stopped boolean); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON PROCEDURE consolidation.rest(IN batch_ended timestamp with time zone, IN pause interval, IN max_lag interval, INOUT stopped boolean) FROM PUBLIC;
GRANT ALL ON PROCEDURE consolidation.rest(IN batch_ended timestamp with time zone, IN pause interval, IN max_lag interval, INOUT stopped boolean) TO workflow_maintenance;

--
-- Name: FUNCTION rest_triggers(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.rest_triggers() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.rest_triggers() TO workflow_maintenance;

--
-- Name: FUNCTION restore_name(old_name text, new_name text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.restore_name(old_name text, new_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.restore_name(old_name text, new_name text) TO workflow_maintenance;

--
-- Name: FUNCTION restore_table(old_name text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.restore_table(old_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.restore_table(old_name text) TO workflow_maintenance;

--
-- Name: FUNCTION retire_sequence(retired regclass, successor regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.retire_sequence(retired regclass, successor regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.retire_sequence(retired regclass, successor regclass) TO workflow_maintenance;

--
-- Name: FUNCTION retire_sequences(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.retire_sequences() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.retire_sequences() TO workflow_maintenance;

--
-- Name: FUNCTION retire_table(old_name text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.retire_table(old_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.retire_table(old_name text) TO workflow_maintenance;

--
-- Name: FUNCTION revoke_everything(relation regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.revoke_everything(relation regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.revoke_everything(relation regclass) TO workflow_maintenance;

--
-- Name: FUNCTION revoke_grants(target regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.revoke_grants(target regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.revoke_grants(target regclass) TO workflow_maintenance;

--
-- Name: FUNCTION rewrite_view(shown regclass, query text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.rewrite_view(shown regclass, query text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.rewrite_view(shown regclass, query text) TO workflow_maintenance;

--
-- Name: FUNCTION rule_definition(rule oid); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.rule_definition(rule oid) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.rule_definition(rule oid) TO workflow_maintenance;

--
-- Name: FUNCTION rules_definition(source regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.rules_definition(source regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.rules_definition(source regclass) TO workflow_maintenance;

--
-- Name: FUNCTION run_batch(task text, claimed_id bigint, batch_time interval, INOUT state consolidation.batch_state); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.run_batch(task text, claimed_id bigint, batch_time interval, INOUT state consolidation.batch_state) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.run_batch(task text, claimed_id bigint, batch_time interval, INOUT state consolidation.batch_state) TO workflow_maintenance;

--
-- Name: PROCEDURE run_batches(IN task text, IN batch_size integer, IN batch_time interval, IN pause interval, IN max_lag interval, INOUT done bigint); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON PROCEDURE consolidation.run_batches(IN task text, IN batch_size integer, IN batch_time interval, IN pause interval, IN max_lag interval, INOUT done bigint) FROM PUBLIC;
GRANT ALL ON PROCEDURE consolidation.run_batches(IN task text, IN batch_size integer, IN batch_time interval, IN pause interval, IN max_lag interval, INOUT done bigint) TO workflow_maintenance;

--
-- Name: FUNCTION say(mark text, column_name name); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.say(mark text, column_name name) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.say(mark text, column_name name) TO workflow_maintenance;

--
-- Name: FUNCTION screenshot_object(screenshot_id uuid, org_id uuid, node_name text, step_index integer, screenshot_url text, thumbnail_url text, action_description text, element_selector text, element_found boolean, confidence_score numeric, created_at timestamp with time zone, node_id consolidation.node_id); Type: ACL; Schema: consolidation; Owner: -
--

GRANT ALL ON FUNCTION consolidation.screenshot_object(screenshot_id uuid, org_id uuid, node_name text, step_index integer, screenshot_url text, thumbnail_url text, action_description text, element_selector text, element_found boolean, confidence_score numeric, created_at timestamp with time zone, node_id consolidation.node_id) TO workflow_maintenance;

--
-- Name: FUNCTION screenshot_element(screenshot_id uuid, org_id uuid, node_name text, step_index integer, screenshot_url text, thumbnail_url text, action_description text, element_selector text, element_found boolean, confidence_score numeric, created_at timestamp with time zone, node_id consolidation.node_id); Type: ACL; Schema: consolidation; Owner: -
--

GRANT ALL ON FUNCTION consolidation.screenshot_element(screenshot_id uuid, org_id uuid, node_name text, step_index integer, screenshot_url text, thumbnail_url text, action_description text, element_selector text, element_found boolean, confidence_score numeric, created_at timestamp with time zone, node_id consolidation.node_id) TO workflow_maintenance;

--
-- Name: FUNCTION screenshot_number(screenshot_id uuid); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.screenshot_number(screenshot_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.screenshot_number(screenshot_id uuid) TO workflow_maintenance;

--
-- Name: FUNCTION screenshot_uuid(screenshot_id bigint); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.screenshot_uuid(screenshot_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.screenshot_uuid(screenshot_id bigint) TO workflow_maintenance;

--
-- Name: FUNCTION screenshots_of_old_rows(trace_ids bigint[], on_steps boolean); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.screenshots_of_old_rows(trace_ids bigint[], on_steps boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.screenshots_of_old_rows(trace_ids bigint[], on_steps boolean) TO workflow_maintenance;

--
-- Name: FUNCTION see_everything(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.see_everything() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.see_everything() TO workflow_maintenance;

--
-- Name: FUNCTION serial_definition(source regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.serial_definition(source regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.serial_definition(source regclass) TO workflow_maintenance;

--
-- Name: TABLE set_aside; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT,INSERT,DELETE ON TABLE consolidation.set_aside TO workflow_maintenance;

--
-- Name: FUNCTION set_aside(table_name text, trace_id bigint, content jsonb, error_code text, message text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.set_aside(table_name text, trace_id bigint, content jsonb, error_code text, message text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.set_aside(table_name text, trace_id bigint, content jsonb, error_code text, message text) TO workflow_maintenance;

--
-- Name: FUNCTION set_privileges(kinds text[], ids oid[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.set_privileges(kinds text[], ids oid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.set_privileges(kinds text[], ids oid[]) TO workflow_maintenance;

--
-- Name: FUNCTION settle_claims(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.settle_claims(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.settle_claims(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION settle_session(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.settle_session() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.settle_session() TO workflow_maintenance;

--
-- Name: FUNCTION shared_workflow(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.shared_workflow() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.shared_workflow() TO workflow_maintenance;

--
-- Name: FUNCTION show_column(shown regclass, expression text, column_name name); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.show_column(shown regclass, expression text, column_name name) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.show_column(shown regclass, expression text, column_name name) TO workflow_maintenance;

--
-- Name: PROCEDURE show_computed(IN shown regclass, IN table_name text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON PROCEDURE consolidation.show_computed(IN shown regclass, IN table_name text) FROM PUBLIC;

--
-- Name: FUNCTION shown_columns(shown regclass, table_name text, kind_of_row text, source text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.shown_columns(shown regclass, table_name text, kind_of_row text, source text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.shown_columns(shown regclass, table_name text, kind_of_row text, source text) TO workflow_maintenance;

--
-- Name: TABLE event_row; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT ON TABLE consolidation.event_row TO workflow_maintenance;
GRANT SELECT ON TABLE consolidation.event_row TO workflow_app;

--
-- Name: TABLE back_event; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT ON TABLE consolidation.back_event TO workflow_maintenance;

--
-- Name: FUNCTION shown_events(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.shown_events(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.shown_events(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: TABLE screenshot_row; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT ON TABLE consolidation.screenshot_row TO workflow_maintenance;
GRANT SELECT ON TABLE consolidation.screenshot_row TO workflow_app;

--
-- Name: TABLE back_screenshot; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT ON TABLE consolidation.back_screenshot TO workflow_maintenance;

--
-- Name: FUNCTION shown_screenshots(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.shown_screenshots(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.shown_screenshots(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION step_id(step_id bigint); Type: ACL; Schema: consolidation; Owner: -
--

GRANT ALL ON FUNCTION consolidation.step_id(step_id bigint) TO workflow_maintenance;

--
-- Name: TABLE step_row; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT ON TABLE consolidation.step_row TO workflow_maintenance;

--
-- Name: TABLE back_step; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT ON TABLE consolidation.back_step TO workflow_maintenance;

--
-- Name: FUNCTION shown_steps(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.shown_steps(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.shown_steps(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION shows_all(policy oid); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.shows_all(policy oid) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.shows_all(policy oid) TO workflow_maintenance;

--
-- Name: FUNCTION slice_end(lo bigint, hi bigint, ids bigint[], size integer); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.slice_end(lo bigint, hi bigint, ids bigint[], size integer) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.slice_end(lo bigint, hi bigint, ids bigint[], size integer) TO workflow_maintenance;

--
-- Name: FUNCTION spare_unscoped_roles(roles jsonb); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.spare_unscoped_roles(roles jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.spare_unscoped_roles(roles jsonb) TO workflow_maintenance;

--
-- Name: FUNCTION standby_lag(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.standby_lag() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.standby_lag() TO workflow_maintenance;

--
-- Name: FUNCTION start_capture(captured regclass, capture_function regproc); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.start_capture(captured regclass, capture_function regproc) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.start_capture(captured regclass, capture_function regproc) TO workflow_maintenance;

--
-- Name: FUNCTION stop_backfill(pid integer); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.stop_backfill(pid integer) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.stop_backfill(pid integer) TO workflow_maintenance;

--
-- Name: FUNCTION stop_capture(captured regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.stop_capture(captured regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.stop_capture(captured regclass) TO workflow_maintenance;

--
-- Name: FUNCTION stray_screenshot(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.stray_screenshot() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.stray_screenshot() TO workflow_maintenance;

--
-- Name: FUNCTION unequal_rows(lo bigint, hi bigint, ids bigint[], OUT traces bigint[], OUT steps bigint[], OUT events bigint[], OUT screenshots bigint[], OUT contexts bigint[], OUT endpoints bigint[], OUT any_table bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.unequal_rows(lo bigint, hi bigint, ids bigint[], OUT traces bigint[], OUT steps bigint[], OUT events bigint[], OUT screenshots bigint[], OUT contexts bigint[], OUT endpoints bigint[], OUT any_table bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.unequal_rows(lo bigint, hi bigint, ids bigint[], OUT traces bigint[], OUT steps bigint[], OUT events bigint[], OUT screenshots bigint[], OUT contexts bigint[], OUT endpoints bigint[], OUT any_table bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION suspects(lo bigint, hi bigint, ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.suspects(lo bigint, hi bigint, ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.suspects(lo bigint, hi bigint, ids bigint[]) TO workflow_maintenance;

--
-- Name: PROCEDURE swap(IN direction text, IN patience interval); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON PROCEDURE consolidation.swap(IN direction text, IN patience interval) FROM PUBLIC;

--
-- Name: TABLE declared_source; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT ON TABLE consolidation.declared_source TO workflow_maintenance;

--
-- Name: FUNCTION swap_locks(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.swap_locks() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.swap_locks() TO workflow_maintenance;

--
-- Name: FUNCTION swap_to_tables(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.swap_to_tables() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.swap_to_tables() TO workflow_maintenance;

--
-- Name: FUNCTION swap_to_views(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.swap_to_views() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.swap_to_views() TO workflow_maintenance;

--
-- Name: FUNCTION table_definition(source regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.table_definition(source regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.table_definition(source regclass) TO workflow_maintenance;

--
-- Name: FUNCTION take_context(wanted_trace_id bigint, wanted_key text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.take_context(wanted_trace_id bigint, wanted_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.take_context(wanted_trace_id bigint, wanted_key text) TO workflow_maintenance;

--
-- Name: FUNCTION take_defaults(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.take_defaults() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.take_defaults() TO workflow_maintenance;

--
-- Name: FUNCTION take_further_columns(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.take_further_columns() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.take_further_columns() TO workflow_maintenance;

--
-- Name: FUNCTION take_locks(tables regclass[], mode text, patience interval, hold interval); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.take_locks(tables regclass[], mode text, patience interval, hold interval) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.take_locks(tables regclass[], mode text, patience interval, hold interval) TO workflow_maintenance;

--
-- Name: FUNCTION take_out(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.take_out(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.take_out(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION take_queued(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.take_queued(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.take_queued(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION to_key(key text, value anyelement); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.to_key(key text, value anyelement) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.to_key(key text, value anyelement) TO workflow_maintenance;

--
-- Name: FUNCTION translated_constraint(wanted text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.translated_constraint(wanted text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.translated_constraint(wanted text) TO workflow_maintenance;

--
-- Name: FUNCTION trial(kind text, definition text, place text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.trial(kind text, definition text, place text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.trial(kind text, definition text, place text) TO workflow_maintenance;

--
-- Name: FUNCTION trial_of_remembered(entry_ordinal bigint); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.trial_of_remembered(entry_ordinal bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.trial_of_remembered(entry_ordinal bigint) TO workflow_maintenance;

--
-- Name: FUNCTION try_to_drop(OUT dropped boolean, OUT reason text, OUT detail text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.try_to_drop(OUT dropped boolean, OUT reason text, OUT detail text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.try_to_drop(OUT dropped boolean, OUT reason text, OUT detail text) TO workflow_maintenance;

--
-- Name: FUNCTION try_to_swap(direction text, few integer, OUT swapped boolean, OUT locked_at timestamp with time zone, OUT reason text, OUT detail text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.try_to_swap(direction text, few integer, OUT swapped boolean, OUT locked_at timestamp with time zone, OUT reason text, OUT detail text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.try_to_swap(direction text, few integer, OUT swapped boolean, OUT locked_at timestamp with time zone, OUT reason text, OUT detail text) TO workflow_maintenance;

--
-- Name: FUNCTION uncarriable(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.uncarriable() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.uncarriable() TO workflow_maintenance;

--
-- Name: FUNCTION uncarriable_elements(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.uncarriable_elements() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.uncarriable_elements() TO workflow_maintenance;

--
-- Name: FUNCTION unequal_contexts(lo bigint, hi bigint, ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.unequal_contexts(lo bigint, hi bigint, ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.unequal_contexts(lo bigint, hi bigint, ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION unequal_endpoints(lo bigint, hi bigint, ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.unequal_endpoints(lo bigint, hi bigint, ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.unequal_endpoints(lo bigint, hi bigint, ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION unequal_events(lo bigint, hi bigint, ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.unequal_events(lo bigint, hi bigint, ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.unequal_events(lo bigint, hi bigint, ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION unequal_screenshots(lo bigint, hi bigint, ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.unequal_screenshots(lo bigint, hi bigint, ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.unequal_screenshots(lo bigint, hi bigint, ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION unequal_steps(lo bigint, hi bigint, ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.unequal_steps(lo bigint, hi bigint, ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.unequal_steps(lo bigint, hi bigint, ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION unequal_traces(lo bigint, hi bigint, ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.unequal_traces(lo bigint, hi bigint, ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.unequal_traces(lo bigint, hi bigint, ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION unscoped_role(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.unscoped_role() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.unscoped_role() TO workflow_maintenance;

--
-- Name: FUNCTION unscoped_roles(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.unscoped_roles() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.unscoped_roles() TO workflow_maintenance;

--
-- Name: PROCEDURE validate(IN wanted_stage text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON PROCEDURE consolidation.validate(IN wanted_stage text) FROM PUBLIC;

--
-- Name: FUNCTION view_definition(source regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.view_definition(source regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.view_definition(source regclass) TO workflow_maintenance;

--
-- Name: FUNCTION view_of_six(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.view_of_six() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.view_of_six() TO workflow_maintenance;

--
-- Name: FUNCTION whole_seconds(duration interval); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.whole_seconds(duration interval) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.whole_seconds(duration interval) TO workflow_maintenance;

--
-- Name: FUNCTION with_element(elements jsonb, place bigint, element jsonb); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.with_element(elements jsonb, place bigint, element jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.with_element(elements jsonb, place bigint, element jsonb) TO workflow_maintenance;

--
-- Name: FUNCTION with_new_ids(elements jsonb, name text, new_ids jsonb); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.with_new_ids(elements jsonb, name text, new_ids jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.with_new_ids(elements jsonb, name text, new_ids jsonb) TO workflow_maintenance;

--
-- Name: FUNCTION write_runs(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.write_runs(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.write_runs(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION write_steps(trace_ids bigint[], known consolidation.known_step[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.write_steps(trace_ids bigint[], known consolidation.known_step[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.write_steps(trace_ids bigint[], known consolidation.known_step[]) TO workflow_maintenance;

--
-- Name: FUNCTION write_workflow_events(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.write_workflow_events() FROM PUBLIC;

--
-- Name: FUNCTION write_workflow_trace_context(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.write_workflow_trace_context() FROM PUBLIC;

--
-- Name: FUNCTION write_workflow_trace_endpoint(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.write_workflow_trace_endpoint() FROM PUBLIC;

--
-- Name: FUNCTION write_workflow_trace_screenshot(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.write_workflow_trace_screenshot() FROM PUBLIC;

--
-- Name: FUNCTION asks_organisation(policy oid); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.asks_organisation(policy oid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.asks_organisation(policy oid) TO workflow_app;
GRANT ALL ON FUNCTION public.asks_organisation(policy oid) TO workflow_maintenance;

--
-- Name: FUNCTION change_events(change jsonb, matching jsonb, before timestamp with time zone); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.change_events(change jsonb, matching jsonb, before timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.change_events(change jsonb, matching jsonb, before timestamp with time zone) TO workflow_app;
GRANT ALL ON FUNCTION public.change_events(change jsonb, matching jsonb, before timestamp with time zone) TO workflow_maintenance;

--
-- Name: FUNCTION derive_columns(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.derive_columns() FROM PUBLIC;

--
-- Name: FUNCTION fill_step_keys(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.fill_step_keys() FROM PUBLIC;

--
-- Name: FUNCTION find_event(event_id bigint, OUT run_id uuid, OUT step_id uuid, OUT place bigint, OUT event jsonb); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.find_event(event_id bigint, OUT run_id uuid, OUT step_id uuid, OUT place bigint, OUT event jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_event(event_id bigint, OUT run_id uuid, OUT step_id uuid, OUT place bigint, OUT event jsonb) TO workflow_app;
GRANT ALL ON FUNCTION public.find_event(event_id bigint, OUT run_id uuid, OUT step_id uuid, OUT place bigint, OUT event jsonb) TO workflow_maintenance;

--
-- Name: FUNCTION find_run_ids(context jsonb, status text, endpoint jsonb, events jsonb, screenshots jsonb, created_from timestamp with time zone, created_to timestamp with time zone, page_size integer, after_created_at timestamp with time zone, after_run_id uuid); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.find_run_ids(context jsonb, status text, endpoint jsonb, events jsonb, screenshots jsonb, created_from timestamp with time zone, created_to timestamp with time zone, page_size integer, after_created_at timestamp with time zone, after_run_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_run_ids(context jsonb, status text, endpoint jsonb, events jsonb, screenshots jsonb, created_from timestamp with time zone, created_to timestamp with time zone, page_size integer, after_created_at timestamp with time zone, after_run_id uuid) TO workflow_app;

--
-- Name: FUNCTION find_runs(context jsonb, status text, endpoint jsonb, events jsonb, screenshots jsonb, created_from timestamp with time zone, created_to timestamp with time zone, page_size integer, after_created_at timestamp with time zone, after_run_id uuid); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.find_runs(context jsonb, status text, endpoint jsonb, events jsonb, screenshots jsonb, created_from timestamp with time zone, created_to timestamp with time zone, page_size integer, after_created_at timestamp with time zone, after_run_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_runs(context jsonb, status text, endpoint jsonb, events jsonb, screenshots jsonb, created_from timestamp with time zone, created_to timestamp with time zone, page_size integer, after_created_at timestamp with time zone, after_run_id uuid) TO workflow_app;
GRANT ALL ON FUNCTION public.find_runs(context jsonb, status text, endpoint jsonb, events jsonb, screenshots jsonb, created_from timestamp with time zone, created_to timestamp with time zone, page_size integer, after_created_at timestamp with time zone, after_run_id uuid) TO workflow_maintenance;

--
-- Name: FUNCTION find_step_ids(events jsonb, screenshots jsonb, status text, started_from timestamp with time zone, started_to timestamp with time zone, page_size integer, after_started_at timestamp with time zone, after_step_id uuid); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.find_step_ids(events jsonb, screenshots jsonb, status text, started_from timestamp with time zone, started_to timestamp with time zone, page_size integer, after_started_at timestamp with time zone, after_step_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_step_ids(events jsonb, screenshots jsonb, status text, started_from timestamp with time zone, started_to timestamp with time zone, page_size integer, after_started_at timestamp with time zone, after_step_id uuid) TO workflow_app;

--
-- Name: FUNCTION find_steps(events jsonb, screenshots jsonb, status text, started_from timestamp with time zone, started_to timestamp with time zone, page_size integer, after_started_at timestamp with time zone, after_step_id uuid); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.find_steps(events jsonb, screenshots jsonb, status text, started_from timestamp with time zone, started_to timestamp with time zone, page_size integer, after_started_at timestamp with time zone, after_step_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_steps(events jsonb, screenshots jsonb, status text, started_from timestamp with time zone, started_to timestamp with time zone, page_size integer, after_started_at timestamp with time zone, after_step_id uuid) TO workflow_app;
GRANT ALL ON FUNCTION public.find_steps(events jsonb, screenshots jsonb, status text, started_from timestamp with time zone, started_to timestamp with time zone, page_size integer, after_started_at timestamp with time zone, after_step_id uuid) TO workflow_maintenance;

--
-- Name: FUNCTION follow_declaration(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.follow_declaration() FROM PUBLIC;

--
-- Name: FUNCTION get_run(run_id uuid); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.get_run(run_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.get_run(run_id uuid) TO workflow_app;
GRANT ALL ON FUNCTION public.get_run(run_id uuid) TO workflow_maintenance;

--
-- Name: FUNCTION guard_run_identity(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.guard_run_identity() FROM PUBLIC;

--
-- Name: FUNCTION guard_screenshots(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.guard_screenshots() FROM PUBLIC;

--
-- Name: FUNCTION guard_step_identity(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.guard_step_identity() FROM PUBLIC;

--
-- Name: FUNCTION is_event_meant(element jsonb, before timestamp with time zone, matching jsonb); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.is_event_meant(element jsonb, before timestamp with time zone, matching jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.is_event_meant(element jsonb, before timestamp with time zone, matching jsonb) TO workflow_app;
GRANT ALL ON FUNCTION public.is_event_meant(element jsonb, before timestamp with time zone, matching jsonb) TO workflow_maintenance;

--
-- Name: TABLE user_workflow_owner; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_workflow_owner TO workflow_maintenance;

--
-- Name: FUNCTION is_own_workflow(workflow_id uuid); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.is_own_workflow(workflow_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.is_own_workflow(workflow_id uuid) TO workflow_app;

--
-- Name: FUNCTION keep_screenshots(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.keep_screenshots() FROM PUBLIC;

--
-- Name: FUNCTION keep_workflow_owner(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.keep_workflow_owner() FROM PUBLIC;

--
-- Name: FUNCTION may_be_older_path(before timestamp with time zone); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.may_be_older_path(before timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.may_be_older_path(before timestamp with time zone) TO workflow_app;
GRANT ALL ON FUNCTION public.may_be_older_path(before timestamp with time zone) TO workflow_maintenance;

--
-- Name: FUNCTION refuse_null_retry_count(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.refuse_null_retry_count() FROM PUBLIC;

--
-- Name: FUNCTION remove_events(before timestamp with time zone, matching jsonb); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.remove_events(before timestamp with time zone, matching jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.remove_events(before timestamp with time zone, matching jsonb) TO workflow_app;
GRANT ALL ON FUNCTION public.remove_events(before timestamp with time zone, matching jsonb) TO workflow_maintenance;

--
-- Name: FUNCTION rewrite_events(before timestamp with time zone, matching jsonb, change jsonb); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.rewrite_events(before timestamp with time zone, matching jsonb, change jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.rewrite_events(before timestamp with time zone, matching jsonb, change jsonb) TO workflow_app;
GRANT ALL ON FUNCTION public.rewrite_events(before timestamp with time zone, matching jsonb, change jsonb) TO workflow_maintenance;

--
-- Name: FUNCTION sees_all(role_id oid, isolated oid); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.sees_all(role_id oid, isolated oid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sees_all(role_id oid, isolated oid) TO workflow_app;
GRANT ALL ON FUNCTION public.sees_all(role_id oid, isolated oid) TO workflow_maintenance;

--
-- Name: FUNCTION set_updated_at(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.set_updated_at() FROM PUBLIC;

--
-- Name: TABLE context_row; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT ON TABLE consolidation.context_row TO workflow_maintenance;
GRANT SELECT ON TABLE consolidation.context_row TO workflow_app;

--
-- Name: TABLE back_context; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT ON TABLE consolidation.back_context TO workflow_maintenance;

--
-- Name: TABLE endpoint_row; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT ON TABLE consolidation.endpoint_row TO workflow_maintenance;
GRANT SELECT ON TABLE consolidation.endpoint_row TO workflow_app;

--
-- Name: TABLE back_endpoint; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT ON TABLE consolidation.back_endpoint TO workflow_maintenance;

--
-- Name: TABLE back_trace; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT ON TABLE consolidation.back_trace TO workflow_maintenance;

--
-- Name: TABLE carried_back; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT,INSERT,DELETE ON TABLE consolidation.carried_back TO workflow_maintenance;

--
-- Name: TABLE missing_capture; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT ON TABLE consolidation.missing_capture TO workflow_maintenance;

--
-- Name: TABLE workflow_trace_context; Type: ACL; Schema: legacy; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE legacy.workflow_trace_context TO workflow_maintenance;

--
-- Name: TABLE old_context; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE consolidation.old_context TO workflow_maintenance;

--
-- Name: TABLE workflow_trace_endpoint; Type: ACL; Schema: legacy; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE legacy.workflow_trace_endpoint TO workflow_maintenance;

--
-- Name: TABLE old_endpoint; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE consolidation.old_endpoint TO workflow_maintenance;

--
-- Name: TABLE workflow_events; Type: ACL; Schema: legacy; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE legacy.workflow_events TO workflow_maintenance;

--
-- Name: TABLE old_event; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE consolidation.old_event TO workflow_maintenance;

--
-- Name: TABLE workflow_trace_screenshot; Type: ACL; Schema: legacy; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE legacy.workflow_trace_screenshot TO workflow_maintenance;

--
-- Name: TABLE old_screenshot; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE consolidation.old_screenshot TO workflow_maintenance;

--
-- Name: TABLE workflow_steps; Type: ACL; Schema: legacy; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE legacy.workflow_steps TO workflow_maintenance;

--
-- Name: TABLE old_step; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE consolidation.old_step TO workflow_maintenance;

--
-- Name: TABLE workflow_trace; Type: ACL; Schema: legacy; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE legacy.workflow_trace TO workflow_maintenance;

--
-- Name: TABLE old_trace; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE consolidation.old_trace TO workflow_maintenance;

--
-- Name: TABLE unequal_trace; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE consolidation.unequal_trace TO workflow_maintenance;

--
-- Name: TABLE progress; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT ON TABLE consolidation.progress TO workflow_maintenance;

--
-- Name: TABLE progress_by_session; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT ON TABLE consolidation.progress_by_session TO workflow_maintenance;

--
-- Name: TABLE proof; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE consolidation.proof TO workflow_maintenance;

--
-- Name: TABLE run_lock; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT,UPDATE ON TABLE consolidation.run_lock TO workflow_maintenance;

--
-- Name: TABLE stop_request; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE consolidation.stop_request TO workflow_maintenance;

--
-- Name: TABLE isolated_table; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.isolated_table TO workflow_maintenance;

--
-- Name: TABLE user_workflow_cache_state; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_workflow_cache_state TO workflow_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_workflow_cache_state TO workflow_maintenance;

--
-- Name: TABLE micro_state; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.micro_state TO workflow_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.micro_state TO workflow_maintenance;

--
-- Name: TABLE owner_shown; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.owner_shown TO workflow_maintenance;

--
-- Name: TABLE role_reach; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.role_reach TO workflow_maintenance;

--
-- Name: TABLE not_isolated_relation; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.not_isolated_relation TO workflow_maintenance;

--
-- Name: TABLE not_isolated_role; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.not_isolated_role TO workflow_maintenance;

--
-- Name: TABLE not_isolated; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.not_isolated TO workflow_maintenance;

--
-- Name: TABLE user_workflow_config; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_workflow_config TO workflow_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_workflow_config TO workflow_maintenance;

--
-- Name: TABLE workflow_configs; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workflow_configs TO workflow_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workflow_configs TO workflow_maintenance;

--
-- Name: TABLE workflow_events; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workflow_events TO workflow_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workflow_events TO workflow_app;

--
-- Name: SEQUENCE workflow_events_event_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT USAGE ON SEQUENCE public.workflow_events_event_id_seq TO workflow_maintenance;

--
-- Name: TABLE workflow_steps; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workflow_steps TO workflow_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workflow_steps TO workflow_app;

--
-- Name: TABLE workflow_trace; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workflow_trace TO workflow_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workflow_trace TO workflow_app;

--
-- Name: TABLE workflow_trace_context; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workflow_trace_context TO workflow_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workflow_trace_context TO workflow_app;

--
-- Name: SEQUENCE workflow_trace_context_context_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT USAGE ON SEQUENCE public.workflow_trace_context_context_id_seq TO workflow_maintenance;

--
-- Name: TABLE workflow_trace_endpoint; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workflow_trace_endpoint TO workflow_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workflow_trace_endpoint TO workflow_app;

--
-- Name: TABLE workflow_trace_screenshot; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workflow_trace_screenshot TO workflow_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workflow_trace_screenshot TO workflow_app;

--
-- PostgreSQL database dump complete
--

