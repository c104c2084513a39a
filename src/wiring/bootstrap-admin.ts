/** `nacr bootstrap-admin`: opens the database that the gateway's own settings name, and names the first two administrators in it. */
import { DEMO_OIDC_PATH } from "../access/demo-issuer.ts";
import { nameFirstAdministrators } from "../access/start-of-trust.ts";
import { type Config, loadConfig } from "../config/load-config.ts";
import { StartRefused } from "../errors/start-refused.ts";
import { systemClock } from "../lib/system-clock.ts";
import { createUuid7 } from "../lib/uuid7.ts";
import { createLogger } from "../observability/logger.ts";
import type { Database } from "../persistence/database/database.ts";
import { claimDeployment } from "../persistence/deployment.ts";
import { insertFirstAdministrators } from "../persistence/first-administrators.ts";
import { openConfiguredDatabase } from "./core.ts";
import { readProvidersFile } from "./identity.ts";

export interface Nomination {
  readonly issuer: string;
  readonly subjects: readonly string[];
}

/** @throws StartRefused with what the operator can mend; what opening the database throws */
export async function bootstrapAdmin(nomination: Nomination): Promise<string> {
  const loaded = loadConfig();
  if (!loaded.ok) throw new StartRefused(loaded.problems.join("\n"));
  const { config } = loaded;
  const database = await openConfiguredDatabase(config, createLogger(config.logLevel));
  try {
    return await nameAdministrators(config, database, nomination);
  } finally {
    await database.close();
  }
}

/** The same on a database that is open. */
export async function nameAdministrators(
  config: Pick<Config, "mode" | "publicUrl" | "identityProvidersFile">,
  database: Database,
  { issuer, subjects }: Nomination,
): Promise<string> {
  const issuers = (await readProvidersFile(config)).map((provider) => provider.issuer);
  if (config.mode === "demo") issuers.push(`${config.publicUrl}${DEMO_OIDC_PATH}`);
  // Administrators of an issuer that is not there could never come in, and nobody else could be named.
  if (!issuers.includes(issuer)) throw new StartRefused("--issuer: NACR_IDENTITY_PROVIDERS names no such issuer.");
  const moment = { now: systemClock.now(), today: systemClock.today() };
  const administrators = nameFirstAdministrators(issuer, subjects, moment);
  if (typeof administrators === "string") throw new StartRefused(administrators);
  const refusal = await claimDeployment(database, config.mode);
  if (refusal !== null) throw new StartRefused(refusal);
  const isDone = await insertFirstAdministrators({ database, newId: createUuid7() }, administrators, moment);
  if (!isDone) throw new StartRefused("There is an audit administrator already: two of them name others (proposeAdmin).");
  return "Two audit administrators are named. Both sign in at the issuer; `viewer { role }` answers AUDIT_ADMIN.";
}
