/** Whom the gate withholds, by the pseudonyms their national rows have: over real submissions, the real feed and the real gate. */
import { beforeAll, expect, it } from "vitest";
import { createReleaseGate } from "../../../src/persistence/release-gate.ts";
import { createWithheldPersons } from "../../../src/persistence/withheld-persons.ts";
import type { WithheldPersons } from "../../../src/statistics/extracts/extract-ports.ts";
import { event, recordOf } from "../../support/journey-records.ts";
import { type ConsentBench, createConsentBench, nhsNumberAt, teamOf } from "../consent/consent-bench.ts";
import { createLinkBench, type LinkBench } from "../links/link-bench.ts";
import { createNationalBench, type NationalBench } from "../national/national-bench.ts";
import { city, coast, NORTH, provideBench, SOUTH } from "../submission/submission-bench.ts";

const bench = provideBench();
let consent: ConsentBench;
let national: NationalBench;
let link: LinkBench;
let persons: WithheldPersons;
beforeAll(async () => {
  const { stores, test } = bench();
  consent = await createConsentBench(stores, bench().now);
  await consent.support();
  national = createNationalBench(test, stores.keys);
  link = createLinkBench(test);
  const clock = { now: () => bench().now, today: () => bench().now.slice(0, 10) };
  const judgeRelease = await createReleaseGate({ keys: stores.keys, clock, applyAt: "NONE" });
  persons = createWithheldPersons({ database: stores.database, keys: stores.keys, clock, judgeRelease });
});

const record = (index: number, patient: Readonly<Record<string, unknown>>) =>
  recordOf(index, { patient: { dateOfBirth: "1950-03-02", gender: "FEMALE", ...patient }, initiatingEvents: [event()] });
/** What stands on the national side, as the feed writes it. */
async function pseudonyms(): Promise<readonly string[]> {
  await link.workOff();
  await national.workOff();
  return (await national.table("journey")).map(({ pseudonym }) =>
    Buffer.from(pseudonym instanceof Uint8Array ? pseudonym : []).toString("hex"),
  );
}
async function added(send: () => Promise<unknown>): Promise<string> {
  const before = new Set(await pseudonyms());
  await send();
  const [one, ...others] = (await pseudonyms()).filter((pseudonym) => !before.has(pseudonym));
  expect(others).toEqual([]);
  return one ?? "";
}

it("names whoever objects, by number, by hospital number and in another organisation, and nobody else", async () => {
  const numbered = { nhsNumber: nhsNumberAt(70_001) };
  const linked = await added(() => bench().send(city, [record(1, numbered)]));
  await bench().send(coast, [record(2, numbered)]);
  const local = await added(() => bench().send(city, [record(3, { hospitalNumber: "H-LOCAL-3" })]));
  const sound = await added(() => bench().send(city, [record(4, { nhsNumber: nhsNumberAt(70_004) })]));
  expect([await persons.objecting(), await persons.all()]).toEqual([new Set(), new Set()]);

  // Of the one the other organisation's team heard it.
  const object = (actor: typeof city, patient: { readonly nhsNumber: string } | { readonly hospitalNumber: string }) =>
    consent.objections.record({ actor: teamOf(actor), patient, scope: "NATIONAL", reason: null, statedOn: null });
  await object(coast, { nhsNumber: numbered.nhsNumber });
  await object(city, { hospitalNumber: "H-LOCAL-3" });

  for (const found of [await persons.objecting(), await persons.all()]) {
    expect(found.has(linked)).toBe(true);
    expect(found.has(local)).toBe(true);
    expect(found.has(sound)).toBe(false);
  }
});

it("still names them where no record of them is left", async () => {
  const number = nhsNumberAt(70_009);
  const gone = await added(() => bench().send(city, [record(9, { nhsNumber: number })]));
  await consent.objections.record({
    ...{ actor: teamOf(city), patient: { nhsNumber: number } },
    ...{ scope: "NATIONAL", reason: null, statedOn: null },
  });
  for (const table of ["identity.patient_identity", "public.initiating_event", "public.patient"])
    await bench().test.query(`delete from ${table} t where t.ods in ('${NORTH}', '${SOUTH}')`);
  expect((await persons.objecting()).has(gone)).toBe(true);
});
