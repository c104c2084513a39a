/**
 * What the gate of agreements adds to a look-up: one use after another, and eight at a time, each read, judged and logged.
 *
 *   tsx scripts/postgres.ts -- tsx bench/agreement-gate-program.ts 2000     on PostgreSQL; without the first part in the embedded database
 */
import { createAgreementGate } from "../src/agreements/agreement-gate.ts";
import { DEMO_AGREEMENT_ID, DEMO_CONTRACT, makeDemoAgreement } from "../src/agreements/demo-agreement.ts";
import { createUuid7 } from "../src/lib/uuid7.ts";
import { createAgreementStore, seedAgreement } from "../src/persistence/agreement-store.ts";
import { openDatabase } from "../src/persistence/database/database.ts";
import type { Actor } from "../src/records/actor.ts";
import { judgeProfile } from "../src/statistics/profiles/read-profile.ts";

const USES = Number(process.argv[2] ?? 2_000);
const AT_ONCE = 8;
const person = (clientId: string, role: Actor["role"]): Actor => ({ clientId, role, ods: null, programmes: [], scopes: [] });
const newId = createUuid7();
const now = (): string => new Date().toISOString();

const database = await openDatabase({ url: process.env.TEST_DATABASE_URL ?? null, dataDir: "memory://", pool: AT_ONCE });
const analyst = person("analyst", "ANALYST");
const vocabulary = {
  measures: ["STARTED"],
  dimensions: ["sex"],
  profiles: [],
  judgeProfile,
  fields: [],
  nations: ["ENGLAND"],
  eventGroups: ["MI"],
};
const agreement = makeDemoAgreement({ analyst, admin: person("admin", "AUDIT_ADMIN"), vocabulary, now: now(), newId });
await seedAgreement(database, agreement, DEMO_CONTRACT);
const gate = createAgreementGate({ store: createAgreementStore({ database, newId }), clock: { now }, newId });
const asked = {
  actor: analyst,
  agreementId: DEMO_AGREEMENT_ID,
  purpose: "SERVICE_EVALUATION",
  product: "AGGREGATED_SUPPRESSED",
  measures: ["STARTED"],
  dimensions: ["sex"],
  fields: [],
  years: [],
  nations: [],
  eventGroups: [],
  location: null,
  question: { measure: "STARTED", dimensions: ["sex"] },
} as const;

async function askOnce(): Promise<number> {
  const began = performance.now();
  const outcome = await gate.use(asked, async () => ({ result: null, cutId: "cut", cellsReturned: 2 }));
  if (!outcome.permitted) throw new Error(outcome.refusals.join());
  return performance.now() - began;
}

async function measure(atOnce: number): Promise<string> {
  const times: number[] = [];
  const began = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (times.length < USES) times.push(await askOnce());
    }),
  );
  const seconds = (performance.now() - began) / 1_000;
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1);
  return `${atOnce} at once: ${(times.length / seconds).toFixed(0)} uses/s, median ${at(0.5)} ms, p95 ${at(0.95)} ms`;
}

for (let index = 0; index < 100; index += 1) await askOnce();
for (const atOnce of [1, AT_ONCE]) console.log(await measure(atOnce));
await database.close();
