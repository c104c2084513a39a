/** Under which reference the national side is fed without consent, and until when: renewed each year (dataset.md 9.1). */
import { GatewayError } from "../errors/gateway-error.ts";
import { parseCalendarDate } from "../lib/calendar-date.ts";
import { LIMITS } from "../lib/limits.ts";
import type { Actor } from "../records/actor.ts";
import type { NewId } from "../submission/ports.ts";

export interface Section251Reference {
  readonly id: string;
  /** As the Confidentiality Advisory Group numbers it. */
  readonly reference: string;
  /** Calendar dates, both of them in force. */
  readonly validFrom: string;
  readonly validTo: string;
  /** Which document says so. */
  readonly evidence: string;
  readonly recordedAt: string;
}

export interface Section251Store {
  add(actor: Actor, reference: Omit<Section251Reference, "recordedAt">): Promise<Section251Reference>;
  /** The latest first. */
  list(actor: Actor): Promise<readonly Section251Reference[]>;
}

export type NewSection251 = Omit<Section251Reference, "id" | "recordedAt">;

export interface Section251Service {
  /** @throws GatewayError BAD_USER_INPUT */
  record(actor: Actor, input: NewSection251): Promise<Section251Reference>;
  list(actor: Actor): Promise<readonly Section251Reference[]>;
}

/** Support is given for a year; a renewal may overlap the year before. */
const LONGEST_DAYS = 400;
const DAY_MS = 86_400_000;

export const createSection251Service = ({
  store,
  newId,
}: {
  readonly store: Section251Store;
  readonly newId: NewId;
}): Section251Service => ({
  record: async (actor, input) => await store.add(actor, { id: newId(), ...readInput(input) }),
  list: (actor) => store.list(actor),
});

function readInput({ reference, validFrom, validTo, evidence }: NewSection251): NewSection251 {
  const texts = { reference: readText(reference, "input.reference"), evidence: readText(evidence, "input.evidence") };
  for (const [name, day] of Object.entries({ validFrom, validTo }))
    if (parseCalendarDate(day) !== day) throw refuse("A calendar date is needed.", `input.${name}`);
  const days = (Date.parse(validTo) - Date.parse(validFrom)) / DAY_MS;
  if (days < 0 || days > LONGEST_DAYS)
    throw refuse(`The support ends after it begins, and within ${LONGEST_DAYS} days.`, "input.validTo");
  return { ...texts, validFrom, validTo };
}

function readText(text: string, path: string): string {
  const read = text.trim();
  if (read !== "" && read.length <= LIMITS.evidenceLength && read.isWellFormed()) return read;
  throw refuse(`A text of 1 to ${LIMITS.evidenceLength} characters is needed.`, path);
}

const refuse = (message: string, path: string): GatewayError =>
  new GatewayError("BAD_USER_INPUT", message, { details: { path } });
