/** HL7 v2 messages between their acknowledgement and their submission: worked on where the process is a worker. */
import { decodeHl7Bytes } from "../../mappings/hl7v2/decode-bytes.ts";
import type { ReadRefused } from "../inbox/inbox-ports.ts";
import { createMessageService, type MessageService } from "../inbox/message-service.ts";
import { createTakeLane } from "../inbox/work-inbox.ts";
import { type Turns, takeTurns } from "../jobs/take-turns.ts";
import { systemClock } from "../lib/system-clock.ts";
import { describeFailure } from "../observability/logger.ts";
import { createInboxStore, listenForMessages } from "../persistence/inbox-store.ts";
import { createMessageReader } from "../persistence/message-store.ts";
import { createReportStore } from "../persistence/report-store.ts";
import { DEFAULT_DATASET_VERSION } from "../records/dictionaries.ts";
import type { RecordOutcome, RecordResult } from "../records/submission-record.ts";
import type { ReportStore } from "../submission/report-ports.ts";
import type { Parts } from "./parts.ts";
import type { Submissions } from "./submissions.ts";

export interface Inbox {
  readonly service: MessageService;
  /** Works on messages from now on, in a process with the role `worker`. @throws GatewayError DATABASE_UNAVAILABLE */
  start(): Promise<void>;
  /** Waits for the batches in hand. */
  stop(): Promise<void>;
}

/** Programmes that one process works on at once: two keep a core busy, as with files. */
const SIDE_BY_SIDE = 2;
/** What no notification told of: a wait that is over, a lease that ran out. */
const POLL_MS = 1_000;
const REFUSED: readonly RecordOutcome[] = ["REJECTED"];

export const decodeMessage = (content: Buffer): string => decodeHl7Bytes(content).text;

export function wireInbox(parts: Parts, submissions: Submissions): Inbox {
  const { config, database, keys, logger, metrics, newId } = parts;
  const store = createInboxStore(database, keys);
  metrics.mllp.watchMessages(() => store.countWaiting());
  let stopping = false;
  let turns: Turns | null = null;
  let stopListening: (() => Promise<void>) | null = null;
  const takeLane = createTakeLane(
    {
      store,
      submissions: submissions.service,
      readRefused: createReadRefused(createReportStore(parts)),
      decode: decodeMessage,
      datasetVersion: DEFAULT_DATASET_VERSION,
      clock: systemClock,
      newId,
      reportFault: (error, { ods }) => logger.log("error", "inbox-fault", { ods, ...describeFailure(error) }),
    },
    () => stopping,
  );
  return {
    service: createMessageService(createMessageReader(database, keys)),
    start: async () => {
      if (!config.roles.has("worker")) return;
      const onError = (error: unknown): void => logger.log("warn", "inbox-trouble", describeFailure(error));
      const taking = takeTurns(takeLane, { sideBySide: SIDE_BY_SIDE, pollMs: POLL_MS, onError });
      turns = taking;
      stopListening = await listenForMessages(database, () => taking.wake());
    },
    stop: async () => {
      stopping = true;
      await stopListening?.();
      await turns?.stop();
    },
  };
}

/** The gateway's own reading: nobody is shown anything. */
function createReadRefused(reports: Pick<ReportStore, "results">): ReadRefused {
  return async (actor, submissionId) => {
    const refused: RecordResult[] = [];
    for await (const results of reports.results(actor, submissionId, REFUSED))
      refused.push(...results.filter(({ outcome }) => outcome === "REJECTED"));
    return refused;
  };
}
