/** Reading and mapping alone, on one core: HL7 v2 messages and FHIR bundles as text, to records with their report. */
import { mapFhir } from "../mappings/fhir/fhir-mapping.ts";
import { findFhirProfile } from "../mappings/fhir/fhir-profiles.ts";
import { mapHl7v2 } from "../mappings/hl7v2/hl7v2-mapping.ts";
import { DEFAULT_HL7V2_PROFILE } from "../mappings/hl7v2/hl7v2-profiles.ts";
import { expectEqual } from "./answer-check.ts";
import type { BenchOptions } from "./bench-options.ts";
import type { Figure } from "./figures.ts";
import { type Bundle, readBundles } from "./measure-fhir.ts";
import { readWithFhirpath, readWithMedplum } from "./read-baseline.ts";
import { createMessages } from "./sample-messages.ts";
import { sum } from "./statistics.ts";

export const MAPPING_LOAD =
  "texts in memory, one thread; the libraries only pick the same fields out, and translate and account for nothing";

const MESSAGES = 10_000;
/** The libraries are slow: a part of the texts is enough. */
const BASELINE_SHARE = 0.2;
/** What the compiler does in the first rounds is no part of a second of mapping. */
const WARM_UPS = 4;

/** Texts a second, and what came of them. */
interface Rate {
  readonly perSecond: number;
  readonly found: number;
}

/** By the processor's time, which is what one core has: others may be using the machine. */
function measureRate(work: () => number, units: number): Rate {
  const started = process.cpuUsage();
  const found = work();
  const { user, system } = process.cpuUsage(started);
  return { perSecond: (units / (user + system)) * 1e6, found };
}

/** One message at a time, as a listener hands them over. */
const mapMessages = (messages: readonly string[]): number =>
  sum(messages.map((message) => mapHl7v2([message], DEFAULT_HL7V2_PROFILE).drafts.length));

function mapBundles(bundles: readonly Bundle[]): number {
  const profile = findFhirProfile("synthea");
  if (profile === null) throw new RangeError("there is no profile synthea");
  return sum(bundles.map(({ text }) => mapFhir(text, profile).drafts.length));
}

const share = <T>(list: readonly T[]): readonly T[] => list.slice(0, Math.max(1, Math.ceil(list.length * BASELINE_SHARE)));
const countResources = (bundles: readonly Bundle[]): number => sum(bundles.map(({ resources }) => resources));

interface Comparison {
  readonly ours: () => Rate;
  readonly theirs: () => Rate;
}

/** Side by side in each round; every round must give what the first one gave. */
function compare({ ours, theirs }: Comparison, { rounds, surplus }: BenchOptions): readonly (readonly [Rate, Rate])[] {
  for (let warmUp = 0; warmUp < WARM_UPS; warmUp++) {
    ours();
    theirs();
  }
  const measured = Array.from({ length: rounds }, () => [ours(), theirs()] as const);
  for (const pair of measured) {
    expectEqual("records mapped", pair[0].found, (measured[0]?.[0].found ?? 0) + surplus);
    expectEqual("values found", pair[1].found, measured[0]?.[1].found ?? 0);
  }
  return measured;
}

function toFigures(
  names: readonly [ours: string, theirs: string],
  unit: string,
  floor: number,
  measured: readonly (readonly [Rate, Rate])[],
): readonly Figure[] {
  return [
    { name: names[0], unit, floor, rounds: measured.map(([ours]) => ours.perSecond) },
    { name: names[1], unit, rounds: measured.map(([, theirs]) => theirs.perSecond) },
    { name: "  times as fast", unit: "×", rounds: measured.map(([ours, theirs]) => ours.perSecond / theirs.perSecond) },
  ];
}

/** The FHIR rows are left out where the bundles are not on this machine. */
export async function measureMapping(options: BenchOptions): Promise<readonly Figure[]> {
  const messages = createMessages(MESSAGES);
  const bundles = await readBundles();
  const hl7 = compare(
    {
      ours: () => measureRate(() => mapMessages(messages), messages.length),
      theirs: () => measureRate(() => sum(share(messages).map(readWithMedplum)), share(messages).length),
    },
    options,
  );
  const figures = toFigures(
    ["HL7 v2 ADT: parse and map", "  @medplum/core: parse, pick the fields out"],
    "messages/s",
    10_000,
    hl7,
  );
  if (bundles === null) return figures;
  const fhir = compare(
    {
      ours: () => measureRate(() => mapBundles(bundles), countResources(bundles)),
      theirs: () =>
        measureRate(() => sum(share(bundles).map(({ text }) => readWithFhirpath(text))), countResources(share(bundles))),
    },
    options,
  );
  return [
    ...figures,
    ...toFigures(
      ["FHIR, Synthea: parse and map", "  fhirpath, compiled: parse, pick the fields out"],
      "resources/s",
      15_000,
      fhir,
    ),
  ];
}
