import { parse } from "graphql";
import { describe, expect, it } from "vitest";
import { createDocumentStore } from "../../../src/graphql/document-store.ts";

const ten = parse("{ abcdef }");

describe("the store of documents", () => {
  it("keeps what it was given until it has no more room, and what was asked for last is kept longest", async () => {
    const store = createDocumentStore(25);
    await store.set("a", ten);
    await store.set("b", ten);
    expect(await store.get("a")).toBe(ten);
    await store.set("c", ten);
    expect([await store.get("a"), await store.get("b"), await store.get("c")]).toEqual([ten, undefined, ten]);
  });

  it("counts a document once that it is given again, and no longer one that was deleted", async () => {
    const store = createDocumentStore(25);
    for (let time = 0; time < 5; time++) await store.set("a", ten);
    await store.set("b", ten);
    expect(await store.get("a")).toBe(ten);
    await store.delete("a");
    await store.set("c", ten);
    expect([await store.get("a"), await store.get("b"), await store.get("c")]).toEqual([undefined, ten, ten]);
  });
});
