-- The schemas, and the roles every unit of work takes on (set local role): they own nothing, so row-level security binds them.
create schema if not exists access;
create schema if not exists identity;
create schema if not exists keys;

-- Roles belong to the whole cluster: another database, or an administrator, may have made them already, even at this moment.
do $$
declare
  wanted text;
begin
  foreach wanted in array array['nacr_app', 'nacr_access'] loop
    if not exists (select from pg_roles where rolname = wanted) then
      begin
        execute format('create role %I nologin', wanted);
      exception when duplicate_object or unique_violation then null;
      end;
    end if;
    -- A superuser is a member of every role and needs no grant.
    if not pg_has_role(current_user, wanted, 'member') then
      execute format('grant %I to current_user', wanted);
    end if;
  end loop;
end
$$;

grant usage on schema public, identity to nacr_app;
grant usage on schema public, access to nacr_access;
