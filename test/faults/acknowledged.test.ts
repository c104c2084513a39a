/** What was acknowledged is stored, once and whole, whatever is killed. Two faults put in on purpose show that the checker sees them. */
import { describe, expect, it } from "vitest";
import { databaseKind, openTestDatabase } from "../support/database.ts";
import { runStorm, type Verdict } from "./crash-storm.ts";

/** `STORM_KILLS=200` for a long run. */
const KILLS = Number(process.env.STORM_KILLS ?? 5);

async function storm(kills: number, fault?: string): Promise<Verdict> {
  const database = await openTestDatabase();
  const verdict = await runStorm({ database, kills, ...(fault === undefined ? {} : { fault }) }).catch(async (error: unknown) => {
    // What is left open after a failure is not the failure.
    await database.close().catch(() => undefined);
    throw error;
  });
  await database.close();
  return verdict;
}

// A killed process takes the embedded database with it: test/db/embedded kills that one.
describe.skipIf(databaseKind === "embedded")("acknowledged submissions under kill -9 and lost answers", () => {
  it("are all there, once and whole", async () => {
    const verdict = await storm(KILLS);
    console.info(`storm: ${KILLS} kills`, verdict);
    expect(verdict).toMatchObject({ lost: 0, duplicated: 0, torn: 0, unaudited: 0, auditedTwice: 0 });
    expect(verdict.acknowledged).toBeGreaterThan(KILLS * 5);
  });

  it("are found missing by the checker where a gateway answers before it commits (control)", async () => {
    const verdict = await storm(3, "EARLY");
    console.info("control, early answer", verdict);
    expect(verdict.lost).toBeGreaterThan(0);
  });

  it("are found twice by the checker where a gateway forgets the idempotency key (control)", async () => {
    const verdict = await storm(3, "NO_KEY");
    console.info("control, no key", verdict);
    expect(verdict.duplicated).toBeGreaterThan(0);
  });
});
