/**
 * A subscription from its document to its payloads, the same over every transport, and with the checks, limits and error texts of
 * `POST /graphql`.
 */
import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
} from "graphql";
import { costOf } from "../../access/client-budget.ts";
import { GatewayError } from "../../errors/gateway-error.ts";
import { LIMITS } from "../../lib/limits.ts";
import { type CheckOperation, createOperationCheck, listRootFields } from "../check-operation.ts";
import { createGraphqlContext } from "../create-context.ts";
import { formatError } from "../format-error.ts";
import type { RequestFacts } from "../graphql-context.ts";
import type { GraphqlDeps } from "../graphql-deps.ts";
import { KnownRootRule } from "../known-root-rule.ts";
import { reportFaults } from "../report-faults.ts";
import type { RoleSchemas } from "../role-schema.ts";
import { takePoints } from "../take-points.ts";
import { mapSource, type Source } from "./source.ts";

/** What a client asks to subscribe to. */
export interface StreamRequest {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** An operation that may run, or the errors that say why not, as the client gets them. */
export type PreparedStream =
  | { readonly args: ExecutionArgs; readonly errors: null }
  | { readonly args: null; readonly errors: readonly GraphQLError[] };

export interface StreamRunner {
  prepare(request: StreamRequest, facts: RequestFacts): PreparedStream;
  /**
   * Never throws: what refuses or fails is the errors of a payload, which is then the last.
   * @param ended called once, when nothing more will come
   */
  run(args: ExecutionArgs, facts: RequestFacts, ended: () => void): Promise<Source<ExecutionResult> | ExecutionResult>;
}

/** A document that is refused before it is parsed, by the gate that stands in front of `POST /graphql`. */
export interface DocumentRefusal {
  readonly code: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface StreamRunnerDependencies extends GraphqlDeps {
  readonly refuseDocument: (source: string) => DocumentRefusal | null;
}

const EXECUTION_OPTIONS = { maxCoercionErrors: 1 };
const RULES = [...specifiedRules, KnownRootRule];

class Runner implements StreamRunner {
  readonly #deps: StreamRunnerDependencies;
  readonly #schemaOf: RoleSchemas;
  readonly #checks = new Map<GraphQLSchema, CheckOperation>();

  constructor(deps: StreamRunnerDependencies, schemaOf: RoleSchemas) {
    this.#deps = deps;
    this.#schemaOf = schemaOf;
  }

  prepare(request: StreamRequest, facts: RequestFacts): PreparedStream {
    const refused = this.#deps.refuseDocument(request.query);
    if (refused !== null) {
      const { code, message, details } = refused;
      return { args: null, errors: [new GraphQLError(message, { extensions: { ...details, code, retryable: false } })] };
    }
    try {
      return { args: this.#toArguments(request, facts), errors: null };
    } catch (error) {
      return { args: null, errors: this.#mask([asGraphqlError(error)], facts) };
    }
  }

  async run(args: ExecutionArgs, facts: RequestFacts, ended: () => void): Promise<Source<ExecutionResult> | ExecutionResult> {
    const fail = (error: unknown): ExecutionResult => ({ errors: this.#mask([asGraphqlError(error)], facts) });
    // What one payload has read is not what the next one says.
    const respond = async (rootValue: unknown): Promise<ExecutionResult> =>
      this.#maskResult(await execute({ ...args, rootValue, contextValue: createGraphqlContext(this.#deps, facts) }), facts);
    try {
      const source = await createSourceEventStream(args);
      if (isIterable(source)) return mapSource(source, respond, fail, ended);
      ended();
      return this.#maskResult(source, facts);
    } catch (error) {
      ended();
      return fail(error);
    }
  }

  #toArguments({ query, operationName, variables }: StreamRequest, facts: RequestFacts): ExecutionArgs {
    const schema = this.#schemaOf(facts.actor.role);
    const document = readDocument(query, schema);
    const operation = getOperationAST(document, operationName);
    if (!operation) throw refusal("OPERATION_RESOLUTION_FAILURE");
    const [field] = listRootFields({ schema, document, operation });
    if (field !== undefined) facts.noteOperation?.(field.name);
    if (operation.operation !== OperationTypeNode.SUBSCRIPTION)
      throw new GatewayError(
        "BAD_USER_INPUT",
        "Only subscriptions are served here. Send queries and mutations to POST /graphql.",
      );
    const checked = this.#checkOf(schema)({ schema, document, operation, variables: variables ?? {} });
    takePoints(this.#deps.chargeCost, facts.actor.clientId, costOf({ nodes: checked.nodes, bodyBytes: facts.bodyBytes }));
    return {
      schema,
      document,
      operationName: operationName ?? null,
      variableValues: checked.variables,
      contextValue: createGraphqlContext(this.#deps, facts),
      options: EXECUTION_OPTIONS,
    };
  }

  #checkOf(schema: GraphQLSchema): CheckOperation {
    const check = this.#checks.get(schema) ?? createOperationCheck();
    this.#checks.set(schema, check);
    return check;
  }

  #mask(errors: readonly GraphQLError[], { correlationId }: RequestFacts): GraphQLError[] {
    reportFaults(this.#deps, errors, correlationId);
    return errors.map(toMasked);
  }

  #maskResult({ errors, ...result }: ExecutionResult, facts: RequestFacts): ExecutionResult {
    return errors === undefined ? result : { ...result, errors: this.#mask(errors, facts) };
  }
}

/** Everybody is served the schema of their role. */
export const createStreamRunner = (deps: StreamRunnerDependencies, schemaOf: RoleSchemas): StreamRunner =>
  new Runner(deps, schemaOf);

/** @throws GraphQLError of a kind that `POST /graphql` answers in the same words */
function readDocument(query: string, schema: GraphQLSchema): DocumentNode {
  const document = parseDocument(query);
  if (validate(schema, document, RULES, { maxErrors: 1 }).length > 0) throw refusal("GRAPHQL_VALIDATION_FAILED");
  return document;
}

function parseDocument(query: string): DocumentNode {
  try {
    return parse(query, { maxTokens: LIMITS.documentTokens });
  } catch {
    throw refusal("GRAPHQL_PARSE_FAILED");
  }
}

/** Its text is made by `formatError`, from the code. */
const refusal = (code: string): GraphQLError => new GraphQLError(code, { extensions: { code } });

const asGraphqlError = (error: unknown): GraphQLError =>
  error instanceof GraphQLError
    ? error
    : new GraphQLError("", {
        originalError: error instanceof Error ? error : new Error("Something was thrown that is no error."),
      });

/** The error as `POST /graphql` would show it, in the form the transports print. */
function toMasked(error: GraphQLError): GraphQLError {
  const { message, path, extensions } = formatError(error.toJSON(), error);
  return new GraphQLError(message, { path: path ?? null, extensions: extensions ?? null });
}

const isIterable = (value: AsyncIterable<unknown> | ExecutionResult): value is AsyncIterable<unknown> =>
  Symbol.asyncIterator in value;
