/** Seals what an organisation has stored under the newest version of its key, in pieces, while everything goes on. */
import { KeyError } from "../../keys/key-management.ts";
import type { OrganisationKeys } from "../../keys/organisation-keys.ts";
import { LongWork } from "../../lib/long-work.ts";
import type { Database } from "../database/database.ts";
import type { Transaction, UnitOptions, UnitSettings } from "../database/unit.ts";
import { toColumnLiteral } from "../sql/array-literal.ts";
import { booleanOf, numberOf, type SqlRow, textOf } from "../sql-row.ts";
import { SEALED_CONTENTS, type SealedContent } from "./sealed-columns.ts";

/** A piece waits for a withdrawal, which has the organisation to itself. */
const PIECE: UnitOptions = { timeoutMs: 60_000, organisationLock: { mode: "SHARED", waitMs: 30_000 } };
/** All tables of the largest organisation, read once. */
const LOOK: UnitOptions = { timeoutMs: 300_000, readOnly: true };
const BEFORE_ALL = { id: "00000000-0000-0000-0000-000000000000", part: -1 };

export interface Resealed {
  readonly boxes: number;
  /** Boxes that do not open: altered, or moved. They stay as they are. */
  readonly unreadable: number;
}

interface Position {
  readonly id: string;
  readonly part: number;
}

const settingsOf = (ods: string): UnitSettings => ({ role: "nacr_resealer", ods });
const toVersionText = (version: number): string => Buffer.from([version]).toString("hex");

/** @param mayGoOn asked before each piece; false ends it, and the next call finds what is left. @throws GatewayError of the database */
export async function resealOrganisation(
  database: Database,
  ods: string,
  keys: OrganisationKeys,
  mayGoOn: () => boolean,
): Promise<Resealed> {
  let [boxes, unreadable] = [0, 0];
  for (const content of SEALED_CONTENTS) {
    let position: Position | null = BEFORE_ALL;
    while (position !== null && mayGoOn()) {
      const after: Position = position;
      const piece = await database.withRole(settingsOf(ods), (tx) => resealPiece(tx, ods, keys, content, after), PIECE);
      boxes += piece.boxes;
      unreadable += piece.unreadable;
      position = piece.position;
    }
  }
  return { boxes, unreadable };
}

/** @returns with the position of the last row that was looked at; null: there is no other */
async function resealPiece(
  tx: Transaction,
  ods: string,
  keys: OrganisationKeys,
  { statements, atOnce, reseal }: SealedContent,
  after: Position,
): Promise<Resealed & { readonly position: Position | null }> {
  const { version } = keys;
  const found = await tx.$queryRaw<SqlRow[]>(statements.find([ods, toVersionText(version), after.id, after.part, atOnce]));
  const work = new LongWork();
  const resealed = await work.map(found, (row) => {
    const place = { ods, id: textOf(row, "id"), part: numberOf(row, "part") };
    try {
      return [{ ...place, content: reseal(row, place, keys) }];
    } catch (error) {
      if (!(error instanceof KeyError)) throw error;
      return [];
    }
  });
  const rows = resealed.flat();
  if (rows.length > 0) {
    const [ids, parts] = [toColumnLiteral(rows, ({ id }) => id), toColumnLiteral(rows, ({ part }) => part)];
    await tx.$executeRaw(statements.write([ods, ids, parts, toColumnLiteral(rows, ({ content }) => content), version]));
  }
  const last = found.length < atOnce ? undefined : found.at(-1);
  const position = last === undefined ? null : { id: textOf(last, "id"), part: numberOf(last, "part") };
  return { boxes: rows.length, unreadable: found.length - rows.length, position };
}

/**
 * Whether a box of an older version is anywhere. Of one moment: boxes move between tables with what is withdrawn and brought back, and
 * two looks could both miss one.
 */
export const isSealedAnew = (database: Database, ods: string, version: number): Promise<boolean> =>
  database.withRole(
    settingsOf(ods),
    async (tx) => {
      for (const { statements } of SEALED_CONTENTS) {
        const [row] = await tx.$queryRaw<SqlRow[]>(statements.left([ods, toVersionText(version)]));
        if (row === undefined || booleanOf(row, "left")) return false;
      }
      return true;
    },
    LOOK,
  );
