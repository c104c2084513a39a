/** The input of a submission as it came, read back: for the file of its failed rows, and to run it again. */
import type { OrganisationActor } from "../records/actor.ts";
import type { EnvelopeReader } from "../submission/report-ports.ts";
import { isUuid } from "./page-cursor.ts";
import { openEnvelope } from "./sealed-pages.ts";
import { ENVELOPE } from "./sql/status-queries.ts";
import { bytesOf, type SqlRow } from "./sql-row.ts";
import { createStatusReader } from "./status-reader.ts";
import { visibleTo } from "./submission-visibility.ts";
import type { StoreDependencies } from "./unit-runner.ts";

export function createEnvelopeStore({ database, keys, dictionary }: StoreDependencies): EnvelopeReader {
  const reader = createStatusReader(database, keys, dictionary.recordType("PATIENT"));
  return {
    async readEnvelope(actor: OrganisationActor, submissionId: string): Promise<string | null> {
      const id = submissionId.toLowerCase();
      if (!isUuid(id)) return null;
      const organisation = await reader.organisationKeys(actor);
      const rows = await reader.read(actor, (tx) => tx.$queryRaw<SqlRow[]>(ENVELOPE([...visibleTo(actor), id])));
      // Opened after the transaction: a large input takes a while, and would hold the connection.
      return rows.length === 0
        ? null
        : openEnvelope(
            rows.map((row) => bytesOf(row, "sealed")),
            id,
            organisation,
          );
    },
  };
}
