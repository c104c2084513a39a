/**
 * Nothing that is sent may crash a mapping, hold it up, or be refused without saying where. 5,000 damaged inputs by default;
 * `NACR_MUTATIONS=100000` for the full number, `NACR_MUTATION_SEED` for others.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { gw10 } from "../../../schema/nacr/gw-1.0/index.ts";
import { compileDictionary } from "../../../src/dataset/compile-dictionary.ts";
import { judgeDraft } from "../../../src/dataset/judge-draft.ts";
import { createSeededRandom, type SeededRandom } from "../../../src/lib/seeded-random.ts";
import type { MappedSource } from "../../../src/records/draft-record.ts";
import { mutateBytes } from "./mutate-bytes.ts";
import { createInputKinds, type InputKind } from "./valid-inputs.ts";

const ATTEMPTS = Number(process.env.NACR_MUTATIONS ?? 5_000);
const SEED = Number(process.env.NACR_MUTATION_SEED ?? 20_261_122);
/** No damaged message may take longer; the largest valid one takes 10 ms. */
const LONGEST_MS = 1_000;
const dictionary = compileDictionary(gw10);

interface Outcome {
  readonly fault: string | null;
  readonly ms: number;
  readonly refused: boolean;
}

/** An empty list, and a Bundle or resource without a member: there is nothing to say of them. */
const HOLDS_NOTHING = /^\s*(?:\[\s*\]|\{\s*"resourceType"\s*:\s*"\w*"\s*\}|<\w+[^<>]*\/>)\s*$/;

/** What is wrong with an answer: nothing is said at all, or a refusal does not say of what. */
function findFault({ drafts, issues, mappingReport }: MappedSource, sent: Buffer): string | null {
  const all = [...issues, ...drafts.flatMap((draft) => draft.issues)];
  if (drafts.length + all.length + mappingReport.length === 0)
    return HOLDS_NOTHING.test(sent.toString("latin1")) ? null : "nothing is said of the input";
  const nowhere = all.find(({ severity, expression }) => severity === "ERROR" && expression.trim() === "");
  if (nowhere !== undefined) return `${nowhere.code} names no place`;
  const unknown = all.find(({ code }) => !dictionary.issueCodes.has(code));
  if (unknown !== undefined) return `${unknown.code} is no code of the catalogue`;
  const silent = drafts.find((draft) => draft.unreadable === true && draft.issues.length === 0);
  return silent === undefined ? null : "a draft is unreadable without a reason";
}

async function attempt(kind: InputKind, bytes: Buffer): Promise<Outcome> {
  const started = performance.now();
  try {
    const mapped = await kind.map(bytes);
    for (const draft of mapped.drafts) judgeDraft(draft, dictionary.recordType(draft.recordType), "MAPPED", "2026-11-22");
    const ms = performance.now() - started;
    return { fault: findFault(mapped, bytes), ms, refused: mapped.drafts.some((draft) => draft.unreadable === true) };
  } catch (error) {
    return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error), ms: 0, refused: false };
  }
}

/** A machine that is busy may pause a process for a second; an input that hangs the mapping does so every time. */
async function attemptUnhurried(kind: InputKind, bytes: Buffer): Promise<Outcome> {
  let best = await attempt(kind, bytes);
  for (let again = 0; again < 3 && best.ms > LONGEST_MS / 2; again++) {
    const next = await attempt(kind, bytes);
    if (next.ms < best.ms) best = next;
  }
  return best;
}

const pickKind = (kinds: readonly InputKind[], random: SeededRandom): InputKind =>
  random.pick(kinds.flatMap((kind) => Array.from({ length: kind.weight }, () => kind)));

/** Where bytes are shown, they are of our own making. */
const show = (bytes: Buffer): string => JSON.stringify(bytes.toString("latin1").slice(0, 400));

/** An empty month: nothing is in it that could be answered. */
const isHeaderAlone = (kind: InputKind, bytes: Buffer): boolean =>
  kind.name === "IMPORTER_CSV" && !/[\r\n]+[^\r\n]/.test(bytes.toString("latin1"));

let kinds: readonly InputKind[];
beforeAll(async () => {
  kinds = await createInputKinds();
});

describe("Damaged input", () => {
  it(`of every kind is answered, ${ATTEMPTS} times: no crash, none longer than a second, every refusal names its place`, {
    timeout: 60_000 + ATTEMPTS * 20,
  }, async () => {
    const random = createSeededRandom(SEED);
    const faults: string[] = [];
    const tries = new Map<string, number>();
    let [slowest, refused] = [0, 0];
    for (let done = 0; done < ATTEMPTS && faults.length < 5; done++) {
      const kind = pickKind(kinds, random);
      const bytes = mutateBytes(random.pick(kind.valid), random.pick(random.pick(kinds).valid), random);
      const outcome = await attemptUnhurried(kind, bytes);
      tries.set(kind.name, (tries.get(kind.name) ?? 0) + 1);
      slowest = Math.max(slowest, outcome.ms);
      if (outcome.refused) refused++;
      if (outcome.fault !== null && !isHeaderAlone(kind, bytes))
        faults.push(`${kind.name}, attempt ${done}: ${outcome.fault}\n${show(bytes)}`);
    }
    console.log(
      `damaged inputs: ${JSON.stringify(Object.fromEntries(tries))}, refused ${refused}, slowest ${slowest.toFixed(1)} ms`,
    );
    expect(faults).toEqual([]);
    expect(slowest).toBeLessThan(LONGEST_MS);
    // Damage that nothing minds would prove nothing.
    expect(refused).toBeGreaterThan(ATTEMPTS / 20);
  });

  it("is the same for the same seed, and differs from what was sent", () => {
    const bytes = Buffer.from("MSH|^~\\&|A|B\rPID|1\r".repeat(10));
    const damage = (seed: number) => mutateBytes(bytes, bytes, createSeededRandom(seed)).toString("latin1");
    expect(damage(1)).toBe(damage(1));
    const different = Array.from({ length: 100 }, (_, seed) => damage(seed)).filter((text) => text !== bytes.toString("latin1"));
    expect(different.length).toBeGreaterThan(95);
  });
});

describe("Valid input, undamaged (control)", () => {
  it("is read by every kind", async () => {
    for (const kind of kinds) {
      expect(kind.valid.length, kind.name).toBeGreaterThan(0);
      const outcomes = await Promise.all(kind.valid.map((bytes) => attempt(kind, bytes)));
      expect(
        outcomes.filter(({ fault }) => fault !== null),
        kind.name,
      ).toEqual([]);
    }
  });

  it("a mapping that throws, or refuses without a place, is found out", async () => {
    const broken: InputKind = {
      name: "broken",
      weight: 1,
      valid: [],
      map: () => {
        throw new Error("crash");
      },
    };
    expect((await attempt(broken, Buffer.alloc(1))).fault).toContain("crash");
    const issue = { severity: "ERROR", code: "FORMAT_UNRECOGNISED", field: null, expression: "" } as const;
    expect(findFault({ drafts: [], issues: [issue], mappingReport: [], mappingVersion: "" }, Buffer.from("x"))).toContain(
      "names no place",
    );
    expect(findFault({ drafts: [], issues: [], mappingReport: [], mappingVersion: "" }, Buffer.from("x"))).toContain(
      "nothing is said",
    );
  });
});
