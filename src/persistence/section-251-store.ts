/** References of section 251 support: administration, of no organisation. */
import type { Section251Reference, Section251Store } from "../consent/section-251.ts";
import type { Actor } from "../records/actor.ts";
import { entryOf } from "../records/audit-entry.ts";
import type { NewId } from "../submission/ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import { constantSql } from "./database/constant-sql.ts";
import type { Database } from "./database/database.ts";
import { isoInstant } from "./sql/iso-instant.ts";
import type { ConstantSql } from "./sql/table-shape.ts";
import { type SqlRow, textOf } from "./sql-row.ts";

const COLUMNS = `s.id::text as id, s.reference, s.valid_from::text as valid_from, s.valid_to::text as valid_to, s.evidence,
  ${isoInstant("s.recorded_at")} as recorded_at`;

/** `$1` id, `$2` reference, `$3` and `$4` its days, `$5` evidence, `$6` by whom. */
const INSERT_REFERENCE: ConstantSql = constantSql(
  `insert into consent.section_251 as s (id, reference, valid_from, valid_to, evidence, recorded_by, recorded_at)
   values ($1::uuid, $2, $3::date, $4::date, $5, $6, clock_timestamp()) returning ${COLUMNS}`,
);

/** A reference a year: a list nobody pages through. */
const LIST_REFERENCES: ConstantSql = constantSql(
  `select ${COLUMNS} from consent.section_251 s order by s.valid_to desc, s.id desc limit 100`,
);

const readReference = (row: SqlRow): Section251Reference => ({
  id: textOf(row, "id"),
  reference: textOf(row, "reference"),
  validFrom: textOf(row, "valid_from"),
  validTo: textOf(row, "valid_to"),
  evidence: textOf(row, "evidence"),
  recordedAt: textOf(row, "recorded_at"),
});

export const createSection251Store = ({
  database,
  newId,
}: {
  readonly database: Database;
  readonly newId: NewId;
}): Section251Store => ({
  add: (actor: Actor, { id, reference, validFrom, validTo, evidence }) =>
    database.withRole({ role: "nacr_access" }, async (tx) => {
      const values = [id, reference, validFrom, validTo, evidence, actor.clientId];
      const [row] = await tx.$queryRaw<SqlRow[]>(INSERT_REFERENCE(values));
      if (row === undefined) throw new Error("An insert returned no row");
      const details = { validFrom, validTo };
      const entity = { kind: "SECTION_251", id };
      await writeAuditEntry(tx, entryOf(actor, { action: "CREATE", type: "RECORD_SECTION_251", entity, details }), newId);
      return readReference(row);
    }),
  list: () =>
    database.withRole({ role: "nacr_access" }, async (tx) =>
      (await tx.$queryRaw<SqlRow[]>(LIST_REFERENCES([]))).map(readReference),
    ),
});
