/**
 * Hears notifications over a connection of its own: a pool would give the connection, and its channels with it, to somebody else.
 * What was notified while the connection was broken is lost; whoever listens is told, and reads again.
 */
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Listen } from "./connection.ts";

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;
/** A connection that was cut without a word is found out by asking; TCP alone takes minutes to notice. */
const HEARTBEAT_MS = 10_000;
const QUERY_TIMEOUT_MS = 5_000;

interface Session {
  close(): Promise<void>;
}

type OnPayload = Parameters<Listen>[1];

/** @param onLost called once, where the connection breaks after it was made */
async function openSession(
  config: pg.ClientConfig,
  channels: readonly string[],
  onPayload: OnPayload,
  onLost: () => void,
): Promise<Session> {
  const client = new pg.Client({
    ...config,
    application_name: "nacr-gateway-listener",
    keepAlive: true,
    connectionTimeoutMillis: QUERY_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
  });
  // Every error of an open connection is followed by its end; without a listener Node would end the process.
  client.on("error", () => undefined);
  client.on("notification", ({ channel, payload = "" }) => onPayload(channel, payload));
  try {
    await client.connect();
    await client.query(channels.map((channel) => `listen ${pg.escapeIdentifier(channel)}`).join(";"));
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  const heartbeat = setInterval(() => {
    client.query("select 1").catch(() => client.end().catch(() => undefined));
  }, HEARTBEAT_MS);
  let closing = false;
  client.once("end", () => {
    clearInterval(heartbeat);
    if (!closing) onLost();
  });
  return {
    close: async () => {
      closing = true;
      clearInterval(heartbeat);
      await client.end().catch(() => undefined);
    },
  };
}

/** See `Database.listen`. */
export function listenOver(config: pg.ClientConfig): Listen {
  return async (channels, onPayload, onReconnect) => {
    const stopped = new AbortController();
    let recovery: Promise<void> = Promise.resolve();
    const open = (): Promise<Session> =>
      openSession(config, channels, onPayload, () => {
        recovery = recover();
      });
    const recover = async (): Promise<void> => {
      for (let wait = FIRST_WAIT_MS; !stopped.signal.aborted; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
        try {
          await sleep(wait, null, { signal: stopped.signal });
          session = await open();
          return onReconnect();
        } catch {
          // Stopped, or the database is still away.
        }
      }
    };
    let session = await open();
    return async () => {
      stopped.abort();
      await recovery;
      await session.close();
    };
  };
}
