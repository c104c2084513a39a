/** Lists of which each entry is drawn by itself. */
import type { CodeKey } from "../../schema/nacr/gw-1.0/index.ts";
import type { SeededRandom } from "../lib/seeded-random.ts";
import { EVENT_GROUP_OF } from "../national/national-groups.ts";
import { DRUG_SHARES, DRUGS_ASKED } from "./clinical-weights.ts";
import { chance, codesOf, type Weights } from "./draw.ts";
import type { SyntheticAssessment, SyntheticDrug } from "./synthetic-journey.ts";

/** The codes whose own share came up, in their order. */
export const drawEach = <Code extends string>(random: SeededRandom, shares: Weights<Code>): readonly Code[] =>
  codesOf(shares).filter((code) => chance(random, shares[code] ?? 0));

const CONTRAINDICATED = 0.03;
/** Classes of heart failure, of those who have it. */
const HEART_FAILURE_DRUGS: Weights<CodeKey<"DrugClass">> = { MRA: 0.55, SGLT2_INHIBITOR: 0.5, ARNI: 0.3, DIURETIC: 0.75 };

/** Told at the first and the second assessment, or at none. */
export function drawDrugs(
  random: SeededRandom,
  assessments: readonly SyntheticAssessment[],
  eventType: CodeKey<"EventType">,
): readonly SyntheticDrug[] {
  if (assessments.length === 0 || !chance(random, DRUGS_ASKED)) return [];
  const shares = EVENT_GROUP_OF[eventType] === "HEART_FAILURE" ? { ...DRUG_SHARES, ...HEART_FAILURE_DRUGS } : DRUG_SHARES;
  const told = codesOf(shares).map((drugClass) => ({ drugClass, taking: drawTaking(random, shares[drugClass] ?? 0) }));
  return assessments
    .filter(({ number }) => number <= 2)
    .flatMap(({ number: assessment }) => told.map((drug) => ({ assessment, ...drug })));
}

function drawTaking(random: SeededRandom, share: number): CodeKey<"Taking"> {
  if (chance(random, share)) return "YES";
  return chance(random, CONTRAINDICATED) ? "CONTRAINDICATED" : "NO";
}
