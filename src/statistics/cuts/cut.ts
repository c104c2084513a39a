/** A cut: the national side as it stood at one instant, frozen under a name, and the cubes that were published of it. */

/** One cut at most is in force. A withdrawn one answers nothing any more; its rows stay for who must explain its figures. */
export const CUT_STATES = ["IN_FORCE", "SUPERSEDED", "WITHDRAWN"] as const;
export type CutState = (typeof CUT_STATES)[number];

/** The cube of one audit year. */
export interface CutCube {
  /** Year in which the audit year began, in April. */
  readonly auditYear: number;
  /** SHA-256 of the encoded cube, hex. */
  readonly digest: string;
  /** Cells, and how many of them are published. */
  readonly cells: number;
  readonly published: number;
}

export interface Cut {
  readonly id: string;
  /** From 1; names the cut in citations with the day. */
  readonly number: number;
  readonly state: CutState;
  /** ISO instant: what was committed before it is in the cut. */
  readonly asOf: string;
  readonly publishedAt: string;
  /** Null unless it was withdrawn. The reason is shown to whoever may see the cut. */
  readonly withdrawn: { readonly at: string; readonly reason: string } | null;
  /** By audit year. A year whose audit missed its target has none. */
  readonly cubes: readonly CutCube[];
  /** Made of a generated population, not of what hospitals sent: the demo's. */
  readonly isSynthetic: boolean;
}
