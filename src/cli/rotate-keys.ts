/** `nacr rotate-master-key`, `rotate-data-key`, `rotate-token-secret`: on the host, with the gateway's own settings. */
import type { KeyRotation } from "../wiring/rotate-keys.ts";
import { CliError, EXIT } from "./cli-error.ts";
import type { CommandResult } from "./commands.ts";

export interface RotateOptions {
  readonly organisation?: string | undefined;
  readonly prepare: boolean;
}

/** Null: another command. @throws CliError */
export function toRotation(command: string, { organisation, prepare }: RotateOptions): KeyRotation | null {
  if (command === "rotate-master-key") return { kind: prepare ? "PREPARE_MASTER" : "MASTER" };
  if (command === "rotate-token-secret") return { kind: "TOKENS" };
  if (command !== "rotate-data-key") return null;
  if (organisation === undefined) throw new CliError("nacr rotate-data-key --organisation ODS", EXIT.usage);
  return { kind: "DATA", ods: organisation };
}

/** The gateway's parts are loaded by these commands alone. @throws CliError */
export async function runRotation(rotation: KeyRotation): Promise<CommandResult> {
  const [{ rotateKeys }, { explainRefusal }] = await Promise.all([
    import("../wiring/rotate-keys.ts"),
    import("../wiring/explain-refusal.ts"),
  ]);
  try {
    return { output: await rotateKeys(rotation), exitCode: EXIT.done };
  } catch (error) {
    const reason = explainRefusal(error);
    throw reason === null ? error : new CliError(reason, EXIT.refused);
  }
}
