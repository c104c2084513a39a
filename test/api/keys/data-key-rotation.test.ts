/** An organisation's key is replaced while its people read and send: everything it has stored stays readable, everywhere. */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import { createKeyRing } from "../../../src/keys/key-ring.ts";
import { createForgettingKeyManagement } from "../../../src/keys/local-key-file.ts";
import { createUuid7 } from "../../../src/lib/uuid7.ts";
import { createLogger } from "../../../src/observability/logger.ts";
import { createDataKeyStore } from "../../../src/persistence/database/data-key-store.ts";
import { replaceDataKey, replaceTokenSecret } from "../../../src/persistence/key-rotation.ts";
import { createUploadStore } from "../../../src/persistence/upload-store.ts";
import { createUploadVault } from "../../../src/persistence/upload-vault.ts";
import { createFolderPartStore } from "../../../src/sources/uploads/folder-part-store.ts";
import { resealAll } from "../../../src/wiring/key-rotation.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { journey, person } from "../../support/journey-records.ts";
import { fileInput, SUBMIT_FILE, upload, watch } from "../files/file-client.ts";
import { type Submitter, submitterOf } from "../submission/submitting.ts";

/** The demo submitter's. */
const ODS = "ZDM01";
/** Each process reads what became of its keys within ten seconds. */
const READ_MS = 11_000;
/** Most of it is waiting for processes to read their keys, twice. */
const PATIENCE_MS = 180_000;
const management = createForgettingKeyManagement();
const SEEDS = [9_100, 9_101, 9_102];
const WITHDRAWN = 9_103;

let database: TestDatabase;
let folder: string;
let submitter: Submitter;
let gateways: TestGateway[];
const start = async (): Promise<TestGateway> => {
  const gateway = await startTestGateway({
    database,
    keyManagement: management,
    config: { uploadStore: { kind: "folder", folder } },
  });
  gateways.push(gateway);
  return gateway;
};

beforeAll(async () => {
  database = await openTestDatabase();
  folder = await mkdtemp(join(tmpdir(), "nacr-reseal-"));
  gateways = [];
  submitter = submitterOf(await start());
});
afterAll(async () => {
  for (const gateway of gateways) await gateway.close();
  await database.close();
  await rm(folder, { recursive: true });
});

const PATIENT = "query ($n: String!) { patientRecord(nhsNumber: $n) { id version patient { nhsNumber surname } } }";
const HISTORY = "query ($id: ID!) { history(recordId: $id, first: 30) { nodes { version field before after } } }";
const SUBMISSION = "query ($id: ID!) { submission(id: $id) { id records(first: 50) { nodes { sourceRecordId outcome } } } }";

interface Known {
  readonly submissionId: string;
  readonly uploadId: string;
}

/** Everything that is sealed and that somebody can read, as text. */
async function readAll(gateway: TestGateway, { submissionId }: Known): Promise<string> {
  const patients = await Promise.all(
    SEEDS.map((seed) => gateway.gql<{ patientRecord: { id: string } }>("team", PATIENT, { n: toTestNhsNumber(seed) })),
  );
  const histories = await Promise.all(patients.map(({ data }) => gateway.gql("team", HISTORY, { id: data?.patientRecord.id })));
  const answer = await gateway.gql("submitter", SUBMISSION, { id: submissionId });
  const all = [...patients, ...histories, answer];
  expect(all.flatMap(({ errors }) => errors)).toEqual([]);
  return JSON.stringify(all.map(({ data }) => data));
}

async function store(): Promise<Known> {
  const { gateway } = submitter;
  const sent = [...SEEDS, WITHDRAWN].map((seed) => journey(seed, { patient: person(seed, { surname: "Before" }) }));
  const { id: submissionId } = await submitter.records(sent);
  await submitter.records(SEEDS.map((seed) => journey(seed, { patient: person(seed, { surname: "After" }) })));
  const { errors } = await gateway.gql(
    "submitter",
    "mutation ($i: WithdrawRecordInput!) { withdrawRecord(input: $i) { outcome } }",
    {
      i: {
        idempotencyKey: randomUUID(),
        programmeCode: "CR-VALLEY",
        recordType: "PATIENT",
        reason: "Sent in error",
        sourceRecordId: `rec-${WITHDRAWN}`,
        sourceSystem: { vendor: "Test", product: "Bench", version: "1" },
      },
    },
  );
  expect(errors).toEqual([]);
  const lines = JSON.stringify(journey(9_104));
  return { submissionId, uploadId: await upload(gateway, lines) };
}

describe("a data key that is replaced", () => {
  it(
    "costs no reader and no sender anything, and afterwards the old one is gone",
    async () => {
      const { gateway } = submitter;
      const known = await store();
      const before = await readAll(gateway, known);
      expect(before).toContain("After");
      const newId = createUuid7();
      expect(await replaceDataKey({ database: database.database, newId }, management, ODS)).toBe(2);
      await wait(READ_MS);
      await database.query("update keys.data_key set seals_from = now() - interval '1 day' returning scope");

      const keys = createKeyRing(management, createDataKeyStore(database.database));
      const uploads = {
        store: createUploadStore(database.database),
        vault: createUploadVault(keys),
        parts: createFolderPartStore(folder),
      };
      const logs: string[] = [];
      const logger = createLogger("info", { write: (line) => logs.push(line) });
      let done = false;
      const resealing = resealAll({ database: database.database, keys, logger, newId }, uploads, {
        settledSeconds: 60,
        turnMs: 60_000,
      }).finally(() => {
        done = true;
      });
      let reads = 0;
      for (; !done; reads++) expect(await readAll(gateway, known)).toBe(before);
      await resealing;
      expect(reads).toBeGreaterThan(0);
      expect(logs.join()).toContain("sealed-anew");
      expect(logs.join()).toContain("data-key-destroyed");
      const versions = await database.query("select version from keys.data_key where scope = $1", [`organisation:${ODS}`]);
      expect(versions).toEqual([{ version: 2 }]);

      // A process that starts now never knew the old one.
      const fresh = await start();
      expect(await readAll(fresh, known)).toBe(before);
      const later = submitterOf(fresh);
      const again = await later.records([journey(SEEDS[0] ?? 0, { patient: person(SEEDS[0] ?? 0, { surname: "Later" }) })]);
      expect(again.counts).toMatchObject({ created: 0, updated: 1 });
      const input = fileInput(known.uploadId, { format: "NACR_NDJSON" });
      const { data, errors } = await fresh.gql<{ submitFile: { id: string } }>("submitter", SUBMIT_FILE, input);
      expect(errors).toEqual([]);
      expect((await watch(fresh, data?.submitFile.id ?? "")).counts).toMatchObject({ created: 5, rejected: 0 });
      const back = await fresh.gql("team", "query ($n: String!) { patientRecord(nhsNumber: $n) { id } }", {
        n: toTestNhsNumber(WITHDRAWN),
      });
      expect(back.data).toEqual({ patientRecord: null });
    },
    PATIENCE_MS,
  );

  it(
    "of tokens leaves the tokens that are out good for their time",
    async () => {
      const { gateway } = submitter;
      const token = await gateway.token("submitter");
      await replaceTokenSecret({ database: database.database, newId: createUuid7() }, management);
      await database.query(
        "update keys.data_key set seals_from = now() - interval '1 day' where scope = 'tokens' returning scope",
      );
      await wait(READ_MS);
      const fresh = await start();
      const ask = async (url: string, bearer: string): Promise<number> =>
        (
          await fetch(`${url}/graphql`, {
            method: "POST",
            headers: { "content-type": "application/json", authorization: `Bearer ${bearer}` },
            body: JSON.stringify({ query: "{ viewer { role } }" }),
          })
        ).status;
      const anew = await fresh.token("submitter");
      const headerOf = (text: string) => JSON.parse(Buffer.from(text.split(".")[0] ?? "", "base64url").toString());
      expect([headerOf(token).kid, headerOf(anew).kid]).toEqual(["1", "2"]);
      expect(await ask(fresh.url, token)).toBe(200);
      expect(await ask(gateway.url, anew)).toBe(200);
    },
    PATIENCE_MS,
  );
});
