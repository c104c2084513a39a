import { describe, expect, it } from "vitest";
import { createKeyRing } from "../../../src/keys/key-ring.ts";
import { createForgettingKeyManagement } from "../../../src/keys/local-key-file.ts";
import { createDataKeyStore } from "../../../src/persistence/database/data-key-store.ts";
import { provideDatabase } from "../../support/database.ts";

const testDatabase = provideDatabase();

describe("data keys in the database", () => {
  it("are one for each organisation, also when five processes create them at once", async () => {
    const management = createForgettingKeyManagement();
    const rings = Array.from({ length: 5 }, () => createKeyRing(management, createDataKeyStore(testDatabase().database)));
    const keys = await Promise.all(rings.map((ring) => ring.organisation("RAA")));
    const box = keys[0]?.seal("kept", "a place") ?? Buffer.alloc(0);
    expect(keys.map((key) => key.open(box, "a place").toString())).toEqual(Array.from({ length: 5 }, () => "kept"));
    const secrets = await Promise.all(rings.map((ring) => ring.tokenSecrets()));
    expect(new Set(secrets.map((secret) => secret.newest().secret.toString("hex"))).size).toBe(1);
    const rows = await testDatabase().query("select scope, version from keys.data_key order by 1");
    expect(rows).toEqual([
      { scope: "digest:RAA", version: 1 },
      { scope: "organisation:RAA", version: 1 },
      { scope: "tokens", version: 1 },
    ]);
  });

  it("are out of reach for the application's role", async () => {
    const read = testDatabase().database.withRole({ role: "nacr_app", ods: "RAA" }, (tx) => tx.dataKey.findMany());
    await expect(read).rejects.toMatchObject({ name: "DatabaseFault", state: "42501" });
  });
});
