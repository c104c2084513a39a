/** Numbers of entries of the audit trail, by their ids. */
import DataLoader from "dataloader";
import type { Actor } from "../records/actor.ts";
import { requireOrganisation } from "./access-policy.ts";
import type { Loaders } from "./graphql-context.ts";
import type { GraphqlDeps } from "./graphql-deps.ts";

export function createAuditNumberLoader({ accessLog }: Pick<GraphqlDeps, "accessLog">, actor: Actor): Loaders["auditNumber"] {
  const numbers = new DataLoader(async (ids: readonly string[]) => {
    const known = await accessLog.numbersOf(requireOrganisation(actor), ids);
    return ids.map((id) => known.get(id));
  });
  return (id) => numbers.load(id);
}
