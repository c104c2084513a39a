/** Simulating rules over what is stored. */
import { LIMITS } from "../lib/limits.ts";
import { systemClock } from "../lib/system-clock.ts";
import { createRecordAct } from "../persistence/audit-log.ts";
import { createEnvelopeStore } from "../persistence/envelope-store.ts";
import { createReportStore } from "../persistence/report-store.ts";
import { createSimulationStore } from "../persistence/simulation-store.ts";
import { entryOf } from "../records/audit-entry.ts";
import { compileVersions, dictionaryOf, VERSIONS } from "../records/dictionaries.ts";
import { createSimulateRules, type SimulateRules } from "../simulation/simulate-rules.ts";
import { inTurn } from "../simulation/take-turns.ts";
import { createMergeDrafts } from "../submission/merge-drafts.ts";
import type { StatusStore } from "../submission/status-ports.ts";
import type { Files } from "./files.ts";
import type { Parts } from "./parts.ts";
import type { Submissions } from "./submissions.ts";
import type { Uploads } from "./uploads.ts";

/** Entries of a file that are judged in one transaction: the embedded database has one connection, which others wait for. */
const CHUNK_SIZE = 100;
const PAGE_MS = LIMITS.simulationPageSeconds * 1_000;

export interface SimulationInputs {
  readonly status: StatusStore;
  readonly submissions: Submissions;
  readonly files: Files;
  readonly uploads: Uploads;
}

export function wireSimulation(parts: Parts, { status, submissions, files, uploads }: SimulationInputs): SimulateRules {
  const { mappings, findRegistered, resolveSender } = submissions.dependencies;
  const recordAct = createRecordAct(parts.database, parts.newId);
  const simulateRules = inTurn(
    createSimulateRules({
      status,
      store: createSimulationStore(parts),
      envelopes: createEnvelopeStore(parts),
      reports: createReportStore(parts),
      uploads: uploads.reader,
      mappings,
      openFile: files.openFile,
      resolveSender,
      findRegistered,
      merge: createMergeDrafts(parts.newId),
      clock: systemClock,
      dictionaries: {
        versions: VERSIONS.map(({ dictionary }) => dictionary.version),
        dictionaryOf,
        compile: compileVersions,
      },
      chunkSize: CHUNK_SIZE,
      beginPage: () => {
        const end = performance.now() + PAGE_MS;
        return () => performance.now() >= end;
      },
    }),
  );
  return async (actor, request) => {
    // It reads whatever the organisation was sent; what it answers are numbers and ids.
    await recordAct(entryOf(actor, { action: "EXECUTE", type: "SIMULATE_RULES" }));
    return await simulateRules(actor, request);
  };
}
