import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { CliError } from "../../../src/cli/cli-error.ts";
import { type PopulationArguments, runPopulation } from "../../../src/cli/population.ts";

async function write(given: PopulationArguments): Promise<{ readonly written: number; readonly lines: readonly string[] }> {
  let text = "";
  const out = new Writable({
    highWaterMark: 1_000,
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      setImmediate(done);
    },
  });
  const written = await runPopulation(given, out);
  await new Promise<void>((resolve) => out.end(() => resolve()));
  return { written, lines: text.split("\n").slice(0, -1) };
}

describe("nacr population", () => {
  it("writes as many lines as it is asked for, each a record, to a reader that is slow", async () => {
    const { written, lines } = await write({ journeys: "1201", seed: "4", programme: "CR-VALLEY" });
    expect([written, lines.length]).toEqual([1201, 1201]);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ patient: { nhsNumber: expect.stringMatching(/^999/) } });
    expect(lines.filter((line) => !line.includes('"programmeCode":"CR-VALLEY"'))).toEqual([]);
  });

  it("writes national rows without a number of a person", async () => {
    const { lines } = await write({ journeys: "20", seed: "4", format: "national" });
    expect(lines.join("")).not.toMatch(/999\d{7}|nhsNumber|postcode/);
  });

  it.each<PopulationArguments>([
    { format: "fhir" },
    { shape: "ROUND" },
    { journeys: "many" },
    { seed: "-1" },
    { years: "0" },
    { "first-year": "24" },
    { journeys: "899992" },
  ])("refuses %o as wrong use", async (wrong) => {
    await expect(write({ journeys: "1", ...wrong })).rejects.toThrow(CliError);
  });
});
