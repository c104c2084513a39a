/** The Questionnaire resources of an input: the codes of their items say what the answers to them are. */
import {
  type Coding,
  type FhirElement,
  readAllCodings,
  readCoding,
  readElement,
  readElements,
  readText,
  toElement,
} from "../support/fhir-reader.ts";
import { toCodeKey } from "../support/observation-code.ts";
import { readOptionScore } from "./questionnaire-answers.ts";
import type { ResourceEntry } from "./resource-entry.ts";
import type { ResourceIndex } from "./resource-index.ts";

export interface QuestionnaireForm {
  readonly entry: ResourceEntry;
  /** Codes of each item by its linkId. */
  readonly codes: ReadonlyMap<string, readonly Coding[]>;
  /** What the options of each item score, by its linkId and their `SYSTEM|code`. */
  readonly scores: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

export class QuestionnaireIndex {
  readonly #byUrl = new Map<string, ResourceEntry>();
  readonly #forms = new Map<ResourceEntry, QuestionnaireForm>();

  addAll(entries: readonly ResourceEntry[]): void {
    for (const entry of entries) {
      const url = entry.type === "Questionnaire" ? readText(toElement(entry.resource), "url") : null;
      if (url !== null) this.#byUrl.set(url, entry);
    }
  }

  /** The form a response names: by its canonical URL, by reference, or contained; null: the input does not hold it. */
  find(canonical: string | null, from: ResourceEntry, index: ResourceIndex): QuestionnaireForm | null {
    if (canonical === null) return null;
    const entry = this.#byUrl.get(withoutVersion(canonical)) ?? index.resolve(canonical, from, "Questionnaire");
    if (entry === null) return null;
    const known = this.#forms.get(entry) ?? { entry, ...readItems(toElement(entry.resource)) };
    this.#forms.set(entry, known);
    return known;
  }
}

export const withoutVersion = (canonical: string): string => canonical.replace(/\|.*$/, "");

function readItems(form: FhirElement): Pick<QuestionnaireForm, "codes" | "scores"> {
  const codes = new Map<string, readonly Coding[]>();
  const scores = new Map<string, ReadonlyMap<string, number>>();
  const waiting = [...readElements(form, "item")];
  for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) {
    const linkId = readText(item, "linkId");
    const own = readAllItemCodes(item);
    if (linkId !== null && own.length > 0) codes.set(linkId, own);
    const scored = readScoredOptions(item);
    if (linkId !== null && scored.size > 0) scores.set(linkId, scored);
    waiting.push(...readElements(item, "item"));
  }
  return { codes, scores };
}

/** The extension stands on the option or on its coding. */
function readScoredOptions(item: FhirElement): ReadonlyMap<string, number> {
  const scored = new Map<string, number>();
  for (const option of readElements(item, "answerOption")) {
    const element = readElement(option, "valueCoding");
    const coding = element === null ? null : readCoding(element);
    const score = element === null ? null : (readOptionScore(element) ?? readOptionScore(option));
    if (coding !== null && score !== null) scored.set(toCodeKey(coding), score);
  }
  return scored;
}

/** `Questionnaire.item.code` is a list of Coding, not of CodeableConcept. */
const readAllItemCodes = (item: FhirElement): readonly Coding[] =>
  readAllCodings({ value: { concept: { coding: item.value.code } }, path: item.path }, "concept");
