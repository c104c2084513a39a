import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Puller } from "../../../src/pull/puller.ts";
import { provideDatabase } from "../../support/database.ts";
import { type FixtureOptions, type FixtureServer, madeUpPatient, startFhirServer } from "../../support/fhir-server.ts";
import { provideUploads } from "../../support/uploads.ts";
import { eventually } from "../../support/webhook-receiver.ts";
import { ACTOR, createPullFixture, type PullFixture } from "./pull-fixture.ts";

const testDatabase = provideDatabase();
const testUploads = provideUploads(testDatabase);
const servers: FixtureServer[] = [];
const workers: Puller[] = [];
let fixture: PullFixture;
beforeAll(() => {
  fixture = createPullFixture(testDatabase(), testUploads());
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  for (const worker of workers.splice(0)) await worker.stop();
});

async function start(options: FixtureOptions = {}, patients = 4): Promise<FixtureServer> {
  const server = await startFhirServer(options);
  servers.push(server);
  for (let number = 1; number <= patients; number += 1) server.resources.push(...madeUpPatient(number));
  return server;
}

function work(store = fixture.store): Puller {
  const worker = fixture.worker(store);
  workers.push(worker);
  worker.start();
  return worker;
}

const isQueued = (submissionId: string) => () => fixture.queued.some((job) => job.submissionId === submissionId);

/** The lines of a submission's input. What is queued is seen by others a moment later, when it is committed. */
async function linesOf(submissionId: string): Promise<readonly string[]> {
  let id: unknown;
  await eventually(async () => {
    const job = "select upload_id::text as id from public.submission_job where submission_id::text = $1";
    [{ id } = { id: undefined }] = await testDatabase().query(job, [submissionId]);
    return typeof id === "string";
  }, "the job and its upload");
  const content = await fixture.uploads.open(ACTOR.ods, String(id));
  return (await content.read(0, content.bytes)).toString("utf8").trimEnd().split("\n");
}

const namesIn = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => JSON.parse(line)).map(({ resourceType, id }) => `${resourceType}/${id}`);

describe("a pull", () => {
  it("of a worker that dies is taken up by another one where the last checkpoint left it", async () => {
    const server = await start({ export: true });
    const source = await fixture.addSource(server.base, { mode: "BULK" });
    const { header } = await fixture.accept(ACTOR, source, null);
    // Dies while it reads the second file: holds nothing any more, gives nothing back.
    let dead = false;
    const dying = { ...fixture.store, hold: async () => true, release: async () => undefined };
    server.instead = ({ path }) => {
      dead ||= path === "/file/Encounter";
      return path === "/file/Encounter";
    };
    const first = work(dying);
    await eventually(() => dead, "the second file");
    await first.stop();
    server.instead = null;
    expect(fixture.queued).toEqual([]);
    work();
    await eventually(isQueued(header.id), "the hand-over");
    // The first file was read once, the export asked for once.
    expect([server.count(/export/), server.count(/^\/file\/Patient/), server.count(/^\/file\/Encounter/)]).toEqual([1, 1, 2]);
    const names = namesIn(await linesOf(header.id));
    expect(names).toHaveLength(12);
    expect(new Set(names).size).toBe(12);
  });

  it("asks for a new export where the server has forgotten the one it waited for", async () => {
    const server = await start({ export: true, polls: 1 });
    const source = await fixture.addSource(server.base, { mode: "BULK" });
    const { header } = await fixture.accept(ACTOR, source, null);
    let forgotten = false;
    server.instead = ({ path }, response) => {
      if (forgotten || path !== "/status/1") return false;
      forgotten = true;
      response.writeHead(404).end();
      return true;
    };
    work();
    await eventually(() => server.count(/export/) === 2, "a second export");
    await eventually(async () => (await openUntilOf(source)) !== null, "a wait");
    await testDatabase().query("update public.fhir_pull set next_attempt_at = now() where finished_at is null");
    await eventually(isQueued(header.id), "the hand-over");
  });

  it("of which a turn lost the pull writes nothing any more", async () => {
    const server = await start();
    const source = await fixture.addSource(server.base);
    await fixture.accept(ACTOR, source, null);
    const [held] = await fixture.store.take(1);
    if (held === undefined) throw new Error("nothing to take");
    await testDatabase().query("update public.fhir_pull set leased_until = now() where finished_at is null");
    const [again] = await fixture.store.take(1);
    expect(again?.attempt).toBe(held.attempt + 1);
    expect(await fixture.store.hold(held)).toBe(false);
    await expect(fixture.store.savePlan(held, { kind: "BULK", statusUrl: "x", manifest: null })).rejects.toThrow(
      "another worker",
    );
    if (again !== undefined) await fixture.store.release(again, 3_600_000);
  });

  it("that is cancelled while it is read is closed, and the source can be read again", async () => {
    const server = await start();
    server.instead = ({ path }) => path.startsWith("/Patient/");
    const source = await fixture.addSource(server.base);
    const { header } = await fixture.accept(ACTOR, source, null);
    work();
    await eventually(() => server.count(/^\/Patient\//) > 0, "the reading");
    await fixture.jobs.cancel(ACTOR, header.id);
    server.instead = null;
    await eventually(async () => (await openPulls(source)) === 0, "the end of the pull");
    expect((await fixture.status.submission(ACTOR, header.id))?.status).toBe("CANCELLED");
    expect(isQueued(header.id)()).toBe(false);
    const next = await fixture.accept(ACTOR, source, null);
    expect(next.replayed).toBe(false);
    await eventually(isQueued(next.header.id), "the next pull");
  });

  it("is given up after five turns that failed, with the reason in its answer", async () => {
    const server = await start();
    server.instead = (_asked, response) => {
      response.writeHead(503).end();
      return true;
    };
    const source = await fixture.addSource(server.base);
    const { header } = await fixture.accept(ACTOR, source, null);
    work();
    for (let turn = 1; turn < 5; turn += 1) {
      await eventually(async () => (await failuresOf(header.id)) === turn, `failure ${turn}`);
      await testDatabase().query("update public.fhir_pull set next_attempt_at = now() where finished_at is null");
    }
    await eventually(async () => (await openPulls(source)) === 0, "the end of the pull");
    // Five calls of the first turn, one of each that followed.
    expect(server.asked).toHaveLength(9);
    expect(await fixture.status.submission(ACTOR, header.id)).toMatchObject({
      status: "COMPLETED",
      outcome: "REJECTED",
      issues: [{ code: "SOURCE_UNAVAILABLE", expression: "fhirSource.SERVER_ERROR" }],
    });
  });

  it("is of one at a time: of twenty wishes at once one is accepted", async () => {
    const server = await start();
    const source = await fixture.addSource(server.base);
    const answers = await Promise.all(Array.from({ length: 20 }, () => fixture.accept(ACTOR, source, null)));
    expect(new Set(answers.map(({ header }) => header.id)).size).toBe(1);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    await testDatabase().query(
      "update public.fhir_pull set next_attempt_at = now() + interval '1 hour' where finished_at is null",
    );
  });
});

describe("a schedule", () => {
  it("reads a source whose interval is over, once for two workers, and not before", async () => {
    const server = await start();
    const source = await fixture.addSource(server.base, {}, 60);
    work();
    work();
    await eventually(async () => (await pullsOf(source)) === 1 && (await openPulls(source)) === 0, "the first reading");
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await pullsOf(source)).toBe(1);
    await testDatabase().query("update public.fhir_source set next_pull_at = now() where id::text = $1", [source]);
    await eventually(async () => (await pullsOf(source)) === 2 && (await openPulls(source)) === 0, "the second reading");
    expect(fixture.faults).toEqual([]);
  });
});

const count = async (text: string, id: string): Promise<number> =>
  Number((await testDatabase().query(`select count(*)::integer as total from public.fhir_pull where ${text}`, [id]))[0]?.total);
const pullsOf = (sourceId: string) => count("source_id::text = $1", sourceId);
const openPulls = (sourceId: string) => count("source_id::text = $1 and finished_at is null", sourceId);
async function failuresOf(submissionId: string): Promise<number> {
  const [row] = await testDatabase().query("select failures from public.fhir_pull where submission_id::text = $1", [
    submissionId,
  ]);
  return Number(row?.failures);
}
async function openUntilOf(sourceId: string): Promise<unknown> {
  const [row] = await testDatabase().query("select open_until::text as until from public.fhir_source where id::text = $1", [
    sourceId,
  ]);
  return row?.until ?? null;
}
