/** Objections and cuts: real submissions, the real gate, and a feed that has not looked yet. */
import { beforeAll, expect, it } from "vitest";
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import { createUuid7 } from "../../../src/lib/uuid7.ts";
import { createListCutsOfObjection } from "../../../src/persistence/cuts-of-objection.ts";
import { createReleaseGate } from "../../../src/persistence/release-gate.ts";
import { journey } from "../../support/journey-records.ts";
import { createConsentBench, teamOf } from "../consent/consent-bench.ts";
import { createNationalBench, type NationalBench } from "../national/national-bench.ts";
import { city, coast, provideBench } from "../submission/submission-bench.ts";
import { type CutBench, createCutBench } from "./cut-bench.ts";

const bench = provideBench();
let cuts: CutBench;
let national: NationalBench;
beforeAll(async () => {
  const { test, stores } = bench();
  const clock = { now: () => cuts.now, today: () => cuts.now.slice(0, 10) };
  const judgeRelease = await createReleaseGate({ keys: stores.keys, clock, applyAt: "NONE" });
  cuts = createCutBench(test, { keys: stores.keys, judgeRelease });
  national = createNationalBench(test, stores.keys);
});

it("keeps whoever objects out of every later cut, and tells the team which ones hold the patient's journeys", async () => {
  const { stores, send } = bench();
  const consent = await createConsentBench(stores, bench().now);
  await consent.support();
  const listCuts = createListCutsOfObjection({ ...stores, newId: createUuid7() });
  const numbersOf = async (id: string, team = teamOf(city)) => (await listCuts(team, id)).map(({ number }) => number);
  // One person in two organisations, and another one.
  await send(city, [journey(1), journey(2)]);
  await send(coast, [journey(1)]);
  await national.workOff();
  const rows = async (id: string | null): Promise<number> => {
    let found = 0;
    for await (const _journey of cuts.cutRows.journeys(id ?? "", null)) found++;
    return found;
  };
  const first = await cuts.publish();
  const fed = await rows(first.cutId);
  expect(fed).toBeGreaterThan(1);

  const about = { actor: teamOf(city), scope: "NATIONAL", reason: null, statedOn: null } as const;
  const objection = await consent.objections.record({ ...about, patient: { nhsNumber: toTestNhsNumber(1) } });
  expect(await numbersOf(objection.id)).toEqual([1]);
  expect(await numbersOf(objection.id, teamOf(coast))).toEqual([]);
  cuts.now = "2026-05-01T00:00:00.000Z";
  const second = await cuts.publish();
  expect(await rows(second.cutId)).toBe(1);
  expect(await numbersOf(objection.id)).toEqual([1]);

  const later = await consent.objections.record({ ...about, patient: { nhsNumber: toTestNhsNumber(2) } });
  expect(await numbersOf(later.id)).toEqual([1, 2]);
  cuts.now = "2026-06-02T00:00:00.000Z";
  expect(await cuts.publish()).toMatchObject({ state: "REFUSED", refusal: "NOTHING_TO_PUBLISH" });
  await consent.objections.withdraw(teamOf(city), later.id, "changed her mind");
  expect(await numbersOf(later.id)).toEqual([]);
  expect(await cuts.publish()).toMatchObject({ state: "PUBLISHED" });
  expect(await rows((await cuts.published.inForce())?.id ?? null)).toBe(1);
});
