/** Whoever cannot be worked out holds up nobody else. */
import { beforeAll, describe, expect, it } from "vitest";
import { EPISODE_RULES } from "../../../src/episodes/default-episode-rules.ts";
import type { LinkStore } from "../../../src/episodes/link-ports.ts";
import { createLinker } from "../../../src/episodes/linker.ts";
import { PERSON_RULES } from "../../../src/episodes/person-rules.ts";
import { event, recordOf } from "../../support/journey-records.ts";
import { city, coast, provideBench } from "../submission/submission-bench.ts";
import { createLinkBench, type LinkBench, newId } from "./link-bench.ts";

const bench = provideBench();
let link: LinkBench;
beforeAll(() => {
  link = createLinkBench(bench().test);
});

/** Fails wherever that patient is among those to be worked out. */
function failing(store: LinkStore, patientId: string): LinkStore {
  return {
    ...store,
    inTurn: (work) =>
      store.inTurn((unit) =>
        work({
          ...unit,
          readRows: (patients) => {
            if (patients.some(({ id }) => id === patientId)) throw new Error("cannot be worked out");
            return unit.readRows(patients);
          },
        }),
      ),
  };
}

describe("a person that makes the linker fail", () => {
  it("is put behind all others, who are linked, and is linked as soon as it can be", async () => {
    for (const who of [1, 2, 3])
      for (const actor of [city, coast]) await bench().send(actor, [recordOf(who, { initiatingEvents: [event()] })]);
    const [poison] = await bench().test.query(
      "select patient_id::text as id from link.due where patient_id is not null order by id limit 1",
    );
    const linker = createLinker({
      store: failing(link.store, String(poison?.id)),
      rules: { persons: PERSON_RULES, episodes: EPISODE_RULES },
      clock: { now: () => "2026-07-01T09:00:00Z" },
      newId,
      batchLines: 2_000,
      wait: async () => undefined,
    });
    const before = await link.store.countDue();
    let faults = 0;
    for (let turn = 0; turn < 4 * before; turn++) await linker.workBatch().catch(() => faults++);
    expect(faults).toBeGreaterThan(0);
    expect((await link.links()).persons).toHaveLength(2);
    expect(await link.store.countDue()).toBeGreaterThan(0);
    await link.workOff();
    expect((await link.links()).persons).toHaveLength(3);
    expect(await link.store.countDue()).toBe(0);
  });
});
