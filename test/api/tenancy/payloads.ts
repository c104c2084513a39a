/** Texts and values that change the meaning of a statement, a document, a condition, a format or a header wherever they are not kept apart. */
import type { SeededRandom } from "../../../src/lib/seeded-random.ts";

type Family = (random: SeededRandom) => unknown;

const QUOTES = ["'", "''", '"', "\\'", "`", "$$", "$q$", "\u02bc", "\uff07", "'''", ")", "')", "'))", "}", '"}'];
const ENDS = ["--", "-- -", "#", "/*", ";", "; --", "\u0000", "", " or '", "$$", "$q$"];
const STATEMENTS = [
  "or true",
  "or 1=1",
  "or ods='ZDM02'",
  "or ods is not null",
  "union select null",
  "union all select nhs_hmac::text from identity.patient_identity",
  "; select set_config('app.ods', 'ZDM02', false)",
  "; set role nacr_worker",
  "; reset role",
  "; delete from public.patient",
  "; drop table public.patient cascade",
  "; commit",
  "; copy (select 1) to program 'id'",
  "and 1=cast((select ods from public.patient limit 1) as int)",
  "|| (select string_agg(ods, ',') from public.organisation)",
  "|| chr(39)",
  "and pg_sleep(2) is not null",
  "limit 1 offset 1",
  "order by 99",
  "::int",
];
const OPERATORS = ["$ne", "$gt", "$regex", "not", "contains", "startsWith", "in", "OR", "AND", "is", "path", "mode"];
const OBJECT_NAMES = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "then",
  "toJSON",
  "length",
  "$type",
  "raw",
  "values",
  "strings",
];
const DOCUMENTS = [
  '"}) { __typename } }',
  "{ __schema { types { name } } }",
  "...F } fragment F on Query { viewer { role } ",
  "@include(if: true)",
  "$id",
  '""" block """',
  "\\u0022) { id }",
  "# } query { viewer { role } }",
];
const TEXTS = [
  "\u0000",
  "\ud800",
  "\udfff",
  "\u202e",
  "\u200b",
  "\ufeff",
  "e\u0301",
  "\u{1f9ec}",
  "\u2028",
  "\ufffe",
  "\u0085",
  "\u001b[2J",
  "\\x00",
  "\\u0000",
  "%00",
];
const FORMATS = [
  "%s%s%n",
  "%1$s",
  "{0}",
  `\${7*7}`,
  "{{7*7}}",
  "#{7*7}",
  "<%= 7*7 %>",
  "$(id)",
  "`id`",
  "|id",
  "&& id",
  "../../../etc/passwd",
  "=cmd|'/c calc'!A0",
  "<script>alert(1)</script>",
  "]]>",
  "&x;",
];
const LINES = ["\r\n", "\n", "\r", "%0d%0a", "\u560a\u560d", "\\r\\n"];
const HEADERS = [
  "Set-Cookie: a=b",
  "Content-Length: 0",
  "Location: https://elsewhere.test",
  "X-Correlation-Id: x",
  "HTTP/1.1 200 OK",
  '{"level":60}',
];

const sql: Family = (random) =>
  `${random.pick(["", "x", "1", "ZDM01"])}${random.pick(QUOTES)} ${random.pick(STATEMENTS)} ${random.pick(ENDS)}`;
const condition: Family = (random) => {
  const inner = random.pick<unknown>(["", null, "ZDM02", 1, [], {}, { [random.pick(OPERATORS)]: "" }]);
  return { [random.pick(random.next() < 0.6 ? OPERATORS : OBJECT_NAMES)]: inner };
};
/** `JSON.parse` makes it a property; a literal would set the prototype. */
const prototype: Family = (random) => JSON.parse(`{"${random.pick(OBJECT_NAMES)}": {"${random.pick(OBJECT_NAMES)}": true}}`);
const document: Family = (random) => `${random.pick(QUOTES)}${random.pick(DOCUMENTS)}${random.pick(ENDS)}`;
const character: Family = (random) => {
  const text = random.pick(TEXTS);
  return random.pick([text, `a${text}b`, text.repeat(random.integer(2, 300)), `${random.pick(QUOTES)}${text}`]);
};
const format: Family = (random) => random.pick(FORMATS).repeat(random.integer(1, 20));
const header: Family = (random) => `a${random.pick(LINES)}${random.pick(HEADERS)}${random.pick(LINES)}${random.pick(LINES)}b`;
const odd: Family = (random) =>
  random.pick<unknown>([[], [[]], ["' or true --"], 1e308, -0, true, "x".repeat(random.integer(1_000, 20_000)), "", " ", "null"]);

const FAMILIES: readonly Family[] = [sql, sql, sql, condition, prototype, document, character, format, header, odd];

/** All families in turn, and no payload twice. */
export function createPayloads(count: number, random: SeededRandom): unknown[] {
  const payloads = new Map<string, unknown>();
  for (let turn = 0; payloads.size < count; turn++) {
    const payload = FAMILIES[turn % FAMILIES.length]?.(random);
    payloads.set(JSON.stringify(payload), payload);
  }
  return [...payloads.values()];
}
