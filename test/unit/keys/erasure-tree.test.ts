import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createErasureState } from "../../../src/keys/erasure-keys.ts";
import { ErasureTree, isLeafPath, leafPathOf } from "../../../src/keys/erasure-tree.ts";

const unitOf = (n: number): string => createHash("sha256").update(String(n)).digest("hex");
const pathsOf = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => leafPathOf("RAA", unitOf(n)));

describe("the tree of secrets", () => {
  it("gives every leaf a secret of its own, the same whenever it is asked", () => {
    const { cover } = createErasureState();
    const paths = pathsOf(2_000);
    const [tree, again] = [new ErasureTree(cover), new ErasureTree(cover)];
    const secrets = paths.map((path) => tree.secretOf(path));
    expect(new Set(secrets).size).toBe(2_000);
    expect([...paths].reverse().map((path) => again.secretOf(path))).toEqual([...secrets].reverse());
  });

  it("has leaves of its own for each organisation, and other secrets under another root", () => {
    const path = leafPathOf("RAA", unitOf(1));
    expect(isLeafPath(path)).toBe(true);
    expect(path).not.toBe(leafPathOf("RBB", unitOf(1)));
    expect(new ErasureTree(createErasureState().cover).secretOf(path)).not.toBe(
      new ErasureTree(createErasureState().cover).secretOf(path),
    );
  });

  it("loses exactly the destroyed leaves, in whatever order, and keeps nothing from which they follow", () => {
    const { cover } = createErasureState();
    const paths = pathsOf(600);
    const before = paths.map((path) => new ErasureTree(cover).secretOf(path));
    const destroyed = new Set(paths.filter((_, n) => n % 3 === 0));
    let tree = new ErasureTree(cover);
    for (const path of [...destroyed].slice(0, 100)) tree = new ErasureTree(tree.without([path]));
    tree = new ErasureTree(tree.without([...destroyed].slice(50)));
    expect(paths.map((path) => tree.secretOf(path))).toEqual(paths.map((path, n) => (destroyed.has(path) ? null : before[n])));
    for (const path of destroyed)
      for (let level = 0; level <= path.length; level++) expect(tree.cover.has(path.slice(0, level))).toBe(false);
  });

  it("destroys a leaf next to a destroyed one, and the same leaf twice", () => {
    const { cover } = createErasureState();
    const [first, brother] = ["00000000000000", "00000000000001"] as const;
    const tree = new ErasureTree(new ErasureTree(cover).without([first, first]));
    expect(tree.secretOf(first)).toBeNull();
    expect(tree.secretOf(brother)).toBe(new ErasureTree(cover).secretOf(brother));
    expect(new ErasureTree(tree.without([first, brother])).secretOf(brother)).toBeNull();
  });

  it("grows by 210 nodes for the first destroyed leaf and by fewer for each further one", () => {
    const { cover } = createErasureState();
    const one = new ErasureTree(cover).without(pathsOf(1));
    expect(one.size).toBe(14 * 15);
    const thousand = new ErasureTree(cover).without(pathsOf(1_000));
    expect(thousand.size / 1_000).toBeLessThan(180);
  });

  it("control: whoever kept the old cover has every secret still", () => {
    const { cover } = createErasureState();
    const [path = ""] = pathsOf(1);
    new ErasureTree(cover).without([path]);
    expect(new ErasureTree(cover).secretOf(path)).not.toBeNull();
  });
});
