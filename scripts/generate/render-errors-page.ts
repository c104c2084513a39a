/** `docs/errors.md`: every code an answer can hold. Data problems are issues of the dictionary; everything else is a request error. */
import type { DictionarySource, IssueCode } from "../../src/dataset/dictionary.ts";
import type { GatewayErrorCode } from "../../src/errors/gateway-error.ts";
import { REQUEST_REFUSALS } from "../../src/graphql/classify-error.ts";
import { GENERATED_NOTICE, renderCode, renderTable } from "./render-markdown.ts";

/** Keyed by the closed set itself, so that a new code does not compile without its meaning. */
const REQUEST_ERRORS: Readonly<Record<GatewayErrorCode, string>> = {
  UNAUTHENTICATED: "No token, or one that is not valid. Ask for a new one.",
  FORBIDDEN:
    "The bearer may not do this, or not for this programme or organisation. The same answer is given for what does not exist.",
  NOT_FOUND: "There is no such thing, or the bearer may not know of it.",
  GONE: "It was there and is not kept any more. Repeating the request does not help.",
  NOT_PUBLISHED:
    "No published table answers the question, whoever asks and whatever the data. `suggestions` are the nearest that are answered; `auditYears` the years of the cut.",
  CUT_WITHDRAWN: "The cut was withdrawn and answers nothing any more. Ask the one in force.",
  BAD_USER_INPUT: "The request has the wrong structure; the path says where. Values of records never cause it: they are issues.",
  CONFLICT: "The same thing is being worked on. Wait as `Retry-After` says and repeat the request unchanged.",
  IDEMPOTENCY_KEY_REUSED: "The idempotency key was used before with another input. Use a new key for a new submission.",
  LIMIT_EXCEEDED: "A published limit was passed; the answer names it. Send less at once.",
  RATE_LIMITED: "Too many requests in a time. Wait as `Retry-After` says.",
  OVERLOADED: "The gateway has too much to do. Wait as `Retry-After` says.",
  UPSTREAM_UNAVAILABLE: "A service the gateway asks did not answer. Repeat the request later.",
  DATABASE_UNAVAILABLE: "The database did not answer. Repeat the request later; nothing was stored.",
  INTERNAL_SERVER_ERROR:
    "A fault of the gateway. It may be repeated once, with the same idempotency key; if it stays, report it with the correlation id.",
};

const LAYERS: readonly (readonly [IssueCode["layer"], string])[] = [
  ["FILE", "File and message"],
  ["MAPPING", "Mapping"],
  ["RECORD", "Record"],
  ["CONSENT", "Objection"],
];

export function renderErrorsPage(dictionary: DictionarySource): string {
  return [
    GENERATED_NOTICE,
    "# Errors and issues",
    "Problems of data are **issues**: values in the answer of a submission, one list for each record. Problems of the request are **errors** in GraphQL's own `errors`, with one of the codes below in `extensions.code`. Neither repeats a value that was sent.",
    "## Request errors",
    renderTable(
      ["Code", "Meaning"],
      Object.entries({ ...REQUEST_REFUSALS, ...REQUEST_ERRORS }).map(([code, meaning]) => [renderCode(code), meaning]),
    ),
    "## Issues",
    `Of dataset ${dictionary.version}. ERROR rejects its record, WARNING and INFORMATION do not. The severity is the usual one: a rule, an open list or a mapped source may only warn with the same code. \`{label}\` is the item's label.`,
    ...LAYERS.map(([layer, title]) => renderLayer(dictionary, layer, title)),
    "",
  ].join("\n\n");
}

function renderLayer(dictionary: DictionarySource, layer: IssueCode["layer"], title: string): string {
  const codes = dictionary.issueCodes.filter((issueCode) => issueCode.layer === layer);
  const rows = codes.map(({ code, severity, text, advice }) => [
    renderCode(code),
    severity,
    text,
    advice,
    renderRuleIds(dictionary, code),
  ]);
  return [`### ${title}`, renderTable(["Code", "Severity", "Text", "What to do", "Rules"], rows)].join("\n\n");
}

/** Generated families (`D2.PATIENT.dateOfDeath` ...) are named once, by their stem. */
function renderRuleIds(dictionary: DictionarySource, code: string): string {
  const stems = dictionary.rules.filter((rule) => rule.code === code).map((rule) => rule.id.split(".")[0] ?? rule.id);
  return [...new Set(stems)].join(", ");
}
