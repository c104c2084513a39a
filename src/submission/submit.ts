/**
 * The submission path: receive -> map -> judge values -> match -> merge -> judge rows -> write -> answer. `COMMIT` and `VALIDATE_ONLY`
 * are the same code; a dry run only leaves out the rows. Reading and judging values happen before the transaction, which stays short.
 */
import type { MappedSource } from "../records/draft-record.ts";
import type { Channel, RecordResult, SubmissionHeader } from "../records/submission-record.ts";
import { countResults, groupIssues, outcomeOf, summariseMapping } from "./build-results.ts";
import { claimKey } from "./claim-key.ts";
import type { SubmissionAnswer, SubmissionService, SubmitCommand } from "./commands.ts";
import { createMergeDrafts, type MergeDrafts, type Statement } from "./merge-drafts.ts";
import { mergesPatients } from "./named-patients.ts";
import type { Clock, UnitOfWork } from "./ports.ts";
import { type Received, receive, type SubmissionDependencies } from "./receive.ts";
import { withdrawsRecords } from "./withdraw-entries.ts";

export function createSubmissionService(dependencies: SubmissionDependencies): SubmissionService {
  const merge = createMergeDrafts(dependencies.newId);
  return {
    async submit(command) {
      const received = await receive(command, dependencies);
      return await dependencies.store.transaction(
        command.actor,
        (unit) => process(unit, received, merge, dependencies.clock),
        mergesPatients(received.judged) || withdrawsRecords(received.judged),
      );
    },
  };
}

async function process(unit: UnitOfWork, received: Received, merge: MergeDrafts, clock: Clock): Promise<SubmissionAnswer> {
  const earlier = await claimKey(unit, received.claim);
  if (earlier) return { header: earlier, replayed: true, results: null };
  const { results, rows, standards } = await merge(unit, toStatement(received));
  const header = { ...toHeader(received, results, clock), standards };
  const stored = await unit.write({
    ...rows,
    submission: { header, claim: received.claim, envelope: received.envelope, results },
  });
  return { header: stored, replayed: false, results };
}

function toStatement({ command, source, ...received }: Received): Statement {
  const { actor, options } = command;
  return {
    ...received,
    actor,
    programmeCode: options.programmeCode,
    product: options.sourceSystem.product,
    mode: options.mode,
    hold: options.errorPolicy === "ALL_OR_NOTHING" ? "ON_REJECTION" : "NOTHING",
    issues: source.issues,
  };
}

/** What a header tells of what was sent, and by whom. */
export interface HeaderFacts extends Pick<Received, "id" | "receivedAt"> {
  readonly command: Pick<SubmitCommand, "actor" | "options"> & { readonly channel: Channel };
  readonly source: Omit<MappedSource, "drafts">;
}

/** The header of a submission that is answered at once. */
export function toHeader(received: HeaderFacts, results: readonly RecordResult[], clock: Clock): SubmissionHeader {
  const { actor, channel, options } = received.command;
  const { issues, mappingReport, mappingVersion } = received.source;
  const counts = countResults(results, issues);
  return {
    id: received.id,
    ods: actor.ods,
    programmeCode: options.programmeCode,
    clientId: actor.clientId,
    channel,
    mode: options.mode,
    errorPolicy: options.errorPolicy,
    status: "COMPLETED",
    outcome: outcomeOf(counts, issues),
    sourceSystem: options.sourceSystem,
    datasetVersion: options.datasetVersion,
    mappingVersion,
    receivedAt: received.receivedAt,
    completedAt: clock.now(),
    counts,
    issues,
    issueGroups: groupIssues(results, issues),
    mappingSummary: summariseMapping([...mappingReport, ...results.flatMap((result) => result.mappingReport)]),
    standards: [],
    // Set by the store, which holds the keys.
    receiptDigest: null,
    receiptKeyId: null,
    replayOf: null,
    withdrawnAt: null,
    faultId: null,
  };
}
