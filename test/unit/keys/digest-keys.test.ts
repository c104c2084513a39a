import { createHmac, hkdfSync } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { createDigests, makeDigestKey, separateDigestKey } from "../../../src/keys/digest-keys.ts";
import type { DataKeyStore, WrappedKey } from "../../../src/keys/key-management.ts";
import { createKeyRing } from "../../../src/keys/key-ring.ts";
import { createForgettingKeyManagement } from "../../../src/keys/local-key-file.ts";

const DATA_KEY = Buffer.alloc(32, 9);
const OLD_PURPOSES = [
  "payload",
  "statement",
  "source",
  "receipt",
  "hospital",
  "mllp-message",
  "mllp-control-id",
  "fhir-patient",
  "fhir-versions",
];

const derive = (key: Buffer, purpose: string): Buffer =>
  Buffer.from(hkdfSync("sha256", key, Buffer.alloc(0), `nacr-gateway/${purpose}`, 32));
/** As digests were made before they had a key of their own. */
const oldMac = (purpose: string, text: string): string =>
  createHmac("sha256", derive(DATA_KEY, `mac/${purpose}`))
    .update(text)
    .digest("hex");

describe("the key of digests", () => {
  it("of an organisation from before gives the digests of before, for every purpose there was", () => {
    const mac = createDigests(separateDigestKey(DATA_KEY));
    for (const purpose of OLD_PURPOSES) expect(mac(purpose, "A1")).toBe(oldMac(purpose, "A1"));
  });

  it("holds nothing from which the sealing key follows, and gives new purposes keys that do not come from it", () => {
    const stored = separateDigestKey(DATA_KEY);
    for (const secret of [DATA_KEY, derive(DATA_KEY, "seal"), derive(DATA_KEY, "unit")])
      expect(stored.toString()).not.toContain(secret.toString("base64"));
    expect(createDigests(stored)("a new purpose", "A1")).not.toBe(oldMac("a new purpose", "A1"));
    expect(createDigests(stored)("a new purpose", "A1")).toBe(createDigests(stored)("a new purpose", "A1"));
  });

  it("of a new organisation is random, and tells purposes apart", () => {
    const mac = createDigests(makeDigestKey());
    expect(mac("hospital", "A1")).not.toBe(createDigests(makeDigestKey())("hospital", "A1"));
    expect(mac("hospital", "A1")).not.toBe(mac("source", "A1"));
  });
});

describe("an organisation from before digests had a key of their own", () => {
  const management = createForgettingKeyManagement();
  const scope = "organisation:RAA";

  async function makeStore(version = 1): Promise<DataKeyStore & { rows: WrappedKey[] }> {
    const rows: WrappedKey[] = [{ scope, version, wrapped: await management.wrap(DATA_KEY, scope), seals: true }];
    return {
      rows,
      read: async (scopes) => rows.filter((row) => scopes.includes(row.scope)),
      insertFirst: async (inserted, wrap) => {
        const wrapped = await wrap();
        if (!rows.some((row) => row.scope === inserted)) rows.push({ scope: inserted, version: 1, wrapped, seals: true });
      },
    };
  }

  it("is given one at its next use, however many processes come first; digests and boxes stay what they were", async () => {
    const store = await makeStore();
    const rings = Array.from({ length: 5 }, () => createKeyRing(management, store));
    const keys = await Promise.all(rings.map((ring) => ring.organisation("RAA")));
    expect(store.rows.map((row) => row.scope)).toEqual([scope, "digest:RAA"]);
    for (const own of keys) {
      expect(own.mac("hospital", "A1")).toBe(oldMac("hospital", "A1"));
      expect(own.mac("new", "A1")).toBe(keys[0]?.mac("new", "A1"));
    }
  });

  it("keeps its digests when the key it came from is destroyed", async () => {
    const store = await makeStore();
    await createKeyRing(management, store).organisation("RAA");
    store.rows.splice(0, 1, { scope, version: 2, wrapped: await management.wrap(Buffer.alloc(32, 5), scope), seals: true });
    const own = await createKeyRing(management, store).organisation("RAA");
    expect(own.mac("hospital", "A1")).toBe(oldMac("hospital", "A1"));
    expect(own.version).toBe(2);
  });

  it("is refused rather than given other digests, where the key they came from is gone", async () => {
    await expect(createKeyRing(management, await makeStore(2)).organisation("RAA")).rejects.toThrow(/digest key of RAA is gone/);
  });
});

describe("a ring that lives on", () => {
  it("reads the keys again before it gives them out where the machine has slept: others went on meanwhile", async () => {
    const management = createForgettingKeyManagement();
    const rows: WrappedKey[] = [];
    const store: DataKeyStore = {
      read: async (scopes) => rows.filter((row) => scopes.includes(row.scope)),
      insertFirst: async (scope, wrap) => void rows.push({ scope, version: 1, wrapped: await wrap(), seals: true }),
    };
    const ring = createKeyRing(management, store);
    await ring.organisation("RAA");
    await ring.refresh();
    const scope = "organisation:RAA";
    rows.splice(
      rows.findIndex((row) => row.scope === scope),
      1,
      { scope, version: 2, wrapped: await management.wrap(Buffer.alloc(32, 2), scope), seals: true },
    );
    expect((await ring.organisation("RAA")).version).toBe(1);
    const wall = vi.spyOn(Date, "now").mockReturnValue(Date.now() + 60_000);
    expect((await ring.organisation("RAA")).version).toBe(2);
    wall.mockRestore();
  });

  it("seals with a new version once it is to be used, opens both, and forgets the old one when it is destroyed", async () => {
    const management = createForgettingKeyManagement();
    const rows: WrappedKey[] = [];
    const store: DataKeyStore = {
      read: async (scopes) => rows.filter((row) => scopes.includes(row.scope)),
      insertFirst: async (scope, wrap) => {
        if (!rows.some((row) => row.scope === scope)) rows.push({ scope, version: 1, wrapped: await wrap(), seals: true });
      },
    };
    const ring = createKeyRing(management, store);
    const own = await ring.organisation("RAA");
    const old = own.seal("old", "p", "unit");
    const scope = "organisation:RAA";
    const second = { scope, version: 2, wrapped: await management.wrap(Buffer.alloc(32, 2), scope) };
    rows.push({ ...second, seals: false });
    await ring.refresh();
    expect(own.version).toBe(1);
    rows.splice(rows.length - 1, 1, { ...second, seals: true });
    await ring.refresh();
    expect(own.version).toBe(2);
    const resealed = own.reseal(old, "p");
    expect([own.open(old, "p").toString(), own.open(resealed, "p").toString()]).toEqual(["old", "old"]);
    rows.splice(
      rows.findIndex((row) => row.scope === scope && row.version === 1),
      1,
    );
    await ring.refresh();
    expect(() => own.open(old, "p")).toThrow(/is gone/);
    expect(own.open(resealed, "p").toString()).toBe("old");
  });
});
