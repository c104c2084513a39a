/** Puts the gateway together from its parts: the one place where use cases meet their adapters. Has no effect until called. */
import type { FastifyInstance } from "fastify";
import { DEMO_ORGANISATIONS } from "./access/demo-identities.ts";
import { createOrganisationDirectory } from "./access/organisation-directory.ts";
import type { Config } from "./config/load-config.ts";
import { mountGraphql } from "./graphql/mount-graphql.ts";
import { createHttpServer } from "./http/http-server.ts";
import type { KeyManagement } from "./keys/key-management.ts";
import { createKeyRing } from "./keys/key-ring.ts";
import { openLocalKeyFile } from "./keys/local-key-file.ts";
import { createUuid7 } from "./lib/uuid7.ts";
import { describeFailure, type Logger } from "./observability/logger.ts";
import { createMetrics } from "./observability/metrics.ts";
import { createClientStore } from "./persistence/client-store.ts";
import { createDataKeyStore, isUnkeyed } from "./persistence/database/data-key-store.ts";
import { type Database, openDatabase } from "./persistence/database/database.ts";
import { claimDeployment, seedOrganisations } from "./persistence/deployment.ts";
import { createStatusStore } from "./persistence/status-store.ts";
import { dictionaryOf, LATEST_DATASET_VERSION } from "./records/dictionaries.ts";
import { wireAccess } from "./wiring/access.ts";
import { createObserver, refuseDocument } from "./wiring/edge.ts";
import type { Parts } from "./wiring/parts.ts";
import { wireSubmissions } from "./wiring/submissions.ts";

export interface Gateway {
  readonly app: FastifyInstance;
  readonly databaseKind: Database["kind"];
  /** Stops taking requests, lets those in hand finish, closes the database. */
  close(): Promise<void>;
}

/** A start that is refused for a reason the operator can mend; its text is printed as it stands. */
export class StartRefused extends Error {}

/** What a caller may bring instead of what the configuration names: tests run several gateways on one database in memory. */
export interface BroughtParts {
  /** Stays open when the gateway closes. */
  readonly database?: Database;
  readonly keyManagement?: KeyManagement;
}

/** @throws StartRefused, FolderInUseError, MigrationError, KeyError, GatewayError DATABASE_UNAVAILABLE */
export async function createGateway(config: Config, logger: Logger, brought: BroughtParts = {}): Promise<Gateway> {
  const database = brought.database ?? (await openConfiguredDatabase(config));
  const closeDatabase = async (): Promise<void> => {
    if (brought.database === undefined) await database.close();
  };
  try {
    const refusal = await claimDeployment(database, config.mode);
    if (refusal !== null) throw new StartRefused(refusal);
    if (config.mode === "demo") await seedOrganisations(database, DEMO_ORGANISATIONS);
    const keyManagement = brought.keyManagement ?? (await openLocalKeyFile(config.dataDir, await isUnkeyed(database)));
    const app = await createApp(toParts(config, logger, database, keyManagement));
    return {
      app,
      databaseKind: database.kind,
      close: async () => {
        await app.close();
        await closeDatabase();
      },
    };
  } catch (error) {
    await closeDatabase();
    throw error;
  }
}

const openConfiguredDatabase = ({ databaseUrl, dataDir, poolSize }: Config): Promise<Database> =>
  openDatabase({ url: databaseUrl?.reveal() ?? null, dataDir, pool: poolSize });

function toParts(config: Config, logger: Logger, database: Database, keyManagement: KeyManagement): Parts {
  const dictionary = dictionaryOf(LATEST_DATASET_VERSION);
  if (dictionary === null) throw new StartRefused(`the dictionary ${LATEST_DATASET_VERSION} is missing`);
  return {
    config,
    logger,
    metrics: createMetrics(),
    database,
    keys: createKeyRing(keyManagement, createDataKeyStore(database)),
    dictionary,
    clients: createClientStore(database),
    newId: createUuid7(),
  };
}

async function createApp(parts: Parts): Promise<FastifyInstance> {
  const { config, logger, database, clients } = parts;
  const submissions = wireSubmissions(parts);
  const graphql = {
    submissions: submissions.service,
    previewMapping: submissions.previewMapping,
    status: createStatusStore(parts),
    organisations: createOrganisationDirectory(clients),
    reportFault: ({ error, correlationId }: { error: unknown; correlationId: string }) =>
      logger.log("error", "fault", { correlationId, ...describeFailure(error) }),
  };
  return await createHttpServer({
    config,
    ...(await wireAccess(parts)),
    checkReadiness: () => database.ping(),
    observer: createObserver(parts),
    refuseDocument,
    mountGraphql: (scope) => mountGraphql(scope, graphql),
  });
}
