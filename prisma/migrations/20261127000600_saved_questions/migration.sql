-- Questions that analysts keep under an agreement (ADR 0043): what is asked, never an answer. Of no organisation, and without a patient.

do $$
begin
  if not exists (select from pg_roles where rolname = 'nacr_questions') then
    begin
      execute 'create role nacr_questions nologin';
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
  if not pg_has_role(current_user, 'nacr_questions', 'member') then
    execute 'grant nacr_questions to current_user';
  end if;
end
$$;
create schema question;
grant usage on schema question, audit to nacr_questions;

create table question.saved (
  id uuid not null,
  agreement_id text not null,
  owner text not null,
  name text not null,
  saved_at timestamptz(6) not null,
  -- The owner's colleagues under the agreement who see it, too.
  shared_with text[] not null default '{}',
  constraint saved_pkey primary key (id),
  constraint saved_agreement_id_owner_name_key unique (agreement_id, owner, name),
  constraint saved_agreement_id_fkey foreign key (agreement_id) references agreement.agreement (id)
);

-- Only added to: a figure that was cited with a version can be asked for again.
create table question.version (
  saved_id uuid not null,
  number integer not null check (number > 0),
  -- {"measure", "dimensions", "where"} in its normal form.
  content jsonb not null,
  saved_at timestamptz(6) not null,
  constraint version_pkey primary key (saved_id, number),
  constraint version_saved_id_fkey foreign key (saved_id) references question.saved (id)
);

alter table question.saved enable row level security;
alter table question.saved force row level security;
alter table question.version enable row level security;
alter table question.version force row level security;
create policy kept_rows on question.saved to nacr_questions using (true) with check (true);
create policy kept_rows on question.version to nacr_questions using (true) with check (true);
create policy question_rows on audit.event for insert to nacr_questions with check (ods is null);

grant select, insert on question.saved, question.version to nacr_questions;
grant update (shared_with) on question.saved to nacr_questions;
grant insert on audit.event to nacr_questions;
