/** Which cells of narrower places add up to a cell of a wider one. */
import type { CubeLayout, LaidTable } from "./cube-layout.ts";
import { tableKey } from "./declaration.ts";
import { isOrganisation, type Level } from "./dimensions.ts";

/** Nodes with their tables, whose cells with the same entries add up to the cell of `node`. */
export interface PlaceRelation {
  readonly table: LaidTable;
  readonly node: number;
  readonly parts: readonly { readonly table: LaidTable; readonly node: number }[];
  /** The parts are organisations: the rule of contributors is about them. */
  readonly areOrganisations: boolean;
}

type Part = PlaceRelation["parts"][number];

export function* placeRelations(layout: CubeLayout): Generator<PlaceRelation> {
  for (const table of layout.tables) {
    const { level, dimensions } = table.declaration;
    if (level === "programme") continue;
    for (const node of table.places) {
      const nearest = partsBelow(layout, node, dimensions, () => true);
      const areOrganisations = nearest?.every(({ table: { declaration } }) => isOrganisation(declaration.level)) ?? false;
      if (nearest !== null && nearest.length > 0)
        yield { table, node, parts: nearest, areOrganisations: areOrganisations && !isOrganisation(level) };
      if (areOrganisations || isOrganisation(level)) continue;
      const organisations = partsBelow(layout, node, dimensions, isOrganisation);
      if (organisations !== null && organisations.length > 0) yield { table, node, parts: organisations, areOrganisations: true };
    }
  }
}

/**
 * The nearest below that have a table with these dimensions at a wanted level.
 * @returns null where a part has none: then nothing adds up
 */
function partsBelow(
  layout: CubeLayout,
  node: number,
  dimensions: readonly string[],
  isWanted: (level: Level) => boolean,
): readonly Part[] | null {
  const { places } = layout;
  const parts: Part[] = [];
  for (const below of places.below[node] ?? []) {
    const level = places.nodes[below]?.level ?? "programme";
    const table = layout.byKey.get(tableKey({ level, dimensions }));
    if (table !== undefined && isWanted(level)) {
      parts.push({ table, node: below });
      continue;
    }
    const deeper = level === "programme" ? null : partsBelow(layout, below, dimensions, isWanted);
    if (deeper === null) return null;
    parts.push(...deeper);
  }
  return parts;
}
