/** Scalars of answers and of request arguments. Values we serialise are ISO text already, so writing them costs nothing. */
import { GraphQLError, GraphQLScalarType, Kind, type ValueNode, valueFromASTUntyped } from "graphql";
import { parseCalendarDate } from "../../lib/calendar-date.ts";

const DATE_LENGTH = 10;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** The message holds the type's name only: graphql would print the value. */
const refuse = (name: string): never => {
  throw new GraphQLError(`Not a valid ${name}.`);
};

function createTextScalar(
  name: string,
  description: string,
  read: (text: string) => string | null,
): GraphQLScalarType<string, string> {
  const parse = (value: unknown): string => (typeof value === "string" ? read(value) : null) ?? refuse(name);
  return new GraphQLScalarType<string, string>({
    name,
    description,
    parseValue: parse,
    parseLiteral: (node: ValueNode) => parse(node.kind === Kind.STRING ? node.value : null),
    serialize: (value) => String(value),
  });
}

const readDate = (text: string): string | null =>
  text.length === DATE_LENGTH && text[4] === "-" ? parseCalendarDate(text) : null;

function readInstant(text: string): string | null {
  if (!INSTANT.test(text) || readDate(text.slice(0, DATE_LENGTH)) === null) return null;
  const instant = new Date(text);
  return Number.isNaN(instant.getTime()) ? null : instant.toISOString();
}

export const DateScalar = createTextScalar("Date", "A calendar date, `YYYY-MM-DD`.", readDate);
export const DateTimeScalar = createTextScalar(
  "DateTime",
  "An instant in ISO 8601 with its offset: `2026-03-02T09:30:00Z`.",
  readInstant,
);
export const PartialDateScalar = createTextScalar(
  "PartialDate",
  "A calendar date of the precision that is known: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.",
  (text) => (/^\d{4}(-\d{2}){0,2}$/.test(text) ? text : null),
);

/** Any JSON value; what it must hold is said where it is used. */
export const JsonScalar = new GraphQLScalarType({
  name: "JSON",
  description: "Any JSON value.",
  parseValue: (value) => value,
  parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
  serialize: (value) => value,
});
