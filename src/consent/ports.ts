/** What stands between an organisation's own rows and the national side (dataset.md decisions 34 to 37). */

/** A patient of an organisation. */
export interface OwnPatient {
  readonly ods: string;
  readonly patientId: string;
}

/** When a gate is asked: before a row is copied to the national schema, or for a cut and an extract. */
export type GateStage = "SUBMISSION" | "RELEASE";

/** Why a patient's rows stay. Never stored with the patient, never shown for one: counted only. */
export type WithholdingReason = "OBJECTION" | "OPT_OUT" | "OPT_OUT_UNKNOWN" | "NO_SECTION_251";

/** Which of the patients may not go, by `ods/patientId`. Whoever is not named may. */
export type Withheld = ReadonlyMap<string, WithholdingReason>;

/** The gate; its adapter runs inside the transaction of whoever asks. */
export type JudgeRelease<Tx> = (tx: Tx, patients: readonly OwnPatient[], stage: GateStage, today: string) => Promise<Withheld>;
