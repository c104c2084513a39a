/** The start of trust, in one transaction: two administrators, or none where there is one already. */
import { isInForceNow, type Moment } from "../access/registration-rules.ts";
import { bootstrapEntry, type FirstAdministrator } from "../access/start-of-trust.ts";
import type { NewId } from "../submission/ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import type { Database } from "./database/database.ts";
import { toRegistration } from "./registration-row.ts";
import { changeRegistration, insertRegistration } from "./registration-store.ts";
import { LOCK_TRUST } from "./sql/registration-queries.ts";

/** @returns false where an administrator is in force, or will be; nothing is changed then */
export async function insertFirstAdministrators(
  { database, newId }: { readonly database: Database; readonly newId: NewId },
  administrators: readonly FirstAdministrator[],
  moment: Moment,
): Promise<boolean> {
  return await database.withRole({ role: "nacr_access" }, async (tx) => {
    await tx.$executeRaw(LOCK_TRUST([]));
    const rows = await tx.registration.findMany({ where: { kind: "ADMIN", state: "ACTIVE" } });
    const later = (effectiveAt: Date | null): boolean => effectiveAt !== null && effectiveAt.toISOString() > moment.now;
    if (rows.some((row) => later(row.effectiveAt) || isInForceNow(toRegistration(row), moment))) return false;
    for (const { asked, decision } of administrators) {
      const named = await insertRegistration(tx, asked, newId);
      await changeRegistration(tx, named, decision);
      await writeAuditEntry(tx, bootstrapEntry(named), newId);
    }
    return true;
  });
}
