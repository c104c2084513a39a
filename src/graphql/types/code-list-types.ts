/** GraphQL types of code lists: a strict enum for answers and filters, a lenient scalar for record inputs. */
import type { GraphQLScalarType } from "graphql";
import type { CodeList, CodeOption } from "../../dataset/define.ts";
import type { Dictionary } from "../../dataset/dictionary.ts";
import { createCodeScalar } from "../scalars/lenient-scalars.ts";
import { joinMembers, noteVersions, type VersionedMember } from "./members-of-versions.ts";
import { type NameEnum, registerNames } from "./register-names.ts";

export interface CodeListTypes {
  /** Enum of a code list by the list's name. @throws Error for a name the dictionary does not have: a fault of the dictionary. */
  enumOf(listName: string | undefined): NameEnum;
  /** Input scalar of a code list by the list's name. @throws Error as `enumOf` */
  scalarOf(listName: string | undefined): GraphQLScalarType;
}

/** @param dictionaries newest first. Options that only older ones have are taken as input, and never answered. */
export function createCodeListTypes(dictionaries: readonly Dictionary[]): CodeListTypes {
  const enums = new Map<string, NameEnum>();
  const scalars = new Map<string, GraphQLScalarType>();
  const lists = joinMembers(
    dictionaries.map(({ version, codeLists }) => ({ version, members: [...codeLists.values()].map(({ list }) => list) })),
    ({ name }) => name,
  );
  for (const { member: list } of lists) {
    const options = listOptions(list.name, dictionaries);
    enums.set(list.name, createEnum(list, options));
    scalars.set(
      list.name,
      createCodeScalar(
        list,
        options.map((option) => ({ ...option.member, note: noteVersions(option) })),
      ),
    );
  }
  return { enumOf: (name) => only(enums, name), scalarOf: (name) => only(scalars, name) };
}

const listOptions = (name: string, dictionaries: readonly Dictionary[]): readonly VersionedMember<CodeOption>[] =>
  joinMembers(
    dictionaries.map(({ version, codeLists }) => ({ version, members: codeLists.get(name)?.list.options ?? [] })),
    ({ key }) => key,
  );

function createEnum({ name, label }: CodeList, options: readonly VersionedMember<CodeOption>[]): NameEnum {
  const labels = Object.fromEntries(options.map(({ member }) => [member.key, member.label]));
  const former = options.filter(({ current }) => !current);
  const deprecations = Object.fromEntries(
    former.map((option) => [option.member.key, `${noteVersions(option).trim()} Never answered.`]),
  );
  return registerNames(name, `${label}.`, Object.keys(labels), labels, deprecations);
}

function only<T>(types: ReadonlyMap<string, T>, name: string | undefined): T {
  const type = name === undefined ? undefined : types.get(name);
  if (type === undefined) throw new Error(`The dictionary has no code list "${name ?? ""}".`);
  return type;
}
