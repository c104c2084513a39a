/**
 * S1 (assurance.md 4.4): trackers, differences, nested bands and consistency over three colluding agreements, against the published cube of a
 * generated population. `NACR_ATTACK=full`: NACR's size and 5,000 questions for each target and agreement.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { codeJourneys } from "../../../src/statistics/cube/coded-journeys.ts";
import { publishCube } from "../../../src/statistics/cube/publish-cube.ts";
import type { PublishedCube } from "../../../src/statistics/cube/published-cube.ts";
import type { CutJourney } from "../../../src/statistics/cut-journey.ts";
import { COLLUDING } from "./agreements.ts";
import { type AttackQuestion, countQuestions } from "./attack-door.ts";
import { ATTRIBUTE, attack, type CampaignResult, catalogueOf, reason } from "./campaign.ts";
import { collect, everything, nothingCollected } from "./collect.ts";
import { openCubeDoor } from "./cube-door.ts";
import { ONE_TO_FOUR_EXACT, openFreeDoor, ZERO_TO_SEVEN_ROUNDED_TO_5 } from "./free-door.ts";
import { type AttackedPopulation, drawAttackedPopulation, findTargets } from "./people.ts";
import { trackTarget } from "./tracker.ts";
import { chanceOfAtLeast } from "./verdict.ts";

const isFull = process.env.NACR_ATTACK === "full";
const SIZE = isFull ? { seed: 5, journeys: 90_000, programmes: 230 } : { seed: 6, journeys: 4_000, programmes: 24 };
const TARGETS = 200;
const QUESTIONS = isFull ? 5_000 : 40;
const TIME = 3_600_000;
/** Every table; where it is to be quick, those of up to two dimensions with the place, and all of programmes. */
const tables = (): readonly AttackQuestion[] =>
  [...everything()].filter(({ dimensions }) => isFull || dimensions.length <= 2 || dimensions.includes("programme"));

/** The figures of the whole run are for docs/evidence/statistics.md. */
const report = (figures: object): void => {
  if (isFull) console.log(JSON.stringify(figures));
};

async function publish(journeys: Iterable<CutJourney>): Promise<PublishedCube> {
  const [coded] = await codeJourneys(journeys);
  const publication = coded === undefined ? null : await publishCube(coded, null);
  if (publication?.kind !== "PUBLISHED") throw new Error("not published");
  return publication.cube;
}

let population: AttackedPopulation;
let targets: readonly number[];
let found: CampaignResult;
let asked = 0;
const agreements = COLLUDING.map(({ id }) => id);
beforeAll(async () => {
  population = drawAttackedPopulation(SIZE);
  targets = findTargets(population.people, TARGETS);
  const cube = await publish(population.journeys);
  const door = countQuestions(openCubeDoor(cube, COLLUDING, population.people));
  const { people } = population;
  found = await attack({ colluders: { door, agreements }, people, targets, whole: tables(), questions: QUESTIONS });
  asked = door.asked();
  report({ ...found, guesses: found.guesses.length, asked });
}, TIME);

describe("three colluding analysts at the published cube (S1)", () => {
  it("learn of none of 200 people who are unique by programme, sex, age and event", () => {
    expect(targets).toHaveLength(TARGETS);
    expect(found).toMatchObject({ tracked: 0, differed: 0, reasoned: 0, pinned: 0 });
    expect(asked).toBeGreaterThan(TARGETS * QUESTIONS);
  });

  it("get one figure for one cell, whoever asks and however, and their reasoning is never wrong", () => {
    expect(found).toMatchObject({ contradictions: 0, unsound: 0 });
    expect(found.published).toBeGreaterThan(1_000);
  });

  it("gain nothing by taking all that is withheld for small: no attribute beats its commonest category (exact binomial)", () => {
    for (const { claims, right, chance } of found.gambles) {
      expect(chanceOfAtLeast(right, claims, chance)).toBeGreaterThan(0.01 / found.gambles.length);
    }
  });

  it(
    "guess no better than from a cube that the 200 are not in (exact binomial, p > 0.01)",
    async () => {
      const isTarget = new Set(targets);
      const cube = await publish(population.journeys.filter((_, index) => !isTarget.has(index)));
      const door = openCubeDoor(cube, COLLUDING, population.people);
      const collected = nothingCollected();
      for (const question of tables()) await collect({ door, agreements }, question, collected);
      const without = reason(collected, population.people, targets);
      report({ guessed: found.guessed, without: without.guessed });
      expect(chanceOfAtLeast(found.guessed, TARGETS, without.guessed / TARGETS)).toBeGreaterThan(0.01);
    },
    TIME,
  );
});

describe("the same attackers at doors that are weaker (controls)", () => {
  it(
    "solve at least 190 of 200 where any union may be counted, thresholds and rounding or not",
    async () => {
      const door = openFreeDoor(population.people, ZERO_TO_SEVEN_ROUNDED_TO_5);
      const catalogue = catalogueOf(population.people);
      let solved = 0;
      for (const index of targets) {
        const target = population.people[index] ?? {};
        if ((await trackTarget({ door, agreements: ["ANY"] }, target, ATTRIBUTE, catalogue)) === target[ATTRIBUTE]) solved += 1;
      }
      report({ solved });
      expect(solved).toBeGreaterThanOrEqual(190);
    },
    TIME,
  );

  it("reason small counts out where small ones are withheld and all others are exact", async () => {
    const { people } = drawAttackedPopulation({ seed: 6, journeys: 800, programmes: 3 });
    const door = openFreeDoor(people, ONE_TO_FOUR_EXACT);
    const collected = nothingCollected();
    for (const question of everything()) await collect({ door, agreements: ["ANY"] }, question, collected);
    const exact = { countsBehind: (figure: number) => [figure, figure] as const, countsWithheld: [1, 4] as const };
    const few = findTargets(people, 50);
    const { pinned, reasoned, unsound } = reason(collected, people, few, exact);
    report({ pinned, reasoned });
    expect(unsound).toBe(0);
    expect(reasoned / few.length).toBeGreaterThan(0.95);
    expect(pinned).toBeGreaterThan(50);
  });
});
