/** `nacr bootstrap-admin`: the one command that needs the host and its database instead of a gateway. */
import { CliError, EXIT } from "./cli-error.ts";
import type { CommandResult } from "./commands.ts";

export interface BootstrapOptions {
  readonly issuer: string | undefined;
  readonly subjects: readonly string[];
}

/** The gateway's parts are loaded by this command alone. @throws CliError */
export async function runBootstrapAdmin({ issuer, subjects }: BootstrapOptions): Promise<CommandResult> {
  if (issuer === undefined || subjects.length === 0)
    throw new CliError("nacr bootstrap-admin --issuer URL --subject A --subject B", EXIT.usage);
  const [{ bootstrapAdmin }, { explainRefusal }] = await Promise.all([
    import("../wiring/bootstrap-admin.ts"),
    import("../wiring/explain-refusal.ts"),
  ]);
  try {
    return { output: await bootstrapAdmin({ issuer, subjects }), exitCode: EXIT.done };
  } catch (error) {
    const reason = explainRefusal(error);
    throw reason === null ? error : new CliError(reason, EXIT.refused);
  }
}
