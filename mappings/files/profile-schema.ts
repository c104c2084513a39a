/**
 * Column profiles: how the tables of one local or bought system become NACR records, as JSON that its own people can write and read.
 * docs/profiles.md explains every member with examples. What a profile says of items and code lists is checked against the dictionary by
 * `compileProfile`; here only its shape is.
 */
import { z } from "zod";
import { RECORD_TYPE_NAMES } from "../../src/dataset/define.ts";

/** The shape below. A later shape has another number, and both are read. */
export const PROFILE_FORMAT = 1;

/** A name that can stand in an argument, a report and `mappingVersion`. */
const PROFILE_NAME = /^[a-z0-9][a-z0-9-]{1,62}$/;

/** No table of a hospital's system has nearly as many columns; a bound keeps a hostile profile small. */
const MOST_COLUMNS = 2_000;
const MOST_RECORDS = 200;
const MOST_TABLES = 50;
const MOST_CODES = 5_000;
const MOST_ITEMS = 200;

const text = z.string().trim().min(1).max(200);
/** A column by its name in the header, whatever the case, spacing and punctuation; the second of two equal names is `Name [2]`. */
const column = text;
/** Separators are part of the data: a blank is one too. */
const separator = z.string().min(1).max(10);

/** What a source value means: a key of the item's code list, or null: the list has no option for it, and that is known. */
const codeMap = z
  .record(text, text.nullable())
  .refine((map) => Object.keys(map).length <= MOST_CODES, { error: `A code map has at most ${MOST_CODES} codes.` });

const dateFormat = z.string().regex(/^(?:EXCEL|(?:DD|D|MM|MMM|M|YYYY|YY|[/.\- ])+)$/, {
  error: "A date format is EXCEL, or made of DD D MM M MMM YYYY YY and / . - or a blank.",
});

const dateRule = z.strictObject({
  formats: z.array(dateFormat).min(1).max(5),
  /** Two-digit years from this one on: 1930 reads 30 as 1930 and 29 as 2029. Without it a two-digit year is not read. */
  firstYear: z.int().min(1880).max(2000).optional(),
});

const numberRule = z.strictObject({
  /** Absent: as the profile's `numbers` say, else a point and nothing. */
  decimal: z.enum([".", ","]).optional(),
  thousands: z.enum(["", ",", ".", " ", "'"]).optional(),
  /** Unit of the column (UCUM, or as it is written). Absent: the unit of the item. */
  unit: text.optional(),
  /** The unit stands in another column of the row. */
  unitColumn: column.optional(),
  /** Of a SUM: the unit of each column, as feet and inches. */
  units: z.array(text).min(2).max(50).optional(),
});

/** A part of a cell: `120/80` by `/` is two of them. Counted from 1, from the end where negative. */
const partRule = z.strictObject({
  separator,
  index: z
    .int()
    .min(-20)
    .max(20)
    .refine((index) => index !== 0),
});

const oneOf = (rule: { readonly [source: string]: unknown }, names: readonly string[]): boolean =>
  names.filter((name) => rule[name] !== undefined).length === 1;

const itemRule = z
  .strictObject({
    item: text,
    /** One of the following four says where the value comes from. */
    column: column.optional(),
    columns: z.array(column).min(2).max(50).optional(),
    constant: z.union([text, z.number(), z.boolean()]).optional(),
    /** Tick boxes of a set: the columns that are ticked, each with the key it stands for. */
    ticks: z.record(column, text).optional(),
    /** Of several columns: joined, the first that is stated, or the sum of their numbers. */
    combine: z.enum(["JOIN", "FIRST", "SUM"]).default("JOIN"),
    join: z.string().max(10).default(" "),
    part: partRule.optional(),
    /** Several values in one cell, of an item that is a set. */
    separator: separator.optional(),
    /** Name of one of the profile's code maps, a map of its own, or `dataset`: the column holds the dataset's own keys, codes or labels. */
    codes: z.union([text, codeMap]).optional(),
    date: z.union([dateFormat, dateRule]).optional(),
    number: numberRule.optional(),
  })
  .refine((rule) => oneOf(rule, ["column", "columns", "constant", "ticks"]), {
    error: "An item has exactly one of column, columns, constant, ticks.",
  });

/** All conditions must hold for the record to be made. Values are compared whatever their case and spacing. */
const condition = z
  .strictObject({
    column,
    stated: z.boolean().optional(),
    in: z.array(text).min(1).max(100).optional(),
    notIn: z.array(text).min(1).max(100).optional(),
  })
  .refine((rule) => oneOf(rule, ["stated", "in", "notIn"]), { error: "A condition has exactly one of stated, in, notIn." });

const recordRule = z
  .strictObject({
    record: z.enum(RECORD_TYPE_NAMES),
    /** Its name in the table; absent: the record type. Several records of one type need names. */
    name: text.optional(),
    /** Name of the record it belongs to; absent: the record of the parent type. */
    parent: text.optional(),
    /** Columns whose values, joined, are the sender's own stable id of the record. */
    id: z.strictObject({ columns: z.array(column).min(1).max(10), prefix: z.string().max(20).default("") }).optional(),
    /** The row only names the record, as the parent of another one: it is never created from here. */
    reference: z.boolean().default(false),
    when: z.array(condition).max(20).default([]),
    /** One record for each part of the cell. Items that read the column read the part. */
    each: z.strictObject({ column, separator }).optional(),
    /**
     * One record for each ticked column; `item` takes the key that stands for the column. With `answer` one record for each column that
     * is stated: what stands in it is an item of its own (a drug and whether it is taken).
     */
    ticks: z
      .strictObject({
        item: text,
        columns: z.record(column, text),
        answer: z.strictObject({ item: text, codes: z.union([text, codeMap]) }).optional(),
      })
      .optional(),
    items: z.array(itemRule).max(MOST_ITEMS).default([]),
  })
  .refine((rule) => rule.each === undefined || rule.ticks === undefined, { error: "A record has each or ticks, not both." });

const ignoredColumn = z.strictObject({ column, reason: z.string().regex(/^[A-Z][A-Z0-9_]{2,39}$/) });

const tableRule = z.strictObject({
  /** Of the sheet or table; absent: the only table of the profile, whatever it is called. */
  name: text.optional(),
  records: z.array(recordRule).min(1).max(MOST_RECORDS),
  /** Columns that are left out on purpose, each with its reason (`NO_NACR_ITEM`). */
  ignored: z.array(ignoredColumn).max(MOST_COLUMNS).default([]),
});

export const columnProfileSchema = z.strictObject({
  format: z.literal(PROFILE_FORMAT),
  name: z.string().regex(PROFILE_NAME),
  version: z.int().min(1).max(1_000_000).default(1),
  /** `example`: shipped to be edited; the layout of the product is not public, so nothing of it is confirmed. */
  status: z.enum(["example", "site"]).default("site"),
  description: z.string().trim().max(2_000).default(""),
  /** Dates of columns that say nothing of their own. */
  dates: dateRule.optional(),
  numbers: numberRule.pick({ decimal: true, thousands: true }).optional(),
  /** Texts that mean "not stated" in every column, beside an empty cell. */
  empty: z.array(text).max(50).default([]),
  /** What a ticked and an unticked box look like. */
  ticked: z.array(text).min(1).max(20).default(["Y", "YES", "TRUE", "1", "X"]),
  unticked: z.array(text).max(20).default(["N", "NO", "FALSE", "0"]),
  codeMaps: z.record(text, codeMap).default({}),
  tables: z.array(tableRule).min(1).max(MOST_TABLES),
});

export type ColumnProfile = z.infer<typeof columnProfileSchema>;
/** A profile as it is written, with what may be left out left out. */
export type ColumnProfileInput = z.input<typeof columnProfileSchema>;
export type TableRule = ColumnProfile["tables"][number];
export type RecordRule = TableRule["records"][number];
export type ItemRule = RecordRule["items"][number];
export type Condition = RecordRule["when"][number];
export type DateRule = z.infer<typeof dateRule>;
export type NumberRule = z.infer<typeof numberRule>;

/** What is wrong with a profile, and where: `tables[0].records[2].items[1].codes`. */
export interface ProfileProblem {
  readonly path: string;
  readonly message: string;
}

export type ReadProfile =
  | { readonly profile: ColumnProfile; readonly problems: readonly [] }
  | { readonly profile: null; readonly problems: readonly ProfileProblem[] };

const MOST_PROBLEMS = 100;

/** Reads the shape of a profile; total, and every problem at once (up to 100). */
export function readProfile(document: unknown): ReadProfile {
  const { success, data, error } = columnProfileSchema.safeParse(document);
  if (success) return { profile: data, problems: [] };
  const problems = error.issues.slice(0, MOST_PROBLEMS).map(({ path, message }) => ({ path: toPathText(path), message }));
  return { profile: null, problems };
}

/** Names of a document's own members are the sender's text: only plain ones are shown. */
const SHOWN_MEMBER = /^[A-Za-z][A-Za-z0-9]{0,39}$/;

function toPathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    const name = SHOWN_MEMBER.test(String(part)) ? String(part) : "…";
    return text === "" ? name : `${text}.${name}`;
  }, "");
}
