/** What history holds of identifying items: a sealed text for each line that changed any. */
import type { Value } from "../dataset/define.ts";
import { DestroyedError } from "../keys/key-management.ts";
import type { OrganisationKeys } from "../keys/organisation-keys.ts";
import { numberOf, optionalBytesOf, type SqlRow, textOf } from "./sql-row.ts";

interface IdentityChange {
  readonly before: Value | null;
  readonly after: Value | null;
}

const NOTHING: IdentityChange = { before: null, after: null };

/** The lines of one record, each opened once at most and only when it is asked for. */
export class SealedChanges {
  readonly #keys: Pick<OrganisationKeys, "open">;
  readonly #place: string;
  readonly #opened = new Map<number, Readonly<Record<string, IdentityChange>>>();

  constructor(keys: Pick<OrganisationKeys, "open">, ods: string, recordId: string) {
    this.#keys = keys;
    this.#place = `${ods}/${recordId}`;
  }

  /** @throws Error where the box belongs to another line or was altered. */
  read(version: number, sealed: Uint8Array, field: string): IdentityChange {
    const known = this.#opened.get(version) ?? this.#open(version, sealed);
    return known[field] ?? NOTHING;
  }

  #open(version: number, sealed: Uint8Array): Readonly<Record<string, IdentityChange>> {
    const changes: Readonly<Record<string, IdentityChange>> = JSON.parse(
      this.#keys.open(sealed, `${this.#place}/${version}`).toString(),
    );
    this.#opened.set(version, changes);
    return changes;
  }
}

/**
 * What an item was before a line of history, by a row with `id`, `version` and `sealed`. Null: nothing, or the box was destroyed meanwhile.
 * @throws KeyError where it was altered
 */
export function readSealedBefore(keys: Pick<OrganisationKeys, "open">, ods: string, row: SqlRow, field: string): Value | null {
  const sealed = optionalBytesOf(row, "sealed");
  if (sealed === null) return null;
  try {
    return new SealedChanges(keys, ods, textOf(row, "id")).read(numberOf(row, "version"), sealed, field).before;
  } catch (error) {
    if (error instanceof DestroyedError) return null;
    throw error;
  }
}
