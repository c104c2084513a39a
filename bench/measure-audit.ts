/**
 * What the audit trail costs, on a throw-away PostgreSQL: `tsx scripts/postgres.ts -- tsx bench/measure-audit.ts [entries]`.
 * A submission of 500 patients with its entry and without, in turn; numbering and checking of so many entries (default 1,000,000).
 */
import { createHmac } from "node:crypto";
import { MAPPINGS } from "../mappings/index.ts";
import { createChainer } from "../src/audit/chainer.ts";
import { verifyTrail } from "../src/audit/verify-trail.ts";
import { createKeyRing } from "../src/keys/key-ring.ts";
import { createForgettingKeyManagement } from "../src/keys/local-key-file.ts";
import { createUuid7 } from "../src/lib/uuid7.ts";
import { createDataKeyStore } from "../src/persistence/database/data-key-store.ts";
import { type Database, openDatabase } from "../src/persistence/database/database.ts";
import { seedOrganisations } from "../src/persistence/deployment.ts";
import { createChainStore, createTrailStore } from "../src/persistence/trail-store.ts";
import { DatabaseUnit } from "../src/persistence/unit-of-work.ts";
import { createSettingOf } from "../src/persistence/unit-runner.ts";
import type { OrganisationActor } from "../src/records/actor.ts";
import { DEFAULT_DATASET_VERSION, dictionaryOf } from "../src/records/dictionaries.ts";
import type { SubmissionService } from "../src/submission/commands.ts";
import { createSubmissionService } from "../src/submission/submit.ts";
import { benchDictionary, PATIENTS_PER_REQUEST, samplePatients } from "./sample-submissions.ts";
import { median, timed } from "./statistics.ts";

const ROUNDS = 15;
const AT_ONCE = 20_000;
const ODS = "RXX";
const newId = createUuid7();
const actor: OrganisationActor = { clientId: "bench", role: "SUBMITTER", ods: ODS, programmes: ["BENCH"], scopes: [] };
const key = { mac: (use: string, text: string) => createHmac("sha256", use).update(text).digest("hex") };

/** As the gateway's own, or with everything but the entry. */
function createService(database: Database, keys: ReturnType<typeof createKeyRing>, withEntry: boolean): SubmissionService {
  const settingOf = createSettingOf({ keys, dictionary: benchDictionary }, "FOR_UPDATE");
  return createSubmissionService({
    store: {
      transaction: async (acting, work) => {
        const setting = await settingOf(acting);
        const { bind } = setting.writeStatements;
        const writeStatements = withEntry
          ? setting.writeStatements
          : {
              bind: (parts: Parameters<typeof bind>[0], scalars: Parameters<typeof bind>[1]) =>
                bind(
                  parts.filter(({ shape }) => shape.table !== "audit.event"),
                  scalars,
                ),
            };
        return await database.withRole(
          { role: "nacr_app", ods: ODS, programmes: acting.programmes },
          (tx) => work(new DatabaseUnit(tx, { ...setting, writeStatements })),
          { timeoutMs: 20_000, organisationLock: { mode: "SHARED" } },
        );
      },
    },
    mappings: {
      map: (channel, payload, profile, dictionary) => MAPPINGS[channel](payload, { profile, dictionary, detectTestData: false }),
    },
    clock: { now: () => new Date().toISOString(), today: () => new Date().toISOString().slice(0, 10) },
    newId,
    dictionaryOf,
    defaultDatasetVersion: DEFAULT_DATASET_VERSION,
    findRegistered: async () => [],
  });
}

async function measureSubmissions(database: Database): Promise<void> {
  const keys = createKeyRing(createForgettingKeyManagement(), createDataKeyStore(database));
  await seedOrganisations(database, [{ odsCode: ODS, name: "Bench", programmes: [{ code: "BENCH", name: "Bench" }] }]);
  const services = { with: createService(database, keys, true), without: createService(database, keys, false) };
  const seconds: Record<keyof typeof services, number[]> = { with: [], without: [] };
  for (let round = 0; round < 2 * ROUNDS + 4; round++) {
    const name = round % 2 === 0 ? "with" : "without";
    const payload = samplePatients(round * PATIENTS_PER_REQUEST);
    const options = {
      idempotencyKey: newId(),
      programmeCode: "BENCH",
      sourceSystem: { vendor: "Bench", product: "Bench", version: "1" },
      datasetVersion: DEFAULT_DATASET_VERSION,
      mode: "COMMIT",
      errorPolicy: "REJECT_FAILED",
    } as const;
    const took = await timed(() => services[name].submit({ channel: "RECORDS", payload, profile: null, actor, options }));
    // The first rounds compile and plan.
    if (round >= 4) seconds[name].push(took.seconds);
  }
  const [entry, none] = [median(seconds.with), median(seconds.without)];
  const fastest = Math.min(...seconds.with) / Math.min(...seconds.without);
  console.info(
    `500 patients: ${(entry * 1_000).toFixed(1)} ms with the entry, ${(none * 1_000).toFixed(1)} ms without; ratio of medians ${(entry / none).toFixed(3)}, of the fastest ${fastest.toFixed(3)}`,
  );
}

async function measureTrail(database: Database, entries: number): Promise<void> {
  const writing = await timed(async () => {
    for (let written = 0; written < entries; written += AT_ONCE)
      await database.prisma.$executeRaw`
        insert into audit.event (id, ods, action, type, outcome, agent_id, agent_role, agent_ods, correlation_id, patient_ids, purpose, details)
        select gen_random_uuid(), ${ODS}, 'R', 'READ_RECORD', 'DONE', 'team', 'CLINICAL_TEAM', ${ODS}, gen_random_uuid()::text,
          array[gen_random_uuid()], 'DIRECT_CARE', '{"shown": 1, "identity": true}' from generate_series(1, ${AT_ONCE}::integer)`;
  });
  console.info(`writing them, many at a time: ${((writing.seconds / entries) * 1_000_000).toFixed(0)} µs each`);
  const chainer = createChainer({
    store: createChainStore(database),
    key,
    anchorFile: null,
    now: () => new Date().toISOString(),
  });
  const numbered = await timed(() => chainer.numberAll());
  console.info(`numbering ${numbered.result} entries: ${numbered.seconds.toFixed(1)} s`);
  const checked = await timed(() => verifyTrail({ store: createTrailStore(database, newId), key, anchorFile: null }));
  const { bad, entries: found } = checked.result;
  console.info(
    `checking ${found} entries: ${checked.seconds.toFixed(1)} s, ${bad === null ? "all good" : `bad at ${bad.sequence}`}`,
  );
}

const database = await openDatabase({ url: process.env.TEST_DATABASE_URL ?? null, dataDir: "memory://", pool: 4 });
try {
  await measureSubmissions(database);
  await measureTrail(database, Number(process.argv[2] ?? 1_000_000));
} finally {
  await database.close();
}
