import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { SAMPLE_GEOGRAPHY } from "../../../src/population/sample-geography.ts";

/** `NACR_WRITE_SAMPLES=1 vitest run --project unit test/unit/geography` writes them anew. */
it.each(["postcodes", "deprivation", "organisations"] as const)(
  "scripts/demo/geography/%s.csv is the sample that demo mode loads",
  (name) => {
    const path = new URL(`../../../scripts/demo/geography/${name}.csv`, import.meta.url);
    const text = `${SAMPLE_GEOGRAPHY[name].join("\n")}\n`;
    if (process.env.NACR_WRITE_SAMPLES) writeFileSync(path, text);
    expect(readFileSync(path, "utf8")).toBe(text);
  },
);
