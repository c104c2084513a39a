/**
 * The stronger attacker, for chosen cells: a linear programme over everything that adds up around them. It finds what follows from several
 * sums at once, which bounds carried from sum to sum need not find (assurance.md S3). Of whole counts it is a relaxation, so its bounds are
 * sound; it is some milliseconds a cell, so it checks a sample.
 */
import type { Bounds } from "./interval-attack.ts";
import { LinearModel, LinearSolver, type Range } from "./linear-programme.ts";
import type { Relations } from "./relations.ts";

/** Relations taken along, nearest first: beyond these nothing was found that they did not say (docs/evidence/statistics.md). */
const MOST_RELATIONS = 400;
/** A model with a relation of the whole country would be the whole cube. */
const MOST_CHILDREN = 60;

export interface CellBounds extends Range {
  readonly cell: number;
}

export class LinearAttack {
  readonly #solver: LinearSolver;
  readonly #relations: Relations;
  readonly #first: Bounds;

  private constructor(solver: LinearSolver, relations: Relations, first: Bounds) {
    this.#solver = solver;
    this.#relations = relations;
    this.#first = first;
  }

  /** Of the solver's memory. */
  get bytes(): number {
    return this.#solver.bytes;
  }

  /** @param first what is known of each cell before: what it tells by itself, or what the interval attacker found, which is stronger */
  static async prepare(relations: Relations, first: Bounds): Promise<LinearAttack> {
    return new LinearAttack(await LinearSolver.load(), relations, first);
  }

  /** One model around all of them, so cells that lie close together are cheaper so. In their order; null: the solver came to no end. */
  boundAll(cells: readonly number[]): readonly (CellBounds | null)[] {
    const { model, variableOf } = this.#model(cells);
    return this.#solver.ask(model, (rangeOf) =>
      cells.map((cell) => {
        const range = rangeOf([variableOf(cell)]);
        return range === null ? null : { cell, ...range };
      }),
    );
  }

  #model(cells: readonly number[]): { readonly model: LinearModel; readonly variableOf: (cell: number) => number } {
    const model = new LinearModel();
    const variables = new Map<number, number>();
    const variableOf = (one: number): number => {
      const known = variables.get(one);
      if (known !== undefined) return known;
      const added = model.addVariable({ low: this.#first.low[one] ?? 0, high: this.#first.high[one] ?? 0 });
      variables.set(one, added);
      return added;
    };
    for (const cell of cells) variableOf(cell);
    for (const relation of this.#near(cells)) {
      const parent = variableOf(this.#relations.parents[relation] ?? 0);
      const rest = { low: 0, high: this.#relations.mostRest[relation] ?? 0 };
      model.addRow(rest, [parent], this.#childrenOf(relation).map(variableOf));
    }
    return { model, variableOf };
  }

  /** Breadth first from the cells. */
  #near(cells: readonly number[]): ReadonlySet<number> {
    const { memberStarts, memberships, parents } = this.#relations;
    const found = new Set<number>();
    const queue = [...cells];
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
