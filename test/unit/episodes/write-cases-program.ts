/** Writes the pairs of the labelled set from its situations: `tsx test/unit/episodes/write-cases-program.ts`, then format the folder. */
import { writeFileSync } from "node:fs";
import { caseFile, readSituations } from "./episode-case.ts";
import { spreadSituations } from "./spread-situations.ts";

for (const { topic, entries } of readSituations()) {
  writeFileSync(
    caseFile(topic),
    `[${spreadSituations(entries)
      .map((one) => JSON.stringify(one))
      .join(",\n")}]\n`,
  );
}
