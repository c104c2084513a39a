/** What stands between an organisation's own rows and the national side (dataset.md decisions 34 to 37). */
import type { OrganisationActor } from "../records/actor.ts";

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

/**
 * Destroys the keys of everything that is stored of a patient of the actor's organisation, and what is left of it. The rows may be
 * withdrawn already: then there are tombstones, history and sealed pages only. Done before: gives the same certificate again.
 * @param reason kept sealed
 * @returns the id of the certificate
 */
export type DestroyPatient = (actor: OrganisationActor, patientId: string, reason: string) => Promise<string>;
