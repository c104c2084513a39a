/**
 * Works links out after the commit of what they follow from, one batch after the other, one linker at a time in the whole installation
 * (ADR 0022). Only differences are written, so working a patient out again costs reads and changes nothing.
 */
import { GatewayError } from "../errors/gateway-error.ts";
import { LIMITS } from "../lib/limits.ts";
import { LongWork } from "../lib/long-work.ts";
import { JoinedSets } from "./joined-sets.ts";
import { compareLines, countChanges, toLines } from "./link-lines.ts";
import type { BatchReport, LinkStore, LinkUnit, Relink } from "./link-ports.ts";
import { keyOf, type LinkedRef } from "./link-words.ts";
import { type LinkRules, workOutLinks } from "./work-out-links.ts";

export interface LinkerDependencies {
  readonly store: LinkStore;
  readonly rules: LinkRules;
  readonly clock: { now(): string };
  readonly newId: () => string;
  /** Lines of `link.due` in one batch, which is one transaction. */
  readonly batchLines: number;
  readonly wait: (ms: number) => Promise<unknown>;
}

export interface Linker {
  /**
   * Works off the oldest lines that are due: fewer of them where they fail together, and a line that fails by itself is put behind all
   * others, so that it holds up nobody else.
   * @returns null where another process does so at the moment
   * @throws what the store throws; then nothing was done, and all of it is still due
   */
  workBatch(): Promise<BatchReport | null>;
  readonly relink: Relink;
}

/** A batch in hand elsewhere takes a fraction of a second. */
const RELINK_TRIES = 40;
const RELINK_PAUSE_MS = 100;
/** Those who came along by what is stored, and are no longer one person with anybody, must not make a person too large. */
const LOADED_AT_MOST = 4 * LIMITS.patientsPerPerson;

export function createLinker(deps: LinkerDependencies): Linker {
  const { store, batchLines, wait } = deps;
  return {
    workBatch: () => workDue(batchLines, deps),
    relink: async (decided) => {
      for (let attempt = 1; attempt <= RELINK_TRIES; attempt++) {
        const done = await store.inTurn(async (unit) => workOut(unit, await unit.patientsOf(decided), deps));
        if (done !== null) return true;
        await wait(RELINK_PAUSE_MS);
      }
      return false;
    },
  };
}

async function workDue(most: number, deps: LinkerDependencies): Promise<BatchReport | null> {
  const { store } = deps;
  let inHand = most;
  try {
    return await store.inTurn(async (unit) => {
      const { taken, patients } = await unit.takeDue(most);
      inHand = taken;
      return { taken, isFull: taken === most, ...(await workOut(unit, patients, deps)) };
    });
  } catch (error) {
    if (error instanceof GatewayError && error.code === "DATABASE_UNAVAILABLE") throw error;
    if (inHand > 1) return await workDue(Math.ceil(inHand / 2), deps);
    await store.inTurn((unit) => unit.putOff());
    throw error;
  }
}

type Done = Omit<BatchReport, "taken" | "isFull">;
const NOTHING: Done = { patients: 0, changed: 0, tooLarge: 0 };

async function workOut(unit: LinkUnit, seeds: readonly LinkedRef[], { rules, clock, newId }: LinkerDependencies): Promise<Done> {
  if (seeds.length === 0) return NOTHING;
  const patients = await findConnected(unit, seeds);
  const work = new LongWork();
  const worked = await workOutLinks(await unit.readRows(patients), rules, work);
  const left = new Set(worked.tooLarge.map(keyOf));
  const stored = await unit.readLines(patients.filter((patient) => !left.has(keyOf(patient))));
  await work.giveWay();
  const changes = compareLines(stored, toLines(worked, stored, newId));
  const changed = countChanges(changes);
  if (changed > 0) await unit.write(changes, clock.now());
  const tooManyEvents = worked.persons.filter(({ episodes }) => episodes === null).length;
  return { patients: patients.length, changed, tooLarge: worked.tooLarge.length + tooManyEvents };
}

/** The seeds and everybody they may be one person with, directly or through others. */
async function findConnected(unit: LinkUnit, seeds: readonly LinkedRef[]): Promise<readonly LinkedRef[]> {
  const found = new Map(seeds.map((seed) => [keyOf(seed), seed]));
  const sets = new JoinedSets();
  let latest = [...found.values()];
  while (latest.length > 0) {
    const neighbours = await unit.neighbours(latest, LIMITS.patientsPerPerson + 1);
    const before = new Set(found.keys());
    for (const { of, patient } of neighbours) {
      sets.join(keyOf(of), keyOf(patient));
      found.set(keyOf(patient), patient);
    }
    latest = [...found.values()].filter(
      (patient) => !before.has(keyOf(patient)) && sets.sizeOf(keyOf(patient)) <= LOADED_AT_MOST,
    );
  }
  return [...found.values()];
}
