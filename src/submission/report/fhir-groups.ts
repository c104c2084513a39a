/** FHIR resources make sense together only: with one that failed goes everything of its patient. */
import type { FileChunk, FileOptions, FileReader } from "../file-ports.ts";
import type { InputParts, SentPart } from "../report-ports.ts";
import type { UploadContent } from "../upload-ports.ts";
import { FailingPlaces } from "./failing-places.ts";

/** The parts of one patient, or one that stands alone. */
interface Group {
  readonly number: number | null;
  readonly places: string[];
}

/** With a resource that failed its whole group, and what goes with every group. */
export function addGroups(sent: readonly SentPart[], failures: FailingPlaces): FailingPlaces {
  const failing = sent.filter(({ place }) => failures.reasonsAt(place) !== null);
  const groups = new Set(failing.map(({ group }) => group));
  const wanted = new FailingPlaces();
  if (failing.length === 0) return wanted;
  for (const { place, group } of sent) if (group === null || groups.has(group)) wanted.add(place, []);
  return wanted;
}

/** The same for a file, whose reader brings the lines of a patient together, wherever in the file they stand. */
export async function addFileGroups(
  failures: FailingPlaces,
  files: FileReader,
  content: UploadContent,
  options: FileOptions,
  parts: InputParts,
): Promise<FailingPlaces> {
  const wanted = new FailingPlaces();
  const entries = await files.open("FHIR_NDJSON", content, options);
  try {
    for await (const { places } of listGroups(entries.chunks({ entries: 0, bytes: 0 }, ENTRIES_PER_READ), parts)) {
      if (places.every((place) => failures.reasonsAt(place) === null)) continue;
      for (const place of places) wanted.add(place, []);
    }
  } finally {
    await entries.close();
  }
  return wanted;
}

const ENTRIES_PER_READ = 500;

async function* listGroups(chunks: AsyncIterable<FileChunk>, parts: InputParts): AsyncGenerator<Group> {
  let group: Group = { number: null, places: [] };
  for await (const chunk of chunks) {
    for (const [position, entry] of chunk.entries.entries()) {
      const number = parts.groupOfFileEntry(entry);
      if (number === null || number !== group.number) {
        yield group;
        group = { number, places: [] };
      }
      group.places.push(chunk.places[position] ?? "");
    }
  }
  yield group;
}
