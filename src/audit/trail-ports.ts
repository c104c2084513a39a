/** What numbering, anchoring, checking and shortening the audit trail need from outside. */
import type { ChainHead, ChainLink } from "./chain.ts";

/** How far a process has looked for entries without a number: in passes, each in the order of their ids. */
export interface NumberingPlace {
  /** Whatever was written before is numbered. */
  readonly horizon: string;
  /** The last entry of the pass in hand, and the horizon once it has ended; null: the next call begins one. */
  readonly pass: { readonly after: string; readonly horizon: string } | null;
}

export interface Numbered {
  /** How many entries got a number. */
  readonly taken: number;
  /** To be handed to the next call. */
  readonly place: NumberingPlace;
}

export interface ChainStore {
  /**
   * Numbers committed entries that have no number, those of late committers too. One process at a time; null: another one is at it.
   * @param place what the last call returned, in this process; `BEGINNING` at first
   * @param extend heads after each of the contents
   */
  number(
    place: NumberingPlace,
    extend: (head: ChainHead, contents: readonly string[]) => readonly ChainHead[],
  ): Promise<Numbered | null>;
  /** Hands the head to `write` while no process numbers or anchors. */
  withHead(write: (head: ChainHead) => Promise<void>): Promise<void>;
}

/** Nothing was looked at. */
export const BEGINNING: NumberingPlace = { horizon: "0", pass: null };

/** Where the heads stand outside the database. */
export interface AnchorFile {
  /** Every whole line, or nothing where there is no file. What a process was writing when it died is no line. */
  read(): Promise<string>;
  /** The last two of them. */
  readEnd(): Promise<string>;
  /** Durable when it returns. */
  append(line: string): Promise<void>;
}

/** The head at which older entries were removed. */
export interface Checkpoint extends ChainHead {
  readonly signature: string;
}

export interface Waiting {
  /** Entries without a number. */
  readonly count: number;
  /** Of the oldest, in seconds; null: there is none. */
  readonly oldestSeconds: number | null;
}

export interface TrailStore {
  checkpoint(): Promise<Checkpoint | null>;
  /** Those that follow a number, at most `count`, in the order of their numbers. */
  links(after: number, count: number): Promise<readonly ChainLink[]>;
  waiting(): Promise<Waiting>;
  /**
   * Removes the first entries of the chain as far as all of them are older than `before`, at most `count`, and keeps the head of the last.
   * @returns it; null: there was nothing to remove
   */
  removeBefore(before: string, count: number, sign: (head: ChainHead) => string): Promise<ChainHead | null>;
}
