/** Calls every operation of a role's schema with own things, with another organisation's and with nobody's, and judges the answers. */
import {
  buildClientSchema,
  type GraphQLField,
  type GraphQLSchema,
  getIntrospectionQuery,
  type IntrospectionQuery,
} from "graphql";
import type { DemoIdentity, TestGateway } from "../../support/gateway.ts";
import { namesSomething, requiredValues, selectEverything, toOperation, type Values } from "../../support/operation-generator.ts";
import { openEventStream } from "../live/stream-clients.ts";
import { CASES, type Case } from "./matrix-cases.ts";
import type { Things } from "./matrix-things.ts";

type Kind = "query" | "mutation" | "subscription";
export interface Operation {
  /** `Query.submission` */
  readonly name: string;
  readonly kind: Kind;
  readonly field: GraphQLField<unknown, unknown>;
}

/** One document of one operation, asked three times; null: what is nobody's shows nothing more by a second document. */
export interface Trial {
  readonly name: string;
  readonly own: string;
  readonly other: string | null;
  readonly none: string | null;
  /** Its case names one of somebody's things: own ones are answered otherwise than nobody's, another's as nobody's. */
  readonly names: boolean;
}

type Ask = (operation: Operation, document: string, values: Values) => Promise<string>;

/** The schema that somebody's introspection shows. */
export async function readSchema(gateway: TestGateway, as: DemoIdentity): Promise<GraphQLSchema> {
  const { data, text } = await gateway.gql<IntrospectionQuery>(as, getIntrospectionQuery({ descriptions: false }));
  if (data === null) throw new Error(text);
  return buildClientSchema(data);
}

export function listOperations(schema: GraphQLSchema): Operation[] {
  const roots = [
    ["query", schema.getQueryType()],
    ["mutation", schema.getMutationType()],
    ["subscription", schema.getSubscriptionType()],
  ] as const;
  return roots.flatMap(([kind, root]) =>
    Object.values(root?.getFields() ?? {}).map((field) => ({ name: `${root?.name}.${field.name}`, kind, field })),
  );
}

/** Operations that name something, and nobody has said what. */
export const listUncovered = (operations: readonly Operation[]): string[] =>
  operations.filter(({ name, field }) => namesSomething(field) && CASES[name] === undefined).map(({ name }) => name);

/** Over HTTP as somebody: the body as it came; of a stream its first payload. */
export const askAs =
  (gateway: TestGateway, as: DemoIdentity): Ask =>
  async ({ kind }, query, variables) => {
    if (kind !== "subscription") return (await gateway.gql(as, query, variables)).text;
    const stream = await openEventStream(gateway.url, await gateway.token(as), { query, variables });
    const first = await stream.next();
    stream.close();
    return JSON.stringify(first);
  };

export interface Owners {
  readonly own: Things;
  readonly other: Things;
  readonly none: Things;
}

/** With another's things and nobody's first: what own things are asked for may end them. */
export async function runTrials(ask: Ask, operations: readonly Operation[], { own, other, none }: Owners): Promise<Trial[]> {
  const calls = operations.flatMap((operation) => toCalls(operation));
  const foreign: (string | null)[][] = [];
  for (const call of calls) foreign.push(call.isFirst ? [await run(ask, call, other), await run(ask, call, none)] : []);
  const trials: Trial[] = [];
  for (const [index, call] of calls.entries()) {
    const [otherText = null, noneText = null] = foreign[index] ?? [];
    const names = JSON.stringify(call.make(own)) !== JSON.stringify(call.make(none));
    trials.push({ name: call.operation.name, own: await run(ask, call, own), other: otherText, none: noneText, names });
  }
  return trials;
}

interface Call {
  readonly operation: Operation;
  readonly selection: string;
  readonly make: Case;
  readonly isFirst: boolean;
}

/** A query is asked for all it may answer; an act is not repeated for more of its answer. */
function toCalls(operation: Operation): Call[] {
  const selections = selectEverything(operation.field);
  const shown = operation.kind === "query" ? selections : selections.slice(0, 1);
  const cases = CASES[operation.name] ?? [() => ({})];
  return cases.flatMap((given) =>
    shown.map((selection, index) => ({
      operation,
      isFirst: index === 0,
      selection,
      make: (things: Things): Values => ({ ...requiredValues(operation.field), ...given(things) }),
    })),
  );
}

async function run(ask: Ask, { operation, selection, make }: Call, things: Things): Promise<string> {
  const values = make(things);
  return await ask(operation, toOperation(operation.kind, operation.field, values, selection), values);
}

/** What is wrong with the trials: another's things told from nobody's, foreign words in an answer, a fault in place of an answer. */
export function judge(trials: readonly Trial[], foreign: readonly string[]): string[] {
  return trials.flatMap(({ name, own, other, none, names }) => {
    const texts = [own, other, none].filter((text) => text !== null);
    return [
      ...(other === none || !names ? [] : [`${name}: another organisation's is told from nobody's: ${other} | ${none}`]),
      ...texts.flatMap((text) => foreign.filter((word) => text.includes(word)).map((word) => `${name}: shows ${word}`)),
      ...texts.filter((text) => !isAnswer(text)).map((text) => `${name}: no answer: ${text}`),
    ];
  });
}

/** Data, or refusals with a code that is not a fault of ours or of the document the matrix made. */
function isAnswer(text: string): boolean {
  const { data, errors = [] }: { data?: unknown; errors?: readonly { extensions?: { code?: string } }[] } = JSON.parse(text);
  const codes = errors.map(({ extensions }) => extensions?.code ?? "");
  const isFault = (code: string) => code === "" || /INTERNAL|GRAPHQL|RATE_LIMITED|OVERLOADED|UNAUTHENTICATED/.test(code);
  return errors.length === 0 ? data !== undefined && data !== null : !codes.some(isFault);
}
