/**
 * Our own walk over the variables, before graphql coerces them: graphql's messages print the value that was sent, and ours never do.
 * It finds the first fault of structure (an unknown member, an object where a list belongs, a missing option) and leaves values in
 * records to the dictionary. Then it takes the large inputs out, so that graphql does not walk 40,000 values a second time.
 */
import { GatewayError } from "../errors/gateway-error.ts";
import { holdsNul } from "../lib/holds-nul.ts";
import { findNearest } from "../lib/nearest-text.ts";
import type { InputMember, InputTable, Shape } from "./input-table.ts";
import { refuseOverLimit } from "./refuse-over-limit.ts";

/** A name that may be shown: anything else could be a value in the place of a name. */
const SHOWN_NAME = /^[A-Za-z][A-Za-z0-9]{0,39}$/;

/** A fault, with the way to it from the inside out. Built only where there is one, so a faultless walk allocates nothing. */
interface Fault {
  readonly text: string;
  readonly nearest: string | null;
  readonly way: (string | number)[];
}

/**
 * Checks one value and says nothing where it is well formed.
 * @throws GatewayError BAD_USER_INPUT with the path, LIMIT_EXCEEDED
 */
export function checkValue(value: unknown, shape: Shape, nullable: boolean, name: string): void {
  const fault = findFault(value, shape, nullable);
  if (fault === null) return;
  const path = toPath([...fault.way, name].reverse());
  const hint = fault.nearest === null ? "" : ` Did you mean "${fault.nearest}"?`;
  const details: Record<string, string> = fault.nearest === null ? { path } : { path, nearestName: fault.nearest };
  throw new GatewayError("BAD_USER_INPUT", `${fault.text} at ${path}.${hint}`, { details });
}

const faultOf = (text: string, nearest: string | null = null): Fault => ({ text, nearest, way: [] });

function findFault(value: unknown, shape: Shape, nullable: boolean): Fault | null {
  if (value === null || value === undefined) return nullable ? null : faultOf("A value is required");
  switch (shape.kind) {
    case "any":
      return null;
    case "leaf":
      return findLeafFault(value, shape);
    case "list":
      return findListFault(value, shape);
    case "object":
      return findObjectFault(value, shape.table);
  }
}

/** The type itself judges; its message would print the value, so only its verdict is used. */
function findLeafFault(value: unknown, { type, isMaterial }: Extract<Shape, { kind: "leaf" }>): Fault | null {
  try {
    type.parseValue(value);
    return isMaterial !== true && holdsNul(value) ? faultOf("A text without the character NUL is required") : null;
  } catch {
    const options =
      "getValues" in type
        ? `: one of ${type
            .getValues()
            .map(({ name }) => name)
            .join(", ")}`
        : "";
    return faultOf(`Not a valid ${type.name}${options}`);
  }
}

function findListFault(value: unknown, { entry, entryRequired, strict, limit }: Extract<Shape, { kind: "list" }>): Fault | null {
  if (!Array.isArray(value)) return strict ? faultOf("A list is required") : findFault(value, entry, !entryRequired);
  if (limit !== null) refuseOverLimit(limit, value.length);
  for (let index = 0; index < value.length; index++) {
    const fault = findFault(value[index], entry, !entryRequired);
    if (fault !== null) return from(fault, index);
  }
  return null;
}

function findObjectFault(value: unknown, table: InputTable): Fault | null {
  if (!isMembers(value)) return faultOf("An object is required");
  for (const name of Object.keys(value)) {
    const member = table.members.get(name);
    if (member === undefined) return unknownMember(name, table.members);
    const fault = findFault(value[name], member.shape, member.nullable);
    if (fault !== null) return from(fault, name);
  }
  for (const name of table.required) if (!Object.hasOwn(value, name)) return from(faultOf("A value is required"), name);
  return null;
}

const isMembers = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function unknownMember(name: string, members: ReadonlyMap<string, InputMember>): Fault {
  const shown = SHOWN_NAME.test(name);
  return faultOf(shown ? `Unknown field "${name}"` : "Unknown field", shown ? findNearest(name, members.keys()) : null);
}

function from(fault: Fault, step: string | number): Fault {
  fault.way.push(step);
  return fault;
}

/** `input.records[3].patient`. Steps below the variable are names of the schema; the variable's own name is the sender's. */
function toPath(steps: readonly (string | number)[]): string {
  let path = "";
  for (const step of steps) {
    if (typeof step === "number") path += `[${step}]`;
    else path += `${path === "" ? "" : "."}${SHOWN_NAME.test(step) ? step : "(variable)"}`;
  }
  return path;
}
