import { describe, expect, it } from "vitest";
import { EPISODE_RULES } from "../../../src/episodes/default-episode-rules.ts";
import type { LinkStore, LinkUnit } from "../../../src/episodes/link-ports.ts";
import { createLinker } from "../../../src/episodes/linker.ts";
import { PERSON_RULES } from "../../../src/episodes/person-rules.ts";

const nobody = async () => [];
const unit: LinkUnit = {
  takeDue: async () => ({ taken: 0, patients: [] }),
  putOff: async () => undefined,
  patientsOf: nobody,
  neighbours: nobody,
  readRows: async () => ({ patients: [], events: [], merges: [], decisions: { PERSON: [], EPISODE: [] } }),
  readLines: async () => ({ persons: [], episodes: [], pairs: [], grants: [] }),
  write: async () => undefined,
};

/** A linker whose turn comes after so many tries. */
function linkerAfter(tries: number) {
  let tried = 0;
  const inTurn: LinkStore["inTurn"] = (work) => (++tried > tries ? work(unit) : Promise.resolve(null));
  const linker = createLinker({
    store: { inTurn, countDue: async () => 0 },
    rules: { persons: PERSON_RULES, episodes: EPISODE_RULES },
    clock: { now: () => "2026-07-01T09:00:00Z" },
    newId: () => "id",
    batchLines: 10,
    wait: async () => undefined,
  });
  return { linker, tried: () => tried };
}

const DECIDED = { kind: "PERSON", records: [] } as const;

describe("the linker", () => {
  it("works nothing off while another one is at work", async () => {
    const { linker } = linkerAfter(1);
    expect(await linker.workBatch()).toBeNull();
    expect(await linker.workBatch()).toEqual({ taken: 0, isFull: false, patients: 0, changed: 0, tooLarge: 0 });
  });

  it("waits a while for its turn to work a decision out", async () => {
    const { linker, tried } = linkerAfter(2);
    expect(await linker.relink(DECIDED)).toBe(true);
    expect(tried()).toBe(3);
  });

  it("says after a few seconds that a decision is not worked out yet", async () => {
    const { linker } = linkerAfter(Number.POSITIVE_INFINITY);
    expect(await linker.relink(DECIDED)).toBe(false);
  });
});
