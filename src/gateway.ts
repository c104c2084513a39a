/** Puts the gateway together from its parts: the one place where use cases meet their adapters. Has no effect until called. */
import type { FastifyInstance } from "fastify";
import { createClientBudget } from "./access/client-budget.ts";
import { createOrganisationDirectory } from "./access/organisation-directory.ts";
import type { Config } from "./config/load-config.ts";
import { closeServer } from "./http/close-server.ts";
import { createHttpServer } from "./http/http-server.ts";
import type { ReceiveMessage } from "./inbox/receive-message.ts";
import type { KeyManagement } from "./keys/key-management.ts";
import { describeFailure, type Logger } from "./observability/logger.ts";
import { createMetrics } from "./observability/metrics.ts";
import { createAccessLog } from "./persistence/access-log-store.ts";
import type { Database } from "./persistence/database/database.ts";
import { createReadMappingTrend } from "./persistence/mapping-trend.ts";
import { createHistoryStore } from "./persistence/record-history-store.ts";
import type { SubmissionService } from "./submission/commands.ts";
import { wireAccess } from "./wiring/access.ts";
import { wireAgreements } from "./wiring/agreements.ts";
import { type Refusals, wireClients, wireRefusals } from "./wiring/clients.ts";
import { adoptConfiguredSources } from "./wiring/configured-sources.ts";
import { wireConsent } from "./wiring/consent.ts";
import { type Core, openConfiguredDatabase, openParts, wireCore } from "./wiring/core.ts";
import { wireDestruction } from "./wiring/destruction.ts";
import { refuseDocument } from "./wiring/edge.ts";
import { wireExtracts } from "./wiring/extracts.ts";
import { createFindPlaces, wireIdentity } from "./wiring/identity.ts";
import { wireJourney } from "./wiring/journey.ts";
import { wireLinkLists } from "./wiring/link-lists.ts";
import { createLive, type Live, listenToDatabase, wireGraphql } from "./wiring/live.ts";
import { type Mllp, openMllp } from "./wiring/mllp.ts";
import { createObserver } from "./wiring/observer.ts";
import type { Parts } from "./wiring/parts.ts";
import { wireMerging } from "./wiring/patient-merging.ts";
import { wireRecordWithdrawal } from "./wiring/record-withdrawal.ts";
import { wireReporting } from "./wiring/reporting.ts";
import { wireReports } from "./wiring/reports.ts";
import { wireSimulation } from "./wiring/simulation.ts";
import { wireStatistics } from "./wiring/statistics.ts";
import { readServerTls } from "./wiring/tls.ts";
import type { RunningProcess } from "./worker/running-process.ts";
import { createWorkerThread, type WorkerThread } from "./worker/worker-thread.ts";

export interface Gateway extends RunningProcess {
  /** The open listeners for HL7 v2 over MLLP. */
  readonly mllp: Mllp["open"];
}

/** What a caller may bring instead of what the configuration names: tests run several gateways on one database in memory. */
export interface BroughtParts {
  /** Stays open when the gateway closes. Jobs are then worked on in this thread. */
  readonly database?: Database;
  readonly keyManagement?: KeyManagement;
  /** Stands before the submission service: the fault tests put one in that breaks a promise. */
  readonly withSubmissions?: (service: SubmissionService) => SubmissionService;
  /** The same of what stands behind the MLLP listeners. */
  readonly withReceive?: (receive: ReceiveMessage) => ReceiveMessage;
}

/**
 * A process with the role `api`; with both roles, the other one beside it. For the role `worker` alone: `worker/worker-process.ts`.
 * @throws StartRefused, KeyError, GatewayError DATABASE_UNAVAILABLE
 */
export async function createGateway(config: Config, logger: Logger, brought: BroughtParts = {}): Promise<Gateway> {
  const database = brought.database ?? (await openConfiguredDatabase(config, logger));
  const closeDatabase = async (): Promise<void> => {
    if (brought.database === undefined) await database.close();
  };
  try {
    // ADR 0017. The embedded database has one user, which is this thread.
    const apart = config.roles.has("worker") && brought.database === undefined && database.kind === "postgresql";
    const roles: Config["roles"] = apart ? new Set(["api"]) : config.roles;
    const worker = apart ? createWorkerThread(logger) : null;
    const parts = await openParts({
      config: { ...config, roles },
      logger,
      metrics: createMetrics(worker === null ? [] : [worker.metrics]),
      database,
      keyManagement: brought.keyManagement ?? null,
    });
    const core = await wireCore(parts);
    const live = createLive(core.status, core.jobs);
    const refusals = wireRefusals(parts);
    const app = await createApp(parts, { core, live, worker, refusals }, brought.withSubmissions);
    const stopListening = await listenToDatabase(database, { ...live, wakeSender: () => core.webhooks.sender.wake() });
    const mllp = await openMllp(parts, core.submissions, brought.withReceive);
    await adoptConfiguredSources(parts, core.pull);
    await core.start();
    // Last: what an empty database and an empty folder need is there by now.
    await worker?.start();
    return {
      app,
      mllp: mllp.open,
      databaseKind: database.kind,
      close: async () => {
        await Promise.all([closeServer(app), mllp.close()]);
        await Promise.all([core.stop(), worker?.stop(), refusals.close()]);
        await stopListening();
        await closeDatabase();
      },
    };
  } catch (error) {
    await closeDatabase();
    throw error;
  }
}

/** What clients reach. */
interface Served {
  readonly core: Core;
  readonly live: Live;
  readonly worker: WorkerThread | null;
  readonly refusals: Refusals;
}

async function createApp(
  parts: Parts,
  { core, live, worker, refusals }: Served,
  withSubmissions: BroughtParts["withSubmissions"] = (service) => service,
): Promise<FastifyInstance> {
  const { config, logger, database, clients } = parts;
  const { webhooks, uploads, queue, submissions, files, status } = core;
  const budget = createClientBudget(config.budget);
  const identity = await wireIdentity(parts);
  const reporting = wireReporting(parts, status, core.cuts.published);
  const statistics = wireStatistics(parts, core.cuts.published);
  const agreements = wireAgreements(parts);
  const extracts = await wireExtracts(parts, { gate: statistics.gate, agreements: agreements.service, cuts: core.cuts });
  const graphql = {
    chargeCost: budget.charge,
    submissions: withSubmissions(submissions.service),
    previewMapping: submissions.previewMapping,
    status,
    history: createHistoryStore(parts),
    journey: wireJourney(parts),
    accessLog: createAccessLog(parts),
    ...wireLinkLists(parts, core.links.linker.relink),
    simulateRules: wireSimulation(parts, core),
    mappingTrend: createReadMappingTrend(database),
    jobProgress: core.jobs,
    live: live.hub,
    organisations: createOrganisationDirectory(clients, createFindPlaces(parts, identity)),
    registrations: identity.registrations,
    registerOrganisations: identity.organisations,
    clients: wireClients(parts),
    webhooks: webhooks.service,
    pull: core.pull,
    profiles: core.profiles.profiles,
    siteCodes: core.profiles.siteCodes,
    submitFile: files.submitFile,
    control: files.control,
    ...wireDestruction(parts),
    ...wireConsent(parts, uploads),
    ...wireMerging(parts),
    ...wireRecordWithdrawal(parts),
    messages: core.inbox.service,
    national: core.national.service,
    agreements,
    extracts,
    ...reporting.graphql,
    cuts: core.cuts.service,
    ...statistics.graphql,
    reportFault: ({ error, correlationId }: { error: unknown; correlationId: string }) =>
      logger.log("error", "fault", { correlationId, ...describeFailure(error) }),
  };
  return await createHttpServer({
    config,
    tls: await readServerTls(config),
    ...(await wireAccess(parts, refusals, identity)),
    admitRequest: budget.admit,
    checkReadiness: async () => {
      await Promise.all([database.ping(), queue.checkReadiness(), worker?.checkReadiness()]);
    },
    observer: createObserver(parts),
    refuseDocument,
    ...wireGraphql(graphql),
    uploads: uploads.routes,
    reportFiles: reporting.files,
    exportStatistics: statistics.files,
    extracts,
    reports: wireReports(parts, { status, uploads: uploads.reader, files: files.reader, ...core.profiles }),
  });
}
