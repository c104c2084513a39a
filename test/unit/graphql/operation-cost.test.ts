import fc from "fast-check";
import {
  buildSchema,
  execute,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
} from "graphql";
import { describe, expect, it } from "vitest";
import { REFUSING_DEPS } from "../../../scripts/generate/refusing-deps.ts";
import { estimateNodes } from "../../../src/graphql/operation-cost.ts";
import { buildGatewaySchema } from "../../../src/graphql/schema.ts";
import { LIMITS } from "../../../src/lib/limits.ts";
import { ask, createFakeGateway, OPTIONS } from "./fake-deps.ts";

const TINY = buildSchema(`
  type Query { things(first: Int! = 20, after: String): Things!  one: Thing  list: [Thing!]! }
  type Things { nodes: [Thing!]!  edges: [Edge!]!  totalCount: Int! }
  type Edge { cursor: String!  node: Thing! }
  type Thing { id: ID!  tags: [String!]!  one: Thing  list: [Thing!]!  things(first: Int! = 20): Things! }
`);

function operationOf(source: string) {
  const document = parse(source);
  const operation = document.definitions.find((part): part is OperationDefinitionNode => part.kind === Kind.OPERATION_DEFINITION);
  if (operation === undefined) throw new Error("no operation");
  return { document, operation };
}

const cost = (source: string, variables: Readonly<Record<string, unknown>> = {}, schema: GraphQLSchema = TINY): number => {
  const { document, operation } = operationOf(source);
  return estimateNodes(schema, document, operation, variables);
};

describe("the cost of an operation", () => {
  it.each([
    ["{ one { id tags } }", {}, 1],
    ["{ list { id } }", {}, 5],
    ["{ list { list { id } } }", {}, 30],
    ["{ things { totalCount } }", {}, 1],
    ["{ things { nodes { id } } }", {}, 21],
    ["{ things(first: 3) { nodes { id } edges { node { id } } } }", {}, 10],
    ["{ things(first: 3) { nodes { list { id } } } }", {}, 19],
    ["{ things(first: 2) { nodes { things(first: 4) { nodes { id } } } } }", {}, 13],
    ["{ a: one { id } b: one { id } }", {}, 2],
    ["{ one { ...F } } fragment F on Thing { list { id } one { ... on Thing { list { id } } } }", {}, 12],
    ["query($n: Int!) { things(first: $n) { nodes { id } } }", { n: 7 }, 8],
    ["query($n: Int! = 9) { things(first: $n) { nodes { id } } }", {}, 10],
    ["query($n: Int! = 9) { things(first: $n) { nodes { id } } }", { n: 2 }, 3],
    ["{ __schema { types { name } } __typename }", {}, 0],
  ])("of %s with %j is %i objects", (source, variables, objects) => {
    expect(cost(source, variables)).toBe(objects);
  });

  it.each([["1000000"], ["-1"], ["$n"]])("takes a page for a size there is not (%s)", (first) => {
    expect(cost(`query($n: Int!) { things(first: ${first}) { nodes { id } } }`, { n: null })).toBe(1 + LIMITS.pageSize);
  });
});

type Random = (most: number) => number;

/** A valid selection of a type, made at random: some fields, lists with and without their size. */
function writeSelection(type: GraphQLObjectType, depth: number, random: Random): string {
  const composite = Object.values(type.getFields()).filter(
    (field) => isObjectType(getNamedType(field.type)) && !needsArguments(field),
  );
  const chosen = depth === 0 ? [] : composite.filter(() => random(3) === 0).slice(0, 4);
  const parts = chosen.map((field, index) => {
    const below = getNamedType(field.type);
    const sized =
      field.args.some(({ name }) => name === "first") && random(2) === 0 ? `(first: ${1 + random(LIMITS.pageSize)})` : "";
    return isObjectType(below) ? `f${index}: ${field.name}${sized} { ${writeSelection(below, depth - 1, random)} }` : "";
  });
  return ["__typename", ...parts].join(" ");
}

const needsArguments = (field: GraphQLField<unknown, unknown>): boolean => field.args.some(isRequiredArgument);

/** Executes with lists as long as they may be taken for, and counts the objects that are made. */
async function countObjects(schema: GraphQLSchema, source: string): Promise<number> {
  let objects = 0;
  const make = (size: number) => {
    objects++;
    return { size };
  };
  const result = await execute({
    schema: plainly(schema),
    document: parse(source),
    rootValue: { size: 5 },
    fieldResolver: (parent, args, _context, { parentType, fieldName }) => {
      const field = parentType.getFields()[fieldName];
      if (field === undefined || !isCompositeType(getNamedType(field.type))) return null;
      const size = field.args.some(({ name }) => name === "first") ? (args.first ?? LIMITS.pageSize) : 5;
      const outer = isNonNullType(field.type) ? field.type.ofType : field.type;
      const { assumedSize } = field.extensions;
      const entries = typeof assumedSize === "number" ? assumedSize : Number(parent.size);
      return isListType(outer) ? Array.from({ length: entries }, () => make(size)) : make(size);
    },
  });
  expect(result.errors).toBeUndefined();
  return objects;
}

/** The same schema without its resolvers, so that the test's own is used. */
function plainly(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap()))
    if (isObjectType(type) && !type.name.startsWith("__"))
      for (const field of Object.values(type.getFields())) delete field.resolve;
  return schema;
}

describe("the estimate for the gateway's schema", () => {
  const schema = plainly(buildGatewaySchema(REFUSING_DEPS));

  it("is what an operation makes whose lists are as long as assumed, for any operation", async () => {
    const query = schema.getQueryType();
    if (!query) throw new Error("no query type");
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), async (numbers) => {
        const random: Random = (most) => (numbers.next().value ?? 0) % most;
        const source = `{ ${writeSelection(query, 5, random)} }`;
        expect(validate(schema, parse(source))).toEqual([]);
        const estimate = cost(source, {}, schema);
        // Larger ones are refused, and would take the test minutes to execute.
        if (estimate <= LIMITS.operationNodes) expect(await countObjects(schema, source)).toBe(estimate);
      }),
      { numRuns: 300 },
    );
  });

  it("lets pass what clients ask for", () => {
    const page =
      "records(first:100){nodes{index issues{code} changes{field} mappingReport{field}} pageInfo{endCursor}} issueGroups{code records{index}}";
    const tree =
      "patient{gender} initiatingEvents{treatments{type} rehabilitations{assessments{drugs{id}} acuteEvents{id}}} previousEvents{id} comorbidities{id}";
    for (const source of [
      `{ submission(id: "1") { ${page} } }`,
      `{ patientRecord(id: "1") { ${tree} } }`,
      `{ patientRecords { nodes { ${tree} } } }`,
      "{ submissions(first: 100) { nodes { id counts { created } } } }",
      "{ dataset { recordTypes { fields { name } } codeLists { options { key } } rules { id } issueCodes { code } } }",
    ])
      expect(cost(source, {}, schema), source).toBeLessThanOrEqual(LIMITS.operationNodes);
  });
});

describe("an operation over the limit", () => {
  const deep = "submissions(first:100){nodes{records(first:100){nodes{issues{code}}}}}";

  it("is refused by the limit's name before anything is resolved", async () => {
    let read = 0;
    const gateway = createFakeGateway({
      status: {
        submissions: async () => {
          read++;
          throw new Error("read");
        },
      },
    });
    const { error, status } = await ask(gateway, { query: `{${deep}}` });
    expect([status, error.extensions]).toEqual([
      200,
      { code: "LIMIT_EXCEEDED", limit: "operationNodes", value: LIMITS.operationNodes, retryable: false },
    ]);
    expect([read, gateway.faults]).toEqual([0, []]);
  });

  it("is refused by mutation too, and nothing is submitted", async () => {
    const gateway = createFakeGateway();
    const query = `mutation($i:SubmitRecordsInput!){submitRecords(input:$i){records(first:100){nodes{submission{records(first:100){nodes{issues{code}}}}}}}}`;
    const { error } = await ask(gateway, { query, variables: { i: { options: OPTIONS, records: [] } } });
    expect([error.extensions.limit, gateway.commands]).toEqual(["operationNodes", []]);
  });
});
