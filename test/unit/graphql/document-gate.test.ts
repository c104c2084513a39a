import { readdirSync, readFileSync } from "node:fs";
import { getIntrospectionQuery, parse, print } from "graphql";
import { describe, expect, it } from "vitest";
import { checkDocument } from "../../../src/lib/document-gate.ts";
import { LIMITS } from "../../../src/lib/limits.ts";

const nest = (depth: number): string => (depth === 0 ? "" : `{a${nest(depth - 1)}}`);
const repeat = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join(" ");
const fragmentBomb = (levels: number): string =>
  `{...f0} ${repeat(levels, (i) => `fragment f${i} on Q {x${i}{...f${i + 1}} y${i}{...f${i + 1}}}`)} fragment f${levels} on Q {z}`;

const REFUSED: readonly (readonly [title: string, document: string, limit: string])[] = [
  ["17 KiB of comment", `#${"x".repeat(17 * 1024)}\n{a}`, "documentBytes"],
  ["more than 1,000 tokens", `{a(list:[${repeat(1_001, () => "1")}])}`, "documentTokens"],
  ["16 levels", nest(16), "documentDepth"],
  ["16 levels through a fragment", `{a{...f}} fragment f on Q ${nest(15)}`, "documentDepth"],
  ["a fragment that spreads itself", "{...f} fragment f on Q {a{...f}}", "documentDepth"],
  ["11 fields at the top", `{${repeat(11, (i) => `a${i}`)}}`, "rootFields"],
  ["61 equal fields in one set", `{a{${repeat(61, () => "b")}}}`, "selectionsPerSet"],
  ["16 aliases of __typename", `{a{${repeat(16, (i) => `t${i}:__typename`)}}}`, "aliases"],
  ["6 directives", `{a ${repeat(6, () => "@skip(if:false)")}}`, "directives"],
  ["6 directives on a variable", `query($v:Int ${repeat(6, () => "@x")}){a(v:$v)}`, "directives"],
  ["21 fragments", `{a} ${repeat(21, (i) => `fragment f${i} on Q {a}`)}`, "fragments"],
  ["fragments that double at each of ten levels", fragmentBomb(10), "expandedSelections"],
];

describe("the document gate", () => {
  it.each(REFUSED)("refuses %s", (_title, document, limit) => {
    expect(checkDocument(document, LIMITS)).toBe(limit);
  });

  it("lets a document through that is just within each limit (control of the cases above)", () => {
    expect(checkDocument(nest(15), LIMITS)).toBeNull();
    expect(checkDocument(`{${repeat(10, (i) => `a${i}`)}}`, LIMITS)).toBeNull();
    expect(checkDocument(`{a{${repeat(60, () => "b")}}}`, LIMITS)).toBeNull();
    expect(checkDocument(`{a{${repeat(15, (i) => `t${i}:__typename`)}}}`, LIMITS)).toBeNull();
    expect(checkDocument(fragmentBomb(7), LIMITS)).toBeNull();
  });

  it("lets standard introspection through", () => {
    expect(checkDocument(getIntrospectionQuery(), LIMITS)).toBeNull();
    expect(
      checkDocument(
        getIntrospectionQuery({ specifiedByUrl: true, inputValueDeprecation: true, schemaDescription: true }),
        LIMITS,
      ),
    ).toBeNull();
  });

  it("lets a document through that is not GraphQL: the server says so", () => {
    expect(checkDocument("{this is not (", LIMITS)).toBeNull();
  });

  it("lets every document of our own clients through", () => {
    const folder = new URL("../../../schema/graphql/operations/", import.meta.url);
    const documents = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), "utf8"));
    const [fragments = "", ...operations] = documents.toSorted((a) => (a.includes("fragment SubmissionFields") ? -1 : 1));
    for (const operation of operations) expect(checkDocument(print(parse(`${operation}\n${fragments}`)), LIMITS)).toBeNull();
  });

  it("takes a few milliseconds at most for the worst document it lets parse (0.14 ms measured)", () => {
    const worst = `{${repeat(10, () => `self{${repeat(23, () => "hello")}}`)}}`;
    for (let i = 0; i < 200; i++) checkDocument(worst, LIMITS);
    const start = performance.now();
    for (let i = 0; i < 200; i++) checkDocument(worst, LIMITS);
    expect((performance.now() - start) / 200).toBeLessThan(10);
  });
});
