/** Withdrawing, running again, cancelling and redriving over HTTP, with a worker in the same process. */
import { describe, expect, it } from "vitest";
import type { DemoIdentity, GraphqlAnswer } from "../../support/gateway.ts";
import { event, journey, named, recordOf, rehabilitation } from "../../support/journey-records.ts";
import { sendFile, watch } from "../files/file-client.ts";
import { optionsOf, provideSubmitter } from "../submission/submitting.ts";

const submitter = provideSubmitter();
let seed = 7_000;
const next = (): number => ++seed;

interface Answer {
  readonly id: string;
  readonly status: string;
  readonly replayOf: string | null;
  readonly withdrawal: { readonly at: string; readonly reason: string | null } | null;
  readonly counts: Readonly<Record<string, number>>;
}
const FIELDS = "id status replayOf withdrawal { at reason } counts { received created rejected }";

const call = (name: string, id: string, as: DemoIdentity = "submitter"): Promise<GraphqlAnswer<Record<string, Answer>>> =>
  submitter().gateway.gql(as, `mutation ($id: ID!) { ${name}(id: $id) { ${FIELDS} } }`, { id });
const withdraw = (
  id: string,
  reason = "The wrong ward",
  as: DemoIdentity = "submitter",
): Promise<GraphqlAnswer<Record<string, Answer>>> =>
  submitter().gateway.gql(
    as,
    `mutation ($id: ID!, $reason: String!) { withdrawSubmission(id: $id, reason: $reason) { ${FIELDS} } }`,
    { id, reason },
  );
async function read(id: string, as: DemoIdentity = "submitter"): Promise<Answer | null> {
  const { data } = await submitter().gateway.gql<{ submission: Answer | null }>(
    as,
    `query ($id: ID!) { submission(id: $id) { ${FIELDS} } }`,
    { id },
  );
  return data?.submission ?? null;
}

/** A rehabilitation of which only the assessment is refused. */
const bad = () =>
  recordOf(next(), {
    initiatingEvents: [event({ rehabilitations: [rehabilitation({ assessments: [{ number: 1, weightKg: "heavy" }] })] })],
  });

describe("withdrawSubmission", () => {
  it("takes a submission back; its record is gone, its answer is not, and its reason stays inside the organisation", async () => {
    const n = next();
    const { id, counts } = await submitter().records([journey(n)]);
    expect(await read(id)).toMatchObject({ status: "COMPLETED", withdrawal: null });
    const { data } = await withdraw(id, "  Canaryreason  ");
    expect(data?.withdrawSubmission).toMatchObject({ status: "WITHDRAWN", withdrawal: { reason: "Canaryreason" } });
    expect(await read(id)).toMatchObject({ status: "WITHDRAWN", counts: { created: counts.created } });
    expect(await read(id, "team")).toMatchObject({ withdrawal: { reason: "Canaryreason" } });
    const found = await submitter().gateway.gql("team", "query ($n: String!) { patientRecord(nhsNumber: $n) { id } }", {
      n: named(n).nhsNumber,
    });
    expect(found.data).toEqual({ patientRecord: null });
    expect(submitter().gateway.logs.join("\n")).not.toContain("Canaryreason");
  });

  it("is refused with what stands in the way, and to other organisations as if there were none", async () => {
    const n = next();
    const first = await submitter().records([recordOf(n)]);
    const second = await submitter().records([recordOf(n, { patient: named(n, { gender: "FEMALE" }) })]);
    const { status, errors } = await withdraw(first.id);
    expect([status, errors[0]?.extensions]).toMatchObject([
      409,
      { code: "CONFLICT", submissions: [second.id], submissionsInTheWay: 1 },
    ]);
    expect((await withdraw(first.id, "x", "submitter2")).errors[0]?.extensions.code).toBe("NOT_FOUND");
    expect((await withdraw(first.id, "  ")).errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", path: "reason" });
    expect((await withdraw(second.id)).data?.withdrawSubmission?.status).toBe("WITHDRAWN");
    expect((await withdraw(first.id)).data?.withdrawSubmission?.status).toBe("WITHDRAWN");
  });
});

describe("replaySubmission", () => {
  it("accepts what failed as a new submission, which the worker judges; what failed fails again under the same mapping", async () => {
    const { id, counts } = await submitter().records([bad()]);
    expect(counts).toMatchObject({ received: 4, rejected: 1 });
    const { data } = await call("replaySubmission", id);
    expect(data?.replaySubmission).toMatchObject({ status: "RECEIVED", replayOf: id, counts: { received: 0 } });
    const done = await watch(submitter().gateway, data?.replaySubmission?.id ?? "");
    expect(done).toMatchObject({ status: "COMPLETED", counts: { received: 1, created: 0, rejected: 1 } });
  });

  it("reads a file again, in which the failed records stand where they stood", async () => {
    const lines = [recordOf(next()), bad(), recordOf(next()), bad()].map((line) => JSON.stringify(line)).join("\n");
    const file = await sendFile(submitter().gateway, lines, { format: "NACR_NDJSON" });
    const failed = file.records.nodes.filter(({ outcome }) => outcome === "REJECTED").map(({ expression }) => expression);
    expect(failed.map((expression) => expression.split(".")[0])).toEqual(["line 2", "line 4"]);
    const { data } = await call("replaySubmission", file.id);
    const done = await watch(submitter().gateway, data?.replaySubmission?.id ?? "");
    expect(done).toMatchObject({ status: "COMPLETED", counts: { received: 2, rejected: 2 } });
    expect(done.records.nodes.map(({ expression }) => expression)).toEqual(failed);
    expect((await withdraw(file.id)).data?.withdrawSubmission?.status).toBe("WITHDRAWN");
  });

  it("is refused where nothing failed", async () => {
    const { id } = await submitter().records([recordOf(next())]);
    expect((await call("replaySubmission", id)).errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", path: "id" });
  });
});

describe("cancelSubmission and redriveSubmission", () => {
  it.each(["cancelSubmission", "redriveSubmission"])("%s is refused of what was answered at once", async (name) => {
    const { id } = await submitter().records([recordOf(next())]);
    expect((await call(name, id)).errors[0]?.extensions.code).toBe("CONFLICT");
    expect((await call(name, id, "submitter2")).errors[0]?.extensions.code).toBe("NOT_FOUND");
  });

  it("are one to a request, like every operation that makes work", async () => {
    const { id } = await submitter().records([recordOf(next())], optionsOf("submitter"));
    const { errors } = await submitter().gateway.gql(
      "submitter",
      "mutation ($id: ID!) { a: redriveSubmission(id: $id) { id } b: redriveSubmission(id: $id) { id } }",
      { id },
    );
    expect(errors[0]?.extensions.code).toBe("LIMIT_EXCEEDED");
  });
});
