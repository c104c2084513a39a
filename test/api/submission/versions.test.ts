/** Two dataset versions in service: both are judged by their own words, and stored in those of the newest. */
import { describe, expect, it } from "vitest";
import { event, type Input, recordOf, rehabilitation } from "../../support/journey-records.ts";
import { issuesAt } from "./bad-values.ts";
import { provideSubmitter, type SubmissionAnswer } from "./submitting.ts";

const OLD = { datasetVersion: "gw-1.0" };
const NEW = { datasetVersion: "gw-1.1" };
const submitter = provideSubmitter();
let seed = 0;
const next = (): number => ++seed;

const referredBy = (n: number, referralSource: string, more: Input = {}): Input =>
  recordOf(n, { initiatingEvents: [event({ referralSource, ...more })] });
const withTreatment = (n: number, treatment: Input): Input =>
  recordOf(n, { initiatingEvents: [event({ treatments: [treatment] })] });
const assessed = (n: number, more: Input): Input =>
  recordOf(n, {
    initiatingEvents: [
      event({ rehabilitations: [rehabilitation({ assessments: [{ number: 1, date: "2026-01-28", ...more }] })] }),
    ],
  });

async function readEvent(n: number): Promise<{ readonly referralSource: string; readonly version: number } | undefined> {
  const query =
    "query ($number: String!) { patientRecord(hospitalNumber: $number) { initiatingEvents { referralSource version } } }";
  const { data } = await submitter().gateway.gql<{
    patientRecord: { initiatingEvents: { referralSource: string; version: number }[] };
  }>("submitter", query, { number: `H-${n}` });
  return data?.patientRecord.initiatingEvents[0];
}

/** Without the warning about numbers of the test range, which every record here has. */
const ofEvent = (answer: SubmissionAnswer) => issuesAt(answer, "records[0].initiatingEvents");

describe("a patient sent under both versions", () => {
  it("is the same patient: what says the same in other words changes nothing", async () => {
    const n = next();
    const first = await submitter().records([referredBy(n, "PRIVATE_HOSPITAL")], OLD);
    expect(first.records.nodes.map(({ outcome }) => outcome)).toEqual(["CREATED", "CREATED"]);
    const again = await submitter().records([referredBy(n, "INDEPENDENT_HOSPITAL")], NEW);
    expect(again.records.nodes.map(({ outcome }) => outcome)).toEqual(["UNCHANGED", "UNCHANGED"]);
    const back = await submitter().records([referredBy(n, "2")], OLD);
    expect(back.records.nodes.map(({ outcome }) => outcome)).toEqual(["UNCHANGED", "UNCHANGED"]);
    expect(await readEvent(n)).toEqual({ referralSource: "INDEPENDENT_HOSPITAL", version: 1 });
  });

  it("is told of a change in the words of the newest, whichever version it was sent under", async () => {
    const n = next();
    await submitter().records([referredBy(n, "GP")], NEW);
    const { records } = await submitter().records([referredBy(n, "Private Hospital")], OLD);
    expect(records.nodes[1]?.changes).toMatchObject([{ field: "referralSource", before: "GP", after: "INDEPENDENT_HOSPITAL" }]);
  });

  it("keeps what only the newest can say when it is sent under the older one", async () => {
    const n = next();
    await submitter().records([assessed(n, { goalsAgreed: "Yes" })], NEW);
    const { records } = await submitter().records([assessed(n, { weightKg: 80 })], OLD);
    expect(records.nodes.at(-1)?.changes.map(({ field }) => field)).toEqual(["weightKg"]);
  });
});

describe("a record of the older version", () => {
  it("is assumed where none is named, and told what is not kept", async () => {
    const answer = await submitter().records([referredBy(next(), "BMI Hospital")]);
    expect(answer).toMatchObject({ datasetVersion: "gw-1.0", counts: { created: 2, rejected: 0 } });
    expect(ofEvent(answer)).toMatchObject([
      {
        severity: "INFORMATION",
        code: "UP_CONVERTED",
        field: "referralSource",
        expression: "records[0].initiatingEvents[0].referralSource",
        message:
          "Source of Referral is kept as the newest version of the dataset has it: BMI Hospital is an independent hospital, and whose it is is not kept.",
      },
    ]);
  });

  it("is refused an item that only the newer one has", async () => {
    const answer = await submitter().records([assessed(next(), { goalsAgreed: "Yes" })], OLD);
    expect(answer.records.nodes.at(-1)?.issues).toMatchObject([{ severity: "ERROR", code: "COLUMNS_UNRECOGNISED" }]);
  });

  it("is reminded of what the newer version refuses", async () => {
    const [older, newer] = [next(), next()];
    const reminded = await submitter().records([withTreatment(older, { type: "PCI" })], OLD);
    expect(reminded.records.nodes.at(-1)).toMatchObject({
      outcome: "CREATED",
      issues: [{ severity: "WARNING", code: "CONDITION_NOT_MET", message: "A procedure should have its date." }],
    });
    const refused = await submitter().records([withTreatment(newer, { type: "PCI" })], NEW);
    expect(refused.records.nodes.at(-1)).toMatchObject({
      outcome: "REJECTED",
      issues: [{ severity: "ERROR", code: "CONDITION_NOT_MET", message: "A procedure must have its date." }],
    });
    // What is stored already stands, as long as nobody changes it.
    const kept = await submitter().records([withTreatment(older, { type: "PCI" })], NEW);
    expect(kept.records.nodes.at(-1)?.outcome).toBe("UNCHANGED");
  });

  it("is not understood where it claims to be of the newer one (control)", async () => {
    const answer = await submitter().records([referredBy(next(), "BMI_HOSPITAL")], NEW);
    expect(ofEvent(answer)).toMatchObject([{ severity: "ERROR", code: "CODE_UNKNOWN", field: "referralSource" }]);
  });
});

describe("the versions", () => {
  it("are published with the one that is assumed and the one that is stored", async () => {
    const { data } = await submitter().gateway.gql(
      "submitter",
      `{ datasetVersions { version default stored sunset }
         older: dataset(version: "gw-1.0") { codeLists { name options { key } } }
         newest: dataset { version codeLists { name options { key } } } }`,
      {},
    );
    expect(data).toMatchObject({
      datasetVersions: [
        { version: "gw-1.0", default: true, stored: false, sunset: null },
        { version: "gw-1.1", default: false, stored: true, sunset: null },
      ],
      newest: { version: "gw-1.1" },
    });
    expect(JSON.stringify(data)).toContain("BMI_HOSPITAL");
  });

  it("that are not in service are DATASET_VERSION_UNKNOWN", async () => {
    const answer = await submitter().records([recordOf(next())], { datasetVersion: "gw-1.2" });
    expect(answer).toMatchObject({ outcome: "REJECTED", issues: [{ code: "DATASET_VERSION_UNKNOWN" }] });
  });
});
