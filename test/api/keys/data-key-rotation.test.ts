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
/** Most of it is waiting for processes to read their keys. */
const PATIENCE_MS = 60_000;
const management = createForgettingKeyManagement();
const SEEDS = [9_100, 9_101, 9_102];
const WITHDRAWN = 9_103;

let database: TestDatabase;
let folder: string;
let submitter: Submitter;
let gateways: TestGateway[];
let oldToken = "";
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

let known: Known;
let before = "";

/** Both keys at once, so that processes are waited for once. */
beforeAll(async () => {
  known = await store();
  before = await readAll(submitter.gateway, known);
  const dependencies = { database: database.database, newId: createUuid7() };
  oldToken = await submitter.gateway.token("submitter");
  expect(await replaceDataKey(dependencies, management, ODS)).toBe(2);
  await replaceTokenSecret(dependencies, management);
  await wait(READ_MS);
  await database.query("update keys.data_key set seals_from = now() returning scope");
}, PATIENCE_MS);

describe("a token secret that is replaced", () => {
  it("leaves the tokens that are out good for their time", async () => {
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
    expect([headerOf(oldToken).kid, headerOf(anew).kid]).toEqual(["1", "2"]);
    expect(await ask(fresh.url, oldToken)).toBe(200);
    expect(await ask(submitter.gateway.url, anew)).toBe(200);
  });
});

/** Seals anew, as a worker does six hours after a replacement. @returns what it logged */
async function sealAnew(): Promise<string> {
  await database.query(
    `update keys.data_key set seals_from = now() - interval '1 day' where scope = 'organisation:${ODS}' returning scope`,
  );
  const keys = createKeyRing(management, createDataKeyStore(database.database));
  const uploads = {
    store: createUploadStore(database.database),
    vault: createUploadVault(keys),
    parts: createFolderPartStore(folder),
  };
  const logs: string[] = [];
  const logger = createLogger("info", { write: (line) => logs.push(line) });
  const terms = { settledSeconds: 3_600, turnMs: 60_000 };
  await resealAll({ database: database.database, keys, logger, newId: createUuid7() }, uploads, terms);
  return logs.join();
}

describe("a data key that is replaced", () => {
  it("costs no reader anything, while everything is sealed anew and the old one destroyed", async () => {
    let done = false;
    const resealing = sealAnew().finally(() => {
      done = true;
    });
    let reads = 0;
    for (; !done; reads++) expect(await readAll(submitter.gateway, known)).toBe(before);
    const logged = await resealing;
    expect(reads).toBeGreaterThan(0);
    expect(logged).toContain("sealed-anew");
    expect(logged).toContain("data-key-destroyed");
    const versions = await database.query("select version from keys.data_key where scope = $1", [`organisation:${ODS}`]);
    expect(versions).toEqual([{ version: 2 }]);
  });

  it("is not missed by a process that never knew it: what was stored is read, changed and worked on", async () => {
    // The others were told by this test, not by six hours, that nobody seals with the old one any more: their workers might.
    for (const gateway of gateways.splice(0)) await gateway.close();
    const fresh = await start();
    expect(await readAll(fresh, known)).toBe(before);
    const [seed = 0] = SEEDS;
    const again = await submitterOf(fresh).records([journey(seed, { patient: person(seed, { surname: "Later" }) })]);
    expect(again.counts).toMatchObject({ created: 0, updated: 1 });
    const input = fileInput(known.uploadId, { format: "NACR_NDJSON" });
    const { data, errors } = await fresh.gql<{ submitFile: { id: string } }>("submitter", SUBMIT_FILE, input);
    expect(errors).toEqual([]);
    expect((await watch(fresh, data?.submitFile.id ?? "")).counts).toMatchObject({ created: 5, rejected: 0 });
    const gone = await fresh.gql("team", "query ($n: String!) { patientRecord(nhsNumber: $n) { id } }", {
      n: toTestNhsNumber(WITHDRAWN),
    });
    expect(gone.data).toEqual({ patientRecord: null });
  });
});
