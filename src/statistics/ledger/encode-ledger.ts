/** A ledger as bytes and back: the same ledger always gives the same bytes, about three for each cell. */
import { canonicalJson } from "../../lib/canonical-json.ts";
import { NO_DAYS } from "../cube/coded-journeys.ts";
import { type CubeHead, readCubeHead } from "../cube/cube-head.ts";
import { countCellsOf, shapeTables } from "../cube/cube-layout.ts";
import { WITHHELD } from "../cube/disclosure-rules.ts";
import { type CubeLedger, emptyStanding } from "./cube-ledger.ts";

const MAGIC = "NACRLEDGER1\n";

/** The first number of a cell: its reason, its origin, what follows, and its freshness, each from such a bit on. */
const REASONS = 0b111;
const ORIGINS_FROM = 0b1000;
const HAS_CHANGES = 0b10_0000;
const HAS_MEDIAN = 0b100_0000;
const FRESHNESS_FROM = 0b1000_0000;

/** Magic, length of the head, head as JSON; then each cell: flags, figure, offset, and its changes and median where it has them. */
export function encodeLedger(ledger: CubeLedger): Uint8Array {
  const { declaration, auditYear, places, nations, figures, reasons, offsets, origins, freshness, added, taken, medians } =
    ledger;
  const head = Buffer.from(canonicalJson({ declaration, auditYear, places, nations }));
  const writer = new NumberWriter();
  writer.write(head.length);
  const start = writer.finish();
  for (const [cell, figure] of figures.entries()) {
    const changes = [added[cell] ?? 0, taken[cell] ?? 0];
    const median = medians[cell] ?? NO_DAYS;
    const hasChanges = changes.some((change) => change > 0);
    const flags =
      (reasons[cell] ?? 0) |
      ((origins[cell] ?? 0) * ORIGINS_FROM) |
      ((freshness[cell] ?? 0) * FRESHNESS_FROM) |
      (hasChanges ? HAS_CHANGES : 0) |
      (median === NO_DAYS ? 0 : HAS_MEDIAN);
    writer.write(flags);
    writer.write(figure - WITHHELD);
    writer.writeSigned(offsets[cell] ?? 0);
    if (hasChanges) for (const change of changes) writer.write(change);
    if (median !== NO_DAYS) writer.write(median);
  }
  return Buffer.concat([Buffer.from(MAGIC, "latin1"), start, head, writer.finish()]);
}

/** @throws Error for bytes that are no ledger, or one of a declaration that this version does not read */
export function decodeLedger(encoded: Uint8Array): CubeLedger {
  const bytes = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  if (bytes.toString("latin1", 0, MAGIC.length) !== MAGIC) throw new Error("Not a ledger");
  const reader = new NumberReader(bytes, MAGIC.length);
  const head = readCubeHead(reader.readText(reader.read()));
  const ledger = emptyLedger(head);
  for (let cell = 0; cell < ledger.figures.length; cell++) {
    const flags = reader.read();
    ledger.reasons[cell] = flags & REASONS;
    ledger.origins[cell] = Math.floor(flags / ORIGINS_FROM) % (HAS_CHANGES / ORIGINS_FROM);
    ledger.freshness[cell] = Math.floor(flags / FRESHNESS_FROM);
    ledger.figures[cell] = reader.read() + WITHHELD;
    ledger.offsets[cell] = reader.readSigned();
    if ((flags & HAS_CHANGES) !== 0) {
      ledger.added[cell] = reader.read();
      ledger.taken[cell] = reader.read();
    }
    if ((flags & HAS_MEDIAN) !== 0) ledger.medians[cell] = reader.read();
  }
  if (!reader.isAtEnd) throw new Error("A ledger of other tables");
  return ledger;
}

function emptyLedger(head: CubeHead): CubeLedger {
  const cells = countCellsOf(shapeTables((level) => head.places[level].length));
  return { ...head, ...emptyStanding(cells), medians: new Int16Array(cells).fill(NO_DAYS) };
}

/** Whole numbers of seven bits a byte, the low ones first; all but the last byte of a number have the eighth bit. */
class NumberWriter {
  #bytes = new Uint8Array(1024);
  #length = 0;

  write(value: number): void {
    for (let rest = value; ; rest = Math.floor(rest / 128)) {
      if (this.#length === this.#bytes.length) this.#grow();
      this.#bytes[this.#length++] = rest < 128 ? rest : (rest % 128) + 128;
      if (rest < 128) return;
    }
  }

  writeSigned(value: number): void {
    this.write(value < 0 ? -2 * value - 1 : 2 * value);
  }

  #grow(): void {
    const longer = new Uint8Array(this.#bytes.length * 2);
    longer.set(this.#bytes);
    this.#bytes = longer;
  }

  /** What was written since the last time. */
  finish(): Uint8Array {
    const written = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return written;
  }
}

class NumberReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  read(): number {
    let value = 0;
    for (let weight = 1; ; weight *= 128) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new Error("A damaged ledger");
      value += (byte % 128) * weight;
      if (byte < 128) return value;
    }
  }

  readSigned(): number {
    const value = this.read();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  readText(length: number): string {
    const text = this.#bytes.toString("utf8", this.#at, this.#at + length);
    this.#at += length;
    return text;
  }
}
