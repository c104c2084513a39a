/** What a client reads of a dry run and of the commit after it, with every field there is: the same to the byte, also of a file. */
import { describe, expect, it } from "vitest";
import { sampleColliding } from "../../support/colliding-records.ts";
import type { Input } from "../../support/journey-records.ts";
import { comparableAnswer } from "../../support/preview-comparison.ts";
import { fileInput, SUBMIT_FILE, upload, watch } from "../files/file-client.ts";
import { optionsOf, provideSubmitter } from "./submitting.ts";

const submitter = provideSubmitter();
const RUNS = 25;
const FILES = 4;

const LINKED = "{ index recordId }";
const SELECTION = `id status outcome channel mode errorPolicy datasetVersion mappingVersion receivedAt completedAt replayed replayOf faultId
  sourceSystem { vendor product version } organisation { odsCode } programme { code }
  counts { received created updated unchanged withdrawn rejected held withheld warnings }
  issues { severity code field expression message suggestion causedBy }
  standards { standard auditYear entered left met unmet changed }
  issueGroups { code severity recordType field count cascaded message suggestion causedBy records { index expression } }
  mappingSummary { mapped defaulted dropped unmapped truncated lines { sourceField result recordType field reason count } }
  records(first: 100) { totalCount nodes { index sourceRecordId recordType outcome expression matchedBy truncated parent { index }
    issues { severity code field expression message suggestion causedBy }
    changes { field before after decision previousSource { submissionId programmeCode receivedAt } }
    links { change state rule says confidence record ${LINKED} otherRecord ${LINKED} }
    mappingReport { expression sourceField result recordType field reason } } }`;

const MODES = ["VALIDATE_ONLY", "COMMIT"] as const;
type Mode = (typeof MODES)[number];

/** Programmes of the demo organisation, in place of those of the samples. */
const localise = (payload: readonly Input[]): readonly Input[] =>
  JSON.parse(JSON.stringify(payload).replaceAll("N-CITY", "CR-VALLEY").replaceAll("N-HILL", "CR-HILL"));

const answerOf = (data: unknown, name: string): object => {
  const found: unknown = typeof data === "object" && data !== null ? Reflect.get(data, name) : null;
  if (typeof found !== "object" || found === null) throw new Error("the request was refused");
  return found;
};

async function submit(records: readonly Input[], mode: Mode): Promise<object> {
  const query = `mutation ($input: SubmitRecordsInput!) { submitRecords(input: $input) { ${SELECTION} } }`;
  const { data, text } = await submitter().gateway.gql("submitter", query, {
    input: { options: optionsOf("submitter", { mode }), records },
  });
  expect(data, text.slice(0, 500)).not.toBeNull();
  return answerOf(data, "submitRecords");
}

async function submitFile(content: string, mode: Mode): Promise<object> {
  const { gateway } = submitter();
  const uploadId = await upload(gateway, content, { fileName: "records.ndjson" });
  const { data } = await gateway.gql("submitter", SUBMIT_FILE, fileInput(uploadId, { mode }));
  const { id } = await watch(gateway, String(Reflect.get(answerOf(data, "submitFile"), "id")));
  const read = await gateway.gql("submitter", `query ($id: ID!) { submission(id: $id) { ${SELECTION} } }`, { id });
  return answerOf(read.data, "submission");
}

describe("a dry run over GraphQL", () => {
  it("reads as the commit after it, every field of it", async () => {
    let told = "";
    for (const [run, payload] of sampleColliding(RUNS, 2030).entries()) {
      const records = localise(payload);
      const dry = await submit(records, "VALIDATE_ONLY");
      const wet = await submit(records, "COMMIT");
      expect(comparableAnswer(dry), `run ${run}`).toBe(comparableAnswer(wet));
      told += comparableAnswer(wet);
    }
    for (const word of ["CREATED", "UPDATED", "REJECTED", "previousSource", '"change":"ARISES"', '"entered":1'])
      expect(told).toContain(word);
  });

  it("of a file reads as the commit of the file", async () => {
    for (const [run, payload] of sampleColliding(FILES, 2031).entries()) {
      const content = localise(payload)
        .map((record) => JSON.stringify(record))
        .join("\n");
      const dry = await submitFile(content, "VALIDATE_ONLY");
      const wet = await submitFile(content, "COMMIT");
      expect(comparableAnswer(dry), `file ${run}`).toBe(comparableAnswer(wet));
    }
  });

  it("is told apart from a commit in another state (control)", async () => {
    const recordsOf = (gender: string) => [
      { sourceRecordId: "control", patient: { hospitalNumber: "CONTROL", dateOfBirth: "1951-03-14", gender } },
    ];
    const dry = await submit(recordsOf("MALE"), "VALIDATE_ONLY");
    await submit(recordsOf("FEMALE"), "COMMIT");
    expect(comparableAnswer(await submit(recordsOf("MALE"), "COMMIT"))).not.toBe(comparableAnswer(dry));
  });
});
