/** The drugs of an assessment: one of each class, as the statement in force on its day says. */
import { type OpenDraft, openDraft, setItem } from "../support/fhir-draft.ts";
import type { FhirRun } from "./fhir-run.ts";
import type { DrugStatement } from "./patient-file.ts";

/** One drug per class that was begun by the end of the window and not ended before the assessment. */
export function makeDrugs(
  assessment: OpenDraft,
  date: string,
  until: string,
  statements: readonly DrugStatement[],
  run: FhirRun,
): readonly OpenDraft[] {
  const inForce = statements.filter(({ from, to }) => from <= until && (to === null || to >= date));
  const byClass = Map.groupBy(inForce, ({ drugClass }) => drugClass);
  return [...byClass.values()].flatMap((ofClass) => {
    const decisive = findDecisive(ofClass.toSorted((one, other) => (one.from < other.from ? -1 : Number(one.from > other.from))));
    return decisive === undefined ? [] : [makeDrug(assessment, decisive, run)];
  });
}

/** The latest decides; that one drug is not taken leaves another drug of its class standing. */
function findDecisive(ordered: readonly DrugStatement[]): DrugStatement | undefined {
  const taken = ordered.findLast(
    (statement, place) =>
      statement.taking === "YES" &&
      ordered.slice(place + 1).every((later) => later.taking === "YES" || isAnotherDrug(statement, later)),
  );
  return taken ?? ordered.at(-1);
}

/** Both say which drug they are of, and they are not the same. */
function isAnotherDrug({ substances: one }: DrugStatement, { substances: other }: DrugStatement): boolean {
  const areApart = (mine: readonly string[], theirs: readonly string[]): boolean => !mine.some((name) => theirs.includes(name));
  if (one.names.length > 0 && other.names.length > 0) return areApart(one.names, other.names);
  return one.codes.length > 0 && other.codes.length > 0 && areApart(one.codes, other.codes);
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
