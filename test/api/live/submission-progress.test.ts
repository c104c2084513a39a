/** A submission is told as it goes on, in the words of the query. */
import { afterEach, describe, expect, it } from "vitest";
import type { DemoIdentity } from "../../support/gateway.ts";
import { journey, person, recordOf } from "../../support/journey-records.ts";
import { ANSWER } from "../submission/submitting.ts";
import { connectSocket, type EventStream, openEventStream, sleep, subscribeOn } from "./stream-clients.ts";
import { provideTwoGateways } from "./two-gateways.ts";

const two = provideTwoGateways();

const PROGRESS = "progress { phase processed total estimated startedAt estimatedCompletionAt }";
const FIELDS = `${ANSWER} organisation { odsCode } programme { code name } receipt { digest } completedAt ${PROGRESS}
  mappingSummary { mapped lines { sourceField count } }`;

let opened: EventStream[] = [];
afterEach(() => {
  for (const stream of opened) stream.close();
  opened = [];
});

/** On the second gateway. */
async function watch(id: string, as: DemoIdentity = "submitter", fields = `id status ${PROGRESS}`): Promise<EventStream> {
  const { second } = two();
  const query = `subscription ($id: ID!) { submissionProgress(id: $id) { ${fields} } }`;
  const stream = await openEventStream(second.url, await second.token(as), { query, variables: { id } });
  opened.push(stream);
  return stream;
}

async function finish(id: string): Promise<void> {
  await two().database.query(
    "update public.submission set status = 'COMPLETED', outcome = 'ACCEPTED', completed_at = now() where id = $1::uuid returning id::text",
    [id],
  );
  await two().announce(id);
}

let seed = 500;
const sendOne = async (as: DemoIdentity = "submitter", options = {}) => two().first.records([journey(seed++)], options, as);

/** Longer than any notification takes, also on a busy machine. */
const NOTIFIED_MS = 500;

describe("the progress of a submission", () => {
  it.each(["server-sent events", "a WebSocket"])(
    "ends with the final state, the same in every field as the query over %s",
    async (transport) => {
      const { first, second } = two();
      const records = [journey(seed++), recordOf(seed, { patient: person(seed++, { gender: "?" }) })];
      const { id } = await first.records(records);
      const query = `query ($id: ID!) { submission(id: $id) { ${FIELDS} } }`;
      const asked = await second.gql("submitter", query, { id });
      const question = { query: `subscription ($id: ID!) { submissionProgress(id: $id) { ${FIELDS} } }`, variables: { id } };
      const socket = transport === "a WebSocket" ? await connectSocket(second.url, await second.token("submitter")) : null;
      const stream = socket === null ? await watch(id, "submitter", FIELDS) : subscribeOn(socket, "1", question);
      const told = await stream.rest();
      expect(told).toEqual([{ data: { submissionProgress: asked.data?.submission } }]);
      expect(asked.data?.submission).toMatchObject({ status: "COMPLETED", progress: { phase: "DONE", estimated: false } });
      socket?.close();
    },
  );

  it("is told at once, then after each change, and says that it is complete", async () => {
    const { id } = await sendOne();
    await two().putInWork(id, 250, 100);
    const stream = await watch(id);
    const present = (await stream.next()).data.submissionProgress;
    expect(present).toMatchObject({
      status: "PROCESSING",
      progress: { phase: "IMPORTING", processed: 100, total: 400, estimated: true },
    });
    // A quarter took ten seconds.
    const left = Date.parse(present.progress.estimatedCompletionAt) - Date.now();
    expect(Math.abs(left - 30_000)).toBeLessThan(5_000);
    await two().putInWork(id, 500, 210);
    expect((await stream.next()).data.submissionProgress.progress).toMatchObject({ processed: 210, total: 420 });
    await finish(id);
    const rest = await stream.rest();
    expect(rest.map(({ data }) => data.submissionProgress.status)).toEqual(["COMPLETED"]);
    expect(stream.completed).toBe(true);
  });

  it("is told at most five times a second, and the last state always", async () => {
    const { id } = await sendOne();
    await two().putInWork(id, 1, 0);
    const stream = await watch(id);
    await stream.next();
    const began = performance.now();
    for (let bytes = 2; performance.now() - began < 2_000; bytes++) await two().putInWork(id, Math.min(bytes, 990), bytes);
    await two().putInWork(id, 999, 7_777);
    await sleep(400);
    await finish(id);
    const told = (await stream.rest()).map(({ data }) => data.submissionProgress);
    expect(told.length).toBeGreaterThan(5);
    expect(told.length).toBeLessThanOrEqual(14);
    expect(told.at(-2).progress.processed).toBe(7_777);
    expect(told.at(-1).status).toBe("COMPLETED");
  });

  it("of a dry run is told as of any other", async () => {
    const { id } = await sendOne("submitter", { mode: "VALIDATE_ONLY" });
    expect((await (await watch(id)).rest())[0].data.submissionProgress).toMatchObject({ id, status: "COMPLETED" });
  });

  it.each<[string, DemoIdentity, string]>([
    ["of another organisation", "submitter2", "NOT_FOUND"],
    ["that another product sent, to a vendor app", "vendor", "NOT_FOUND"],
  ])("%s is refused", async (_title, as, code) => {
    const { id } = await sendOne();
    const [answer] = await (await watch(id, as)).rest();
    expect(answer.errors[0]).toMatchObject({ path: ["submissionProgress"], extensions: { code, retryable: false } });
  });

  it.each<DemoIdentity>(["guardian", "analyst"])("is not in the schema of a %s", async (as) => {
    const [answer] = await (await watch((await sendOne()).id, as)).rest();
    expect(answer.errors).toMatchObject([{ extensions: { code: "GRAPHQL_VALIDATION_FAILED", retryable: false } }]);
  });

  it("of one that does not exist is refused", async () => {
    for (const id of ["01890000-0000-7000-8000-000000000001", "no id at all"])
      expect((await (await watch(id)).rest())[0].errors[0].extensions.code).toBe("NOT_FOUND");
  });

  it("read once by the query is forgotten by every process when it changes after all", async () => {
    const { id } = await sendOne();
    const query = "query ($id: ID!) { submission(id: $id) { status } }";
    const ask = async () => (await two().second.gql("submitter", query, { id })).data?.submission;
    // The notification of its completion, on its way to the second process, would make that one forget what it is about to learn.
    await new Promise((resolve) => setTimeout(resolve, NOTIFIED_MS));
    expect(await ask()).toEqual({ status: "COMPLETED" });
    const change = "update public.submission set status = 'WITHDRAWN' where id = $1::uuid returning id::text";
    await two().database.query(change, [id]);
    // Control: without a notification the process goes on answering from memory.
    expect(await ask()).toEqual({ status: "COMPLETED" });
    await two().announce(id);
    await expect.poll(ask).toEqual({ status: "WITHDRAWN" });
  });
});
