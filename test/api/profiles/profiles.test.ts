import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DemoIdentity, type GraphqlAnswer, startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { download, fileInput, SUBMIT_FILE, sendFile, upload, watch } from "../files/file-client.ts";
import { GOOD_ROW, SENDER, UNTRANSLATED_ROW, WIDE_PROFILE, wideFile } from "./wide-profile.ts";

const SAVE =
  "mutation ($input: SaveProfileInput!) { saveProfile(input: $input) { name version automatic origin effectiveFrom } }";
const PROPOSE = `query ($id: ID!) { proposeProfile(uploadId: $id, name: "proposed") {
  profile columns { column confidence reasons untranslated target { recordType item assessment option } } } }`;
const PREVIEW = `query ($input: PreviewMappingInput!) { previewMapping(input: $input) { mappingVersion
  records { recordType values { field value } issues { code field suggestion expression } mappingReport { sourceField result field reason } }
  issues { code expression } mappingSummary { lines { sourceField result count } } } }`;

interface Saved {
  readonly saveProfile: { readonly name: string; readonly version: number };
}

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

const save = (more: Readonly<Record<string, unknown>>, as: DemoIdentity = "submitter"): Promise<GraphqlAnswer<Saved>> =>
  gateway.gql<Saved>(as, SAVE, {
    input: { name: "our-pats", vendor: "Example", product: "Files", format: "TABLES", columns: WIDE_PROFILE, ...more },
  });

const retire = (name: string) =>
  gateway.gql("submitter", "mutation ($name: String!) { deleteProfile(name: $name) { retiredAt } }", { name });

describe("a saved column profile", () => {
  it("reads a file that names it, counts its versions, and tells in the answer which one it was", async () => {
    expect((await save({ automatic: false })).data?.saveProfile).toMatchObject({ name: "our-pats", version: 1, origin: "SAVED" });
    expect((await save({ automatic: false })).data?.saveProfile.version).toBe(2);
    const submission = await sendFile(gateway, wideFile(GOOD_ROW), { profile: "our-pats" });
    expect(submission).toMatchObject({ status: "COMPLETED", outcome: "ACCEPTED_WITH_WARNINGS", mappingVersion: "our-pats/2" });
    expect(submission.records.nodes.map(({ recordType, outcome }) => [recordType, outcome])).toEqual([
      ["PATIENT", "CREATED"],
      ["INITIATING_EVENT", "CREATED"],
      ["COMORBIDITY", "CREATED"],
      ["REHABILITATION", "CREATED"],
      ["ASSESSMENT", "CREATED"],
    ]);
    await retire("our-pats");
  });

  it("rejects the record whose code it cannot translate, with the nearest option, and hands the row back to be corrected", async () => {
    await save({});
    const submission = await sendFile(gateway, wideFile(UNTRANSLATED_ROW));
    expect(submission.mappingVersion).toMatch(/^our-pats\//);
    const event = submission.records.nodes.find(({ recordType }) => recordType === "INITIATING_EVENT");
    expect(event).toMatchObject({ outcome: "REJECTED", issues: [{ code: "CODE_NOT_TRANSLATED", field: "eventType" }] });
    const rows = await (await download(gateway, submission.id, "failed-rows.csv")).text();
    expect(rows).toContain("W2,9990000026");
    expect(rows).toContain("CODE_NOT_TRANSLATED");
    await retire("our-pats");
  });

  it("is applied by itself to what its product sends, and to nothing else", async () => {
    await save({});
    expect((await sendFile(gateway, wideFile(GOOD_ROW))).mappingVersion).toMatch(/^our-pats\//);
    const other = await gateway.gql(
      "submitter",
      SUBMIT_FILE,
      fileInput(await upload(gateway, wideFile(GOOD_ROW)), { sourceSystem: { ...SENDER, product: "Another" } }),
    );
    expect(other.errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", path: "input.format" });
    await retire("our-pats");
  });

  it("gives way to the importer's own layout where that is named", async () => {
    await save({});
    const file = "sourceRecordId,nhsNumber,dateOfBirth,gender\r\nI1,9990000034,1950-02-01,MALE\r\n";
    const submission = await sendFile(gateway, file, { profile: "importer" });
    expect(submission).toMatchObject({ mappingVersion: "importer/gw-1.0", counts: { created: 1 } });
    await retire("our-pats");
  });

  it("is another organisation's to none", async () => {
    await save({ automatic: false });
    const id = await upload(gateway, wideFile(GOOD_ROW), { as: "submitter2" });
    const { errors } = await gateway.gql("submitter2", SUBMIT_FILE, fileInput(id, { profile: "our-pats" }, "submitter2"));
    expect(errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT" });
    expect((await gateway.gql("submitter2", `{ profile(name: "our-pats") { name } }`)).data).toEqual({ profile: null });
    await retire("our-pats");
  });

  it("is refused with every problem and its place", async () => {
    const [table] = WIDE_PROFILE.tables;
    const broken = {
      ...WIDE_PROFILE,
      tables: [{ ...table, records: [{ record: "PATIENT", items: [{ item: "nhsNumbr", column: "A" }] }] }],
    };
    const { errors } = await save({ columns: broken });
    expect(errors[0]?.extensions).toMatchObject({
      code: "BAD_USER_INPUT",
      path: "input.columns.tables[0].records[0].items[0].item",
    });
    expect(errors[0]?.extensions.problems).toEqual([
      "tables[0].records[0].items[0].item: PATIENT has no such item. Did you mean nhsNumber?",
      "tables[0].records[0]: A patient needs a column for the NHS number, the hospital number or an id.",
    ]);
  });

  it("does not stand beside another automatic one of the same product, nor under a shipped name", async () => {
    await save({});
    expect((await save({ name: "second" })).errors[0]?.extensions).toMatchObject({ code: "CONFLICT", profile: "our-pats" });
    expect((await save({ name: "uk-core" })).errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", path: "input.name" });
    await retire("our-pats");
  });

  it("does not count before its day", async () => {
    await save({ effectiveFrom: "2999-01-01", automatic: false });
    const id = await upload(gateway, wideFile(GOOD_ROW));
    const { errors } = await gateway.gql("submitter", SUBMIT_FILE, fileInput(id, { profile: "our-pats" }));
    expect(errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", path: "input.format" });
    await retire("our-pats");
  });

  it("may be saved by a vendor app for its own product only", async () => {
    expect((await save({ name: "theirs" }, "vendor")).errors[0]?.extensions.code).toBe("FORBIDDEN");
    const own = await save({ name: "theirs", vendor: "Demo Vendor", product: "Demo Rehab" }, "vendor");
    expect(own.data?.saveProfile.name).toBe("theirs");
    expect((await save({}, "guardian")).errors[0]?.extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
    await retire("theirs");
  });
});

describe("a saved sender profile", () => {
  it("is applied to the messages of its product and loses to the one a request names", async () => {
    const input = {
      name: "welsh-pas",
      vendor: "Example",
      product: "PAS",
      format: "HL7V2",
      columns: null,
      senderProfile: "pims-wales",
    };
    await save(input);
    const preview = async (more: object) => {
      const content = "MSH|^~\\&|A|B|C|D|20260301||ADT^A28|1|P|2.3.1\rPID|1||H1^^^^PI||TEST^ANN||19500201|F";
      const sourceSystem = { vendor: "Example", product: "PAS" };
      const { data } = await gateway.gql<{ previewMapping: { mappingVersion: string } }>("submitter", PREVIEW, {
        input: { format: "HL7V2", content, sourceSystem, ...more },
      });
      return data?.previewMapping.mappingVersion;
    };
    expect(await preview({})).toMatch(/^pims-wales\//);
    expect(await preview({ profile: "hl7-uk" })).toMatch(/^hl7-uk\//);
    expect(await preview({ profile: "welsh-pas" })).toMatch(/^pims-wales\//);
    expect(await preview({ sourceSystem: { vendor: "Example", product: "Other" } })).toMatch(/^hl7-uk\//);
    await retire("welsh-pas");
  });

  it("must be one the gateway ships, for that format", async () => {
    const { errors } = await save({ format: "FHIR", columns: null, senderProfile: "pims-wales" });
    expect(errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", path: "input.senderProfile" });
  });
});

describe("a proposal", () => {
  it("names an item, a confidence and the reasons for each column, keeps nothing, and can be saved and used", async () => {
    const file = [
      "PatientID,NHS No,D.O.B.,Sex,Index Event,Event Date,Referral Date,Weight 1,Zqx",
      "P1,9990000042,21/02/1950,M,STEMI,13/01/2026,25/01/2026,80.5,abc",
      "P2,9990000050,02/02/1951,F,NSTEMI,14/01/2026,26/01/2026,71,def",
    ].join("\r\n");
    const uploadId = await upload(gateway, file);
    const { data, text } = await gateway.gql<{
      proposeProfile: { profile: object; columns: readonly { column: string; confidence: number; target: object | null }[] };
    }>("submitter", PROPOSE, { id: uploadId });
    const columns = new Map(data?.proposeProfile.columns.map((column) => [column.column, column]));
    expect(columns.get("NHS No")?.target).toMatchObject({ recordType: "PATIENT", item: "nhsNumber" });
    expect(columns.get("Weight 1")?.target).toMatchObject({ recordType: "ASSESSMENT", item: "weightKg", assessment: 1 });
    expect(columns.get("Zqx")).toMatchObject({ target: null, confidence: 0, reasons: ["No item has such a name."] });
    expect(text).not.toMatch(/9990000042|P1|80\.5/);
    const saved = await save({ name: "proposed", columns: data?.proposeProfile.profile, automatic: false });
    expect(saved.errors).toEqual([]);
    const sent = await gateway.gql<{ submitFile: { id: string } }>(
      "submitter",
      SUBMIT_FILE,
      fileInput(uploadId, { profile: "proposed" }),
    );
    const submission = await watch(gateway, sent.data?.submitFile.id ?? "");
    const events = submission.records.nodes.filter(({ recordType }) => recordType === "INITIATING_EVENT");
    expect(events.map(({ outcome }) => outcome)).toEqual(["CREATED", "CREATED"]);
    await retire("proposed");
  });
});

describe("a preview of pasted rows", () => {
  it("shows the records under a profile that is not saved, and accounts for every cell", async () => {
    const { data } = await gateway.gql<{
      previewMapping: { records: readonly Record<string, unknown>[]; mappingSummary: object };
    }>("submitter", PREVIEW, {
      input: { format: "TABLE", content: wideFile(GOOD_ROW, UNTRANSLATED_ROW), columnProfile: WIDE_PROFILE },
    });
    const types = data?.previewMapping.records.map((record) => record.recordType);
    expect(types).toEqual([
      "PATIENT",
      "INITIATING_EVENT",
      "COMORBIDITY",
      "REHABILITATION",
      "ASSESSMENT",
      "PATIENT",
      "INITIATING_EVENT",
      "REHABILITATION",
    ]);
    expect(data?.previewMapping.records[6]).toMatchObject({
      issues: [{ code: "CODE_NOT_TRANSLATED", field: "eventType", expression: "row 3.Event", suggestion: "MI STEMI" }],
    });
  });

  it("asks for a profile where none reads the rows", async () => {
    const { errors } = await gateway.gql("submitter", PREVIEW, { input: { format: "TABLE", content: wideFile(GOOD_ROW) } });
    expect(errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", path: "input.profile" });
  });
});

describe("the profiles the gateway ships", () => {
  it("are listed with what they are, and the examples say that they are examples", async () => {
    const { data } = await gateway.gql<{
      profiles: readonly { name: string; origin: string; description: string; columns: unknown }[];
    }>("team", "{ profiles { name origin format description columns } }");
    const examples = data?.profiles.filter(({ origin }) => origin === "EXAMPLE") ?? [];
    expect(examples.map(({ name }) => name)).toEqual(["solus-example", "pats-example", "dendrite-example", "systmone-example"]);
    for (const { description, columns } of examples) {
      expect(description).toMatch(/^EXAMPLE, to be edited/);
      expect(columns).toMatchObject({ status: "example" });
    }
    expect(data?.profiles.map(({ name }) => name)).toEqual(expect.arrayContaining(["uk-core", "hl7-uk", "synthea"]));
  });
});
