/** Adds up what differs: record by record while a page is worked out, and page by page where somebody wants the whole. */
import type { SourceSystem } from "../records/submission-record.ts";
import type { LinkFinding, RecordFinding, Simulated, SimulatedSource } from "./simulation.ts";

/** Examples of one finding. */
const MOST_EXAMPLES = 5;

const SOURCE_COUNTS = [
  "submissions",
  "notReadable",
  "records",
  "rejectedByBoth",
  "newlyRejected",
  "noLongerRejected",
  "newWarnings",
  "goneWarnings",
  "unmatched",
] as const satisfies readonly (keyof SimulatedSource)[];
export type SourceCount = (typeof SOURCE_COUNTS)[number];

const textOf = ({ vendor, product, version }: SourceSystem): string => JSON.stringify([vendor, product, version]);
const keyOfRecords = ({ change, code, rule, recordType, field }: RecordFinding): string =>
  [change, code, rule ?? "", recordType, field ?? ""].join(" ");
const keyOfLinks = ({ before, after, ruleBefore, ruleAfter, sourceSystems }: LinkFinding): string =>
  [before, after, ruleBefore ?? "", ruleAfter ?? "", ...sourceSystems.map(textOf)].join(" ");

const compareTexts = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

export class SimulationTally {
  readonly #sources = new Map<string, SourceTally>();
  readonly #links = new Map<string, LinkFinding>();
  #persons = 0;

  sourceOf(sourceSystem: SourceSystem): SourceTally {
    const key = textOf(sourceSystem);
    const known = this.#sources.get(key) ?? new SourceTally(sourceSystem);
    this.#sources.set(key, known);
    return known;
  }

  addPersons(count: number): void {
    this.#persons += count;
  }

  addLinks(finding: LinkFinding): void {
    const key = keyOfLinks(finding);
    const known = this.#links.get(key);
    const pairs = (known?.pairs ?? 0) + finding.pairs;
    this.#links.set(key, { ...finding, pairs, examples: addExamples(known?.examples, finding.examples) });
  }

  /** The counts of another page. */
  add({ sources, persons, links }: Simulated): void {
    for (const source of sources) this.sourceOf(source.sourceSystem).add(source);
    for (const finding of links) this.addLinks(finding);
    this.addPersons(persons);
  }

  /** Sources by their names, findings the most frequent first: the same for the same counts, in whatever order they came. */
  result(): Simulated {
    const bySource = [...this.#sources].toSorted(([one], [other]) => compareTexts(one, other));
    const byKey = [...this.#links].toSorted(([one], [other]) => compareTexts(one, other)).map(([, finding]) => finding);
    return {
      sources: bySource.map(([, source]) => source.result()),
      persons: this.#persons,
      links: byKey.toSorted((one, other) => other.pairs - one.pairs),
    };
  }
}

export class SourceTally {
  readonly #sourceSystem: SourceSystem;
  readonly #findings = new Map<string, RecordFinding>();
  readonly #counts: Record<SourceCount, number> = {
    submissions: 0,
    notReadable: 0,
    records: 0,
    rejectedByBoth: 0,
    newlyRejected: 0,
    noLongerRejected: 0,
    newWarnings: 0,
    goneWarnings: 0,
    unmatched: 0,
  };

  constructor(sourceSystem: SourceSystem) {
    this.#sourceSystem = sourceSystem;
  }

  count(name: SourceCount, by = 1): void {
    this.#counts[name] += by;
  }

  addFinding(finding: RecordFinding): void {
    const key = keyOfRecords(finding);
    const known = this.#findings.get(key);
    const records = (known?.records ?? 0) + finding.records;
    this.#findings.set(key, { ...finding, records, examples: addExamples(known?.examples, finding.examples) });
  }

  add(source: SimulatedSource): void {
    for (const finding of source.findings) this.addFinding(finding);
    for (const name of SOURCE_COUNTS) this.count(name, source[name]);
  }

  result(): SimulatedSource {
    const { vendor, product, version } = this.#sourceSystem;
    const byKey = [...this.#findings].toSorted(([one], [other]) => compareTexts(one, other)).map(([, finding]) => finding);
    return {
      sourceSystem: { vendor, product, version },
      ...this.#counts,
      findings: byKey.toSorted((one, other) => other.records - one.records),
    };
  }
}

const addExamples = <T>(known: readonly T[] = [], more: readonly T[]): readonly T[] =>
  [...known, ...more].slice(0, MOST_EXAMPLES);
