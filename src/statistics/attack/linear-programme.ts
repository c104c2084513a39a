/**
 * Linear programmes in memory (HiGHS, in WebAssembly): variables and rows between two bounds, and the least and the most that a sum of
 * variables can be. What the attackers beside the interval attacker calculate with.
 */
import { createRequire } from "node:module";
import type { Highs, Model, ModelData } from "highs";
import { UNBOUNDED } from "./interval-attack.ts";

/** A CommonJS module whose types say that it is another. */
const loadHighs: () => Promise<Highs> = createRequire(import.meta.url)("highs");

/** Steps of a solution, not seconds: the same cut is judged the same on every machine. Models here need some hundreds. */
const MOST_STEPS = 20_000;
/**
 * Only the objective differs from question to question, so the primal method goes on from the solution before, which the dual cannot; what
 * could be left out beforehand is not looked for, as the model is asked again. Together seven times as fast as the solver's own choice.
 */
const OPTIONS = { output_flag: false, simplex_iteration_limit: MOST_STEPS, simplex_strategy: 4, presolve: "off" } as const;
/** Solutions are to a millionth; a count is whole. */
const TOLERANCE = 1e-6;

/** Both included; `UNBOUNDED` is no bound. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Rows are sums of variables, each with a factor. */
export class LinearModel {
  readonly #columns: Range[] = [];
  readonly #rows: Range[] = [];
  readonly #starts: number[] = [0];
  readonly #indices: number[] = [];
  readonly #factors: number[] = [];

  /** @returns its number */
  addVariable(range: Range): number {
    this.#columns.push(range);
    return this.#columns.length - 1;
  }

  /** Range the bounds: the sum of `plus`, less that of `minus`. No variable twice. */
  addRow(range: Range, plus: Iterable<number>, minus: Iterable<number> = []): void {
    this.#rows.push(range);
    for (const variable of plus) this.#addTerm(variable, 1);
    for (const variable of minus) this.#addTerm(variable, -1);
    this.#starts.push(this.#indices.length);
  }

  #addTerm(variable: number, factor: number): void {
    this.#indices.push(variable);
    this.#factors.push(factor);
  }

  toData(): ModelData {
    const lows = (all: readonly Range[]): Float64Array => Float64Array.from(all, ({ low }) => low);
    const highs = (all: readonly Range[]): Float64Array =>
      Float64Array.from(all, ({ high }) => (high < UNBOUNDED ? high : Number.POSITIVE_INFINITY));
    return {
      numCols: this.#columns.length,
      numRows: this.#rows.length,
      colCost: new Float64Array(this.#columns.length),
      colLower: lows(this.#columns),
      colUpper: highs(this.#columns),
      rowLower: lows(this.#rows),
      rowUpper: highs(this.#rows),
      matrix: {
        format: "csr",
        numRows: this.#rows.length,
        numCols: this.#columns.length,
        starts: Int32Array.from(this.#starts),
        indices: Int32Array.from(this.#indices),
        values: Float64Array.from(this.#factors),
      },
    };
  }
}

/** Of a sum of variables; null: the solver came to no end. */
export type RangeOf = (sum: readonly number[]) => Range | null;

/**
 * One instance of the solver, and with it one memory, which goes when the instance does; so each publication takes its own. A model is
 * freed as soon as its questions are answered.
 */
export class LinearSolver {
  readonly #highs: Highs;

  private constructor(highs: Highs) {
    this.#highs = highs;
  }

  static async load(): Promise<LinearSolver> {
    return new LinearSolver(await loadHighs());
  }

  /** Of its memory, which never shrinks. */
  get bytes(): number {
    return this.#highs.memoryBytes;
  }

  /** Questions to one model: each starts from the solution of the one before. */
  ask<T>(model: LinearModel, question: (rangeOf: RangeOf) => T): T {
    return this.#highs.withModel(model.toData(), (native): T => {
      native.options.set(OPTIONS);
      return question((sum) => this.#rangeOf(native, sum));
    });
  }

  #rangeOf(native: Model, sum: readonly number[]): Range | null {
    const { minimize, maximize } = this.#highs.constants.objectiveSense;
    for (const variable of sum) native.changeColCost(variable, 1);
    const low = this.#optimum(native, minimize);
    const high = low === null ? null : this.#optimum(native, maximize);
    for (const variable of sum) native.changeColCost(variable, 0);
    if (low === null || high === null) return null;
    return { low: Math.ceil(low - TOLERANCE), high: Math.floor(high + TOLERANCE) };
  }

  #optimum(native: Model, sense: Parameters<Model["changeObjectiveSense"]>[0]): number | null {
    native.changeObjectiveSense(sense);
    const { modelStatus } = native.run();
    return modelStatus === this.#highs.constants.modelStatus.optimal ? native.getObjectiveValue() : null;
  }
}
