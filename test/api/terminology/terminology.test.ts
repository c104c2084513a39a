/** A site's own code tables and the trend of mappings, from a client's request to the answer. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestGateway } from "../../support/gateway.ts";
import { adtMessage, type Submitter, submitterOf } from "../submission/submitting.ts";

let folder: string;
let submitter: Submitter;

/** A concept that the shipped maps do not know; in words, it is near to one they do. */
const UNKNOWN = "11687002";
const message = [
  adtMessage("9990000018", "7001").replace("ADT^A31", "ADT^A03"),
  "PV1|1|I|||||||||||||||||V100|||||||||||||||||||||||||20260220|20260225",
  `DG1|1||${UNKNOWN}^NSTEMI of a kind^SCT||20260220|A|||||||||1`,
  "PV2||||||||||||||||||||||||||||||||||||||C",
].join("\r");

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "nacr-codes-"));
  await writeFile(path.join(folder, "snomed-site.csv"), `code,target\n${UNKNOWN},MI_STEMI\n22298007,MI_UNKNOWN\n`);
  submitter = submitterOf(await startTestGateway({ config: { codesDir: folder } }));
});
afterAll(async () => {
  await submitter.gateway.close();
  await rm(folder, { recursive: true });
});

describe("A site's own code tables", () => {
  it("say what a code means, and are named in the answer", async () => {
    const { answer } = await submitter.submit("submitHl7v2", [message], { mode: "COMMIT" });
    expect(answer.records.nodes.map(({ recordType }) => recordType)).toEqual(["PATIENT", "INITIATING_EVENT"]);
    const { data } = await submitter.gateway.gql<{ submission: { mappingVersion: string } }>(
      "submitter",
      `{ submission(id: "${answer.id}") { mappingVersion } }`,
    );
    expect(data?.submission.mappingVersion).toMatch(/^hl7-uk\/\d+\+codes-[0-9a-f]{12}$/);
  });

  it("are reported at the start, with what was refused", () => {
    const events = submitter.gateway.logs.map((line): { event: string; route?: string } => JSON.parse(line));
    expect(events.map(({ event }) => event)).toContain("codes-added");
    expect(events).toContainEqual(expect.objectContaining({ event: "code-row-refused", route: "snomed-site.csv:3" }));
  });
});

describe("A code that no table translates", () => {
  it("comes back with the nearest candidates", async () => {
    const gateway = await startTestGateway();
    try {
      const { answer } = await submitterOf(gateway).submit("submitHl7v2", [message]);
      expect(answer.records.nodes.map(({ recordType }) => recordType)).toEqual(["PATIENT"]);
      const issues = [...answer.issues, ...answer.records.nodes.flatMap((record) => record.issues)];
      expect(issues).toContainEqual(
        expect.objectContaining({
          severity: "WARNING",
          code: "CODE_NOT_TRANSLATED",
          expression: expect.stringContaining("DG1-3"),
        }),
      );
      expect(answer.issueGroups).toContainEqual(
        expect.objectContaining({ code: "CODE_NOT_TRANSLATED", suggestion: "401314000" }),
      );
    } finally {
      await gateway.close();
    }
  });
});

describe("mappingTrend", () => {
  const QUERY = `query ($filter: MappingTrendFilter!) { mappingTrend(filter: $filter) {
    period sourceSystem { vendor product version } mapped dropped unmapped losses { sourceField result reason count } } }`;
  const today = new Date().toISOString().slice(0, 10);
  const year = { from: `${Number(today.slice(0, 4)) - 1}${today.slice(4).replace("-29", "-28")}`, to: today };

  interface Trend {
    readonly mappingTrend: readonly {
      readonly sourceSystem: { readonly product: string };
      readonly mapped: number;
      readonly losses: readonly { readonly sourceField: string }[];
    }[];
  }

  it.each(["submitter", "team"] as const)("shows %s what each system's fields became", async (as) => {
    const { data, errors } = await submitter.gateway.gql<Trend>(as, QUERY, { filter: year });
    expect(errors).toEqual([]);
    const [point] = data?.mappingTrend ?? [];
    expect(point).toMatchObject({ sourceSystem: { vendor: "Test", product: "Bench", version: "1" } });
    expect(point?.mapped).toBeGreaterThan(5);
    expect(point?.losses.map(({ sourceField }) => sourceField)).toContain("PV2-38");
  });

  it.each(["analyst", "admin", "guardian"] as const)("is not for %s", async (as) => {
    const { errors } = await submitter.gateway.gql(as, QUERY, { filter: year });
    expect(errors[0]?.extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
  });

  it.each([
    { from: "2026-02-02", to: "2026-02-01" },
    { from: "2024-01-01", to: "2026-01-01" },
  ])("refuses %o", async (filter) => {
    const { errors } = await submitter.gateway.gql("submitter", QUERY, { filter });
    expect(errors[0]?.extensions.code).toBe("BAD_USER_INPUT");
  });
});
