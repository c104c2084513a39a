import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { environment } from "../../../src/config/load-config.ts";

interface Variable {
  readonly defaultValue: string;
  readonly values: string;
}

const page = readFileSync(new URL("../../../docs/configuration.md", import.meta.url), "utf8");

const columnSchema = z.object({
  default: z.union([z.string(), z.number()]).optional(),
  enum: z.array(z.string()).optional(),
  type: z.literal(["string", "integer"]),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  pattern: z.string().optional(),
  format: z.string().optional(),
});

/** What the values column says of a variable of this form. An address is described by example, so only its first word is fixed. */
function describeValues(column: z.infer<typeof columnSchema>): string {
  if (column.enum) return column.enum.map((value) => `\`${value}\``).join(", ");
  if (column.type === "integer") return `integer, ${column.minimum} to ${column.maximum}`;
  return column.format === "uri" || column.pattern ? "address" : "text";
}

function readCode(): ReadonlyMap<string, Variable> {
  const { properties = {} } = z.toJSONSchema(environment, { io: "input" });
  return new Map(
    Object.entries(properties).map(([name, property]) => {
      const column = columnSchema.parse(property);
      return [name, { defaultValue: String(column.default ?? ""), values: describeValues(column) }];
    }),
  );
}

function readTable(text: string): ReadonlyMap<string, Variable> {
  const section = text.split("\n## The gateway\n")[1]?.split("\n## ")[0] ?? "";
  const rows = [...section.matchAll(/^\| `(\w+)` \| (?:`([^`]*)`)? ?\| ([^|]+?) \|/gm)];
  return new Map(
    rows.map(([, name = "", defaultValue = "", values = ""]) => [
      name,
      { defaultValue, values: values.startsWith("address") ? "address" : values },
    ]),
  );
}

describe("the configuration page", () => {
  it("lists exactly the variables the gateway reads, with their defaults and values", () => {
    expect(readTable(page)).toEqual(readCode());
  });

  it.each([
    ["a variable is missing", page.replace(/^\| `NACR_POOL_SIZE`.*\n/m, "")],
    ["a variable is made up", page.replace("| `PORT` ", "| `NACR_COLOUR` | `red` | text | |\n| `PORT` ")],
    ["a default is another one", page.replace("| `PORT` | `4000` |", "| `PORT` | `4001` |")],
    ["a value is left out", page.replace("`demo`, `production`", "`demo`")],
  ])("would be found wrong where %s", (_what, wrong) => {
    expect(wrong).not.toBe(page);
    expect(readTable(wrong)).not.toEqual(readCode());
  });
});
