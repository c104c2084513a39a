import { describe, expect, it } from "vitest";
import { nameGroups } from "../../../src/episodes/name-groups.ts";

/** `A B` is a group of two records; ids that a record has now stand behind it: `A=1`. */
function name(groups: readonly string[], known: readonly string[]): readonly string[] {
  const idOf = new Map(known.map((text): [string, string] => [`T ${text.slice(0, 1)}`, text.slice(2)]));
  let made = 0;
  const named = nameGroups(
    groups,
    (group) => group.split(" ").map((id) => ({ ods: "T", id })),
    idOf,
    () => `new${++made}`,
  );
  return named.map(({ group, id }) => `${group}: ${id}`);
}

describe("ids of groups", () => {
  it("stay with a group that keeps a member, and are new where no member had one", () => {
    expect(name(["A B", "C"], ["A=1"])).toEqual(["A B: 1", "C: new1"]);
  });

  it("go where most members went when a group is split, then to the group that comes first", () => {
    expect(name(["A", "B C"], ["A=1", "B=1", "C=1"])).toEqual(["A: new1", "B C: 1"]);
    expect(name(["A", "B"], ["A=1", "B=1"])).toEqual(["A: 1", "B: new1"]);
  });

  it("are of the larger part when groups are joined, then the older one, and no id is given twice", () => {
    expect(name(["A B C"], ["A=2", "B=1", "C=1"])).toEqual(["A B C: 1"]);
    expect(name(["A B"], ["A=2", "B=1"])).toEqual(["A B: 1"]);
    expect(name(["A B", "C"], ["A=1", "B=2", "C=2"])).toEqual(["A B: 1", "C: 2"]);
  });
});
