/** Who is in an extract, as its own keyed ids: kept sealed beside the files, so that an objection is found in it without its key's past. */
import { LongWork } from "../../lib/long-work.ts";
import type { ExtractPart } from "./extract-ports.ts";

/** Stands beside the files and is never handed out. */
export const PATIENTS_FILE = "patients";

const ID_BYTES = 16;
const PART_BYTES = 1024 * 1024;

export class PatientList {
  readonly #ids = new Set<string>();

  add(patientId: string): void {
    this.#ids.add(patientId);
  }

  /** In their own order: it tells nothing of rows. */
  async write(write: (part: ExtractPart) => Promise<void>): Promise<void> {
    const ids = await new LongWork().sort(this.#ids, (one, other) => (one < other ? -1 : 1));
    const all = Buffer.from(ids.join(""), "hex");
    for (let part = 0; part * PART_BYTES < all.length; part++)
      await write({ file: PATIENTS_FILE, part, bytes: all.subarray(part * PART_BYTES, (part + 1) * PART_BYTES) });
  }
}

/** How many of the ids are in a list that was written. */
export async function countListed(parts: AsyncIterable<ExtractPart>, patientIds: ReadonlySet<string>): Promise<number> {
  let count = 0;
  const work = new LongWork();
  for await (const { file, bytes } of parts) {
    if (file !== PATIENTS_FILE) continue;
    const ids = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < ids.length; at += ID_BYTES) {
      if (patientIds.has(ids.toString("hex", at, at + ID_BYTES))) count++;
      await work.giveWay();
    }
  }
  return count;
}
