import { describe, expect, it } from "vitest";
import { CliError } from "../../../src/cli/cli-error.ts";
import { toRotation } from "../../../src/cli/rotate-keys.ts";

const NOTHING = { organisation: undefined, prepare: false };

describe("the commands that replace keys", () => {
  it("are three, and others are not taken for one", () => {
    expect(toRotation("rotate-master-key", NOTHING)).toEqual({ kind: "MASTER" });
    expect(toRotation("rotate-master-key", { ...NOTHING, prepare: true })).toEqual({ kind: "PREPARE_MASTER" });
    expect(toRotation("rotate-token-secret", NOTHING)).toEqual({ kind: "TOKENS" });
    expect(toRotation("rotate-data-key", { ...NOTHING, organisation: "RXX" })).toEqual({ kind: "DATA", ods: "RXX" });
    expect(toRotation("submit", NOTHING)).toBeNull();
  });

  it("need the organisation whose key it is", () => {
    expect(() => toRotation("rotate-data-key", NOTHING)).toThrow(CliError);
  });
});
