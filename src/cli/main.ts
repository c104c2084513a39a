#!/usr/bin/env node
/** The `nacr` command. */
import { GatewayClientError } from "../client/gateway-client-error.ts";
import { CliError, EXIT } from "./cli-error.ts";
import type { CommandResult } from "./commands.ts";
import { HELP } from "./help.ts";

const isHelp = (argument: string): boolean => argument === "--help" || argument === "-h";

/** Help is there before anything else is loaded. */
async function run(args: readonly string[]): Promise<CommandResult> {
  if (args.length === 0 || args.some(isHelp)) return { output: HELP, exitCode: args.some(isHelp) ? EXIT.done : EXIT.usage };
  const { values, positionals } = (await import("./command-line.ts")).parseCommandLine(args);
  const { COMMANDS, COMMANDS_WITH_ARGUMENT } = await import("./command-table.ts");
  const [command = "", argument] = positionals;
  const withArgument = Object.hasOwn(COMMANDS_WITH_ARGUMENT, command) ? COMMANDS_WITH_ARGUMENT[command] : undefined;
  if (withArgument !== undefined && argument !== undefined) return await withArgument(argument, values);
  const plain = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (plain !== undefined) return await plain(values);
  const said = withArgument === undefined ? "has no command like this" : `${command} takes an argument`;
  throw new CliError(`nacr ${said}. See nacr --help.`, EXIT.usage);
}

try {
  const { output, exitCode } = await run(process.argv.slice(2));
  if (output !== "") console.log(output);
  process.exitCode = exitCode;
} catch (error) {
  if (error instanceof CliError) {
    console.error(error.message);
    process.exitCode = error.exitCode;
  } else if (error instanceof GatewayClientError) {
    console.error(`${error.code}: ${error.message}${error.correlationId ? ` (correlation id ${error.correlationId})` : ""}`);
    process.exitCode = error.code === "UNREACHABLE" ? EXIT.unreachable : EXIT.refused;
  } else throw error;
}
