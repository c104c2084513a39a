import { describe, expect, it } from "vitest";
import { gw10 } from "../../../schema/nacr/gw-1.0/index.ts";
import { sources } from "../../../schema/nacr/gw-1.0/sources.ts";
import { DEFAULT_DATASET_VERSION, DICTIONARIES } from "../../../schema/nacr/index.ts";
import { compileDictionary } from "../../../src/dataset/compile-dictionary.ts";
import { RECORD_TYPE_NAMES } from "../../../src/dataset/define.ts";
import { findListFaults, findSourceFaults, itemsOf } from "./dictionary-checks.ts";

const { recordTypes, codeLists, rules } = gw10;
const items = itemsOf(recordTypes);
const lists = new Set(codeLists.map(({ name }) => name));
const type = (name: string) => recordTypes.find((candidate) => candidate.name === name);

describe("record types", () => {
  it("are the nine of the dataset, parents before children", () => {
    expect(recordTypes.map(({ name }) => name)).toEqual(RECORD_TYPE_NAMES);
    const seen = new Set<string>();
    for (const { name, parent } of recordTypes) {
      if (parent !== null) expect(seen, name).toContain(parent);
      seen.add(name);
    }
  });

  it("are accepted by the kit that reads dictionaries", () => {
    expect(() => compileDictionary(gw10)).not.toThrow();
  });

  it("are refused by the kit where a list is missing", () => {
    expect(() => compileDictionary({ ...gw10, codeLists: codeLists.slice(1) })).toThrow();
  });

  it("have natural keys made of their own items", () => {
    for (const { name, naturalKey, items: own } of recordTypes)
      for (const key of naturalKey) expect(Object.keys(own), name).toContain(key);
    expect(type("INITIATING_EVENT")?.naturalKey).toEqual(["eventType", "eventDate"]);
    expect(type("ASSESSMENT")?.naturalKey).toEqual(["number"]);
  });

  it("belong to their programme from the rehabilitation down, and to the organisation above it", () => {
    const scoped = recordTypes.filter(({ programmeScoped }) => programmeScoped).map(({ name }) => name);
    expect(scoped).toEqual(["REHABILITATION", "ASSESSMENT", "DRUG", "ACUTE_EVENT"]);
  });

  it("are registered under the version that submissions claim by default", () => {
    expect(DICTIONARIES[DEFAULT_DATASET_VERSION]).toBe(gw10);
    for (const claimed of ["constructor", "gw-0.9"]) expect(DICTIONARIES[claimed], claimed).toBeUndefined();
  });
});

describe("items", () => {
  it("name a code list that exists exactly where they are coded, and every list is used", () => {
    expect(findListFaults(recordTypes, lists)).toEqual([]);
    expect([...lists].filter((name) => !items.some(({ item }) => item.list === name))).toEqual([]);
  });

  it("are found wrong where their list does not exist", () => {
    expect(findListFaults(recordTypes, new Set([...lists].filter((name) => name !== "Gender")))).toEqual(["PATIENT.gender"]);
  });

  it("are mandatory only where the decision on the mandatory set says so", () => {
    expect(items.filter(({ item }) => item.mandatory).map(({ path }) => path)).toEqual([
      "PATIENT.dateOfBirth",
      "PATIENT.gender",
      "INITIATING_EVENT.eventType",
      "INITIATING_EVENT.eventDate",
      "REHABILITATION.programmeCode",
      "ASSESSMENT.number",
      "ASSESSMENT.date",
    ]);
  });

  it("are identifying exactly where a person could be named by them", () => {
    expect(items.filter(({ item }) => item.identifying).map(({ path }) => path)).toEqual(
      [
        "nhsNumber",
        "hospitalNumber",
        "surname",
        "forename",
        "address",
        "postcode",
        "telephone",
        "dateOfBirth",
        "dateOfDeath",
      ].map((name) => `PATIENT.${name}`),
    );
  });

  it("have expected ranges inside the possible ones, and a unit beside every measured number", () => {
    for (const { path, item } of items) {
      if (item.expected && item.hard) {
        expect(item.expected[0], path).toBeGreaterThanOrEqual(item.hard[0]);
        expect(item.expected[1], path).toBeLessThanOrEqual(item.hard[1]);
      }
      if (item.kind === "decimal") expect(item.unit, path).toBeTruthy();
    }
  });

  it("reject by no limit that is unconfirmed", () => {
    expect(items.filter(({ item }) => item.status === "R" && item.hard !== undefined)).toEqual([]);
  });

  it("hold the nine COOP charts flat, and no item of the envelope", () => {
    expect(items.filter(({ name }) => name.startsWith("coop"))).toHaveLength(9);
    expect(items.filter(({ name }) => name === "sourceRecordId")).toEqual([]);
  });
});

describe("sources", () => {
  const texts = [...recordTypes, ...items.map(({ item }) => item), ...codeLists, ...rules].map(({ source }) => source);

  it("stand beside every record type, item, list and rule, and can be opened", () => {
    expect(findSourceFaults(texts, new Set(Object.keys(sources)))).toEqual([]);
  });

  it("are all named by something", () => {
    expect(Object.keys(sources).filter((key) => !texts.some((text) => text.includes(`[${key}]`)))).toEqual([]);
  });

  it("are found wrong where a text is empty or names a page nobody listed", () => {
    expect(findSourceFaults(["", "[FORM]", "[NOWHERE] page 2"], new Set(["FORM"]))).toEqual(["", "[NOWHERE] page 2"]);
  });
});
