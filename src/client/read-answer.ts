/** Reads a GraphQL answer over HTTP: the data, or the error it stands for. */
import { GatewayClientError } from "./gateway-client-error.ts";

const OVERLOADED_STATUS: readonly number[] = [429, 502, 503, 504];

const isMembers = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @throws GatewayClientError for an answer with errors, and for one that is not GraphQL */
export async function readAnswer(response: Response): Promise<unknown> {
  const body = await readJson(response);
  const errors = isMembers(body) && Array.isArray(body.errors) ? body.errors : [];
  if (errors.length > 0) throw toGatewayError(factsOf(response), errors[0]);
  if (isMembers(body) && isMembers(body.data)) return body.data;
  throw toForeignAnswer(response);
}

/** What an answer that is no stream says. */
export async function readRefusal(response: Response): Promise<GatewayClientError> {
  const body = response.bodyUsed ? null : await readJson(response);
  const [error] = isMembers(body) && Array.isArray(body.errors) ? body.errors : [];
  return error === undefined ? toForeignAnswer(response) : toGatewayError(factsOf(response), error);
}

const toForeignAnswer = (response: Response): GatewayClientError =>
  new GatewayClientError(`The answer is not the gateway's (HTTP ${response.status}).`, {
    ...factsOf(response),
    code: "BAD_RESPONSE",
    retryable: OVERLOADED_STATUS.includes(response.status),
  });

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return null;
  }
}

interface AnswerFacts {
  readonly status: number;
  readonly retryAfterSeconds: number | null;
  readonly correlationId: string | null;
}

/** @param error the first of an answer's */
export function toGatewayError(facts: AnswerFacts, error: unknown): GatewayClientError {
  const { message, extensions } = isMembers(error) ? error : {};
  const { code, retryable, retryAfterSeconds, ...details } = isMembers(extensions) ? extensions : {};
  return new GatewayClientError(typeof message === "string" ? message : "The gateway refused the request.", {
    ...facts,
    code: typeof code === "string" ? code : "BAD_RESPONSE",
    retryable: retryable === true || OVERLOADED_STATUS.includes(facts.status),
    ...(typeof retryAfterSeconds === "number" ? { retryAfterSeconds } : {}),
    details,
  });
}

function factsOf(response: Response): AnswerFacts {
  const wait = Number(response.headers.get("retry-after") ?? Number.NaN);
  return {
    status: response.status,
    retryAfterSeconds: Number.isFinite(wait) ? wait : null,
    correlationId: response.headers.get("x-correlation-id"),
  };
}
