/**
 * The vocabulary of up-conversion: what became of the items and codes of a dataset version in the next one. Only differences are
 * written: an item or key that both versions have is the same thing in both. A new item that older senders cannot state is filled by its
 * own `defaultValue`, if by anything, and needs no step.
 */
import type { RecordTypeName } from "./define.ts";

/** All steps from one version to the next. */
export interface Conversion {
  readonly from: string;
  readonly to: string;
  readonly steps: readonly ConversionStep[];
}

export type ConversionStep = ItemRenamed | ItemDropped | CodeChanged;

/** The item has another name, and the same meaning, kind and unit. */
interface ItemRenamed {
  readonly kind: "rename";
  readonly recordType: RecordTypeName;
  readonly from: string;
  readonly to: string;
}

/** The item is no part of the dataset any more: what is sent stays in the submission as it was received, and the sender is told. */
interface ItemDropped {
  readonly kind: "drop";
  readonly recordType: RecordTypeName;
  readonly item: string;
  /** Half a sentence for the sender. */
  readonly reason: string;
}

/**
 * A key that is another one, or one of several: steps of one key are tried in order, and the last has no condition.
 * A step without a reason is silent, which is right where nothing is lost: the key has only another name.
 */
export interface CodeChanged {
  readonly kind: "code";
  /** The list in the older version. */
  readonly list: string;
  readonly from: string;
  readonly to: string;
  /** Decided by another item of the same record as it was sent; an absent one does not fit. */
  readonly when?: { readonly item: string; readonly in: readonly (string | number)[] };
  /** What was lost or decided, as half a sentence for the sender. */
  readonly reason?: string;
}
