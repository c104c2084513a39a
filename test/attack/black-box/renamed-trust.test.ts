/** S5, beside the ledger's own tests: a place that gets another code between two cuts must not be rounded a second time. */
import { describe, expect, it } from "vitest";
import { toRegistered } from "../../../src/population/programmes.ts";
import { codeJourneys } from "../../../src/statistics/cube/coded-journeys.ts";
import { CubeReader } from "../../../src/statistics/cube/look-up.ts";
import { publishCube } from "../../../src/statistics/cube/publish-cube.ts";
import type { PublishedCube } from "../../../src/statistics/cube/published-cube.ts";
import type { CutJourney } from "../../../src/statistics/cut-journey.ts";
import { drawAttackedPopulation } from "./people.ts";

const figuresOf = (cube: PublishedCube, trust: string): readonly (number | null)[] => {
  const where = [{ dimension: "trust", category: trust }];
  const answer = new CubeReader(cube).lookUp({ measure: "JOURNEYS", dimensions: ["eventGroup"], where });
  if (answer.kind !== "PUBLISHED") throw new Error("not published");
  return answer.rows.map(({ value }) => value);
};

async function code(journeys: readonly CutJourney[]) {
  const [coded] = await codeJourneys(journeys);
  if (coded === undefined) throw new Error("no journeys");
  return coded;
}

describe("a trust with another code in the second cut", () => {
  it("shows nothing of counts that were rounded before under the old one: 7 and two of the insider's own would be seen to be 6 or 7", async () => {
    const { journeys } = drawAttackedPopulation({ seed: 6, journeys: 4_000, programmes: 24 });
    const [old, renamed] = ["ZY563", "ZY56X"];
    const isOfTrust = ({ row }: CutJourney): boolean => row.trust === old;
    const added = journeys.filter(isOfTrust).slice(0, 2);
    const later = [...journeys, ...added].map((journey): CutJourney => {
      const { row } = journey;
      return isOfTrust(journey) ? { ...journey, row: { ...row, trust: toRegistered(renamed) } } : journey;
    });
    const before = await code(journeys);
    const first = await publishCube(before, null);
    if (first.kind !== "PUBLISHED") throw new Error("not published");
    expect(figuresOf(first.cube, old).some((figure) => figure !== null)).toBe(true);
    const second = await publishCube(await code(later), { coded: before, ledger: first.ledger });
    if (second.kind !== "PUBLISHED") throw new Error("not published");
    expect(figuresOf(second.cube, renamed).filter((figure) => figure !== null)).toEqual([]);
    // Without the ledger the trust is published as if it were new (control).
    const afresh = await publishCube(await code(later), null);
    expect(afresh.kind === "PUBLISHED" && figuresOf(afresh.cube, renamed).some((figure) => figure !== null)).toBe(true);
  });
});
