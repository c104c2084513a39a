/** A programme's rows with the identity of their ancestors, page by page of its patients: neither a file nor a connection is held meanwhile. */
import { ancestorsOf, identityColumns, SOURCE_RECORD_ID } from "../dataset/csv-header.ts";
import type { RecordTypeName, Value } from "../dataset/define.ts";
import type { CompiledItem, CompiledRecordType, Dictionary } from "../dataset/dictionary.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import type { ImporterRowStore, ImporterValues } from "../reporting/reporting-ports.ts";
import { toReportEntry } from "../reporting/reporting-scope.ts";
import type { NewId } from "../submission/ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import { constantSql } from "./database/constant-sql.ts";
import type { Database } from "./database/database.ts";
import { PatientIdentities } from "./patient-identities.ts";
import { toSurvey } from "./reporting-rows.ts";
import { settingsOf } from "./reporting-store.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import { LATEST_SURVEYS } from "./sql/reporting-queries.ts";
import type { ConstantSql } from "./sql/table-shape.ts";
import { bytesOf, itemValueOf, type SqlRow, textOf } from "./sql-row.ts";
import type { IdentityValues } from "./stored-row.ts";

export interface ImporterRowStoreDependencies {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly dictionary: Dictionary;
  readonly newId: NewId;
}

/** Opening 500 identities takes 2 ms. */
const PATIENTS_PER_PAGE = 500;

/** `$1` organisation, `$2` programme, `$3` the last patient seen, `$4` how many: patients whom the programme wrote or has rehabilitations of. */
const PATIENTS: ConstantSql = constantSql(
  `select p.id::text as id, i.sealed from public.patient p join identity.patient_identity i on i.ods = p.ods and i.patient_id = p.id
   where p.ods = $1 and ($3::uuid is null or p.id > $3::uuid) and (p.programme_code = $2 or exists (
     select from public.initiating_event e join public.rehabilitation r on r.ods = e.ods and r.initiating_event_id = e.id
     where e.ods = p.ods and e.patient_id = p.id and r.programme_code = $2))
   order by p.id limit $4::integer`,
);

interface RowSql {
  readonly type: CompiledRecordType;
  readonly ancestors: readonly CompiledRecordType[];
  /** `$1` organisation, `$2` programme, `$3` patients. */
  readonly select: ConstantSql;
}

/** Dates as ISO texts, whatever the session says. */
const selected = (alias: string, item: CompiledItem, name: string): string =>
  `${alias}.${item.column}${item.kind === "date" ? "::text" : ""} as "${name}"`;

function compileRows(dictionary: Dictionary, type: CompiledRecordType): RowSql {
  const ancestors = ancestorsOf(dictionary, type);
  const chain = [...ancestors, type];
  const joins = chain.slice(1).map(({ definition }, index) => {
    const above = chain[index]?.definition.table ?? "";
    return `join public.${definition.table} on ${definition.table}.ods = ${above}.ods and ${definition.table}.${above}_id = ${above}.id`;
  });
  const named = ancestors.slice(1).flatMap((ancestor) =>
    [...identityColumns(ancestor)].flatMap(([name, column]) => {
      const item = ancestor.byName.get(name);
      return item === undefined ? [] : [selected(ancestor.definition.table, item, column)];
    }),
  );
  const own = type.clinicalItems.map((item) => selected(type.definition.table, item, item.name));
  const ofProgramme = chain.some(({ name }) => name === "REHABILITATION")
    ? "and rehabilitation.programme_code = $2"
    : "and $2::text is not null";
  return {
    type,
    ancestors,
    select: constantSql(
      `select patient.id::text as "patient id", ${type.definition.table}.id::text as "record id", ${[...named, ...own].join(", ")}
       from public.patient ${joins.join(" ")}
       where patient.ods = $1 and patient.id = any($3::uuid[]) ${ofProgramme} order by patient.id, ${type.definition.table}.id`,
    ),
  };
}

export function createImporterRowStore({ database, keys, dictionary, newId }: ImporterRowStoreDependencies): ImporterRowStore {
  const statements = new Map<RecordTypeName, RowSql>(
    dictionary.recordTypes.map((type) => [type.name, compileRows(dictionary, type)]),
  );
  const patientType = dictionary.recordType("PATIENT");
  return {
    begin: (actor, scope, withIdentity) =>
      database.withRole(settingsOf(scope), (tx) => {
        const details = { identity: withIdentity };
        return writeAuditEntry(tx, toReportEntry(actor, scope, { action: "READ", type: "EXPORT_IMPORTER", details }), newId);
      }),
    surveys: (scope) =>
      database.withRole(settingsOf(scope), async (tx) => {
        const { ods, code } = scope.programme;
        return (await tx.$queryRaw<SqlRow[]>(LATEST_SURVEYS([ods, code]))).map(toSurvey);
      }),
    async *rows(scope, recordType, withIdentity) {
      const statement = statements.get(recordType);
      if (statement === undefined) throw new Error(`The dictionary has no record type ${recordType}`);
      const { ods, code } = scope.programme;
      const [organisation, link] = await Promise.all([keys.organisation(ods), keys.link()]);
      const identities = new PatientIdentities(ods, organisation, link, patientType);
      for (let after: string | null = null; ; ) {
        const page: Page = await database.withRole(settingsOf(scope), async (tx) => {
          const patients = await tx.$queryRaw<SqlRow[]>(PATIENTS([ods, code, after, PATIENTS_PER_PAGE]));
          const ids = patients.map((row) => textOf(row, "id"));
          return { patients, rows: await tx.$queryRaw<SqlRow[]>(statement.select([ods, code, toArrayLiteral(ids)])) };
        });
        const opened = withIdentity ? openAll(identities, page.patients) : new Map<string, IdentityValues>();
        if (page.rows.length > 0) yield page.rows.map((row) => toValues(statement, row, opened));
        const last = page.patients.at(-1);
        if (last === undefined || page.patients.length < PATIENTS_PER_PAGE) return;
        after = textOf(last, "id");
      }
    },
  };
}

interface Page {
  readonly patients: readonly SqlRow[];
  readonly rows: readonly SqlRow[];
}

const openAll = (identities: PatientIdentities, patients: readonly SqlRow[]): ReadonlyMap<string, IdentityValues> =>
  new Map(patients.map((row) => [textOf(row, "id"), identities.open(textOf(row, "id"), bytesOf(row, "sealed"))]));

/** The gateway's id of the record stands for the sender's own, of which a digest is kept alone. */
function toValues({ type, ancestors }: RowSql, row: SqlRow, opened: ReadonlyMap<string, IdentityValues>): ImporterValues {
  const identity = opened.get(textOf(row, "patient id")) ?? {};
  const values: Record<string, Value | null> = { [SOURCE_RECORD_ID]: textOf(row, "record id") };
  const [patient, ...between] = ancestors;
  if (patient !== undefined) for (const [name, column] of identityColumns(patient)) values[column] = identity[name] ?? null;
  for (const ancestor of between)
    for (const column of identityColumns(ancestor).values()) values[column] = itemValueOf(row, column);
  for (const item of type.items)
    values[item.name] = item.identifying ? (identity[item.name] ?? null) : itemValueOf(row, item.name);
  return values;
}
