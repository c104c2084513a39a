/** `nacr audit-pack AGREEMENT`: everything an auditor asks for about an agreement, written into a folder. */
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { GatewayClient } from "../client/gateway-client.ts";
import { AuditPackDocument } from "../generated/graphql/operations.ts";
import { CliError, EXIT } from "./cli-error.ts";
import type { CommandResult } from "./commands.ts";

export interface AuditPackOptions {
  /** The folder; absent: one of the agreement's id, here. Nothing in it is written over. */
  readonly out: string | undefined;
  /** ISO instants: uses from the one, before the other. */
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** A file's name comes from the gateway, and names no other folder. */
const FILE_NAME = /^[a-z0-9][a-z0-9-]*\.(json|csv)$/;

/** @throws CliError, GatewayClientError */
export async function writeAuditPack(
  agreement: string,
  options: AuditPackOptions,
  client: GatewayClient,
): Promise<CommandResult> {
  const { auditPack: pack } = await client.request(AuditPackDocument, {
    agreement,
    from: options.from ?? null,
    to: options.to ?? null,
  });
  // What a gateway calls an agreement is a folder's name only where it was asked for by that name.
  if (pack.agreementId !== agreement)
    throw new CliError("The gateway answered with the pack of another agreement.", EXIT.refused);
  const folder = options.out ?? agreement;
  const files = [
    ...pack.files,
    { name: "manifest.json", content: pack.manifest },
    { name: "manifest.sig", content: `${pack.signature}\n` },
  ];
  if (!pack.files.every(({ name }) => FILE_NAME.test(name)))
    throw new CliError("The gateway named a file that is none of a pack.", EXIT.refused);
  await mkdir(folder, { recursive: true });
  for (const { name, content } of files) {
    await writeFile(path.join(folder, name), content, { flag: "wx" }).catch(() => {
      throw new CliError(
        `${path.join(folder, name)} cannot be written, or is there: name another folder with --out.`,
        EXIT.usage,
      );
    });
  }
  const digest = createHash("sha256").update(pack.manifest, "utf8").digest("hex");
  return { output: `${files.length} files in ${folder}. SHA-256 of manifest.json: ${digest}`, exitCode: EXIT.done };
}
