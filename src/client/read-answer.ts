/** Reads a GraphQL answer over HTTP: the data, or the error it stands for. */
import { GatewayClientError } from "./gateway-client-error.ts";

const OVERLOADED_STATUS: readonly number[] = [429, 502, 503, 504];

const isMembers = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @throws GatewayClientError for an answer with errors, and for one that is not GraphQL */
export async function readAnswer(response: Response): Promise<unknown> {
  const body = await readJson(response);
  const errors = isMembers(body) && Array.isArray(body.errors) ? body.errors : [];
  if (errors.length > 0) throw toError(response, errors[0]);
  if (isMembers(body) && isMembers(body.data)) return body.data;
  throw new GatewayClientError(`The answer is not the gateway's (HTTP ${response.status}).`, {
    ...factsOf(response),
    code: "BAD_RESPONSE",
    retryable: OVERLOADED_STATUS.includes(response.status),
  });
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return null;
  }
}

function toError(response: Response, error: unknown): GatewayClientError {
  const { message, extensions } = isMembers(error) ? error : {};
  const { code, retryable, retryAfterSeconds, ...details } = isMembers(extensions) ? extensions : {};
  return new GatewayClientError(typeof message === "string" ? message : "The gateway refused the request.", {
    ...factsOf(response),
    code: typeof code === "string" ? code : "BAD_RESPONSE",
    retryable: retryable === true || OVERLOADED_STATUS.includes(response.status),
    ...(typeof retryAfterSeconds === "number" ? { retryAfterSeconds } : {}),
    details,
  });
}

function factsOf(response: Response) {
  const wait = Number(response.headers.get("retry-after") ?? Number.NaN);
  return {
    status: response.status,
    retryAfterSeconds: Number.isFinite(wait) ? wait : null,
    correlationId: response.headers.get("x-correlation-id"),
  };
}
