/** Column profiles as their authors hand them over: everything that is wrong with one is said at once. */
import type { CompiledProfile } from "../../mappings/files/profile-compile.ts";
import type { ProfileProblem } from "../../mappings/files/profile-schema.ts";
import type { Dictionary } from "../dataset/dictionary.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import type { ProfileReader } from "./profile-ports.ts";

/** What an author need not write. */
const DEFAULTS = { format: 1, name: "unsaved", version: 1 };

/**
 * Compiled for the first of the dictionaries whose words it speaks.
 * @throws GatewayError BAD_USER_INPUT with the path of the first problem and a line for each, as the first dictionary has them
 */
export function checkColumns(
  document: object,
  { read, compile }: ProfileReader,
  dictionaries: readonly Dictionary[],
): CompiledProfile {
  const shape = read({ ...DEFAULTS, ...document, status: "site" });
  if (shape.profile === null) throw refuse(shape.problems);
  const { profile } = shape;
  const compiled = dictionaries.map((dictionary) => compile(profile, dictionary));
  for (const result of compiled) if (result.profile !== null) return result.profile;
  throw refuse(compiled[0]?.problems ?? []);
}

function refuse(problems: readonly ProfileProblem[]): GatewayError {
  const [first] = problems;
  const path = first === undefined || first.path === "" ? "input.columns" : `input.columns.${first.path}`;
  return new GatewayError("BAD_USER_INPUT", "The column profile cannot be used as it is.", {
    details: { path, problems: problems.map((problem) => `${problem.path}: ${problem.message}`) },
  });
}
