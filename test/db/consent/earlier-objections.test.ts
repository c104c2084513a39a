import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { city, NORTH, provideBench } from "../submission/submission-bench.ts";
import { createConsentBench, nhsNumberAt } from "./consent-bench.ts";

const bench = provideBench();

/** The part of the migration that looks at what is stored. */
async function readBackfill(): Promise<readonly string[]> {
  const script = await readFile("prisma/migrations/20261126000400_consent/migration.sql", "utf8");
  const from = script.indexOf("alter table public.patient no force");
  return script
    .slice(from, script.indexOf("do $$", from))
    .split(";\n")
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
}

it("what records said of objections before there was a gate is an objection, by every number of the patient", async () => {
  const consent = await createConsentBench(bench().stores, bench().now);
  await consent.support();
  const patient = (index: number, auditObjection: boolean | null) => ({
    sourceRecordId: `p-${index}`,
    patient: {
      nhsNumber: nhsNumberAt(index),
      hospitalNumber: `H-${index}`,
      dateOfBirth: "1950-03-02",
      gender: "MALE",
      auditObjection,
    },
  });
  const sent = await bench().send(city, [patient(1, true), patient(2, false), patient(3, null)]);
  const asked = sent.results.map(({ recordId }) => ({ ods: NORTH, patientId: recordId ?? "" }));
  for (const table of ["subject", "objection"]) await bench().test.query(`delete from consent.${table}`);
  expect((await consent.judge(asked, "RELEASE", "NONE")).size).toBe(0);
  for (const statement of await readBackfill()) await bench().test.query(statement);
  expect([...(await consent.judge(asked, "RELEASE", "NONE")).keys()]).toEqual([`${NORTH}/${asked[0]?.patientId}`]);
  const kinds = await bench().test.query("select kind from consent.subject order by kind");
  expect(kinds.map(({ kind }) => kind)).toEqual(["HOSPITAL", "NHS", "PATIENT"]);
});
