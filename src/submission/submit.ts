/**
 * The submission path: receive -> map -> judge values -> match -> merge -> judge rows -> write -> answer. `COMMIT` and `VALIDATE_ONLY`
 * are the same code; a dry run only leaves out the rows. Reading and judging values happen before the transaction, which stays short.
 */
import type { Dictionary } from "../dataset/dictionary.ts";
import { compileRules } from "../dataset/judge-rules.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import type { RecordResult, SubmissionHeader } from "../records/submission-record.ts";
import { buildResults, countResults, groupIssues, outcomeOf, settleOutcomes, summariseMapping } from "./build-results.ts";
import type { SubmissionAnswer, SubmissionService } from "./commands.ts";
import { createEntries, type Entry } from "./entry.ts";
import { refuseForeignOrganisations } from "./foreign-organisations.ts";
import { type JudgeRules, judgeEntries } from "./judge-entries.ts";
import { matchEntries } from "./match-entries.ts";
import type { Clock, IdempotencyClaim, UnitOfWork } from "./ports.ts";
import { warnProbableDuplicates } from "./probable-duplicates.ts";
import { type Received, receive, type SubmissionDependencies } from "./receive.ts";
import { readValueSources } from "./value-sources.ts";
import { WorkingSet } from "./working-set.ts";
import { collectRows, NOTHING_TO_WRITE } from "./write-set.ts";

export function createSubmissionService(dependencies: SubmissionDependencies): SubmissionService {
  const rulesOf = rememberRules();
  return {
    async submit(command) {
      const received = await receive(command, dependencies);
      const judgeRules = rulesOf(received.dictionary);
      return await dependencies.store.transaction(command.actor, (unit) => process(unit, received, judgeRules, dependencies));
    },
  };
}

/** Rules are compiled once per dictionary. */
function rememberRules(): (dictionary: Dictionary) => JudgeRules {
  const compiled = new WeakMap<Dictionary, JudgeRules>();
  return (dictionary) => {
    const known = compiled.get(dictionary);
    if (known) return known;
    const rules = compileRules(dictionary);
    compiled.set(dictionary, rules);
    return rules;
  };
}

async function process(
  unit: UnitOfWork,
  received: Received,
  judgeRules: JudgeRules,
  dependencies: SubmissionDependencies,
): Promise<SubmissionAnswer> {
  const earlier = await claimKey(unit, received.claim);
  if (earlier) return { header: earlier, replayed: true, results: null };
  const { options, actor } = received.command;
  const set = new WorkingSet(
    {
      dictionary: received.dictionary,
      programmeCode: options.programmeCode,
      product: options.sourceSystem.product,
      programmes: actor.programmes,
      receivedAt: received.receivedAt,
      newId: dependencies.newId,
    },
    unit,
  );
  const entries = createEntries(received.judged);
  refuseForeignOrganisations(entries, received.foreignOrganisations);
  await matchEntries(entries, set);
  judgeEntries(entries, {
    kind: received.kind,
    judgeRules,
    programmeCode: options.programmeCode,
    receivedAt: received.receivedAt,
  });
  warnProbableDuplicates(entries);
  settleOutcomes(entries, received.source.issues, options.errorPolicy === "ALL_OR_NOTHING");
  const results = buildResults(entries, await readValueSources(entries, unit), options.mode === "COMMIT");
  const header = toHeader(received, results, dependencies.clock);
  const stored = await unit.write({
    ...rowsOf(entries, set, options.mode),
    submission: { header, claim: received.claim, envelope: received.envelope, results },
  });
  return { header: stored, replayed: false, results };
}

async function claimKey(unit: UnitOfWork, claim: IdempotencyClaim | null): Promise<SubmissionHeader | null> {
  if (claim === null) return null;
  const result = await unit.claimIdempotencyKey(claim);
  if (result.state === "SAME") return result.submission;
  if (result.state === "OTHER")
    throw new GatewayError("IDEMPOTENCY_KEY_REUSED", "This idempotency key was used before with another payload.");
  if (result.state === "IN_FLIGHT")
    throw new GatewayError("CONFLICT", "A request with this idempotency key is being worked on.", {
      retryable: true,
      retryAfterSeconds: 1,
    });
  return null;
}

/** A dry run keeps nothing; a held submission neither. */
function rowsOf(entries: readonly Entry[], set: WorkingSet, mode: string): ReturnType<typeof collectRows> {
  const held = entries.some((entry) => entry.outcome === "HELD");
  return mode === "VALIDATE_ONLY" || held ? NOTHING_TO_WRITE : collectRows(entries, set);
}

function toHeader(received: Received, results: readonly RecordResult[], clock: Clock): SubmissionHeader {
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
    // Set by the store, which holds the keys.
    receiptDigest: null,
    receiptKeyId: null,
    replayOf: null,
    withdrawnAt: null,
    faultId: null,
  };
}
