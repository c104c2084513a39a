/** Destructions: the rows are deleted and the line about it is written in one transaction that has its organisation to itself. */
import { z } from "zod";
import type { DestructionRequest, DestructionStore, ErasedPatient, ErasureResult } from "../destruction/destruction-ports.ts";
import type { OrganisationKeys } from "../keys/organisation-keys.ts";
import { ROLES } from "../records/actor.ts";
import type { AuditEntry } from "../records/audit-entry.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import type { Transaction, UnitOptions } from "./database/unit.ts";
import { type Erased, PatientErasure } from "./erase-patient.ts";
import { isUuid } from "./page-cursor.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import { compileDatasetSql } from "./sql/dataset-statements.ts";
import {
  CERTIFY,
  DESTRUCTION_OF,
  LATEST_GENERATION,
  NOTE_DESTRUCTION,
  ORGANISATIONS,
  PATIENTS_EVER,
  UNFINISHED_DESTRUCTIONS,
} from "./sql/destruction-statements.ts";
import { compileErasure, FAMILY, PATIENTS_KNOWN } from "./sql/erasure-statements.ts";
import { compileRemovals } from "./sql/removal-statements.ts";
import { booleanOf, numberOf, type SqlRow, textOf, textsOf, wordOf } from "./sql-row.ts";
import type { StoreDependencies } from "./unit-runner.ts";

export interface DestructionStoreDependencies extends Omit<StoreDependencies, "enqueue"> {
  readonly newId: () => string;
}

/** Submissions in hand are waited for. A patient has some dozens of rows and answers; a scan of all answers of a large trust takes seconds. */
const ALONE: UnitOptions = { timeoutMs: 120_000, organisationLock: { mode: "EXCLUSIVE", waitMs: 15_000 } };

/** A hundred thousand patients take a second; the history of a large trust some more. */
const SCAN_TIMEOUT_MS = 60_000;

/** Digests of patients' ids in certificates are made for nothing else. */
const PURPOSE = "destruction";
const counts = z.record(z.string(), z.number());

/** The place the reason of a destruction is sealed to. */
export const reasonPlace = (id: string): string => `destruction|reason|${id}`;

export const readErasedPatient = (row: SqlRow): ErasedPatient => ({
  id: textOf(row, "id"),
  ods: textOf(row, "ods"),
  subjects: textsOf(row, "subjects"),
  leaves: textsOf(row, "leaves"),
  counts: counts.parse(JSON.parse(textOf(row, "counts"))),
  authorisedBy: textOf(row, "authorised_by"),
  authorisedRole: row.authorised_role === null ? null : wordOf(row, "authorised_role", ROLES),
  auditEventId: textOf(row, "audit_event_id"),
  erasedAt: textOf(row, "erased_at"),
});

/** Compiles the dictionary's SQL once. */
export function createDestructionStore({ database, keys, dictionary, newId }: DestructionStoreDependencies): DestructionStore {
  const datasetSql = compileDatasetSql(dictionary);
  const compiled = { finds: compileErasure(datasetSql), removals: compileRemovals(datasetSql), newId };
  return {
    async erase(request) {
      if (!isUuid(request.patientId)) return { state: "NOT_FOUND" };
      const { ods } = request.authorisedBy;
      // Before the transaction: a key may have to be read from the database, whose only connection the transaction would hold.
      const organisation = await keys.organisation(ods);
      return await database.withRole(
        { role: "nacr_eraser", ods },
        async (tx) => {
          const erasure = new PatientErasure(tx, { ods, keys: organisation, ...compiled });
          return await erase(tx, request, organisation, erasure, newId);
        },
        ALONE,
      );
    },
    unfinished: async (id) => {
      const rows = await database.withRole({ role: "nacr_worker" }, (tx) =>
        tx.$queryRaw<SqlRow[]>(UNFINISHED_DESTRUCTIONS([id])),
      );
      return rows.map(readErasedPatient);
    },
    certify: async ({ id, ods, certifiedAt, generation, document, signature }) => {
      await database.withRole({ role: "nacr_worker" }, (tx) =>
        tx.$executeRaw(CERTIFY([ods, id, certifiedAt, document, signature, generation])),
      );
    },
    returned: () => findReturned({ database, keys }),
  };
}

/** One look at every patient, where the secrets have seen a destruction that the database does not know of. */
async function findReturned({ database, keys }: Pick<StoreDependencies, "database" | "keys">) {
  const [latest] = await database.withRole({ role: "nacr_worker" }, (tx) => tx.$queryRaw<SqlRow[]>(LATEST_GENERATION([])));
  if (latest === undefined || numberOf(latest, "generation") >= keys.erasure.generation) return [];
  const organisations = await database.withRole({ role: "nacr_access" }, (tx) => tx.$queryRaw<SqlRow[]>(ORGANISATIONS([])));
  const returned: { ods: string; patientId: string }[] = [];
  for (const ods of organisations.map((row) => textOf(row, "ods"))) {
    const { leafOf } = await keys.organisation(ods);
    const rows = await database.withRole({ role: "nacr_eraser", ods }, (tx) => tx.$queryRaw<SqlRow[]>(PATIENTS_EVER([ods])), {
      timeoutMs: SCAN_TIMEOUT_MS,
    });
    for (const patientId of rows.map((row) => textOf(row, "id")))
      if (keys.erasure.secretOf(leafOf(patientId)) === null) returned.push({ ods, patientId });
  }
  return returned;
}

async function erase(
  tx: Transaction,
  request: DestructionRequest,
  keys: OrganisationKeys,
  erasure: PatientErasure,
  newId: () => string,
): Promise<ErasureResult> {
  const { ods } = request.authorisedBy;
  const family = (await tx.$queryRaw<SqlRow[]>(FAMILY([ods, request.patientId]))).map((row) => textOf(row, "id"));
  const subjects = family.map((id) => keys.mac(PURPOSE, id));
  const [known] = await tx.$queryRaw<SqlRow[]>(PATIENTS_KNOWN([ods, toArrayLiteral(family)]));
  if (known === undefined || !booleanOf(known, "known")) {
    const [before] = await tx.$queryRaw<SqlRow[]>(DESTRUCTION_OF([ods, toArrayLiteral(subjects)]));
    return before === undefined ? { state: "NOT_FOUND" } : { state: "ERASED", id: textOf(before, "id") };
  }
  const erased = await erasure.erase(family);
  if (erased === null) return { state: "UNFINISHED" };
  await note(tx, request, { ...erased, subjects, sealedReason: keys.seal(request.reason, reasonPlace(request.id)) });
  await writeAuditEntry(tx, toEntry(request, family, erased), newId);
  return { state: "ERASED", id: request.id };
}

async function note(
  tx: Transaction,
  { id, authorisedBy, auditEventId, at }: DestructionRequest,
  {
    subjects,
    leaves,
    counts: destroyed,
    sealedReason,
  }: Erased & { readonly subjects: readonly string[]; readonly sealedReason: Buffer },
): Promise<void> {
  await tx.$executeRaw(
    NOTE_DESTRUCTION([
      authorisedBy.ods,
      id,
      toArrayLiteral(subjects),
      toArrayLiteral(leaves),
      JSON.stringify(destroyed),
      authorisedBy.clientId,
      authorisedBy.role,
      auditEventId,
      Uint8Array.from(sealedReason),
      at,
    ]),
  );
}

/** The trail keeps the ids of those who were destroyed, so that it stays complete; of an id nothing follows any more. */
const toEntry = (
  { id, authorisedBy: { clientId, role, ods }, auditEventId, at, correlationId }: DestructionRequest,
  patientIds: readonly string[],
  { leaves }: Erased,
): AuditEntry => ({
  id: auditEventId,
  at,
  action: "DELETE",
  type: "DESTROY_PATIENT",
  outcome: "DONE",
  ods,
  agent: { id: clientId, role, ods },
  correlationId,
  patientIds,
  entity: { kind: "DESTRUCTION_CERTIFICATE", id },
  details: { secrets: leaves.length },
});
