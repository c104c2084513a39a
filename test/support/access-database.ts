/**
 * Access databases for tests: the least of the Jet 4 file format that a reader needs (pages as mdbtools' HACKING describes them), without
 * indexes, and never opened by Access itself. No library writes the format.
 */

const PAGE = 4096;
const ENGINE = { jet4: { name: "Standard Jet DB", version: 1 }, ace: { name: "Standard ACE DB", version: 2 } } as const;
const HEADER_KEY = Buffer.from([0xc7, 0xda, 0x39, 0x6b]);
const HEADER_AT = 0x18;
const HEADER_BYTES = 128;
const ENCODING_KEY_AT = 0x3e;
const ENCRYPTION_AT = 0x299;
/** Of the system's own table, in every file. */
const OBJECTS_PAGE = 2;
const ROW_OFFSETS_AT = 14;
const COLUMNS_AT = 63;
const COLUMN_BYTES = 25;
const DAY_ZERO = Date.UTC(1899, 11, 30);
const DAY_MS = 86_400_000;

type Kind = "text" | "memo" | "long" | "double" | "float" | "datetime" | "boolean" | "ole";
const TYPES = { boolean: 1, long: 4, float: 6, double: 7, datetime: 8, text: 10, ole: 11, memo: 12 } as const satisfies Record<
  Kind,
  number
>;
const FIXED_BYTES: Readonly<Partial<Record<Kind, number>>> = { boolean: 0, long: 4, float: 4, double: 8, datetime: 8 };

export type AccessValue = string | number | boolean | Date | null;
export interface AccessTableSpec {
  readonly name: string;
  readonly columns: readonly (readonly [name: string, kind: Kind])[];
  readonly rows: readonly (readonly AccessValue[])[];
  /** What the table says of the number of its rows. */
  readonly claims?: number;
}

export interface AccessSpec {
  readonly tables: readonly AccessTableSpec[];
  readonly engine?: keyof typeof ENGINE;
  /** Under a password: only the header says so. */
  readonly isProtected?: boolean;
}

export function toAccess({ tables, engine = "jet4", isProtected = false }: AccessSpec): Buffer {
  const file = new PageFile();
  file.add(toHeaderPage(engine, isProtected));
  file.add(Buffer.alloc(PAGE));
  const objects = file.reserve();
  const pages = tables.map((table) => file.addTable(table, file.reserve()));
  file.addTable(
    {
      name: "MSysObjects",
      columns: [
        ["Id", "long"],
        ["Name", "text"],
        ["Type", "long"],
        ["Flags", "long"],
      ],
      rows: tables.map(({ name }, index) => [pages[index] ?? 0, name, 1, 0]),
    },
    objects,
  );
  if (objects !== OBJECTS_PAGE) throw new Error("the table of objects stands on page 2");
  return file.bytes();
}

class PageFile {
  readonly #pages: Buffer[] = [];

  bytes(): Buffer {
    return Buffer.concat(this.#pages);
  }

  add(page: Buffer): number {
    return this.#pages.push(page) - 1;
  }

  reserve(): number {
    return this.add(Buffer.alloc(PAGE));
  }

  /** The definition goes to a page that was reserved for it. */
  addTable(table: AccessTableSpec, definition: number): number {
    const rows = table.rows.map((values) => toRow(table.columns, values));
    const data = toDataPages(rows, definition).map((page) => this.add(page));
    const usage = this.add(toUsagePage(data));
    toDefinition(table, usage).copy(this.#pages[definition] ?? Buffer.alloc(0));
    return definition;
  }
}

/** A part of the header is always enciphered with a key that everybody knows; the other key in it is that of the pages. */
function toHeaderPage(engine: keyof typeof ENGINE, isProtected: boolean): Buffer {
  const page = Buffer.alloc(PAGE);
  page.writeUInt8(1, 1);
  page.write(`${ENGINE[engine].name}\0`, 4, "latin1");
  page.writeUInt8(ENGINE[engine].version, 0x14);
  if (isProtected) page.writeUInt32LE(0x12345678, ENCODING_KEY_AT);
  // Length and version of what is said of the encryption.
  for (const [index, value] of (isProtected ? [8, 1, 1] : []).entries()) page.writeUInt16LE(value, ENCRYPTION_AT + 2 * index);
  const clear = page.subarray(HEADER_AT, HEADER_AT + HEADER_BYTES);
  rc4(HEADER_KEY, Buffer.from(clear)).copy(page, HEADER_AT);
  return page;
}

function rc4(key: Buffer, bytes: Buffer): Buffer {
  const box = Uint8Array.from({ length: 256 }, (_, index) => index);
  const swap = (a: number, b: number): void => {
    [box[a], box[b]] = [box[b] ?? 0, box[a] ?? 0];
  };
  for (let i = 0, j = 0; i < 256; i += 1) {
    j = (j + (box[i] ?? 0) + (key[i % key.length] ?? 0)) & 255;
    swap(i, j);
  }
  let [i, j] = [0, 0];
  return Buffer.from(
    bytes.map((byte) => {
      i = (i + 1) & 255;
      j = (j + (box[i] ?? 0)) & 255;
      swap(i, j);
      return byte ^ (box[((box[i] ?? 0) + (box[j] ?? 0)) & 255] ?? 0);
    }),
  );
}

function toDefinition({ columns, rows, claims }: AccessTableSpec, usagePage: number): Buffer {
  const page = Buffer.alloc(PAGE);
  const variable = columns.filter(([, kind]) => FIXED_BYTES[kind] === undefined);
  page.writeUInt8(2, 0);
  page.writeUInt8(1, 1);
  page.writeUInt32LE(claims ?? rows.length, 16);
  page.writeUInt16LE(variable.length, 43);
  page.writeUInt16LE(columns.length, 45);
  page.writeUInt32LE(usagePage << 8, 55);
  let [at, fixedAt, variableIndex] = [COLUMNS_AT, 0, 0];
  for (const [index, [, kind]] of columns.entries()) {
    const bytes = FIXED_BYTES[kind];
    page.writeUInt8(TYPES[kind], at);
    page.writeUInt16LE(index, at + 5);
    page.writeUInt16LE(bytes === undefined ? variableIndex++ : 0, at + 7);
    page.writeUInt8(bytes === undefined ? 2 : 3, at + 15);
    page.writeUInt16LE(bytes === undefined ? 0 : fixedAt, at + 21);
    page.writeUInt16LE(bytes ?? 255, at + 23);
    fixedAt += bytes ?? 0;
    at += COLUMN_BYTES;
  }
  for (const [name] of columns) {
    const text = Buffer.from(name, "utf16le");
    page.writeUInt16LE(text.length, at);
    text.copy(page, at + 2);
    at += 2 + text.length;
  }
  return page;
}

/** Number of columns, fixed values, variable values, where each of those begins (last one first) and ends, and which are not null. */
function toRow(columns: AccessTableSpec["columns"], values: readonly AccessValue[]): Buffer {
  const cells = columns.map(([, kind], index) => ({ kind, value: values[index] ?? null }));
  const count = Buffer.alloc(2);
  count.writeUInt16LE(columns.length);
  const fixed = cells.filter(({ kind }) => FIXED_BYTES[kind] !== undefined).map(({ kind, value }) => toFixed(kind, value));
  const variable = cells.filter(({ kind }) => FIXED_BYTES[kind] === undefined).map(({ kind, value }) => toVariable(kind, value));
  const begins: number[] = [];
  let at = 2 + fixed.reduce((sum, { length }) => sum + length, 0);
  for (const { length } of variable) {
    begins.push(at);
    at += length;
  }
  const offsets = Buffer.alloc(2 * (variable.length + 2));
  for (const [index, offset] of [at, ...begins.toReversed(), variable.length].entries()) offsets.writeUInt16LE(offset, 2 * index);
  const mask = Buffer.alloc(Math.ceil(columns.length / 8));
  for (const [index, { value }] of cells.entries())
    if (value !== null && value !== false) mask[index >> 3] = (mask[index >> 3] ?? 0) | (1 << (index & 7));
  return Buffer.concat([count, ...fixed, ...variable, offsets, mask]);
}

function toFixed(kind: Kind, value: AccessValue): Buffer {
  const bytes = Buffer.alloc(FIXED_BYTES[kind] ?? 0);
  if (value === null || typeof value === "boolean" || typeof value === "string") return bytes;
  if (value instanceof Date) bytes.writeDoubleLE((value.getTime() - DAY_ZERO) / DAY_MS);
  else if (kind === "long") bytes.writeInt32LE(value);
  else if (kind === "float") bytes.writeFloatLE(value);
  else bytes.writeDoubleLE(value);
  return bytes;
}

function toVariable(kind: Kind, value: AccessValue): Buffer {
  if (value === null) return Buffer.alloc(0);
  const text = Buffer.from(String(value), "utf16le");
  if (kind === "text") return text;
  const head = Buffer.alloc(12);
  head.writeUIntLE(text.length, 0, 3);
  head.writeUInt8(0x80, 3);
  return Buffer.concat([head, text]);
}

function toDataPages(rows: readonly Buffer[], definition: number): readonly Buffer[] {
  const pages: Buffer[] = [];
  let [page, count, end] = [newDataPage(definition), 0, PAGE];
  for (const row of rows) {
    if (end - row.length < ROW_OFFSETS_AT + 2 * (count + 1)) {
      pages.push(page);
      [page, count, end] = [newDataPage(definition), 0, PAGE];
    }
    end -= row.length;
    row.copy(page, end);
    page.writeUInt16LE(end, ROW_OFFSETS_AT + 2 * count);
    count += 1;
    page.writeUInt16LE(count, 12);
  }
  return [...pages, page];
}

function newDataPage(definition: number): Buffer {
  const page = Buffer.alloc(PAGE);
  page.writeUInt8(1, 0);
  page.writeUInt8(1, 1);
  page.writeUInt32LE(definition, 4);
  return page;
}

/** One row: the kind of map, the first page it speaks of, and a bit for each page. */
function toUsagePage(data: readonly number[]): Buffer {
  const page = newDataPage(0);
  const map = Buffer.alloc(PAGE - 64);
  for (const number of data) map[5 + (number >> 3)] = (map[5 + (number >> 3)] ?? 0) | (1 << (number & 7));
  map.copy(page, PAGE - map.length);
  page.writeUInt16LE(1, 12);
  page.writeUInt16LE(PAGE - map.length, ROW_OFFSETS_AT);
  return page;
}
