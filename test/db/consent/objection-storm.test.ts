/** D7: a thousand people object and change their minds at random moments, while their records are sent again and again. */
import { beforeAll, describe, expect, it } from "vitest";
import { city, coast, NORTH, provideBench, SOUTH } from "../submission/submission-bench.ts";
import { type ConsentBench, createConsentBench, nhsNumberAt, teamOf } from "./consent-bench.ts";

const PEOPLE = 1_000;
const ROUNDS = 8;
const WITHDRAWALS_A_ROUND = 5;

const bench = provideBench();
let consent: ConsentBench;
/** Of each organisation, by number. */
const patients = new Map<string, string>();
const keyOf = (ods: string, number: string): string => `${ods} ${number}`;

/** The same numbers in each run. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}
const random = createRandom(7);
const everybody = Array.from({ length: PEOPLE }, (_, index) => nhsNumberAt(index));
/** In each round another part of them objects. */
const shuffled = everybody
  .map((number) => ({ number, place: random(PEOPLE * PEOPLE) }))
  .sort((a, b) => a.place - b.place)
  .map(({ number }) => number);
const some = (count: number): readonly string[] => {
  const from = random(PEOPLE - count);
  return everybody.slice(from, from + count);
};

async function send(actor: typeof city, numbers: readonly string[], more: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const gender = random(2) === 0 ? "MALE" : "FEMALE";
  const records = numbers.map((nhsNumber) => ({
    sourceRecordId: nhsNumber,
    patient: { nhsNumber, dateOfBirth: "1950-03-02", gender, ...more },
  }));
  const { results } = await bench().send(actor, records);
  for (const [index, { recordId }] of results.entries())
    if (recordId !== null) patients.set(keyOf(actor.ods, numbers[index] ?? ""), recordId);
}

/** Numbers that the gate lets through although they are to be withheld, and the other way round, of both organisations. */
async function misjudged(objected: ReadonlySet<string>): Promise<{ readonly through: number; readonly held: number }> {
  const stored = everybody.flatMap((number) =>
    [NORTH, SOUTH].flatMap((ods) => {
      const patientId = patients.get(keyOf(ods, number));
      return patientId === undefined ? [] : [{ ods, patientId, number }];
    }),
  );
  const withheld = await consent.judge(stored, "RELEASE", "NONE");
  const isHeld = ({ ods, patientId }: { readonly ods: string; readonly patientId: string }) =>
    withheld.has(`${ods}/${patientId}`);
  return {
    through: stored.filter((one) => objected.has(one.number) && !isHeld(one)).length,
    held: stored.filter((one) => !objected.has(one.number) && isHeld(one)).length,
  };
}

beforeAll(async () => {
  consent = await createConsentBench(bench().stores, bench().now);
  await consent.support();
  for (let from = 0; from < PEOPLE; from += 500) await send(city, everybody.slice(from, from + 500));
  await send(coast, everybody.slice(0, 500));
}, 120_000);

const team = teamOf(city);

async function sayByHand(number: string): Promise<void> {
  const about = { patient: { nhsNumber: number }, scope: "NATIONAL", reason: null, statedOn: null } as const;
  await consent.objections.record({ actor: team, ...about });
}

/** @returns who changed their minds */
async function withdrawSome(): Promise<readonly string[]> {
  const standing = await bench().test.query(
    `select o.id::text as id, encode(s.digest, 'hex') as digest from consent.objection o
     join consent.subject s on s.objection_id = o.id and s.kind = 'NHS' where o.withdrawn_at is null`,
  );
  const link = await bench().stores.keys.link();
  const numberOf = new Map(everybody.map((number) => [link.mac("nhs", number), number]));
  const withdrawn: string[] = [];
  for (let count = 0; count < WITHDRAWALS_A_ROUND; count++) {
    const one = standing[random(standing.length)];
    await consent.objections.withdraw(team, String(one?.id), "changed their mind");
    withdrawn.push(numberOf.get(String(one?.digest)) ?? "");
  }
  return withdrawn;
}

describe("a thousand people", () => {
  it("are let through never while they object, whatever is sent of them and by whom, and again when they do not", async () => {
    const objected = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      const objecting = shuffled.slice((round * PEOPLE) / ROUNDS, ((round + 1) * PEOPLE) / ROUNDS);
      await send(city, objecting, { auditObjection: true });
      const spoken = everybody[random(PEOPLE)] ?? "";
      await sayByHand(spoken);
      for (const number of [...objecting, spoken]) objected.add(number);
      await send(random(2) === 0 ? city : coast, some(80), { auditObjection: random(2) === 0 ? false : null });
      expect(await misjudged(objected)).toEqual({ through: 0, held: 0 });
      for (const number of await withdrawSome()) objected.delete(number);
      expect(await misjudged(objected)).toEqual({ through: 0, held: 0 });
    }
    expect(objected.size).toBeGreaterThanOrEqual(PEOPLE - ROUNDS * WITHDRAWALS_A_ROUND);
  }, 300_000);

  it("would be let through by a gate that forgot them (control)", async () => {
    expect(await bench().count("consent.subject")).toBeGreaterThan(0);
    const objected = new Set(everybody);
    await bench().test.query("delete from consent.subject");
    expect((await misjudged(objected)).through).toBe(patients.size);
  });
});
