/**
 * Structured logs by allow-list: an event has a name and a closed set of fields, all of them safe by kind. Anything else a caller
 * passes is left out, so no payload, header, message of an exception or identifier can slip into a log line.
 */
import { destination, type Logger as Pino, pino } from "pino";
import type { Role } from "../records/actor.ts";

/** What a log line may hold. Texts here are constants of ours, ids we made, or sizes. */
export interface LogFields {
  readonly correlationId?: string;
  readonly clientId?: string;
  readonly ods?: string | null;
  readonly role?: Role;
  readonly operation?: string;
  readonly method?: string;
  readonly route?: string;
  readonly status?: number;
  readonly code?: string;
  readonly durationMs?: number;
  readonly bytes?: number;
  readonly submissionId?: string;
  readonly outcome?: string;
  readonly count?: number;
  readonly errorName?: string;
  /** SQLSTATE or system code of a failure. */
  readonly errorCode?: string;
  /** Stack frames without their message. */
  readonly stack?: string;
  readonly host?: string;
  readonly port?: number;
  readonly mode?: string;
  readonly version?: string;
  readonly signal?: string;
  readonly reason?: string;
  /** A door as the configuration names it. */
  readonly listener?: string;
}

export type LogLevel = "debug" | "info" | "warn" | "error";

export interface Logger {
  log(level: LogLevel, event: string, fields?: LogFields): void;
  flush(): void;
}

const ALLOWED: readonly (keyof LogFields)[] = [
  "correlationId",
  "clientId",
  "ods",
  "role",
  "operation",
  "method",
  "route",
  "status",
  "code",
  "durationMs",
  "bytes",
  "submissionId",
  "outcome",
  "count",
  "errorName",
  "errorCode",
  "stack",
  "host",
  "port",
  "mode",
  "version",
  "signal",
  "reason",
  "listener",
];

export function createLogger(
  level: LogLevel | "silent",
  sink: { write(line: string): void } = destination({ sync: false }),
): Logger {
  const log: Pino = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: "event" }, sink);
  return {
    log: (at, event, fields = {}) => log[at](allowed(fields), event),
    flush: () => log.flush(),
  };
}

function allowed(fields: LogFields): LogFields {
  return Object.fromEntries(ALLOWED.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]])));
}

/** What of an unknown failure may be logged: its class, its code and where it came from, never its message. */
export function describeFailure(error: unknown): Pick<LogFields, "errorName" | "errorCode" | "stack"> {
  if (!(error instanceof Error)) return { errorName: typeof error };
  const code = "code" in error && typeof error.code === "string" && /^[A-Z0-9_]{2,40}$/.test(error.code) ? error.code : undefined;
  const frames = error.stack
    ?.split("\n")
    .filter((line) => line.trimStart().startsWith("at "))
    .slice(0, 8)
    .join("\n");
  return { errorName: error.name, ...(code ? { errorCode: code } : {}), ...(frames ? { stack: frames } : {}) };
}
