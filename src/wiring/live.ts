/** What is heard from the database, and who is told: the streams of this process, its memory of finished answers, its webhook sender. */
import type { FastifyInstance } from "fastify";
import type { GraphqlDeps } from "../graphql/graphql-deps.ts";
import { mountGraphql } from "../graphql/mount-graphql.ts";
import { createRoleSchemas } from "../graphql/role-schema.ts";
import { buildGatewaySchema } from "../graphql/schema.ts";
import { createEventStreams } from "../graphql/streams/event-stream.ts";
import { createLiveHub, type LiveHub } from "../graphql/streams/live-hub.ts";
import { createStreamRunner } from "../graphql/streams/stream-runner.ts";
import { createSockets } from "../graphql/streams/web-socket.ts";
import type { HttpDependencies } from "../http/http-ports.ts";
import type { Database } from "../persistence/database/database.ts";
import { listenForChanges } from "../persistence/programme-events.ts";
import type { CachedStatusStore } from "../persistence/status-store.ts";
import { refuseDocument } from "./edge.ts";

/** What hears of changes: the streams, and the memory of finished answers. */
export interface Live {
  readonly status: CachedStatusStore;
  readonly hub: LiveHub;
}

export const createLive = (status: CachedStatusStore, jobProgress: GraphqlDeps["jobProgress"]): Live => ({
  status,
  hub: createLiveHub({ status, jobProgress }),
});

export interface Told extends Live {
  /** An event was appended, or may have been. */
  readonly wakeSender: () => void;
}

/** One listener a process. @returns stops it. @throws GatewayError DATABASE_UNAVAILABLE */
export function listenToDatabase(database: Database, { status, hub, wakeSender }: Told): Promise<() => Promise<void>> {
  return listenForChanges(database, {
    eventAppended(ods, programmeCode) {
      hub.eventAppended(ods, programmeCode);
      wakeSender();
    },
    submissionChanged(ods, submissionId) {
      // First: the streams read what it forgets.
      status.forget(ods, submissionId);
      hub.submissionChanged(ods, submissionId);
    },
    reconnected() {
      status.clear();
      hub.reconnected();
      wakeSender();
    },
  });
}

/** GraphQL over every transport, to everybody by the schema of their role. */
export function wireGraphql(deps: GraphqlDeps): Pick<HttpDependencies, "mountGraphql" | "streams"> {
  const schemaOf = createRoleSchemas(buildGatewaySchema(deps));
  const runner = createStreamRunner({ ...deps, refuseDocument }, schemaOf);
  return {
    mountGraphql: (scope: FastifyInstance) => mountGraphql(scope, deps, schemaOf),
    streams: { openEventStream: createEventStreams(runner), openSocket: createSockets(runner) },
  };
}
