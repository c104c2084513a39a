/** Files as the command opens them. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { StartRefused } from "../../../src/errors/start-refused.ts";
import { openFile } from "../../../src/wiring/load-geography.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "nacr-geography-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(content: string): Promise<readonly string[]> {
  const file = path.join(folder, "file.csv");
  await writeFile(file, content);
  const lines: string[] = [];
  for await (const line of openFile(file).lines) lines.push(line);
  return lines;
}

describe("a file of the site", () => {
  it("is read line by line, whichever way they end and wherever the pieces of the file do", async () => {
    expect(await read("pcds,lsoa11\r\nQA1 1AA,é\n\nlast")).toEqual(["pcds,lsoa11", "QA1 1AA,é", "", "last"]);
    const lines = Array.from({ length: 20_000 }, (_, number) => `line ${number} é`);
    expect(await read(lines.join("\r\n"))).toEqual(lines);
  });

  it("is refused where it has no lines, before it fills the memory", async () => {
    await expect(read("x".repeat(3_000_000))).rejects.toThrow(StartRefused);
  });
});
