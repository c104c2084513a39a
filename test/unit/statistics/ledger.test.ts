import { beforeAll, describe, expect, it } from "vitest";
import { generateCutJourneys } from "../../../src/population/generate-population.ts";
import { layOutProgrammes, toRegistered } from "../../../src/population/programmes.ts";
import { addOwnRests, chooseInsiders, describeInsider, knowAsInsider } from "../../../src/statistics/attack/insiders.ts";
import { attack, type Bounds, settleBounds } from "../../../src/statistics/attack/interval-attack.ts";
import { joinCuts } from "../../../src/statistics/attack/pair-of-cuts.ts";
import { buildRelations } from "../../../src/statistics/attack/relations.ts";
import { type CodedJourneys, codeJourneys } from "../../../src/statistics/cube/coded-journeys.ts";
import { type CountedCube, countCells } from "../../../src/statistics/cube/count-cells.ts";
import { layOutCube } from "../../../src/statistics/cube/cube-layout.ts";
import { isOrganisation } from "../../../src/statistics/cube/dimensions.ts";
import { CUBE_RULES, roundHalfUp, WITHHELD } from "../../../src/statistics/cube/disclosure-rules.ts";
import { digestOfCube, encodeCube } from "../../../src/statistics/cube/encode-cube.ts";
import { applyPrimaryRules, rows } from "../../../src/statistics/cube/primary-rules.ts";
import { type Publication, publishCube } from "../../../src/statistics/cube/publish-cube.ts";
import type { CutJourney } from "../../../src/statistics/cut-journey.ts";
import { decodeLedger, encodeLedger } from "../../../src/statistics/ledger/encode-ledger.ts";
import { mapCells, NO_CELL } from "../../../src/statistics/ledger/former-cells.ts";
import { knownCounts } from "../../../src/statistics/ledger/known-counts.ts";
import { settleFigures } from "../../../src/statistics/ledger/settle-figures.ts";
import { inOneAuditYear } from "../../support/cube-populations.ts";

type Published = Extract<Publication, { kind: "PUBLISHED" }>;
interface Cut extends Published {
  readonly coded: CodedJourneys;
}

const SEED = 5;
const JOURNEYS = [
  ...inOneAuditYear(
    generateCutJourneys({ seed: SEED, journeys: 1000, programmes: layOutProgrammes({ seed: SEED, programmes: 5 }) }),
  ),
];
const FIRST = JOURNEYS.slice(0, 700);
const programmeOf = ({ row }: CutJourney): string => row.programme ?? "";
const CODES = [...new Set(JOURNEYS.map(programmeOf))].filter((code) => code !== "").toSorted();
const [INSIDER = "", MOVED = "", GONE = ""] = CODES;
/** What one organisation sends again: it changes nobody else's records. */
const INJECTED = FIRST.filter((journey) => programmeOf(journey) === INSIDER).slice(0, 20);

/** A programme moves to another region, one sends nothing any more and one is new; the others go on. */
const later = JOURNEYS.filter((journey) => programmeOf(journey) !== GONE).map((journey, index): CutJourney => {
  const isMoved = programmeOf(journey) === MOVED;
  const isNew = programmeOf(journey) !== "" && index > 800;
  const row = {
    ...journey.row,
    ...(isMoved ? { region: toRegistered("NEW_REGION") } : {}),
    ...(isNew ? { programme: toRegistered("NEW"), trust: null } : {}),
  };
  return { ...journey, row };
});

async function code(journeys: readonly CutJourney[]): Promise<CodedJourneys> {
  const [coded] = await codeJourneys(journeys);
  if (coded === undefined) throw new Error("no journeys");
  return coded;
}
async function publish(journeys: readonly CutJourney[], previous: Cut | null): Promise<Cut> {
  const coded = await code(journeys);
  const publication = await publishCube(coded, previous);
  if (publication.kind === "REFUSED") throw new Error(JSON.stringify(publication.report));
  return { ...publication, coded };
}
const countsOf = (coded: CodedJourneys): Promise<CountedCube> => countCells(coded, layOutCube(coded.places));

describe("a cut beside the one before", () => {
  let first: Cut;
  let second: Cut;
  beforeAll(async () => {
    first = await publish(FIRST, null);
    second = await publish(later, first);
  }, 120_000);

  it("moves nothing above organisations where one organisation alone adds records; published afresh it would (control)", async () => {
    const coded = await code([...FIRST, ...INJECTED]);
    const [before, now] = [await countsOf(first.coded), await countsOf(coded)];
    const { standing } = await settleFigures(coded, now, first);
    let [moved, afresh] = [0, 0];
    for (const { declaration, offset, size } of now.layout.tables) {
      if (isOrganisation(declaration.level)) continue;
      for (let cell = offset; cell < offset + size; cell++) {
        if (standing.figures[cell] !== first.ledger.figures[cell]) moved++;
        const [a, b] = [before.counts[cell] ?? 0, now.counts[cell] ?? 0];
        if (roundHalfUp(a, CUBE_RULES.roundTo) !== roundHalfUp(b, CUBE_RULES.roundTo)) afresh++;
      }
    }
    expect(moved).toBe(0);
    expect(afresh).toBeGreaterThan(100);
  });

  it("moves a figure by 10 at least, and keeps its median with it where it does not move", () => {
    const { formerOf } = mapCells(layOutCube(first.coded.places), layOutCube(second.coded.places));
    const seen = { kept: 0, moved: 0, came: 0 };
    const wrong: number[] = [];
    for (const [cell, before] of formerOf.entries()) {
      const [was, is] = [first.cube.figures[before] ?? WITHHELD, second.cube.figures[cell] ?? WITHHELD];
      if (before === NO_CELL || is === WITHHELD) continue;
      if (was === WITHHELD) seen.came++;
      else if (was === is) seen.kept++;
      else seen.moved++;
      if (was !== WITHHELD && was !== is && Math.abs(is - was) < 10) wrong.push(cell);
      const [median, medianBefore] = [second.cube.medians[cell], first.cube.medians[before]];
      if (was === is && median !== WITHHELD && median !== medianBefore) wrong.push(cell);
    }
    expect(wrong).toEqual([]);
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(20);
  });

  it("is attacked together with the one before, by bounds that are never wrong, and exposes nothing (S2)", async () => {
    const counted = await countsOf(second.coded);
    const { standing, former } = await settleFigures(second.coded, counted, first);
    if (former === null) throw new Error("no former cube");
    expect(Array.from(former.counts)).toEqual(Array.from((await countsOf(first.coded)).counts));
    const left = knownCounts(standing);
    const release = applyPrimaryRules(counted, CUBE_RULES, { standing, known: left });
    const pair = joinCuts(release, buildRelations(counted.layout, counted.counts), counted.counts, left, former);
    const counts = [...counted.counts, ...former.counts];
    const findWrong = ({ low, high }: Bounds): readonly number[] =>
      counts.filter((count, cell) => count < (low[cell] ?? 0) || count > (high[cell] ?? 0));
    expect(findWrong(attack(pair.release, pair.relations, counted.layout))).toEqual([]);
    const cubes = [
      { ...counted, coded: second.coded, reasons: release.reasons, freshness: standing.freshness },
      { ...former, coded: first.coded, reasons: former.ledger.reasons, freshness: former.ledger.freshness },
    ];
    const insider = await describeInsider(chooseInsiders(second.coded)[0] ?? 0, cubes);
    expect(insider.own.subarray(counted.layout.cells).some((part) => part > 0)).toBe(true);
    const known = knowAsInsider(insider, pair.release, counted.layout);
    expect(findWrong(settleBounds(known, pair.release, addOwnRests(insider, pair.relations)))).toEqual([]);
    expect(second.report.insiders).toMatchObject({ organisations: chooseInsiders(second.coded).length, exposed: 0 });
    expect(second.report.audit).toMatchObject({ exposed: 0, exact: 0, withinOne: 0, provedSmall: 0 });
    expect(second.report.audit.closest).toBeGreaterThanOrEqual(4);
  });

  it("shows no row of fewer than 25 that is all in one category (S9)", async () => {
    const { counts, layout } = await countsOf(second.coded);
    const shown = (cell: number): boolean => second.cube.figures[cell] !== WITHHELD;
    const bad = [...rows(layout)].filter(({ total, parts }) => {
      const value = counts[total] ?? 0;
      return value > 0 && value < 25 && shown(total) && parts.some((part) => shown(part) && counts[part] === value);
    });
    expect(bad).toEqual([]);
  });

  it("shows a region that was made of known programmes only where its figures moved since", () => {
    const layout = layOutCube(second.coded.places);
    const position = layout.places.ofLevel.region.findIndex((node) => layout.places.nodes[node]?.code === "NEW_REGION");
    expect(position).toBeGreaterThanOrEqual(0);
    const shown = layout.tables.flatMap(({ declaration, offset, width }) => {
      const from = offset + position * width;
      return declaration.level === "region" ? [...second.cube.figures.subarray(from, from + width)] : [];
    });
    expect(shown.filter((figure) => figure !== WITHHELD)).toEqual([]);
  });

  it("has a ledger that comes back from its bytes, and the same cut has the same bytes", async () => {
    const bytes = encodeLedger(second.ledger);
    expect(decodeLedger(bytes)).toEqual(second.ledger);
    const again = await publish(later, { ...first, ledger: decodeLedger(encodeLedger(first.ledger)) });
    expect(Buffer.from(encodeLedger(again.ledger)).equals(Buffer.from(bytes))).toBe(true);
    expect(digestOfCube(encodeCube(again.cube))).toBe(digestOfCube(encodeCube(second.cube)));
    expect(() => decodeLedger(bytes.subarray(0, -1))).toThrow("damaged");
    expect(() => decodeLedger(Buffer.from("nothing"))).toThrow("Not a ledger");
    await expect(publishCube(second.coded, { coded: second.coded, ledger: first.ledger })).rejects.toThrow("another cube");
  }, 120_000);
});
