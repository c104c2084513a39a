/**
 * What the linker reads (role `nacr_linker`, every organisation): digests, event types, dates. Everything is a look-up in an index for each
 * record: laterals and `offset 0` keep it one, whatever the planner believes (see `findPatients`).
 */
import { LIMITS } from "../../lib/limits.ts";
import { constantSql } from "../database/constant-sql.ts";
import type { ConstantSql } from "./table-shape.ts";

/** ISO instant with microseconds: two decisions within a millisecond keep their order. */
const preciseInstant = (expression: string): string =>
  `to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** One linker at a time in the whole installation, until its transaction ends. */
export const TAKE_TURN: ConstantSql = constantSql(`select pg_try_advisory_xact_lock(hashtextextended('links', 0)) as mine`);

/** `$1` how many at most. */
export const COUNT_DUE: ConstantSql = constantSql(
  `select count(*)::integer as total from (select from link.due limit $1::integer) counted`,
);

/** The digests of the patient `of`. */
const ownDigests = (of: string): string =>
  `left join lateral (
     select i.nhs_hmac, i.name_hmac from identity.patient_identity i where i.ods = ${of}.ods and i.patient_id = ${of}.id offset 0) own on true`;

/** How many patients have this name and postcode, counted as far as it matters. */
const countNamesakes = (name: string): string =>
  `(select count(*) from (
     select from identity.patient_identity o where o.name_hmac = ${name} limit ${LIMITS.patientsPerName + 1}) namesakes)`;

export const PUT_OFF: ConstantSql = constantSql(
  `with oldest as (delete from link.due d where d.id = (select min(e.id) from link.due e) returning d.ods, d.patient_id, d.event_id)
   insert into link.due (ods, patient_id, event_id) select o.ods, o.patient_id, o.event_id from oldest o`,
);

/**
 * `$1` lines. Takes them away, and answers with how many there were and those of their patients of whom there is, or was, something to say.
 * Nearly everybody is alone with one event, so this statement is what linking costs.
 */
export const TAKE_DUE: ConstantSql = constantSql(
  `with taken as (
     delete from link.due d where d.id = any (array(select e.id from link.due e order by e.id limit $1::integer))
     returning d.ods, d.patient_id, d.event_id),
   named as (
     select t.ods, t.patient_id as id from taken t where t.patient_id is not null
     union select t.ods, found.patient_id from taken t cross join lateral (
       select e.patient_id from public.initiating_event e where e.ods = t.ods and e.id = t.event_id
       union all select m.patient_id from link.episode_member m where m.ods = t.ods and m.event_id = t.event_id offset 0) found
     where t.event_id is not null),
   concerned as (
     select n.ods, n.id from named n ${ownDigests("n")}
     where exists (select from link.person_member m where m.ods = n.ods and m.patient_id = n.id offset 0)
       or exists (select from identity.patient_identity o where o.nhs_hmac = own.nhs_hmac and o.ods <> n.ods offset 0)
       or ${countNamesakes("own.name_hmac")} between 2 and ${LIMITS.patientsPerName}
       or exists (select from identity.former_nhs_number f where f.ods = n.ods and f.patient_id = n.id offset 0)
       or exists (select from identity.former_nhs_number f where f.nhs_hmac = own.nhs_hmac offset 0)
       or exists (select from identity.patient_merge g where g.ods = n.ods and g.patient_id = n.id offset 0)
       or exists (select from identity.patient_merge g where g.merged_into = n.id and g.ods = n.ods offset 0)
       or exists (select from link.decision d where d.a_ods = n.ods and d.a_id = n.id offset 0)
       or exists (select from link.decision d where d.b_ods = n.ods and d.b_id = n.id offset 0)
       or (select count(*) from (
         select from public.initiating_event e where e.patient_id = n.id and e.ods = n.ods limit 2) two) = 2)
   select t.taken, c.ods, c.id::text as id
   from (select count(*)::integer as taken from taken) t left join concerned c on true`,
);

/** `$1` organisations, `$2` events: their patients, also of events that are no more, as far as something is said of them. */
export const PATIENTS_OF_EVENTS: ConstantSql = constantSql(
  `select distinct s.ods, found.patient_id::text as id
   from unnest($1::text[], $2::uuid[]) s(ods, id) cross join lateral (
     select e.patient_id from public.initiating_event e where e.ods = s.ods and e.id = s.id
     union all select m.patient_id from link.episode_member m where m.ods = s.ods and m.event_id = s.id offset 0) found`,
);

/** `$1` organisations, `$2` patients, `$3` how many of each kind for each: see `LinkUnit.neighbours`. */
export const NEIGHBOURS: ConstantSql = constantSql(
  `select distinct s.ods as of_ods, s.id::text as of_id, n.ods, n.id::text as id
   from unnest($1::text[], $2::uuid[]) s(ods, id) ${ownDigests("s")}
   cross join lateral (
     (select o.ods, o.patient_id as id from identity.patient_identity o where o.nhs_hmac = own.nhs_hmac limit $3::integer)
     union all (
       select o.ods, o.patient_id from identity.patient_identity o
       where o.name_hmac = own.name_hmac and ${countNamesakes("own.name_hmac")} <= ${LIMITS.patientsPerName})
     union all (select f.ods, f.patient_id from identity.former_nhs_number f where f.nhs_hmac = own.nhs_hmac limit $3::integer)
     union all (
       select o.ods, o.patient_id from identity.former_nhs_number f cross join lateral (
         select i.ods, i.patient_id from identity.patient_identity i where i.nhs_hmac = f.nhs_hmac limit $3::integer) o
       where f.ods = s.ods and f.patient_id = s.id limit $3::integer)
     union all (select g.ods, g.merged_into from identity.patient_merge g where g.ods = s.ods and g.patient_id = s.id)
     union all (select g.ods, g.patient_id from identity.patient_merge g where g.merged_into = s.id and g.ods = s.ods limit $3::integer)
     union all (
       select d.b_ods, d.b_id from link.decision d where d.a_ods = s.ods and d.a_id = s.id and d.kind = 'PERSON'
       group by d.b_ods, d.b_id limit $3::integer)
     union all (
       select d.a_ods, d.a_id from link.decision d where d.b_ods = s.ods and d.b_id = s.id and d.kind = 'PERSON'
       group by d.a_ods, d.a_id limit $3::integer)
     union all (
       select other.ods, other.patient_id from link.person_member m cross join lateral (
         select p.ods, p.patient_id from link.person_member p where p.person_id = m.person_id limit $3::integer) other
       where m.ods = s.ods and m.patient_id = s.id)) n
   where (n.ods, n.id) <> (s.ods, s.id)`,
);

/** `$1` organisations, `$2` patients; digests in hexadecimal, that of a placeholder for a name left out. */
export const READ_PATIENTS: ConstantSql = constantSql(
  `select s.ods, s.id::text as id, encode(i.nhs_hmac, 'hex') as nhs, encode(i.dob_hmac, 'hex') as birth,
     case when ${countNamesakes("i.name_hmac")} <= ${LIMITS.patientsPerName} then encode(i.name_hmac, 'hex') end as name,
     (select string_agg(encode(f.nhs_hmac, 'hex'), ' ' order by f.nhs_hmac) from identity.former_nhs_number f
      where f.ods = s.ods and f.patient_id = s.id) as former
   from unnest($1::text[], $2::uuid[]) s(ods, id) cross join lateral (
     select i.nhs_hmac, i.dob_hmac, i.name_hmac from identity.patient_identity i
     where i.ods = s.ods and i.patient_id = s.id offset 0) i`,
);

/** `$1` organisations, `$2` patients, `$3` how many of each at most. Treatments as pairs of type and date. */
export const READ_EVENTS: ConstantSql = constantSql(
  `select s.ods, e.id::text as id, s.id::text as patient_id, e.event_type, e.event_date::text as event_date,
     (select jsonb_agg(jsonb_build_array(t.type, t.date) order by t.id) from public.treatment t
      where t.initiating_event_id = e.id and t.ods = s.ods)::text as treatments
   from unnest($1::text[], $2::uuid[]) s(ods, id) cross join lateral (
     select e.id, e.event_type, e.event_date from public.initiating_event e
     where e.patient_id = s.id and e.ods = s.ods order by e.id limit $3::integer) e`,
);

/** `$1` organisations, `$2` patients: merges of theirs into others. */
export const READ_MERGES: ConstantSql = constantSql(
  `select g.ods, g.patient_id::text as patient_id, g.merged_into::text as merged_into, ${preciseInstant("g.merged_at")} as merged_at
   from unnest($1::text[], $2::uuid[]) s(ods, id) join identity.patient_merge g on g.ods = s.ods and g.patient_id = s.id`,
);

/** `$1` kind, `$2` organisations, `$3` records. By the first record of each pair: whoever asks has both. */
export const READ_DECISIONS: ConstantSql = constantSql(
  `select d.a_ods, d.a_id::text as a_id, d.b_ods, d.b_id::text as b_id, d.decision, d.decided_by_ods,
     ${preciseInstant("d.decided_at")} as decided_at
   from unnest($2::text[], $3::uuid[]) s(ods, id) cross join lateral (
     select * from (
       select x.a_ods, x.a_id, x.b_ods, x.b_id, x.decision, x.decided_by_ods, x.decided_at, x.kind from link.decision x
       where x.a_ods = s.ods and x.a_id = s.id offset 0) own where own.kind = $1) d`,
);

/** `$1` organisations, `$2` patients. */
export const READ_PERSON_LINES: ConstantSql = constantSql(
  `select m.ods, m.patient_id::text as id, m.person_id::text as person_id
   from unnest($1::text[], $2::uuid[]) s(ods, id) join link.person_member m on m.ods = s.ods and m.patient_id = s.id`,
);

/** `$1` persons. */
export const READ_EPISODE_LINES: ConstantSql = constantSql(
  `select m.ods, m.event_id::text as id, m.patient_id::text as patient_id, m.person_id::text as person_id, m.episode_id::text as episode_id
   from link.episode_member m where m.person_id = any($1::uuid[])`,
);

/** `$1` persons. */
export const READ_GRANTS: ConstantSql = constantSql(
  `select g.reader_ods as reader, g.owner_ods as owner, g.record_type, g.record_id::text as record_id, g.person_id::text as person_id
   from link.link_grant g where g.person_id = any($1::uuid[])`,
);

const PAIR_COLUMNS = `p.kind, p.a_ods, p.a_id::text as a_id, p.b_ods, p.b_id::text as b_id, p.state, p.rule, p.confidence, p.made_by,
  p.held_back_a_ods, p.held_back_a_id::text as held_back_a_id, p.held_back_b_ods, p.held_back_b_id::text as held_back_b_id`;

/** `$1` organisations, `$2` records of either kind: pairs that name one of them on either side. */
export const READ_PAIRS: ConstantSql = constantSql(
  `select distinct on (p.id) ${PAIR_COLUMNS}
   from unnest($1::text[], $2::uuid[]) s(ods, id) cross join lateral (
     select x.* from unnest(array['PERSON', 'EPISODE']) k(kind) cross join lateral (
       select y.* from link.pair y where y.kind = k.kind and y.a_ods = s.ods and y.a_id = s.id offset 0) x
     union all select z.* from link.pair z where z.b_ods = s.ods and z.b_id = s.id offset 0) p`,
);
