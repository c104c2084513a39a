/** Column profiles as their authors hand them over: everything that is wrong with one is said at once. */
import type { CompiledProfile } from "../../mappings/files/profile-compile.ts";
import type { ProfileProblem } from "../../mappings/files/profile-schema.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import type { ProfileReader } from "./profile-ports.ts";

/** What an author need not write. */
const DEFAULTS = { format: 1, name: "unsaved", version: 1 };

/** @throws GatewayError BAD_USER_INPUT with the path of the first problem and a line for each of them */
export function checkColumns(document: object, { read, compile }: ProfileReader): CompiledProfile {
  const shape = read({ ...DEFAULTS, ...document, status: "site" });
  if (shape.profile === null) throw refuse(shape.problems);
  const compiled = compile(shape.profile);
  if (compiled.profile === null) throw refuse(compiled.problems);
  return compiled.profile;
}

function refuse(problems: readonly ProfileProblem[]): GatewayError {
  const [first] = problems;
  const path = first === undefined || first.path === "" ? "input.columns" : `input.columns.${first.path}`;
  return new GatewayError("BAD_USER_INPUT", "The column profile cannot be used as it is.", {
    details: { path, problems: problems.map((problem) => `${problem.path}: ${problem.message}`) },
  });
}
