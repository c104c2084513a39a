import { describe, expect, it } from "vitest";
import { type EpisodeCase, readEpisodeCases, readSituations } from "./episode-case.ts";
import { keysOf } from "./events.ts";
import { spreadSituations } from "./spread-situations.ts";

const cases = readEpisodeCases().flatMap(({ entries }) => entries);
const countOf = (label: EpisodeCase["label"]): number => cases.filter((one) => one.label === label).length;
const spreadAll = () => readSituations().map(({ topic, entries }) => ({ topic, entries: spreadSituations(entries) }));

describe("the labelled set of event pairs", () => {
  it("has 500 pairs of at least 60 situations, and enough of both labels", () => {
    expect(cases).toHaveLength(500);
    expect(readSituations().flatMap(({ entries }) => entries).length).toBeGreaterThanOrEqual(60);
    expect(countOf("SAME_EPISODE")).toBeGreaterThanOrEqual(150);
    expect(countOf("DIFFERENT_EPISODE")).toBeGreaterThanOrEqual(150);
  });

  it("is what the situations say, so that no label was given to a pair alone", () => {
    expect(readEpisodeCases()).toEqual(spreadAll());
  });

  it("would show a label that was changed by hand", () => {
    const [topic, ...rest] = readEpisodeCases();
    const relabelled = topic?.entries.map((one, at) => (at === 0 ? { ...one, label: "DIFFERENT_EPISODE" } : one));
    expect([{ topic: topic?.topic, entries: relabelled }, ...rest]).not.toEqual(spreadAll());
  });

  it("names each pair and each situation once, and no pair with itself", () => {
    const names = cases.map((one) => one.case);
    const situations = readSituations().flatMap(({ entries }) => entries.map(({ situation }) => situation));
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(situations).size).toBe(situations.length);
    expect(cases.filter(({ a, b }) => a.ods === b.ods && a.id === b.id)).toEqual([]);
  });

  it("speaks in the dictionary's keys", () => {
    const events = cases.flatMap(({ a, b }) => [a, b]);
    expect(keysOf("EventType")).toEqual(expect.arrayContaining(events.map(({ eventType }) => eventType)));
    expect(keysOf("TreatmentType")).toEqual(
      expect.arrayContaining(events.flatMap(({ treatments }) => treatments.map(({ type }) => type))),
    );
  });
});
