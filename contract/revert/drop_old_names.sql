-- Revert workflow_contract:drop_old_names from pg

begin;

do $$
begin
    raise exception using
        errcode = 'object_not_in_prerequisite_state',
        message = 'there is no way back from drop_old_names: the old ids are gone',
        hint = 'Restore a backup from before it beside this database, and take from there what you '
        'need.';
end
$$;

rollback;
