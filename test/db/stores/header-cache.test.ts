import { describe, expect, it } from "vitest";
import { createHeaderCache } from "../../../src/persistence/header-cache.ts";
import { actorOf, headerOf } from "./store-fixture.ts";

const own = actorOf("RAA", "P1");
const make = () => headerOf(own, {}, 1);
const bytesOf = (header: object) => JSON.stringify(header).length * 2;

describe("the cache of finished answers", () => {
  it("finds an answer under its own organisation only", () => {
    const cache = createHeaderCache();
    const header = make();
    cache.keep(header);
    expect([cache.find("RAA", header.id), cache.find("RBB", header.id)]).toEqual([header, null]);
  });

  it("drops what was not read for longest when its bytes are used up", () => {
    const [first, second, third] = [make(), make(), make()];
    const cache = createHeaderCache(bytesOf(first) * 2.5);
    cache.keep(first);
    cache.keep(second);
    cache.find("RAA", first.id);
    cache.keep(third);
    expect([first, second, third].map((header) => cache.find("RAA", header.id) !== null)).toEqual([true, false, true]);
  });

  it("keeps neither what is larger than the whole cache nor what may still change", () => {
    const large = make();
    const cache = createHeaderCache(bytesOf(large) - 1);
    cache.keep(large);
    const roomy = createHeaderCache();
    const running = { ...make(), status: "PROCESSING" } as const;
    const dryRun = { ...make(), mode: "VALIDATE_ONLY" } as const;
    roomy.keep(running);
    roomy.keep(dryRun);
    expect([cache.find("RAA", large.id), roomy.find("RAA", running.id), roomy.find("RAA", dryRun.id)]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it("forgets, and counts the bytes back", () => {
    const [first, second] = [make(), make()];
    const cache = createHeaderCache(bytesOf(first) * 1.5);
    cache.keep(first);
    cache.forget("RAA", first.id);
    expect(cache.find("RAA", first.id)).toBeNull();
    cache.keep(second);
    expect(cache.find("RAA", second.id)).toEqual(second);
  });
});
