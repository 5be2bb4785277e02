-- Verify workflow_consolidation:carry_over on pg

begin;

select 1 / (case when count(*) = 0 then 1 else 0 end) as every_range_is_done
from consolidation.chunk
where finished_at is null;

rollback;
