import { describe, expect, it } from "vitest";
import { createGroupCommit } from "../../../src/inbox/group-commit.ts";

function writer(): { readonly groups: number[][]; readonly write: (items: readonly number[]) => Promise<readonly string[]> } {
  const groups: number[][] = [];
  return {
    groups,
    write: async (items) => {
      groups.push([...items]);
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (items.includes(13)) throw new Error("unlucky");
      return items.map((item) => `#${item}`);
    },
  };
}

describe("a group commit", () => {
  it("writes in order what came together, and what came meanwhile as the next group", async () => {
    const { groups, write } = writer();
    const group = createGroupCommit({ write, waitMs: 1, most: 3 });
    const answers = await Promise.all([1, 2, 3, 4, 5].map((item) => group.add(item)));
    expect(answers).toEqual(["#1", "#2", "#3", "#4", "#5"]);
    expect(groups).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
  });

  it("tells everybody of a group that failed, and goes on with the next", async () => {
    const { write } = writer();
    const group = createGroupCommit({ write, waitMs: 1, most: 2 });
    const settled = await Promise.allSettled([1, 13, 3].map((item) => group.add(item)));
    expect(settled.map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled"]);
  });
});
