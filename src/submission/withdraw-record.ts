/**
 * One stored record is withdrawn, with everything below it: a submission of its own, with the same rules and the same answer as a record
 * that a sender marks as deleted (ADR 0024).
 */
import type { RecordTypeName } from "../dataset/define.ts";
import type { Dictionary } from "../dataset/dictionary.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import { canonicalJson } from "../lib/canonical-json.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { DraftRecord, MappedSource } from "../records/draft-record.ts";
import type { SourceSystem } from "../records/submission-record.ts";
import { BY_HAND, submitChange } from "./change-by-hand.ts";
import { checkOptions, requireProgramme } from "./check-options.ts";
import { claimKey, toClaim } from "./claim-key.ts";
import type { SubmissionAnswer, SubmissionOptions } from "./commands.ts";
import { createMergeDrafts, type MergeDrafts } from "./merge-drafts.ts";
import type { Clock, IdempotencyClaim, NewId } from "./ports.ts";
import { readReason } from "./read-reason.ts";
import type { RecordPlace, RecordStore, RecordUnit } from "./withdraw-record-ports.ts";

/** By the gateway's id, or by the sender's own. */
export type NamedRecord = { readonly recordId: string } | { readonly sourceRecordId: string };

export interface WithdrawRecordCommand {
  readonly actor: OrganisationActor;
  readonly idempotencyKey: string;
  readonly programmeCode: string;
  /** Whose ids `record` may name; null: whoever withdraws does so by hand. */
  readonly sourceSystem: SourceSystem | null;
  readonly recordType: RecordTypeName;
  readonly record: NamedRecord;
  /** Free text: kept sealed, never logged. */
  readonly reason: string;
  /** Null: whatever it is by now. */
  readonly expectedVersion: number | null;
}

/** The record is the first of the answer's results. */
export type WithdrawRecord = (command: WithdrawRecordCommand) => Promise<SubmissionAnswer>;

export interface WithdrawRecordDependencies {
  readonly store: RecordStore;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly dictionary: Dictionary;
}

/** @throws GatewayError BAD_USER_INPUT, FORBIDDEN, NOT_FOUND, CONFLICT, IDEMPOTENCY_KEY_REUSED, DATABASE_UNAVAILABLE, OVERLOADED */
export function createWithdrawRecord(dependencies: WithdrawRecordDependencies): WithdrawRecord {
  const merge = createMergeDrafts(dependencies.newId);
  return async (command) => {
    const withdrawal = receiveWithdrawal(command, dependencies);
    return await dependencies.store.transaction(command.actor, (unit) => withdraw(unit, withdrawal, merge, dependencies), true);
  };
}

interface ReceivedWithdrawal {
  readonly command: WithdrawRecordCommand;
  readonly id: string;
  readonly receivedAt: string;
  readonly options: SubmissionOptions;
  readonly envelope: string;
  readonly claim: IdempotencyClaim;
}

function receiveWithdrawal(
  command: WithdrawRecordCommand,
  { clock, newId, dictionary }: WithdrawRecordDependencies,
): ReceivedWithdrawal {
  const { actor, idempotencyKey, programmeCode, recordType, record, expectedVersion } = command;
  const reason = readReason(command.reason, "input.reason");
  const sourceSystem = command.sourceSystem ?? BY_HAND;
  const datasetVersion = dictionary.version;
  const options = {
    idempotencyKey,
    programmeCode,
    sourceSystem,
    datasetVersion,
    mode: "COMMIT",
    errorPolicy: "REJECT_FAILED",
  } as const;
  checkOptions({ actor, options, profile: null });
  requireProgramme(actor, programmeCode);
  const envelope = canonicalJson({
    withdrawRecord: { programmeCode, sourceSystem, recordType, ...record, reason, expectedVersion },
  });
  return {
    command: { ...command, reason },
    id: newId(),
    receivedAt: clock.now(),
    options,
    envelope,
    claim: toClaim(actor.clientId, idempotencyKey, envelope),
  };
}

async function withdraw(
  unit: RecordUnit,
  withdrawal: ReceivedWithdrawal,
  merge: MergeDrafts,
  dependencies: WithdrawRecordDependencies,
): Promise<SubmissionAnswer> {
  const { command, options, claim, envelope, receivedAt, id } = withdrawal;
  const earlier = await claimKey(unit, claim);
  if (earlier) return { header: earlier, replayed: true, results: null };
  const place = await locate(unit, command, options);
  refuseStale(place, command.expectedVersion);
  const source = toSource(place, command, dependencies.dictionary);
  const change = { actor: command.actor, options, id, receivedAt, source, claim, envelope };
  return await submitChange(unit, change, { ...dependencies, merge });
}

/** @throws GatewayError CONFLICT, NOT_FOUND */
async function locate(
  unit: RecordUnit,
  { recordType, record }: WithdrawRecordCommand,
  { programmeCode, sourceSystem: { product } }: SubmissionOptions,
): Promise<RecordPlace> {
  const named = "recordId" in record ? { recordType, ...record } : { recordType, product, ...record };
  const recordId = "recordId" in named ? named.recordId : (await unit.findSourceIds([named], programmeCode))[0]?.recordId;
  const place = recordId === undefined ? null : await unit.locateRecord(recordType, recordId);
  if (place !== null) return place;
  if (await unit.wasWithdrawn(named, programmeCode))
    throw new GatewayError("CONFLICT", "The record was withdrawn already.", { details: { reason: "ALREADY_WITHDRAWN" } });
  throw new GatewayError("NOT_FOUND", "The record does not exist.");
}

function refuseStale({ version }: RecordPlace, expected: number | null): void {
  if (expected === null || expected === version) return;
  throw new GatewayError("CONFLICT", "The record was changed since: read it again.", {
    details: { reason: "STALE_VERSION", version },
  });
}

/** The record, below silent references to those it hangs below: all of them known by their ids. */
function toSource({ path }: RecordPlace, { record, reason }: WithdrawRecordCommand, dictionary: Dictionary): MappedSource {
  const drafts: DraftRecord[] = [];
  for (const { recordType, id } of path) {
    const isLast = drafts.length === path.length - 1;
    const own = {
      sourceRecordId: "sourceRecordId" in record ? record.sourceRecordId : null,
      withdraw: true,
      withdrawalReason: reason,
    } as const;
    const named = { sourceRecordId: null, reference: true, silent: true } as const;
    drafts.push({
      ...(isLast ? own : named),
      recordType,
      recordId: id,
      parent: drafts.at(-1) ?? null,
      expression: "record",
      values: {},
      clear: [],
      issues: [],
      mappingReport: [],
    });
  }
  return { drafts, issues: [], mappingReport: [], mappingVersion: `records/${dictionary.version}` };
}
