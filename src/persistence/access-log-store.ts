/** The access log of an organisation, read from the audit trail; reading it is an entry of it. */
import type { AccessLine, AccessLog } from "../audit/access-log-ports.ts";
import type { Dictionary } from "../dataset/dictionary.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import type { Page, PageRequest } from "../lib/page.ts";
import type { OrganisationActor } from "../records/actor.ts";
import { AUDIT_ACTIONS, type AuditAction, entryOf } from "../records/audit-entry.ts";
import type { NewId } from "../submission/ports.ts";
import type { PatientLookup } from "../submission/status-ports.ts";
import type { BoundSql } from "./database/constant-sql.ts";
import type { Database } from "./database/database.ts";
import { isUuid, readTimeAndId, toCursor, toPage } from "./page-cursor.ts";
import type { PatientIdentities } from "./patient-identities.ts";
import { type AccessLogQueries, compileAccessLog } from "./sql/access-log-queries.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import { NUMBERS_OF } from "./sql/audit-statements.ts";
import { compileDatasetSql } from "./sql/dataset-statements.ts";
import { booleanOf, numberOf, optionalNumberOf, optionalTextOf, type SqlRow, textOf, wordOf } from "./sql-row.ts";
import { createStatusReader, type StatusReader } from "./status-reader.ts";

export interface AccessLogDependencies {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly dictionary: Dictionary;
  readonly newId: NewId;
}

/** Compiles the dictionary's SQL once. */
export function createAccessLog({ database, keys, dictionary, newId }: AccessLogDependencies): AccessLog {
  const queries = compileAccessLog(compileDatasetSql(dictionary));
  const reader = createStatusReader(database, keys, dictionary.recordType("PATIENT"), newId);
  return {
    ofPatient: async (actor, lookup, page) => {
      const bound = bindLookup(queries, actor.ods, lookup, await reader.identities(actor), toPosition(page));
      if (bound === null) return toPage<AccessLine>([], page.first, 0, () => "");
      const told = "id" in lookup ? { entity: { kind: "RECORD", id: lookup.id } } : {};
      return await readPage(reader, actor, { bound, page, type: "READ_ACCESS_LOG", told });
    },
    ofProgramme: async (actor, programmeCode, since, page) => {
      const bound = queries.ofProgramme([actor.ods, programmeCode, ...toPosition(page), since]);
      return await readPage(reader, actor, { bound, page, type: "READ_PROGRAMME_ACCESS_LOG", told: { programmeCode } });
    },
    numbersOf: async (actor, entryIds) => {
      const ids = toArrayLiteral(entryIds.filter(isUuid));
      const rows = await reader.read(actor, (tx) => tx.$queryRaw<SqlRow[]>(NUMBERS_OF([ids])));
      return new Map(
        rows.map((row) => {
          const sequence = optionalTextOf(row, "sequence");
          return [textOf(row, "id"), sequence === null ? null : Number(sequence)];
        }),
      );
    },
  };
}

/** Instant and id of the last line seen, and how many to read: one more tells whether there is another page. */
function toPosition({ first, after }: PageRequest): readonly [string | null, string | null, number] {
  const position = after === null ? null : readTimeAndId(after);
  return [position?.time ?? null, position?.id ?? null, first + 1];
}

/** Null for an id that cannot be one. */
function bindLookup(
  { byId, byNhsMac, byHospitalMac }: AccessLogQueries,
  ods: string,
  lookup: PatientLookup,
  identities: PatientIdentities,
  position: readonly unknown[],
): BoundSql | null {
  if ("id" in lookup) return isUuid(lookup.id) ? byId([ods, lookup.id, ...position]) : null;
  if ("nhsNumber" in lookup) return byNhsMac([ods, identities.nhsMac(lookup.nhsNumber), ...position]);
  return byHospitalMac([ods, identities.hospitalMac(lookup.hospitalNumber), ...position]);
}

interface PageToRead {
  readonly bound: BoundSql;
  readonly page: PageRequest;
  readonly type: string;
  /** What the entry of this reading tells of whose log it was. */
  readonly told: { readonly entity?: { readonly kind: string; readonly id: string }; readonly programmeCode?: string };
}

async function readPage(
  reader: StatusReader,
  actor: OrganisationActor,
  { bound, page, type, told }: PageToRead,
): Promise<Page<AccessLine>> {
  const rows = await reader.readAudited(
    actor,
    (tx) => tx.$queryRaw<SqlRow[]>(bound),
    ([row]) => [entryOf(actor, { action: "READ", type, ...told, ...(told.entity === undefined ? foundPatient(row) : {}) })],
  );
  const lines = rows.filter((row) => row.id !== null).map(readLine);
  const total = rows[0] === undefined ? 0 : numberOf(rows[0], "total");
  return toPage(lines, page.first, total, ({ at, id }) => toCursor(at, id));
}

/** Who asks by a number is told of in the log of whom it was found to be. */
function foundPatient(row: SqlRow | undefined): { readonly patientIds?: readonly string[] } {
  const id = row === undefined ? null : optionalTextOf(row, "subject");
  return id === null ? {} : { patientIds: [id] };
}

const ACTIONS = new Map(Object.entries(AUDIT_ACTIONS).map(([action, letter]) => [letter, action]));
const isAction = (action: string | undefined): action is AuditAction => action !== undefined && action in AUDIT_ACTIONS;

function readLine(row: SqlRow): AccessLine {
  const action = ACTIONS.get(wordOf(row, "action", Object.values(AUDIT_ACTIONS)));
  if (!isAction(action)) throw new Error("An entry of the audit trail has no action");
  const [kind, entityId] = [optionalTextOf(row, "entity_kind"), optionalTextOf(row, "entity_id")];
  return {
    id: textOf(row, "id"),
    sequence: optionalNumberOf(row, "sequence"),
    at: textOf(row, "at"),
    action,
    type: textOf(row, "type"),
    outcome: wordOf(row, "outcome", ["DONE", "REFUSED"]),
    agentId: textOf(row, "agent_id"),
    agentRole: optionalTextOf(row, "agent_role"),
    agentOds: optionalTextOf(row, "agent_ods"),
    purpose: optionalTextOf(row, "purpose"),
    agreementId: optionalTextOf(row, "agreement_id"),
    programmeCode: optionalTextOf(row, "programme_code"),
    submissionId: kind === "SUBMISSION" ? entityId : null,
    recordId: kind === "RECORD" ? entityId : null,
    identity: booleanOf(row, "identity"),
    breakGlassId: optionalTextOf(row, "break_glass_id"),
    correlationId: optionalTextOf(row, "correlation_id"),
  };
}
