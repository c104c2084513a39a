import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { TokenRefusal } from "../../../src/access/ports.ts";
import { AT_ONCE, createRefusalNotes } from "../../../src/access/refusal-notes.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const refusalOf = (clientId: string | null): TokenRefusal => ({
  reason: "NOT_VERIFIED",
  clientId,
  ods: clientId === null ? null : "RAA",
  correlationId: "c",
});

function watch(write?: () => Promise<void>) {
  const written: { readonly who: string | null; readonly uncounted: number }[] = [];
  const faults: unknown[] = [];
  const notes = createRefusalNotes({
    write: async ({ clientId }, uncounted) => {
      await write?.();
      written.push({ who: clientId, uncounted });
    },
    reportFault: (error) => faults.push(error),
  });
  /** Refusals that the entries stand for. */
  const told = (): number => written.reduce((sum, { uncounted }) => sum + 1 + uncounted, 0);
  return { notes, written, faults, told };
}

describe("the notes of refused token requests", () => {
  it("have an entry for each of a hundred, before the answer", async () => {
    const { notes, written } = watch();
    for (let i = 0; i < AT_ONCE; i += 1) await notes.note(refusalOf("a"));
    expect(written).toEqual(Array.from({ length: AT_ONCE }, () => ({ who: "a", uncounted: 0 })));
  });

  it("of a flood stay few, and add up to every one of them", async () => {
    const { notes, written, told } = watch();
    for (let i = 0; i < 5_000; i += 1) await notes.note(refusalOf(null));
    expect(written).toHaveLength(AT_ONCE);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([written.length, told()]).toEqual([AT_ONCE + 1, 5_000]);
    for (let i = 0; i < 50; i += 1) await notes.note(refusalOf(null));
    await notes.close();
    expect([written.length <= AT_ONCE + 12, told()]).toEqual([true, 5_050]);
  });

  it("of one client are not used up by strangers or another one", async () => {
    const { notes, written } = watch();
    for (let i = 0; i < 1_000; i += 1) await notes.note(refusalOf(i % 2 === 0 ? null : "a"));
    await notes.note(refusalOf("b"));
    expect(written.at(-1)).toEqual({ who: "b", uncounted: 0 });
    await notes.close();
  });

  it("report an entry that cannot be written, and fail nobody's answer", async () => {
    const { notes, faults } = watch(() => Promise.reject(new Error("database")));
    await notes.note(refusalOf("a"));
    expect(faults).toHaveLength(1);
  });
});
