/**
 * Random histories of one person at two organisations, with duplicates, late copies, corrections, withdrawals, decisions about links, and
 * both organisations sending at once: each step is answered as a plain sequential model says, the rows end as the model's, and the links
 * as rules and decisions make them of the model's events. The gate runs some; a thousand:
 * `NACR_HISTORIES=1000 vitest run --project db test/db/sequences`.
 */
import { expect, it } from "vitest";
import { createSeededRandom, type SeededRandom } from "../../../src/lib/seeded-random.ts";
import { databaseKind } from "../../support/database.ts";
import { provideControlBench } from "../control/control-bench.ts";
import { createLinkBench } from "../links/link-bench.ts";
import { city, coast } from "../submission/submission-bench.ts";
import { createSide, describeStored, HistoryDriver, type Side } from "./history-driver.ts";
import { LinkSequence } from "./link-sequence.ts";

const control = provideControlBench();
const HISTORIES = Number(process.env.NACR_HISTORIES ?? (databaseKind === "embedded" ? 10 : 40));
const STEPS = 12;
const seen = { withdrawn: 0, refused: 0, decided: 0, linked: 0 };

async function takeStep(sides: readonly [Side, Side], driver: HistoryDriver, links: LinkSequence, random: SeededRandom) {
  const side = random.pick(sides);
  const draw = random.next();
  if (draw < 0.2) {
    const outcome = await driver.withdraw(side);
    if (outcome !== null) seen[outcome]++;
    if (side.model.patient === null) links.forgetPersons();
  } else if (draw < 0.3) await Promise.all(sides.map((each) => driver.submit(each)));
  else if (draw < 0.45) await links.decide(sides, random);
  else await driver.submit(side);
}

async function runHistory(person: number): Promise<void> {
  const random = createSeededRandom(person);
  const { test } = control().bench;
  const driver = new HistoryDriver(control(), person, random);
  const links = new LinkSequence(createLinkBench(test), test.query);
  const sides = [createSide(city), createSide(coast)] as const;
  for (let step = 0; step < STEPS; step++) await takeStep(sides, driver, links, random);
  for (const each of sides) expect(await describeStored(control(), each), `person ${person}`).toEqual(each.model.describe());
  const expected = links.expected(sides);
  expect(await links.stored(sides), `episodes of person ${person}`).toEqual(expected);
  seen.decided += links.decided;
  seen.linked += expected.length;
}

it(`ends ${HISTORIES} histories as a plain sequential model does, answered step by step as it says`, {
  timeout: 3_600_000,
}, async () => {
  for (let person = 1; person <= HISTORIES; person++) await runHistory(person);
  // They are worth their name only if they meet what they are meant to meet.
  expect(Math.min(seen.withdrawn, seen.refused, seen.decided, seen.linked), JSON.stringify(seen)).toBeGreaterThan(HISTORIES / 5);
});
