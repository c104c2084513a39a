/** Gathers the coded facts of one patient into hospital spells, for the engine that derives events from them (interop 1.7 item 2). */
import type { CodedFact, Spell } from "../support/coded-target.ts";
import { readElement } from "../support/fhir-reader.ts";
import { findEncounter, toSpell } from "./encounter-of-fact.ts";
import type { FhirRun } from "./fhir-run.ts";
import type { EncounterView, FactView, PatientFile } from "./patient-file.ts";

/** A statement about one person that names the stay of another, or one that did not take place, keeps its own date. */
export function reportForeignStays(file: PatientFile, run: FhirRun): void {
  for (const { use, encounter } of file.facts) {
    if (encounter === null || file.encounters.byEntry.has(encounter)) continue;
    run.reportUnresolved(use.entry, readElement(use.element, "encounter"), "ENCOUNTER_NOT_OF_THIS_PATIENT");
  }
}

/** One spell per encounter, in input order; facts without one are loose, each on its own date. */
export function toSpells(file: PatientFile, views: Map<CodedFact, FactView>): readonly Spell[] {
  const facts = new Map<EncounterView | null, FactView[]>();
  for (const view of file.facts) {
    const spell = findEncounter(view, file);
    const known = facts.get(spell);
    if (known === undefined) facts.set(spell, [view]);
    else known.push(view);
  }
  const deadly = findDeadlySpells(file);
  return [...facts].map(([spell, stated]) => {
    const toFacts = (kind: FactView["kind"]): readonly CodedFact[] =>
      stated.filter((view) => view.kind === kind).map((view) => toFact(view, file, views));
    const stay = spell === null ? NO_STAY : describeStay(spell, deadly);
    return { ...stay, diagnoses: toFacts("DIAGNOSIS"), procedures: toFacts("PROCEDURE") };
  });
}

type StayOfSpell = Omit<Spell, "diagnoses" | "procedures">;
const NO_STAY: StayOfSpell = { id: null, start: null, end: null, closed: false, died: false };

function describeStay(stay: EncounterView, deadly: ReadonlySet<EncounterView>): StayOfSpell {
  const { use, start, discharge, closed } = stay;
  return {
    id: use.sourceRecordId,
    start: start?.value ?? null,
    end: discharge?.value ?? null,
    closed,
    died: deadly.has(stay),
  };
}

/** Spells in a part of which the patient died. */
function findDeadlySpells({ encounters }: PatientFile): ReadonlySet<EncounterView> {
  const deadly = new Set<EncounterView>();
  for (const encounter of encounters.byEntry.values()) {
    const spell = toSpell(encounter, encounters);
    if (encounter.died) deadly.add(spell);
    if (encounter.died) encounter.use.setAside("DROPPED", "DIED_IN_SPELL");
    else if (spell !== encounter) encounter.use.setAside("DROPPED", "PART_OF_ANOTHER_STAY");
  }
  return deadly;
}

function toFact(view: FactView, { encounters }: PatientFile, views: Map<CodedFact, FactView>): CodedFact {
  const { entry, sourceRecordId } = view.use;
  const listing = encounters.byDiagnosis.get(entry);
  const named = view.encounter === null ? undefined : encounters.byEntry.get(view.encounter);
  const fact: CodedFact = {
    ...view.coding.value,
    expression: `${entry.expression}.${view.coding.path}`,
    sourceField: `${entry.type}.code`,
    date: view.date?.value ?? null,
    ...(view.partial === null ? {} : { partialDate: view.partial.value }),
    ...(view.date?.path.startsWith("onset") === true ? { since: view.date.value } : {}),
    // A diagnosis of a hospital stay is one, whatever list it also stands on.
    ...(view.listed && listing === undefined && named?.inpatient !== true ? { listed: true } : {}),
    rank: listing?.diagnoses.get(entry) ?? null,
    sourceRecordId,
    recordExpression: entry.expression,
  };
  views.set(fact, view);
  return fact;
}
