/** Corrections over HTTP: keys and versions in records and files, patients merged by people and by messages, and what is read of them. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import { type DemoIdentity, startTestGateway } from "../../support/gateway.ts";
import { event, type Input, journey, named, person, recordOf } from "../../support/journey-records.ts";
import { fileInput, SUBMIT_FILE, upload, watch } from "../files/file-client.ts";
import { type Submitter, submitterOf } from "../submission/submitting.ts";

let submitter: Submitter;
beforeAll(async () => {
  submitter = submitterOf(await startTestGateway());
});
afterAll(() => submitter.gateway.close());

const RECORD = `query ($id: ID, $n: String, $asOf: DateTime) { patientRecord(id: $id, nhsNumber: $n, asOf: $asOf) {
  id version patient { nhsNumber yearOfBirth } initiatingEvents { eventDate }
  mergedPatients { id patient { nhsNumber } initiatingEvents { eventDate } mergedPatients { id } } } }`;
const change = (mutation: "mergePatients" | "unmergePatients"): string =>
  `mutation ($input: MergePatientsInput!) { ${mutation}(input: $input) { id channel status outcome counts { unchanged }
     records { nodes { outcome issues { code } } } } }`;

async function ask(query: string, variables: Input, as: DemoIdentity = "team") {
  const { errors, text } = await submitter.gateway.gql(as, query, variables);
  const [refused] = errors;
  return refused === undefined ? JSON.parse(text).data : { refused: refused.extensions };
}
const recordOfPatient = async (lookup: Input) => (await ask(RECORD, lookup)).patientRecord;
const idOf = async (seed: number): Promise<string> => (await recordOfPatient({ n: toTestNhsNumber(seed) })).id;

const outcomesOf = ({ records }: { readonly records: { readonly nodes: readonly { readonly outcome: string }[] } }) =>
  records.nodes.map(({ outcome }) => outcome);
const codesOf = ({ records }: Awaited<ReturnType<Submitter["records"]>>) =>
  records.nodes.flatMap(({ issues }) =>
    issues.filter(({ severity }) => severity === "ERROR").map(({ code, expression }) => `${code} ${expression}`),
  );

describe("a record that corrects a key", () => {
  it("is taken by submitRecords: date of birth, event date, version", async () => {
    await submitter.records([journey(1)]);
    const corrected = await submitter.records([
      recordOf(1, {
        patient: person(1, { dateOfBirth: "1951-03-15", replaces: { dateOfBirth: "1951-03-14" }, expectedVersion: 1 }),
        initiatingEvents: [event({ eventDate: "2026-01-03", replaces: { eventDate: "2026-01-02" }, expectedVersion: 1 })],
      }),
    ]);
    expect(outcomesOf(corrected)).toEqual(["UPDATED", "UPDATED"]);
    expect(corrected.records.nodes.map(({ matchedBy }) => matchedBy)).toEqual(["SOURCE_RECORD_ID", "REPLACES"]);
    expect((await recordOfPatient({ n: toTestNhsNumber(1) })).initiatingEvents).toEqual([{ eventDate: "2026-01-03" }]);
  });

  it("is refused as a whole request where its structure is wrong, and never says what was sent", async () => {
    for (const [patient, path] of [
      [{ replaces: { nhsNumbr: "Canary 4" } }, "input.records[0].patient.replaces.nhsNumbr"],
      [{ replaces: "Canary" }, "input.records[0].patient.replaces"],
      [{ expectedVersion: "Canary" }, "input.records[0].patient.expectedVersion"],
    ] as const) {
      const { error, http } = await submitter.submit("submitRecords", [recordOf(2, { patient: person(2, patient) })]);
      expect(error.extensions).toMatchObject({ code: "BAD_USER_INPUT" });
      expect(http.text).toContain(path.replace(".nhsNumbr", ""));
      expect(http.text).not.toContain("Canary");
    }
  });

  it("names the version that is stored where another one was expected", async () => {
    await submitter.records([recordOf(3)]);
    const stale = await submitter.records([recordOf(3, { patient: named(3, { maritalStatus: "SINGLE", expectedVersion: 7 }) })]);
    expect(codesOf(stale)).toEqual(["VERSION_STALE records[0].patient"]);
  });

  it("is read from a line of a file by the same words, its faults as issues of its record", async () => {
    const { gateway } = submitter;
    await submitter.records([recordOf(4, { initiatingEvents: [event()] }), recordOf(5)]);
    const lines = [
      recordOf(4, {
        initiatingEvents: [event({ eventDate: "2026-01-04", replaces: { eventDate: "2026-01-02" }, expectedVersion: 1 })],
      }),
      recordOf(5, { patient: person(5, { replaces: { dateOfBrith: "1951-03-14" } }) }),
      recordOf(5, { patient: person(5, { replaces: "1951-03-14" }) }),
      recordOf(5, { patient: person(5, { expectedVersion: "1" }) }),
    ];
    const uploadId = await upload(gateway, lines.map((line) => JSON.stringify(line)).join("\n"));
    const { data } = await gateway.gql("submitter", SUBMIT_FILE, fileInput(uploadId));
    const { records } = await watch(gateway, String(Object(data).submitFile.id));
    expect(records.nodes.map(({ outcome }) => outcome)).toEqual(["UNCHANGED", "UPDATED", "REJECTED", "REJECTED", "REJECTED"]);
    const codes = records.nodes.map(({ issues }) =>
      issues.map(({ code }) => code).filter((code) => code !== "NHS_NUMBER_TEST_RANGE"),
    );
    expect(codes).toEqual([[], [], ["COLUMNS_UNRECOGNISED"], ["FORMAT_INVALID"], ["FORMAT_INVALID"]]);
  });
});

describe("patients merged by a person", () => {
  it("answer as one, with the rows of the other beside; unmerged, as two", async () => {
    await submitter.records([journey(10), journey(11, { initiatingEvents: [event({ eventDate: "2026-02-02" })] })]);
    const [winner, loser] = [await idOf(10), await idOf(11)];
    const input = { winner, loser, programmeCode: "CR-VALLEY", reason: "Registered twice" };
    const before = new Date().toISOString();
    const { mergePatients } = await ask(change("mergePatients"), { input });
    expect(mergePatients).toMatchObject({ channel: "FORM", status: "COMPLETED", outcome: "ACCEPTED", counts: { unchanged: 1 } });
    expect(mergePatients.records.nodes).toEqual([{ outcome: "UNCHANGED", issues: [{ code: "PATIENTS_MERGED" }] }]);
    const lookups = [{ id: winner }, { id: loser }, { n: toTestNhsNumber(10) }, { n: toTestNhsNumber(11) }];
    for (const lookup of lookups)
      expect(await recordOfPatient(lookup)).toMatchObject({
        id: winner,
        patient: { nhsNumber: toTestNhsNumber(10) },
        initiatingEvents: [{ eventDate: "2026-01-02" }],
        mergedPatients: [
          {
            id: loser,
            patient: { nhsNumber: toTestNhsNumber(11) },
            initiatingEvents: [{ eventDate: "2026-02-02" }],
            mergedPatients: [],
          },
        ],
      });
    expect((await ask(change("mergePatients"), { input })).refused).toMatchObject({ code: "CONFLICT", reason: "MERGED_ALREADY" });
    const turned = { ...input, winner: loser, loser: winner };
    expect((await ask(change("mergePatients"), { input: turned })).refused).toMatchObject({
      code: "CONFLICT",
      reason: "CIRCULAR",
    });

    const merged = new Date().toISOString();
    const { unmergePatients } = await ask(change("unmergePatients"), { input: { ...input, reason: "They are sisters" } });
    expect(unmergePatients.records.nodes).toEqual([{ outcome: "UNCHANGED", issues: [{ code: "PATIENTS_UNMERGED" }] }]);
    expect(await recordOfPatient({ id: loser })).toMatchObject({ id: loser, mergedPatients: [] });
    expect((await ask(change("unmergePatients"), { input })).refused).toMatchObject({ code: "CONFLICT", reason: "NOT_MERGED" });

    expect(await recordOfPatient({ id: loser, asOf: before })).toMatchObject({ id: loser, mergedPatients: [] });
    expect(await recordOfPatient({ id: loser, asOf: merged })).toMatchObject({ id: winner, mergedPatients: [{ id: loser }] });
  });

  it("are taken apart by withdrawing the submission, too", async () => {
    await submitter.records([recordOf(12), recordOf(13)]);
    const [winner, loser] = [await idOf(12), await idOf(13)];
    const { mergePatients } = await ask(change("mergePatients"), {
      input: { winner, loser, programmeCode: "CR-VALLEY", reason: "Registered twice" },
    });
    const withdraw = 'mutation ($id: ID!) { withdrawSubmission(id: $id, reason: "A mistake") { status } }';
    expect(await ask(withdraw, { id: mergePatients.id })).toEqual({ withdrawSubmission: { status: "WITHDRAWN" } });
    expect(await idOf(13)).toBe(loser);
  });

  it("are for the clinical team alone to merge, and need a reason, two patients, and both known", async () => {
    await submitter.records([recordOf(14), recordOf(15)]);
    const input = { winner: await idOf(14), loser: await idOf(15), programmeCode: "CR-VALLEY", reason: "Registered twice" };
    for (const as of ["submitter", "vendor", "guardian", "analyst", "admin"] as const)
      for (const mutation of ["mergePatients", "unmergePatients"] as const)
        expect((await ask(change(mutation), { input }, as)).refused).toMatchObject({ code: "GRAPHQL_VALIDATION_FAILED" });
    const none = "01890000-0000-7000-8000-00000000dead";
    for (const [wrong, code] of [
      [{ reason: " " }, "BAD_USER_INPUT"],
      [{ loser: input.winner }, "BAD_USER_INPUT"],
      [{ loser: none }, "NOT_FOUND"],
      [{ winner: none }, "NOT_FOUND"],
      [{ winner: "no id" }, "NOT_FOUND"],
      [{ programmeCode: "CR-COAST" }, "FORBIDDEN"],
    ] as const)
      expect((await ask(change("mergePatients"), { input: { ...input, ...wrong } })).refused).toMatchObject({ code });
    expect(await idOf(15)).toBe(input.loser);
  });

  it("keep the reason sealed, and out of the log", async () => {
    await submitter.records([recordOf(16), recordOf(17)]);
    const input = { winner: await idOf(16), loser: await idOf(17), programmeCode: "CR-VALLEY", reason: "Canaryreason" };
    await ask(change("mergePatients"), { input });
    const rows = await submitter.gateway.database.query("select to_jsonb(s)::text as row from public.submission s");
    expect(JSON.stringify([rows, submitter.gateway.logs])).not.toContain("Canaryreason");
  });
});

describe("messages that merge", () => {
  it("are answered like any other, and lead the numbers of the one to the other", async () => {
    await submitter.records([recordOf(20), recordOf(21)]);
    const message = [
      "MSH|^~\\&|PAS|RXX|GW|NACR|20260310120000||ADT^A40^ADT_A39|1|P|2.4",
      `PID|1||${toTestNhsNumber(20)}^^^NHS^NH||TEST^ANNE||19510314|1`,
      `MRG|${toTestNhsNumber(21)}^^^NHS^NH`,
    ].join("\r");
    const loser = await idOf(21);
    const { answer } = await submitter.submit("submitHl7v2", [message]);
    expect(answer.records.nodes.map(({ outcome }) => outcome)).toEqual(["UPDATED"]);
    expect(await recordOfPatient({ n: toTestNhsNumber(21) })).toMatchObject({
      id: await idOf(20),
      mergedPatients: [{ id: loser }],
    });
  });
});
