/** Secrets outside the database, one for each patient, submission and upload: what makes it possible to destroy just one (ADR 0034). */
import { randomBytes } from "node:crypto";
import { type Cover, ErasureTree, type LeafPath } from "./erasure-tree.ts";

const SECRET_BYTES = 32;

/** Kept where no backup of the database reaches: a file of this machine, or a key service through an adapter of its own. */
export interface ErasureKeys {
  /** Tells these keys from any others, and never changes: 64 hexadecimal digits. No secret. */
  readonly id: string;
  /** How many times something was destroyed: a database that knows of fewer was restored from a copy. */
  readonly generation: number;
  /** 64 hexadecimal digits; null where the leaf was destroyed. Synchronous: it is asked for each box. */
  secretOf(path: LeafPath): string | null;
  /**
   * Once it has returned, nobody can work the leaves out again, in this process or any other, from whatever backup of the database.
   * Destroying one twice does nothing. @throws KeyError when the file cannot be written; all leaves are then as they were
   */
  destroy(paths: readonly LeafPath[]): Promise<void>;
}

const newSecret = (): string => randomBytes(SECRET_BYTES).toString("hex");

export interface ErasureState {
  readonly id: string;
  readonly generation: number;
  readonly cover: Cover;
}

export const createErasureState = (): ErasureState => ({ id: newSecret(), generation: 0, cover: new Map([["", newSecret()]]) });

/** For a database in memory: forgotten with the process. */
export function createForgettingErasureKeys(): ErasureKeys {
  const { id, cover } = createErasureState();
  let tree = new ErasureTree(cover);
  let generation = 0;
  return {
    id,
    get generation() {
      return generation;
    },
    secretOf: (path) => tree.secretOf(path),
    destroy: async (paths) => {
      tree = new ErasureTree(tree.without(paths));
      generation += 1;
    },
  };
}
