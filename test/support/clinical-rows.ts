/** Rows put straight into the dataset's tables, for tests of the tables themselves. Synthetic. */
import type { Prisma } from "../../src/generated/prisma/client.ts";
import { createUuid7 } from "../../src/lib/uuid7.ts";

export const newId = createUuid7();

const written = () => ({
  version: 1,
  createdSubmissionId: newId(),
  submissionId: newId(),
  sourceTime: new Date("2026-01-05T10:00:00Z"),
  updatedAt: new Date("2026-01-05T10:00:00Z"),
});

/** A patient of the organisation, written by the programme. */
export const patientRow = (ods: string, programmeCode: string): Prisma.PatientUncheckedCreateInput => ({
  ods,
  id: newId(),
  programmeCode,
  yearOfBirth: 1950,
  ...written(),
});

export const eventRow = (ods: string, programmeCode: string, patientId: string): Prisma.InitiatingEventUncheckedCreateInput => ({
  ods,
  id: newId(),
  patientId,
  programmeCode,
  eventType: "MI",
  eventDate: new Date("2026-01-01"),
  ...written(),
});

export const rehabilitationRow = (
  ods: string,
  programmeCode: string,
  initiatingEventId: string,
): Prisma.RehabilitationUncheckedCreateInput => ({
  ods,
  id: newId(),
  initiatingEventId,
  programmeCode,
  anchorDate: new Date("2026-01-03"),
  ...written(),
});
