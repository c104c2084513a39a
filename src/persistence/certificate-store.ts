/** Reads what was destroyed. An organisation sees its own; who acts for none sees that of all, and no reasons. */

import { toCertificateFile } from "../destruction/certificate.ts";
import type { CertificateReader, DestructionCertificate } from "../destruction/destruction-ports.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import type { OrganisationKeys } from "../keys/organisation-keys.ts";
import type { Actor } from "../records/actor.ts";
import type { Transaction } from "./database/unit.ts";
import { readErasedPatient, reasonPlace } from "./destruction-store.ts";
import { isUuid } from "./page-cursor.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import { CERTIFICATE, CERTIFICATES, COUNT_CERTIFICATES, ROWS_UNDER } from "./sql/destruction-statements.ts";
import { bytesOf, numberOf, optionalTextOf, type SqlRow, textOf } from "./sql-row.ts";
import type { StoreDependencies } from "./unit-runner.ts";

/** Every box of the organisation is looked at: seconds for a large trust. */
const SEARCH_TIMEOUT_MS = 60_000;

export function createCertificateReader({ database, keys }: Pick<StoreDependencies, "database" | "keys">): CertificateReader {
  const read = <T>({ ods }: Actor, work: (tx: Transaction) => Promise<T>): Promise<T> =>
    database.withRole(ods === null ? { role: "nacr_access" } : { role: "nacr_app", ods }, work);
  const keysOf = ({ ods }: Actor): Promise<OrganisationKeys | null> =>
    ods === null ? Promise.resolve(null) : keys.organisation(ods);
  const findRow = async (actor: Actor, id: string): Promise<SqlRow | undefined> => {
    if (!isUuid(id)) return undefined;
    const [row] = await read(actor, (tx) => tx.$queryRaw<SqlRow[]>(CERTIFICATE([actor.ods, id])));
    return row;
  };
  return {
    page: async (actor, { first, after }) => {
      if (after !== null && !isUuid(after))
        throw new GatewayError("BAD_USER_INPUT", "`after` is not a cursor of this list.", { details: { path: "after" } });
      const organisation = await keysOf(actor);
      const [rows, [count]] = await read(actor, async (tx) => [
        await tx.$queryRaw<SqlRow[]>(CERTIFICATES([actor.ods, after, first + 1])),
        await tx.$queryRaw<SqlRow[]>(COUNT_CERTIFICATES([actor.ods])),
      ]);
      return {
        nodes: rows.slice(0, first).map((row) => ({ cursor: textOf(row, "id"), node: toCertificate(row, organisation) })),
        hasNextPage: rows.length > first,
        totalCount: count === undefined ? 0 : numberOf(count, "total"),
      };
    },
    find: async (actor, id) => {
      const organisation = await keysOf(actor);
      const row = await findRow(actor, id);
      return row === undefined ? null : toCertificate(row, organisation);
    },
    remains: async (actor, id) => {
      const row = await findRow(actor, id);
      if (row === undefined) throw new GatewayError("NOT_FOUND", "The certificate does not exist.");
      const { ods, leaves } = readErasedPatient(row);
      const secretsLeft = leaves.filter((leaf) => keys.erasure.secretOf(leaf) !== null).length;
      const rowsLeft = await database.withRole({ role: "nacr_eraser", ods }, (tx) => countUnder(tx, ods, leaves), {
        timeoutMs: SEARCH_TIMEOUT_MS,
      });
      return { secretsLeft, rowsLeft };
    },
    publicKey: async () => (await keys.certificateKey()).publicKey,
  };
}

async function countUnder(tx: Transaction, ods: string, leaves: readonly string[]): Promise<number> {
  const [row] = await tx.$queryRaw<SqlRow[]>(ROWS_UNDER([ods, toArrayLiteral(leaves)]));
  return row === undefined ? 0 : numberOf(row, "total");
}

function toCertificate(row: SqlRow, keys: OrganisationKeys | null): DestructionCertificate {
  const { id, ods, erasedAt, authorisedBy, counts } = readErasedPatient(row);
  const [document, signature] = [optionalTextOf(row, "document"), optionalTextOf(row, "signature")];
  return {
    id,
    ods,
    erasedAt,
    certifiedAt: optionalTextOf(row, "certified_at"),
    authorisedBy,
    counts,
    file: document === null || signature === null ? null : toCertificateFile(document, signature),
    reason: keys === null ? null : keys.open(bytesOf(row, "reason"), reasonPlace(id)).toString(),
  };
}
