/** Numbers what was written to the audit trail, and writes its head down outside the database. Any number of processes may run one. */
import { readAnchorEnd, toAnchorLine, writeAnchorLine } from "./anchor.ts";
import { type AuditKey, extendChain } from "./chain.ts";
import { type AnchorFile, BEGINNING, type ChainStore } from "./trail-ports.ts";

export interface ChainerDependencies {
  readonly store: ChainStore;
  readonly key: AuditKey;
  /** Null: none is kept. */
  readonly anchorFile: AnchorFile | null;
  readonly now: () => string;
}

export interface Chainer {
  /** Goes on until nothing is left or another process is at it. @returns how many entries got a number */
  numberAll(): Promise<number>;
  /**
   * Writes the head down if it has moved since.
   * @throws AnchorBroken where the file is not what was written to it: a new line would hide that
   */
  anchor(): Promise<void>;
}

/** The anchor was changed by somebody else. Its text names no entry. */
class AnchorBroken extends Error {
  constructor() {
    super("The last line of the audit anchor is not what was written: keep the file, and see docs/audit.md.");
  }
}

export function createChainer({ store, key, anchorFile, now }: ChainerDependencies): Chainer {
  let place = BEGINNING;
  return {
    async numberAll() {
      let total = 0;
      for (;;) {
        const numbered = await store.number(place, (head, contents) => extendChain(key, head, contents));
        if (numbered === null) return total;
        place = numbered.place;
        total += numbered.taken;
        if (place.pass === null) return total;
      }
    },
    async anchor() {
      if (anchorFile === null) return;
      await store.withHead(async (head) => {
        const last = readAnchorEnd(key, await anchorFile.readEnd());
        if (last === "BROKEN") throw new AnchorBroken();
        if (head.sequence > (last?.sequence ?? 0)) await anchorFile.append(writeAnchorLine(toAnchorLine(key, head, now(), last)));
      });
    },
  };
}
