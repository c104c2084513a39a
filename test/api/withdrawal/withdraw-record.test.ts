/** Withdrawing one record over HTTP: the answer, the coded refusals, and what stays inside the organisation. */
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { DemoIdentity, GraphqlAnswer } from "../../support/gateway.ts";
import { type Input, journey, named, recordOf } from "../../support/journey-records.ts";
import { provideSubmitter } from "../submission/submitting.ts";

const submitter = provideSubmitter();
let seed = 8_000;
const next = (): number => ++seed;
const system = { vendor: "Test", product: "Bench", version: "1" };

interface Withdrawn {
  readonly outcome: string;
  readonly matchedBy: string | null;
  readonly withdrawal: {
    readonly restorableUntil: string;
    readonly restoredAt: string | null;
    readonly reason: string | null;
  } | null;
  readonly issues: readonly { readonly code: string; readonly message: string }[];
  readonly submission: { readonly id: string; readonly channel: string; readonly counts: { readonly withdrawn: number } };
}
const FIELDS = `outcome matchedBy withdrawal { restorableUntil restoredAt reason } issues { code message }
  submission { id channel counts { withdrawn } }`;

const withdraw = (input: Input, as: DemoIdentity = "submitter"): Promise<GraphqlAnswer<{ readonly withdrawRecord: Withdrawn }>> =>
  submitter().gateway.gql(as, `mutation ($input: WithdrawRecordInput!) { withdrawRecord(input: $input) { ${FIELDS} } }`, {
    input: { idempotencyKey: randomUUID(), programmeCode: "CR-VALLEY", recordType: "PATIENT", reason: "Sent in error", ...input },
  });
const refusal = async (input: Input, as: DemoIdentity = "submitter") => {
  const { errors } = await withdraw(input, as);
  return [errors[0]?.extensions.code, errors[0]?.extensions.reason ?? errors[0]?.extensions.path];
};
const withdrawSubmission = (id: string) =>
  submitter().gateway.gql(
    "submitter",
    'mutation ($id: ID!) { withdrawSubmission(id: $id, reason: "Right after all") { status } }',
    {
      id,
    },
  );

interface Patient {
  readonly id: string;
  readonly version: number;
  readonly initiatingEvents: readonly { readonly id: string; readonly treatments: readonly { readonly id: string }[] }[];
}
async function patient(n: number): Promise<Patient | null> {
  const { data } = await submitter().gateway.gql<{ patientRecord: Patient | null }>(
    "team",
    "query ($n: String!) { patientRecord(nhsNumber: $n) { id version initiatingEvents { id treatments { id } } } }",
    { n: named(n).nhsNumber },
  );
  return data?.patientRecord ?? null;
}
async function stored(n: number): Promise<Patient> {
  await submitter().records([journey(n)]);
  const found = await patient(n);
  if (found === null) throw new Error("the patient was stored");
  return found;
}

describe("withdrawRecord", () => {
  it("withdraws a patient with everything below; nobody finds it, and withdrawing the submission brings it back", async () => {
    const n = next();
    const before = await stored(n);
    const { data } = await withdraw({ recordId: before.id, reason: "  Canaryreason  " });
    expect(data?.withdrawRecord).toMatchObject({
      outcome: "WITHDRAWN",
      matchedBy: "RECORD_ID",
      withdrawal: { reason: "Canaryreason", restoredAt: null },
      issues: [{ code: "WITHDRAWN_WITH_PARENT", message: "4 records below it were withdrawn with it." }],
      submission: { channel: "FORM", counts: { withdrawn: 1 } },
    });
    expect(await patient(n)).toBeNull();
    expect((await withdrawSubmission(data?.withdrawRecord.submission.id ?? "")).errors).toEqual([]);
    const back = await patient(n);
    expect(back).toMatchObject({ id: before.id, initiatingEvents: before.initiatingEvents });
    expect(back?.version).toBeGreaterThan(before.version);
    expect(submitter().gateway.logs.join("\n")).not.toContain("Canaryreason");
  });

  it("finds a record below a patient by its id, and a patient by the sender's own", async () => {
    const n = next();
    const before = await stored(n);
    const treatment = before.initiatingEvents[0]?.treatments[0]?.id;
    const below = await withdraw({ recordType: "TREATMENT", recordId: treatment });
    expect(below.data?.withdrawRecord).toMatchObject({ outcome: "WITHDRAWN", issues: [] });
    expect((await patient(n))?.initiatingEvents[0]?.treatments).toEqual([]);
    const whole = await withdraw({ sourceRecordId: `rec-${n}`, sourceSystem: system }, "team");
    expect(whole.data?.withdrawRecord).toMatchObject({ outcome: "WITHDRAWN", matchedBy: "SOURCE_RECORD_ID" });
    expect(await patient(n)).toBeNull();
  });

  it("answers in code what cannot be withdrawn: twice, unknown, stale, not named, another organisation's", async () => {
    const n = next();
    const { id, version } = await stored(n);
    expect(await refusal({ recordId: id, expectedVersion: version + 1 })).toEqual(["CONFLICT", "STALE_VERSION"]);
    expect(await refusal({ recordId: id, recordType: "TREATMENT" })).toEqual(["NOT_FOUND", undefined]);
    expect(await refusal({ recordId: id, programmeCode: "CR-COAST" }, "submitter2")).toEqual(["NOT_FOUND", undefined]);
    expect(await refusal({})).toEqual(["BAD_USER_INPUT", "input.recordId"]);
    expect(await refusal({ sourceRecordId: "x" })).toEqual(["BAD_USER_INPUT", "input.sourceSystem"]);
    expect(await refusal({ recordId: id, reason: " " })).toEqual(["BAD_USER_INPUT", "input.reason"]);
    expect(await refusal({ recordId: id }, "analyst")).toEqual(["GRAPHQL_VALIDATION_FAILED", undefined]);
    expect((await withdraw({ recordId: id, expectedVersion: version })).errors).toEqual([]);
    expect(await refusal({ recordId: id })).toEqual(["CONFLICT", "ALREADY_WITHDRAWN"]);
    expect(await refusal({ sourceRecordId: `rec-${n}`, sourceSystem: system })).toEqual(["CONFLICT", "ALREADY_WITHDRAWN"]);
    expect(await refusal({ sourceRecordId: `rec-${next()}`, sourceSystem: system })).toEqual(["NOT_FOUND", undefined]);
  });

  it("gives the same answer to the same key, and refuses the key for another record", async () => {
    const [one, other] = [await stored(next()), await stored(next())];
    const idempotencyKey = randomUUID();
    const first = await withdraw({ recordId: one.id, idempotencyKey });
    const again = await withdraw({ recordId: one.id, idempotencyKey });
    expect(again.data).toEqual(first.data);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect((await refusal({ recordId: other.id, idempotencyKey }))[0]).toBe("IDEMPOTENCY_KEY_REUSED");
  });

  it("shows its reason to nobody but submitters and the clinical team", async () => {
    const { id } = await stored(next());
    const { data } = await withdraw({
      recordId: id,
      reason: "Canaryprivate",
      // The vendor's own product: its app sees the submission.
      sourceSystem: { vendor: "Demo Vendor", product: "Demo Rehab", version: "1" },
    });
    const submissionId = data?.withdrawRecord.submission.id;
    const read = (as: DemoIdentity, members = "at reason") =>
      submitter().gateway.gql(
        as,
        `query ($id: ID!) { submission(id: $id) { records { nodes { withdrawal { ${members} } } } } }`,
        {
          id: submissionId,
        },
      );
    expect((await read("team")).text).toContain("Canaryprivate");
    expect((await read("vendor")).errors[0]?.extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
    expect((await read("vendor", "at")).data).toMatchObject({ submission: { records: { nodes: [{ withdrawal: {} }] } } });
    for (const as of ["vendor", "admin", "analyst", "submitter2"] as const)
      expect((await read(as)).text).not.toContain("Canaryprivate");
  });

  it("is refused as any record is where the rest would be left broken, and leaves it whole", async () => {
    const n = next();
    const treatments = [{ type: "PCI", date: "2026-01-02" }];
    await submitter().records([
      recordOf(n, { initiatingEvents: [{ eventType: "USE_TREATMENT", eventDate: "2026-01-02", treatments }] }),
    ]);
    const before = await patient(n);
    const refused = await withdraw({ recordType: "TREATMENT", recordId: before?.initiatingEvents[0]?.treatments[0]?.id });
    expect(refused.data?.withdrawRecord).toMatchObject({
      outcome: "REJECTED",
      withdrawal: null,
      issues: [{ code: "CONDITION_NOT_MET" }],
    });
    expect(await patient(n)).toEqual(before);
  });
});
