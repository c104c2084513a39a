/** The code of a Condition or Procedure that NACR's concept maps are asked about. */
import { toClinicalSystem } from "../concept-maps/fhir-systems.ts";
import type { CodedFact, CodedTarget } from "../support/coded-target.ts";
import { readFirstDate, readFirstPartialDate } from "../support/fhir-date.ts";
import { type Coding, joinPath, type Located, readCodings, readElement } from "../support/fhir-reader.ts";
import { findSiteFact } from "../support/site-meaning.ts";
import type { FhirRun, ResourceUse } from "./fhir-run.ts";
import type { FactView } from "./patient-file.ts";
import type { ResourceEntry } from "./resource-entry.ts";

export interface ChosenCode extends Located<Pick<CodedFact, "system" | "code" | "display" | "siteMeaning">> {
  readonly targets: readonly CodedTarget[];
}

/**
 * One statement may be coded in several systems. The one the sender marks as chosen by the user counts, else the first that the maps
 * know, else the first of a system they cover; counting two would make two records of one statement. Null: no system is covered.
 */
export function chooseCode(use: ResourceUse, run: FhirRun): ChosenCode | null {
  const codings = readCodings(use.element, "code");
  const ordered =
    codings.length < 2 ? codings : codings.toSorted((one, other) => Number(other.userSelected) - Number(one.userSelected));
  let fallback: ChosenCode | null = null;
  for (const coding of ordered) {
    const chosen = toChosenCode(coding, run);
    if (chosen !== null && chosen.targets.length > 0) return chosen;
    fallback ??= chosen;
  }
  return fallback;
}

function toChosenCode(coding: Coding, run: FhirRun): ChosenCode | null {
  const system = toClinicalSystem(coding.system);
  const { code, display } = coding;
  const targets = system === null ? [] : run.tables.terminology.lookUpCode(system, code);
  const site = findSiteFact(run.tables, coding.system, code);
  if (site !== null && (site.override || targets.length === 0)) {
    const { override: _override, ...fact } = site;
    return { value: { ...fact, display }, path: joinPath(coding.path, "code"), targets: site.siteMeaning.targets };
  }
  if (system === null) return null;
  return { value: { system, code, display }, path: joinPath(coding.path, "code"), targets };
}

/** When a statement's subject was, as exactly as it is stated. */
export type FactDate = Pick<FactView, "date" | "partial">;

/**
 * The date among its `own` fields; where these say nothing, or a month or year that agrees, the first of the `recorded` fields. What
 * happened in 2015 did not happen on the day it was recorded.
 */
export function readFactDate(use: ResourceUse, own: readonly string[], recorded: readonly string[]): FactDate {
  const date = readFirstDate(use.element, own);
  if (date !== null) return { date, partial: null };
  const partial = readFirstPartialDate(use.element, own);
  const fallback = readFirstDate(use.element, recorded);
  const agrees = partial === null || fallback?.value.startsWith(partial.value) === true;
  return { date: agrees ? fallback : null, partial };
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
