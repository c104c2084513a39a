/** A text file as UTF-8: files in UTF-16, which spreadsheets call "Unicode text", are laid aside in the one encoding that is read. */
import { TextDecoder } from "node:util";
import type { UploadContent } from "../../submission/upload-ports.ts";
import { ScratchFile } from "./scratch-file.ts";

const MARK_BYTES = 2;

export type Utf16 = "utf-16le" | "utf-16be";

/** What a byte order mark says. */
export function utf16Of(head: Buffer): Utf16 | null {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  return head[0] === 0xfe && head[1] === 0xff ? "utf-16be" : null;
}

/** Text laid aside by a recoding; closed by whoever asked for it. Null: it is not what its byte order mark says. */
export async function recodeUtf16(content: UploadContent, encoding: Utf16, folder: string): Promise<ScratchFile | null> {
  const scratch = await ScratchFile.create(folder);
  const decoder = new TextDecoder(encoding, { fatal: true });
  for await (const piece of content.stream(MARK_BYTES)) {
    const text = decode(decoder, piece);
    if (text === null) return await giveUp(scratch);
    await scratch.write(Buffer.from(text, "utf8"));
  }
  if (decode(decoder, null) === null) return await giveUp(scratch);
  await scratch.end();
  return scratch;
}

function decode(decoder: TextDecoder, piece: Buffer | null): string | null {
  try {
    return piece === null ? decoder.decode() : decoder.decode(piece, { stream: true });
  } catch {
    return null;
  }
}

async function giveUp(scratch: ScratchFile): Promise<null> {
  await scratch.close();
  return null;
}
