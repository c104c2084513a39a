/** `nacr fetch-extract ID`: the files of an extract, as a zip on this machine. Each time is a use of the agreement. */
import { extractPath } from "../statistics/extracts/extract.ts";
import type { CommandResult } from "./commands.ts";
import { fetchFile } from "./fetch-file.ts";
import type { TokenRequest } from "./request-token.ts";

/** @param out must not exist; absent: `extract_ID.zip` here */
export const fetchExtract = (id: string, out: string | undefined, request: TokenRequest): Promise<CommandResult> =>
  fetchFile(extractPath(encodeURIComponent(id)), out ?? `extract_${encodeURIComponent(id)}.zip`, request);
