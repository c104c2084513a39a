import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toAccess } from "../../support/access-database.ts";
import { startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { toWorkbook } from "../../support/workbook.ts";
import { download, sendFile, upload } from "../files/file-client.ts";

const SAVE = "mutation ($input: SaveProfileInput!) { saveProfile(input: $input) { version } }";
/** Two tables that are joined by the patient's key. */
const PROFILE = {
  dates: { formats: ["DD/MM/YYYY"] },
  tables: [
    {
      name: "People",
      records: [
        {
          record: "PATIENT",
          id: { columns: ["Key"] },
          items: [
            { item: "nhsNumber", column: "NHS" },
            { item: "dateOfBirth", column: "Born" },
            { item: "gender", column: "Sex", codes: { M: "MALE", F: "FEMALE" } },
          ],
        },
      ],
    },
    {
      name: "Heart events",
      records: [
        { record: "PATIENT", id: { columns: ["Key"] }, reference: true },
        {
          record: "INITIATING_EVENT",
          items: [
            { item: "eventType", column: "What", codes: { STEMI: "MI_STEMI" } },
            { item: "eventDate", column: "When" },
          ],
        },
      ],
    },
  ],
};

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
  const input = { name: "two-tables", vendor: "Example", product: "Files", format: "TABLES", columns: PROFILE };
  const { errors } = await gateway.gql("submitter", SAVE, { input });
  expect(errors).toEqual([]);
});
afterAll(() => gateway.close());

describe("a column profile of several tables", () => {
  it("reads a workbook whose sheets have titles, dates as dates, and a sheet nobody knows", async () => {
    const workbook = await toWorkbook({
      formats: ["dd/mm/yyyy"],
      sheets: [
        {
          name: "Heart events",
          rows: [
            ["Exported for NACR"],
            ["Key", "What", "When"],
            ["K1", "STEMI", { s: 1, xml: "<v>46025</v>" }],
            ["K1", "Stroke", "04/01/2026"],
          ],
        },
        {
          name: "People",
          rows: [
            ["Key", "NHS", "Born", "Sex"],
            ["K1", "9990000018", "01/02/1950", "M"],
          ],
        },
        {
          name: "Staff",
          rows: [
            ["Name", "Grade"],
            ["A", "7"],
          ],
        },
      ],
    });
    const submission = await sendFile(gateway, workbook);
    expect(submission).toMatchObject({ mappingVersion: "two-tables/1", status: "COMPLETED" });
    expect(submission.records.nodes.map(({ recordType, outcome }) => [recordType, outcome])).toEqual([
      ["PATIENT", "CREATED"],
      ["INITIATING_EVENT", "CREATED"],
      ["INITIATING_EVENT", "REJECTED"],
    ]);
    const rows = Buffer.from(await (await download(gateway, submission.id, "failed-rows.csv")).arrayBuffer());
    expect(rows.subarray(0, 2).toString("latin1")).toBe("PK");
    const again = await sendFile(gateway, rows);
    expect(again).toMatchObject({ mappingVersion: "two-tables/1", counts: { rejected: 1 } });
  });

  it("reads a database", async () => {
    const database = toAccess({
      tables: [
        {
          name: "People",
          columns: [
            ["Key", "text"],
            ["NHS", "text"],
            ["Born", "datetime"],
            ["Sex", "text"],
          ],
          rows: [["K2", "9990000026", new Date("1951-02-02T00:00:00Z"), "F"]],
        },
        {
          name: "Heart events",
          columns: [
            ["Key", "text"],
            ["What", "text"],
            ["When", "datetime"],
          ],
          rows: [["K2", "STEMI", new Date("2026-01-03T00:00:00Z")]],
        },
      ],
    });
    const submission = await sendFile(gateway, database);
    expect(submission).toMatchObject({ mappingVersion: "two-tables/1", counts: { created: 2, rejected: 0 } });
  });

  it("is proposed from the sheets of a workbook", async () => {
    const workbook = await toWorkbook({
      sheets: [
        {
          name: "Patients",
          rows: [
            ["Hospital No", "NHS Number", "DOB"],
            ["H1", "9990000018", "21/02/1950"],
          ],
        },
        {
          name: "Visits",
          rows: [
            ["Hospital No", "Assessment Date", "BMI"],
            ["H1", "21/02/2026", 27.1],
          ],
        },
      ],
    });
    const query = "query ($id: ID!) { proposeProfile(uploadId: $id) { profile columns { table column target { item } } } }";
    const { data } = await gateway.gql<{ proposeProfile: { profile: { tables: readonly { name: string }[] } } }>(
      "submitter",
      query,
      {
        id: await upload(gateway, workbook),
      },
    );
    expect(data?.proposeProfile.profile.tables.map(({ name }) => name)).toEqual(["Patients", "Visits"]);
  });
});
