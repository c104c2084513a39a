/** Pages of the lists of reports. */
import { CertificationPatient, ProgrammeLateness } from "./certification-types.ts";
import { createConnectionType } from "./connection-types.ts";

export const CertificationPatientConnection = createConnectionType("CertificationPatient", () => CertificationPatient);
export const ProgrammeLatenessConnection = createConnectionType("ProgrammeLateness", () => ProgrammeLateness);
