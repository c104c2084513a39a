import { describe, expect, it } from "vitest";
import { EPISODE_RULES } from "../../../src/episodes/default-episode-rules.ts";
import { gatherEpisodes } from "../../../src/episodes/gather-episodes.ts";
import type { GatheredLinks } from "../../../src/episodes/gather-links.ts";
import type { EpisodeEvent } from "../../../src/episodes/judge-events.ts";
import type { LinkDecision } from "../../../src/episodes/link-words.ts";
import { decide, eventOn, procedureOn } from "./events.ts";

const gather = (events: readonly EpisodeEvent[], ...decisions: readonly LinkDecision[]): GatheredLinks =>
  gatherEpisodes(events, decisions, EPISODE_RULES);
/** The groups by the letters of their events: `AB C`. */
const groupsOf = ({ groups }: GatheredLinks): string =>
  groups.map(({ members }) => members.map(({ id }) => id).join("")).join(" ");
const proposalsOf = ({ proposals }: GatheredLinks): readonly string[] =>
  proposals.map(({ a, b, heldBackBy }) => `${a.id}${b.id}${heldBackBy ? ` but ${heldBackBy.a.id}${heldBackBy.b.id}` : ""}`);

const A = eventOn("A", 0, "MI_STEMI");

describe("gathering the episodes of a person", () => {
  it("makes one episode of an infarction here, its PCI there and the surgery at a third hospital, and says why", () => {
    const events = [A, procedureOn("B", 1, "PCI"), procedureOn("C", 40, "BYPASS_SURGERY")];
    const gathered = gather(events);
    expect(groupsOf(gathered)).toBe("ABC");
    expect(
      gathered.groups[0]?.links.map(({ a, b, verdict, by }) => [a.id + b.id, verdict?.rule, verdict?.confidence, by]),
    ).toEqual([
      ["AB", "ONE_STAY", "PROBABLE", "RULE"],
      ["AC", "CORONARY_EVENT_THEN_REVASCULARISATION", "PROBABLE", "RULE"],
    ]);
    // PCI and surgery 39 days apart would only have been proposed; the infarction explains both.
    expect(gathered.proposals).toEqual([]);
  });

  it("leaves an event alone that nothing is linked to, and proposes what is only near", () => {
    const gathered = gather([A, eventOn("B", 60, "HEART_FAILURE"), eventOn("C", 300, "HEART_FAILURE")]);
    expect(groupsOf(gathered)).toBe("A B C");
    expect(proposalsOf(gathered)).toEqual(["AB"]);
  });

  it("gives a treatment between two infarctions to the nearer one, and holds the other link back", () => {
    const gathered = gather([A, eventOn("B", 60, "MI_NSTEMI"), procedureOn("C", 65, "PCI")]);
    expect(groupsOf(gathered)).toBe("A BC");
    // The infarctions themselves are the other thing to look at, but two groups make one proposal: the surest.
    expect(proposalsOf(gathered)).toEqual(["AC but AB"]);
  });

  it("lets what a record says go before what is near", () => {
    const listing = eventOn("A", 0, "MI_STEMI", ["BYPASS_SURGERY", 65]);
    const gathered = gather([listing, eventOn("B", 60, "MI_NSTEMI"), procedureOn("C", 65, "BYPASS_SURGERY")]);
    expect(groupsOf(gathered)).toBe("AC B");
  });

  it("does not creep from event to event over months", () => {
    const chain = [0, 80, 160, 240].map((day, at) => procedureOn("ABCD".charAt(at), day, "PCI"));
    expect(groupsOf(gather(chain))).toBe("AB CD");
  });
});

describe("people's decisions", () => {
  const failure = eventOn("B", 60, "HEART_FAILURE");
  const later = eventOn("C", 200, "MI_STEMI");

  it("link what no rule would, and the link says that it was a person's", () => {
    const gathered = gather([A, failure, later], decide([A, later], "CONFIRMED", 10));
    expect(groupsOf(gathered)).toBe("AC B");
    expect(gathered.groups[0]?.links).toMatchObject([{ by: "PERSON", verdict: { action: "SEPARATE" } }]);
  });

  it("keep apart what a rule would link, and it is not proposed again", () => {
    const pci = procedureOn("B", 5, "PCI");
    const gathered = gather([A, pci], decide([pci, A], "REJECTED", 10));
    expect(groupsOf(gathered)).toBe("A B");
    expect(gathered.proposals).toEqual([]);
  });

  it("keep a rejected pair apart also where a third event is linked to both: it stays with the nearer one", () => {
    const events = [A, procedureOn("B", 10, "PCI"), procedureOn("C", 14, "BYPASS_SURGERY")];
    expect(groupsOf(gather(events))).toBe("ABC");
    const gathered = gather(events, decide([A, procedureOn("C", 14, "BYPASS_SURGERY")], "UNLINKED", 10));
    expect(groupsOf(gathered)).toBe("A BC");
    // Nothing more is asked of the two groups: the unlinking spoke for the whole of them.
    expect(gathered.proposals).toEqual([]);
  });

  it("stand in the order in which they were made: the latest about a pair counts", () => {
    const events = [A, failure];
    const confirmed = decide(events, "CONFIRMED", 10);
    const unlinked = decide(events, "UNLINKED", 11);
    const again = decide(events, "CONFIRMED", 12);
    expect(groupsOf(gather(events, confirmed))).toBe("AB");
    expect(groupsOf(gather(events, unlinked, confirmed))).toBe("A B");
    expect(groupsOf(gather(events, again, unlinked, confirmed))).toBe("AB");
    expect(groupsOf(gather(events, decide(events, "REJECTED", 12), again))).toBe("A B");
  });

  it("that contradict each other keep the rejected pair apart and the older link, and name the newer one", () => {
    const events = [A, failure, later];
    const decisions = [decide([A, failure], "CONFIRMED", 10), decide([A, later], "REJECTED", 12)];
    const gathered = gather(events, ...decisions, decide([failure, later], "CONFIRMED", 11));
    expect(groupsOf(gathered)).toBe("AB C");
    expect(gathered.contradictions.map(({ a, b }) => a.id + b.id)).toEqual(["BC"]);
  });

  it("about events that are gone say nothing", () => {
    expect(groupsOf(gather([A], decide([A, failure], "CONFIRMED", 10)))).toBe("A");
  });
});
