import { beforeAll, describe, expect, it } from "vitest";
import { createStubExchange } from "../../../src/sources/opt-out/stub-exchange.ts";
import { city, NORTH, provideBench } from "../submission/submission-bench.ts";
import { type ConsentBench, createConsentBench, nhsNumberAt } from "./consent-bench.ts";

const bench = provideBench();
let consent: ConsentBench;
let ids: readonly string[] = [];

const NUMBERS = [1, 2, 3, 4].map(nhsNumberAt);
const [USABLE = "", OPTED_OUT = ""] = NUMBERS;

/** Why each patient is withheld, in the order of the numbers; then the one without a number. */
const reasons = async (...terms: [("SUBMISSION" | "RELEASE")?, ("SUBMISSION" | "RELEASE" | "BOTH" | "NONE")?]) => {
  const withheld = await consent.judge(
    ids.map((patientId) => ({ ods: NORTH, patientId })),
    ...terms,
  );
  return ids.map((id) => withheld.get(`${NORTH}/${id}`) ?? null);
};

const move = (nation: string) =>
  bench().test.query("update public.organisation set nation = $1 where ods_code = $2", [nation, NORTH]);

beforeAll(async () => {
  consent = await createConsentBench(bench().stores, bench().now);
  const patients = NUMBERS.map((nhsNumber) => ({
    sourceRecordId: nhsNumber,
    patient: { nhsNumber, dateOfBirth: "1950-03-02", gender: "MALE" },
  }));
  const nameless = { sourceRecordId: "x", patient: { hospitalNumber: "H-1", dateOfBirth: "1950-03-02", gender: "MALE" } };
  const sent = await bench().send(city, [...patients, nameless]);
  ids = sent.results.map(({ recordId }) => recordId ?? "");
});

describe("the gate to the national side", () => {
  it("lets nothing of England and Wales through without section 251 support in force, and asks Northern Ireland for none", async () => {
    expect(new Set(await reasons())).toEqual(new Set(["NO_SECTION_251"]));
    await move("NORTHERN_IRELAND");
    expect(new Set(await reasons())).toEqual(new Set([null]));
    await move("WALES");
    expect(new Set(await reasons())).toEqual(new Set(["NO_SECTION_251"]));
    await consent.support();
    expect(new Set(await reasons())).toEqual(new Set([null]));
    await move("ENGLAND");
    consent.now = "2027-01-01T00:00:00.000Z";
    expect(new Set(await reasons())).toEqual(new Set(["NO_SECTION_251"]));
    consent.now = bench().now;
  });

  it("withholds everybody of England of whom the check has not answered", async () => {
    expect(new Set(await reasons())).toEqual(new Set(["OPT_OUT_UNKNOWN"]));
  });

  it("lets through whom the check lets be used, until the answer expires", async () => {
    const check = consent.check(createStubExchange((number) => number === OPTED_OUT));
    expect(await check.work()).toEqual({ asked: 4, accepted: 1, refused: 0, lapsed: 0 });
    expect(await reasons()).toEqual([null, "OPT_OUT", null, null, "OPT_OUT_UNKNOWN"]);
    expect(await check.work()).toMatchObject({ asked: 0 });
    consent.now = "2026-07-06T10:00:00.000Z";
    expect(await reasons()).toEqual([null, "OPT_OUT", null, null, "OPT_OUT_UNKNOWN"]);
    consent.now = "2026-07-07T09:00:00.000Z";
    expect(new Set(await reasons())).toEqual(new Set(["OPT_OUT_UNKNOWN"]));
    consent.now = "2026-07-06T10:00:00.000Z";
    // A day before it expires the next answer is asked for, and the patient may have changed his mind.
    expect(await consent.check(createStubExchange(() => false)).work()).toMatchObject({ asked: 4, accepted: 1 });
    expect(await reasons()).toEqual([null, null, null, null, "OPT_OUT_UNKNOWN"]);
    consent.now = bench().now;
  });

  it("asks for the opt-out where the policy says so", async () => {
    consent.now = "2026-08-01T00:00:00.000Z";
    const unknown = async (...terms: Parameters<typeof reasons>) => (await reasons(...terms))[0] === "OPT_OUT_UNKNOWN";
    const table = [];
    for (const applyAt of ["SUBMISSION", "RELEASE", "BOTH", "NONE"] as const)
      table.push([applyAt, await unknown("SUBMISSION", applyAt), await unknown("RELEASE", applyAt)]);
    consent.now = bench().now;
    expect(table).toEqual([
      ["SUBMISSION", true, false],
      ["RELEASE", false, true],
      ["BOTH", true, true],
      ["NONE", false, false],
    ]);
  });

  it("takes an answer as a whole or not at all: one with numbers nobody asked about, one that comes twice, and one that is late count for nothing", async () => {
    consent.now = "2026-09-01T00:00:00.000Z";
    const ask = async () => {
      const question = await consent.optOuts.ask(NORTH, consent.now, consent.now);
      if (question === null) throw new Error("nobody is to be asked about");
      return question;
    };
    const settle = (reference: string, nhsNumbers: readonly string[] | null) =>
      consent.optOuts.settle({ ods: null, which: { reference }, nhsNumbers, at: consent.now, actor: null });

    const first = await ask();
    expect(await consent.optOuts.ask(NORTH, consent.now, consent.now)).toBeNull();
    expect(await settle(first.reference, [USABLE, nhsNumberAt(99)])).toEqual({ accepted: false, refusal: "NEVER_ASKED" });
    expect(await settle(first.reference, [USABLE])).toEqual({ accepted: false, refusal: "SETTLED" });
    const second = await ask();
    expect(await settle(second.reference, null)).toEqual({ accepted: false, refusal: "UNREADABLE" });
    const third = await ask();
    consent.now = "2026-09-03T00:00:01.000Z";
    expect(await settle(third.reference, [USABLE])).toEqual({ accepted: false, refusal: "LATE" });
    expect(await settle("NACR0000000000000000", [USABLE])).toEqual({ accepted: false, refusal: "UNKNOWN_REQUEST" });
    expect(new Set(await reasons())).toEqual(new Set(["OPT_OUT_UNKNOWN"]));
    const fourth = await ask();
    expect(await settle(fourth.reference, [USABLE])).toEqual({ accepted: true });
    expect(await reasons()).toEqual([null, "OPT_OUT", "OPT_OUT", "OPT_OUT", "OPT_OUT_UNKNOWN"]);
    consent.now = bench().now;
  });

  it("keeps answers where no join finds whose they are", async () => {
    const joined = await bench().test.query(
      "select 1 from consent.opt_out_answer a join identity.patient_identity i on a.key in (i.nhs_hmac, i.hospital_hmac, i.dob_hmac)",
    );
    expect(joined).toEqual([]);
    expect(await bench().count("consent.opt_out_answer")).toBeGreaterThan(0);
  });
});

describe("the answer of a submission", () => {
  const answers = async (optedOut: boolean, run: number) => {
    const number = nhsNumberAt(500 + run);
    const record = (more = {}) => ({
      sourceRecordId: `run-${run}`,
      patient: { nhsNumber: number, dateOfBirth: "1950-03-02", gender: "MALE", ...more },
    });
    const created = await bench().send(city, [record()]);
    await consent.check(createStubExchange(() => optedOut)).work();
    const preview = await bench().send(city, [record({ gender: "FEMALE" })], { mode: "VALIDATE_ONLY", idempotencyKey: null });
    const updated = await bench().send(city, [record({ gender: "FEMALE" })]);
    const texts = [preview, updated].map(({ header, results }) =>
      JSON.stringify([header.counts, header.outcome, header.issueGroups, results]),
    );
    const patientId = created.only("PATIENT").recordId ?? "";
    const withheld = await consent.judge([{ ods: NORTH, patientId }]);
    const same = (text: string) =>
      text
        .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "id")
        .replaceAll(`run-${run}`, "run")
        .replaceAll(number, "number");
    return { bytes: texts.map(same), reason: withheld.get(`${NORTH}/${patientId}`) ?? null };
  };

  it("is byte for byte the same whether the patient opted out or not", async () => {
    const [used, withheld] = [await answers(false, 1), await answers(true, 2)];
    expect([used.reason, withheld.reason]).toEqual([null, "OPT_OUT"]);
    expect(withheld.bytes).toEqual(used.bytes);
  });
});
