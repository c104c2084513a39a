import { expect, it } from "vitest";
import { createCarryOut } from "../../../src/consent/carry-out-objection.ts";
import type { ObjectionToCarryOut } from "../../../src/consent/objection-ports.ts";

const objectionOf = (id: string): ObjectionToCarryOut => ({
  id,
  actor: { clientId: "team", role: "CLINICAL_TEAM", ods: "R1", programmes: ["P1"], scopes: [] },
  patientIds: [`patient-${id}`],
  certificateId: null,
});

it("an objection that cannot be carried out yet holds up no other one, and the ledger has what was done", async () => {
  const done: string[] = [];
  let flushed = 0;
  const carryOut = createCarryOut({
    store: {
      toCarryOut: async () => ["a", "b", "c"].map(objectionOf),
      markCarriedOut: async ({ id }) => void done.push(id),
    },
    ledger: { flush: async () => void flushed++ },
    withdrawPatients: async () => undefined,
    destroyPatient: async (_actor, patientId) => {
      if (patientId === "patient-a") throw new Error("in work");
      return "certificate";
    },
    clock: { now: () => "2026-06-30T09:00:00.000Z", today: () => "2026-06-30" },
  });
  await expect(carryOut(null)).rejects.toThrow("in work");
  expect([done, flushed]).toEqual([["b", "c"], 1]);
});
