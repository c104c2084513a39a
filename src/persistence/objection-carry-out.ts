/** What of objections of scope ALL is still to be done to the own rows, and that it was done. */
import type { ObjectionStore, ObjectionToCarryOut } from "../consent/objection-ports.ts";
import { ROLES } from "../records/actor.ts";
import type { Database } from "./database/database.ts";
import { isUuid } from "./page-cursor.ts";
import { MARK_CARRIED_OUT, TO_CARRY_OUT } from "./sql/objection-statements.ts";
import { optionalTextOf, type SqlRow, textOf, textsOf, wordOf } from "./sql-row.ts";

const AT_ONCE = 100;

export function createCarriedOutStore({
  database,
}: {
  readonly database: Database;
}): Pick<ObjectionStore, "toCarryOut" | "markCarriedOut"> {
  return {
    toCarryOut: async (id) => {
      if (id !== null && !isUuid(id)) return [];
      const rows = await database.withRole({ role: "nacr_consent" }, (tx) => tx.$queryRaw<SqlRow[]>(TO_CARRY_OUT([AT_ONCE, id])));
      return rows.map(readToCarryOut);
    },
    markCarriedOut: async ({ id, actor: { ods } }, certificateId, at) => {
      await database.withRole({ role: "nacr_app", ods }, (tx) => tx.$executeRaw(MARK_CARRIED_OUT([ods, id, at, certificateId])));
    },
  };
}

function readToCarryOut(row: SqlRow): ObjectionToCarryOut {
  const role = optionalTextOf(row, "recorded_role");
  return {
    id: textOf(row, "id"),
    actor: {
      clientId: textOf(row, "recorded_by"),
      // A role that there is no more: what is done was decided all the same.
      role: role === null ? "CLINICAL_TEAM" : wordOf(row, "recorded_role", ROLES),
      ods: textOf(row, "ods"),
      programmes: textsOf(row, "programmes"),
      scopes: [],
    },
    patientIds: textsOf(row, "patients").map(toUuid),
    certificateId: optionalTextOf(row, "certificate_id"),
  };
}

/** `digest` of a patient's id: its 32 hexadecimal digits. */
const toUuid = (digits: string): string => digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
