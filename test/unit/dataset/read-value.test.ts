import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readValue } from "../../../src/dataset/read-value.ts";
import { dictionaryOf } from "../../../src/records/dictionaries.ts";
import { itemOf, tiny } from "./tiny-dictionary.ts";

const TODAY = "2026-11-21";
type Path = Parameters<typeof itemOf>[0];
const read = (path: Path, raw: unknown) => readValue(itemOf(path), raw, TODAY);
const stored = (path: Path, raw: unknown) => read(path, raw).value;
const problemOf = (path: Path, raw: unknown) => read(path, raw).problem?.code ?? null;
const warningsOf = (path: Path, raw: unknown) => read(path, raw).warnings.map((warning) => warning.code);

const allItems = tiny.recordTypes.flatMap((recordType) => recordType.items);

describe("values of every kind", () => {
  it("says nothing for absent, null and empty text, whatever the kind", () => {
    for (const item of allItems) {
      for (const raw of [undefined, null, "", "  \t "]) {
        expect(readValue(item, raw, TODAY)).toEqual({ value: null, problem: null, warnings: [] });
      }
    }
  });

  it("is total: any JSON gives a value, a problem or nothing, and never throws", () => {
    fc.assert(
      fc.property(fc.constantFrom(...allItems), fc.jsonValue(), (item, raw) => {
        const { value, problem } = readValue(item, raw, TODAY);
        expect(value === null || problem === null).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("reads back what it gave: a value is its own reading", () => {
    const texts = fc.oneof(
      fc.string(),
      fc.constantFrom("1. apple", "02/03/2026", "yo105dd", "7.0", "yes", "moved  AWAY", "2019"),
    );
    fc.assert(
      fc.property(fc.constantFrom(...allItems), fc.oneof(texts, fc.integer(), fc.boolean()), (item, raw) => {
        const first = readValue(item, raw, TODAY).value;
        if (first !== null) expect(readValue(item, first, TODAY).value).toEqual(first);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([{ a: 1 }, [], ["2026-01-01"], [1]])("refuses the shape %j for every scalar item", (raw) => {
    for (const item of allItems.filter((candidate) => candidate.kind !== "codes")) {
      expect(readValue(item, raw, TODAY).problem?.code).toBe("FORMAT_INVALID");
    }
  });

  it("never repeats what was sent for an identifying item", () => {
    const identifying = allItems.filter((item) => item.identifying === true);
    fc.assert(
      fc.property(
        fc.constantFrom(...identifying),
        fc.string({ unit: fc.constantFrom("q", "w", "7"), minLength: 6 }),
        (item, raw) => {
          const { problem, warnings } = readValue(item, raw, TODAY);
          expect(JSON.stringify([problem, warnings])).not.toContain(raw);
          expect(problem?.suggestion).toBeUndefined();
        },
      ),
    );
    expect(read("PATIENT.secretFruit", "Aple").problem).toEqual({ code: "CODE_UNKNOWN", params: { list: "Fruit" } });
  });
});

describe("dates", () => {
  it.each(["2026-02-31", "02/03/26", "2026-W10", "seven", 45_000, true, "1879-12-31", "0026-03-02", "03/13/2026"])(
    "cannot read %j",
    (raw) => {
      expect(problemOf("INITIATING_EVENT.eventDate", raw)).toBe("FORMAT_INVALID");
    },
  );

  it("accepts today and refuses tomorrow", () => {
    expect(stored("INITIATING_EVENT.eventDate", "2026-11-21")).toBe("2026-11-21");
    expect(problemOf("INITIATING_EVENT.eventDate", "22/11/2026")).toBe("DATE_IN_FUTURE");
  });

  it.each([
    ["2019", "2019"],
    [2019, "2019"],
    ["2019-03", "2019-03"],
    ["03/2019", "2019-03"],
    ["04/03/2019", "2019-03-04"],
    ["2026-11", "2026-11"],
  ])("keeps %j as exactly as it was stated", (raw, value) => {
    expect(stored("INITIATING_EVENT.onset", raw)).toBe(value);
  });

  it.each([
    ["2019-13", "FORMAT_INVALID"],
    [45_000, "FORMAT_INVALID"],
    ["1850", "FORMAT_INVALID"],
    ["19", "FORMAT_INVALID"],
    ["2026-12", "DATE_IN_FUTURE"],
    ["2027", "DATE_IN_FUTURE"],
  ])("answers the partial date %j with %s", (raw, code) => {
    expect(problemOf("INITIATING_EVENT.onset", raw)).toBe(code);
  });
});

describe("numbers", () => {
  it.each([
    "seven",
    "1,5",
    "1e2",
    "1e400",
    "0x1F",
    "Infinity",
    "NaN",
    "-",
    ".",
    "1.2.3",
    "82 kg",
    "٥٠",
    true,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    "9".repeat(400),
  ])("cannot read %j", (raw) => {
    expect(problemOf("INITIATING_EVENT.hba1cMmolMol", raw)).toBe("FORMAT_INVALID");
  });

  it("reads every plain decimal as the number it is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 15_000, max: 200_000 }), (thousandths) => {
        const number = thousandths / 1000;
        expect(stored("INITIATING_EVENT.hba1cMmolMol", number.toFixed(3))).toBe(number);
        expect(stored("INITIATING_EVENT.hba1cMmolMol", number)).toBe(number);
      }),
    );
  });

  it("takes whole numbers written with a zero fraction, and no other fraction", () => {
    expect([7, "7", "7.0", " +7 ", 7.0].map((raw) => stored("ASSESSMENT.moderateMinutesPerWeek", raw))).toEqual([7, 7, 7, 7, 7]);
    expect(problemOf("ASSESSMENT.moderateMinutesPerWeek", "7.5")).toBe("FORMAT_INVALID");
    expect(Object.is(stored("ASSESSMENT.moderateMinutesPerWeek", "-0"), 0)).toBe(true);
    expect(problemOf("ASSESSMENT.moderateMinutesPerWeek", 3e9)).toBe("FORMAT_INVALID");
  });

  it("rejects outside the hard range, warns outside the expected one, both inclusive", () => {
    expect(read("INITIATING_EVENT.hba1cMmolMol", 201).problem).toEqual({
      code: "OUT_OF_HARD_RANGE",
      params: { min: 15, max: 200, unit: "mmol/mol" },
    });
    expect([15, 25, 130, 200].map((limit) => stored("INITIATING_EVENT.hba1cMmolMol", limit))).toEqual([15, 25, 130, 200]);
    expect([25, 130].flatMap((limit) => warningsOf("INITIATING_EVENT.hba1cMmolMol", limit))).toEqual([]);
    expect(read("INITIATING_EVENT.hba1cMmolMol", 131).warnings).toEqual([
      { code: "OUT_OF_EXPECTED_RANGE", params: { min: 25, max: 130, unit: "mmol/mol" } },
    ]);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 300, noNaN: true }), (number) => {
        const { value, problem, warnings } = read("INITIATING_EVENT.hba1cMmolMol", number);
        expect(problem === null).toBe(number >= 15 && number <= 200);
        expect(value === null).toBe(problem !== null);
        expect(warnings.length === 0).toBe(problem !== null || (number >= 25 && number <= 130));
      }),
    );
  });

  it("warns of a value between two steps of the instrument", () => {
    expect(read("INITIATING_EVENT.walk", 345).warnings[0]?.params).toEqual({ min: 0, max: 1020, unit: "m in steps of 10" });
    expect(warningsOf("INITIATING_EVENT.walk", 340)).toEqual([]);
  });

  it("never rejects by a limit that nobody confirmed", () => {
    expect(read("INITIATING_EVENT.score", 7)).toMatchObject({
      value: 7,
      problem: null,
      warnings: [{ code: "OUT_OF_EXPECTED_RANGE" }],
    });
    expect(read("INITIATING_EVENT.score", 700)).toMatchObject({
      value: null,
      problem: null,
      warnings: [{ code: "OUT_OF_HARD_RANGE" }],
    });
    expect(read("INITIATING_EVENT.note", "too long")).toMatchObject({
      value: null,
      problem: null,
      warnings: [{ code: "LENGTH_EXCEEDED" }],
    });
  });
});

describe("codes", () => {
  it.each([
    "PEAR_COOKING",
    "pear_cooking",
    2,
    "2",
    "2. Pear (cooking)",
    "2 pear cooking",
    "Pear (cooking)",
    "PEAR-COOKING",
    " pear  cooking ",
  ])("reads %j as its option", (raw) => {
    expect(stored("PATIENT.favourite", raw)).toBe("PEAR_COOKING");
  });

  it.each(["02", "2.", "-1", "1.5", 1.5, "1. Banana", "A", "", "__proto__", "constructor"].filter((raw) => raw !== ""))(
    "does not read %j as an option",
    (raw) => {
      expect(problemOf("PATIENT.favourite", raw)).toBe("CODE_UNKNOWN");
    },
  );

  it("finds an option however case and punctuation vary", () => {
    const mangle = fc.array(fc.constantFrom("", " ", "-", "/", ".", "(", "_"), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(fc.constantFrom("Banana", "Pomme", "Unknown"), mangle, fc.boolean(), (label, gaps, upper) => {
        const written = [...label].map((letter, i) => letter + gaps[i]).join("");
        expect(stored("PATIENT.favourite", upper ? written.toUpperCase() : written)).toBe(
          label === "Pomme" ? "APPLE" : label.toUpperCase(),
        );
      }),
    );
  });

  it("suggests the label that was probably meant", () => {
    expect(read("PATIENT.favourite", "Pear (coking)").problem).toEqual({
      code: "CODE_UNKNOWN",
      params: { list: "Fruit" },
      suggestion: "Pear (cooking)",
    });
    expect(read("PATIENT.favourite", "Broken heart").problem?.suggestion).toBeUndefined();
  });

  it("spends nothing on long garbage", () => {
    const garbage = "apple ".repeat(1_000_000);
    const started = performance.now();
    for (let i = 0; i < 100; i += 1) expect(problemOf("PATIENT.favourite", garbage)).toBe("CODE_UNKNOWN");
    expect(performance.now() - started).toBeLessThan(500);
  });

  it("takes a boolean for Yes and No, and for no other list", () => {
    expect([true, false, "TRUE"].map((raw) => stored("INITIATING_EVENT.activity150", raw))).toEqual(["YES", "NO", "YES"]);
    expect(problemOf("PATIENT.favourite", true)).toBe("CODE_UNKNOWN");
  });

  it("never rejects in an open or unconfirmed list", () => {
    expect(read("INITIATING_EVENT.reason", "Moved awy")).toMatchObject({
      value: "OTHER",
      problem: null,
      warnings: [{ code: "CODE_UNKNOWN", suggestion: "Moved away" }],
    });
    expect(read("INITIATING_EVENT.doubtful", "nonsense")).toMatchObject({
      value: null,
      problem: null,
      warnings: [{ code: "CODE_UNKNOWN" }],
    });
  });

  it("reads sets from arrays and from text, sorted and distinct", () => {
    expect(stored("INITIATING_EVENT.fruits", "banana; 1 ;Apple;")).toEqual(["APPLE", "BANANA"]);
    expect(stored("INITIATING_EVENT.fruits", ["Banana", 1, null, "banana"])).toEqual(["APPLE", "BANANA"]);
    expect(read("INITIATING_EVENT.fruits", [])).toEqual({ value: null, problem: null, warnings: [] });
    expect(problemOf("INITIATING_EVENT.fruits", ["Apple", "Stone"])).toBe("CODE_UNKNOWN");
    expect(problemOf("INITIATING_EVENT.fruits", ["Apple", { key: "APPLE" }])).toBe("FORMAT_INVALID");
    expect(problemOf("INITIATING_EVENT.fruits", new Array(501).fill("Apple"))).toBe("FORMAT_INVALID");
    expect(read("INITIATING_EVENT.parts", "Exercise;Dancing;Singing")).toMatchObject({
      value: ["EXERCISE"],
      warnings: [{ code: "CODE_UNKNOWN" }],
    });
    expect(read("INITIATING_EVENT.parts", "Dancing")).toMatchObject({
      value: null,
      problem: null,
      warnings: [{ code: "CODE_UNKNOWN" }],
    });
  });
});

describe("texts", () => {
  it("keeps numbers and booleans as text, trimmed and in normal form", () => {
    expect([12345, true, " A1 ", "e\u0301"].map((raw) => stored("PATIENT.hospitalNumber", raw))).toEqual([
      "12345",
      "true",
      "A1",
      "é",
    ]);
  });

  it.each(["a\u0000b", "a\nb", "a\u0085b", "\u007Fa", "a\uD800"])("refuses control characters and half characters: %j", (raw) => {
    expect(problemOf("PATIENT.hospitalNumber", `x${raw}x`)).toBe("FORMAT_INVALID");
  });

  it("counts characters, not code units", () => {
    expect(stored("PATIENT.hospitalNumber", "😀".repeat(10))).toBe("😀".repeat(10));
    expect(read("PATIENT.hospitalNumber", "😀".repeat(11)).problem).toEqual({ code: "LENGTH_EXCEEDED", params: { max: 10 } });
    expect(problemOf("PATIENT.hospitalNumber", "x".repeat(10_000_000))).toBe("LENGTH_EXCEEDED");
  });

  it.each([
    ["yo105dd", "YO10 5DD"],
    ["M1 1AE", "M1 1AE"],
    [" sw1a  2aa ", "SW1A 2AA"],
  ])("writes the postcode %j as %s", (raw, value) => {
    expect(stored("PATIENT.postcode", raw)).toBe(value);
  });

  it.each(["tba", "TBC", "N/A", "na", "No", "not valid"])("judges the postcode word %j", (raw) => {
    expect(problemOf("PATIENT.postcode", raw)).toBe(raw === "not valid" ? "FORMAT_INVALID" : null);
    expect(stored("PATIENT.postcode", raw)).toBeNull();
  });

  it("asks organisation codes for their pattern, and practice codes for none", () => {
    expect(stored("INITIATING_EVENT.trust", "rcb00")).toBe("RCB00");
    expect(problemOf("INITIATING_EVENT.trust", "York Hospital")).toBe("FORMAT_INVALID");
    expect(stored("PATIENT.practice", "anything")).toBe("ANYTHING");
  });

  it("reads yes and no in the forms files have", () => {
    expect([true, "Yes", "y", 1, "TRUE"].map((raw) => stored("PATIENT.objects", raw))).toEqual([true, true, true, true, true]);
    expect([false, "no", "N", "0"].map((raw) => stored("PATIENT.objects", raw))).toEqual([false, false, false, false]);
    expect([2, "maybe", -1].map((raw) => problemOf("PATIENT.objects", raw))).toEqual([
      "FORMAT_INVALID",
      "FORMAT_INVALID",
      "FORMAT_INVALID",
    ]);
  });

  it("warns of a number of the test range, and keeps it", () => {
    expect(read("PATIENT.nhsNumber", "999 000 0018")).toMatchObject({
      value: "9990000018",
      warnings: [{ code: "NHS_NUMBER_TEST_RANGE" }],
    });
    expect(stored("PATIENT.nhsNumber", 9434765919)).toBe("9434765919");
  });
});

describe("the dictionary in service", () => {
  const dictionary = dictionaryOf("gw-1.0");

  it("reads every option of every list by key, code, label, code and label, and alias", () => {
    const coded = dictionary?.recordTypes.flatMap((recordType) => recordType.items).filter((item) => item.kind === "code") ?? [];
    expect(coded.length).toBeGreaterThan(15);
    for (const item of coded) {
      for (const option of item.compiledList?.list.options ?? []) {
        const forms = [option.key, option.code, option.label, `${option.code}. ${option.label}`, ...(option.aliases ?? [])];
        for (const form of forms)
          expect([item.name, form, readValue(item, form, TODAY).value]).toEqual([item.name, form, option.key]);
      }
    }
  });

  it("knows no version that is not in service", () => {
    expect(dictionaryOf("gw-0.9")).toBeNull();
    expect(dictionaryOf("constructor")).toBeNull();
    expect(dictionaryOf("gw-1.0")).toBe(dictionary);
  });
});
