/** The pull of a submission that is made of what a FHIR server holds. */
import { GatewayError } from "../errors/gateway-error.ts";
import type { SubmissionHeader } from "../records/submission-record.ts";
import type { JobSource } from "../submission/ports.ts";
import type { Transaction } from "./database/unit.ts";
import { INSERT_PULL } from "./sql/pull-queries.ts";
import type { SqlRow } from "./sql-row.ts";

/** Part of the transaction that accepts the submission. @throws GatewayError CONFLICT where the source is being read, or may not be */
export async function insertPull(
  tx: Transaction,
  { ods, id }: SubmissionHeader,
  { sourceId, since }: Extract<JobSource, { kind: "PULL" }>,
): Promise<void> {
  const rows = await tx.$queryRaw<SqlRow[]>(INSERT_PULL([ods, id, sourceId, since]));
  if (rows.length === 0) throw new GatewayError("CONFLICT", "The source is being read already, or is not confirmed.");
}
