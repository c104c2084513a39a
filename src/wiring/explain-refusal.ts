/** Which failures of a start have a text that was written for the operator. */
import { GatewayError } from "../errors/gateway-error.ts";
import { StartRefused } from "../errors/start-refused.ts";
import { KeyError } from "../keys/key-management.ts";

const EXPLAINED = [StartRefused, KeyError, GatewayError];

/** @returns null for any other failure, whose message may hold what nobody should read */
export const explainRefusal = (error: unknown): string | null =>
  error instanceof Error && EXPLAINED.some((kind) => error instanceof kind) ? error.message : null;
