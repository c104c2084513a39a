/** The audit trail (`audit.event`). */
import { constantSql } from "../database/constant-sql.ts";
import type { ConstantSql } from "./table-shape.ts";

/** In the order of the columns; patients as an array literal, details as JSON. */
export const INSERT_ENTRY: ConstantSql = constantSql(
  `insert into audit.event (id, ods, action, type, outcome, agent_id, agent_role, agent_ods, correlation_id, entity_kind, entity_id,
     patient_ids, purpose, agreement_id, details)
   values ($1::uuid, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::uuid[], $13, $14, $15::jsonb)`,
);
