/**
 * What the database says when it fails, in our words. Messages of Prisma and PostgreSQL can hold the row that was written, so
 * neither their text nor the error itself (as `cause`) goes further than this file: only SQLSTATE and the constraint's name do.
 */
import { GatewayError } from "../../errors/gateway-error.ts";
import { Prisma } from "../../generated/prisma/client.ts";

/** A statement the database refused. A fault of ours unless `isRetryableConflict`; masked at every edge like any unknown error. */
class DatabaseFault extends Error {
  /** Five characters of SQLSTATE, else Prisma's own code (`P2025`), else `UNKNOWN`. */
  readonly state: string;
  /** The violated constraint, where the driver names it (PostgreSQL does; the embedded database names columns, left out). */
  readonly constraint: string | null;

  constructor(state: string, constraint: string | null) {
    super(`The database refused a statement (${state}${constraint === null ? "" : `, ${constraint}`}).`);
    this.name = "DatabaseFault";
    this.state = state;
    this.constraint = constraint;
  }
}

/** Unique violation, serialisation failure, deadlock: two writers met; running the whole unit of work again resolves it. */
const CONFLICT_STATES: ReadonlySet<string> = new Set(["23505", "40001", "40P01", "P2002", "P2034"]);
/** Query cancelled by its timeout, lock timeout, Prisma's "no transaction in time" and "transaction expired". */
const OVERLOAD_STATES: ReadonlySet<string> = new Set(["57014", "55P03", "25P03", "P2028", "P2024"]);
/** Out of disk or memory, too many connections, shut down, starting, read-only; Prisma's "cannot reach the database". */
const OUTAGE_STATES: ReadonlySet<string> = new Set([
  "53100",
  "53200",
  "53300",
  "57P01",
  "57P02",
  "57P03",
  // The database refuses connections: it is being renamed, copied or dropped.
  "55000",
  "25006",
  "P1001",
  "P1002",
  "P1017",
]);
/** Node's codes of a connection that could not be made or broke. */
const NETWORK_CODES: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
]);
/** Connection kinds of the driver adapter that carry no SQLSTATE. */
const OUTAGE_KINDS: ReadonlySet<string> = new Set([
  "DatabaseNotReachable",
  "ConnectionClosed",
  "SocketTimeout",
  "TlsConnectionError",
  "TooManyConnections",
  "DatabaseAccessDenied",
  "AuthenticationFailed",
  "DatabaseDoesNotExist",
]);
const OVERLOAD_RETRY_SECONDS = 2;
const OUTAGE_RETRY_SECONDS = 5;

/** True where another attempt of the same unit of work, built anew, may succeed (23505, 40001, 40P01). */
export function isRetryableConflict(error: unknown): boolean {
  return error instanceof DatabaseFault && CONFLICT_STATES.has(error.state);
}

interface Complaint {
  readonly state: string | null;
  readonly kind: string | null;
  readonly constraint: string | null;
}

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null);

/** Reads state, kind and constraint from a Prisma error, a driver adapter error or a driver's own error. */
function readComplaint(error: unknown): Complaint {
  const driver = field(field(error, "meta"), "driverAdapterError") ?? error;
  const cause = field(driver, "cause");
  return {
    state: textOrNull(field(cause, "originalCode")) ?? textOrNull(field(error, "code")),
    kind: textOrNull(field(cause, "kind")),
    constraint: textOrNull(field(field(cause, "constraint"), "index")),
  };
}

const unavailable = (): GatewayError =>
  new GatewayError(
    "DATABASE_UNAVAILABLE",
    "The database cannot be reached at the moment. Nothing is known to be stored; send it again.",
    {
      retryable: true,
      retryAfterSeconds: OUTAGE_RETRY_SECONDS,
    },
  );

const overloaded = (): GatewayError =>
  new GatewayError("OVERLOADED", "The gateway has more work than it can do at the moment. Send it again.", {
    retryable: true,
    retryAfterSeconds: OVERLOAD_RETRY_SECONDS,
  });

/** node-postgres gives pool and connection timeouts no code, the embedded database its closing: these texts are all they say. */
const isPoolTimeout = (error: unknown): boolean =>
  error instanceof Error && error.message.includes("timeout exceeded when trying to connect");
const isLostConnection = (error: unknown): boolean =>
  error instanceof Error &&
  /Connection terminated|Client has encountered a connection error|server closed the connection|PGlite is closed/.test(
    error.message,
  );

const isOutageState = (state: string | null): boolean =>
  state !== null && (OUTAGE_STATES.has(state) || NETWORK_CODES.has(state) || state.startsWith("08"));

const isFromDatabase = (error: unknown): boolean =>
  error instanceof Prisma.PrismaClientKnownRequestError ||
  error instanceof Prisma.PrismaClientUnknownRequestError ||
  error instanceof Prisma.PrismaClientInitializationError ||
  error instanceof Prisma.PrismaClientValidationError ||
  error instanceof Prisma.PrismaClientRustPanicError ||
  (error instanceof Error && error.name === "DriverAdapterError");

/**
 * What to throw instead of an error that came out of a transaction: DATABASE_UNAVAILABLE, OVERLOADED, a `DatabaseFault`, or the
 * error itself where the database has nothing to do with it (a GatewayError, a fault in our code).
 */
export function toThrowable(error: unknown): unknown {
  if (error instanceof GatewayError || error instanceof DatabaseFault) return error;
  if (isPoolTimeout(error)) return overloaded();
  if (isLostConnection(error)) return unavailable();
  const { state, kind, constraint } = readComplaint(error);
  if (isOutageState(state) || (kind !== null && OUTAGE_KINDS.has(kind))) return unavailable();
  if (state !== null && OVERLOAD_STATES.has(state)) return overloaded();
  if (!isFromDatabase(error)) return error;
  return new DatabaseFault(state ?? "UNKNOWN", constraint);
}
