/** An upload that a submission is made of stays as long as the submission may need it. */
import { GatewayError } from "../errors/gateway-error.ts";
import type { Transaction } from "./database/unit.ts";
import { MARK_UPLOAD_USED } from "./sql/upload-queries.ts";
import type { SqlRow } from "./sql-row.ts";

/** Part of the transaction that accepts the submission. @throws GatewayError NOT_FOUND where the upload has expired meanwhile */
export async function keepUpload(tx: Transaction, ods: string, uploadId: string, until: string | null): Promise<void> {
  const rows = await tx.$queryRaw<SqlRow[]>(MARK_UPLOAD_USED([ods, uploadId, until]));
  if (rows.length === 0) throw new GatewayError("NOT_FOUND", "There is no such upload.", { details: { path: "input.uploadId" } });
}
