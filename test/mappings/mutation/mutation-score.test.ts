import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { makeMutants } from "./make-mutants.ts";

const PROGRAM = fileURLToPath(new URL("./mutation-score-program.ts", import.meta.url));
/** A few of the five hundred; `node test/mappings/mutation/mutation-score-program.ts` runs all of them in some minutes. */
const [SAMPLE, SEED] = ["25", "3"];

describe("Wrong mappings", () => {
  it("are noticed by the cases", { timeout: 180_000 }, async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, SAMPLE, SEED]);
    console.log(stdout.trim());
    expect(stdout).toMatch(/mutation score, targets and fields: \d+ of 25/);
  });

  it("differ from the right ones in one place", () => {
    const [first, ...others] = makeMutants("mappings/hl7v2/pid-mapping.ts").filter(({ kind }) => kind === "swapped item");
    expect(first?.change).toMatch(/^"\w+" → "\w+"$/);
    expect(first?.text).not.toBe(others[0]?.text);
    expect(others.length).toBeGreaterThan(5);
  });
});
