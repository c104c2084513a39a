/** Stores over the test database, and write sets made from the dictionary: every record type with every item. */

import { gw11 } from "../../../schema/nacr/gw-1.1/index.ts";
import { compileDictionary } from "../../../src/dataset/compile-dictionary.ts";
import type { RecordTypeName, Value } from "../../../src/dataset/define.ts";
import type { CompiledItem, CompiledRecordType } from "../../../src/dataset/dictionary.ts";
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import { createKeyRing } from "../../../src/keys/key-ring.ts";
import { createForgettingKeyManagement } from "../../../src/keys/local-key-file.ts";
import { createUuid7 } from "../../../src/lib/uuid7.ts";
import { createDataKeyStore } from "../../../src/persistence/database/data-key-store.ts";
import type { Database } from "../../../src/persistence/database/database.ts";
import { createStatusStore } from "../../../src/persistence/status-store.ts";
import { createSubmissionStore } from "../../../src/persistence/submission-store.ts";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import type { FieldChange, RecordResult, SubmissionHeader, SubmissionMode } from "../../../src/records/submission-record.ts";
import { countResults } from "../../../src/submission/build-results.ts";
import type { IdempotencyClaim, RowToWrite, StoredRow, WriteSet } from "../../../src/submission/ports.ts";

export const dictionary = compileDictionary(gw11);
export const newId = createUuid7();
export const RECEIVED_AT = "2026-03-02T09:30:00.125Z";
const COMPLETED_AT = "2026-03-02T09:30:00.500Z";

export function actorOf(ods: string, ...programmes: readonly string[]): OrganisationActor {
  return { clientId: `client-${ods}`, role: "SUBMITTER", ods, programmes, scopes: [] };
}

export function createStores(database: Database) {
  const keys = createKeyRing(createForgettingKeyManagement(), createDataKeyStore(database));
  const dependencies = { database, keys, dictionary };
  return { submissions: createSubmissionStore(dependencies), status: createStatusStore(dependencies), keys };
}

/** A text that no quoting, escaping or array syntax leaves whole by luck. */
const AWKWARD = `O'Neil "\\" {a,NULL}, é\n`;

/** Where identity shows in clear, one of these is found. Each is part of an identity item or a sender's id of `rowValues`. */
export const CANARIES = ["CanaryText", "canary-source", "1931-07-"] as const;

function sampleText(item: CompiledItem, seed: number): string {
  return item.identifying ? `CanaryText${seed} ${AWKWARD}`.slice(0, item.maxLength ?? 60) : `${seed} ${AWKWARD}`;
}

/** A value of the item's kind, another one for another seed. */
function sampleValue(item: CompiledItem, seed: number): Value {
  const keys = [...(item.compiledList?.keys ?? [])].sort();
  const pick = (position: number): string => keys[position % keys.length] ?? "";
  switch (item.kind) {
    case "nhsNumber":
      return toTestNhsNumber(seed);
    case "code":
      return pick(seed);
    case "codes":
      return [...new Set([pick(seed), pick(seed + 1)])];
    case "date":
      return item.identifying ? `1931-07-${String((seed % 28) + 1).padStart(2, "0")}` : `2025-0${(seed % 9) + 1}-15`;
    case "partialDate":
      return `20${10 + (seed % 10)}-05`;
    case "integer":
      return seed % 100;
    case "decimal":
      return (seed % 100) + 0.25;
    case "boolean":
      return seed % 2 === 0;
    default:
      return sampleText(item, seed);
  }
}

function rowValues(type: CompiledRecordType, seed: number, programmeCode: string): (Value | null)[] {
  return type.items.map((item) =>
    type.name === "REHABILITATION" && item.name === "programmeCode" ? programmeCode : sampleValue(item, seed),
  );
}

/** One row of every record type, each under the last row of its parent's type. */
export function wholeTree(seed: number, programmeCode: string): RowToWrite[] {
  const ids = new Map<RecordTypeName, string>(dictionary.recordTypes.map((type) => [type.name, newId()]));
  return dictionary.recordTypes.map((type) => ({
    recordType: type.name,
    id: ids.get(type.name) ?? "",
    parentId: type.definition.parent === null ? null : (ids.get(type.definition.parent) ?? null),
    version: 1,
    programmeCode,
    values: rowValues(type, seed, programmeCode),
    anchorDate: type.name === "REHABILITATION" ? "2025-02-03" : null,
    sourceTime: "2026-03-01T08:00:00.000Z",
    changes: [],
  }));
}

export function patientRow(seed: number, programmeCode: string): RowToWrite {
  const [patient] = wholeTree(seed, programmeCode);
  if (patient === undefined) throw new Error("the dictionary has no record types");
  return patient;
}

function firstChanges(row: RowToWrite): readonly FieldChange[] {
  return dictionary.recordType(row.recordType).items.map((item) => ({
    field: item.name,
    before: null,
    after: item.identifying ? null : (row.values[item.index] ?? null),
    decision: "SET",
    previousSource: null,
  }));
}

export function resultOf(row: RowToWrite, index: number, outcome: RecordResult["outcome"] = "CREATED"): RecordResult {
  return {
    index,
    recordType: row.recordType,
    outcome,
    sourceRecordId: `canary-source-${row.id}`,
    expression: `records[${index}]`,
    parentIndex: null,
    matchedBy: null,
    recordId: row.id,
    issues: [],
    changes: outcome === "CREATED" ? firstChanges(row) : row.changes,
    links: [],
    mappingReport: [],
  };
}

export interface SetOptions {
  readonly created?: readonly RowToWrite[];
  readonly updated?: readonly RowToWrite[];
  readonly results?: readonly RecordResult[];
  readonly mode?: SubmissionMode;
  readonly claim?: IdempotencyClaim;
  readonly receivedAt?: string;
  readonly programmeCode?: string;
}

export function headerOf(actor: OrganisationActor, options: SetOptions, results: readonly RecordResult[]): SubmissionHeader {
  return {
    id: newId(),
    ods: actor.ods,
    programmeCode: options.programmeCode ?? actor.programmes[0] ?? "",
    clientId: actor.clientId,
    channel: "RECORDS",
    mode: options.mode ?? "COMMIT",
    errorPolicy: "REJECT_FAILED",
    status: "COMPLETED",
    outcome: "ACCEPTED",
    sourceSystem: { vendor: "Vendor", product: "Product", version: "1" },
    datasetVersion: dictionary.version,
    mappingVersion: "records/1",
    receivedAt: options.receivedAt ?? RECEIVED_AT,
    completedAt: COMPLETED_AT,
    counts: countResults(results, []),
    issues: [{ severity: "WARNING", code: "COLUMNS_UNRECOGNISED", field: null, expression: 'file "a"', params: { count: 2 } }],
    issueGroups: [],
    mappingSummary: [
      { sourceField: "PID-7", result: "MAPPED", recordType: "PATIENT", field: "dateOfBirth", reason: null, count: 3 },
    ],
    standards: [{ standard: "ASSESSMENT_1", auditYear: 2025, entered: 2, left: 1, met: 2, unmet: 0, changed: 0 }],
    receiptDigest: null,
    receiptKeyId: null,
    replayOf: null,
    withdrawnAt: null,
    faultId: null,
  };
}

export function writeSet(actor: OrganisationActor, options: SetOptions): WriteSet {
  const created = options.created ?? [];
  const updated = options.updated ?? [];
  const results = options.results ?? [
    ...created.map((row, index) => resultOf(row, index)),
    ...updated.map((row, index) => resultOf(row, created.length + index, "UPDATED")),
  ];
  const sourceIds = created.map((row) => ({
    recordType: row.recordType,
    product: "Product",
    sourceRecordId: `canary-source-${row.id}`,
    recordId: row.id,
  }));
  const claim =
    options.mode === "VALIDATE_ONLY" ? null : (options.claim ?? { clientId: actor.clientId, key: newId(), payload: "{}" });
  const submission = { header: headerOf(actor, options, results), claim, envelope: '{"surname":"CanaryText"}', results };
  return { created, updated, removed: [], sourceIds, touched: [], statements: [], submission };
}

/** The next version of a stored row, with some items changed. */
export function nextVersion(row: StoredRow, changed: Readonly<Record<string, Value>>): RowToWrite {
  const type = dictionary.recordType(row.recordType);
  const changes = Object.entries(changed).map(([field, after]): FieldChange => {
    const item = type.byName.get(field);
    const before = item ? (row.values[item.index] ?? null) : null;
    const hidden = item?.identifying === true;
    return { field, before: hidden ? null : before, after: hidden ? null : after, decision: "REPLACED", previousSource: null };
  });
  const values = type.items.map((item) => changed[item.name] ?? row.values[item.index] ?? null);
  const { recordType, id, parentId, programmeCode, anchorDate } = row;
  return {
    recordType,
    id,
    parentId,
    version: row.version + 1,
    programmeCode,
    values,
    anchorDate,
    sourceTime: row.sourceTime,
    changes,
  };
}
