import { describe, expect, it } from "vitest";
import { type DataKeyStore, KeyError, type WrappedKey } from "../../../src/keys/key-management.ts";
import { createKeyRing } from "../../../src/keys/key-ring.ts";
import { createForgettingKeyManagement } from "../../../src/keys/local-key-file.ts";

/** Keeps keys in memory with the semantics of the real store: the first insert counts. */
function createMemoryStore(): DataKeyStore & { readonly rows: Map<string, WrappedKey[]>; reads: number } {
  const rows = new Map<string, WrappedKey[]>();
  return {
    rows,
    reads: 0,
    async read(scopes) {
      this.reads += 1;
      return scopes.flatMap((scope) => rows.get(scope) ?? []);
    },
    async insertFirst(scope, wrap) {
      const wrapped = await wrap();
      if (!rows.has(scope)) rows.set(scope, [{ scope, version: 1, wrapped, seals: true }]);
    },
  };
}

const management = createForgettingKeyManagement();

describe("an organisation's keys", () => {
  it("open what they sealed, and no other organisation's do", async () => {
    const ring = createKeyRing(management, createMemoryStore());
    const [own, other] = await Promise.all([ring.organisation("RAA"), ring.organisation("RBB")]);
    const box = own.seal("secret", "table|row|column");
    expect(own.open(box, "table|row|column").toString()).toBe("secret");
    expect(() => own.open(box, "table|other row|column")).toThrow(KeyError);
    expect(() => other.open(box, "table|row|column")).toThrow(KeyError);
  });

  it("give the same digest for the same purpose and text only", async () => {
    const store = createMemoryStore();
    const own = await createKeyRing(management, store).organisation("RAA");
    const later = await createKeyRing(management, store).organisation("RAA");
    const other = await createKeyRing(management, store).organisation("RBB");
    const digest = own.mac("hospital-number", "A1");
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(later.mac("hospital-number", "A1")).toEqual(digest);
    expect(own.mac("hospital-number", "A2")).not.toEqual(digest);
    expect(own.mac("source-id", "A1")).not.toEqual(digest);
    expect(other.mac("hospital-number", "A1")).not.toEqual(digest);
    expect(own.keyId).toBe("RAA/1");
  });

  it("are read once in a process, however many ask at the same time", async () => {
    const store = createMemoryStore();
    await createKeyRing(management, store).organisation("RAA");
    store.reads = 0;
    const ring = createKeyRing(management, store);
    const keys = await Promise.all(Array.from({ length: 50 }, () => ring.organisation("RAA")));
    expect(new Set(keys).size).toBe(1);
    expect(store.reads).toBe(1);
  });

  it("seal with the newest version, open every version and keep the digests of the first", async () => {
    const store = createMemoryStore();
    const before = await createKeyRing(management, store).organisation("RAA");
    const oldBox = before.seal("old", "place");
    const scope = "organisation:RAA";
    const second = { scope, version: 2, wrapped: await management.wrap(Buffer.alloc(32, 2), scope), seals: true };
    store.rows.get(scope)?.push(second);
    const after = await createKeyRing(management, store).organisation("RAA");
    expect(after.version).toBe(2);
    expect(after.open(oldBox, "place").toString()).toBe("old");
    expect(after.open(after.seal("new", "place"), "place").toString()).toBe("new");
    expect(() => before.open(after.seal("new", "place"), "place")).toThrow(KeyError);
    expect(after.mac("p", "t")).toEqual(before.mac("p", "t"));
  });

  it("are refused when another key management wrapped them, and asked for again after a failure", async () => {
    const store = createMemoryStore();
    await createKeyRing(management, store).organisation("RAA");
    await expect(createKeyRing(createForgettingKeyManagement(), store).organisation("RAA")).rejects.toThrow(
      /Bring back the key file/,
    );

    const insertFirst = store.insertFirst.bind(store);
    const read = store.read.bind(store);
    const ring = createKeyRing(management, {
      read: (scopes) => (store.reads++ < 2 ? Promise.reject(new Error("no database")) : read(scopes)),
      insertFirst,
    });
    store.reads = 1;
    await expect(ring.organisation("RAA")).rejects.toThrow("no database");
    expect((await ring.organisation("RAA")).keyId).toBe("RAA/1");
  });

  it("cannot be exchanged between scopes in the store", async () => {
    const store = createMemoryStore();
    await createKeyRing(management, store).organisation("RAA");
    const [stolen] = store.rows.get("organisation:RAA") ?? [];
    if (stolen === undefined) throw new Error("there is a key of RAA");
    store.rows.set("organisation:RBB", [{ ...stolen, scope: "organisation:RBB" }]);
    await expect(createKeyRing(management, store).organisation("RBB")).rejects.toThrow(KeyError);
  });
});

describe("the national link key", () => {
  it("gives the same digest in every process and differs from any organisation's", async () => {
    const store = createMemoryStore();
    const [one, two] = await Promise.all([createKeyRing(management, store).link(), createKeyRing(management, store).link()]);
    const organisation = await createKeyRing(management, store).organisation("RAA");
    expect(two.mac("nhs", "9999999999")).toEqual(one.mac("nhs", "9999999999"));
    expect(one.mac("dob", "9999999999")).not.toEqual(one.mac("nhs", "9999999999"));
    expect(organisation.mac("nhs", "9999999999")).not.toEqual(one.mac("nhs", "9999999999"));
  });
});

describe("the token secret", () => {
  it("is 32 bytes, the same in every process of the installation", async () => {
    const store = createMemoryStore();
    const secrets = await Promise.all([
      createKeyRing(management, store).tokenSecrets(),
      createKeyRing(management, store).tokenSecrets(),
    ]);
    expect(secrets[0]?.newest().secret).toHaveLength(32);
    expect(secrets[1]?.newest()).toEqual(secrets[0]?.newest());
  });
});
