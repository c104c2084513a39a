/** Which of an organisation's submissions an actor may see, besides what row-level security says. */
import type { OrganisationActor } from "../records/actor.ts";
import type { SubmissionHeader } from "../records/submission-record.ts";

/** A vendor app sees what it sent itself and what its registered product wrote, whatever the channel; everybody else sees all. */
export const maySee = (actor: OrganisationActor, { clientId, sourceSystem: { vendor, product } }: SubmissionHeader): boolean =>
  actor.role !== "VENDOR_APP" ||
  actor.clientId === clientId ||
  (actor.sourceSystem?.vendor === vendor && actor.sourceSystem.product === product);

/** `$1` to `$4` of the statements: the organisation, and the same rule as `maySee`. */
export const visibleTo = ({ ods, role, clientId, sourceSystem }: OrganisationActor): readonly (string | null)[] =>
  role === "VENDOR_APP" ? [ods, clientId, sourceSystem?.vendor ?? null, sourceSystem?.product ?? null] : [ods, null, null, null];

/** Row-level security would find nothing; asking spares it, and keeps a text that is no code away from the database. */
export const isOutside = (actor: OrganisationActor, programmeCode: string | null | undefined): boolean =>
  programmeCode != null && !actor.programmes.includes(programmeCode);
