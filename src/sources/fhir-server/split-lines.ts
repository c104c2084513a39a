/** NDJSON as it comes over the wire: lines without their ends, blank ones left out. */
import { ServerFailure } from "../../pull/server-failure.ts";
import { toFailure } from "./call-failure.ts";

const LINE_FEED = 0x0a;

/** Holds one line. @throws ServerFailure TOO_LARGE past `mostBytes` of all and past `longestLine` of one; what the wire throws */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  mostBytes: number,
  longestLine: number,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  let held: Buffer[] = [];
  let heldBytes = 0;
  const take = (): Buffer => {
    const line = Buffer.concat(held);
    held = [];
    heldBytes = 0;
    return line;
  };
  try {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      for (let end = rest.indexOf(LINE_FEED); end >= 0; end = rest.indexOf(LINE_FEED)) {
        held.push(rest.subarray(0, end));
        rest = rest.subarray(end + 1);
        const line = take();
        if (!isBlank(line)) yield line;
      }
      held.push(rest);
      heldBytes += rest.length;
      if (bytes > mostBytes || heldBytes > longestLine) throw new ServerFailure("TOO_LARGE");
    }
  } catch (error) {
    throw toFailure(error);
  }
  const last = take();
  if (!isBlank(last)) yield last;
}

const isBlank = (line: Buffer): boolean => line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
