/** The drugs of an assessment: one of each class, as the statement in force on its day says. */
import { type OpenDraft, openDraft, setItem } from "../support/fhir-draft.ts";
import type { FhirRun } from "./fhir-run.ts";
import type { DrugStatement } from "./patient-file.ts";

/** One drug per class that was begun by the end of the window and not ended before the assessment; the latest statement decides. */
export function makeDrugs(
  assessment: OpenDraft,
  date: string,
  until: string,
  statements: readonly DrugStatement[],
  run: FhirRun,
): readonly OpenDraft[] {
  const latest = new Map<string, DrugStatement>();
  for (const statement of statements) {
    if (statement.from > until || (statement.to !== null && statement.to < date)) continue;
    const known = latest.get(statement.drugClass);
    if (known === undefined || statement.from >= known.from) latest.set(statement.drugClass, statement);
  }
  return [...latest.values()].map((statement) => makeDrug(assessment, statement, run));
}

function makeDrug(parent: OpenDraft, { use, drugClass, taking, path, byName, siteCode }: DrugStatement, run: FhirRun): OpenDraft {
  const { expression } = use.entry;
  const sourceRecordId = run.takeSourceRecordId("DRUG", use.sourceRecordId);
  const draft = openDraft({ recordType: "DRUG", parent, sourceRecordId, expression });
  setItem(draft, "class", drugClass, `${expression}.${path}`);
  setItem(draft, "taking", taking, `${expression}.status`);
  if (use.owner === null) {
    use.giveTo(draft);
    use.judgedBy("DRUG", [
      "subject",
      "intent",
      "doNotPerform",
      "authoredOn",
      "effectiveDateTime",
      "effectivePeriod",
      "dateAsserted",
    ]);
    use.ledger.mapped(path, "DRUG", "class", byName ? "CLASS_BY_INGREDIENT_NAME" : siteCode);
    use.ledger.mapped("status", "DRUG", "taking");
  }
  if (byName) {
    const params = { reason: "CLASS_BY_INGREDIENT_NAME" };
    draft.issues.push({
      severity: "WARNING",
      code: "CODE_NOT_TRANSLATED",
      field: "class",
      expression: `${expression}.${path}`,
      params,
    });
  }
  return draft;
}
