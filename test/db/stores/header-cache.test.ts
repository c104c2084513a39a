import { describe, expect, it } from "vitest";
import { createHeaderCache, type HeaderCache } from "../../../src/persistence/header-cache.ts";
import type { SubmissionHeader } from "../../../src/records/submission-record.ts";
import { actorOf, headerOf } from "./store-fixture.ts";

const own = actorOf("RAA", "P1");
const make = () => headerOf(own, {}, []);
const keepIn = (cache: HeaderCache, header: SubmissionHeader) => cache.fill(async (keep) => keep(header));
const bytesOf = (header: object) => JSON.stringify(header).length * 2;

describe("the cache of finished answers", () => {
  it("finds an answer under its own organisation only", async () => {
    const cache = createHeaderCache();
    const header = make();
    await keepIn(cache, header);
    expect([cache.find("RAA", header.id), cache.find("RBB", header.id)]).toEqual([header, null]);
  });

  it("drops what was not read for longest when its bytes are used up", async () => {
    const [first, second, third] = [make(), make(), make()];
    const cache = createHeaderCache(bytesOf(first) * 2.5);
    await keepIn(cache, first);
    await keepIn(cache, second);
    cache.find("RAA", first.id);
    await keepIn(cache, third);
    expect([first, second, third].map((header) => cache.find("RAA", header.id) !== null)).toEqual([true, false, true]);
  });

  it("keeps neither what is larger than the whole cache nor what may still change", async () => {
    const large = make();
    const cache = createHeaderCache(bytesOf(large) - 1);
    await keepIn(cache, large);
    const roomy = createHeaderCache();
    const running = { ...make(), status: "PROCESSING" } as const;
    const dryRun = { ...make(), mode: "VALIDATE_ONLY" } as const;
    await keepIn(roomy, running);
    await keepIn(roomy, dryRun);
    expect([cache.find("RAA", large.id), roomy.find("RAA", running.id), roomy.find("RAA", dryRun.id)]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it("forgets, and counts the bytes back", async () => {
    const [first, second] = [make(), make()];
    const cache = createHeaderCache(bytesOf(first) * 1.5);
    await keepIn(cache, first);
    cache.forget("RAA", first.id);
    expect(cache.find("RAA", first.id)).toBeNull();
    await keepIn(cache, second);
    expect(cache.find("RAA", second.id)).toEqual(second);
  });

  it.each([
    ["forgotten", (cache: HeaderCache, { id }: SubmissionHeader) => cache.forget("RAA", id)],
    ["dropped with everything else", (cache: HeaderCache) => cache.clear()],
  ])("does not keep what was %s while it was read: it may be the answer from before the change", async (_title, change) => {
    const cache = createHeaderCache();
    const [changed, next] = [make(), make()];
    await cache.fill(async (keep) => {
      change(cache, changed);
      keep(changed);
    });
    await keepIn(cache, next);
    expect([cache.find("RAA", changed.id), cache.find("RAA", next.id)]).toEqual([null, next]);
  });

  it("drops everything, and counts the bytes back", async () => {
    const [first, second] = [make(), make()];
    const cache = createHeaderCache(bytesOf(first) * 1.5);
    await keepIn(cache, first);
    cache.clear();
    await keepIn(cache, second);
    expect([cache.find("RAA", first.id), cache.find("RAA", second.id)]).toEqual([null, second]);
  });
});
