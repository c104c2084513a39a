/** What a connection may take of this process. docs/mllp.md says them to senders. */
import { LIMITS } from "../../lib/limits.ts";
import type { ConnectionLimits } from "./mllp-ports.ts";

const SECOND_MS = 1_000;
const MIB = 1_048_576;

export const CONNECTION_LIMITS: ConnectionLimits = {
  messageBytes: LIMITS.mllpMessageBytes,
  inFlight: 16,
  // Senders keep a connection open for days; the operating system's own probes find those that are gone.
  idleMs: 3_600 * SECOND_MS,
  frameMs: 30 * SECOND_MS,
  noiseBytes: 4 * MIB,
  connectionsPerListener: 64,
};

/** Messages in hand over all connections: 512 of usual length. */
export const BUDGET_BYTES = 32 * MIB;

/** MSH-10 has 20 characters in most versions: the time and 32 random bits of a UUIDv7. */
export const toControlId = (uuid: string): string => `${uuid.slice(0, 8)}${uuid.slice(9, 13)}${uuid.slice(-8)}`;
