/** The versions of one data key, of which the newest that every process knows is used. They change while others hold this object. */
import { KeyError, type KeyManagement, type WrappedKey } from "./key-management.ts";

export class VersionedKeys<T> {
  readonly #scope: string;
  readonly #management: KeyManagement;
  readonly #toUsable: (key: Buffer) => T;
  #known: ReadonlyMap<number, T> = new Map();
  #newest = 0;

  /** @param toUsable what is made of an unwrapped key, once for each version */
  constructor(scope: string, management: KeyManagement, toUsable: (key: Buffer) => T) {
    this.#scope = scope;
    this.#management = management;
    this.#toUsable = toUsable;
  }

  /** The version to use. */
  get newest(): number {
    return this.#newest;
  }

  /** @throws KeyError for a version that was destroyed */
  get(version: number): T {
    const key = this.#known.get(version);
    if (key === undefined)
      throw new KeyError(`Version ${version} of the data key ${this.#scope} is gone: what it sealed cannot be read.`);
    return key;
  }

  find(version: number): T | null {
    return this.#known.get(version) ?? null;
  }

  /** @param rows every version of the scope, the oldest first. @throws KeyError where there is none, or one cannot be unwrapped */
  async adopt(rows: readonly WrappedKey[]): Promise<void> {
    const newest = rows.findLast(({ seals }) => seals) ?? rows[0];
    if (newest === undefined) throw new KeyError(`The data key ${this.#scope} is not stored.`);
    const known = await Promise.all(
      rows.map(async ({ version, wrapped }) => {
        const key = this.#known.get(version) ?? this.#toUsable(await this.#management.unwrap(wrapped, this.#scope));
        return [version, key] as const;
      }),
    );
    this.#known = new Map(known);
    this.#newest = newest.version;
  }
}
