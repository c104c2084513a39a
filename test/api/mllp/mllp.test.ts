import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DemoIdentity, startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { adtMessage, fieldOf, frame, openMllpSender } from "../../support/mllp-sender.ts";

const MESSAGES = `query ($filter: MllpMessageFilter, $first: Int! = 100, $after: String) {
  mllpMessages(filter: $filter, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { id state answer reason messageType listener submissionId settledAt findings { code field expression } }
  }
}`;
const REPLAY = "mutation ($ids: [ID!]!) { replayParkedMessages(ids: $ids) { id state } }";

interface Message {
  readonly id: string;
  readonly state: string;
  readonly answer: string;
  readonly reason: string | null;
  readonly messageType: string | null;
  readonly submissionId: string | null;
  readonly settledAt: string | null;
  readonly findings: readonly { readonly code: string; readonly field: string | null; readonly expression: string }[];
}

let gateway: TestGateway;
const portOf = (): number => gateway.mllp[0]?.port ?? 0;

beforeAll(async () => {
  gateway = await startTestGateway({ config: { mllp: { demoPort: 0, listenersFile: null } } });
});
afterAll(() => gateway.close());

async function messages(filter: Readonly<Record<string, unknown>>): Promise<readonly Message[]> {
  const { data, errors } = await gateway.gql<{ mllpMessages: { nodes: readonly Message[] } }>("team", MESSAGES, { filter });
  expect(errors).toEqual([]);
  return data?.mllpMessages.nodes ?? [];
}

/** The message of a control id, once it does not wait any more. */
async function settled(controlId: string): Promise<Message> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const [message] = await messages({ controlId, state: ["PROCESSED", "PARKED"] });
    if (message !== undefined) return message;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${controlId} still waits`);
}

const msa = (answer: string): readonly [string, string] => [fieldOf(answer, "MSA", 1), fieldOf(answer, "MSA", 2)];

async function ask(message: string): Promise<string> {
  const sender = await openMllpSender(portOf());
  const answer = await sender.ask(message);
  await sender.end();
  return answer;
}

describe("a message by MLLP", () => {
  it("is acknowledged with its own control id, becomes a submission, and is kept there alone", async () => {
    expect(msa(await ask(adtMessage({ controlId: "FIRST" })))).toEqual(["AA", "FIRST"]);
    const { id, submissionId, ...message } = await settled("FIRST");
    expect(message).toMatchObject({ state: "PROCESSED", answer: "ACCEPT", reason: null, messageType: "ADT^A31", findings: [] });
    const query =
      "query ($id: ID!) { submission(id: $id) { channel outcome counts { created } records { nodes { expression } } } }";
    const { data } = await gateway.gql("submitter", query, { id: submissionId });
    expect(data?.submission).toMatchObject({
      channel: "MLLP",
      outcome: "ACCEPTED",
      counts: { created: 1 },
      records: { nodes: [{ expression: "messages[0]" }] },
    });
    const [row] = await gateway.database.query("select content from public.mllp_message where id = $1::uuid", [id]);
    expect(row).toEqual({ content: null });
  });

  it("that is sent again gets the same answer and is stored once", async () => {
    const message = adtMessage({ controlId: "TWICE", dateOfBirth: "19501399", version: "2.5" });
    const sender = await openMllpSender(portOf());
    // In one packet, so that both may be in one transaction; then again, on another connection, after it was settled.
    sender.write(Buffer.concat([frame(message), frame(message)]));
    await sender.received(2);
    await sender.end();
    await settled("TWICE");
    const answers = [...sender.answers, await ask(message)];
    expect(new Set(answers.map((answer) => answer.slice(answer.indexOf("\rMSA")))).size).toBe(1);
    expect(msa(answers[2] ?? "")).toEqual(["AE", "TWICE"]);
    expect(await messages({ controlId: "TWICE" })).toHaveLength(1);
  });

  it("of the same control id and another content is another message", async () => {
    await ask(adtMessage({ controlId: "REUSED", familyName: "ONE" }));
    await ask(adtMessage({ controlId: "REUSED", familyName: "TWO" }));
    expect(await messages({ controlId: "REUSED" })).toHaveLength(2);
  });

  it("with an impossible date of birth is answered with its place, stored as a rejected record, and parked", async () => {
    const answer = await ask(adtMessage({ controlId: "BAD", version: "2.5", dateOfBirth: "19501345", patient: "2002" }));
    expect(msa(answer)).toEqual(["AE", "BAD"]);
    expect(fieldOf(answer, "ERR", 2)).toBe("PID^1^7^1");
    const message = await settled("BAD");
    expect(message).toMatchObject({ state: "PARKED", answer: "ERROR", reason: message.findings[0]?.code });
    expect(message.submissionId).not.toBeNull();
  });

  it("of an event nobody reads is refused and parked, and no submission is made of it", async () => {
    const answer = await ask(adtMessage({ type: "ORM^O01", controlId: "ORDER", version: "2.5" }));
    expect(msa(answer)).toEqual(["AR", "ORDER"]);
    expect(fieldOf(answer, "ERR", 3)).toContain("200^");
    expect(await settled("ORDER")).toMatchObject({
      state: "PARKED",
      answer: "REJECT",
      reason: "MESSAGE_UNSUPPORTED",
      submissionId: null,
    });
  });

  it("that holds no message is refused, and the connection goes on", async () => {
    const sender = await openMllpSender(portOf());
    sender.write(`\x0bno message at all\x1c\r`);
    sender.send(adtMessage({ controlId: "AFTER" }));
    const answers = await sender.received(2);
    expect(answers.map(msa)).toEqual([
      ["AR", ""],
      ["AA", "AFTER"],
    ]);
    await sender.end();
  });

  it("that is an acknowledgement is not acknowledged", async () => {
    const sender = await openMllpSender(portOf());
    sender.send("MSH|^~\\&|A|B|C|D|20260301||ACK|X1|P|2.4\rMSA|AA|Y1\r");
    expect(msa(await sender.ask(adtMessage({ controlId: "NOLOOP" })))).toEqual(["AA", "NOLOOP"]);
    await sender.end();
    expect(sender.answers).toHaveLength(1);
  });

  it("asks for its acknowledgements in enhanced mode", async () => {
    const sender = await openMllpSender(portOf());
    sender.send(adtMessage({ controlId: "SILENT", acknowledge: ["NE", "NE"] }));
    sender.send(adtMessage({ controlId: "COMMIT", acknowledge: ["AL", "NE"] }));
    sender.send(adtMessage({ controlId: "BOTH", acknowledge: ["AL", "AL"] }));
    expect((await sender.received(3)).map(msa)).toEqual([
      ["CA", "COMMIT"],
      ["CA", "BOTH"],
      ["AA", "BOTH"],
    ]);
    await sender.end();
    expect(sender.answers).toHaveLength(3);
    expect(await settled("SILENT")).toMatchObject({ state: "PROCESSED" });
  });

  it("that is longer than is taken is refused by its header, and the next one is taken", async () => {
    const sender = await openMllpSender(portOf());
    sender.send(`${adtMessage({ controlId: "HUGE" })}NTE|1||${"x".repeat(1_100_000)}\r`);
    sender.send(adtMessage({ controlId: "NEXT" }));
    expect((await sender.received(2)).map(msa)).toEqual([
      ["AR", "HUGE"],
      ["AA", "NEXT"],
    ]);
    await sender.end();
    expect(await messages({ controlId: "HUGE" })).toEqual([]);
  });
});

describe("a connection", () => {
  it("answers every frame of a packet once and in order, whatever stands between them", async () => {
    const ids = Array.from({ length: 40 }, (_, index) => `P${index}`);
    const sender = await openMllpSender(portOf());
    const parts = ids.map((controlId) =>
      Buffer.concat([Buffer.from("noise"), frame(adtMessage({ controlId, patient: "3003" }))]),
    );
    sender.write(Buffer.concat(parts));
    const answers = await sender.received(ids.length);
    expect(answers.map(msa)).toEqual(ids.map((id) => ["AA", id]));
    await sender.end();
    expect(sender.answers).toHaveLength(ids.length);
    const order = await gateway.database.query("select count(*)::int as kept from public.mllp_message m where m.attempts = 0");
    expect(Number(order[0]?.kept)).toBeGreaterThanOrEqual(ids.length);
  });

  it("answers a sender that has said that it will send no more", async () => {
    const sender = await openMllpSender(portOf());
    sender.send(adtMessage({ controlId: "LAST" }));
    sender.socket.end();
    expect((await sender.received(1)).map(msa)).toEqual([["AA", "LAST"]]);
    await sender.closed;
  });

  it("takes a message that comes byte by byte", async () => {
    const sender = await openMllpSender(portOf());
    for (const byte of frame(adtMessage({ controlId: "SLOW" }))) sender.write(Buffer.from([byte]));
    expect((await sender.received(1)).map(msa)).toEqual([["AA", "SLOW"]]);
    await sender.end();
  });
});

describe("the clinical team", () => {
  it("has parked messages worked on again, and nothing else", async () => {
    const parked = await settled("ORDER");
    const done = await settled("FIRST");
    const { data } = await gateway.gql("team", REPLAY, { ids: [parked.id, done.id, "no-id"] });
    expect(data?.replayParkedMessages).toEqual([{ id: parked.id, state: "WAITING" }]);
    // No mapping reads it yet: it is parked again, now as a rejected record of a submission.
    for (let attempt = 0; (await messages({ controlId: "ORDER", state: ["WAITING"] })).length > 0 && attempt < 100; attempt++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    const again = await settled("ORDER");
    expect(again).toMatchObject({ state: "PARKED", reason: "MESSAGE_UNSUPPORTED" });
    expect(again.submissionId).not.toBeNull();
  });

  it("reads the list page by page, and by reason", async () => {
    const page = async (after: string | null) =>
      (
        await gateway.gql<{ mllpMessages: { nodes: Message[]; pageInfo: { endCursor: string; hasNextPage: boolean } } }>(
          "team",
          MESSAGES,
          {
            first: 7,
            after,
          },
        )
      ).data?.mllpMessages;
    const ids = new Set<string>();
    for (let after: string | null = null; ; ) {
      const read = await page(after);
      for (const { id } of read?.nodes ?? []) ids.add(id);
      if (read?.pageInfo.hasNextPage !== true) break;
      after = read.pageInfo.endCursor;
    }
    expect(ids.size).toBe((await messages({})).length);
    expect(await messages({ reason: "MESSAGE_UNSUPPORTED" })).toHaveLength(1);
  });

  it("sees of what was no message how often it came, and the shape of the last one", async () => {
    const sender = await openMllpSender(portOf());
    sender.write("SMITH 9434765919");
    await sender.end();
    const query = "{ mllpListeners { name programmeCode badFrames lastBadFrame { lastReason lastShape } } }";
    for (let attempt = 0; attempt < 100; attempt++) {
      const { data } = await gateway.gql<{ mllpListeners: { lastBadFrame: { lastShape: string } | null; badFrames: number }[] }>(
        "team",
        query,
      );
      const [listener] = data?.mllpListeners ?? [];
      if (listener?.lastBadFrame?.lastShape === "xxxxx 9999999999") {
        expect(listener).toMatchObject({ name: "demo", lastBadFrame: { lastReason: "NOISE" } });
        expect(listener.badFrames).toBeGreaterThan(40);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("the bad frame was not noted");
  });

  it.each<DemoIdentity>(["submitter", "vendor", "guardian", "analyst", "admin"])(
    "is the only role that may: %s is refused",
    async (as) => {
      for (const [query, variables] of [
        [MESSAGES, {}],
        [REPLAY, { ids: [] }],
        ["{ mllpListeners { name } }", {}],
      ] as const) {
        const { errors } = await gateway.gql(as, query, variables);
        expect(errors.length).toBeGreaterThan(0);
      }
    },
  );
});

describe("what is told of messages", () => {
  it("counts them, and names nobody", async () => {
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(metrics).toMatch(/nacr_mllp_acknowledgements_total\{code="AA"\} \d+/);
    expect(metrics).toMatch(/nacr_mllp_bad_frames_total\{reason="NOISE"\} \d+/);
    expect(metrics).toContain('nacr_mllp_messages{state="parked"}');
    expect(metrics).not.toContain("ZDM01");
  });

  it("holds nothing of them: not in a log line, and not unsealed in the database", async () => {
    const rows = await gateway.database.query("select row_to_json(m)::text as row from public.mllp_message m");
    const told = [...gateway.logs, ...rows.map(({ row }) => String(row))].join("\n");
    expect(rows.length).toBeGreaterThan(40);
    for (const value of ["TESTPATIENT", "LS1 4AP", "FIRST", "ORDER", "T1001"]) expect(told).not.toContain(value);
  });
});
