import { describe, expect, it } from "vitest";
import { readMllpListeners } from "../../../src/config/mllp-listeners.ts";

const LISTENER = {
  name: "pas",
  port: 2575,
  organisation: "RXX",
  programme: "CR-ONE",
  client: "trust-pas",
  sourceSystem: { vendor: "V", product: "PAS", version: "1" },
  senders: [{ facility: "RXX" }],
};
const TLS = { certificate: "a.crt", key: "a.key", clientAuthority: "ca.crt", clientNames: ["pas.example"] };

const read = (...listeners: readonly object[]) => readMllpListeners(JSON.stringify({ listeners }));
const problemsOf = (...listeners: readonly object[]): readonly string[] => {
  const answer = read(...listeners);
  return answer.ok ? [] : answer.problems;
};

describe("the file of listeners", () => {
  it("is read with its defaults: loopback, production messages", () => {
    expect(read(LISTENER)).toMatchObject({ ok: true, listeners: [{ host: "127.0.0.1", processingIds: ["P"] }] });
  });

  it("demands TLS and the names of client certificates beyond loopback", () => {
    expect(problemsOf({ ...LISTENER, host: "0.0.0.0", tls: TLS })).toEqual([]);
    for (const wrong of [{}, { tls: { ...TLS, clientAuthority: undefined, clientNames: undefined } }])
      expect(problemsOf({ ...LISTENER, host: "0.0.0.0", ...wrong })).toEqual([
        expect.stringMatching(/^listeners\.0\.tls: .*TLS/),
      ]);
    expect(problemsOf({ ...LISTENER, tls: { ...TLS, clientNames: undefined } })).toEqual([
      expect.stringContaining("belong together"),
    ]);
  });

  it("names every problem at once, and repeats no value", () => {
    const problems = problemsOf({ ...LISTENER, port: 70_000, senders: [], client: "" }, { ...LISTENER, name: "b", unknown: 1 });
    expect([...new Set(problems.map((problem) => problem.split(":")[0]))]).toEqual([
      "listeners.0.port",
      "listeners.0.client",
      "listeners.0.senders",
      "listeners.1",
    ]);
    expect(problems.join()).not.toContain("70000");
  });

  it("refuses two listeners of one name in an organisation, and what is no JSON", () => {
    expect(problemsOf(LISTENER, { ...LISTENER, port: 2576 })).toEqual([expect.stringContaining("listeners.1.name")]);
    expect(problemsOf(LISTENER, { ...LISTENER, organisation: "RYY" })).toEqual([]);
    expect(readMllpListeners("{")).toEqual({ ok: false, problems: ["is not JSON"] });
  });
});
