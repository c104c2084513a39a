/** Reading FHIR servers: the services that register and ask, and the puller, which runs where the process is a worker. */
import { createAddressRule } from "../lib/outbound-address.ts";
import { systemClock } from "../lib/system-clock.ts";
import { resolveHost } from "../notifications/resolve-host.ts";
import { describeFailure } from "../observability/logger.ts";
import { createFhirSourceStore } from "../persistence/fhir-source-store.ts";
import { createPullStore } from "../persistence/pull-store.ts";
import { createAcceptPull } from "../pull/accept-pull.ts";
import type { HeldPull, SourceStore } from "../pull/pull-ports.ts";
import type { PullServices } from "../pull/pull-services.ts";
import { createPuller, type Puller } from "../pull/puller.ts";
import type { PullReport } from "../pull/run-pull.ts";
import { createSourceService } from "../pull/source-service.ts";
import { DEFAULT_DATASET_VERSION } from "../records/dictionaries.ts";
import { createFhirServers } from "../sources/fhir-server/fhir-server.ts";
import { createPullSinks } from "../sources/fhir-server/pull-sink.ts";
import { createAcceptJob } from "../submission/accept-job.ts";
import type { EnqueueJob } from "../submission/job-ports.ts";
import type { StatusStore } from "../submission/status-ports.ts";
import type { Parts } from "./parts.ts";
import type { Submissions } from "./submissions.ts";
import type { Uploads } from "./uploads.ts";

export interface Pull extends PullServices {
  readonly store: SourceStore;
  /** Does nothing until it is started. */
  readonly puller: Puller;
}

/** A pull that was asked for begins within this time; a look costs two statements on small indexes. */
const POLL_MS = 2_000;
/** What a killed process held, another one takes up after this time. */
const LEASE_MS = 30_000;
const HOLD_MS = 8_000;

export interface PullSurroundings {
  readonly submissions: Submissions;
  readonly status: StatusStore;
  readonly uploads: Uploads;
  readonly enqueue: EnqueueJob;
}

export function wirePull(parts: Parts, { submissions, status, uploads, enqueue }: PullSurroundings): Pull {
  const { config, database, keys, logger, newId } = parts;
  const store = createFhirSourceStore(database, keys);
  const pulls = createPullStore({ database, keys, enqueue, leaseMs: LEASE_MS });
  const servers = createFhirServers({ judge: createAddressRule(config.outboundAllow), resolve: resolveHost });
  const accept = createAcceptPull({
    sources: store,
    pulls,
    status,
    acceptJob: createAcceptJob(submissions.dependencies.store),
    clock: systemClock,
    newId,
    datasetVersion: DEFAULT_DATASET_VERSION,
  });
  return {
    sources: createSourceService({ store, servers, clock: systemClock, newId }),
    store,
    accept,
    puller: createPuller({
      store: pulls,
      sinks: createPullSinks(uploads.dependencies),
      servers,
      accept,
      clock: systemClock,
      random: Math.random,
      envelopeDays: config.envelopeDays,
      pollMs: POLL_MS,
      holdMs: HOLD_MS,
      report: (report) => logPull(parts, report),
      reportFault: (error, { ods, submissionId }: HeldPull) =>
        logger.log("error", "pull-fault", { ods, submissionId, ...describeFailure(error) }),
      reportTrouble: (error) => logger.log("warn", "pull-trouble", describeFailure(error)),
    }),
  };
}

function logPull({ logger }: Parts, { ods, submissionId, outcome, reason, resources }: PullReport): void {
  const level = outcome === "FAILED" || outcome === "POSTPONED" ? "warn" : "info";
  logger.log(level, "pull", { ods, submissionId, outcome, count: resources, ...(reason === null ? {} : { reason }) });
}
