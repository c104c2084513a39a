/**
 * The submission path: receive -> map -> judge values -> match -> merge -> judge rows -> write -> answer. `COMMIT` and `VALIDATE_ONLY`
 * are the same code; a dry run only leaves out the rows. Reading and judging values happen before the transaction, which stays short.
 */
import type { Dictionary } from "../dataset/dictionary.ts";
import { compileRules } from "../dataset/judge-rules.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import { canonicalJson } from "../lib/canonical-json.ts";
import type { MappedSource, SourceKind } from "../records/draft-record.ts";
import type { RecordResult, SubmissionHeader } from "../records/submission-record.ts";
import { buildResults, countResults, groupIssues, outcomeOf, settleOutcomes, summariseMapping } from "./build-results.ts";
import { checkOptions } from "./check-options.ts";
import type { MappingRegistry, SubmissionAnswer, SubmissionService, SubmitCommand } from "./commands.ts";
import { createEntries, type Entry, type JudgedDraft, judgeDrafts } from "./entry.ts";
import { type FindRegistered, findForeignOrganisations, refuseForeignOrganisations } from "./foreign-organisations.ts";
import { type JudgeRules, judgeEntries } from "./judge-entries.ts";
import { matchEntries } from "./match-entries.ts";
import type { Clock, IdempotencyClaim, NewId, SubmissionStore, UnitOfWork } from "./ports.ts";
import { warnProbableDuplicates } from "./probable-duplicates.ts";
import { readValueSources } from "./value-sources.ts";
import { WorkingSet } from "./working-set.ts";
import { collectRows, NOTHING_TO_WRITE } from "./write-set.ts";

export interface SubmissionDependencies {
  readonly store: SubmissionStore;
  readonly mappings: MappingRegistry;
  readonly clock: Clock;
  readonly newId: NewId;
  /** The dictionary of a version, or null where there is none. */
  readonly dictionaryOf: (version: string) => Dictionary | null;
  readonly latestDatasetVersion: string;
  readonly findRegistered: FindRegistered;
}

/** A submission as it was received: everything that does not depend on what is stored. */
interface Received {
  readonly command: SubmitCommand;
  readonly id: string;
  readonly receivedAt: string;
  readonly today: string;
  readonly dictionary: Dictionary;
  readonly source: MappedSource;
  readonly kind: SourceKind;
  readonly judged: readonly JudgedDraft[];
  /** Canonical text of what was sent, for the envelope. */
  readonly envelope: string;
  readonly claim: IdempotencyClaim | null;
}

export function createSubmissionService(dependencies: SubmissionDependencies): SubmissionService {
  const rulesOf = rememberRules();
  return {
    async submit(command) {
      const received = receive(command, dependencies);
      // Before the transaction, which may hold the database's only connection.
      const foreign = await findForeignOrganisations(received.source.drafts, command.actor.ods, dependencies.findRegistered);
      const judgeRules = rulesOf(received.dictionary);
      return await dependencies.store.transaction(command.actor, (unit) =>
        process(unit, { ...received, foreign }, judgeRules, dependencies),
      );
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

function receive(command: SubmitCommand, dependencies: SubmissionDependencies): Received {
  const { actor, options, channel, payload, profile } = command;
  checkOptions(command);
  // The same answer for a programme of another organisation and for one that does not exist.
  if (!actor.programmes.includes(options.programmeCode))
    throw new GatewayError("FORBIDDEN", "You may not act for this programme.");
  const today = dependencies.clock.today();
  const known = dependencies.dictionaryOf(options.datasetVersion);
  const dictionary = known ?? dependencies.dictionaryOf(dependencies.latestDatasetVersion);
  if (dictionary === null) throw new GatewayError("INTERNAL_SERVER_ERROR", "No dictionary is loaded.");
  const source = known === null ? unknownVersion() : mapSource(command, known, dependencies);
  const kind: SourceKind = channel === "RECORDS" ? "STATED" : "MAPPED";
  const { idempotencyKey, ...digested } = options;
  const envelope = canonicalJson(payload);
  return {
    command,
    id: dependencies.newId(),
    receivedAt: dependencies.clock.now(),
    today,
    dictionary,
    source,
    kind,
    judged: judgeDrafts(source, dictionary, kind, today),
    envelope,
    claim:
      options.mode === "VALIDATE_ONLY"
        ? null
        : toClaim(actor.clientId, idempotencyKey, `${canonicalJson({ channel, profile, ...digested })}\n${envelope}`),
  };
}

function toClaim(clientId: string, key: string | null, payload: string): IdempotencyClaim {
  if (key === null)
    throw new GatewayError("BAD_USER_INPUT", "An idempotency key is required.", { details: { path: "options.idempotencyKey" } });
  return { clientId, key, payload };
}

/** @throws GatewayError BAD_USER_INPUT for a profile that does not exist. */
export function mapSource(
  { channel, payload, profile }: Pick<SubmitCommand, "channel" | "payload" | "profile">,
  dictionary: Dictionary,
  { mappings }: Pick<SubmissionDependencies, "mappings">,
): MappedSource {
  const source = mappings.map(channel, payload, profile, dictionary);
  if (source === null)
    throw new GatewayError("BAD_USER_INPUT", "There is no mapping profile of this name.", { details: { path: "profile" } });
  return source;
}

function unknownVersion(): MappedSource {
  const issue = {
    severity: "ERROR",
    code: "DATASET_VERSION_UNKNOWN",
    field: null,
    expression: "options.datasetVersion",
  } as const;
  return { drafts: [], issues: [issue], mappingReport: [], mappingVersion: "none" };
}

async function process(
  unit: UnitOfWork,
  received: Received & { readonly foreign: ReadonlySet<string> },
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
  refuseForeignOrganisations(entries, received.foreign);
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
  };
}
