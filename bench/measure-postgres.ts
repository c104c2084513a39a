/** `submitRecords` on PostgreSQL against COPY of the same rows and against an upsert per row. */
import pg from "pg";
import type { ThrowAwayPostgres } from "../scripts/postgres.ts";
import { openDatabase } from "../src/persistence/database/database.ts";
import type { BenchOptions } from "./bench-options.ts";
import { copySubmission } from "./copy-baseline.ts";
import type { Figure } from "./figures.ts";
import { type GatewayProcess, startGateway } from "./gateway-process.ts";
import type { GraphqlClient } from "./graphql-client.ts";
import { parentOf } from "./process-cpu.ts";
import { RECORDS_PER_REQUEST } from "./sample-submissions.ts";
import { timed } from "./statistics.ts";
import { SubmitLoad } from "./submit-load.ts";
import { type Commit, createUpsertBaseline, type UpsertBaseline } from "./upsert-baseline.ts";
import { countRows, readWrittenRows, type TableRows, withNewKeys } from "./written-rows.ts";

const IN_FLIGHT = 2;
const UPSERT_PATIENTS = 50;
export const postgresLoad = ({ processes }: BenchOptions): string =>
  `500 patients (3,000 records, 1 % of patients invalid) a request, 2 requests in flight, ${processes} gateway process${processes === 1 ? "" : "es"}`;

export interface PostgresSetting {
  readonly gateway: GatewayProcess;
  /** Further ones on the same database. */
  readonly others: readonly GatewayProcess[];
  /** Superuser connections to the gateway's database and to the baseline's, whose tables the same migrations made. */
  readonly written: pg.Client;
  readonly baseline: pg.Client;
  /** The server's first process. */
  readonly serverPid: number;
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

export async function createEmptyDatabase(server: ThrowAwayPostgres, name: string): Promise<string> {
  const client = await connect(server.url);
  await client.query(`create database ${name} template template0`);
  await client.end();
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return url.href;
}

/** `PostgreSQL 15.18`. */
export async function serverVersion(server: ThrowAwayPostgres): Promise<string> {
  const client = await connect(server.url);
  const { rows } = await client.query<{ version: string }>("select split_part(version(), ' (', 1) as version");
  await client.end();
  return rows[0]?.version ?? "";
}

async function serverPidOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
  return parentOf(rows[0]?.pid ?? 0);
}

/** What the first process does, and the others. */
type Roles = (processes: number) => readonly [string, string];
const ROLES_FOR_REQUESTS: Roles = () => ["api,worker", "api"];
/** With more than one, those that work on files answer nobody. */
export const ROLES_FOR_FILES: Roles = (processes) => [processes === 1 ? "api,worker" : "api", "worker"];

/** Runs `work` with a gateway on a new database of the server, and a second new database for the baselines. */
export async function withPostgresGateway<T>(
  server: ThrowAwayPostgres,
  { profileFolder, processes }: BenchOptions,
  work: (setting: PostgresSetting & { readonly writtenUrl: string; readonly baselineUrl: string }) => Promise<T>,
  roles: Roles = ROLES_FOR_REQUESTS,
): Promise<T> {
  const suffix = Date.now();
  const [writtenUrl, baselineUrl] = [
    await createEmptyDatabase(server, `gateway_${suffix}`),
    await createEmptyDatabase(server, `baseline_${suffix}`),
  ];
  await (await openDatabase({ url: baselineUrl, dataDir: "" })).close();
  const [first, rest] = roles(processes);
  const gateway = await startGateway({ databaseUrl: writtenUrl, profileFolder, environment: { NACR_ROLES: first } });
  const beside = { databaseUrl: writtenUrl, profileFolder: null, beside: gateway, environment: { NACR_ROLES: rest } };
  const others = await Promise.all(Array.from({ length: processes - 1 }, () => startGateway(beside)));
  const [written, baseline] = [await connect(writtenUrl), await connect(baselineUrl)];
  try {
    return await work({ gateway, others, written, baseline, serverPid: await serverPidOf(written), writtenUrl, baselineUrl });
  } finally {
    await Promise.all([written.end(), baseline.end(), ...others.map((other) => other.stop())]);
    await gateway.stop();
  }
}

interface Round {
  readonly submitted: number;
  readonly gatewayMs: number;
  readonly serverMs: number;
  readonly unchanged: number;
  readonly changed: number;
  readonly rows: number;
  readonly copied: number;
  readonly upserted: number;
  readonly upsertedTogether: number;
}

interface Parts {
  readonly load: SubmitLoad;
  readonly rows: readonly TableRows[];
  readonly upserts: UpsertBaseline;
}

async function runCopies(client: pg.Client, rows: readonly TableRows[], times: number): Promise<number> {
  const copies = Array.from({ length: times }, () => withNewKeys(rows));
  const { result, seconds } = await timed(async () => {
    let count = 0;
    for (const copy of copies) count += await copySubmission(client, copy);
    return count;
  });
  return result / seconds;
}

async function runUpserts(upserts: UpsertBaseline, commit: Commit): Promise<number> {
  const { result, seconds } = await timed(() => upserts.run(commit));
  return result / seconds;
}

/** A client of each process. */
export const connectAll = ({ gateway, others }: PostgresSetting): Promise<readonly GraphqlClient[]> =>
  Promise.all([gateway, ...others].map((each) => each.connect()));

/** Load and baselines in turn, in the other order every other round, so that neither always comes first. */
async function runRound(setting: PostgresSetting, parts: Parts, options: BenchOptions, round: number): Promise<Round> {
  const clients = await connectAll(setting);
  const baselines = async () => ({
    copied: await runCopies(setting.baseline, parts.rows, options.submissions),
    upserted: await runUpserts(parts.upserts, "ALONE"),
    upsertedTogether: await runUpserts(parts.upserts, "TOGETHER"),
  });
  const first = round % 2 === 1 ? await baselines() : null;
  const { recordsPerSecond, cpuMs } = await parts.load.run(clients, "NEW", options.submissions);
  const compared = first ?? (await baselines());
  const unchanged = await parts.load.run(clients, "UNCHANGED", options.submissions);
  const changed = await parts.load.run(clients, "CHANGED", options.submissions);
  for (const client of clients) client.close();
  const rows = (recordsPerSecond / RECORDS_PER_REQUEST) * countRows(parts.rows);
  const [serverMs = 0, ...gatewayMs] = cpuMs;
  return {
    submitted: recordsPerSecond,
    gatewayMs: gatewayMs.reduce((sum, each) => sum + each, 0),
    serverMs,
    unchanged: unchanged.recordsPerSecond,
    changed: changed.recordsPerSecond,
    rows,
    ...compared,
  };
}

function toFigures(rounds: readonly Round[]): readonly Figure[] {
  const of = (read: (round: Round) => number): readonly number[] => rounds.map(read);
  return [
    {
      name: "submitRecords, new patients: rows written ÷ COPY",
      unit: "ratio",
      rounds: of((r) => r.rows / r.copied),
      floor: 0.55,
    },
    { name: "submitRecords, new patients ÷ upsert per row", unit: "×", rounds: of((r) => r.submitted / r.upserted), floor: 40 },
    { name: "submitRecords, new patients", unit: "records/s", rounds: of((r) => r.submitted) },
    { name: "  the same as rows of all tables", unit: "rows/s", rounds: of((r) => r.rows) },
    { name: "  processor time of the gateway for a request", unit: "ms", rounds: of((r) => r.gatewayMs) },
    { name: "  processor time of PostgreSQL for a request", unit: "ms", rounds: of((r) => r.serverMs) },
    { name: "submitRecords, the same patients again, unchanged", unit: "records/s", rounds: of((r) => r.unchanged) },
    { name: "submitRecords, a fifth of the records changed", unit: "records/s", rounds: of((r) => r.changed) },
    { name: "  unchanged ÷ new", unit: "ratio", rounds: of((r) => r.unchanged / r.submitted), floor: 1.2 },
    { name: "  a fifth changed ÷ new", unit: "ratio", rounds: of((r) => r.changed / r.submitted), floor: 0.9 },
    { name: "baseline: COPY of the same rows, one transaction per submission", unit: "rows/s", rounds: of((r) => r.copied) },
    { name: "baseline: Prisma upsert, one dataset row at a time", unit: "records/s", rounds: of((r) => r.upserted) },
    { name: "  the same in one transaction", unit: "records/s", rounds: of((r) => r.upsertedTogether) },
  ];
}

export interface PostgresFigures {
  readonly figures: readonly Figure[];
  /** The rows of one submission, for the baseline of the embedded database. */
  readonly rows: readonly TableRows[];
}

export async function measurePostgres(server: ThrowAwayPostgres, options: BenchOptions): Promise<PostgresFigures> {
  return withPostgresGateway(server, options, async (setting) => {
    const pids = [setting.serverPid, ...[setting.gateway, ...setting.others].map(({ pid }) => pid)];
    const load = new SubmitLoad(IN_FLIGHT, pids, options.surplus);
    const clients = await connectAll(setting);
    const { ids } = await load.run(clients, "NEW", options.warmUps * options.processes);
    for (const client of clients) client.close();
    const submissionId = ids[0] ?? "";
    const rows = await readWrittenRows(setting.written, submissionId);
    const source = await openDatabase({ url: setting.writtenUrl, dataDir: "", pool: 1 });
    const target = await openDatabase({ url: setting.baselineUrl, dataDir: "", pool: 1 });
    try {
      const upserts = await createUpsertBaseline(source.prisma, target.prisma, submissionId, UPSERT_PATIENTS);
      const rounds: Round[] = [];
      for (let round = 0; round < options.rounds; round++) {
        rounds.push(await runRound(setting, { load, rows, upserts }, options, round));
      }
      return { figures: toFigures(rounds), rows };
    } finally {
      await Promise.all([source.close(), target.close()]);
    }
  });
}
