import { describe, expect, it } from "vitest";
import { checkOptions } from "../../../src/submission/check-options.ts";
import type { SubmitCommand } from "../../../src/submission/commands.ts";

const OPTIONS: SubmitCommand["options"] = {
  idempotencyKey: "key-1",
  programmeCode: "P1",
  sourceSystem: { vendor: "Vendor", product: "Product", version: "1.0 β" },
  datasetVersion: "gw-1.0",
  mode: "COMMIT",
  errorPolicy: "REJECT_FAILED",
};
const ACTOR: SubmitCommand["actor"] = { clientId: "client", role: "SUBMITTER", ods: "RAA", programmes: ["P1"], scopes: [] };

const refusalOf = (options: Partial<SubmitCommand["options"]>, more: Partial<SubmitCommand> = {}): unknown => {
  try {
    checkOptions({ actor: ACTOR, profile: null, ...more, options: { ...OPTIONS, ...options } });
    return null;
  } catch (error) {
    return error;
  }
};
const system = (more: object) => ({ sourceSystem: { ...OPTIONS.sourceSystem, ...more } });

describe("what accompanies a submission", () => {
  it("may be any plain text, and no key at all in a dry run", () => {
    expect(refusalOf({})).toBeNull();
    expect(refusalOf({ idempotencyKey: null })).toBeNull();
    expect(refusalOf({}, { profile: "hl7-uk" })).toBeNull();
    expect(refusalOf({ idempotencyKey: "k".repeat(255) })).toBeNull();
  });

  it.each([
    ["a zero in the vendor", system({ vendor: "a\u0000b" }), {}, "input.options.sourceSystem.vendor"],
    ["an escape in the product", system({ product: "\u001b[2J" }), {}, "input.options.sourceSystem.product"],
    ["a line break in the version", system({ version: "1\n2" }), {}, "input.options.sourceSystem.version"],
    ["half a surrogate pair", system({ version: "\ud800" }), {}, "input.options.sourceSystem.version"],
    ["an empty vendor", system({ vendor: " " }), {}, "input.options.sourceSystem.vendor"],
    ["a vendor without end", system({ vendor: "v".repeat(201) }), {}, "input.options.sourceSystem.vendor"],
    ["a zero in the key", { idempotencyKey: "\u0000" }, {}, "input.options.idempotencyKey"],
    ["a key that is too long", { idempotencyKey: "k".repeat(256) }, {}, "input.options.idempotencyKey"],
    ["a zero in the dataset version", { datasetVersion: "gw\u0000" }, {}, "input.options.datasetVersion"],
    ["a zero in the profile", {}, { profile: "p\u0000" }, "input.profile"],
    ["a zero in the client's id", {}, { actor: { ...ACTOR, clientId: "c\u0000" } }, "client"],
  ])("is refused with %s, and the answer names the place and not the text", (_title, options, more, path) => {
    const error = refusalOf(options, more);
    expect(error).toMatchObject({ code: "BAD_USER_INPUT", details: { path } });
    expect(JSON.stringify(error)).not.toMatch(/\\u0000|\\u001b|kkkkk|vvvvv/);
  });
});
