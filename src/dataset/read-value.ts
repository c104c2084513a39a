/**
 * Reads one raw value as its item asks: lenient in form (text, numbers, booleans; spacing, case), strict in judgement. Which reader an
 * item needs is decided once per item, so that reading a value is one call of a closure.
 */
import type { CompiledItem } from "./dictionary.ts";
import { createCodeReader, createCodesReader } from "./read-code.ts";
import { readDate, readPartialDate } from "./read-date.ts";
import { createNumberReader } from "./read-number.ts";
import { ABSENT, FORMAT_INVALID, type ReadResult, type ScalarReader, type ValueReader } from "./read-result.ts";
import {
  createGpPracticeReader,
  createOrganisationReader,
  createTextReader,
  readBoolean,
  readNhsNumber,
  readPostcode,
} from "./read-text.ts";

const readers = new WeakMap<CompiledItem, ValueReader>();

/**
 * Reads a raw value of an item. Absent, null and empty text say nothing.
 * `today` is the UK calendar date (`YYYY-MM-DD`): a later date is in the future.
 */
export function readValue(item: CompiledItem, raw: unknown, today: string): ReadResult {
  return readerOf(item)(raw, today);
}

/** The reader of an item, made at its first use. */
export function readerOf(item: CompiledItem): ValueReader {
  const known = readers.get(item);
  if (known !== undefined) return known;
  const reader = item.kind === "codes" ? createCodesReader(item) : acceptScalars(createScalarReader(item));
  readers.set(item, reader);
  return reader;
}

function createScalarReader(item: CompiledItem): ScalarReader {
  switch (item.kind) {
    case "nhsNumber":
      return readNhsNumber;
    case "postcode":
      return readPostcode;
    case "organisation":
      return createOrganisationReader(item);
    case "gpPractice":
      return createGpPracticeReader(item);
    case "date":
      return readDate;
    case "partialDate":
      return readPartialDate;
    case "integer":
    case "decimal":
      return createNumberReader(item);
    case "boolean":
      return readBoolean;
    case "code":
      return createCodeReader(item);
    default:
      return createTextReader(item);
  }
}

/** Trims text, takes what is empty as no statement, and refuses shapes that no scalar item has. */
function acceptScalars(read: ScalarReader): ValueReader {
  return (raw, today) => {
    if (typeof raw === "string") {
      const text = raw.trim();
      return text === "" ? ABSENT : read(text, today);
    }
    if (raw === null || raw === undefined) return ABSENT;
    return typeof raw === "number" || typeof raw === "boolean" ? read(raw, today) : FORMAT_INVALID;
  };
}
