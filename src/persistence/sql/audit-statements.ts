/** The audit trail: entries (`audit.event`), their chain, and where it begins. */
import { constantSql } from "../database/constant-sql.ts";
import { isoInstant } from "./iso-instant.ts";
import type { ConstantSql, TableShape } from "./table-shape.ts";

/** As columns, in their order: one literal each. Without an instant it is the database's. */
export const INSERT_ENTRIES: ConstantSql = constantSql(
  `insert into audit.event (id, at, ods, programme_code, action, type, outcome, agent_id, agent_role, agent_ods, correlation_id,
     entity_kind, entity_id, patient_ids, person_ids, purpose, agreement_id, details)
   select x.id, coalesce(x.at, clock_timestamp()), x.ods, x.programme_code, x.action, x.type, x.outcome, x.agent_id, x.agent_role,
     x.agent_ods, x.correlation_id, x.entity_kind, x.entity_id, x.patient_ids::uuid[], x.person_ids::uuid[], x.purpose,
     x.agreement_id, x.details::jsonb
   from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
     $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::text[])
     x(id, at, ods, programme_code, action, type, outcome, agent_id, agent_role, agent_ods, correlation_id, entity_kind, entity_id,
       patient_ids, person_ids, purpose, agreement_id, details)`,
);

/** The entry of a submission, as part of the one statement that writes it. */
export interface SubmissionEntryRow {
  readonly action: string;
  readonly type: string;
  readonly clientId: string;
  readonly role: string | null;
  readonly correlationId: string | null;
  readonly purpose: string | null;
  readonly details: string;
}

const SUBMISSION_KIND = "SUBMISSION";

export const SUBMISSION_ENTRY_SHAPE: TableShape<SubmissionEntryRow> = {
  table: "audit.event",
  scalars: [
    ["id", "submissionId"],
    ["ods", "ods"],
    ["agent_ods", "ods"],
    ["programme_code", "programmeCode"],
    ["entity_id", "submissionId"],
  ],
  columns: [
    { name: "action", type: "text", read: (row) => row.action },
    { name: "type", type: "text", read: (row) => row.type },
    { name: "outcome", type: "text", read: () => "DONE" },
    { name: "agent_id", type: "text", read: (row) => row.clientId },
    { name: "agent_role", type: "text", read: (row) => row.role },
    { name: "correlation_id", type: "text", read: (row) => row.correlationId },
    { name: "entity_kind", type: "text", read: () => SUBMISSION_KIND },
    { name: "purpose", type: "text", read: (row) => row.purpose },
    { name: "details", type: "jsonb", read: (row) => row.details },
  ],
};

/**
 * What a mac stands for: every column but the one that only serves the numbering, as the database writes them, so that chaining and
 * checking cannot see different things. Of the alias `e`.
 */
const CONTENT = `json_build_array(e.id, (extract(epoch from e.at) * 1000000)::bigint, e.ods, e.programme_code, e.action, e.type, e.outcome,
  e.agent_id, e.agent_role, e.agent_ods, e.correlation_id, e.entity_kind, e.entity_id, e.patient_ids, e.person_ids, e.purpose,
  e.agreement_id, e.details)::text`;

/** One numbers at a time, until its transaction ends. */
export const LOCK_CHAIN: ConstantSql = constantSql(
  "select pg_try_advisory_xact_lock(hashtextextended('audit-chain', 0)) as locked",
);

/** The same, waited for. */
export const AWAIT_CHAIN: ConstantSql = constantSql("select pg_advisory_xact_lock(hashtextextended('audit-chain', 0))");

/** The last number, or the one at which older entries were removed, with its mac; and what every transaction that is over is older than. */
export const CHAIN_HEAD: ConstantSql = constantSql(
  `select h.sequence::text as sequence, encode(h.mac, 'hex') as mac, pg_snapshot_xmin(pg_current_snapshot())::text as horizon
   from (select 1) one left join lateral (
     (select c.sequence, c.mac from audit.chain c order by c.sequence desc limit 1)
     union all (select k.sequence, k.mac from audit.checkpoint k order by k.sequence desc limit 1)
     order by sequence desc limit 1) h on true`,
);

/** `$1` horizon, `$2` after which id, `$3` how many: entries without a number, in the order of their ids. */
export const UNCHAINED: ConstantSql = constantSql(
  `select e.id::text as id, ${CONTENT} as content from audit.event e
   where e.written_by >= $1::xid8 and ($2::uuid is null or e.id > $2::uuid)
     and not exists (select from audit.chain c where c.event_id = e.id)
   order by e.id limit $3::integer`,
);

/** As columns: `$1` sequences, `$2` entries, `$3` macs in hexadecimal. */
export const INSERT_CHAIN: ConstantSql = constantSql(
  `insert into audit.chain (sequence, event_id, mac)
   select x.sequence, x.event_id, decode(x.mac, 'hex') from unnest($1::bigint[], $2::uuid[], $3::text[]) x(sequence, event_id, mac)`,
);

/**
 * `$1` after which sequence, `$2` how many: the chain with what it numbers, a line for each (number, mac, content, between spaces), no
 * content where the entry is gone. As one text, because a driver takes longer over 10,000 rows than the check. JSON has no line breaks.
 */
export const CHAIN_PAGE: ConstantSql = constantSql(
  `select string_agg(p.line, E'\\n' order by p.sequence) as lines from (
     select c.sequence, concat_ws(' ', c.sequence, encode(c.mac, 'hex'), case when e.id is null then null else ${CONTENT} end) as line
     from audit.chain c left join audit.event e on e.id = c.event_id
     where c.sequence > $1::bigint order by c.sequence limit $2::integer) p`,
);

export const LAST_CHECKPOINT: ConstantSql = constantSql(
  `select k.sequence::text as sequence, encode(k.mac, 'hex') as mac, encode(k.signature, 'hex') as signature
   from audit.checkpoint k order by k.sequence desc limit 1`,
);

/** `$1` organisation, `$2` since when, `$3` and `$4` instant and id of the last one seen, `$5` how many: in the order of their instants. */
export const EXPORT_PAGE: ConstantSql = constantSql(
  `select e.id::text as id, ${isoInstant("e.at")} as at, e.at::text as position, c.sequence::text as sequence, e.action, e.type, e.outcome,
     e.agent_id, e.agent_role, e.agent_ods, e.correlation_id, e.entity_kind, e.entity_id,
     coalesce(e.patient_ids, '{}')::text[] as patient_ids, e.purpose, e.agreement_id
   from audit.event e left join audit.chain c on c.event_id = e.id
   where e.ods = $1 and e.at >= $2::timestamptz
     and ($3::timestamptz is null or (e.at, e.id) > ($3::timestamptz, $4::uuid))
   order by e.at, e.id limit $5::integer`,
);

/** How many entries have no number yet, and the age of the oldest in seconds. */
export const WAITING: ConstantSql = constantSql(
  `select count(*)::integer as waiting, extract(epoch from clock_timestamp() - min(e.at))::float8 as age
   from audit.event e where not exists (select from audit.chain c where c.event_id = e.id)`,
);

/** `$1` before which instant, `$2` how many: the last of a first part of the chain all of whose entries are older. */
export const LAST_TO_REMOVE: ConstantSql = constantSql(
  `select c.sequence::text as sequence, encode(c.mac, 'hex') as mac from audit.chain c
   where c.sequence < coalesce(
     (select min(y.sequence) from (
        select p.sequence, e.at from (select sequence, event_id from audit.chain order by sequence limit $2::integer) p
        join audit.event e on e.id = p.event_id) y
      where y.at >= $1::timestamptz),
     (select max(p.sequence) + 1 from (select sequence from audit.chain order by sequence limit $2::integer) p))
   order by c.sequence desc limit 1`,
);

/** `$1` sequence, `$2` its mac, `$3` signature, both in hexadecimal. */
export const INSERT_CHECKPOINT: ConstantSql = constantSql(
  `insert into audit.checkpoint (sequence, mac, removed_at, signature)
   values ($1::bigint, decode($2, 'hex'), clock_timestamp(), decode($3, 'hex'))`,
);

/** `$1` up to which sequence. */
export const REMOVE_PREFIX: ConstantSql = constantSql(
  `with gone as (delete from audit.chain c where c.sequence <= $1::bigint returning c.event_id)
   delete from audit.event e using gone g where e.id = g.event_id`,
);

/** `$1` entries: their numbers, where they have one. Under the organisation's row-level security. */
export const NUMBERS_OF: ConstantSql = constantSql(
  `select e.id::text as id, c.sequence::text as sequence from audit.event e left join audit.chain c on c.event_id = e.id
   where e.id = any ($1::uuid[])`,
);
