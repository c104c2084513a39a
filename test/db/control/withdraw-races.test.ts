/** A withdrawal beside submissions of the same patients (PostgreSQL: the embedded database runs one transaction after the other). */
import { describe, expect, it } from "vitest";
import type { RecordResult } from "../../../src/records/submission-record.ts";
import { databaseKind } from "../../support/database.ts";
import { event, recordOf, rehabilitation } from "../../support/journey-records.ts";
import { city, toSent } from "../submission/submission-bench.ts";
import { provideControlBench } from "./control-bench.ts";

const control = provideControlBench();
const ROUNDS = databaseKind === "embedded" ? 3 : 15;

/** Every record with an id of its own: what is looked up before a patient is waited for. */
const named = (n: number) =>
  recordOf(n, {
    initiatingEvents: [
      event({
        sourceRecordId: `race-e-${n}`,
        rehabilitations: [
          rehabilitation({
            sourceRecordId: `race-r-${n}`,
            assessments: [{ sourceRecordId: `race-m-${n}`, number: 1, date: "2026-01-28" }],
          }),
        ],
      }),
    ],
  });

const allOf = (results: readonly RecordResult[], outcome: string): boolean =>
  results.every((result) => result.outcome === outcome);

describe("a withdrawal", () => {
  it("waits for a submission in hand, and finds it in its way", async () => {
    const { bench, refusal } = control();
    const first = await bench.send(city, [named(1)]);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let begun = (): void => undefined;
    const inHand = new Promise<void>((resolve) => {
      begun = resolve;
    });
    bench.afterClaim = () => {
      begun();
      return held;
    };
    const second = bench.send(city, [named(1)]);
    await inHand;
    bench.afterClaim = async () => undefined;
    const refused = refusal(city, first.header.id);
    setTimeout(release, 100);
    const { header, results } = await second;
    expect(allOf(results, "UNCHANGED")).toBe(true);
    expect(await refused).toMatchObject({ code: "CONFLICT", details: { submissions: [header.id] } });
  });

  it("beside the same records sent again leaves them stored, whoever is first", async () => {
    const { bench, store, historyFaults } = control();
    const seen = { inTheWay: 0, anew: 0 };
    for (let n = 100; n < 100 + ROUNDS; n++) {
      const first = await bench.send(city, [named(n)]);
      const request = { submissionId: first.header.id, reason: "Race", at: bench.now };
      const [again, withdrawn] = await Promise.all([
        bench.submit({ actor: city, payload: [named(n)] }).then(toSent),
        store.withdraw(city, request),
      ]);
      if (withdrawn.state === "WITHDRAWN") {
        expect(again.outcomes).toEqual(
          ["PATIENT", "INITIATING_EVENT", "REHABILITATION", "ASSESSMENT"].map((type) => `${type} CREATED`),
        );
        seen.anew++;
      } else {
        expect([withdrawn, allOf(again.results, "UNCHANGED")]).toEqual([
          { state: "IN_THE_WAY", visible: [again.header.id], total: 1 },
          true,
        ]);
        seen.inTheWay++;
      }
    }
    expect(await historyFaults()).toEqual([]);
    expect(seen.anew + seen.inTheWay).toBe(ROUNDS);
  });
});
