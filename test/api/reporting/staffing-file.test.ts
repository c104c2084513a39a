/** A programme's survey as a file through the file door: recorded, refused with places, tried out, sent back, taken back. */
import { describe, expect, it } from "vitest";
import { LATEST_DATASET_VERSION } from "../../../src/records/dictionaries.ts";
import { sendFile, type WatchedSubmission } from "../files/file-client.ts";
import { provideSubmitter } from "../submission/submitting.ts";

const submitter = provideSubmitter();
const YEAR = 2025;
const HEADER = "auditYear,profession,wte,regular,groupsOffered";
const GOOD = [
  `${YEAR},Nurse,1.5,Yes,MI;Heart failure`,
  `${YEAR},Physiotherapist,0.8,y,CABG`,
  `${YEAR},"Dietitian, acute",0.2,No,`,
];

const fileOf = (rows: readonly string[], header = HEADER): string => `${[header, ...rows].join("\r\n")}\r\n`;
const send = (content: string | Buffer, more: object = {}, name = "staffing_2026.csv"): Promise<WatchedSubmission> =>
  sendFile(submitter().gateway, content, more, name);
const codesOf = ({ issues }: WatchedSubmission): readonly string[] =>
  issues.map(({ code, expression }) => `${expression} ${code}`);

interface Survey {
  readonly staff: readonly { readonly profession: string; readonly wte: number; readonly regular: boolean }[];
  readonly groupsOffered: readonly string[];
}
const SURVEYS = `{ programmeSurveys(programmeCode: "CR-VALLEY", auditYear: ${YEAR}) { staff { profession wte regular } groupsOffered } }`;
async function surveys(): Promise<readonly Survey[]> {
  const { data, text } = await submitter().gateway.gql<{ programmeSurveys: readonly Survey[] }>("team", SURVEYS);
  if (data === null) throw new Error(text);
  return data.programmeSurveys;
}

describe("a staffing file", () => {
  it("is tried out without a trace", async () => {
    const answer = await send(fileOf(GOOD), { mode: "VALIDATE_ONLY" });
    expect(answer).toMatchObject({ status: "COMPLETED", outcome: "ACCEPTED" });
    expect(codesOf(answer)).toEqual(["row 2 SURVEY_TAKEN"]);
    expect(await surveys()).toEqual([]);
  });

  it("is a survey, with one entry in the audit trail, and says so once", async () => {
    expect(codesOf(await send(fileOf(GOOD)))).toEqual(["row 2 SURVEY_TAKEN"]);
    const [survey] = await surveys();
    expect(survey?.staff).toEqual([
      { profession: "Nurse", wte: 1.5, regular: true },
      { profession: "Physiotherapist", wte: 0.8, regular: true },
      { profession: "Dietitian, acute", wte: 0.2, regular: false },
    ]);
    expect(survey?.groupsOffered).toEqual(["HEART_FAILURE", "CABG", "MI"]);
    expect(codesOf(await send(fileOf([...GOOD].reverse())))).toEqual(["row 2 SURVEY_UNCHANGED"]);
    expect(await surveys()).toHaveLength(1);
    const entries = await submitter().gateway.database.query("select details from audit.event where type = 'RECORD_SURVEY'");
    expect(entries).toHaveLength(1);
  });

  it("tells every wrong row with its place, and records nothing of its year", async () => {
    const wrong = [
      `${YEAR},Nurse,2,Yes,`,
      `${YEAR},,1,Yes,`,
      `${YEAR},Doctor,much,perhaps,Everybody`,
      "20,Nurse,1,Yes,",
      "2024,Nurse,1,Yes,MI",
    ];
    const answer = await send(fileOf(wrong));
    expect(codesOf(answer)).toEqual([
      "row 3.profession MANDATORY_MISSING",
      "row 4.wte FORMAT_INVALID",
      "row 4.regular FORMAT_INVALID",
      "row 4.groupsOffered CODE_UNKNOWN",
      "row 5.auditYear FORMAT_INVALID",
      "row 6 SURVEY_TAKEN",
    ]);
    expect(answer.outcome).toBe("REJECTED");
    expect((await surveys())[0]?.staff).toHaveLength(3);
  });

  it("is held back as a whole where all or nothing was asked for", async () => {
    const mixed = fileOf([`${YEAR},Pharmacist,1,Yes,`, "2024,Nurse,lots,Yes,"]);
    expect(codesOf(await send(mixed, { errorPolicy: "ALL_OR_NOTHING" }))).toEqual(["row 3.wte FORMAT_INVALID"]);
    expect((await surveys())[0]?.staff).toHaveLength(3);
  });

  it("refuses rows of another programme, and columns that it has not", async () => {
    const other = await send(fileOf([`CR-COAST,${YEAR},Nurse,1,Yes`], "programmeCode,auditYear,profession,wte,regular"));
    expect(codesOf(other)).toEqual(["row 2.programmeCode KEY_CONFLICT"]);
    const extra = await send(fileOf([`${YEAR},Nurse,1,Yes,`, ""], "Audit year,Profession,WTE,Regular,Comment"));
    expect(codesOf(extra)).toEqual(["row 1[5] COLUMNS_UNRECOGNISED", "row 2 SURVEY_TAKEN"]);
  });

  it("goes when its submission is withdrawn", async () => {
    const before = await surveys();
    const { id } = await send(fileOf([`${YEAR},Psychologist,0.1,Yes,PCI`]));
    expect((await surveys())[0]?.staff[0]?.profession).toBe("Psychologist");
    const withdraw = `mutation { withdrawSubmission(id: "${id}", reason: "The wrong year") { status } }`;
    expect((await submitter().gateway.gql("team", withdraw)).errors).toEqual([]);
    expect(await surveys()).toEqual(before);
  });

  it("stands in the importer's files, and comes back unchanged", async () => {
    const { url, token } = submitter().gateway;
    const headers = { authorization: `Bearer ${await token("team")}` };
    const answer = await fetch(`${url}/programmes/CR-VALLEY/importer.zip`, { headers });
    const zip = Buffer.from(await answer.arrayBuffer());
    expect(zip.includes("staffing_CR-VALLEY.csv")).toBe(true);
    const back = await send(zip, { datasetVersion: LATEST_DATASET_VERSION }, "export.zip");
    expect(codesOf(back)).toEqual(["staffing row 2 SURVEY_UNCHANGED", "staffing row 3 SURVEY_UNCHANGED"]);
  });
});
