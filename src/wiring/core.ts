/** The gateway without its edge: what a process of either role opens, and what the role `worker` runs. */
import { DEMO_ORGANISATIONS } from "../access/demo-identities.ts";
import type { Config } from "../config/load-config.ts";
import { StartRefused } from "../errors/start-refused.ts";
import { bindErasureKeys, isErasureBound } from "../keys/erasure-binding.ts";
import type { KeyManagement } from "../keys/key-management.ts";
import { createKeyRing } from "../keys/key-ring.ts";
import { openLocalKeyFile } from "../keys/local-key-file.ts";
import { createUuid7 } from "../lib/uuid7.ts";
import { describeFailure, type Logger } from "../observability/logger.ts";
import type { Metrics } from "../observability/metrics.ts";
import { createClientStore } from "../persistence/client-store.ts";
import { createDataKeyStore, isUnkeyed } from "../persistence/database/data-key-store.ts";
import { type Database, openDatabase } from "../persistence/database/database.ts";
import { claimDeployment, seedOrganisations } from "../persistence/deployment.ts";
import { type CachedStatusStore, createStatusStore } from "../persistence/status-store.ts";
import { dictionaryOf, LATEST_DATASET_VERSION } from "../records/dictionaries.ts";
import type { JobStore } from "../submission/job-ports.ts";
import { SiteTablesError } from "../terminology/load-site-tables.ts";
import { seedDemoAgreement } from "./agreements.ts";
import { wireTrail } from "./audit.ts";
import { openLedger } from "./consent.ts";
import { type Cuts, wireCuts } from "./cuts.ts";
import { wireExtractMaker } from "./extracts.ts";
import { type Files, wireFiles, wireJobs } from "./files.ts";
import { type Inbox, wireInbox } from "./inbox.ts";
import { wireJobQueue } from "./jobs.ts";
import { watchKeys } from "./key-rotation.ts";
import { type Links, wireLinks } from "./links.ts";
import { type National, wireNational } from "./national.ts";
import type { Parts } from "./parts.ts";
import { type Profiles, wireProfiles } from "./profiles.ts";
import { type Pull, wirePull } from "./pull.ts";
import { loadSampleGeography } from "./sample-geography.ts";
import { type Submissions, wireSubmissions } from "./submissions.ts";
import { ContradictingTables, openTerminology } from "./terminology.ts";
import { type Uploads, wireUploads } from "./uploads.ts";
import { type Webhooks, wireWebhooks } from "./webhooks.ts";

/** @throws what opening throws: FolderInUseError, MigrationError, GatewayError DATABASE_UNAVAILABLE */
export const openConfiguredDatabase = ({ databaseUrl, dataDir, poolSize }: Config, logger: Logger): Promise<Database> =>
  openDatabase({
    url: databaseUrl?.reveal() ?? null,
    dataDir,
    pool: poolSize,
    reportLoss: (error) => logger.log("error", "database-lost", describeFailure(error)),
  });

export interface PartSources {
  readonly config: Config;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly database: Database;
  /** Null: the local key file. */
  readonly keyManagement: KeyManagement | null;
}

/** @throws StartRefused, KeyError */
export async function openParts({ config, logger, metrics, database, keyManagement }: PartSources): Promise<Parts> {
  const refusal = await claimDeployment(database, config.mode);
  if (refusal !== null) throw new StartRefused(refusal);
  if (config.mode === "demo") await seedOrganisations(database, DEMO_ORGANISATIONS);
  if (config.mode === "demo") await seedDemoAgreement({ database, newId: createUuid7() });
  const dictionary = dictionaryOf(LATEST_DATASET_VERSION);
  if (dictionary === null) throw new StartRefused(`the dictionary ${LATEST_DATASET_VERSION} is missing`);
  const terminology = await openTerminology(config.codesDir, logger).catch((error: unknown) => {
    const refused = error instanceof SiteTablesError || error instanceof ContradictingTables;
    throw refused ? new StartRefused(`NACR_CODES_DIR: ${error.message}`) : error;
  });
  const dataKeys = createDataKeyStore(database);
  const keys =
    keyManagement ?? (await openLocalKeyFile(config.dataDir, await isUnkeyed(database), !(await isErasureBound(dataKeys))));
  await bindErasureKeys(keys, dataKeys);
  const newId = createUuid7();
  const keyRing = createKeyRing(keys, dataKeys);
  return {
    config,
    logger,
    metrics,
    database,
    keys: keyRing,
    dictionary,
    terminology,
    clients: createClientStore(database),
    newId,
    ledger: await openLedger(config, { database, keys: keyRing, newId, logger }),
  };
}

/** What both roles are made of. */
export interface Core {
  readonly webhooks: Webhooks;
  readonly uploads: Uploads;
  readonly queue: Awaited<ReturnType<typeof wireJobQueue>>;
  readonly jobs: JobStore;
  readonly status: CachedStatusStore;
  readonly submissions: Submissions;
  readonly files: Files;
  readonly profiles: Profiles;
  readonly inbox: Inbox;
  readonly pull: Pull;
  readonly links: Links;
  readonly national: National;
  readonly cuts: Cuts;
  /** Begins to work on jobs and to send events, where the process is a worker; opens the queue for enqueueing where it is not. */
  start(): Promise<void>;
  /** Waits for the chunk and the delivery in hand. */
  stop(): Promise<void>;
}

/** @throws what the database throws */
export async function wireCore(parts: Parts): Promise<Core> {
  const webhooks = wireWebhooks(parts);
  const uploads = await wireUploads(parts);
  const queue = await wireJobQueue(parts, uploads);
  const jobs = wireJobs({ ...parts, enqueue: queue.enqueue });
  const status = createStatusStore(parts);
  const profiles = wireProfiles(parts, uploads.reader);
  const submissions = wireSubmissions(parts, queue.enqueue, profiles);
  const files = wireFiles(parts, { jobs, submissions, status, uploads });
  const inbox = wireInbox(parts, submissions);
  const pull = wirePull(parts, { submissions, status, uploads, enqueue: queue.enqueue });
  const links = wireLinks(parts);
  await loadSampleGeography(parts);
  const national = await wireNational(parts);
  const cuts = await wireCuts(parts);
  const extracts = await wireExtractMaker(parts, cuts);
  const trail = wireTrail(parts);
  let keys: ReturnType<typeof watchKeys> | null = null;
  return {
    webhooks,
    uploads,
    queue,
    jobs,
    status,
    submissions,
    files,
    profiles,
    inbox,
    pull,
    links,
    national,
    cuts,
    start: async () => {
      keys = watchKeys(parts);
      await queue.start(files.worker);
      if (parts.config.roles.has("worker")) webhooks.sender.start();
      await inbox.start();
      if (parts.config.roles.has("worker")) pull.puller.start();
      if (parts.config.roles.has("worker")) await links.loop.start();
      if (parts.config.roles.has("worker")) await national.start();
      if (parts.config.roles.has("worker")) await cuts.start();
      if (parts.config.roles.has("worker")) await extracts.start();
      if (parts.config.roles.has("worker")) await trail.start();
    },
    stop: async () => {
      await keys?.stop();
      await pull.puller.stop();
      await links.loop.stop();
      await national.stop();
      await extracts.stop();
      await cuts.stop();
      await queue.stop();
      await webhooks.sender.stop();
      await inbox.stop();
      await trail.stop();
    },
  };
}
