/**
 * The numbers in PID-3, as they are written: only to put messages of one patient together. Which of them is the NHS number or the local
 * one is for the mapping to say, and whatever it takes, messages that share it stand in one group.
 */

const PATIENT_IDENTIFIERS = 3;
const SPACING = /[\s-]/g;
/** `""` deletes, and senders write ten equal digits for an NHS number that is not known: neither is anybody's number. */
const NO_NUMBER = /^(?:|""|(\d)\1{9})$/;

/** @param header the message's MSH, which declares the delimiters */
export function readPatientNumbers(header: Buffer, pid: Buffer): readonly string[] {
  const declared = header.toString("latin1", 0, 9);
  const field = declared.charAt(3);
  const [component = "", repetition = ""] = declared.slice(4).split(field)[0] ?? "";
  if (field === "" || component === "") return [];
  const identifiers = pid.toString("latin1").split(field, PATIENT_IDENTIFIERS + 1)[PATIENT_IDENTIFIERS] ?? "";
  return (repetition === "" ? [identifiers] : identifiers.split(repetition))
    .map((identifier) => (identifier.split(component)[0] ?? "").replace(SPACING, ""))
    .filter((number) => !NO_NUMBER.test(number));
}
