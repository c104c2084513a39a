/** Places of the secrets that a destruction is to destroy, gathered from what is deleted. */
import type { OrganisationKeys } from "../keys/organisation-keys.ts";
import { leafOfBox } from "../keys/sealed-box.ts";

export class LeafList {
  readonly #keys: Pick<OrganisationKeys, "leafOf">;
  readonly #leaves = new Set<string>();
  #withoutLeaf = 0;

  constructor(keys: Pick<OrganisationKeys, "leafOf">) {
    this.#keys = keys;
  }

  get all(): readonly string[] {
    return [...this.#leaves].sort();
  }

  /**
   * Boxes from before there were secrets to be destroyed: copies of them open until the version of the data key they were sealed with is
   * destroyed (docs/keys.md).
   */
  get withoutLeaf(): number {
    return this.#withoutLeaf;
  }

  /** @param head the box, or as much of it as names its secret */
  addBox(head: Uint8Array): void {
    const leaf = leafOfBox(head);
    if (leaf === null) this.#withoutLeaf += 1;
    else this.#leaves.add(leaf);
  }

  addUnit(unit: string): void {
    this.#leaves.add(this.#keys.leafOf(unit));
  }
}
