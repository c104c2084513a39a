/** Listens to every loader of this process: which keys it was asked for, and so for whom it works. */
import DataLoader from "dataloader";
import { type MockInstance, vi } from "vitest";

/** Keys of one loader, in the order they were asked for. */
type Keys = readonly string[];

const toText = (key: unknown): string => (typeof key === "string" ? key : JSON.stringify(key));

export class LoaderWatch {
  readonly #spy: MockInstance<DataLoader<unknown, unknown>["load"]> = vi.spyOn(DataLoader.prototype, "load");

  /** Of each loader that was asked since the watch began. */
  list(): Keys[] {
    const byLoader = new Map<unknown, string[]>();
    for (const [call, loader] of this.#spy.mock.contexts.entries()) {
      const keys = byLoader.get(loader) ?? [];
      keys.push(toText(this.#spy.mock.calls[call]?.[0]));
      byLoader.set(loader, keys);
    }
    return [...byLoader.values()];
  }

  stop(): void {
    this.#spy.mockRestore();
  }
}

/**
 * Signs of loaders that outlived their request, where each request asks for a key once.
 * @param ownerOf whose a key is; null: anybody may ask for it
 */
export function findShared(loaders: readonly Keys[], ownerOf: (key: string) => string | null): string[] {
  return loaders.flatMap((keys) => {
    const owners = new Set(keys.map(ownerOf).filter((owner) => owner !== null));
    return [
      ...(owners.size > 1 ? [`one loader was asked for keys of ${[...owners].join(" and ")}`] : []),
      ...(new Set(keys).size < keys.length ? ["one loader was asked for a key again"] : []),
    ];
  });
}
