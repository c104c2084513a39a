import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DemoIdentity, startTestGateway, type TestGateway } from "../../support/gateway.ts";

const PROPOSE =
  "mutation ($input: ProposeSiteCodeInput!) { proposeSiteCode(input: $input) { id state version target { item key } } }";
const REVIEW = "mutation ($id: ID!) { approveSiteCode(id: $id) { state reviewedAt } }";
const PREVIEW = `query ($input: PreviewMappingInput!) { previewMapping(input: $input) {
  records { recordType values { field value } mappingReport { field reason } } } }`;
const SENDER = { vendor: "Example", product: "EHR" };
const LOCAL = "https://hospital.test/codes";
const TARGET = { recordType: "INITIATING_EVENT", item: "eventType", key: "MI STEMI" };
const RESOURCES = [
  {
    resourceType: "Patient",
    id: "p1",
    identifier: [{ system: "https://fhir.nhs.uk/Id/nhs-number", value: "9990000018" }],
    gender: "male",
    birthDate: "1950-02-01",
  },
  {
    resourceType: "Condition",
    id: "c1",
    subject: { reference: "Patient/p1" },
    code: { coding: [{ system: LOCAL, code: "CARD1" }] },
    onsetDateTime: "2026-01-03",
  },
];

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

const propose = (as: DemoIdentity, more: object = {}) =>
  gateway.gql<{ proposeSiteCode: { id: string; state: string } }>(as, PROPOSE, {
    input: { ...SENDER, system: LOCAL, code: "CARD1", target: TARGET, ...more },
  });

async function eventsOf(sourceSystem: object = SENDER): Promise<readonly unknown[]> {
  const { data } = await gateway.gql<{ previewMapping: { records: readonly { recordType: string }[] } }>("submitter", PREVIEW, {
    input: { format: "FHIR", content: RESOURCES, sourceSystem },
  });
  return data?.previewMapping.records.filter(({ recordType }) => recordType === "INITIATING_EVENT") ?? [];
}

describe("a site code", () => {
  it("is used once another person has approved it, names itself in the report, and is used no more once it is retired", async () => {
    const { data } = await propose("submitter");
    expect(data?.proposeSiteCode).toMatchObject({ state: "PROPOSED", target: { item: "eventType", key: "MI_STEMI" } });
    const id = data?.proposeSiteCode.id ?? "";
    expect(await eventsOf()).toEqual([]);
    expect((await gateway.gql("team", REVIEW, { id })).data).toMatchObject({ approveSiteCode: { state: "APPROVED" } });
    expect(await eventsOf()).toMatchObject([
      {
        values: expect.arrayContaining([{ field: "eventType", value: "MI_STEMI" }]),
        mappingReport: expect.arrayContaining([{ field: "eventType", reason: "SITE_CODE_MAP/1" }]),
      },
    ]);
    expect(await eventsOf({ ...SENDER, product: "Other" })).toEqual([]);
    await gateway.gql("team", "mutation ($id: ID!) { retireSiteCode(id: $id) { state } }", { id });
    expect(await eventsOf()).toEqual([]);
  });

  it("is not approved by who proposed it, nor by somebody without the role", async () => {
    const { data } = await propose("team", { code: "CARD2" });
    const id = data?.proposeSiteCode.id ?? "";
    expect((await gateway.gql("team", REVIEW, { id })).errors[0]?.extensions.code).toBe("FORBIDDEN");
    expect((await gateway.gql("submitter", REVIEW, { id })).errors[0]?.extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
    expect((await gateway.gql("submitter2", REVIEW, { id })).errors[0]?.extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
  });

  it.each([
    ["an option that is none", { target: { ...TARGET, key: "STEMMI" } }, "input.target.key"],
    ["an item that is none", { target: { ...TARGET, item: "eventTyp" } }, "input.target.item"],
    ["a concept the tables do not know", { target: { system: "ICD10", code: "Q99" } }, "input.target.code"],
    ["two kinds of target at once", { target: { ...TARGET, system: "ICD10", code: "I21" } }, "input.target"],
    ["a last day before the first", { effectiveFrom: "2026-02-02", effectiveTo: "2026-02-01" }, "input.effectiveTo"],
    ["an empty code", { code: " " }, "input.code"],
  ])("is refused with %s", async (_title, more, path) => {
    expect((await propose("submitter", more)).errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", path });
  });

  it("is listed to its organisation, and to a vendor app only for its own product", async () => {
    await propose("vendor", { vendor: "Demo Vendor", product: "Demo Rehab", code: "V1" });
    expect((await propose("vendor")).errors[0]?.extensions.code).toBe("FORBIDDEN");
    const list = async (as: DemoIdentity) => {
      const { data } = await gateway.gql<{ siteCodes: { nodes: readonly { code: string }[] } }>(
        as,
        "{ siteCodes { nodes { code } } }",
      );
      return data?.siteCodes.nodes.map(({ code }) => code);
    };
    expect(await list("team")).toEqual(["CARD1", "CARD2", "V1"]);
    expect(await list("vendor")).toEqual(["V1"]);
    expect(await list("submitter2")).toEqual([]);
  });
});
