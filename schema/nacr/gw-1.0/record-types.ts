/** The nine record types, parents before children, as the pipeline judges them. */
import { acuteEvent } from "./acute-event.ts";
import { assessment } from "./assessment.ts";
import { comorbidity } from "./comorbidity.ts";
import { drug } from "./drug.ts";
import { initiatingEvent } from "./initiating-event.ts";
import { patient } from "./patient.ts";
import { previousEvent } from "./previous-event.ts";
import { rehabilitation } from "./rehabilitation.ts";
import { treatment } from "./treatment.ts";

/** `as const` keeps each definition's own type, from which record and input types are inferred. */
export const recordTypes = [
  patient,
  initiatingEvent,
  treatment,
  previousEvent,
  comorbidity,
  rehabilitation,
  assessment,
  drug,
  acuteEvent,
] as const;
