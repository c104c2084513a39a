/** Every code list of the dictionary, in the order of the documentation. */
import {
  acuteEventType,
  comorbidityType,
  drugClass,
  eventType,
  nyhaClass,
  previousEventType,
  taking,
  treatmentType,
} from "./code-lists-clinical.ts";
import {
  assessmentMode,
  deliveryMode,
  onwardReferral,
  reasonNotCompleting,
  reasonNotTakingPart,
  referralSource,
  referredBy,
  rehabilitationComponent,
  rehabilitationModel,
  riskLevel,
} from "./code-lists-pathway.ts";
import { employmentStatus, ethnicGroup, gender, maritalStatus, smokingStatus, yesNoUnknown } from "./code-lists-patient.ts";

/** `as const` keeps the literal keys, so that a list's keys can be a union type. */
export const codeLists = [
  gender,
  maritalStatus,
  ethnicGroup,
  eventType,
  treatmentType,
  referralSource,
  referredBy,
  riskLevel,
  nyhaClass,
  previousEventType,
  comorbidityType,
  rehabilitationModel,
  yesNoUnknown,
  reasonNotTakingPart,
  reasonNotCompleting,
  deliveryMode,
  rehabilitationComponent,
  onwardReferral,
  assessmentMode,
  smokingStatus,
  employmentStatus,
  drugClass,
  taking,
  acuteEventType,
] as const;
