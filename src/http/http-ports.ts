/** What the HTTP edge needs: handlers and checks that main wires in. */
import type { FastifyInstance } from "fastify";
import type { TokenService } from "../access/token-service.ts";
import type { Config } from "../config/load-config.ts";
import type { Actor } from "../records/actor.ts";
import type { GraphqlRefusal } from "./graphql-error-body.ts";

/** A port onto the logger of `observability`: the fields are its allow-list. */
export interface RequestLog {
  readonly correlationId: string;
  readonly clientId?: string;
  readonly ods?: string | null;
  readonly role?: Actor["role"];
  readonly operation?: string;
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
  readonly bytes?: number;
}

export interface EdgeObserver {
  requestDone(request: RequestLog): void;
  /** An unexpected failure: its class and frames are logged, its message never. */
  failed(error: unknown, correlationId: string): void;
  /** Prometheus text. */
  metrics(): Promise<{ readonly contentType: string; readonly body: string }>;
}

export interface HttpDependencies {
  readonly config: Pick<Config, "mode" | "host" | "port" | "publicUrl">;
  readonly verifyToken: (token: string) => Promise<Actor | null>;
  readonly tokens: TokenService;
  /** Demo mode only: a token for one of the demo identities, or null for a name that is none. */
  readonly demoToken: ((as: string) => Promise<{ readonly token: string; readonly seconds: number } | null>) | null;
  /** Throws where requests could not be served. */
  readonly checkReadiness: () => Promise<void>;
  readonly observer: EdgeObserver;
  /** Refuses a document before it is parsed for good; null lets it pass. */
  readonly refuseDocument: (source: string) => GraphqlRefusal | null;
  /** Mounts `/graphql` on a scope in which every request has an actor. */
  readonly mountGraphql: (scope: FastifyInstance) => Promise<void>;
}

declare module "fastify" {
  interface FastifyRequest {
    /** Set by the authentication hook on routes that need a bearer. */
    actor: Actor | null;
    correlationId: string;
    startedAt: number;
    bodyBytes: number;
    /** Name of the GraphQL operation's first root field, for the log. */
    operationName: string | null;
  }
}
