/** What a server says it can do. */
import { CapabilityTool } from "fhir-kit-client";
import { z } from "zod";
import type { ServerCapability } from "../../pull/fhir-source.ts";
import type { Resource } from "../../pull/pull-ports.ts";

const named = z.object({ name: z.string() }).loose();
const statement = z
  .object({
    resourceType: z.literal("CapabilityStatement"),
    fhirVersion: z.string().max(20).optional(),
    software: z
      .object({ name: z.string().max(200).optional() })
      .loose()
      .optional(),
    rest: z
      .array(
        z
          .object({
            mode: z.string(),
            operation: z.array(named).optional(),
            resource: z
              .array(
                z
                  .object({
                    type: z.string().regex(/^[A-Z][A-Za-z]{1,60}$/),
                    interaction: z.array(z.object({ code: z.string() }).loose()).optional(),
                    operation: z.array(named).optional(),
                  })
                  .loose(),
              )
              .optional(),
          })
          .loose(),
      )
      .optional(),
  })
  .loose();

/** Names are written with and without `$`, some with the type before them. */
const isCalled = (wanted: string, { name }: { readonly name: string }): boolean =>
  name
    .replace(/^\$/, "")
    .toLowerCase()
    .replace(/^(patient|group)-/, "") === wanted;

/** Null for what is no CapabilityStatement. @param checkedAt ISO instant */
export function readCapability(body: Resource, checkedAt: string): ServerCapability | null {
  const parsed = statement.safeParse(body);
  if (!parsed.success) return null;
  const { fhirVersion, software, rest } = parsed.data;
  const tool = new CapabilityTool(parsed.data);
  const server = rest?.find(({ mode }) => mode === "server");
  const resources = server?.resource ?? [];
  const offers = (name: string, type: string | null): boolean =>
    [
      ...(server?.operation ?? []),
      ...resources.filter((resource) => resource.type === type).flatMap((resource) => resource.operation ?? []),
    ].some((operation) => isCalled(name, operation));
  return {
    fhirVersion: fhirVersion ?? null,
    software: software?.name ?? null,
    everything: offers("everything", "Patient"),
    export: offers("export", "Group") || offers("export", "Patient"),
    searchTypes:
      server?.resource === undefined
        ? null
        : resources.map(({ type }) => type).filter((type) => tool.resourceCan(type, "search-type")),
    checkedAt,
  };
}
