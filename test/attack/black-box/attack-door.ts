/** The analysts' door as an attacker sees it: questions go in, rows or a refusal come out. Nothing behind it is known here. */
import type { Condition } from "../../../src/statistics/cube/question.ts";

export interface AttackQuestion {
  readonly measure: string;
  readonly dimensions: readonly string[];
  readonly where: readonly Condition[];
  /** Journeys of which one of these conjunctions holds: what a free query language would offer, and the trackers' tool. */
  readonly anyOf?: readonly (readonly Condition[])[];
}
export interface AttackRow {
  readonly categories: readonly Condition[];
  /** Null: one symbol for whatever reason. */
  readonly value: number | null;
}
export type DoorAnswer = { readonly kind: "ROWS"; readonly rows: readonly AttackRow[] } | { readonly kind: "REFUSED" };

/** @param agreement one of those that the colluding analysts hold */
export interface Door {
  ask(agreement: string, question: AttackQuestion): Promise<DoorAnswer>;
}

/** One person as the register or a neighbour knows him: a category by dimension and the places, null where nothing is known. */
export type Person = Readonly<Record<string, string | null>>;

export const condition = (dimension: string, category: string): Condition => ({ dimension, category });

/** The counts that the published rule turns into the figure; `CUBE_0_7_5` rounds half-up to 5 and shows nothing below 8. */
export const countsBehind = (figure: number): readonly [low: number, high: number] => [Math.max(8, figure - 2), figure + 2];

export function countQuestions(door: Door): Door & { readonly asked: () => number } {
  let asked = 0;
  return {
    asked: () => asked,
    ask: (agreement, question) => {
      asked += 1;
      return door.ask(agreement, question);
    },
  };
}
