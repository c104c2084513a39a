import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gatherPersons } from "../../../src/episodes/gather-persons.ts";
import { judgePersons, type PersonKeys, readDigest } from "../../../src/episodes/judge-persons.ts";
import { PERSON_RULES, readPersonRules } from "../../../src/episodes/person-rules.ts";

const digestOf = (text: string) => readDigest(createHmac("sha256", "test").update(text).digest("hex"));
const optional = (text: string | null | undefined) => (text === null || text === undefined ? null : digestOf(text));

interface Stated {
  readonly number?: string;
  readonly formerly?: readonly string[];
  readonly born?: string;
  readonly name?: string;
}
const patient = (id: string, { number, formerly = [], born, name }: Stated): PersonKeys => ({
  ods: `T${id}`,
  id,
  nhsNumber: optional(number),
  formerNhsNumbers: formerly.map(digestOf),
  dateOfBirth: optional(born),
  nameAndPostcode: optional(name),
});

const known = { number: "n1", born: "d1", name: "x" };
const judge = (a: Stated, b: Stated) => judgePersons(patient("A", a), patient("B", b), PERSON_RULES);

describe("judging two patients", () => {
  it.each<[string, string, string, Stated]>([
    ["the same number and date of birth", "LINK", "SAME_NUMBER_SAME_BIRTH", { number: "n1", born: "d1" }],
    ["a number that was replaced", "LINK", "SUPERSEDED_NUMBER_SAME_BIRTH", { number: "n2", formerly: ["n1"], born: "d1" }],
    ["the same number, born on another day", "CONFLICT", "SAME_NUMBER_OTHER_BIRTH", { number: "n1", born: "d2" }],
    [
      "a replaced number, born on another day",
      "CONFLICT",
      "SAME_NUMBER_OTHER_BIRTH",
      { number: "n2", formerly: ["n1"], born: "d2" },
    ],
    ["a conflict, whatever the name says", "CONFLICT", "SAME_NUMBER_OTHER_BIRTH", { number: "n1", born: "d2", name: "x" }],
    ["the number alone", "PROPOSE", "SAME_NUMBER_BIRTH_UNKNOWN", { number: "n1" }],
    ["name and postcode alone", "PROPOSE", "SAME_NAME_AND_POSTCODE", { name: "x" }],
    ["name, postcode and date of birth", "PROPOSE", "SAME_NAME_AND_POSTCODE", { born: "d1", name: "x" }],
    ["another number, the rest the same", "PROPOSE", "SAME_NAME_AND_POSTCODE", { number: "n9", born: "d1", name: "x" }],
  ])("of %s says %s by the rule %s", (_, action, rule, other) => {
    expect(judge(known, other)).toMatchObject({ action, rule });
  });

  it.each<[string, Stated]>([
    ["the date of birth alone", { born: "d1" }],
    ["name and postcode of somebody born on another day", { born: "d2", name: "x" }],
    ["nothing known", {}],
  ])("says nothing of %s", (_, other) => {
    expect(judge(known, other)).toBeNull();
  });

  it("does not take two unknowns for the same", () => {
    expect(judge({}, {})).toBeNull();
  });

  it("says the same whichever comes first, and nothing of a patient and itself", () => {
    const part = (...texts: readonly string[]) => fc.option(fc.constantFrom(...texts), { nil: undefined });
    const any = fc.record({
      number: part("n1", "n2"),
      formerly: fc.subarray(["n1", "n2"]),
      born: part("d1", "d2"),
      name: part("x", "y"),
    });
    const toStated = ({ number, formerly, born, name }: { [K in keyof Stated]: Stated[K] | undefined }): Stated => ({
      ...(number === undefined ? {} : { number }),
      ...(formerly === undefined ? {} : { formerly }),
      ...(born === undefined ? {} : { born }),
      ...(name === undefined ? {} : { name }),
    });
    fc.assert(
      fc.property(any.map(toStated), any.map(toStated), (one, other) => {
        const [a, b] = [patient("A", one), patient("B", other)];
        expect(judgePersons(a, b, PERSON_RULES)).toEqual(judgePersons(b, a, PERSON_RULES));
        expect(judgePersons(a, a, PERSON_RULES)).toBeNull();
      }),
    );
  });

  it.each(["9434765919", "1950-01-31", "Smith", digestOf("n1").toUpperCase(), ""])(
    "lets nothing in that is no digest, and does not repeat it: %#",
    (text) => {
      expect(() => readDigest(text)).toThrow(/^not a digest$/);
    },
  );
});

describe("gathering patients", () => {
  const gather = (...patients: readonly PersonKeys[]) => gatherPersons(patients, [], PERSON_RULES);
  const idsOf = ({ groups }: ReturnType<typeof gather>) => groups.map(({ members }) => members.map(({ id }) => id).join(""));

  it("makes one person of all who share a number and a date of birth, now or formerly", () => {
    const renumbered = patient("C", { number: "n2", formerly: ["n1"], born: "d1" });
    const gathered = gather(patient("A", known), patient("B", { number: "n2", born: "d1" }), renumbered);
    expect(idsOf(gathered)).toEqual(["ABC"]);
  });

  it("keeps identities in conflict apart, also through a third, and names the pairs", () => {
    // Both rules hold between A and C, and C and B; A and B contradict each other.
    const between = patient("C", { number: "n2", formerly: ["n1", "n3"], born: "d1" });
    const gathered = gather(patient("A", known), patient("B", { number: "n1", born: "d2" }), between);
    expect(idsOf(gathered)).toEqual(["AC", "B"]);
    expect(gathered.barred.map(({ a, b }) => `${a.id}${b.id}`)).toEqual(["AB", "BC"]);
    expect(gathered.proposals).toEqual([]);
  });
});

describe("the person rules", () => {
  it("in force are valid", () => {
    expect(readPersonRules(PERSON_RULES).problems).toBeUndefined();
  });

  it.each([
    [{ dateOfBirth: ["SAME"], nameAndPostcode: "SAME" }],
    [{ nhsNumber: ["SAME", "UNKNOWN"], dateOfBirth: ["SAME"] }],
    [{ nhsNumber: ["SAME"], dateOfBirth: ["SAME", "UNKNOWN"] }],
  ])("are refused where one would link without number and date of birth: %#", (when) => {
    const [rule] = PERSON_RULES;
    expect(readPersonRules([{ ...rule, when }]).problems?.join()).toContain("links without number and birth");
  });
});
