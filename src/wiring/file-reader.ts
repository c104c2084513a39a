/** The reader of uploaded files. */
import { tmpdir } from "node:os";
import path from "node:path";
import { createFileReader } from "../sources/files/file-reader.ts";
import type { FileReader } from "../submission/file-ports.ts";

/** What is laid aside while a file is read is sealed under a key of the process, so the machine's own temporary folder will do. */
export const wireFileReader = (): FileReader => createFileReader({ scratchFolder: path.join(tmpdir(), "nacr-gateway") });
