/**
 * `/explorer`: GraphiQL from our own files (the npm packages), never from somebody else's server. In demo mode the page can ask for a
 * demo identity's token; otherwise the reader pastes one.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type { FastifyInstance } from "fastify";

const require = createRequire(import.meta.url);
const packageFile = (name: string, file: string): string =>
  path.join(path.dirname(require.resolve(`${name}/package.json`)), file);

const ASSETS: Readonly<Record<string, { readonly type: string; readonly file: () => string }>> = {
  "react.js": { type: "text/javascript; charset=utf-8", file: () => packageFile("react", "umd/react.production.min.js") },
  "react-dom.js": {
    type: "text/javascript; charset=utf-8",
    file: () => packageFile("react-dom", "umd/react-dom.production.min.js"),
  },
  "graphiql.js": { type: "text/javascript; charset=utf-8", file: () => packageFile("graphiql", "graphiql.min.js") },
  "graphiql.css": { type: "text/css; charset=utf-8", file: () => packageFile("graphiql", "graphiql.min.css") },
  "explorer.js": { type: "text/javascript; charset=utf-8", file: () => path.join(import.meta.dirname, "explorer/explorer.js") },
  "explorer.css": { type: "text/css; charset=utf-8", file: () => path.join(import.meta.dirname, "explorer/explorer.css") },
};

/** GraphiQL sets style attributes and fonts from data addresses; scripts come from our own files alone. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export function registerExplorer(app: FastifyInstance, demo: boolean): void {
  const page = readFileSync(path.join(import.meta.dirname, "explorer/explorer.html"), "utf8").replace("{{demo}}", String(demo));
  app.get("/explorer", async (_request, reply) =>
    reply.header("content-security-policy", CONTENT_SECURITY_POLICY).type("text/html; charset=utf-8").send(page),
  );
  for (const [name, { type, file }] of Object.entries(ASSETS)) {
    // Read at the first request: the explorer is not needed to start.
    let content: Buffer | undefined;
    app.get(`/explorer/${name}`, async (_request, reply) => {
      content ??= readFileSync(file());
      return reply.type(type).header("cache-control", "public, max-age=3600").send(content);
    });
  }
}
