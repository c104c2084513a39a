/** Puts the gateway together from its parts: the one place where use cases meet their adapters. Has no effect until called. */
import type { FastifyInstance } from "fastify";
import { DEMO_ORGANISATIONS } from "./access/demo-identities.ts";
import { createOrganisationDirectory } from "./access/organisation-directory.ts";
import type { Config } from "./config/load-config.ts";
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
import { dictionaryOf, LATEST_DATASET_VERSION } from "./records/dictionaries.ts";
import type { SubmissionService } from "./submission/commands.ts";
import type { JobQueue } from "./submission/job-ports.ts";
import { wireAccess } from "./wiring/access.ts";
import { createObserver, refuseDocument } from "./wiring/edge.ts";
import { type Files, wireFiles, wireJobs } from "./wiring/files.ts";
import { wireJobQueue } from "./wiring/jobs.ts";
import { createLive, type Live, listenToDatabase, wireGraphql } from "./wiring/live.ts";
import type { Parts } from "./wiring/parts.ts";
import { wireReports } from "./wiring/reports.ts";
import { type Submissions, wireSubmissions } from "./wiring/submissions.ts";
import { type Uploads, wireUploads } from "./wiring/uploads.ts";
import { type Webhooks, wireWebhooks } from "./wiring/webhooks.ts";

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
  /** Stands before the submission service: the fault tests put one in that breaks a promise. */
  readonly withSubmissions?: (service: SubmissionService) => SubmissionService;
}

/** @throws StartRefused, FolderInUseError, MigrationError, KeyError, GatewayError DATABASE_UNAVAILABLE */
export async function createGateway(config: Config, logger: Logger, brought: BroughtParts = {}): Promise<Gateway> {
  const database = brought.database ?? (await openConfiguredDatabase(config, logger));
  const closeDatabase = async (): Promise<void> => {
    if (brought.database === undefined) await database.close();
  };
  try {
    const refusal = await claimDeployment(database, config.mode);
    if (refusal !== null) throw new StartRefused(refusal);
    if (config.mode === "demo") await seedOrganisations(database, DEMO_ORGANISATIONS);
    const keyManagement = brought.keyManagement ?? (await openLocalKeyFile(config.dataDir, await isUnkeyed(database)));
    const parts = toParts(config, logger, database, keyManagement);
    const webhooks = wireWebhooks(parts);
    const uploads = await wireUploads(parts);
    const queue = await wireJobQueue(parts, uploads);
    const jobs = wireJobs({ ...parts, enqueue: queue.enqueue });
    const live = createLive(parts, jobs);
    const submissions = wireSubmissions(parts, queue.enqueue);
    const files = wireFiles(parts, { jobs, submissions, status: live.status, uploads });
    const served = { live, webhooks, uploads, queue, submissions, files };
    const app = await createApp(parts, served, brought.withSubmissions);
    const stopListening = await listenToDatabase(database, { ...live, wakeSender: () => webhooks.sender.wake() });
    await queue.start(files.worker);
    if (config.roles.has("worker")) webhooks.sender.start();
    return {
      app,
      databaseKind: database.kind,
      close: async () => {
        await closeServer(app);
        await queue.stop();
        await stopListening();
        await webhooks.sender.stop();
        await closeDatabase();
      },
    };
  } catch (error) {
    await closeDatabase();
    throw error;
  }
}

const IDLE_LOOK_MS = 100;

/**
 * Ends when the last request in hand is answered. Its connection is kept open for the client's next request, by a server that was told to
 * close before the answer was sent, so idle ones are closed again and again.
 */
async function closeServer(app: FastifyInstance): Promise<void> {
  const looking = setInterval(() => app.server.closeIdleConnections(), IDLE_LOOK_MS);
  try {
    await app.close();
  } finally {
    clearInterval(looking);
  }
}

const openConfiguredDatabase = ({ databaseUrl, dataDir, poolSize }: Config, logger: Logger): Promise<Database> =>
  openDatabase({
    url: databaseUrl?.reveal() ?? null,
    dataDir,
    pool: poolSize,
    reportLoss: (error) => logger.log("error", "database-lost", describeFailure(error)),
  });

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

/** What clients reach. */
interface Served {
  readonly live: Live;
  readonly webhooks: Webhooks;
  readonly uploads: Uploads;
  readonly queue: Pick<JobQueue, "checkReadiness">;
  readonly submissions: Submissions;
  readonly files: Files;
}

async function createApp(
  parts: Parts,
  { live: { status, jobProgress, hub }, webhooks, uploads, queue, submissions, files }: Served,
  withSubmissions: BroughtParts["withSubmissions"] = (service) => service,
): Promise<FastifyInstance> {
  const { config, logger, database, clients } = parts;
  const graphql = {
    submissions: withSubmissions(submissions.service),
    previewMapping: submissions.previewMapping,
    status,
    jobProgress,
    live: hub,
    organisations: createOrganisationDirectory(clients),
    webhooks: webhooks.service,
    submitFile: files.submitFile,
    control: files.control,
    reportFault: ({ error, correlationId }: { error: unknown; correlationId: string }) =>
      logger.log("error", "fault", { correlationId, ...describeFailure(error) }),
  };
  return await createHttpServer({
    config,
    ...(await wireAccess(parts)),
    checkReadiness: async () => {
      await Promise.all([database.ping(), queue.checkReadiness()]);
    },
    observer: createObserver(parts),
    refuseDocument,
    ...wireGraphql(graphql),
    uploads: uploads.routes,
    reports: wireReports(parts, { status, uploads: uploads.reader, files: files.reader }),
  });
}
