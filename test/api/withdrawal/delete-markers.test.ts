/** Files in which the sender marks records as deleted, and reading one twice. */
import { describe, expect, it } from "vitest";
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import { event, journey, named, recordOf } from "../../support/journey-records.ts";
import { sendFile, watch } from "../files/file-client.ts";
import { provideSubmitter } from "../submission/submitting.ts";

const submitter = provideSubmitter();
let seed = 8_500;
const next = (): number => ++seed;

const isKnown = async (n: number): Promise<boolean> =>
  JSON.stringify(
    (
      await submitter().gateway.gql("team", "query ($n: String!) { patientRecord(nhsNumber: $n) { id } }", {
        n: named(n).nhsNumber,
      })
    ).data,
  ) !== '{"patientRecord":null}';
const send = (content: string, format: string, fileName?: string) => sendFile(submitter().gateway, content, { format }, fileName);

describe("a file with delete markers", () => {
  it("withdraws what lines of NDJSON mark, in file and in order, and sends the rest", async () => {
    const [gone, kept, fresh] = [next(), next(), next()];
    await submitter().records([journey(gone), journey(kept)]);
    const lines = [
      recordOf(gone, { patient: named(gone, { withdraw: true }) }),
      recordOf(kept, {
        patient: named(kept),
        initiatingEvents: [event({ treatments: [{ type: "PCI", date: "2026-01-02", withdraw: true }] })],
      }),
      journey(fresh),
    ];
    const done = await send(lines.map((line) => JSON.stringify(line)).join("\n"), "NACR_NDJSON");
    expect(done).toMatchObject({
      status: "COMPLETED",
      outcome: "ACCEPTED_WITH_WARNINGS",
      counts: { created: 5, unchanged: 2, rejected: 0 },
    });
    expect(done.records.nodes.filter(({ outcome }) => outcome === "WITHDRAWN").map(({ recordType }) => recordType)).toEqual([
      "PATIENT",
      "TREATMENT",
    ]);
    expect([await isKnown(gone), await isKnown(kept), await isKnown(fresh)]).toEqual([false, true, true]);
  });

  it("withdraws what rows of an importer file mark, whatever else they say, and refuses a mark it does not know", async () => {
    const [deleted, active, odd] = [next(), next(), next()];
    const row = (n: number, status: string, gender: string) =>
      [toTestNhsNumber(n), `H-${n}`, "14/03/1951", gender, status].join(",");
    const header = "nhsNumber,hospitalNumber,dateOfBirth,gender,Record Status";
    const sendRows = (...rows: readonly string[]) => send([header, ...rows].join("\n"), "IMPORTER_CSV", "patient.csv");
    await sendRows(row(deleted, "", "MALE"), row(active, "A", "MALE"), row(odd, "", "MALE"));
    const done = await sendRows(row(deleted, "deleted", "NOT-A-CODE"), row(active, "a", "FEMALE"), row(odd, "gone?", "MALE"));
    expect(done.records.nodes.map(({ outcome }) => outcome)).toEqual(["WITHDRAWN", "UPDATED", "REJECTED"]);
    expect(done.records.nodes[2]?.issues[0]).toMatchObject({ code: "FORMAT_INVALID", expression: "row 4.recordStatus" });
    expect([await isKnown(deleted), await isKnown(active), await isKnown(odd)]).toEqual([false, true, true]);
    const again = await sendRows(row(deleted, "D", "MALE"));
    expect(again.records.nodes[0]).toMatchObject({ outcome: "REJECTED", issues: [{}, { code: "NOTHING_TO_WITHDRAW" }] });
  });

  it("is run again with what had failed: a mark that came before its record withdraws it then", async () => {
    const n = next();
    const early = await send(JSON.stringify(recordOf(n, { patient: named(n, { withdraw: true }) })), "NACR_NDJSON");
    expect(early.records.nodes.map(({ outcome }) => outcome)).toEqual(["REJECTED"]);
    await submitter().records([journey(n)]);
    const { data } = await submitter().gateway.gql<{ replaySubmission: { id: string } }>(
      "submitter",
      "mutation ($id: ID!) { replaySubmission(id: $id) { id } }",
      { id: early.id },
    );
    const again = await watch(submitter().gateway, data?.replaySubmission.id ?? "");
    expect(again.records.nodes.map(({ outcome }) => outcome)).toEqual(["WITHDRAWN"]);
    expect(await isKnown(n)).toBe(false);
  });
});
