/** Rows of the feed's queries as its use case knows them. */
import type { LinkedRef } from "../episodes/link-words.ts";
import type { JourneyTreatment } from "../episodes/resolve-journey.ts";
import type {
  FedAcuteEvent,
  FedAssessment,
  FedComorbidity,
  FedDrug,
  FedEvent,
  FedPatient,
  FedRehabilitation,
} from "../national/fed-rows.ts";
import { numberOf, optionalNumberOf, optionalTextOf, type SqlRow, textOf, textsOf } from "./sql-row.ts";

export const readRef = (row: SqlRow): LinkedRef => ({ ods: textOf(row, "ods"), id: textOf(row, "id") });
const readTimes = (row: SqlRow) => ({ sourceTime: textOf(row, "source_time"), updatedAt: textOf(row, "updated_at") });

export const readFedPatient = (row: SqlRow): FedPatient => ({
  ...readRef(row),
  ...readTimes(row),
  // Marital status is no column of the national side, so the role does not read it.
  values: { gender: optionalTextOf(row, "gender"), ethnicGroup: optionalTextOf(row, "ethnic_group"), maritalStatus: null },
  yearOfBirth: optionalNumberOf(row, "year_of_birth"),
  nhsDigest: optionalTextOf(row, "nhs_digest"),
  personId: optionalTextOf(row, "person_id"),
});

export const readFedEvent = (row: SqlRow): FedEvent => ({
  ...readRef(row),
  ...readTimes(row),
  patientId: textOf(row, "patient_id"),
  values: { eventType: optionalTextOf(row, "event_type"), eventDate: optionalTextOf(row, "event_date") },
  referringOrganisation: optionalTextOf(row, "referring_organisation"),
  referralDate: optionalTextOf(row, "referral_date"),
  episodeId: optionalTextOf(row, "episode_id"),
});

export const readFedComorbidity = (row: SqlRow): FedComorbidity => ({
  ods: textOf(row, "ods"),
  patientId: textOf(row, "patient_id"),
  type: optionalTextOf(row, "type"),
});

export const readFedTreatment = (row: SqlRow): JourneyTreatment => ({
  ...readRef(row),
  ...readTimes(row),
  eventId: textOf(row, "event_id"),
  type: optionalTextOf(row, "type"),
  date: optionalTextOf(row, "date"),
});

export const readFedRehabilitation = (row: SqlRow): FedRehabilitation => ({
  ...readRef(row),
  eventId: textOf(row, "event_id"),
  programme: optionalTextOf(row, "programme"),
  trust: optionalTextOf(row, "trust"),
  nation: optionalTextOf(row, "nation"),
  region: optionalTextOf(row, "region"),
  referralDate: optionalTextOf(row, "referral_date"),
  coreStartDate: optionalTextOf(row, "core_start_date"),
  coreEndDate: optionalTextOf(row, "core_end_date"),
  agreedToTakePart: optionalTextOf(row, "agreed_to_take_part"),
  reasonNotTakingPart: optionalTextOf(row, "reason_not_taking_part"),
  completed: optionalTextOf(row, "completed"),
  reasonNotCompleting: optionalTextOf(row, "reason_not_completing"),
  deliveryMode: optionalTextOf(row, "delivery_mode"),
  components: row.components === null ? [] : textsOf(row, "components"),
});

export const readFedAssessment = (row: SqlRow): FedAssessment => ({
  ...readRef(row),
  rehabilitationId: textOf(row, "rehabilitation_id"),
  number: numberOf(row, "number"),
  date: optionalTextOf(row, "date"),
  values: row,
});

export const readFedAcuteEvent = (row: SqlRow): FedAcuteEvent => ({
  ...readRef(row),
  rehabilitationId: textOf(row, "rehabilitation_id"),
  type: optionalTextOf(row, "type"),
  date: optionalTextOf(row, "date"),
});

export const readFedDrug = (row: SqlRow): FedDrug => ({
  ods: textOf(row, "ods"),
  assessmentId: textOf(row, "assessment_id"),
  class: optionalTextOf(row, "class"),
  taking: optionalTextOf(row, "taking"),
});
