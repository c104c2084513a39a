import { describe, expect, it } from "vitest";
import { createLogger, describeFailure } from "../../../src/observability/logger.ts";

function keepLines() {
  const lines: string[] = [];
  return { lines, sink: { write: (line: string) => void lines.push(line) } };
}

describe("a log line", () => {
  it("has the fields of the allow-list and drops every other, however it came there", () => {
    const { lines, sink } = keepLines();
    const passed = {
      status: 200,
      route: "/graphql",
      body: "Canary",
      headers: { cookie: "Canary" },
      msg: "Canary",
      err: new Error("Canary"),
    };
    createLogger("info", sink).log("info", "request", passed);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { level: 30, time: expect.any(String), event: "request", status: 200, route: "/graphql" },
    ]);
  });

  it("is written at its level and above", () => {
    const { lines, sink } = keepLines();
    const logger = createLogger("warn", sink);
    logger.log("info", "no");
    logger.log("warn", "yes");
    createLogger("silent", sink).log("error", "no");
    expect(lines).toHaveLength(1);
  });
});

describe("a failure in the log", () => {
  it("is its class, code and frames, without a word of its message", () => {
    const failure = Object.assign(new TypeError("Canary 9434765919\n    patient Canary"), {
      code: "ECONNREFUSED",
      detail: "Canary",
    });
    const described = describeFailure(failure);
    expect(described).toMatchObject({ errorName: "TypeError", errorCode: "ECONNREFUSED" });
    expect(described.stack).toContain("logger.test.ts");
    expect(JSON.stringify(described)).not.toContain("Canary");
  });

  it.each([
    ["a text", "Canary"],
    ["a number", 9434765919],
    ["nothing", undefined],
    ["an object", { message: "Canary" }],
  ])("that is %s is named by its type alone", (_name, thrown) => {
    expect(describeFailure(thrown)).toEqual({ errorName: typeof thrown });
  });

  it("keeps no code that could be a value", () => {
    for (const code of ["Canary", "9434765919 ", "x".repeat(50), ""])
      expect(describeFailure(Object.assign(new Error("x"), { code }))).not.toHaveProperty("errorCode");
  });
});
