import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EntryIndex } from "../../../src/sources/files/entry-index.ts";
import { digestKey, KeyTable } from "../../../src/sources/files/key-table.ts";

/** Groups as sets, found the slow way. */
function groupSlowly(keysOfEntries: readonly (readonly string[])[]): readonly (readonly number[])[] {
  const groups: { readonly entries: number[]; readonly keys: Set<string> }[] = [];
  for (const [entry, keys] of keysOfEntries.entries()) {
    const touched = groups.filter((group) => keys.some((key) => group.keys.has(key)));
    const joined = {
      entries: [...touched.flatMap(({ entries }) => entries), entry],
      keys: new Set([...touched.flatMap((group) => [...group.keys]), ...keys]),
    };
    for (const group of touched) groups.splice(groups.indexOf(group), 1);
    groups.push(joined);
  }
  return groups.map(({ entries }) => entries.toSorted((a, b) => a - b)).toSorted(([a = 0], [b = 0]) => a - b);
}

function group(keysOfEntries: readonly (readonly string[])[], limit = { entries: 1_000, bytes: 1_000_000 }) {
  const index = new EntryIndex(limit);
  for (const [number, keys] of keysOfEntries.entries()) {
    const entry = index.add({ start: number * 10, length: 10, number });
    for (const key of keys) index.join(entry, digestKey(key));
  }
  const gathered = index.seal();
  const groups = Array.from({ length: gathered.groups }, (_, at) => [...gathered.members(at)]);
  return { index, gathered, groups };
}

describe("the index of a file's entries", () => {
  it("puts together what shares a key, directly or over others, in the order of first entries", () => {
    const keys = fc.array(fc.array(fc.constantFrom("a", "b", "c", "d", "e", "f", "g"), { maxLength: 3 }), { maxLength: 30 });
    fc.assert(
      fc.property(keys, (keysOfEntries) => {
        expect(group(keysOfEntries).groups).toEqual(groupSlowly(keysOfEntries));
      }),
    );
  });

  it("keeps what each of many thousands of entries was added with", () => {
    const { gathered } = group(Array.from({ length: 20_000 }, (_, entry) => [`key ${entry % 7_000}`]));
    expect(gathered.groups).toBe(7_000);
    expect(gathered.entry(19_999)).toEqual({ start: 199_990, length: 10, number: 19_999 });
    expect(gathered.begin(1)).toBe(3);
    expect(gathered.groupAt(3)).toBe(1);
    expect(gathered.groupAt(20_000)).toBe(7_000);
  });

  it("keeps groups within their limits, and says which entry was kept out first", () => {
    const same = [["a"], ["a"], ["a"], ["a"]];
    expect(group(same, { entries: 2, bytes: 1_000 }).groups).toEqual([[0, 1], [2], [3]]);
    const { index, groups } = group(same, { entries: 9, bytes: 30 });
    expect(groups).toEqual([[0, 1, 2], [3]]);
    expect(index.firstKeptOut).toBe(3);
  });
});

describe("the table of keys", () => {
  it("tells 200,000 keys apart that differ little", () => {
    const table = new KeyTable();
    const keys = Array.from({ length: 200_000 }, (_, entry) => `Observation/${entry}`);
    for (const [entry, key] of keys.entries()) expect(table.claim(digestKey(key), entry)).toBeNull();
    for (const [entry, key] of keys.entries()) if (table.find(digestKey(key)) !== entry) throw new Error(key);
    expect(table.claim(digestKey("Observation/7"), 9)).toBe(7);
    expect(table.find(digestKey("Observation/x"))).toBeNull();
  });
});
