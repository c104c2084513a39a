/** One stored record is withdrawn, with everything below it. */
import "reflect-metadata";
import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from "type-graphql";
import { GatewayError } from "../../errors/gateway-error.ts";
import type { SourceSystem } from "../../records/submission-record.ts";
import type { NamedRecord, WithdrawRecord } from "../../submission/withdraw-record.ts";
import { Allow, mayReadReasons, requireOrganisation } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { Submits } from "../operation-marks.ts";
import { readRecordId } from "../read-record-id.ts";
import { SubmissionRecord } from "../types/submission-record-type.ts";
import { RecordWithdrawal, WithdrawRecordInput } from "../types/withdraw-record-types.ts";
import { loadRecord, type SubmissionRecordRoot } from "./submission-root.ts";
import { MAY_SUBMIT, readIdempotencyKey } from "./submit-resolver.ts";

const KEY_PATH = "input.idempotencyKey";

@Resolver()
export class WithdrawRecordResolver {
  readonly #withdraw: WithdrawRecord;

  constructor(withdraw: WithdrawRecord) {
    this.#withdraw = withdraw;
  }

  @Allow(MAY_SUBMIT)
  @Submits()
  @Mutation(() => SubmissionRecord, {
    description:
      "Withdraws one stored record with everything below it, as a submission of its own: withdraw that one to bring the record back. Refused with CONFLICT where it was withdrawn already (`reason` of the error ALREADY_WITHDRAWN) or was changed since (STALE_VERSION). Rules that the rest of the patient's records would break refuse it as they refuse a record.",
  })
  async withdrawRecord(
    @Arg("input", () => WithdrawRecordInput) input: WithdrawRecordInput,
    @Ctx() context: GraphqlContext,
  ): Promise<SubmissionRecordRoot> {
    const actor = requireOrganisation(context.actor);
    const answer = await this.#withdraw({
      actor,
      idempotencyKey: readIdempotencyKey(input.idempotencyKey ?? null, context.idempotencyKeyHeader, KEY_PATH),
      programmeCode: input.programmeCode,
      sourceSystem: input.sourceSystem == null ? ownSystem(actor) : toSystem(input.sourceSystem),
      recordType: input.recordType,
      record: readNamed(input),
      reason: input.reason,
      expectedVersion: input.expectedVersion ?? null,
    });
    context.loaders.keep(answer.header, answer.results);
    context.replayed = answer.replayed;
    const record = await loadRecord(context, answer.header.id, 0);
    if (record === null) throw new Error("A withdrawal has no answer");
    return record;
  }
}

/** What a vendor app withdraws is its own product's doing. */
const ownSystem = ({ sourceSystem }: ReturnType<typeof requireOrganisation>): SourceSystem | null =>
  sourceSystem === undefined ? null : { ...sourceSystem, version: "-" };

const toSystem = ({ vendor, product, version }: SourceSystem): SourceSystem => ({ vendor, product, version });

/** @throws GatewayError BAD_USER_INPUT, NOT_FOUND */
function readNamed({ recordId, sourceRecordId, sourceSystem }: WithdrawRecordInput): NamedRecord {
  if ((recordId ?? null) === null) {
    if (sourceRecordId != null && sourceRecordId.trim() !== "" && sourceSystem != null) return { sourceRecordId };
    throw new GatewayError("BAD_USER_INPUT", "A record is named by recordId, or by sourceRecordId with sourceSystem.", {
      details: { path: sourceRecordId == null ? "input.recordId" : "input.sourceSystem" },
    });
  }
  if (sourceRecordId != null)
    throw new GatewayError("BAD_USER_INPUT", "A record is named by one of its ids, not by both.", {
      details: { path: "input.sourceRecordId" },
    });
  const known = readRecordId(recordId ?? "");
  if (known === null) throw new GatewayError("NOT_FOUND", "The record does not exist.");
  return { recordId: known };
}

@Resolver(() => SubmissionRecord)
export class RecordWithdrawalFieldResolver {
  @FieldResolver(() => RecordWithdrawal, {
    nullable: true,
    description: "Null where the submission did not withdraw the record.",
  })
  async withdrawal(
    @Root() { outcome, recordId, submissionId }: SubmissionRecordRoot,
    @Ctx() context: GraphqlContext,
  ): Promise<RecordWithdrawal | null> {
    if (outcome !== "WITHDRAWN" || recordId === null) return null;
    const found = await context.loaders.recordWithdrawal({ submissionId, recordId });
    if (found === null) return null;
    const { withdrawnAt, restorableUntil, restoredAt, reason } = found;
    return { at: withdrawnAt, restorableUntil, restoredAt, reason: mayReadReasons(context.actor) ? reason : null };
  }
}
