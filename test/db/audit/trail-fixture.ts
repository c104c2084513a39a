/** An audit trail of a test's own: entries written as the gateway writes them, numbered, anchored and checked. */
import { createHmac } from "node:crypto";
import type { AuditKey } from "../../../src/audit/chain.ts";
import { type Chainer, createChainer } from "../../../src/audit/chainer.ts";
import type { AnchorFile } from "../../../src/audit/trail-ports.ts";
import { type TrailReport, verifyTrail } from "../../../src/audit/verify-trail.ts";
import { createUuid7 } from "../../../src/lib/uuid7.ts";
import { writeAuditEntries } from "../../../src/persistence/audit-entries.ts";
import { createChainStore, createTrailStore } from "../../../src/persistence/trail-store.ts";
import type { AuditEntry } from "../../../src/records/audit-entry.ts";
import type { TestDatabase } from "../../support/database.ts";

export const ODS = "RXX";
export const KEY: AuditKey = { mac: (use, text) => createHmac("sha256", `test/${use}`).update(text).digest("hex") };

export const newId = createUuid7();

export function readEntry(patientId: string, more: Partial<AuditEntry> = {}): AuditEntry {
  const agent = { id: "team-client", role: "CLINICAL_TEAM", ods: ODS } as const;
  const act = { action: "READ", type: "READ_RECORD", outcome: "DONE", ods: ODS, agent, correlationId: "c-1" } as const;
  return { ...act, patientIds: [patientId], details: { shown: 1, withIdentity: true }, ...more };
}

/** In memory, with what a real one says. */
export function createMemoryAnchor(): AnchorFile & { text: string } {
  return {
    text: "",
    async read() {
      return this.text;
    },
    async readEnd() {
      return this.text.split("\n").slice(-3).join("\n");
    },
    async append(line) {
      this.text += line;
    },
  };
}

export interface TestTrail {
  readonly anchorFile: ReturnType<typeof createMemoryAnchor>;
  readonly chainer: Chainer;
  write(count: number, more?: Partial<AuditEntry>): Promise<void>;
  verify(): Promise<TrailReport>;
}

export function openTestTrail({ database }: TestDatabase): TestTrail {
  const anchorFile = createMemoryAnchor();
  const now = (): string => new Date().toISOString();
  return {
    anchorFile,
    chainer: createChainer({ store: createChainStore(database), key: KEY, anchorFile, now }),
    write: async (count, more) =>
      await database.withRole({ role: "nacr_app", ods: ODS }, async (tx) => {
        const entries = Array.from({ length: count }, () => readEntry(newId(), more));
        await writeAuditEntries(tx, entries, newId);
      }),
    verify: () => verifyTrail({ store: createTrailStore(database, newId), key: KEY, anchorFile }),
  };
}
