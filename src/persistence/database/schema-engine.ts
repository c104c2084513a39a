/** Prisma's schema engine in WebAssembly: applies migrations and compares schemas without the binary that Prisma would download. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { bindMigrationAwareSqlAdapterFactory, type SqlMigrationAwareDriverAdapterFactory } from "@prisma/driver-adapter-utils";
import type { SchemaEngine } from "@prisma/schema-engine-wasm/schema_engine_bg";

type EngineModule = typeof import("@prisma/schema-engine-wasm/schema_engine_bg");

/** The one function used of Node's global; the project's type libraries have no WebAssembly (it comes with the browser's types). */
declare const WebAssembly: {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: Readonly<Record<string, unknown>> } }>;
};

const ENGINE = "@prisma/schema-engine-wasm/schema_engine_bg";
let loading: Promise<EngineModule> | null = null;

async function load(): Promise<EngineModule> {
  const engine: EngineModule = await import("@prisma/schema-engine-wasm/schema_engine_bg");
  const folder = dirname(createRequire(import.meta.url).resolve(ENGINE));
  const bytes = await readFile(join(folder, "schema_engine_bg.wasm"));
  const { instance } = await WebAssembly.instantiate(bytes, { "./schema_engine_bg.js": { ...engine } });
  engine.__wbg_set_wasm(instance.exports);
  const start = instance.exports.__wbindgen_start;
  if (typeof start === "function") start();
  return engine;
}

/**
 * Runs `work` with an engine on the given connections. The engine (5.4 MB) is compiled once in a process, in about 150 ms.
 * @throws what the engine throws: its texts name tables and files, never rows
 */
export async function withSchemaEngine<T>(
  adapter: SqlMigrationAwareDriverAdapterFactory,
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  loading ??= load();
  const { SchemaEngine } = await loading;
  const discardLog = () => undefined;
  const engine = await SchemaEngine.new({ datamodels: undefined }, discardLog, bindMigrationAwareSqlAdapterFactory(adapter));
  try {
    return await work(engine);
  } finally {
    engine.free();
  }
}
