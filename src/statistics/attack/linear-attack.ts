/**
 * The stronger attacker, for chosen cells: a linear programme over everything that adds up around them (HiGHS, in WebAssembly). It finds what
 * follows from several sums at once, which bounds carried from sum to sum need not find (assurance.md S3). Of whole counts it is a relaxation,
 * so its bounds are sound; it is some milliseconds a cell, so it checks a sample.
 */
import { createRequire } from "node:module";
import type { Highs } from "highs";
import type { Bounds } from "./interval-attack.ts";
import type { Relations } from "./relations.ts";

/** A CommonJS module whose types say that it is another. */
const loadHighs: () => Promise<Highs> = createRequire(import.meta.url)("highs");

/** Relations taken along, nearest first: beyond these nothing was found that they did not say (docs/statistics.md). */
const MOST_RELATIONS = 400;
/** A model with a relation of the whole country would be the whole cube. */
const MOST_CHILDREN = 60;

export interface CellBounds {
  readonly cell: number;
  readonly low: number;
  readonly high: number;
}

export class LinearAttack {
  readonly #highs: Highs;
  readonly #relations: Relations;
  readonly #first: Bounds;

  private constructor(highs: Highs, relations: Relations, first: Bounds) {
    this.#highs = highs;
    this.#relations = relations;
    this.#first = first;
  }

  /** @param first what each cell tells by itself: the programme finds the rest */
  static async prepare(relations: Relations, first: Bounds): Promise<LinearAttack> {
    return new LinearAttack(await loadHighs(), relations, first);
  }

  /** Null: the solver came to no end. */
  bound(cell: number): CellBounds | null {
    const constraints = this.#model(cell);
    const low = this.#solve("Minimize", cell, constraints);
    const high = this.#solve("Maximize", cell, constraints);
    // Solutions are to a millionth; a count is whole.
    return low === null || high === null ? null : { cell, low: Math.ceil(low - 1e-6), high: Math.floor(high + 1e-6) };
  }

  #solve(sense: "Minimize" | "Maximize", cell: number, constraints: string): number | null {
    const { Status, ObjectiveValue } = this.#highs.solve(`${sense}\n obj: x${cell}\n${constraints}`, { time_limit: 20 });
    return Status === "Optimal" ? ObjectiveValue : null;
  }

  #model(cell: number): string {
    const cells = new Set<number>([cell]);
    const lines: string[] = [];
    for (const relation of this.#near(cell)) {
      const members = this.#childrenOf(relation);
      const parent = this.#relations.parents[relation] ?? 0;
      for (const member of [parent, ...members]) cells.add(member);
      const left = [`x${parent}`, ...members.map((member) => `- x${member}`)].join("\n ");
      lines.push(` a${relation}: ${left} >= 0`);
      lines.push(` b${relation}: ${left} <= ${this.#relations.mostRest[relation] ?? 0}`);
    }
    const bounds = [...cells].map((one) => ` ${this.#first.low[one] ?? 0} <= x${one} <= ${this.#first.high[one] ?? 0}`);
    return ["Subject To", ...lines, "Bounds", ...bounds, "End"].join("\n");
  }

  /** Breadth first from the cell. */
  #near(cell: number): ReadonlySet<number> {
    const { memberStarts, memberships, parents } = this.#relations;
    const found = new Set<number>();
    const queue = [cell];
    const seen = new Set(queue);
    for (let next = queue.shift(); next !== undefined && found.size < MOST_RELATIONS; next = queue.shift()) {
      for (const relation of memberships.subarray(memberStarts[next] ?? 0, memberStarts[next + 1] ?? 0)) {
        const children = this.#childrenOf(relation);
        if (found.has(relation) || children.length > MOST_CHILDREN) continue;
        found.add(relation);
        for (const member of [parents[relation] ?? 0, ...children]) {
          if (!seen.has(member)) queue.push(member);
          seen.add(member);
        }
      }
    }
    return found;
  }

  #childrenOf(relation: number): readonly number[] {
    const { starts, children } = this.#relations;
    return Array.from(children.subarray(starts[relation] ?? 0, starts[relation + 1] ?? 0));
  }
}
