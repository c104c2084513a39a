/** Lines of `destruction.certificate` (migration `shredding`). */
import { constantSql } from "../database/constant-sql.ts";
import { isoInstant } from "./iso-instant.ts";
import type { ConstantSql } from "./table-shape.ts";

/** What a box of format 2 says of its secret (`keys/sealed-box.ts`); other bytes of other boxes, which are no leaf's. */
const leafOf = (column: string): string => `encode(substring(${column} from 3 for 7), 'hex')`;

/** `$2` keyed digests of patients. */
export const DESTRUCTION_OF: ConstantSql = constantSql(
  `select c.id::text as id from destruction.certificate c where c.ods = $1 and c.subjects && $2::text[] order by c.erased_at desc limit 1`,
);

export const NOTE_DESTRUCTION: ConstantSql = constantSql(
  `insert into destruction.certificate (ods, id, subjects, leaves, counts, authorised_by, authorised_role, audit_event_id, reason, erased_at)
   values ($1, $2::uuid, $3::text[], $4::text[], $5::jsonb, $6, $7, $8::uuid, $9, $10::timestamptz)`,
);

const FACTS = `c.ods, c.id::text as id, c.subjects, c.leaves, c.counts::text as counts, c.authorised_by, c.authorised_role,
  c.audit_event_id::text as audit_event_id, ${isoInstant("c.erased_at")} as erased_at`;

/** `$1` null: all. */
export const UNFINISHED_DESTRUCTIONS: ConstantSql = constantSql(
  `select ${FACTS} from destruction.certificate c
   where c.certified_at is null and c.id = coalesce($1::uuid, c.id) order by c.erased_at limit 100`,
);

/** The first certificate stands. Of two who finished at once the later one's count of destructions is the one that is known. */
export const CERTIFY: ConstantSql = constantSql(
  `update destruction.certificate c set certified_at = coalesce(c.certified_at, $3::timestamptz), document = coalesce(c.document, $4),
     signature = coalesce(c.signature, $5), generation = greatest(c.generation, $6::integer)
   where c.ods = $1 and c.id = $2::uuid`,
);

/** The latest that the database knows of. */
export const LATEST_GENERATION: ConstantSql = constantSql(
  "select coalesce(max(c.generation), 0)::integer as generation from destruction.certificate c",
);

/** Patients of an organisation, those too of whom nothing but history is left. */
export const PATIENTS_EVER: ConstantSql = constantSql(
  `select i.patient_id::text as id from identity.patient_identity i where i.ods = $1
   union select h.record_id::text from public.record_change h where h.ods = $1 and h.record_type = 'PATIENT'`,
);

export const ORGANISATIONS: ConstantSql = constantSql("select o.ods_code as ods from public.organisation o order by o.ods_code");

const READ = `${FACTS}, c.reason, ${isoInstant("c.certified_at")} as certified_at, c.document, c.signature`;

/** `$1` null: of every organisation. `$2` the last id of the page before, `$3` how many. */
export const CERTIFICATES: ConstantSql = constantSql(
  `select ${READ} from destruction.certificate c
   where c.ods = coalesce($1, c.ods) and ($2::uuid is null or (c.erased_at, c.id) < (
     select l.erased_at, l.id from destruction.certificate l where l.id = $2::uuid and l.ods = coalesce($1, l.ods)))
   order by c.erased_at desc, c.id desc limit $3::integer`,
);

/** `$1` as of `CERTIFICATES`. */
export const COUNT_CERTIFICATES: ConstantSql = constantSql(
  "select count(*)::integer as total from destruction.certificate c where c.ods = coalesce($1, c.ods)",
);

const UNDER_SECRETS: readonly (readonly [table: string, column: string])[] = [
  ["identity.patient_identity", "sealed"],
  ["public.record_change", "sealed"],
  ["public.record_tombstone", "sealed"],
  ["public.submission_report", "sealed"],
  ["public.submission_envelope", "sealed"],
  ["public.fhir_pull", "plan"],
  ["public.mllp_message", "content"],
];

/** What is left under destroyed secrets `$2`, in every column of boxes that name one. */
export const ROWS_UNDER: ConstantSql = constantSql(
  `select (${UNDER_SECRETS.map(
    ([table, column]) => `(select count(*) from ${table} t where t.ods = $1 and ${leafOf(`t.${column}`)} = any($2::text[]))`,
  ).join(" + ")})::integer as total`,
);

/** `$1` as of `CERTIFICATES`. */
export const CERTIFICATE: ConstantSql = constantSql(
  `select ${READ} from destruction.certificate c where c.ods = coalesce($1, c.ods) and c.id = $2::uuid`,
);
