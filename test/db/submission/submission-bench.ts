/** The submission use case over the real stores of a test database, with a clock that the test sets. */
import { beforeAll } from "vitest";
import { MAPPINGS } from "../../../mappings/index.ts";
import type { RecordTypeName } from "../../../src/dataset/define.ts";
import { createKeyRing } from "../../../src/keys/key-ring.ts";
import { createForgettingKeyManagement } from "../../../src/keys/local-key-file.ts";
import { createUuid7 } from "../../../src/lib/uuid7.ts";
import { createClientStore } from "../../../src/persistence/client-store.ts";
import { createDataKeyStore } from "../../../src/persistence/database/data-key-store.ts";
import { seedOrganisations } from "../../../src/persistence/deployment.ts";
import type { CachedStatusStore } from "../../../src/persistence/status-store.ts";
import { createStatusStore } from "../../../src/persistence/status-store.ts";
import { createSubmissionStore } from "../../../src/persistence/submission-store.ts";
import type { StoreDependencies } from "../../../src/persistence/unit-runner.ts";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import { DEFAULT_DATASET_VERSION, dictionaryOf, LATEST_DATASET_VERSION } from "../../../src/records/dictionaries.ts";
import type { RecordResult } from "../../../src/records/submission-record.ts";
import type { SubmissionAnswer, SubmissionOptions, SubmissionService, SubmitCommand } from "../../../src/submission/commands.ts";
import type { UnitOfWork } from "../../../src/submission/ports.ts";
import { createSubmissionService } from "../../../src/submission/submit.ts";
import { provideDatabase, type TestDatabase } from "../../support/database.ts";

const newId = createUuid7();

/** Two organisations; the first has two programmes. */
export const NORTH = "RNORTH";
export const SOUTH = "RSOUTH";
const ORGANISATIONS = [
  { odsCode: NORTH, name: "North Trust", programmes: ["N-CITY", "N-HILL"].map((code) => ({ code, name: code })) },
  { odsCode: SOUTH, name: "South Trust", programmes: [{ code: "S-COAST", name: "S-COAST" }] },
];

const submitter = (ods: string, ...programmes: readonly string[]): OrganisationActor => ({
  clientId: `client-${ods}`,
  role: "SUBMITTER",
  ods,
  programmes,
  scopes: [],
});

export const city = submitter(NORTH, "N-CITY");
export const hill = { ...submitter(NORTH, "N-HILL"), clientId: "client-hill" };
export const both = { ...submitter(NORTH, "N-CITY", "N-HILL"), clientId: "client-both" };
export const coast = submitter(SOUTH, "S-COAST");

/** What a test says of a command; the rest is a good one. */
type PartialCommand = Partial<Omit<SubmitCommand, "options">> & { readonly options?: Partial<SubmissionOptions> };

export interface Bench {
  /** ISO instant that the gateway's clock shows. */
  now: string;
  /** Waited for in the transaction, once the idempotency key is claimed: to keep a request in flight. */
  afterClaim: () => Promise<void>;
  /** False: every record is worked out, whether it was sent before or not. */
  remembers: boolean;
  readonly test: TestDatabase;
  readonly status: CachedStatusStore;
  /** What the stores stand on. */
  readonly stores: StoreDependencies;
  readonly service: SubmissionService;
  submit(command: PartialCommand): Promise<SubmissionAnswer>;
  /** Records of the actor's first programme, under a new key. */
  send(actor: OrganisationActor, records: readonly unknown[], options?: Partial<SubmissionOptions>): Promise<Sent>;
  /** Resources or messages, as `send`. */
  sendAs(
    channel: "FHIR" | "HL7V2",
    actor: OrganisationActor,
    payload: unknown,
    options?: Partial<SubmissionOptions>,
  ): Promise<Sent>;
  count(table: string): Promise<number>;
}

/** An answer of which every record is at hand. */
export interface Sent {
  readonly header: SubmissionAnswer["header"];
  readonly results: readonly RecordResult[];
  /** The only result of a type, or the n-th. */
  only(recordType: RecordTypeName, position?: number): RecordResult;
  /** `PATIENT CREATED` for every record. */
  readonly outcomes: readonly string[];
  /** `ERROR KEY_CONFLICT eventDate` for every issue of every record. */
  readonly issues: readonly string[];
}

export function toSent({ header, results }: SubmissionAnswer): Sent {
  if (results === null) throw new Error("the answer was replayed");
  return {
    header,
    results,
    only: (recordType, position = 0) => {
      const found = results.filter((result) => result.recordType === recordType)[position];
      if (found === undefined) throw new Error(`no result ${position} of ${recordType}`);
      return found;
    },
    outcomes: results.map(({ recordType, outcome }) => `${recordType} ${outcome}`),
    issues: results.flatMap(({ issues }) => issues.map(({ severity, code, field }) => `${severity} ${code} ${field ?? "-"}`)),
  };
}

export const optionsOf = (actor: OrganisationActor, more: Partial<SubmissionOptions> = {}): SubmissionOptions => ({
  idempotencyKey: newId(),
  programmeCode: actor.programmes[0] ?? "",
  sourceSystem: { vendor: "Vendor", product: "Product", version: "1" },
  datasetVersion: DEFAULT_DATASET_VERSION,
  mode: "COMMIT",
  errorPolicy: "REJECT_FAILED",
  ...more,
});

const holdsRecords = (payload: unknown): boolean => Array.isArray(payload) && typeof payload[0] === "object";

const heldAfterClaim = (unit: UnitOfWork, wait: () => Promise<void>, remembers: () => boolean): UnitOfWork => ({
  claimIdempotencyKey: async (claim) => {
    const result = await unit.claimIdempotencyKey(claim);
    if (result.state === "FREE") await wait();
    return result;
  },
  findPatients: (keys, ids) => unit.findPatients(keys, ids),
  findSourceIds: (keys, programmeCode) => unit.findSourceIds(keys, programmeCode),
  findKnown: async (statements, programmeCode) => {
    const known = await unit.findKnown(statements, programmeCode);
    return remembers() ? known : [];
  },
  readChildren: (recordType, parentIds) => unit.readChildren(recordType, parentIds),
  findEventsOfOthers: (eventIds) => unit.findEventsOfOthers(eventIds),
  findObjections: (subjects) => unit.findObjections(subjects),
  readValueSources: (rows, fields) => unit.readValueSources(rows, fields),
  readLinkDecisions: (eventIds) => unit.readLinkDecisions(eventIds),
  write: (set) => unit.write(set),
  accept: (job) => unit.accept(job),
});

function createBench(test: TestDatabase): Bench {
  const dictionary = dictionaryOf(LATEST_DATASET_VERSION);
  if (dictionary === null) throw new Error("the dictionary is in service");
  const keys = createKeyRing(createForgettingKeyManagement(), createDataKeyStore(test.database));
  const stores = { database: test.database, keys, dictionary };
  const store = createSubmissionStore(stores);
  const clients = createClientStore(test.database);
  const service = createSubmissionService({
    store: {
      transaction: (actor, work, alone) =>
        store.transaction(
          actor,
          (unit) =>
            work(
              heldAfterClaim(
                unit,
                () => bench.afterClaim(),
                () => bench.remembers,
              ),
            ),
          alone,
        ),
    },
    mappings: {
      // Records sent over the channel of messages are read as records, and judged and joined as messages are.
      map: (channel, payload, profile, known) =>
        MAPPINGS[channel === "HL7V2" && holdsRecords(payload) ? "RECORDS" : channel](payload, {
          profile,
          dictionary: known,
          detectTestData: false,
        }),
    },
    clock: { now: () => bench.now, today: () => bench.now.slice(0, 10) },
    newId,
    dictionaryOf,
    defaultDatasetVersion: DEFAULT_DATASET_VERSION,
    findRegistered: async (codes) => (await clients.organisations(codes)).map(({ odsCode }) => odsCode),
  });
  const submit: Bench["submit"] = ({ options, ...command }) => {
    const actor = command.actor ?? city;
    return service.submit({
      channel: "RECORDS",
      payload: [],
      profile: null,
      ...command,
      actor,
      options: optionsOf(actor, options),
    });
  };
  const bench: Bench = {
    now: "2026-06-30T09:00:00.000Z",
    afterClaim: async () => undefined,
    remembers: true,
    test,
    status: createStatusStore(stores),
    stores,
    service,
    submit,
    send: async (actor, payload, options = {}) => toSent(await submit({ actor, payload, options })),
    sendAs: async (channel, actor, payload, options = {}) => toSent(await submit({ channel, actor, payload, options })),
    count: async (table) => Number((await test.query(`select count(*)::int as n from ${table}`))[0]?.n),
  };
  return bench;
}

/** One bench for all tests of a file. */
export function provideBench(): () => Bench {
  const database = provideDatabase();
  let bench: Bench | null = null;
  beforeAll(async () => {
    await seedOrganisations(database().database, ORGANISATIONS);
    bench = createBench(database());
  });
  return () => {
    if (bench === null) throw new Error("the bench is there only while tests run");
    return bench;
  };
}
