/** The same patients sent under both versions, in either order: one state. */
import { describe, expect, it } from "vitest";
import { samplePatientRecord } from "../../../src/dataset/sample-records.ts";
import { dictionaryOf } from "../../../src/records/dictionaries.ts";
import { city, provideBench } from "./submission-bench.ts";

const PATIENTS = 20;
const bench = provideBench();
/** Written by hand from the decisions, not from the conversion. */
const NEW_WORDS: Readonly<Record<string, string>> = {
  PRIVATE_HOSPITAL: "INDEPENDENT_HOSPITAL",
  BMI_HOSPITAL: "INDEPENDENT_HOSPITAL",
};
const SOURCES = ["PRIVATE_HOSPITAL", "BMI_HOSPITAL", "GP", "UNKNOWN"];

/** In the words of gw-1.0; in each of them the referral came from another place. */
function samplesFrom(first: number): readonly unknown[] {
  const dictionary = dictionaryOf("gw-1.0");
  if (dictionary === null) throw new Error("gw-1.0 is in service");
  return Array.from({ length: PATIENTS }, (_, at) =>
    JSON.parse(JSON.stringify(samplePatientRecord(dictionary, first + at)), (key, value) =>
      key === "referralSource" ? SOURCES[at % SOURCES.length] : value,
    ),
  );
}
const inNewWords = (records: readonly unknown[]): readonly unknown[] =>
  JSON.parse(JSON.stringify(records), (_, value) => (typeof value === "string" ? (NEW_WORDS[value] ?? value) : value));

describe("patients sent under gw-1.0 and gw-1.1", () => {
  it.each([
    { first: 1_000, order: ["gw-1.0", "gw-1.1"] },
    { first: 2_000, order: ["gw-1.1", "gw-1.0"] },
  ])("are stored once: under $order the second changes nothing", async ({ first, order }) => {
    const records = samplesFrom(first);
    const outcomes: Set<string>[] = [];
    for (const datasetVersion of order) {
      const sent = await bench().send(city, datasetVersion === "gw-1.0" ? records : inNewWords(records), { datasetVersion });
      outcomes.push(new Set(sent.outcomes.map((outcome) => outcome.split(" ")[1] ?? "")));
    }
    expect(outcomes).toEqual([new Set(["CREATED"]), new Set(["UNCHANGED"])]);
  });

  it("would be found changed were gw-1.0 stored in its own words (control)", async () => {
    const stored = await bench().test.query("select distinct referral_source as source from initiating_event order by 1");
    expect(stored.map(({ source }) => source)).toEqual(["GP", "INDEPENDENT_HOSPITAL", "UNKNOWN"]);
    const [record] = samplesFrom(1_000);
    const elsewhere = JSON.parse(JSON.stringify(record), (key, value) => (key === "referralSource" ? "NHS_TRUST" : value));
    expect((await bench().send(city, [elsewhere])).outcomes).toContain("INITIATING_EVENT UPDATED");
  });
});
