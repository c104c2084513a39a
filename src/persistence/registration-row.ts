/** Registrations between their rows and what the use cases know. */
import { REGISTRATION_KINDS, REGISTRATION_STATES, type Registration } from "../access/registration.ts";
import type { RegistrationModel } from "../generated/prisma/models/Registration.ts";
import { ROLES } from "../records/actor.ts";

const instant = (at: Date | null): string | null => at?.toISOString() ?? null;
const day = (at: Date | null): string | null => at?.toISOString().slice(0, 10) ?? null;

/** @param text a date as `2026-03-01`; its row is the midnight of UTC */
export const toDate = (text: string | null): Date | null => (text === null ? null : new Date(`${text}T00:00:00Z`));

export const toInstant = (text: string | null): Date | null => (text === null ? null : new Date(text));

function wordOf<const W extends string>(words: readonly W[], text: string): W {
  const word = words.find((candidate) => candidate === text);
  if (word === undefined) throw new Error("a registration is stored with a word that does not exist");
  return word;
}

/** @throws Error for a row that only a fault of ours can have written */
export function toRegistration({ issuer, subject, programmes, ...row }: RegistrationModel): Registration {
  return {
    ...row,
    kind: wordOf(REGISTRATION_KINDS, row.kind),
    role: wordOf(ROLES, row.role),
    state: wordOf(REGISTRATION_STATES, row.state),
    programmes: programmes.length === 0 ? null : programmes,
    identity: issuer === null || subject === null ? null : { issuer, subject },
    requestedAt: row.requestedAt.toISOString(),
    decidedAt: instant(row.decidedAt),
    startsOn: day(row.startsOn),
    endsOn: day(row.endsOn),
    effectiveAt: instant(row.effectiveAt),
    attestedAt: instant(row.attestedAt),
    lastUsedAt: instant(row.lastUsedAt),
    endProposedAt: instant(row.endProposedAt),
    endedAt: instant(row.endedAt),
  };
}
