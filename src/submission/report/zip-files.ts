/** Files into a zip, piece by piece: neither a file nor the zip is ever whole in memory. */
import { PassThrough, Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { ZipFile } from "yazl";

export interface FilePiece {
  readonly name: string;
  readonly text: string | Uint8Array;
}

/**
 * @param pieces those of one file side by side
 * @param modified when the files inside are said to have been changed
 */
export async function* zipFiles(pieces: AsyncIterable<FilePiece>, modified: Date): AsyncGenerator<Buffer> {
  const zip = new ZipFile();
  const output = new PassThrough();
  const stop = new AbortController();
  const fail = (error: Error): void => void output.destroy(error);
  zip.once("error", fail);
  zip.outputStream.pipe(output);
  const adding = addFiles(zip, pieces[Symbol.asyncIterator](), modified, stop.signal);
  adding.catch(fail);
  try {
    for await (const chunk of output) yield chunk;
  } finally {
    // Where the reader left early, what is being added is left too, and its source closed.
    stop.abort();
    output.destroy();
  }
}

/** The zip pulls each file as it is read itself, and the next file is begun when the one before is done. */
async function addFiles(zip: ZipFile, pieces: AsyncIterator<FilePiece>, modified: Date, signal: AbortSignal): Promise<void> {
  let next = await pieces.next();
  async function* textOf(name: string): AsyncGenerator<string | Uint8Array> {
    for (; next.done !== true && next.value.name === name; next = await pieces.next()) yield next.value.text;
  }
  try {
    while (next.done !== true) {
      const { name } = next.value;
      const file = Readable.from(textOf(name), { objectMode: false });
      zip.addReadStream(file, name, { mtime: modified });
      await finished(file, { signal }).finally(() => file.destroy());
    }
    zip.end();
  } finally {
    await pieces.return?.();
  }
}
