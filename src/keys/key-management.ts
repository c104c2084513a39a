/** Who guards the key that all data keys are wrapped with: a key file of this machine, or a key service through an adapter of its own. */

/** A data key as it is stored; worthless without the key management that wrapped it. */
export interface WrappedKey {
  /** 1 to 255; boxes name the version they were sealed with. */
  readonly version: number;
  readonly wrapped: Uint8Array;
}

export interface KeyManagement {
  /** Encrypts a data key. `scope` is bound to it: what was wrapped for one scope does not unwrap for another. */
  wrap(key: Buffer, scope: string): Promise<Buffer>;
  /** @throws KeyError when the key was wrapped by another key management, for another scope, or was altered */
  unwrap(wrapped: Uint8Array, scope: string): Promise<Buffer>;
}

/** Where wrapped data keys are kept. */
export interface DataKeyStore {
  /** All versions of a scope's key, oldest first; empty where there is none yet. */
  read(scope: string): Promise<readonly WrappedKey[]>;
  /** Stores version 1, unless another process has stored one meanwhile: then it does nothing. */
  insertFirst(scope: string, wrapped: Buffer): Promise<void>;
}

/** A key is missing, loose, damaged or not the one that is needed. The text is for the operator and never holds key material. */
export class KeyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "KeyError";
  }
}
