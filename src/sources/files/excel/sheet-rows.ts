/** The rows of a sheet as they come out of its XML (ECMA-376 part 1, 18.3): every cell with its type, hidden rows like the others. */
import type { CellType, DateSystem } from "../../../../mappings/files/importer-cell.ts";
import type { RowText } from "../table-file.ts";
import { ZipRefused } from "../zip-archive.ts";
import type { NumberMeaning } from "./number-formats.ts";
import { numberToText, type TypedText } from "./number-text.ts";
import { unescapeText } from "./shared-strings.ts";
import { isTrue } from "./workbook-parts.ts";
import { attributeOf, type XmlHandler, XmlMalformed } from "./xml-tokens.ts";

/** A sheet ends there in every spreadsheet. */
const MOST_ROWS = 1_048_576;
/** No table of the audit has a tenth of it. */
const MOST_COLUMNS = 1_024;
/** A cell holds 32,767 characters; more is no text of a spreadsheet. */
const MOST_CHARACTERS = 1024 * 1024;
const NUMBER: NumberMeaning = { kind: "number" };
const GENERAL_FORMAT = "0";
/** What a formula has whose result was not stored, by programs that write workbooks and cannot calculate. */
const NOT_CALCULATED: TypedText = { type: "error", text: "#NOT CALCULATED" };
const BROKEN_REFERENCE: TypedText = { type: "error", text: "#REF!" };
const NUMBER_TEXT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;
const MIDNIGHT = /[T ]00:00(?::00(?:\.0+)?)?Z?$/;

export interface SheetRow extends RowText {
  /** 1 is the first row of the sheet. */
  readonly number: number;
  readonly hidden: boolean;
}

/** What a workbook has in common for all of its sheets. */
export interface SheetContext {
  readonly strings: readonly string[];
  readonly formats: readonly NumberMeaning[];
  readonly dateSystem: DateSystem;
}

export class SheetReader implements XmlHandler {
  readonly #context: SheetContext;
  #rows: SheetRow[] = [];
  /** Last rows of merged ranges. */
  readonly mergedTo: number[] = [];
  hidesColumns = false;
  #number = 0;
  #hidden = false;
  #texts: string[] = [];
  #types: CellType[] = [];
  #isTyped = false;
  #column = -1;
  #cell: { readonly type: string; readonly format: string } | null = null;
  #value: string | null = null;
  #hasFormula = false;
  #isText = false;
  #phonetic = 0;

  constructor(context: SheetContext) {
    this.#context = context;
  }

  /** Rows that were completed since it was asked last. */
  take(): readonly SheetRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  open(name: string, tag: string): void {
    switch (name) {
      case "c":
        return this.#beginCell(tag);
      case "v":
        this.#value = "";
        this.#isText = true;
        return;
      case "t":
        this.#value ??= "";
        this.#isText = this.#phonetic === 0;
        return;
      case "f":
        this.#hasFormula = true;
        return;
      case "row":
        return this.#beginRow(tag);
      case "rPh":
        this.#phonetic += 1;
        return;
      default:
        this.#noteLayout(name, tag);
    }
  }

  text(text: string): void {
    if (!this.#isText || this.#cell === null) return;
    this.#value = `${this.#value ?? ""}${text}`;
    if (this.#value.length > MOST_CHARACTERS) throw new XmlMalformed();
  }

  close(name: string): void {
    if (name === "v" || name === "t") this.#isText = false;
    else if (name === "rPh") this.#phonetic -= 1;
    else if (name === "c") this.#endCell();
    else if (name === "row") this.#endRow();
  }

  #noteLayout(name: string, tag: string): void {
    if (name === "col" && isTrue(attributeOf(tag, "hidden"))) this.hidesColumns = true;
    else if (name === "mergeCell") this.mergedTo.push(rowOf(attributeOf(tag, "ref")?.split(":")[1] ?? "") ?? 0);
  }

  #beginRow(tag: string): void {
    const number = Number(attributeOf(tag, "r") ?? this.#number + 1);
    if (!Number.isInteger(number) || number <= this.#number || number > MOST_ROWS) throw new XmlMalformed();
    this.#number = number;
    this.#hidden = isTrue(attributeOf(tag, "hidden"));
    this.#texts = [];
    this.#types = [];
    this.#isTyped = false;
    this.#column = -1;
  }

  #endRow(): void {
    const { length } = this.#texts;
    if (length > 0)
      this.#rows.push({
        number: this.#number,
        hidden: this.#hidden,
        texts: this.#texts,
        types: this.#isTyped ? this.#types : null,
      });
  }

  #beginCell(tag: string): void {
    const stated = attributeOf(tag, "r");
    const column = stated === null ? this.#column + 1 : columnOf(stated);
    if (column <= this.#column) throw new XmlMalformed();
    this.#column = column;
    this.#cell = { type: attributeOf(tag, "t") ?? "n", format: attributeOf(tag, "s") ?? GENERAL_FORMAT };
    this.#value = null;
    this.#hasFormula = false;
  }

  #endCell(): void {
    const cell = this.#cell;
    this.#cell = null;
    if (cell === null) return;
    const { type, text } = this.#toText(cell.type, cell.format);
    if (text === "") return;
    if (this.#column >= MOST_COLUMNS) throw new ZipRefused({ limit: "columns", max: MOST_COLUMNS });
    while (this.#texts.length < this.#column) this.#push("text", "");
    this.#push(type, text);
  }

  #push(type: CellType, text: string): void {
    this.#texts.push(text);
    this.#types.push(type);
    if (type !== "text") this.#isTyped = true;
  }

  #toText(type: string, format: string): TypedText {
    const value = this.#value;
    if (value === null) return this.#hasFormula ? NOT_CALCULATED : { type: "text", text: "" };
    switch (type) {
      case "s":
        return this.#sharedString(value);
      case "b":
        return { type: "boolean", text: isTrue(value.trim()) ? "TRUE" : "FALSE" };
      case "e":
        return { type: "error", text: value };
      case "d":
        return { type: "date", text: value.replace(MIDNIGHT, "") };
      case "n":
        return this.#plainNumber(value, format);
      default:
        return { type: "text", text: unescapeText(value) };
    }
  }

  #sharedString(value: string): TypedText {
    const text = this.#context.strings[Number(value)];
    return text === undefined ? BROKEN_REFERENCE : { type: "text", text };
  }

  #plainNumber(value: string, format: string): TypedText {
    if (value.trim() === "") return { type: "text", text: "" };
    if (!NUMBER_TEXT.test(value.trim())) return { type: "text", text: value };
    const meaning = this.#context.formats[Number(format)] ?? NUMBER;
    return numberToText(Number(value), meaning, this.#context.dateSystem);
  }
}

const LETTER_A = 64;
const LETTERS = 26;

/** `AB12` is column 27, counted from 0. @throws XmlMalformed */
function columnOf(reference: string): number {
  let column = 0;
  let at = 0;
  for (; at < reference.length; at += 1) {
    const letter = reference.charCodeAt(at) - LETTER_A;
    if (letter < 1 || letter > LETTERS) break;
    column = column * LETTERS + letter;
  }
  if (at === 0 || at > 3) throw new XmlMalformed();
  return column - 1;
}

const rowOf = (reference: string): number | null => {
  const digits = /\d+$/.exec(reference)?.[0];
  return digits === undefined ? null : Number(digits);
};
