/** Puts the gateway together from its parts: the one place where use cases meet their adapters. Has no effect until called. */
import type { FastifyInstance } from "fastify";
import { MAPPINGS } from "../mappings/index.ts";
import { createTokenIssuer, type TokenIssuer } from "./access/access-token.ts";
import { type ClientStanding, createClientStanding } from "./access/client-standing.ts";
import { DEMO_IDENTITIES, DEMO_ORGANISATIONS } from "./access/demo-identities.ts";
import { createOrganisationDirectory } from "./access/organisation-directory.ts";
import { createTokenService } from "./access/token-service.ts";
import type { Config } from "./config/load-config.ts";
import { DOCUMENT_REFUSED } from "./graphql/format-error.ts";
import { mountGraphql } from "./graphql/mount-graphql.ts";
import type { GraphqlRefusal } from "./http/graphql-error-body.ts";
import type { EdgeObserver, HttpDependencies } from "./http/http-ports.ts";
import { createHttpServer } from "./http/http-server.ts";
import type { KeyManagement } from "./keys/key-management.ts";
import { createKeyRing } from "./keys/key-ring.ts";
import { openLocalKeyFile } from "./keys/local-key-file.ts";
import { checkDocument } from "./lib/document-gate.ts";
import { LIMITS } from "./lib/limits.ts";
import { systemClock } from "./lib/system-clock.ts";
import { createUuid7 } from "./lib/uuid7.ts";
import { describeFailure, type Logger } from "./observability/logger.ts";
import { createMetrics, type Metrics } from "./observability/metrics.ts";
import { createClientStore } from "./persistence/client-store.ts";
import { createDataKeyStore, isUnkeyed } from "./persistence/database/data-key-store.ts";
import { type Database, openDatabase } from "./persistence/database/database.ts";
import { claimDeployment, seedOrganisations } from "./persistence/deployment.ts";
import { createStatusStore } from "./persistence/status-store.ts";
import { createSubmissionStore } from "./persistence/submission-store.ts";
import { dictionaryOf, LATEST_DATASET_VERSION } from "./records/dictionaries.ts";
import type { SubmissionService } from "./submission/commands.ts";
import { limitLargeSubmissions } from "./submission/limit-large-submissions.ts";
import { createPreviewMapping } from "./submission/preview-mapping.ts";
import type { SubmissionDependencies } from "./submission/receive.ts";
import { createSubmissionService } from "./submission/submit.ts";

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
    const app = await createApp(config, { database, keyManagement }, logger);
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

async function createApp(
  config: Config,
  { database, keyManagement }: Required<BroughtParts>,
  logger: Logger,
): Promise<FastifyInstance> {
  const keys = createKeyRing(keyManagement, createDataKeyStore(database));
  const issuer = createTokenIssuer(config.publicUrl, await keys.tokenSecret());
  const dictionary = requireDictionary();
  const stores = { database, keys, dictionary };
  const newId = createUuid7();
  const metrics = createMetrics();
  const clients = createClientStore(database);
  const submitting = {
    store: createSubmissionStore(stores),
    mappings: createMappingRegistry(config),
    clock: systemClock,
    newId,
    dictionaryOf,
    latestDatasetVersion: LATEST_DATASET_VERSION,
    findRegistered: async (odsCodes: readonly string[]) => (await clients.organisations(odsCodes)).map(({ odsCode }) => odsCode),
  };
  const graphql = {
    submissions: counted(limitLargeSubmissions(createSubmissionService(submitting)), metrics),
    previewMapping: createPreviewMapping(submitting),
    status: createStatusStore(stores),
    organisations: createOrganisationDirectory(clients),
    reportFault: ({ error, correlationId }: { error: unknown; correlationId: string }) =>
      logger.log("error", "fault", { correlationId, ...describeFailure(error) }),
  };
  const tokenAddresses = [config.publicUrl, `${config.publicUrl}/oauth2/token`];
  return await createHttpServer({
    config,
    verifyToken: createTokenCheck(config, issuer, createClientStanding(clients, systemClock.today)),
    tokens: createTokenService({
      issuer,
      store: clients,
      audiences: tokenAddresses,
      now: () => Math.floor(Date.now() / 1000),
      newId,
      today: systemClock.today,
      reportRefusal: ({ clientId, ...refusal }) =>
        logger.log("warn", "token-refused", { ...refusal, ...(clientId === null ? {} : { clientId }) }),
    }),
    demoToken: config.mode === "demo" ? createDemoToken(issuer, newId) : null,
    checkReadiness: () => database.ping(),
    observer: createObserver(logger, metrics),
    refuseDocument,
    mountGraphql: (scope) => mountGraphql(scope, graphql),
  });
}

function requireDictionary() {
  const dictionary = dictionaryOf(LATEST_DATASET_VERSION);
  if (dictionary === null) throw new StartRefused(`the dictionary ${LATEST_DATASET_VERSION} is missing`);
  return dictionary;
}

function createMappingRegistry({ mode }: Config): SubmissionDependencies["mappings"] {
  return {
    map: (channel, payload, profile, dictionary) =>
      MAPPINGS[channel](payload, { profile, dictionary, detectTestData: mode === "demo" }),
  };
}

/** Counts what became of submissions; the counts are published, so no label tells whose they were. */
function counted(service: SubmissionService, metrics: Metrics): SubmissionService {
  return {
    async submit(command) {
      const answer = await service.submit(command);
      const { channel, outcome, counts } = answer.header;
      const { received: _received, withheld: _withheld, ...outcomes } = counts;
      if (!answer.replayed) metrics.submissionDone(channel, outcome ?? "NONE", outcomes);
      return answer;
    },
  };
}

const DEMO_CLIENTS: ReadonlySet<string> = new Set(Object.values(DEMO_IDENTITIES).map(({ clientId }) => clientId));

/** A token of ours that is in force, of a client that still is; demo identities are registered nowhere. */
function createTokenCheck({ mode }: Config, issuer: TokenIssuer, standing: ClientStanding): HttpDependencies["verifyToken"] {
  return async (token) => {
    const actor = await issuer.verify(token);
    if (actor === null || (mode === "demo" && DEMO_CLIENTS.has(actor.clientId))) return actor;
    return (await standing.isGood(actor)) ? actor : null;
  };
}

/** A document's size is refused by its limit's name; the shape of its selections in the same bytes as an unknown field. */
function refuseDocument(source: string): GraphqlRefusal | null {
  const limit = checkDocument(source, LIMITS);
  if (limit === null) return null;
  if (limit === "documentBytes" || limit === "documentTokens") {
    const value = LIMITS[limit];
    const message = `The request is over the limit ${limit}: at most ${value}.`;
    return { status: 413, code: "LIMIT_EXCEEDED", message, details: { limit, value } };
  }
  const [{ message, extensions }] = DOCUMENT_REFUSED.errors;
  return { status: 400, code: extensions.code, message };
}

function createDemoToken(issuer: TokenIssuer, newId: () => string): HttpDependencies["demoToken"] {
  return async (as) => {
    const actor = Object.hasOwn(DEMO_IDENTITIES, as) ? DEMO_IDENTITIES[as] : undefined;
    return actor === undefined ? null : { token: await issuer.issue(actor, newId()), seconds: LIMITS.accessTokenSeconds };
  };
}

function createObserver(logger: Logger, metrics: Metrics): EdgeObserver {
  return {
    requestDone(request) {
      metrics.requestDone(request.route, request.method, request.status, request.durationMs / 1000);
      logger.log("info", "request", request);
    },
    failed: (error, correlationId) => logger.log("error", "fault", { correlationId, ...describeFailure(error) }),
    metrics: () => metrics.render(),
  };
}
