/** Links as their organisation sees them, under the role `nacr_app` unless a statement says otherwise. `$1` is the organisation. */
import { constantSql } from "../database/constant-sql.ts";
import { isoInstant } from "./iso-instant.ts";
import type { ConstantSql } from "./table-shape.ts";

const nameOf = (ods: string): string => `(select o.name from public.organisation o where o.ods_code = ${ods})`;
const ownId = (ods: string, id: string): string => `case when ${ods} = $1 then ${id}::text end`;

const LINK_COLUMNS = `p.id::text as id, p.kind, p.state, p.rule, p.confidence, p.made_by, ${isoInstant("p.since")} as since,
  p.a_ods, p.a_id::text as a_id, ${nameOf("p.a_ods")} as a_name, p.b_ods, p.b_id::text as b_id, ${nameOf("p.b_ods")} as b_name,
  ${ownId("p.held_back_a_ods", "p.held_back_a_id")} as held_back_a, ${ownId("p.held_back_b_ods", "p.held_back_b_id")} as held_back_b`;

/** `$2` kind (null: both), `$3` states, `$4` an own record (null: any). */
const LISTED = `link.pair p
  where ((p.a_ods = $1 and ($4::uuid is null or p.a_id = $4::uuid)) or (p.b_ods = $1 and ($4::uuid is null or p.b_id = $4::uuid)))
    and ($2::text is null or p.kind = $2::text) and p.state = any ($3::text[])`;

export const COUNT_LINKS: ConstantSql = constantSql(`select count(*)::integer as total from ${LISTED}`);

/** Oldest first; `$5` and `$6` time and id of the last one seen, `$7` how many. */
export const PAGE_OF_LINKS: ConstantSql = constantSql(
  `select ${LINK_COLUMNS} from ${LISTED}
     and ($5::timestamptz is null or (p.since, p.id) > ($5::timestamptz, $6::uuid))
   order by p.since, p.id limit $7::integer`,
);

/** `$2` states, `$3` id. */
export const LINK_BY_ID: ConstantSql = constantSql(
  `select ${LINK_COLUMNS} from link.pair p
   where p.id = $3::uuid and (p.a_ods = $1 or p.b_ods = $1) and p.state = any ($2::text[])`,
);

/** `$2` states, `$3` kind, `$4` to `$7` the two records. */
export const LINK_BY_RECORDS: ConstantSql = constantSql(
  `select ${LINK_COLUMNS} from link.pair p
   where p.kind = $3 and p.a_ods = $4 and p.a_id = $5::uuid and p.b_ods = $6 and p.b_id = $7::uuid
     and (p.a_ods = $1 or p.b_ods = $1) and p.state = any ($2::text[])`,
);

/** `$2` pairs. The box of another organisation is not read: its keys alone open it. */
export const DECISIONS_OF_LINKS: ConstantSql = constantSql(
  `select p.id::text as pair_id, d.id::text as id, d.decision, d.decided_by_ods, ${nameOf("d.decided_by_ods")} as name,
     ${isoInstant("d.decided_at")} as at, case when d.decided_by_ods = $1 then d.sealed end as sealed
   from link.pair p join link.decision d
     on d.kind = p.kind and d.a_ods = p.a_ods and d.a_id = p.a_id and d.b_ods = p.b_ods and d.b_id = p.b_id
   where p.id = any ($2::uuid[]) order by d.decided_at, d.id`,
);

const TREATMENTS = `(select coalesce(json_agg(json_build_object('type', t.type, 'date', to_char(t.date, 'YYYY-MM-DD'))
    order by t.date nulls last, t.type, t.id), '[]')::text
  from public.treatment t where t.ods = e.ods and t.initiating_event_id = e.id) as treatments`;
const EVENT_COLUMNS = `e.ods, e.id::text as id, e.patient_id::text as patient_id, e.event_type,
  to_char(e.event_date, 'YYYY-MM-DD') as event_date, ${TREATMENTS}, ${nameOf("e.ods")} as name`;

/** `$2` events. */
export const OWN_EVENTS: ConstantSql = constantSql(
  `select ${EVENT_COLUMNS} from public.initiating_event e where e.ods = $1 and e.id = any ($2::uuid[])`,
);

const personOf = (patientId: string): string =>
  `coalesce((select m.person_id from link.person_member m where m.ods = $1 and m.patient_id = ${patientId}), ${patientId})::text`;

/** `$2` ids. */
export const OWN_PATIENT_RECORDS: ConstantSql = constantSql(
  `select p.id::text as id, p.id::text as patient_id, ${personOf("p.id")} as person_id
   from public.patient p where p.ods = $1 and p.id = any ($2::uuid[])`,
);
export const OWN_EVENT_RECORDS: ConstantSql = constantSql(
  `select e.id::text as id, e.patient_id::text as patient_id, ${personOf("e.patient_id")} as person_id
   from public.initiating_event e where e.ods = $1 and e.id = any ($2::uuid[])`,
);

/**
 * `$1` id, `$2` kind, `$3` to `$6` the two records, `$7` decision, `$8` who, `$9` when, `$10` box. Later than every decision about the
 * pair, so that of two in one instant, or by two clocks, the one that came last stands.
 */
export const INSERT_DECISION: ConstantSql = constantSql(
  `insert into link.decision (id, kind, a_ods, a_id, b_ods, b_id, decision, decided_by_ods, decided_at, sealed)
   select $1::uuid, $2::text, $3::text, $4::uuid, $5::text, $6::uuid, $7::text, $8::text,
     greatest($9::timestamptz, max(d.decided_at) + interval '1 millisecond'), decode($10::text, 'hex')
   from link.decision d
   where d.kind = $2::text and d.a_ods = $3::text and d.a_id = $4::uuid and d.b_ods = $5::text and d.b_id = $6::uuid`,
);

/** `$2` the instant of midnight. An own patient once, by its earliest conflict. */
const CONFLICTS = `(select c.id, min(c.since) as since from (
    select p.a_id as id, p.since from link.pair p where p.a_ods = $1 and p.kind = 'PERSON' and p.state = 'CONFLICT'
    union all select p.b_id, p.since from link.pair p where p.b_ods = $1 and p.kind = 'PERSON' and p.state = 'CONFLICT') c
  where (c.since at time zone 'Europe/London')::date < $2::date group by c.id) c`;

/** `$2` the day before which they were found. */
export const COUNT_CONFLICTS: ConstantSql = constantSql(`select count(*)::integer as total from ${CONFLICTS}`);

/** `$3` and `$4` time and id of the last one seen, `$5` how many. */
export const PAGE_OF_CONFLICTS: ConstantSql = constantSql(
  `select c.id::text as patient_id, ${isoInstant("c.since")} as since from ${CONFLICTS}
   where $3::timestamptz is null or (c.since, c.id) > ($3::timestamptz, $4::uuid)
   order by c.since, c.id limit $5::integer`,
);

/**
 * Under `nacr_journey`, which sees in which episode an event of another organisation is that a link shows. A group is an episode with
 * the episodes that proposals of the organisation join to it; its name is the least of their ids.
 */
const GROUPS = `with recursive
  own as materialized (select m.event_id, m.person_id, m.episode_id from link.episode_member m where m.ods = $1),
  said as materialized (
    select o.person_id, o.episode_id as x, m.episode_id as y, p.state, p.since
    from link.pair p join own o on o.event_id = p.a_id left join link.episode_member m on m.ods = p.b_ods and m.event_id = p.b_id
    where p.a_ods = $1 and p.kind = 'EPISODE' and p.state in ('LINKED', 'PROPOSED')
    union all
    select o.person_id, o.episode_id, m.episode_id, p.state, p.since
    from link.pair p join own o on o.event_id = p.b_id left join link.episode_member m on m.ods = p.a_ods and m.event_id = p.a_id
    where p.b_ods = $1 and p.kind = 'EPISODE' and p.state in ('LINKED', 'PROPOSED')),
  edge as materialized (
    select s.x, s.y from said s where s.state = 'PROPOSED' and s.y is not null
    union select s.y, s.x from said s where s.state = 'PROPOSED' and s.y is not null),
  reach (episode_id, node) as (
    select e.x, e.x from edge e
    union select r.episode_id, e.y from reach r join edge e on e.x = r.node),
  root as materialized (select r.episode_id, min(r.node::text)::uuid as id, array_agg(r.node order by r.node) as nodes from reach r group by 1),
  own_events as (
    select coalesce(r.id, o.episode_id) as id, count(*) as events
    from own o left join root r on r.episode_id = o.episode_id group by 1),
  grouped as (
    select coalesce(r.id, s.x) as id, min(s.person_id::text) as person_id, min(s.since) as since, bool_or(s.state = 'PROPOSED') as open,
      coalesce(r.nodes, array[s.x]) as nodes
    from said s left join root r on r.episode_id = s.x group by 1, 5),
  listed as (
    select g.id, g.person_id, g.since, g.nodes from grouped g join own_events o on o.id = g.id where g.open or o.events > 1)`;

/**
 * Oldest first; `$2` and `$3` time and group of the last one seen, `$4` how many. Grouping is most of the work (0.5 s where an organisation
 * has 6,000 groups), so the total comes with it: in a row without a group where the page is empty.
 */
export const PAGE_OF_DUPLICATES: ConstantSql = constantSql(
  `${GROUPS} select t.total, l.id::text as id, l.person_id, ${isoInstant("l.since")} as since, array_to_string(l.nodes, ',') as episodes
   from (select count(*)::integer as total from listed) t left join lateral (
     select * from listed where $2::timestamptz is null or (since, id) > ($2::timestamptz, $3::uuid)
     order by since, id limit $4::integer) l on true
   order by l.since, l.id`,
);

/** Of persons (`$1`), under `nacr_journey`: own events and those that a link shows. */
export const MEMBERS_OF_PERSONS: ConstantSql = constantSql(
  `select m.ods, m.event_id::text as id, m.person_id::text as person_id, m.episode_id::text as episode_id
   from link.episode_member m where m.person_id = any ($1::uuid[])`,
);

/** Of persons (`$2`): every event of their own patients. */
export const OWN_EVENTS_OF_PERSONS: ConstantSql = constantSql(
  `with own as (
     select m.patient_id, m.person_id from link.person_member m where m.ods = $1 and m.person_id = any ($2::uuid[])
     union select m.patient_id, m.person_id from link.episode_member m where m.ods = $1 and m.person_id = any ($2::uuid[]))
   select ${EVENT_COLUMNS}, own.person_id::text as person_id
   from own join public.initiating_event e on e.ods = $1 and e.patient_id = own.patient_id`,
);

/** Of persons (`$2`): what is linked or proposed of an own event, with states `$3`. Oldest first. */
export const LINKS_OF_PERSONS: ConstantSql = constantSql(
  `with own as (select m.event_id from link.episode_member m where m.ods = $1 and m.person_id = any ($2::uuid[]))
   select ${LINK_COLUMNS} from link.pair p
   where p.kind = 'EPISODE' and p.state = any ($3::text[])
     and ((p.a_ods = $1 and p.a_id in (select event_id from own)) or (p.b_ods = $1 and p.b_id in (select event_id from own)))
   order by p.since, p.id`,
);

/** `$2` organisations and `$3` ids as columns, or all of persons (`$4`): what a link shows the reader of it. */
const GRANTED = `link.link_grant g where g.reader_ods = $1 and g.record_type = 'INITIATING_EVENT'
  and ((g.owner_ods, g.record_id) in (select w.ods, w.id from unnest($2::text[], $3::uuid[]) w (ods, id)) or g.person_id = any ($4::uuid[]))`;

/** Under `nacr_journey`. */
export const PERSONS_OF_SHARED: ConstantSql = constantSql(`select distinct g.person_id::text as person_id from ${GRANTED}`);

/** Under `nacr_journey`. `$5` the persons that may be shown. */
export const SHARED_EVENTS: ConstantSql = constantSql(
  `select ${EVENT_COLUMNS}, g.person_id::text as person_id
   from (select g.owner_ods, g.record_id, g.person_id from ${GRANTED} and g.person_id = any ($5::uuid[])) g
   join public.initiating_event e on e.ods = g.owner_ods and e.id = g.record_id`,
);

/** Own patients of persons (`$2`). */
export const OWN_PATIENTS_OF_PERSONS: ConstantSql = constantSql(
  `select m.ods, m.patient_id::text as patient_id, m.person_id::text as person_id
   from link.person_member m where m.ods = $1 and m.person_id = any ($2::uuid[])`,
);

const DECISION_COLUMNS = `d.a_ods, d.a_id::text as a_id, d.b_ods, d.b_id::text as b_id, d.decision, d.decided_by_ods,
  ${isoInstant("d.decided_at")} as at`;

/** Under `nacr_linker`. `$1` kind; columns: `$2` organisations, `$3` ids. Decisions between records that confirmations and merges join to these. */
export const DECISIONS_AROUND: ConstantSql = constantSql(
  `with recursive merged as (
     select g.ods as a_ods, g.patient_id as a_id, g.ods as b_ods, g.merged_into as b_id, g.merged_at, g.ods as decided_by_ods
     from identity.patient_merge g where $1::text = 'PERSON'),
   near (ods, id) as (
     select w.ods, w.id from unnest($2::text[], $3::uuid[]) w (ods, id)
     union
     select j.ods, j.id from near n cross join lateral (
       select d.b_ods, d.b_id from link.decision d
       where d.kind = $1 and d.decision = 'CONFIRMED' and d.a_ods = n.ods and d.a_id = n.id
       union all select d.a_ods, d.a_id from link.decision d
       where d.kind = $1 and d.decision = 'CONFIRMED' and d.b_ods = n.ods and d.b_id = n.id
       union all select m.b_ods, m.b_id from merged m where m.a_ods = n.ods and m.a_id = n.id
       union all select m.a_ods, m.a_id from merged m where m.b_ods = n.ods and m.b_id = n.id) j (ods, id))
   select ${DECISION_COLUMNS} from near n join link.decision d on d.kind = $1 and d.a_ods = n.ods and d.a_id = n.id
   where (d.b_ods, d.b_id) in (select ods, id from near)
   union all
   select m.a_ods, m.a_id::text, m.b_ods, m.b_id::text, 'CONFIRMED', m.decided_by_ods, ${isoInstant("m.merged_at")}
   from near n join merged m on m.a_ods = n.ods and m.a_id = n.id`,
);

/** Under `nacr_linker`; columns of events: `$1` organisations, `$2` ids. */
export const DECISIONS_AMONG: ConstantSql = constantSql(
  `with wanted as materialized (select w.ods, w.id from unnest($1::text[], $2::uuid[]) w (ods, id))
   select ${DECISION_COLUMNS} from wanted n join link.decision d on d.kind = 'EPISODE' and d.a_ods = n.ods and d.a_id = n.id
   where (d.b_ods, d.b_id) in (select ods, id from wanted)`,
);
