import "reflect-metadata";
import { registerEnumType } from "type-graphql";

/** A GraphQL enum as type-graphql knows it: each name is its own value. */
export type NameEnum = Readonly<Record<string, string>>;

/**
 * Registers an enum whose values are the given names; `descriptions` explains those that do not speak for themselves, `deprecations` says
 * why a name is not to be used any more.
 */
export function registerNames(
  name: string,
  description: string,
  names: readonly string[],
  descriptions: Readonly<Record<string, string>> = {},
  deprecations: Readonly<Record<string, string>> = {},
): NameEnum {
  const values: NameEnum = Object.fromEntries(names.map((value) => [value, value]));
  const valuesConfig = Object.fromEntries(
    Object.entries(descriptions).map(([value, description]) => {
      const deprecationReason = deprecations[value];
      return [value, deprecationReason === undefined ? { description } : { description, deprecationReason }];
    }),
  );
  registerEnumType(values, { name, description, valuesConfig });
  return values;
}
