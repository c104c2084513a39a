/**
 * Requests to the National Data Opt-out check and its answers. Answers are kept under keyed digests of digests, apart from any patient, until
 * they expire; a request keeps the keys of what it asks about until it is settled. Numbers are opened for the question only.
 */
import {
  OPT_OUT_STATES,
  type OptOutQuestion,
  type OptOutRequest,
  type OptOutSettled,
  type OptOutStore,
} from "../consent/opt-out-ports.ts";
import { hasOptOut } from "../consent/release-policy.ts";
import { KeyError } from "../keys/key-management.ts";
import type { KeyRing, PseudonymKey } from "../keys/key-ring.ts";
import type { NewId } from "../submission/ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";
import { numberedPatients, PATIENTS_AT_ONCE } from "./numbered-patients.ts";
import { optOutKeys } from "./opt-out-keys.ts";
import { settle } from "./opt-out-settlement.ts";
import { isUuid, readTimeAndId, toCursor, toPage } from "./page-cursor.ts";
import type { OpenIdentity } from "./patient-identities.ts";
import { toArrayLiteral, toColumnLiteral } from "./sql/array-literal.ts";
import {
  ANSWERED_KEYS,
  COUNT_REQUESTS,
  FORGET_ANSWERS,
  INSERT_REQUEST,
  KEYS_IN_HAND,
  LAPSE_REQUESTS,
  ORGANISATIONS_OF_NATIONS,
  PAGE_OF_REQUESTS,
  REQUEST_BY_ID,
  SEALED_NUMBERS,
  TAKE_TURN_ASKING,
} from "./sql/opt-out-statements.ts";
import { bytesOf, numberOf, optionalTextOf, type SqlRow, textOf, wordOf } from "./sql-row.ts";

export interface OptOutStoreDependencies {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly newId: NewId;
  /** Opens what is sealed of patients of an organisation. */
  readonly openIdentities: (ods: string) => Promise<OpenIdentity>;
  /** Hours after which an answer comes too late. */
  readonly answerHours: number;
  /** Days for which an answer stands, counted from the question. */
  readonly cacheDays: number;
}

/** Of one question: the check takes far more; what is left is asked with the next look. */
const NUMBERS_AT_MOST = 100_000;
const ASK_TIMEOUT_MS = 120_000;
const NATIONS = ["ENGLAND", "WALES", "NORTHERN_IRELAND"] as const;
const REFERENCE_DIGITS = 16;

/** Names a request in file names and headers, where `:` is best avoided. */
const referenceOf = (id: string): string => `NACR${id.replaceAll("-", "").slice(-REFERENCE_DIGITS).toUpperCase()}`;

export function createOptOutStore(dependencies: OptOutStoreDependencies): OptOutStore {
  const { database, keys, newId } = dependencies;
  const asKeeper = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
    database.withRole({ role: "nacr_consent" }, work, { timeoutMs: ASK_TIMEOUT_MS });
  return {
    organisations: () =>
      asKeeper(async (tx) => {
        const rows = await tx.$queryRaw<SqlRow[]>(ORGANISATIONS_OF_NATIONS([toArrayLiteral(NATIONS.filter(hasOptOut))]));
        return rows.map((row) => textOf(row, "ods_code"));
      }),
    ask: async (ods, at, until) => {
      const key = await optOutKeys(keys);
      const asked = await asKeeper((tx) => noteQuestion(tx, { ods, at, until, id: newId() }, key, newId));
      if (asked === null) return null;
      const nhsNumbers = await openNumbers(dependencies, ods, asked.patientIds);
      return { id: asked.id, reference: referenceOf(asked.id), requestedAt: at, nhsNumbers };
    },
    settle: async (settlement) => {
      const [key, link] = await Promise.all([optOutKeys(keys), keys.link()]);
      const keyOf = (nhsNumber: string): string => key.mac(link.mac("nhs", nhsNumber));
      const work = (tx: Transaction): Promise<OptOutSettled> => settle(tx, settlement, { ...dependencies, key, keyOf });
      const { actor } = settlement;
      if (actor === null) return await asKeeper(work);
      return await database.withRole({ role: "nacr_app", ods: actor.ods }, work, { timeoutMs: ASK_TIMEOUT_MS });
    },
    lapse: (before, at) =>
      asKeeper(async (tx) => {
        const rows = await tx.$queryRaw<SqlRow[]>(LAPSE_REQUESTS([before, at]));
        return rows.map((row) => textOf(row, "reference"));
      }),
    forgetExpired: (at) => asKeeper(async (tx) => void (await tx.$executeRaw(FORGET_ANSWERS([at])))),
    list: (actor, { first, after }) => {
      const position = after === null ? null : readTimeAndId(after);
      return database.withRole({ role: "nacr_app", ods: actor.ods }, async (tx) => {
        const [count] = await tx.$queryRaw<SqlRow[]>(COUNT_REQUESTS([actor.ods]));
        const page = [actor.ods, position?.time ?? null, position?.id ?? null, first + 1];
        const rows = await tx.$queryRaw<SqlRow[]>(PAGE_OF_REQUESTS(page));
        const total = count === undefined ? 0 : numberOf(count, "total");
        return toPage(rows.map(readRequest), first, total, ({ requestedAt, id }) => toCursor(requestedAt, id));
      });
    },
    find: async (actor, id) => {
      if (!isUuid(id)) return null;
      const [row] = await database.withRole({ role: "nacr_app", ods: actor.ods }, (tx) =>
        tx.$queryRaw<SqlRow[]>(REQUEST_BY_ID([actor.ods, id])),
      );
      return row === undefined ? null : readRequest(row);
    },
  };
}

const readRequest = (row: SqlRow): OptOutRequest => ({
  id: textOf(row, "id"),
  reference: textOf(row, "reference"),
  state: wordOf(row, "state", OPT_OUT_STATES),
  requestedAt: textOf(row, "requested_at"),
  settledAt: optionalTextOf(row, "settled_at"),
  asked: numberOf(row, "asked"),
});

interface Asking extends Pick<OptOutQuestion, "id"> {
  readonly ods: string;
  readonly at: string;
  readonly until: string;
}

/** One after the other, whatever processes ask: what one asks about the next one sees in hand. */
async function noteQuestion(
  tx: Transaction,
  { id, ods, at, until }: Asking,
  key: PseudonymKey,
  newId: NewId,
): Promise<{ readonly id: string; readonly patientIds: readonly string[] } | null> {
  await tx.$queryRaw(TAKE_TURN_ASKING([]));
  const inHand = new Set((await tx.$queryRaw<SqlRow[]>(KEYS_IN_HAND([]))).map((row) => textOf(row, "key")));
  const wanted = new Map<string, string>();
  for await (const page of numberedPatients(tx, ods, key)) {
    const answered = await tx.$queryRaw<SqlRow[]>(ANSWERED_KEYS([toColumnLiteral(page, (patient) => patient.key), until]));
    const known = new Set(answered.map((row) => textOf(row, "key")));
    for (const patient of page) if (!known.has(patient.key) && !inHand.has(patient.key)) wanted.set(patient.key, patient.id);
    if (wanted.size >= NUMBERS_AT_MOST) break;
  }
  if (wanted.size === 0) return null;
  await tx.$executeRaw(INSERT_REQUEST([id, ods, referenceOf(id), at, toArrayLiteral([...wanted.keys()])]));
  const act = { action: "EXECUTE", type: "REQUEST_OPT_OUTS", outcome: "DONE", ods, correlationId: null } as const;
  const agent = { id: "gateway", role: null, ods: null };
  const entity = { kind: "OPT_OUT_REQUEST", id };
  await writeAuditEntry(tx, { ...act, agent, entity, details: { asked: wanted.size } }, newId);
  return { id, patientIds: [...wanted.values()] };
}

async function openNumbers(
  { database, openIdentities }: OptOutStoreDependencies,
  ods: string,
  patientIds: readonly string[],
): Promise<readonly string[]> {
  const open = await openIdentities(ods);
  const numbers: string[] = [];
  for (let from = 0; from < patientIds.length; from += PATIENTS_AT_ONCE) {
    const some = toArrayLiteral(patientIds.slice(from, from + PATIENTS_AT_ONCE));
    const rows = await database.withRole({ role: "nacr_app", ods }, (tx) => tx.$queryRaw<SqlRow[]>(SEALED_NUMBERS([ods, some])));
    for (const row of rows) numbers.push(...numberIn(row, open));
  }
  return numbers;
}

/** Of a patient whose keys were destroyed, and who came back out of a backup, there is none. */
function numberIn(row: SqlRow, open: OpenIdentity): readonly string[] {
  try {
    const { nhsNumber } = open(textOf(row, "patient_id"), bytesOf(row, "sealed"));
    return typeof nhsNumber === "string" ? [nhsNumber] : [];
  } catch (error) {
    if (error instanceof KeyError) return [];
    throw error;
  }
}
