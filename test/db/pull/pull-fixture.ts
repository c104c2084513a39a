/** Pulling over the test database: the real stores and the real reader of servers, with a queue that only keeps what it was given. */
import { createKeyRing } from "../../../src/keys/key-ring.ts";
import { createForgettingKeyManagement } from "../../../src/keys/local-key-file.ts";
import { createAddressRule } from "../../../src/lib/outbound-address.ts";
import { systemClock } from "../../../src/lib/system-clock.ts";
import { createUuid7 } from "../../../src/lib/uuid7.ts";
import { createDataKeyStore } from "../../../src/persistence/database/data-key-store.ts";
import { createFhirSourceStore } from "../../../src/persistence/fhir-source-store.ts";
import { createJobStore } from "../../../src/persistence/job-store.ts";
import { createPullStore } from "../../../src/persistence/pull-store.ts";
import { createStatusStore } from "../../../src/persistence/status-store.ts";
import { createSubmissionStore } from "../../../src/persistence/submission-store.ts";
import { createUploadVault } from "../../../src/persistence/upload-vault.ts";
import { type AcceptPull, createAcceptPull } from "../../../src/pull/accept-pull.ts";
import { DEFAULT_TYPES, type SourceSettings } from "../../../src/pull/fhir-source.ts";
import type { PullStore } from "../../../src/pull/pull-ports.ts";
import { createPuller, type Puller } from "../../../src/pull/puller.ts";
import type { PullReport } from "../../../src/pull/run-pull.ts";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import { createFhirServers, SESSION_LIMITS } from "../../../src/sources/fhir-server/fhir-server.ts";
import { createPullSinks } from "../../../src/sources/fhir-server/pull-sink.ts";
import { createUploadReader } from "../../../src/sources/uploads/upload-reader.ts";
import { createAcceptJob } from "../../../src/submission/accept-job.ts";
import type { JobReference } from "../../../src/submission/job-ports.ts";
import type { UploadReader } from "../../../src/submission/upload-ports.ts";
import type { TestDatabase } from "../../support/database.ts";
import type { TestUploads } from "../../support/uploads.ts";
import { dictionary } from "../stores/store-fixture.ts";

export const ACTOR: OrganisationActor = {
  clientId: "client",
  role: "CLINICAL_TEAM",
  ods: "RAA",
  programmes: ["RAA-1"],
  scopes: [],
};
const newId = createUuid7();

export interface PullFixture {
  readonly uploads: UploadReader;
  readonly accept: AcceptPull;
  readonly store: PullStore;
  readonly queued: readonly JobReference[];
  readonly reports: readonly PullReport[];
  readonly faults: readonly unknown[];
  readonly jobs: ReturnType<typeof createJobStore>;
  readonly status: ReturnType<typeof createStatusStore>;
  /** A confirmed source. */
  addSource(baseUrl: string, settings?: Partial<SourceSettings>, intervalMinutes?: number | null): Promise<string>;
  /** A worker as another process has one. `store`: with what a test has changed of it. */
  worker(store?: PullStore): Puller;
}

export function createPullFixture({ database }: TestDatabase, uploads: TestUploads, leaseMs = 1_000): PullFixture {
  const keys = createKeyRing(createForgettingKeyManagement(), createDataKeyStore(database));
  // Of the same keys: each key ring that forgets has its own.
  const uploadDependencies = { ...uploads.dependencies, vault: createUploadVault(keys) };
  const queued: JobReference[] = [];
  const reports: PullReport[] = [];
  const faults: unknown[] = [];
  const enqueue = async (_run: unknown, job: JobReference): Promise<void> => void queued.push(job);
  const dependencies = { database, keys, dictionary, enqueue };
  const sources = createFhirSourceStore(database, keys);
  const store = createPullStore({ database, keys, enqueue, leaseMs });
  const status = createStatusStore(dependencies);
  const accept = createAcceptPull({
    sources,
    pulls: store,
    status,
    acceptJob: createAcceptJob(createSubmissionStore(dependencies)),
    clock: systemClock,
    newId,
    datasetVersion: dictionary.version,
  });
  const limits = { ...SESSION_LIMITS, wholeMs: 30_000, firstWaitMs: 1 };
  const servers = createFhirServers({
    judge: createAddressRule(["127.0.0.0/8"]),
    resolve: async (address) => [{ address, family: 4 }],
    limits,
  });
  return {
    uploads: createUploadReader(uploadDependencies),
    accept,
    store,
    queued,
    reports,
    faults,
    status,
    jobs: createJobStore(dependencies, systemClock.now),
    addSource: async (baseUrl, settings = {}, intervalMinutes = null) => {
      const id = newId();
      const whole: SourceSettings = {
        mode: "AUTO",
        types: DEFAULT_TYPES,
        cohort: [],
        groupId: null,
        fileOrigins: [],
        auth: null,
        ...settings,
      };
      const createdAt = systemClock.now();
      const source = {
        id,
        programmeCode: "RAA-1",
        name: "Fixture",
        baseUrl,
        origin: "REGISTERED",
        profile: null,
        createdAt,
      } as const;
      const sourceSystem = { vendor: "V", product: "P", version: "1" };
      const more = { sourceSystem, settings: whole, intervalMinutes, publicKey: null, secret: null } as const;
      await sources.register(ACTOR, { ...source, ...more, state: "PROPOSED" }, 100);
      await sources.confirm(ACTOR, id, createdAt);
      return id;
    },
    worker: (changed = store) =>
      createPuller({
        store: changed,
        sinks: createPullSinks(uploadDependencies),
        servers,
        accept,
        clock: systemClock,
        random: () => 0,
        envelopeDays: 400,
        pollMs: 50,
        holdMs: 200,
        report: (report) => reports.push(report),
        reportFault: (error) => faults.push(error),
        reportTrouble: (error) => faults.push(error),
      }),
  };
}
