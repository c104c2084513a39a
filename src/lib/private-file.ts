/** Files that hold a secret: read only where nobody but their owner could have read or exchanged them. */
import { closeSync, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** Any right of the group or of others. */
const LOOSE_RIGHTS = 0o077;
/** Whoever may write into a folder may put another file in the place of a good one. */
const WRITE_OF_OTHERS = 0o022;
const ROOT = 0;

export type PrivateFile =
  | { readonly ok: true; readonly bytes: Buffer }
  /** For the operator, to be put behind the file's name: what is wrong and what mends it. It names neither the file nor its content. */
  | { readonly ok: false; readonly problem: string };

const refuse = (problem: string): PrivateFile => ({ ok: false, problem });
const toOctal = (mode: number): string => (mode & 0o777).toString(8);

/** Synchronous: secrets are read at the start, and when they are replaced. */
export function readPrivateFile(file: string): PrivateFile {
  const folder = statSync(dirname(file), { throwIfNoEntry: false });
  if (folder === undefined) return refuse("names no file that is there");
  if ((folder.mode & WRITE_OF_OTHERS) !== 0)
    return refuse(`stands in a folder that can be written by others (${toOctal(folder.mode)}). Restrict the folder: chmod go-w`);
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch {
    return refuse("names no file that is there and that the gateway's user may read");
  }
  try {
    return readOpen(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function readOpen(descriptor: number): PrivateFile {
  const found = fstatSync(descriptor);
  if (!found.isFile()) return refuse("names no file, but a folder or something else");
  if ((found.mode & LOOSE_RIGHTS) !== 0) return refuse(`can be read by others (${toOctal(found.mode)}). Restrict it: chmod 600`);
  const own = process.getuid?.();
  if (own !== undefined && found.uid !== own && found.uid !== ROOT)
    return refuse(`belongs to another user. Give it to the gateway's own: chown ${own}`);
  return { ok: true, bytes: readFileSync(descriptor) };
}
