/** Sets of names that are joined step by step (union-find). A name nobody has joined is a set of its own. */
export class JoinedSets {
  readonly #parent = new Map<string, string>();
  readonly #size = new Map<string, number>();

  /** One name for all of a set. */
  of(name: string): string {
    let root = name;
    for (let parent = this.#parent.get(root); parent !== undefined; parent = this.#parent.get(root)) root = parent;
    if (root !== name) this.#parent.set(name, root);
    return root;
  }

  sizeOf(name: string): number {
    return this.#size.get(this.of(name)) ?? 1;
  }

  join(one: string, other: string): void {
    const [left, right] = [this.of(one), this.of(other)];
    if (left === right) return;
    this.#size.set(right, this.sizeOf(left) + this.sizeOf(right));
    this.#parent.set(left, right);
  }
}
