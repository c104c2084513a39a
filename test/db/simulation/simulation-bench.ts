/** Rules simulated over the real stores of a test database. */
import { MAPPINGS } from "../../../mappings/index.ts";
import { createUuid7 } from "../../../src/lib/uuid7.ts";
import { createEnvelopeStore } from "../../../src/persistence/envelope-store.ts";
import { createReportStore } from "../../../src/persistence/report-store.ts";
import { createSimulationStore } from "../../../src/persistence/simulation-store.ts";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import { compileVersions, dictionaryOf, VERSIONS } from "../../../src/records/dictionaries.ts";
import { createSimulateRules, type SimulateRequest, type SimulateRules } from "../../../src/simulation/simulate-rules.ts";
import type { Simulated } from "../../../src/simulation/simulation.ts";
import { SimulationTally } from "../../../src/simulation/simulation-tally.ts";
import { createMergeDrafts } from "../../../src/submission/merge-drafts.ts";
import type { Bench } from "../submission/submission-bench.ts";
import { both } from "../submission/submission-bench.ts";

/** Of the first organisation, with both of its programmes. */
export const team: OrganisationActor = { ...both, clientId: "person-1", role: "CLINICAL_TEAM" };

const versions = VERSIONS.map(({ dictionary }) => dictionary.version);
const dictionaries = { versions, dictionaryOf, compile: compileVersions };

/** @param pieces pieces of work of one page; absent: everything on one page */
export function simulateOver(bench: Bench, pieces = Number.POSITIVE_INFINITY): SimulateRules {
  return createSimulateRules({
    status: bench.status,
    store: createSimulationStore(bench.stores),
    envelopes: createEnvelopeStore(bench.stores),
    reports: createReportStore(bench.stores),
    uploads: { find: async () => null },
    mappings: {
      map: (mapping, payload, profile, dictionary) => MAPPINGS[mapping](payload, { profile, dictionary, detectTestData: false }),
    },
    openFile: () => Promise.reject(new Error("no file was sent")),
    findRegistered: async () => [],
    merge: createMergeDrafts(createUuid7()),
    clock: { today: () => bench.now.slice(0, 10) },
    dictionaries,
    chunkSize: 100,
    beginPage: () => {
      let done = 0;
      return () => ++done >= pieces;
    },
  });
}

export const requestOf = (proposal: unknown, more: Partial<SimulateRequest> = {}): SimulateRequest => ({
  proposal,
  receivedFrom: null,
  receivedTo: null,
  after: null,
  ...more,
});

/** Every page, added up. */
export async function simulateAll(
  simulate: SimulateRules,
  proposal: unknown,
  actor: OrganisationActor = team,
  more: Partial<SimulateRequest> = {},
): Promise<Simulated & { readonly pages: number }> {
  const tally = new SimulationTally();
  let pages = 0;
  for (let after: string | null = null; ; ) {
    const page = await simulate(actor, requestOf(proposal, { ...more, after }));
    tally.add(page);
    pages++;
    if (page.endCursor === null) return { ...tally.result(), pages };
    after = page.endCursor;
  }
}

/** A digest of every row of every table but the queue's: what a reader must leave as it was. */
export async function digestTables({ test }: Bench): Promise<ReadonlyMap<string, string>> {
  const tables = await test.query(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname in ('public', 'identity', 'link', 'access', 'keys') order by 1`,
  );
  const digests = new Map<string, string>();
  for (const { name } of tables) {
    const [row] = await test.query(
      `select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as digest from ${name} t`,
    );
    digests.set(String(name), String(row?.digest));
  }
  return digests;
}
