/** `nacr audit-pack` against a gateway that names files and folders as it likes. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeAuditPack } from "../../../src/cli/audit-pack.ts";
import { createGatewayClient } from "../../../src/client/gateway-client.ts";

const AGREEMENT = "DARS-NIC-00001-DEMO0";
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "nacr-pack-"));
});
afterAll(() => rm(folder, { recursive: true }));

function answering(agreementId: string, ...names: readonly string[]) {
  const files = names.map((name) => ({ name, content: "{}" }));
  const auditPack = { agreementId, madeAt: "2026-03-02T09:00:00.000Z", manifest: "{}", signature: "AA==", files };
  return createGatewayClient({
    url: "http://gateway.test",
    getToken: async () => "token",
    fetch: async () => Response.json({ data: { auditPack } }),
  });
}
const optionsFor = (out: string | undefined) => ({ out, from: undefined, to: undefined });

describe("a pack", () => {
  it.each(["../../evil.csv", "/etc/evil.csv", "a/b.csv", "..\\evil.csv", ".hidden.csv", "manifest.sig.exe"])(
    "with a file named %s is refused before anything is written",
    async (name) => {
      const out = path.join(folder, "named");
      await expect(writeAuditPack(AGREEMENT, optionsFor(out), answering(AGREEMENT, "uses.csv", name))).rejects.toThrow(
        "none of a pack",
      );
      expect(await readdir(folder)).toEqual([]);
    },
  );

  it("of another agreement, whose name would be that of the folder, is refused", async () => {
    const elsewhere = path.join(folder, "elsewhere");
    await expect(writeAuditPack(AGREEMENT, optionsFor(undefined), answering(elsewhere, "uses.csv"))).rejects.toThrow(
      "another agreement",
    );
    expect(await readdir(folder)).toEqual([]);
  });
});
