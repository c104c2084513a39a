/** HL7 v2 by MLLP: how many messages a second are acknowledged, which is after they are stored, and how fast they then become records. */
import pg from "pg";
import { findFreePort, type ThrowAwayPostgres } from "../scripts/postgres.ts";
import { expectEqual } from "./answer-check.ts";
import type { BenchOptions } from "./bench-options.ts";
import type { Figure } from "./figures.ts";
import { startGateway } from "./gateway-process.ts";
import { createEmptyDatabase } from "./measure-postgres.ts";
import { loadMllp, type MllpAnswers } from "./mllp-load.ts";
import { percentile } from "./statistics.ts";

const CONNECTIONS = 8;
const IN_FLIGHT = 16;
const WARM_UP_SECONDS = 3;
const ALONE_SECONDS = 5;
const POLL_MS = 200;
const DRAIN_MS = 600_000;

export const MLLP_LOAD = `ADT^A08 of some 700 bytes, each of another patient with a diagnosis and a procedure; ${CONNECTIONS} connections with up to ${IN_FLIGHT} in flight, the sender on the same machine; the role worker beside it in its own thread`;

/** @throws WrongAnswer where what was acknowledged is not stored, once */
export async function measureMllp(server: ThrowAwayPostgres, options: BenchOptions): Promise<readonly Figure[]> {
  const databaseUrl = await createEmptyDatabase(server, `mllp_${Date.now()}`);
  const port = await findFreePort();
  const environment = { MLLP_PORT: String(port) };
  const gateway = await startGateway({ databaseUrl, profileFolder: options.profileFolder, environment });
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const load = { port, connections: CONNECTIONS, inFlight: IN_FLIGHT };
    const warm = await loadMllp({ ...load, seconds: WARM_UP_SECONDS, series: "W" });
    await waitUntilWorkedOn(client);
    const began = performance.now();
    const many = await loadMllp({ ...load, seconds: options.mllpSeconds, series: "M" });
    const behind = await countWaiting(client);
    await waitUntilWorkedOn(client);
    const workedSeconds = (performance.now() - began) / 1_000;
    const one = await loadMllp({ ...load, connections: 1, inFlight: 1, seconds: ALONE_SECONDS, series: "A" });
    await waitUntilWorkedOn(client);
    const sent = warm.milliseconds.length + many.milliseconds.length + one.milliseconds.length;
    const { rows } = await client.query<{ kept: number; done: number; patients: number }>(
      `select count(*)::int as kept, count(*) filter (where state = 'PROCESSED')::int as done,
         (select count(*)::int from public.patient) as patients from public.mllp_message`,
    );
    const expected = { kept: sent + options.surplus, done: sent, patients: sent };
    expectEqual("messages kept, worked on, and their patients", rows[0], expected);
    return toFigures({ many, one, behind, workedSeconds });
  } finally {
    await client.end();
    await gateway.stop();
  }
}

async function countWaiting(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ waiting: number }>(
    "select count(*)::int as waiting from public.mllp_message where state = 'WAITING'",
  );
  return rows[0]?.waiting ?? 0;
}

async function waitUntilWorkedOn(client: pg.Client): Promise<void> {
  const deadline = performance.now() + DRAIN_MS;
  while ((await countWaiting(client)) > 0) {
    if (performance.now() > deadline) throw new Error("messages still wait");
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

interface Measured {
  readonly many: MllpAnswers;
  readonly one: MllpAnswers;
  readonly behind: number;
  readonly workedSeconds: number;
}

function toFigures({ many, one, behind, workedSeconds }: Measured): readonly Figure[] {
  const figure = (name: string, unit: string, value: number, bound: Pick<Figure, "floor" | "ceiling"> = {}): Figure => ({
    name,
    unit,
    rounds: [value],
    ...bound,
  });
  const { milliseconds, seconds } = many;
  return [
    figure("messages acknowledged and stored", "messages/s", milliseconds.length / seconds, { floor: 1_000 }),
    figure("  acknowledgement p50", "ms", percentile(milliseconds, 0.5)),
    figure("  acknowledgement p99", "ms", percentile(milliseconds, 0.99)),
    figure("  waiting when the senders stopped", "messages", behind),
    figure("  worked into records, from the first to the last", "messages/s", milliseconds.length / workedSeconds),
    figure("one connection, one in flight", "messages/s", one.milliseconds.length / one.seconds),
    figure("  acknowledgement p50", "ms", percentile(one.milliseconds, 0.5)),
  ];
}
