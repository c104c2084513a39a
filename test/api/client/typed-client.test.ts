/** Our own client, as a vendor would use it: over HTTP, against a real gateway, with a key of its own. */
import { exportJWK } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askClientToken, keepToken } from "../../../src/client/client-token.ts";
import { createGatewayClient, type GatewayClient } from "../../../src/client/gateway-client.ts";
import { readPages } from "../../../src/client/read-pages.ts";
import {
  ProgrammeEventsDocument,
  SubmissionProgressDocument,
  SubmissionsDocument,
  SubmitRecordsDocument,
} from "../../../src/generated/graphql/operations.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { PUBLIC_URL, startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { makeKeys, registerClient } from "../access/registered-client.ts";

let database: TestDatabase;
let gateway: TestGateway;
let getToken: () => Promise<string>;
const submissions: string[] = [];
const SOURCE = { vendor: "Example", product: "Rehab", version: "1" };

const clientOf = (more: Partial<Parameters<typeof createGatewayClient>[0]> = {}): GatewayClient =>
  createGatewayClient({ url: gateway.url, getToken, wait: async () => undefined, ...more });

async function submit(seed: number): Promise<string> {
  const input = {
    options: { programmeCode: "CR-VALLEY", sourceSystem: SOURCE },
    records: [{ patient: { hospitalNumber: `H${seed}`, surname: "EXAMPLE", gender: "FEMALE" } }],
  };
  return (await clientOf().request(SubmitRecordsDocument, { input })).submitRecords.id;
}

beforeAll(async () => {
  database = await openTestDatabase();
  gateway = await startTestGateway({ database });
  const keys = await makeKeys("ES384");
  await registerClient(database, { id: "example", keys: [keys], grants: [{ odsCode: "ZDM01", role: "SUBMITTER" }] });
  const key = { clientId: "example", kid: keys.kid, alg: "ES384", privateKey: await exportJWK(keys.privateKey) } as const;
  getToken = keepToken(() => askClientToken(gateway.url, key, { audience: PUBLIC_URL }));
  for (const seed of [7, 8, 9]) submissions.push(await submit(seed));
});
afterAll(async () => {
  await gateway.close();
  await database.close();
});

/** The first stream is cut after its first event. */
const cutOnce = (): typeof fetch => {
  let isCut = false;
  return async (url, init) => {
    const answer = await fetch(url, init);
    if (isCut || answer.body === null) return answer;
    isCut = true;
    return new Response(firstEventOf(answer.body.getReader()), { status: answer.status, headers: answer.headers });
  };
};

function firstEventOf(reader: ReadableStreamDefaultReader<Uint8Array>): ReadableStream<Uint8Array> {
  let isDone = false;
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    if (isDone) {
      await reader.cancel();
      return controller.error(new Error("cut"));
    }
    let text = "";
    while (!/event: next(?:.|\n)*?\n\n/.test(text)) text += new TextDecoder().decode((await reader.read()).value);
    isDone = true;
    controller.enqueue(new TextEncoder().encode(text.slice(0, text.indexOf("\n\n", text.indexOf("event: next")) + 2)));
  };
  // Nothing is asked for ahead: an error would take with it what has not been read yet.
  return new ReadableStream({ pull }, { highWaterMark: 0 });
}

async function sequences(client: GatewayClient, resumes: boolean): Promise<number[]> {
  const resume = ({ programmeEvents }: { programmeEvents: { sequence: number } }) => ({ since: programmeEvents.sequence });
  const seen: number[] = [];
  const events = client.follow(ProgrammeEventsDocument, { code: "CR-VALLEY", since: 0 }, resumes ? { resume } : {});
  for await (const { programmeEvents } of events) if (seen.push(programmeEvents.sequence) === 3) break;
  return seen;
}

describe("the typed client", () => {
  it("goes through a list page by page", async () => {
    const ids: string[] = [];
    for await (const { id } of readPages(clientOf(), SubmissionsDocument, { first: 2 }, ({ submissions: list }) => list))
      ids.push(id);
    expect(ids.toSorted()).toEqual(submissions.toSorted());
  });

  it("follows a submission to its end", async () => {
    const states: string[] = [];
    const [id = ""] = submissions;
    for await (const { submissionProgress } of clientOf().follow(SubmissionProgressDocument, { id }))
      states.push(submissionProgress.status);
    expect(states).toEqual(["COMPLETED"]);
  });

  it("goes on after a break where it was, and from the beginning where nobody says how (control)", async () => {
    expect(await sequences(clientOf({ fetch: cutOnce() }), true)).toEqual([1, 2, 3]);
    expect(await sequences(clientOf({ fetch: cutOnce() }), false)).toEqual([1, 1, 2]);
  });

  it("says what a stream was refused for, and does not ask again", async () => {
    const tries: unknown[] = [];
    const counted: typeof fetch = (url, init) => {
      tries.push(url);
      return fetch(url, init);
    };
    const client = clientOf({ fetch: counted });
    const nothing = client.follow(SubmissionProgressDocument, { id: "01990b5e-7c1a-7d4e-9d0b-0c5f8a2b6f11" });
    await expect(nothing.next()).rejects.toMatchObject({ code: "NOT_FOUND" });
    const stranger = clientOf({ getToken: async () => "nobody's" }).follow(SubmissionProgressDocument, {
      id: submissions[0] ?? "",
    });
    await expect(stranger.next()).rejects.toMatchObject({ status: 401, retryable: false });
    expect(tries).toHaveLength(1);
  });

  it("gives up a gateway that cannot be reached after as many attempts as it was told", async () => {
    const waits: number[] = [];
    const client = clientOf({
      url: "http://127.0.0.1:1",
      attempts: 3,
      wait: async (milliseconds) => waits.push(milliseconds),
    });
    const stream = client.follow(SubmissionProgressDocument, { id: "x" });
    await expect(stream.next()).rejects.toMatchObject({ code: "UNREACHABLE" });
    expect(waits).toHaveLength(2);
  });
});
