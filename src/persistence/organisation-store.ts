/** Organisations and their programmes as an audit administrator registers them, in role `nacr_access`. */
import type { NewOrganisation, OrganisationStore } from "../access/registration-ports.ts";
import type { NewId } from "../submission/ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";

export function createOrganisationStore({
  database,
  newId,
}: {
  readonly database: Database;
  readonly newId: NewId;
}): OrganisationStore {
  return {
    register: (organisation, entry) =>
      database.withRole({ role: "nacr_access" }, async (tx) => {
        const outcome = await register(tx, organisation);
        if (outcome === "DONE") await writeAuditEntry(tx, entry, newId);
        return outcome;
      }),
  };
}

/** What another one does at the same moment ends in a conflict, which may be tried again. */
async function register(tx: Transaction, { odsCode, name, nation, programmes }: NewOrganisation) {
  const known = await tx.organisation.findUnique({ where: { odsCode } });
  if (known !== null && known.nation !== nation) return "OTHER_NATION";
  const taken = await tx.programme.count({
    where: { code: { in: programmes.map(({ code }) => code) }, odsCode: { not: odsCode } },
  });
  if (taken > 0) return "TAKEN";
  await tx.organisation.upsert({ where: { odsCode }, create: { odsCode, name, nation }, update: { name } });
  for (const programme of programmes)
    await tx.programme.upsert({
      where: { code: programme.code },
      create: { ...programme, odsCode },
      update: { name: programme.name },
    });
  return "DONE";
}
