/** The row that says how a database is run: what was once a demo is never production, and the other way round. */
import type { Organisation } from "../access/ports.ts";
import type { Database } from "./database/database.ts";

export type DeploymentMode = "demo" | "production";

/**
 * Marks an empty database with the mode of its first start, and agrees or not at every later one.
 * @returns null where the mode fits, else why not
 */
export async function claimDeployment(database: Database, mode: DeploymentMode): Promise<string | null> {
  const { prisma } = database;
  const marked = await prisma.deployment.findUnique({ where: { id: 1 } });
  if (marked === null) {
    if (mode === "demo" && (await prisma.organisation.count()) > 0)
      return "the database has organisations and no demo marker: it is not a demo database";
    // Another process may be starting too: the first mark stands.
    await prisma.deployment.createMany({ data: [{ id: 1, mode }], skipDuplicates: true });
    return null;
  }
  return marked.mode === mode ? null : `the database was set up in ${marked.mode} mode and cannot be run in ${mode} mode`;
}

/** Puts invented organisations and their programmes where demo identities can find them. Safe to repeat. */
export async function seedOrganisations(database: Database, organisations: readonly Organisation[]): Promise<void> {
  const { prisma } = database;
  await prisma.organisation.createMany({
    data: organisations.map(({ odsCode, name }) => ({ odsCode, name, nation: "ENGLAND" })),
    skipDuplicates: true,
  });
  await prisma.programme.createMany({
    data: organisations.flatMap(({ odsCode, programmes }) => programmes.map(({ code, name }) => ({ code, name, odsCode }))),
    skipDuplicates: true,
  });
}
