/** Which reports and panels name an observation as theirs: they date it, can withdraw it, and can say that it is no clinic reading. */
import { readElements, readOwn, readText, toElement } from "../support/fhir-reader.ts";
import { toContext, type ValueContext } from "./observation-value.ts";
import type { ResourceEntry } from "./resource-entry.ts";
import type { ResourceIndex } from "./resource-index.ts";

const NOBODY: readonly ResourceEntry[] = [];
/** A report in one of these says that its results are not to be used. */
const WITHDRAWN: ReadonlySet<string> = new Set(["entered-in-error", "cancelled"]);
/** Where a resource names the observations it is made of. */
const MEMBERS: Readonly<Record<string, string>> = { DiagnosticReport: "result", Observation: "hasMember" };

export class PanelIndex {
  readonly #panels = new Map<ResourceEntry, ResourceEntry[]>();
  readonly #contexts = new Map<ResourceEntry, ValueContext>();

  /** `entries`: with the resources they contain. */
  addAll(entries: readonly ResourceEntry[], index: ResourceIndex): void {
    for (const entry of entries) {
      const field = MEMBERS[entry.type];
      if (field === undefined || readOwn(entry.resource, field) === undefined) continue;
      for (const reference of readElements(toElement(entry.resource), field)) {
        const member = index.resolveElement(reference, entry, "Observation");
        if (member !== null && member !== entry) this.#add(member, entry);
      }
    }
  }

  /** The reports and panels that name this observation, in the order sent. */
  panelsOf(observation: ResourceEntry): readonly ResourceEntry[] {
    return this.#panels.get(observation) ?? NOBODY;
  }

  /** What the report or panel says of all that stands in it. */
  contextOf(panel: ResourceEntry): ValueContext {
    const known = this.#contexts.get(panel) ?? toContext(toElement(panel.resource), ["code"]);
    this.#contexts.set(panel, known);
    return known;
  }

  /** Why the observation is withdrawn with what it was reported in: where every report and panel of it is. Null: it stands. */
  refusalOf(observation: ResourceEntry): string | null {
    const panels = this.panelsOf(observation);
    if (panels.length === 0) return null;
    return panels.every(({ resource }) => WITHDRAWN.has(readText(toElement(resource), "status") ?? ""))
      ? "REPORT_WITHDRAWN"
      : null;
  }

  #add(member: ResourceEntry, panel: ResourceEntry): void {
    const known = this.#panels.get(member);
    if (known === undefined) this.#panels.set(member, [panel]);
    else if (!known.includes(panel)) known.push(panel);
  }
}
