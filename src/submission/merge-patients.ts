/**
 * Two patients are one, or are not after all, as a person says who looked: a submission of its own, so that history, status and withdrawal
 * know of it as of any other (ADR 0025).
 */
import type { Dictionary } from "../dataset/dictionary.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import { canonicalJson } from "../lib/canonical-json.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { DraftRecord, MappedSource } from "../records/draft-record.ts";
import type { RecordResult } from "../records/submission-record.ts";
import { BY_HAND, type ChangeDependencies, submitChange } from "./change-by-hand.ts";
import { checkOptions, requireProgramme } from "./check-options.ts";
import type { SubmissionAnswer, SubmissionOptions } from "./commands.ts";
import { createMergeDrafts } from "./merge-drafts.ts";
import type { Clock, NewId, SubmissionStore, UnitOfWork } from "./ports.ts";
import { readReason } from "./read-reason.ts";

export interface MergeCommand {
  readonly actor: OrganisationActor;
  /** Null: the only one of the actor. */
  readonly programmeCode: string | null;
  /** Whose record the other's is, or was. The gateway's own ids. */
  readonly winner: string;
  readonly loser: string;
  /** Free text: kept sealed with the input, never logged. */
  readonly reason: string;
}

export type ChangeMerge = (command: MergeCommand) => Promise<SubmissionAnswer>;

export interface PatientMerging {
  readonly merge: ChangeMerge;
  readonly unmerge: ChangeMerge;
}

export interface MergingDependencies {
  readonly store: Pick<SubmissionStore, "transaction">;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly dictionary: Dictionary;
}

type Change = "merges" | "unmerges";

/** Issue codes of a change that came about. */
const DONE: Readonly<Record<Change, string>> = { merges: "PATIENTS_MERGED", unmerges: "PATIENTS_UNMERGED" };

/** @throws GatewayError BAD_USER_INPUT, FORBIDDEN, NOT_FOUND, CONFLICT, DATABASE_UNAVAILABLE, OVERLOADED */
export function createPatientMerging(dependencies: MergingDependencies): PatientMerging {
  const merge = createMergeDrafts(dependencies.newId);
  const change =
    (kind: Change): ChangeMerge =>
    async (command) => {
      const received = receiveChange(kind, command, dependencies);
      return await dependencies.store.transaction(
        command.actor,
        (unit) => work(unit, received, { ...dependencies, merge }),
        true,
      );
    };
  return { merge: change("merges"), unmerge: change("unmerges") };
}

interface ReceivedChange {
  readonly kind: Change;
  readonly command: MergeCommand;
  readonly options: SubmissionOptions;
  readonly id: string;
  readonly receivedAt: string;
  readonly source: MappedSource;
  /** Canonical text of what was asked for, for the envelope. */
  readonly envelope: string;
}

function receiveChange(kind: Change, command: MergeCommand, { clock, newId, dictionary }: MergingDependencies): ReceivedChange {
  const { actor, winner, loser } = command;
  const reason = readReason(command.reason, "input.reason");
  const programmeCode = command.programmeCode ?? onlyProgramme(actor);
  if (winner === loser)
    throw new GatewayError("BAD_USER_INPUT", "Two different patients are needed.", { details: { path: "input.loser" } });
  const datasetVersion = dictionary.version;
  const terms = { mode: "COMMIT", errorPolicy: "REJECT_FAILED" } as const;
  const options = { idempotencyKey: null, programmeCode, sourceSystem: BY_HAND, datasetVersion, ...terms };
  checkOptions({ actor, options, profile: null });
  requireProgramme(actor, programmeCode);
  const source = toSource(kind, command, dictionary);
  const envelope = canonicalJson({ [kind]: { programmeCode, winner, loser, reason } });
  return { kind, command, options, id: newId(), receivedAt: clock.now(), source, envelope };
}

function onlyProgramme({ programmes }: OrganisationActor): string {
  const [only, second] = programmes;
  if (only !== undefined && second === undefined) return only;
  throw new GatewayError("BAD_USER_INPUT", "Name one of your programmes.", { details: { path: "input.programmeCode" } });
}

/** The patient by id, who says nothing of itself. */
function toSource(kind: Change, { winner, loser }: MergeCommand, dictionary: Dictionary): MappedSource {
  const draft: DraftRecord = {
    recordType: "PATIENT",
    parent: null,
    sourceRecordId: null,
    recordId: winner,
    reference: true,
    expression: "input.winner",
    values: {},
    clear: [],
    issues: [],
    mappingReport: [],
    [kind]: [{ recordId: loser, expression: "input.loser" }],
  };
  return { drafts: [draft], issues: [], mappingReport: [], mappingVersion: `records/${dictionary.version}` };
}

async function work(
  unit: UnitOfWork,
  { kind, command, ...received }: ReceivedChange,
  dependencies: ChangeDependencies,
): Promise<SubmissionAnswer> {
  const { actor, winner, loser } = command;
  const known = await unit.findPatients([], [winner, loser]);
  for (const wanted of [winner, loser])
    if (!known.some((row) => row.id === wanted)) throw new GatewayError("NOT_FOUND", "There is no such patient.");
  return await submitChange(unit, { ...received, actor, claim: null }, dependencies, (results) => requireDone(kind, results));
}

interface Refusal {
  readonly reason: string;
  readonly message: string;
}

/** Why a change did not come about, by the code of its issue. */
const REFUSALS: ReadonlyMap<string, Refusal> = new Map([
  ["REPLACES_CIRCULAR", { reason: "CIRCULAR", message: "That patient was merged into this one: take that merge back first." }],
  [
    "KEY_CONFLICT",
    { reason: "MERGED_ELSEWHERE", message: "The patient was merged into another one: take that merge back first." },
  ],
  ["UNMERGE_NOT_MERGED", { reason: "NOT_MERGED", message: "The two patients were never merged." }],
]);
const MERGED_ALREADY: Refusal = { reason: "MERGED_ALREADY", message: "The two patients are merged already." };

/** What a person asks for and does not come about leaves no submission behind. @throws GatewayError CONFLICT */
function requireDone(kind: Change, results: readonly RecordResult[]): void {
  const codes = results.flatMap(({ issues }) => issues.map(({ code }) => code));
  if (codes.includes(DONE[kind])) return;
  const [refusal = MERGED_ALREADY] = codes.flatMap((code) => REFUSALS.get(code) ?? []);
  throw new GatewayError("CONFLICT", refusal.message, { details: { reason: refusal.reason } });
}
