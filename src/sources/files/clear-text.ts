/** A text file as UTF-8: files in UTF-16, which spreadsheets call "Unicode text", are laid aside in the one encoding that is read. */
import { TextDecoder } from "node:util";
import type { UploadContent } from "../../submission/upload-ports.ts";
import { ScratchFile } from "./scratch-file.ts";
import type { Utf16 } from "./text-encoding.ts";

/** Text laid aside by a recoding; closed by whoever asked for it. Null: it is not in that encoding. A byte order mark is left out. */
export async function recodeUtf16(content: UploadContent, encoding: Utf16, folder: string): Promise<ScratchFile | null> {
  const scratch = await ScratchFile.create(folder);
  try {
    if (await recode(content, new TextDecoder(encoding, { fatal: true }), scratch)) return scratch;
  } catch (error) {
    await scratch.close();
    throw error;
  }
  await scratch.close();
  return null;
}

async function recode(content: UploadContent, decoder: TextDecoder, scratch: ScratchFile): Promise<boolean> {
  for await (const piece of content.stream(0)) {
    const text = decode(decoder, piece);
    if (text === null) return false;
    await scratch.write(Buffer.from(text, "utf8"));
  }
  if (decode(decoder, null) === null) return false;
  await scratch.end();
  return true;
}

function decode(decoder: TextDecoder, piece: Buffer | null): string | null {
  try {
    return piece === null ? decoder.decode() : decoder.decode(piece, { stream: true });
  } catch {
    return null;
  }
}
