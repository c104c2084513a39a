/** Who guards the key that all data keys are wrapped with: a key file of this machine, or a key service through an adapter of its own. */
import type { ErasureKeys } from "./erasure-keys.ts";

/** A data key as it is stored; worthless without the key management that wrapped it. */
export interface WrappedKey {
  readonly scope: string;
  /** 1 to 255; boxes name the version they were sealed with. */
  readonly version: number;
  readonly wrapped: Uint8Array;
  /** False for a version that is too young: every process is to have read it before one seals with it. */
  readonly seals: boolean;
}

export interface KeyManagement {
  /** What is destroyed with a patient; kept where the master key is, not in the database. */
  readonly erasure: ErasureKeys;
  /** Encrypts a data key. `scope` is bound to it: what was wrapped for one scope does not unwrap for another. */
  wrap(key: Buffer, scope: string): Promise<Buffer>;
  /** @throws KeyError when the key was wrapped by another key management, for another scope, or was altered */
  unwrap(wrapped: Uint8Array, scope: string): Promise<Buffer>;
}

/** A key management whose own key this installation replaces. A key service replaces its keys itself and needs none of this. */
export interface ReplaceableKey extends KeyManagement {
  /** Sees to it that there is a key newer than the one in use; does nothing where an earlier call did and nobody retired the old one since. */
  addNewer(): Promise<void>;
  /** Whether it was wrapped with the newest key. */
  isNewest(wrapped: Uint8Array): boolean;
  /** Forgets every key but the newest. What is still wrapped with another one is lost. */
  retireOlder(): Promise<void>;
}

/** Where wrapped data keys are kept. */
export interface DataKeyStore {
  /** All versions of the keys of these scopes, the oldest first; none of a scope that has none yet. */
  read(scopes: readonly string[]): Promise<readonly WrappedKey[]>;
  /**
   * Stores version 1, unless another process has stored one meanwhile: then it does nothing. Nobody replaces the master key between
   * `wrap` and the moment its result is stored.
   */
  insertFirst(scope: string, wrap: () => Promise<Buffer>): Promise<void>;
}

/** A key is missing, loose, damaged or not the one that is needed. The text is for the operator and never holds key material. */
export class KeyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "KeyError";
  }
}

/** What the box holds was destroyed, and this is meant to be so for ever. */
export class DestroyedError extends KeyError {
  constructor() {
    super("What this box holds was destroyed.");
    this.name = "DestroyedError";
  }
}
