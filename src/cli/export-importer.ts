/** `nacr export-importer`: a programme's rows as the importer's files, into a file of this machine. */
import { CliError, EXIT } from "./cli-error.ts";
import type { CommandResult } from "./commands.ts";
import { fetchFile } from "./fetch-file.ts";
import type { TokenRequest } from "./request-token.ts";

/** @param file must not exist */
export async function exportImporter(file: string, programme: string | undefined, request: TokenRequest): Promise<CommandResult> {
  if (programme === undefined) throw new CliError("Name the programme: --programme CODE.", EXIT.usage);
  return await fetchFile(`/programmes/${encodeURIComponent(programme)}/importer.zip`, file, request);
}
