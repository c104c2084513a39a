/** A file of a gateway, into a file of this machine. */
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { CliError, EXIT } from "./cli-error.ts";
import type { CommandResult } from "./commands.ts";
import { requestToken, type TokenRequest } from "./request-token.ts";

/** It may hold patients' data: the owner alone may read it. */
const OWNER_ONLY = 0o600;

/** @param file must not exist: nothing of somebody else's is written over @throws CliError */
export async function fetchFile(path: string, file: string, request: TokenRequest): Promise<CommandResult> {
  const token = await requestToken(request);
  const answer = await fetch(new URL(path, request.url), { headers: { authorization: `Bearer ${token}` } }).catch(() => {
    throw new CliError(`The gateway at ${request.url} was not reached.`, EXIT.unreachable);
  });
  if (!answer.ok || answer.body === null) throw new CliError(`The gateway refused it (${answer.status}).`, EXIT.refused);
  try {
    await pipeline(Readable.fromWeb(answer.body), createWriteStream(file, { flags: "wx", mode: OWNER_ONLY }));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST")
      throw new CliError(`${file} is there already.`, EXIT.usage);
    // Half of a zip is none.
    await rm(file, { force: true });
    throw new CliError("The file broke off before its end.", EXIT.unreachable);
  }
  return { output: file, exitCode: EXIT.done };
}
