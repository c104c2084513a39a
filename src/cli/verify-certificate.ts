/** `nacr verify-certificate`: whether a destruction certificate is what the installation signed. Needs no gateway. */
import { readFileSync } from "node:fs";
import { checkCertificate } from "../destruction/certificate.ts";
import { CliError, EXIT } from "./cli-error.ts";
import type { CommandResult } from "./commands.ts";

/** @param publicKeyFile PEM, as `destructionCertificateKey` gives it; the certificate's own word for it would prove nothing */
export function verifyCertificate(file: string, publicKeyFile: string | undefined): CommandResult {
  if (publicKeyFile === undefined)
    throw new CliError("Name the installation's public key: --public-key FILE (GraphQL: destructionCertificateKey).", EXIT.usage);
  const check = checkCertificate(readText(file), readText(publicKeyFile));
  if (!check.ok) return { output: `NOT VALID. ${check.problem}`, exitCode: EXIT.rejected };
  const { id, of, certifiedAt, counts } = check.head;
  const lines = Object.entries(counts).map(([kind, count]) => `  ${kind}: ${count}`);
  return { output: [`Valid. Certificate ${id} of ${of}, ${certifiedAt}.`, ...lines].join("\n"), exitCode: EXIT.done };
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new CliError(`${file} cannot be read.`, EXIT.usage);
  }
}
