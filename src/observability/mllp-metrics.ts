/** What is counted of HL7 v2 over MLLP. Labels are closed sets; no listener is named, because the counts are published. */
import { Counter, Gauge, type Registry } from "prom-client";

export interface WaitingMessages {
  readonly waiting: number;
  readonly parked: number;
  readonly oldestSeconds: number;
}

export interface MllpMetrics {
  connectionOpened(): void;
  connectionEnded(): void;
  connectionClosed(reason: string): void;
  frameRead(): void;
  badFrame(reason: string): void;
  acknowledged(code: string): void;
  /** Asks `count` at each reading; where that fails, the reading goes without these numbers. */
  watchMessages(count: () => Promise<WaitingMessages>): void;
}

export function createMllpMetrics(registry: Registry): MllpMetrics {
  const registers = [registry];
  const connections = new Gauge({ name: "nacr_mllp_connections", help: "Open MLLP connections", registers });
  const closed = new Counter({
    name: "nacr_mllp_connections_closed_total",
    help: "MLLP connections that the gateway closed, by why",
    labelNames: ["reason"],
    registers,
  });
  const frames = new Counter({ name: "nacr_mllp_frames_total", help: "MLLP frames read", registers });
  const bad = new Counter({
    name: "nacr_mllp_bad_frames_total",
    help: "Bytes on MLLP connections that were no message, by why",
    labelNames: ["reason"],
    registers,
  });
  const acknowledged = new Counter({
    name: "nacr_mllp_acknowledgements_total",
    help: "Acknowledgements sent, by their code",
    labelNames: ["code"],
    registers,
  });
  return {
    connectionOpened: () => connections.inc(),
    connectionEnded: () => connections.dec(),
    connectionClosed: (reason) => closed.inc({ reason }),
    frameRead: () => frames.inc(),
    badFrame: (reason) => bad.inc({ reason }),
    acknowledged: (code) => acknowledged.inc({ code }),
    watchMessages: (count) => watchMessages(registry, count),
  };
}

function watchMessages(registry: Registry, count: () => Promise<WaitingMessages>): void {
  const age = new Gauge({
    name: "nacr_mllp_oldest_waiting_seconds",
    help: "Age of the oldest message that is acknowledged and not worked on yet",
    registers: [registry],
    aggregator: "first",
  });
  new Gauge({
    name: "nacr_mllp_messages",
    help: "Messages of all processes that wait to be worked on, and that are parked",
    labelNames: ["state"],
    registers: [registry],
    // Every thread would count the same table.
    aggregator: "first",
    async collect() {
      this.reset();
      const counted = await count().catch(() => null);
      if (counted === null) return;
      this.set({ state: "waiting" }, counted.waiting);
      this.set({ state: "parked" }, counted.parked);
      age.set(counted.oldestSeconds);
    },
  });
}
