-- Every version of a row can be read again (docs/history.md). Policies and grants of record_change hold for its new columns.
alter table public.record_change
  -- When the version before was written: of the first change, when the row was created. Null in lines from before this migration.
  add column written_before timestamptz(6),
  -- Of a row that was removed: the row it hung below. A patient hangs below none.
  add column parent_before uuid;
-- The removed rows below a row; most lines tell of none. Begins with the row, not with ods: see the natural keys.
create index record_change_parent_before_idx on public.record_change (parent_before, ods) where parent_before is not null;
