/**
 * Clients that send submissions and repeat each under its key until it is acknowledged, while the gateway is killed again and again and
 * answers get lost. Then the database is asked what is there: everything acknowledged, whole, and once.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort } from "../../scripts/postgres.ts";
import type { TestDatabase } from "../support/database.ts";
import { requestDemoToken } from "../support/gateway.ts";
import { journey } from "../support/journey-records.ts";
import { type KillableGateway, startKillable } from "./killable-gateway.ts";

const CLIENTS = 4;
const PATIENTS = 4;
const ATTEMPTS = 60;
/** One answer in so many does not arrive, and the client repeats what was done: as if its connection had broken at that moment. */
const LOST_EVERY = 8;
const TIMEOUT_MS = 5_000;

export interface StormOptions {
  /** On PostgreSQL: it outlives the gateway. */
  readonly database: TestDatabase;
  readonly kills: number;
  /** See gateway-child.ts. */
  readonly fault?: string;
}

export interface Verdict {
  readonly acknowledged: number;
  /** Acknowledged and not there. */
  readonly lost: number;
  /** There more than once. */
  readonly duplicated: number;
  /** There, but not whole. */
  readonly torn: number;
  /** Submissions that are there without an entry of the audit trail, and entries of submissions that are not. */
  readonly unaudited: number;
  /** Submissions with more entries than one. */
  readonly auditedTwice: number;
}

const SUBMIT = `mutation ($input: SubmitRecordsInput!) { submitRecords(input: $input) { id status counts { received } } }`;

/** The key is told again as the sending product's version, so that submissions of one key can be counted whatever became of the key. */
function bodyOf(key: string, seed: number): string {
  const options = {
    idempotencyKey: key,
    programmeCode: "CR-VALLEY",
    sourceSystem: { vendor: "Storm", product: "Storm", version: key },
  };
  const records = Array.from({ length: PATIENTS }, (_, position) => journey(seed + position));
  return JSON.stringify({ query: SUBMIT, variables: { input: { options, records } } });
}

class Storm {
  readonly #options: StormOptions;
  readonly #acknowledged = new Set<string>();
  #gateway: KillableGateway | null = null;
  #token = "";
  #stopped = false;

  constructor(options: StormOptions) {
    this.#options = options;
  }

  async run(): Promise<Verdict> {
    const dataDir = await mkdtemp(join(tmpdir(), "nacr-storm-"));
    const { database, fault = "", kills } = this.#options;
    const databaseUrl = database.url ?? "";
    const start = async (): Promise<void> => {
      const port = await findFreePort();
      const gateway = await startKillable({ port, databaseUrl, dataDir, environment: { FAULT: fault } });
      this.#token = await requestDemoToken(gateway.url, "submitter").catch(async (error: unknown) => {
        await gateway.kill();
        throw error;
      });
      this.#gateway = gateway;
    };
    await start();
    const clients = Array.from({ length: CLIENTS }, (_, client) => this.#send(client));
    try {
      for (let kill = 0; kill < kills; kill++) {
        await pause(400 + Math.random() * 600);
        const dying = this.#gateway;
        this.#gateway = null;
        await dying?.kill();
        await start();
      }
    } finally {
      this.#stopped = true;
      await Promise.all(clients);
    }
    await this.#gateway?.kill();
    await rm(dataDir, { recursive: true, force: true });
    return await this.#judge();
  }

  async #send(client: number): Promise<void> {
    for (let number = 0; !this.#stopped; number++) {
      const key = `${this.#options.fault ?? "good"}-${client}-${number}`;
      const body = bodyOf(key, 10_000 * (client + 1) + number * PATIENTS);
      let loses = number % LOST_EVERY === 0;
      for (let attempt = 0; attempt < ATTEMPTS && (await this.#isServed()); attempt++) {
        const answered = await this.#post(body);
        if (answered && !loses) {
          this.#acknowledged.add(key);
          break;
        }
        // The first answer, whichever attempt brings it, gets lost on its way.
        if (answered) loses = false;
        await pause(30 + Math.random() * 100);
      }
    }
  }

  /** Waits out a start, which is no attempt: on a busy machine it takes as long as all of them. False where none will come. */
  async #isServed(): Promise<boolean> {
    while (this.#gateway === null && !this.#stopped) await pause(20);
    return this.#gateway !== null;
  }

  async #post(body: string): Promise<boolean> {
    if (this.#gateway === null) return false;
    try {
      const answer = await fetch(`${this.#gateway.url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${this.#token}` },
        body,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return answer.status === 200 && (await answer.text()).includes('"COMPLETED"');
    } catch {
      return false;
    }
  }

  async #judge(): Promise<Verdict> {
    const rows = await this.#options.database.query(
      `select s.product_version as key, count(*)::int as times,
         bool_and((s.counts->>'received')::int = (select count(*) from public.submission_record r where r.submission_id = s.id)
           and (s.counts->>'created')::int = (
             select sum(n) from (
               select count(*) n from public.patient where created_submission_id = s.id
               union all select count(*) from public.initiating_event where created_submission_id = s.id
               union all select count(*) from public.treatment where created_submission_id = s.id
               union all select count(*) from public.rehabilitation where created_submission_id = s.id
               union all select count(*) from public.assessment where created_submission_id = s.id) rows)) as whole
       from public.submission s where s.mode = 'COMMIT' group by s.product_version`,
    );
    const stored = new Map(rows.map(({ key, times, whole }) => [String(key), { times: Number(times), whole: whole === true }]));
    return {
      acknowledged: this.#acknowledged.size,
      lost: [...this.#acknowledged].filter((key) => !stored.has(key)).length,
      duplicated: [...stored.values()].filter(({ times }) => times > 1).length,
      torn: [...stored.values()].filter(({ whole }) => !whole).length,
      ...(await countEntries(this.#options.database)),
    };
  }
}

/** Whether every write has exactly one entry of the audit trail (assurance D6). */
export async function countEntries({ query }: Pick<TestDatabase, "query">): Promise<Pick<Verdict, "unaudited" | "auditedTwice">> {
  const [row] = await query(
    `select count(*) filter (where s.id is null or e.times is null)::int as unaudited,
       count(*) filter (where e.times > 1)::int as twice
     from (select id from public.submission where mode = 'COMMIT') s full join (
       select entity_id::uuid as id, count(*) as times from audit.event where type in ('SUBMIT', 'REPLAY_SUBMISSION') group by entity_id) e on e.id = s.id`,
  );
  return { unaudited: Number(row?.unaudited), auditedTwice: Number(row?.twice) };
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

export const runStorm = (options: StormOptions): Promise<Verdict> => new Storm(options).run();
