/**
 * Records of one submission that take each other's key: the first gives up what the second takes, and so on back to the first. Which of
 * them is which could only be told by an order that nobody stated, so all of the circle are refused.
 */
import { correctableKey } from "../dataset/correctable-key.ts";
import type { Value } from "../dataset/define.ts";
import type { CompiledItem } from "../dataset/dictionary.ts";
import type { Entry } from "./entry.ts";
import { replacedValue } from "./replaced-key.ts";

/** Identifies nobody by itself. */
const DATE_OF_BIRTH = "dateOfBirth";

interface Step {
  readonly entry: Entry;
  readonly from: string;
  readonly to: string;
}

/** @param entries of one record type, their parents matched */
export function refuseCircles(entries: readonly Entry[]): void {
  const steps = entries.flatMap((entry) => (entry.rejected ? [] : stepsOf(entry)));
  if (steps.length === 0) return;
  for (const entry of new Set(circling(steps).map((step) => step.entry))) entry.reject("REPLACES_CIRCULAR");
}

/** From the key that is given up to the one that is taken; a patient's numbers identify it each by itself. */
function stepsOf(entry: Entry): readonly Step[] {
  const key = entry.correction?.replaces?.key;
  if (key === undefined) return [];
  const items = correctableKey(entry.type);
  if (entry.type.name !== "PATIENT") return toStep(entry, items);
  return items.filter(({ name, index }) => name !== DATE_OF_BIRTH && key.has(index)).flatMap((item) => toStep(entry, [item]));
}

function toStep(entry: Entry, items: readonly CompiledItem[]): readonly Step[] {
  const textOf = (values: readonly (Value | null)[]): string =>
    JSON.stringify([entry.parent?.row?.id, items.map(({ name }) => name), values]);
  const from = textOf(items.map(({ index }) => replacedValue(entry, index)));
  const to = textOf(items.map(({ index }) => entry.judged.values[index] ?? null));
  return from === to ? [] : [{ entry, from, to }];
}

/** Takes away, again and again, what leads from nowhere or to nowhere: what is left goes round. */
function circling(steps: readonly Step[]): readonly Step[] {
  const left = new Set(steps.map(({ from }) => from));
  const taken = new Set(steps.map(({ to }) => to));
  const rest = steps.filter(({ from, to }) => taken.has(from) && left.has(to));
  return rest.length === steps.length ? steps : circling(rest);
}
