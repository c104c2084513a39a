/**
 * A patient told the clinical team: not to the national audit, or not at all (dataset.md decision 36a). What the team was told stands in
 * the ledger before anybody hears that it was recorded.
 */
import { checkNhsNumber } from "../dataset/nhs-number.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import { parseCalendarDate } from "../lib/calendar-date.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { Clock, NewId } from "../submission/ports.ts";
import { readReason } from "../submission/read-reason.ts";
import type { Page, PageRequest } from "../submission/status-ports.ts";
import type { CarryOut } from "./carry-out-objection.ts";
import type { LedgerKeeper, NamedPatient, Objection, ObjectionScope, ObjectionStore } from "./objection-ports.ts";

export interface RecordObjectionCommand {
  readonly actor: OrganisationActor;
  readonly patient: NamedPatient;
  readonly scope: ObjectionScope;
  /** Free text: kept sealed, never logged. */
  readonly reason: string | null;
  /** When the patient said so; null: not known. */
  readonly statedOn: string | null;
}

export interface ObjectionService {
  /** @throws GatewayError BAD_USER_INPUT, NOT_FOUND, DATABASE_UNAVAILABLE, OVERLOADED */
  record(command: RecordObjectionCommand): Promise<Objection>;
  /** @throws GatewayError BAD_USER_INPUT, NOT_FOUND, DATABASE_UNAVAILABLE */
  withdraw(actor: OrganisationActor, id: string, reason: string): Promise<Objection>;
  list(actor: OrganisationActor, page: PageRequest): Promise<Page<Objection>>;
}

export interface ObjectionDependencies {
  readonly store: ObjectionStore;
  readonly ledger: Pick<LedgerKeeper, "flush">;
  readonly carryOut: CarryOut;
  readonly clock: Clock;
  readonly newId: NewId;
  /** Of carrying an objection out: it stands, and is carried out later. */
  readonly reportFault: (error: unknown) => void;
}

export function createObjectionService({
  store,
  ledger,
  carryOut,
  clock,
  newId,
  reportFault,
}: ObjectionDependencies): ObjectionService {
  return {
    record: async ({ actor, patient, scope, reason, statedOn }) => {
      const objection = await store.record(actor, {
        id: newId(),
        patient: readPatient(patient),
        scope,
        reason: reason === null ? null : readReason(reason, "input.reason"),
        statedOn: readDay(statedOn, clock.today()),
        at: clock.now(),
      });
      if (objection === null) throw new GatewayError("NOT_FOUND", "There is no such patient.");
      await ledger.flush();
      if (objection.scope !== "ALL" || objection.carriedOutAt !== null) return objection;
      await carryOut(objection.id).catch(reportFault);
      return (await store.find(actor, objection.id)) ?? objection;
    },
    withdraw: async (actor, id, reason) => {
      const objection = await store.withdraw(actor, id, readReason(reason, "reason"), clock.now());
      if (objection === null) throw new GatewayError("NOT_FOUND", "There is no such objection.");
      await ledger.flush();
      return objection;
    },
    list: (actor, page) => store.list(actor, page),
  };
}

/** As of the dataset's item. */
const HOSPITAL_NUMBER_LENGTH = 64;

const refuse = (message: string, path: string): GatewayError =>
  new GatewayError("BAD_USER_INPUT", message, { details: { path } });

/** A number that cannot be one would object for nobody, unnoticed. */
function readPatient(patient: NamedPatient): NamedPatient {
  if ("patientRecordId" in patient) return patient;
  if ("nhsNumber" in patient) {
    const checked = checkNhsNumber(patient.nhsNumber.trim());
    if (!checked.ok) throw refuse("That is no valid NHS number.", "input.nhsNumber");
    return { nhsNumber: checked.value };
  }
  const hospitalNumber = patient.hospitalNumber.trim().normalize("NFC");
  if (hospitalNumber === "" || hospitalNumber.length > HOSPITAL_NUMBER_LENGTH)
    throw refuse(`A hospital number has 1 to ${HOSPITAL_NUMBER_LENGTH} characters.`, "input.hospitalNumber");
  return { hospitalNumber };
}

function readDay(day: string | null, today: string): string | null {
  if (day === null) return null;
  if (parseCalendarDate(day) !== day || day > today)
    throw refuse("The date on which the patient said so is a calendar date that is not to come.", "input.statedOn");
  return day;
}
