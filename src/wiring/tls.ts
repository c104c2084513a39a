/** The gateway's own certificate and key, read once at its start. */
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import type { Config } from "../config/load-config.ts";
import { StartRefused } from "../errors/start-refused.ts";
import type { ServerTls } from "../http/http-ports.ts";
import { readPrivateFile } from "../lib/private-file.ts";

/** Null: plain HTTP. @throws StartRefused for a file that is missing, is none of its kind, or shows the key to others */
export async function readServerTls({ tls }: Pick<Config, "tls">): Promise<ServerTls | null> {
  if (tls === null) return null;
  const key = readPrivateFile(tls.keyFile);
  if (!key.ok) throw new StartRefused(`NACR_TLS_KEY: ${tls.keyFile} ${key.problem}`);
  const read = {
    cert: await readText("NACR_TLS_CERT", tls.certFile),
    key: key.bytes.toString("utf8"),
    clientCa: tls.clientCaFile === null ? null : await readText("NACR_TLS_CLIENT_CA", tls.clientCaFile),
  };
  requireUsable(read);
  return read;
}

async function readText(variable: string, file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch {
    throw new StartRefused(`${variable}: the file cannot be read: ${file}`);
  }
}

/** Finds a key of another certificate before the first caller does. What is wrong with a file is not repeated: it may hold the key. */
function requireUsable({ cert, key, clientCa }: ServerTls): void {
  try {
    createSecureContext({ cert, key, ...(clientCa === null ? {} : { ca: clientCa }) });
  } catch {
    throw new StartRefused(
      "NACR_TLS_CERT, NACR_TLS_KEY, NACR_TLS_CLIENT_CA: these are no certificate with its key, or no authority.",
    );
  }
}
