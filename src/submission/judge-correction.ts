/** What a draft says beyond its values: which stored record it means, in which version, and whose records are one patient's. */
import { correctableKey } from "../dataset/correctable-key.ts";
import type { Value } from "../dataset/define.ts";
import type { CompiledItem, CompiledRecordType, StoredForm } from "../dataset/dictionary.ts";
import { type JudgedValues, judgeDraft } from "../dataset/judge-draft.ts";
import { readValue } from "../dataset/read-value.ts";
import { upConvert } from "../dataset/up-convert.ts";
import type { DraftRecord, OtherPatient, ReplacedKey } from "../records/draft-record.ts";
import type { Issue } from "../records/issue.ts";
import type { PatientKey } from "./ports.ts";

export interface JudgedReplaces {
  /** Values of the stored row, by the index of their item; null: it has none. */
  readonly key: ReadonlyMap<number, Value | null>;
  readonly nhsNumberSuperseded: boolean;
  readonly ifKnown: boolean;
}

export interface OtherIdentity extends PatientKey {
  readonly recordId: string | null;
}

export interface JudgedCorrection {
  readonly expectedVersion: number | null;
  readonly replaces: JudgedReplaces | null;
  readonly merges: readonly OtherIdentity[];
  readonly unmerges: readonly OtherIdentity[];
}

export interface CorrectedDraft {
  readonly judged: JudgedValues;
  /** Null for what most records are: a statement of values and nothing else. */
  readonly correction: JudgedCorrection | null;
}

/** How a draft's words become what is stored. */
export interface DraftTerms {
  /** Of the version it was sent under. */
  readonly type: CompiledRecordType;
  /** Null: that is the version that is stored. */
  readonly storedAs: StoredForm | null;
  /** UK calendar date. */
  readonly today: string;
}

const NOTHING: readonly OtherPatient[] = [];

/** Pure, and total for data of any shape; what is wrong is added to the verdict on the values, which are those to be stored. */
export function judgeCorrection(draft: DraftRecord, judged: JudgedValues, terms: DraftTerms): CorrectedDraft {
  const { expectedVersion, replaces, merges = NOTHING, unmerges = NOTHING } = draft;
  const says = (expectedVersion ?? null) !== null || replaces !== undefined || merges.length + unmerges.length > 0;
  if (!says || draft.unreadable) return { judged, correction: null };
  const reader = new CorrectionReader(draft, terms);
  const correction = {
    expectedVersion: reader.readVersion(expectedVersion),
    replaces: replaces === undefined ? null : reader.readReplaces(replaces),
    merges: merges.flatMap((other) => reader.readOther(other)),
    unmerges: unmerges.flatMap((other) => reader.readOther(other)),
  };
  const rejected = judged.rejected || reader.issues.some(({ severity }) => severity === "ERROR");
  return { judged: { ...judged, issues: [...judged.issues, ...reader.issues], rejected }, correction };
}

class CorrectionReader {
  readonly issues: Issue[] = [];
  readonly #draft: DraftRecord;
  readonly #terms: DraftTerms;

  constructor(draft: DraftRecord, terms: DraftTerms) {
    this.#draft = draft;
    this.#terms = terms;
  }

  readVersion(raw: unknown): number | null {
    if (raw === null || raw === undefined) return null;
    if (typeof raw === "number" && Number.isSafeInteger(raw) && raw >= 0) return raw;
    const expression = `${this.#draft.expression}.expectedVersion`;
    this.issues.push({ severity: "ERROR", code: "FORMAT_INVALID", field: null, expression });
    return null;
  }

  /** The key is judged as a record of its own, so that it is read, and brought into the shape that is stored, like any other. */
  readReplaces({ values, nhsNumberSuperseded, ifKnown }: ReplacedKey): JudgedReplaces | null {
    const { type, storedAs, today } = this.#terms;
    const stated = Object.fromEntries(correctableKey(type).map(({ name }) => [name, values[name]] as const));
    const { recordType, sourceRecordId, expression } = this.#draft;
    const base = { recordType, parent: null, sourceRecordId, clear: [], issues: [], mappingReport: [] } as const;
    const draft: DraftRecord = { ...base, expression: `${expression}.replaces`, values: stated };
    const judged = judgeDraft(draft, type, "STATED", today);
    const wrong = judged.issues.filter(({ severity }) => severity === "ERROR");
    this.issues.push(...wrong.map((issue): Issue => ({ ...issue, severity: ifKnown ? "WARNING" : "ERROR" })));
    const stored = storedAs === null ? judged : upConvert(draft, judged, storedAs);
    const storedType = storedAs === null ? type : storedAs.dictionary.recordType(recordType);
    const key = new Map<number, Value | null>();
    for (const item of correctableKey(storedType)) {
      const value = stored.values[item.index] ?? null;
      if (value !== null || (stated[item.name] === null && mayBeEmpty(storedType, item))) key.set(item.index, value);
    }
    return key.size === 0 ? null : { key, nhsNumberSuperseded, ifKnown };
  }

  /** Nothing, where no number of it can be read: what names nobody finds nobody. */
  readOther({ nhsNumber, hospitalNumber, recordId, expression }: OtherPatient): readonly OtherIdentity[] {
    const other = {
      nhsNumber: this.#readNumber("nhsNumber", nhsNumber, expression),
      hospitalNumber: this.#readNumber("hospitalNumber", hospitalNumber, expression),
      recordId: recordId ?? null,
    };
    return Object.values(other).some((found) => found !== null) ? [other] : [];
  }

  #readNumber(name: string, raw: unknown, expression: string): string | null {
    const item = this.#terms.type.byName.get(name);
    if (item === undefined) return null;
    const { value, problem } = readValue(item, raw, this.#terms.today);
    if (problem !== null) this.issues.push({ severity: "WARNING", field: name, expression, ...problem });
    return problem === null && typeof value === "string" ? value : null;
  }
}

/** An item of a natural key that a stored row may lack, such as the date of a treatment. */
const mayBeEmpty = (type: CompiledRecordType, item: CompiledItem): boolean =>
  type.naturalKey.includes(item) && item.mandatory !== true;
