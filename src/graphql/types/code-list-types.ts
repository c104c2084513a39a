/** GraphQL types of code lists: a strict enum for answers and filters, a lenient scalar for record inputs. */
import type { GraphQLScalarType } from "graphql";
import type { Dictionary } from "../../dataset/dictionary.ts";
import { createCodeScalar } from "../scalars/lenient-scalars.ts";
import { type NameEnum, registerNames } from "./register-names.ts";

export interface CodeListTypes {
  /** Enum of a code list by the list's name. @throws Error for a name the dictionary does not have: a fault of the dictionary. */
  enumOf(listName: string | undefined): NameEnum;
  /** Input scalar of a code list by the list's name. @throws Error as `enumOf` */
  scalarOf(listName: string | undefined): GraphQLScalarType;
}

export function createCodeListTypes(dictionary: Dictionary): CodeListTypes {
  const enums = new Map<string, NameEnum>();
  const scalars = new Map<string, GraphQLScalarType>();
  for (const [name, { list }] of dictionary.codeLists) {
    const labels = Object.fromEntries(list.options.map((option) => [option.key, option.label]));
    enums.set(name, registerNames(name, `${list.label}.`, Object.keys(labels), labels));
    scalars.set(name, createCodeScalar(list));
  }
  return { enumOf: (name) => only(enums, name), scalarOf: (name) => only(scalars, name) };
}

function only<T>(types: ReadonlyMap<string, T>, name: string | undefined): T {
  const type = name === undefined ? undefined : types.get(name);
  if (type === undefined) throw new Error(`The dictionary has no code list "${name ?? ""}".`);
  return type;
}
