/** The code of a Condition or Procedure that NACR's concept maps are asked about. */
import { lookUpCode } from "../concept-maps/clinical-codes.ts";
import { toClinicalSystem } from "../concept-maps/fhir-systems.ts";
import type { CodedFact, CodedTarget } from "../support/coded-target.ts";
import { type Coding, joinPath, type Located, readCodings, readElement } from "../support/fhir-reader.ts";
import type { ResourceEntry } from "./fhir-input.ts";
import type { FhirRun, ResourceUse } from "./fhir-run.ts";

export interface ChosenCode extends Located<Pick<CodedFact, "system" | "code">> {
  readonly targets: readonly CodedTarget[];
}

/**
 * One statement may be coded in several systems. The one the sender marks as chosen by the user counts, else the first that the maps
 * know, else the first of a system they cover; counting two would make two records of one statement. Null: no system is covered.
 */
export function chooseCode(use: ResourceUse): ChosenCode | null {
  const codings = readCodings(use.element, "code");
  const ordered =
    codings.length < 2 ? codings : codings.toSorted((one, other) => Number(other.userSelected) - Number(one.userSelected));
  let fallback: ChosenCode | null = null;
  for (const coding of ordered) {
    const chosen = toChosenCode(coding);
    if (chosen !== null && chosen.targets.length > 0) return chosen;
    fallback ??= chosen;
  }
  return fallback;
}

function toChosenCode(coding: Coding): ChosenCode | null {
  const system = toClinicalSystem(coding.system);
  if (system === null) return null;
  return { value: { system, code: coding.code }, path: joinPath(coding.path, "code"), targets: lookUpCode(system, coding.code) };
}

/** The encounter a statement names; one the input does not hold is reported, and the statement then stands by its own date. */
export function findNamedEncounter(use: ResourceUse, run: FhirRun): ResourceEntry | null {
  const reference = readElement(use.element, "encounter");
  if (reference === null) return null;
  const encounter = run.index.resolveElement(reference, use.entry, "Encounter");
  if (encounter === null) run.reportUnresolved(use.entry, reference, "ENCOUNTER_NOT_IN_INPUT");
  return encounter;
}

/** Marks every coding but the chosen one, and the fields about the code, as read. */
export function reportCode(use: ResourceUse, chosenPath: string): void {
  for (const coding of readCodings(use.element, "code")) {
    if (joinPath(coding.path, "code") !== chosenPath) use.ledger.dropped(coding.path, "ANOTHER_CODING_IS_USED");
  }
}
