/** Whoever holds the extracts of two agreements over one cut joins no row of the one to a row of the other. */
import { createHmac } from "node:crypto";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { generateCutJourneys } from "../../../../src/population/generate-population.ts";
import { dictionaryOf, LATEST_DATASET_VERSION } from "../../../../src/records/dictionaries.ts";
import type { CutJourney } from "../../../../src/statistics/cut-journey.ts";
import { EXTRACT_FIELDS } from "../../../../src/statistics/extracts/extract-groups.ts";
import { type AgreementMac, createIdentify } from "../../../../src/statistics/extracts/extract-ids.ts";
import { FileSink } from "../../../../src/statistics/extracts/file-sink.ts";
import { writeRecords } from "../../../../src/statistics/extracts/write-records.ts";

const dictionary = dictionaryOf(LATEST_DATASET_VERSION);
if (dictionary === null) throw new Error("the dictionary is in service");
const JOURNEYS = [...generateCutJourneys({ seed: 21, journeys: 600 })];
const keyed =
  (key: string): AgreementMac =>
  (text) =>
    createHmac("sha256", key).update(text).digest("hex");
const [ONE, OTHER] = [keyed("one agreement"), keyed("another agreement")];
/** The fault that is looked for: the national pseudonym handed out, under which every agreement has the same. */
const unkeyed: AgreementMac = (text) => Buffer.from(text.split("/")[1] ?? "").toString("hex");

type Rows = readonly Readonly<Record<string, string>>[];

async function extractOf(mac: AgreementMac, journeys: readonly CutJourney[] = JOURNEYS): Promise<ReadonlyMap<string, Rows>> {
  const pieces = new Map<string, Uint8Array[]>();
  await writeRecords({
    ...{ mac, fields: EXTRACT_FIELDS, format: "CSV", dictionary: dictionary ?? never(), sawPatient: () => undefined },
    read: async function* () {
      yield* journeys;
    },
    openFile: (name) => new FileSink(name, async ({ bytes }) => void pieces.set(name, [...(pieces.get(name) ?? []), bytes])),
    // Several readings.
    journeysInMemory: 150,
  });
  pieces.delete("data_dictionary.csv");
  return new Map([...pieces].map(([name, bytes]) => [name, parse(Buffer.concat(bytes), { columns: true })]));
}
const never = (): never => {
  throw new Error("the dictionary is in service");
};

/** A column that tells rows or persons apart: half of its cells at least are different. */
function tellingColumns(files: ReadonlyMap<string, Rows>): ReadonlyMap<string, ReadonlySet<string>> {
  const journeys = files.get("journey.csv") ?? [];
  return new Map(
    Object.keys(journeys[0] ?? {}).flatMap((name) => {
      const values = new Set(journeys.map((row) => row[name] ?? ""));
      return values.size > journeys.length / 2 ? [[name, values] as const] : [];
    }),
  );
}

/** Names of columns of both that share a value by which a row could be found again. */
function findJoins(one: ReadonlyMap<string, Rows>, other: ReadonlyMap<string, Rows>): readonly string[] {
  const theirs = tellingColumns(other);
  return [...tellingColumns(one)].flatMap(([name, values]) =>
    [...theirs].flatMap(([theirName, theirValues]) =>
      [...values].some((value) => theirValues.has(value)) ? [`${name}=${theirName}`] : [],
    ),
  );
}

/** Spearman's, of the places that the same journeys have in two orders. */
function correlationOf(one: readonly string[], other: readonly string[]): number {
  const places = new Map(other.map((key, place) => [key, place]));
  const n = one.length;
  const squares = one.reduce((sum, key, place) => sum + (place - (places.get(key) ?? 0)) ** 2, 0);
  return 1 - (6 * squares) / (n * (n * n - 1));
}

/** Journeys, by their place in the cut, in the order of an extract. */
function orderOf(mac: AgreementMac, files: ReadonlyMap<string, Rows>): readonly string[] {
  const identify = createIdentify(mac);
  const placeOf = new Map(JOURNEYS.map((journey, place) => [identify(journey).journeyId, String(place)]));
  return (files.get("journey.csv") ?? []).map(({ journeyId = "" }) => placeOf.get(journeyId) ?? "");
}

describe("extracts of two agreements over one cut", () => {
  it("share no value that finds a row again, and so do extracts of one agreement with themselves only (control)", async () => {
    const [one, other] = [await extractOf(ONE), await extractOf(OTHER)];
    expect([...tellingColumns(one).keys()]).toEqual(["patientId", "journeyId"]);
    expect(findJoins(one, other)).toEqual([]);
    expect(findJoins(one, await extractOf(ONE))).toEqual(["patientId=patientId", "journeyId=journeyId"]);
  });

  it("would be joined by the national pseudonym (control)", async () => {
    const handedOut: AgreementMac = (text) => `${unkeyed(text).slice(0, 24)}${ONE(text).slice(0, 8)}`;
    const also: AgreementMac = (text) => `${unkeyed(text).slice(0, 24)}${OTHER(text).slice(0, 8)}`;
    const prefixed = (files: ReadonlyMap<string, Rows>) =>
      new Map(
        [...files].map(([name, rows]) => [name, rows.map((row) => ({ ...row, patientId: (row.patientId ?? "").slice(0, 24) }))]),
      );
    const joins = findJoins(prefixed(await extractOf(handedOut)), prefixed(await extractOf(also)));
    expect(joins).toContain("patientId=patientId");
  });

  it("have nothing of the national pseudonym in them, nor of the cut's numbers", async () => {
    const text = JSON.stringify([...(await extractOf(ONE))]);
    for (const { row } of JOURNEYS) expect(text).not.toContain(row.pseudonym.slice(0, 16));
  });

  it("stand in orders that say nothing of each other, nor of the cut's (a cut's order does: control)", async () => {
    const [one, other] = [orderOf(ONE, await extractOf(ONE)), orderOf(OTHER, await extractOf(OTHER))];
    const national = JOURNEYS.map((_, place) => String(place));
    expect(one).toHaveLength(JOURNEYS.length);
    // Of 600 journeys in random order: beyond 0.2 once in a million.
    expect(Math.abs(correlationOf(one, other))).toBeLessThan(0.2);
    expect(Math.abs(correlationOf(one, national))).toBeLessThan(0.2);
    expect(correlationOf(national, national)).toBe(1);
  });

  it("keep a person and a journey under one id in every extract of an agreement, whatever else is in the cut", async () => {
    const known = new Map((await extractOf(ONE)).get("journey.csv")?.map((row) => [row.journeyId, row.patientId]));
    const later = (await extractOf(ONE, JOURNEYS.slice(200).toReversed())).get("journey.csv") ?? [];
    expect(later.length).toBeGreaterThan(300);
    for (const { journeyId, patientId } of later) expect(known.get(journeyId)).toBe(patientId);
  });
});
