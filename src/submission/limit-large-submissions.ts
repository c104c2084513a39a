/**
 * Few large submissions at a time. One keeps a core busy for a quarter of a second and the event loop for stretches of it: more than two
 * at once finish no sooner (15,500 records/s with two in work, 14,800 with four) and make every other request wait for them. Small ones
 * never queue.
 */
import { GatewayError } from "../errors/gateway-error.ts";
import type { SubmissionService, SubmitCommand } from "./commands.ts";

/** Patients, resources or messages from which a submission counts as large: about 60 ms of work. */
export const LARGE_FROM_ENTRIES = 100;
/** The same for resources that came as XML text, in characters. */
export const LARGE_FROM_CHARACTERS = 256 * 1024;

export interface LargeSubmissionLimits {
  readonly inWork: number;
  /** Beyond them, a sender is told to come back. */
  readonly waiting: number;
}

/** Six waiting are answered within some two seconds; a sender who waits longer does better to send again. */
const LIMITS_OF_A_PROCESS: LargeSubmissionLimits = { inWork: 2, waiting: 6 };
const RETRY_AFTER_SECONDS = 2;

/** Counts in this process. @throws GatewayError OVERLOADED from `submit`, besides what the service throws */
export function limitLargeSubmissions(
  service: SubmissionService,
  { inWork, waiting }: LargeSubmissionLimits = LIMITS_OF_A_PROCESS,
): SubmissionService {
  const queue: (() => void)[] = [];
  let busy = 0;

  const enter = async (): Promise<void> => {
    if (busy < inWork) {
      busy++;
      return;
    }
    if (queue.length >= waiting) throw overloaded();
    // Whoever leaves hands the place over, so it is never free in between.
    await new Promise<void>((resolve) => queue.push(resolve));
  };

  const leave = (): void => {
    const next = queue.shift();
    if (next === undefined) busy--;
    else next();
  };

  return {
    async submit(command) {
      if (!isLarge(command.payload)) return await service.submit(command);
      await enter();
      try {
        return await service.submit(command);
      } finally {
        leave();
      }
    },
  };
}

const overloaded = (): GatewayError =>
  new GatewayError("OVERLOADED", "Other large submissions are being worked on. Send it again.", {
    retryable: true,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });

/** Reads nothing of the entries: a list, a Bundle's `entry`, or text. */
function isLarge(payload: SubmitCommand["payload"]): boolean {
  if (typeof payload === "string") return payload.length >= LARGE_FROM_CHARACTERS;
  const isBundle = typeof payload === "object" && payload !== null && "entry" in payload;
  const entries = isBundle ? payload.entry : payload;
  return Array.isArray(entries) && entries.length >= LARGE_FROM_ENTRIES;
}
