/**
 * Size budgets: small files and functions stay readable. Prints what is over and exits 1.
 * `npm run check:budgets -- --self-test` shows that the checker can fail: it measures a text that is over every budget.
 */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import ts from "typescript";

const BUDGET = { fileP90: 220, fileMax: 400, functionP90: 30, functionMax: 60, castsPer1000Lines: 2 };
/** Casts bridge type-graphql's run-time classes and the dictionary's inferred types here, by design. */
const CASTS_ALLOWED_IN = /^src\/graphql\/type-factory/;
/** Tables of codes are data in TypeScript clothing: their length says nothing of how hard they are to read. */
const DATA = /^(schema\/nacr|mappings\/concept-maps)\//;

interface Measured {
  readonly file: string;
  readonly lines: number;
  readonly functions: readonly { readonly name: string; readonly line: number; readonly lines: number }[];
  readonly casts: number;
  readonly anys: number;
}

function measure(file: string, text: string): Measured {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const functions: Measured["functions"][number][] = [];
  let casts = 0;
  let anys = 0;
  const visit = (node: ts.Node): void => {
    if (ts.isAsExpression(node) && node.type.getText(source) !== "const") casts++;
    if (node.kind === ts.SyntaxKind.AnyKeyword) anys++;
    if (isFunctionWithBody(node)) functions.push(sizeOf(node, source));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { file, lines: text.split("\n").length - 1, functions, casts, anys };
}

function isFunctionWithBody(node: ts.Node): node is ts.FunctionLikeDeclaration {
  return (
    (ts.isFunctionDeclaration(node) ||
      ts.isMethodDeclaration(node) ||
      ts.isArrowFunction(node) ||
      ts.isFunctionExpression(node) ||
      ts.isConstructorDeclaration(node)) &&
    node.body !== undefined
  );
}

function sizeOf(node: ts.FunctionLikeDeclaration, source: ts.SourceFile): Measured["functions"][number] {
  const start = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
  const end = source.getLineAndCharacterOfPosition(node.end).line;
  return { name: node.name?.getText(source) ?? "(anonymous)", line: start + 1, lines: end - start + 1 };
}

const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? 0;

function findings(measured: readonly Measured[]): readonly string[] {
  const code = measured.filter(({ file }) => !DATA.test(file));
  const functions = code.flatMap(({ file, functions: list }) => list.map((f) => ({ file, ...f })));
  const casting = code.filter(({ file }) => !CASTS_ALLOWED_IN.test(file));
  const casts = casting.reduce((sum, { casts: n }) => sum + n, 0);
  const lines = casting.reduce((sum, { lines: n }) => sum + n, 0);
  const allowed = Math.ceil((lines / 1000) * BUDGET.castsPer1000Lines);
  const fileP90 = percentile(
    code.map((m) => m.lines),
    0.9,
  );
  const functionP90 = percentile(
    functions.map((f) => f.lines),
    0.9,
  );
  console.log(
    `files ${code.length}, p90 ${fileP90} lines; functions ${functions.length}, p90 ${functionP90} lines; casts ${casts} of ${allowed} allowed`,
  );
  return [
    ...code.filter((m) => m.lines > BUDGET.fileMax).map((m) => `${m.file}: ${m.lines} lines, the most is ${BUDGET.fileMax}`),
    ...functions
      .filter((f) => f.lines > BUDGET.functionMax)
      .map((f) => `${f.file}:${f.line} ${f.name}: ${f.lines} lines, the most is ${BUDGET.functionMax}`),
    ...measured.filter((m) => m.anys > 0).map((m) => `${m.file}: ${m.anys} × any`),
    ...(fileP90 > BUDGET.fileP90 ? [`the 90th percentile of file lengths is ${fileP90}, the most is ${BUDGET.fileP90}`] : []),
    ...(functionP90 > BUDGET.functionP90
      ? [`the 90th percentile of function lengths is ${functionP90}, the most is ${BUDGET.functionP90}`]
      : []),
    ...(casts > allowed
      ? [
          `${casts} casts, ${allowed} are allowed: ${casting
            .filter((m) => m.casts > 0)
            .map((m) => `${m.file} (${m.casts})`)
            .join(", ")}`,
        ]
      : []),
  ];
}

function selfTest(): never {
  const long = `function long(): void {\n${"  work();\n".repeat(500)}}\nconst cast = (1 as unknown as any);\n`;
  const found = findings([measure("src/self-test.ts", long)]);
  console.log(found.join("\n"));
  process.exit(found.length >= 5 ? 0 : 1);
}

if (process.argv.includes("--self-test")) selfTest();
const files = execFileSync(
  "git",
  [
    "ls-files",
    "-co",
    "--exclude-standard",
    "src/**/*.ts",
    "mappings/**/*.ts",
    "schema/**/*.ts",
    "scripts/**/*.ts",
    "bench/**/*.ts",
  ],
  { encoding: "utf8" },
)
  .split("\n")
  .filter((file) => file.endsWith(".ts"));
const over = findings(files.map((file) => measure(file, readFileSync(file, "utf8"))));
for (const finding of over) console.error(finding);
process.exit(over.length === 0 ? 0 : 1);
