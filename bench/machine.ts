/** What the numbers were measured on: without it they mean nothing. */
import { readFile } from "node:fs/promises";
import { cpus, release, totalmem } from "node:os";

const PACKAGES = [
  "@apollo/server",
  "@electric-sql/pglite",
  "@prisma/client",
  "fastify",
  "graphql",
  "pg",
  "pg-copy-streams",
  "type-graphql",
];

/** Versions as installed, not as asked for. */
async function installedVersion(name: string): Promise<string> {
  const text = await readFile(new URL(`../node_modules/${name}/package.json`, import.meta.url), "utf8");
  const { version }: { version: string } = JSON.parse(text);
  return `${name} ${version}`;
}

export async function describeMachine(databaseVersions: readonly string[]): Promise<string> {
  const processors = cpus();
  const memory = `${(totalmem() / 2 ** 30).toFixed(1)} GiB`;
  return [
    `machine   ${processors[0]?.model.trim() ?? "unknown processor"}, ${processors.length} cores, ${memory}, Linux ${release()}`,
    `software  Node ${process.versions.node}, ${databaseVersions.join(", ")}`,
    `packages  ${(await Promise.all(PACKAGES.map(installedVersion))).join(", ")}`,
  ].join("\n");
}
