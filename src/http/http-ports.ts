/** What the HTTP edge needs: handlers and checks that main wires in. */

import type { IncomingHttpHeaders } from "node:http";
import type { FastifyInstance } from "fastify";
import type { TokenService } from "../access/token-service.ts";
import type { Config } from "../config/load-config.ts";
import type { Actor, OrganisationActor } from "../records/actor.ts";
import type { ReportFiles } from "../reporting/report-files.ts";
import type { ExtractService } from "../statistics/extracts/extract-service.ts";
import type { ExportStatistics } from "../statistics/questions/export-statistics.ts";
import type { ReportService } from "../submission/report/report-service.ts";
import type { GraphqlRefusal } from "./graphql-error-body.ts";
import type { AdmitRequest } from "./rate-limit.ts";
import type { ArrivalTimes } from "./slow-requests.ts";

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

export interface UploadReceipt {
  readonly uploadId: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** What `/uploads` offers. All throw GatewayError, and what the body throws. */
export interface UploadRoutes {
  /** Stores the file, or nothing of it. `announced`: what the sender says its SHA-256 is, hexadecimal. */
  receive(
    actor: OrganisationActor,
    file: {
      readonly fileName: string | null;
      readonly announced: readonly string[];
      readonly body: AsyncIterable<Buffer>;
    },
  ): Promise<UploadReceipt>;
  /** Null where there is none of this client, or not all of it is here. */
  find(actor: OrganisationActor, uploadId: string): Promise<UploadReceipt | null>;
  /** False where there is none of this client. */
  remove(actor: OrganisationActor, uploadId: string): Promise<boolean>;
  /** A request of the tus protocol; `uploadId` is null for the collection itself. */
  tus(
    actor: OrganisationActor,
    request: {
      readonly method: string;
      readonly uploadId: string | null;
      readonly headers: IncomingHttpHeaders;
      readonly body: AsyncIterable<Buffer>;
    },
  ): Promise<{
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly refusal: Pick<GraphqlRefusal, "code" | "message" | "details"> | null;
  }>;
}

/** A subscription asked for in one request, already authenticated, limited and parsed. */
export interface EventStreamRequest {
  readonly body: Readonly<Record<string, unknown>>;
  readonly facts: {
    readonly actor: Actor;
    readonly correlationId: string;
    readonly idempotencyKeyHeader: null;
    readonly bodyBytes: number;
    readonly noteOperation: (rootField: string) => void;
  };
  /** Resolves once everything handed over so far has been taken: the next payload is made only then. */
  readonly whenTaken: () => Promise<void>;
}

/** An open WebSocket, as its protocol sees it. */
export interface StreamSocket {
  readonly protocol: string;
  /** Resolves when it has left this process. */
  send(text: string): Promise<void>;
  close(code?: number, reason?: string): void;
  onMessage(take: (text: string) => Promise<void>): void;
}

/** What the edge knows and decides of one WebSocket. */
export interface SocketEdge {
  readonly correlationId: string;
  /** Called once, with what the client's first message says of its token. Null: nobody is let in. */
  authenticate(authorization: string | null): Promise<Actor | null>;
  /** Counts a subscription as a request of this client. Null: it may send one more; else how many a minute. */
  refuseRequest(): number | null;
  /** Takes the place of one more stream of this client; null where all are taken. */
  takePlace(): (() => void) | null;
  noteOperation(rootField: string): void;
}

/** What goes on for longer than a request. */
export interface StreamService {
  /** The text of a stream of server-sent events, piece by piece; null where the request is no GraphQL request. */
  openEventStream(request: EventStreamRequest): Promise<AsyncGenerator<string, void, undefined> | null>;
  /** Serves a WebSocket. @returns to be called when it has closed */
  openSocket(socket: StreamSocket, edge: SocketEdge): (code?: number, reason?: string) => Promise<void>;
}

/** PEM texts. */
export interface ServerTls {
  readonly cert: string;
  readonly key: string;
  /** Who must have signed the certificate that every caller comes with; null: none is asked for. */
  readonly clientCa: string | null;
}

export interface HttpDependencies {
  readonly config: Pick<Config, "mode" | "host" | "port" | "publicUrl">;
  /** Absent or null: plain HTTP. */
  readonly tls?: ServerTls | null;
  /** Counts a request of a client that is known. */
  readonly admitRequest: AdmitRequest;
  /** `organisation`: the one a person asks to act for; null: none is asked for. A client's token names its own. */
  readonly verifyToken: (token: string, organisation: string | null) => Promise<Actor | null>;
  readonly tokens: TokenService;
  /** Demo mode only: what its issuer publishes. */
  readonly demoOidc: { readonly discovery: object; readonly keySet: object } | null;
  /** Demo mode only: a token for one of the demo identities, or null for a name that is none. */
  readonly demoToken: ((as: string) => Promise<{ readonly token: string; readonly seconds: number } | null>) | null;
  /** Throws where requests could not be served. */
  readonly checkReadiness: () => Promise<void>;
  readonly observer: EdgeObserver;
  /** Refuses a document before it is parsed for good; null lets it pass. */
  readonly refuseDocument: (source: string) => GraphqlRefusal | null;
  readonly streams: StreamService;
  /** Mounts `/graphql` on a scope in which every request has an actor. */
  readonly mountGraphql: (scope: FastifyInstance) => Promise<void>;
  readonly uploads: UploadRoutes;
  readonly reports: ReportService;
  readonly reportFiles: ReportFiles;
  readonly exportStatistics: ExportStatistics;
  readonly extracts: Pick<ExtractService, "download">;
  /** Absent: `ARRIVAL_TIMES`. */
  readonly arrivalTimes?: ArrivalTimes;
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

/** What a process needs that only says how it is. */
export type BareDependencies = Pick<HttpDependencies, "tls" | "checkReadiness" | "observer" | "arrivalTimes">;
