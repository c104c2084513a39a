import { afterEach, describe, expect, it } from "vitest";
import { createForgettingKeyManagement } from "../../../src/keys/local-key-file.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { startTestGateway } from "../../support/gateway.ts";

let database: TestDatabase | null = null;
afterEach(async () => {
  await database?.close();
  database = null;
});

type Mode = "demo" | "production";
const keyManagement = createForgettingKeyManagement();

/** Starts on a database, stops again. */
async function run(mode: Mode, on: TestDatabase): Promise<void> {
  const gateway = await startTestGateway({ database: on, keyManagement, config: { mode } });
  await gateway.close();
}

describe("a gateway", () => {
  it.each<readonly [Mode, Mode]>([
    ["production", "demo"],
    ["demo", "production"],
  ])("set up in %s mode does not start in %s mode, and says why", async (first, second) => {
    database = await openTestDatabase();
    await run(first, database);
    await expect(run(second, database)).rejects.toThrow(`set up in ${first} mode and cannot be run in ${second} mode`);
    await run(first, database);
  });

  it("does not start in demo mode on a database with organisations and no mark, and leaves it as it was", async () => {
    database = await openTestDatabase();
    await database.database.prisma.organisation.create({ data: { odsCode: "RAA", name: "A Trust", nation: "ENGLAND" } });
    await expect(run("demo", database)).rejects.toThrow("it is not a demo database");
    expect(await database.database.prisma.organisation.count()).toBe(1);
    expect(await database.database.prisma.deployment.count()).toBe(0);
    await run("production", database);
  });

  it("in production mode has no demo organisation", async () => {
    database = await openTestDatabase();
    await run("production", database);
    expect(await database.database.prisma.organisation.count()).toBe(0);
  });
});
