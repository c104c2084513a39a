/** Writes a record-level extract: each group a file, all of them in the order of the journeys' keyed ids. */
import type { Dictionary } from "../../dataset/dictionary.ts";
import { LongWork } from "../../lib/long-work.ts";
import type { CutJourney } from "../cut-journey.ts";
import { createCsvFile } from "./csv-file.ts";
import { describeGroup, renderDictionary } from "./data-dictionary.ts";
import type { ExtractFile } from "./extract.ts";
import type { CreateFileWriter, ExtractFormat, FileColumn, FileWriter } from "./extract-file.ts";
import { cellsOf, chooseGroups, type ExtractColumn, type ExtractGroup, ID_COLUMNS } from "./extract-groups.ts";
import { type AgreementMac, createIdentify, type ExtractIds } from "./extract-ids.ts";
import type { FileSink } from "./file-sink.ts";
import { inKeyedOrder } from "./in-keyed-order.ts";
import { createParquetFile } from "./parquet-file.ts";

/** Some 150 MB with two assessments each. A year of the whole audit is read three or four times over. */
const JOURNEYS_IN_MEMORY = 40_000;

export interface WriteRecords {
  /** Begins anew at each call, in the same order each time. */
  readonly read: () => AsyncIterable<CutJourney>;
  readonly mac: AgreementMac;
  readonly fields: readonly string[];
  readonly format: ExtractFormat;
  readonly dictionary: Dictionary;
  readonly openFile: (name: string) => FileSink;
  /** Told of everybody in it, once or more often. */
  readonly sawPatient: (patientId: string) => void;
  readonly journeysInMemory?: number;
}

const WRITERS: Readonly<Record<ExtractFormat, CreateFileWriter>> = { CSV: createCsvFile, PARQUET: createParquetFile };
export const DICTIONARY_FILE = "data_dictionary.csv";

interface OpenGroup {
  readonly group: ExtractGroup;
  readonly writer: FileWriter;
  readonly sink: FileSink;
  rows: number;
}

export async function writeRecords(job: WriteRecords): Promise<readonly ExtractFile[]> {
  const groups = chooseGroups(job.fields).map((group): OpenGroup => {
    const writer = WRITERS[job.format](group.table, [...ID_FILE_COLUMNS, ...group.columns.map(toFileColumn)]);
    return { group, writer, sink: job.openFile(writer.name), rows: 0 };
  });
  const work = new LongWork();
  for await (const batch of inKeyedOrder(() => identified(job), job.journeysInMemory ?? JOURNEYS_IN_MEMORY)) {
    for (const { ids, journey } of batch) {
      job.sawPatient(ids.patientId);
      for (const open of groups) await writeRows(open, ids, journey);
      await work.giveWay();
    }
  }
  const files: ExtractFile[] = [];
  for (const { writer, sink, rows } of groups) {
    await sink.add(writer.end());
    files.push(await sink.end(rows));
  }
  return [...files, await writeDictionary(groups, job)];
}

interface Identified {
  readonly key: string;
  readonly ids: ExtractIds;
  readonly journey: CutJourney;
}

async function* identified({ read, mac }: WriteRecords): AsyncGenerator<Identified> {
  const identify = createIdentify(mac);
  for await (const journey of read()) {
    const ids = identify(journey);
    yield { key: ids.journeyId, ids, journey };
  }
}

async function writeRows(open: OpenGroup, { patientId, journeyId }: ExtractIds, journey: CutJourney): Promise<void> {
  const { group, writer, sink } = open;
  for (const row of group.rowsOf(journey)) {
    const bytes = writer.add([patientId, journeyId, ...cellsOf(group, row)]);
    open.rows++;
    if (bytes !== null) await sink.add(bytes);
  }
}

async function writeDictionary(groups: readonly OpenGroup[], { dictionary, openFile }: WriteRecords): Promise<ExtractFile> {
  const lines = groups.flatMap(({ group, writer }) => describeGroup(group, writer.name, dictionary));
  const sink = openFile(DICTIONARY_FILE);
  await sink.add(Buffer.from(renderDictionary(lines), "utf8"));
  return await sink.end(lines.length);
}

const ID_FILE_COLUMNS = ID_COLUMNS.map(({ name }): FileColumn => ({ name, holds: "text", isOptional: false }));

function toFileColumn({ name, column: { kind } }: ExtractColumn): FileColumn {
  const isInteger = kind === "integer" || kind === "number";
  return { name, holds: isInteger ? "integer" : kind === "decimal" ? "decimal" : "text", isOptional: true };
}
