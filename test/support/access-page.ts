/** `docs/access-matrix.md` read back: what people reviewed, as the expectation of the schemas that roles are served. */
import { readFileSync } from "node:fs";
import {
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
} from "graphql";
import type { RoleSchemas } from "../../src/graphql/role-schema.ts";
import { ROLES, type Role } from "../../src/records/actor.ts";

const PAGE = new URL("../../docs/access-matrix.md", import.meta.url);

/** Roles that see a coordinate, by the page's tables. */
type Table = ReadonlyMap<string, ReadonlySet<Role>>;
interface AccessPage {
  readonly operations: Table;
  readonly types: Table;
  readonly members: Table;
}

export function readAccessPage(text: string = readFileSync(PAGE, "utf8")): AccessPage {
  const sections = new Map(text.split(/^## /m).map((section) => [section.split("\n", 1)[0] ?? "", section]));
  const table = (title: string): Table => readTable(sections.get(title) ?? "");
  return {
    operations: table("Operations"),
    types: table("Types"),
    members: table("Members that fewer roles see than see the type"),
  };
}

function readTable(section: string): Table {
  const rows = [...section.matchAll(/^\| `(.+?)` \|(.+)\|$/gm)];
  return new Map(
    rows.map(([, coordinate = "", cells = ""]) => {
      const marks = cells.split("|").map((cell) => cell.trim());
      return [coordinate, new Set(ROLES.filter((_role, index) => (marks[index] ?? "–") !== "–"))] as const;
    }),
  );
}

/** One cell of the matrix: a role, and a type, field, argument or input field. */
export interface Cell {
  readonly coordinate: string;
  readonly role: Role;
  readonly expected: boolean;
  readonly actual: boolean;
}

/**
 * Every coordinate of the full schema for every role: by the page, and in the schema the role is served.
 * @throws Error that names operations and types that have no row
 */
export function compareWithPage(full: GraphQLSchema, schemaOf: RoleSchemas, page: AccessPage): Cell[] {
  const coordinates = listCoordinates(full, page);
  const open = coordinates.filter(({ seenBy }) => seenBy === null).map(({ coordinate }) => coordinate);
  if (open.length > 0) throw new Error(`No row in docs/access-matrix.md: ${open.join(", ")}`);
  return ROLES.flatMap((role) => {
    const there = new Set(listCoordinates(schemaOf(role), page).map(({ coordinate }) => coordinate));
    return coordinates.map(({ coordinate, seenBy }) => ({
      coordinate,
      role,
      expected: seenBy?.(role) ?? false,
      actual: there.has(coordinate),
    }));
  });
}

interface Coordinate {
  readonly coordinate: string;
  /** Null where the page says nothing. */
  readonly seenBy: ((role: Role) => boolean) | null;
}

function listCoordinates(schema: GraphQLSchema, page: AccessPage): Coordinate[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const hasMembers = (type: GraphQLNamedType) => isObjectType(type) || isInterfaceType(type) || isInputObjectType(type);
  const sees = (type: GraphQLNamedType, role: Role) => !hasMembers(type) || page.types.get(type.name)?.has(role) === true;
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (isIntrospectionType(type) || !(isObjectType(type) || isInterfaceType(type) || isInputObjectType(type))) return [];
    const isRoot = roots.some((root) => root === type);
    const owner = isRoot ? [] : [{ coordinate: type.name, seenBy: lookUp(page.types, type.name) }];
    const fields: readonly (GraphQLField<unknown, unknown> | GraphQLInputField)[] = Object.values(type.getFields());
    const members = fields.flatMap((field): Coordinate[] => {
      const name = `${type.name}.${field.name}`;
      const narrower = page.members.get(name);
      const ofField = isRoot
        ? lookUp(page.operations, name)
        : (role: Role) => sees(type, role) && sees(getNamedType(field.type), role) && (narrower?.has(role) ?? true);
      const ofArgument = (argument: string, given: GraphQLNamedType) => (role: Role) =>
        ofField?.(role) === true && sees(given, role) && (page.members.get(`${name}(${argument}:)`)?.has(role) ?? true);
      const args = "args" in field ? field.args : [];
      return [
        { coordinate: name, seenBy: ofField },
        ...args.map((argument) => ({
          coordinate: `${name}(${argument.name}:)`,
          seenBy: ofArgument(argument.name, getNamedType(argument.type)),
        })),
      ];
    });
    return [...owner, ...members];
  });
}

function lookUp(table: Table, coordinate: string): ((role: Role) => boolean) | null {
  const roles = table.get(coordinate);
  return roles === undefined ? null : (role) => roles.has(role);
}
