/**
 * The strongest attacker (assurance.md 4.2, S3): the whole joint table of one programme as variables, every figure of its tables as a row
 * that sums some of them. It sees every table of the programme at once, and what the interval attacker brought from elsewhere. Too slow for
 * publications: a measurement asks it (bench/attack-cube-program.ts).
 */

import { type Bounds, UNBOUNDED } from "../../src/statistics/attack/interval-attack.ts";
import type { CellBounds } from "../../src/statistics/attack/linear-attack.ts";
import { LinearModel, LinearSolver } from "../../src/statistics/attack/linear-programme.ts";
import type { Relations } from "../../src/statistics/attack/relations.ts";
import type { CubeLayout, LaidTable } from "../../src/statistics/cube/cube-layout.ts";
import { DIMENSIONS, membersOf } from "../../src/statistics/cube/dimensions.ts";

interface Setting {
  readonly layout: CubeLayout;
  readonly relations: Relations;
  /** What is known of each cell before. */
  readonly bounds: Bounds;
}

/** A dimension of the joint table, with one code more for what is not known. */
interface Axis {
  readonly dimension: number;
  /** Of each variable. */
  readonly codes: Uint8Array;
}

export class JointAttack {
  readonly #model = new LinearModel();
  /** Of each cell of the programme's tables: the variables that are counted in it. */
  readonly #variablesOf = new Map<number, readonly number[]>();
  readonly #solver: LinearSolver;

  private constructor(solver: LinearSolver) {
    this.#solver = solver;
  }

  /** @param position of the programme among programmes */
  static async prepare(setting: Setting, position: number): Promise<JointAttack> {
    const joint = new JointAttack(await LinearSolver.load());
    joint.#build(setting, position);
    return joint;
  }

  /** In their order; null: the solver came to no end. */
  boundAll(cells: readonly number[]): readonly (CellBounds | null)[] {
    return this.#solver.ask(this.#model, (rangeOf) =>
      cells.map((cell) => {
        const range = rangeOf(this.#variablesOf.get(cell) ?? []);
        return range === null ? null : { cell, ...range };
      }),
    );
  }

  /** Variables of the joint table, and of each table of a dimension that is in no other. */
  #build({ layout, relations, bounds }: Setting, position: number): void {
    const tables = layout.tables.filter(({ declaration }) => declaration.level === "programme");
    const axes = layAxes(tables);
    const joint = Array.from(axes[0]?.codes ?? [], () => this.#model.addVariable({ low: 0, high: UNBOUNDED }));
    for (const table of tables) {
      for (let index = 0; index < table.width; index++) {
        const cell = table.offset + position * table.width + index;
        const range = { low: bounds.low[cell] ?? 0, high: bounds.high[cell] ?? 0 };
        const isJoint = table.dimensions.every((dimension) => axes.some((axis) => axis.dimension === dimension));
        const variables = isJoint ? variablesIn(joint, table, index, axes) : [this.#model.addVariable(range)];
        if (isJoint) this.#model.addRow(range, variables);
        this.#variablesOf.set(cell, variables);
      }
    }
    this.#addRests(relations);
  }

  /** What is not known of a total's journeys is bounded, too. */
  #addRests({ count, parents, starts, children, mostRest }: Relations): void {
    for (let relation = 0; relation < count; relation++) {
      const whole = this.#variablesOf.get(parents[relation] ?? 0);
      if (whole === undefined) continue;
      const parts = Array.from(children.subarray(starts[relation] ?? 0, starts[relation + 1] ?? 0), (cell) =>
        this.#variablesOf.get(cell),
      );
      if (parts.some((part) => part === undefined)) continue;
      const [left, right] = [new Set(whole), new Set(parts.flatMap((part) => part ?? []))];
      this.#model.addRow(
        { low: 0, high: mostRest[relation] ?? 0 },
        [...left].filter((one) => !right.has(one)),
        [...right].filter((one) => !left.has(one)),
      );
    }
  }
}

/** Dimensions that a table has beside another: the others tell nothing of each other. */
function layAxes(tables: readonly LaidTable[]): readonly Axis[] {
  const joined = new Set(tables.filter(({ dimensions }) => dimensions.length > 1).flatMap(({ dimensions }) => dimensions));
  const sizes = [...joined].map((dimension) => (DIMENSIONS[dimension]?.categories.length ?? 0) + 1);
  const length = sizes.reduce((product, size) => product * size, 1);
  let stride = 1;
  return [...joined].map((dimension, at) => {
    const [own, size] = [stride, sizes[at] ?? 1];
    stride *= size;
    return { dimension, codes: Uint8Array.from({ length }, (_, variable) => Math.floor(variable / own) % size) };
  });
}

/** Those that are counted in a cell of the table. */
function variablesIn(
  joint: readonly number[],
  { dimensions, strides, sizes }: LaidTable,
  index: number,
  axes: readonly Axis[],
): readonly number[] {
  const wanted = dimensions.map((dimension, at) => ({
    codes: axes.find((axis) => axis.dimension === dimension)?.codes,
    members: membersOf(dimension, Math.floor(index / (strides[at] ?? 1)) % (sizes[at] ?? 1)),
  }));
  return joint.filter((variable) => wanted.every(({ codes, members }) => members.includes(codes?.[variable] ?? -1)));
}
