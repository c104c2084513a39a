/** Takes the large input of an operation out of its variables. */
import type { Shape } from "./input-table.ts";
import { RECORD_INPUT } from "./input-table.ts";
import type { Hoisted, HoistName } from "./operation-marks.ts";

export type Variables = Readonly<Record<string, unknown>>;

interface Candidate {
  readonly variable: string;
  /** The member of the variable's object; null where the variable is the list itself. */
  readonly member: string | null;
  readonly hoist: HoistName;
  readonly value: unknown;
  readonly isList: boolean;
}

/**
 * The variables without their large input, and that input. Where an operation has several, none is taken: it could not be told which
 * field each belongs to, so graphql walks them as usual. Nothing that was passed in is changed.
 */
export function hoistInputs(
  variables: Variables,
  shapes: ReadonlyMap<string, Shape>,
): { readonly variables: Variables; readonly hoisted: Hoisted } {
  const [candidate, ...others] = [...shapes].flatMap(([name, shape]) => findCandidates(name, variables[name], shape));
  if (candidate === undefined || others.length > 0) return { variables, hoisted: {} };
  const { variable, member, hoist, value, isList } = candidate;
  const placeholder = isList ? [] : {};
  const rest = member === null ? placeholder : { ...toObject(variables[variable]), [member]: placeholder };
  return {
    variables: { ...variables, [variable]: rest },
    hoisted: { [hoist]: isList && !Array.isArray(value) ? [value] : value },
  };
}

function findCandidates(variable: string, value: unknown, shape: Shape): Candidate[] {
  if (value === null || value === undefined) return [];
  if (shape.kind === "list" && shape.entry.kind === "object" && shape.entry.table.typeName === RECORD_INPUT)
    return [{ variable, member: null, hoist: "records", value, isList: true }];
  if (shape.kind !== "object") return [];
  const members = toObject(value);
  return [...shape.table.members].flatMap(([member, { hoist, shape: inner }]) =>
    hoist !== null && Object.hasOwn(members, member)
      ? [{ variable, member, hoist, value: members[member], isList: inner.kind === "list" }]
      : [],
  );
}

const toObject = (value: unknown): Variables => (typeof value === "object" && value !== null ? { ...value } : {});
