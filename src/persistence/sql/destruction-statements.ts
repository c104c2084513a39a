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

export const CERTIFY: ConstantSql = constantSql(
  `update destruction.certificate c set certified_at = $3::timestamptz, document = $4, signature = $5, generation = $6::integer
   where c.ods = $1 and c.id = $2::uuid and c.certified_at is null`,
);

/** The latest that the database knows of. */
export const LATEST_GENERATION: ConstantSql = constantSql(
  "select coalesce(max(c.generation), 0)::integer as generation from destruction.certificate c",
);

/** Patients of an organisation, and what their identity is sealed with. */
export const SEALED_PATIENTS: ConstantSql = constantSql(
  `select i.patient_id::text as id, substring(i.sealed from 1 for 9) as head from identity.patient_identity i where i.ods = $1`,
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

/** What is left under destroyed secrets `$2`: identities, lines of history, pages and inputs. */
export const ROWS_UNDER: ConstantSql = constantSql(
  `select (
     (select count(*) from identity.patient_identity i where i.ods = $1 and ${leafOf("i.sealed")} = any($2::text[]))
     + (select count(*) from public.record_change h where h.ods = $1 and ${leafOf("h.sealed")} = any($2::text[]))
     + (select count(*) from public.submission_report r where r.ods = $1 and ${leafOf("r.sealed")} = any($2::text[]))
     + (select count(*) from public.submission_envelope e where e.ods = $1 and ${leafOf("e.sealed")} = any($2::text[])))::integer as total`,
);

/** `$1` as of `CERTIFICATES`. */
export const CERTIFICATE: ConstantSql = constantSql(
  `select ${READ} from destruction.certificate c where c.ods = coalesce($1, c.ods) and c.id = $2::uuid`,
);
