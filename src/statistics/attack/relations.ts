/**
 * Everything that adds up in a cube: what an attacker calculates with. A relation says: parent = sum of its children + rest.
 *
 * The rest are the journeys of the parent of which the dimension, or the programme, is not known. The attacker is told whether there are
 * any, and how many at most, as a published figure would tell: how complete records are is known elsewhere.
 */
import { type CubeLayout, cellAt, type LaidTable } from "../cube/cube-layout.ts";
import { inDeclaredOrder, tableKey } from "../cube/declaration.ts";
import { DIMENSIONS, membersOf } from "../cube/dimensions.ts";
import { CUBE_RULES, mostOf, roundHalfUp } from "../cube/disclosure-rules.ts";
import { placeRelations } from "../cube/place-relations.ts";

/** Compressed rows: the children of relation r are `children[starts[r] .. starts[r + 1])`. */
export interface Relations {
  readonly count: number;
  readonly parents: Int32Array;
  readonly starts: Int32Array;
  readonly children: Int32Array;
  /** What the attacker is told of the rest: no more than this. */
  readonly mostRest: Int32Array;
  /** What an insider has of the rest itself: no less than this. Absent: the attacker has no journeys. */
  readonly leastRest?: Int32Array;
  /** Of each child: who contributes, where the parent is above organisations and the children are such; -1 elsewhere. */
  readonly organisations: Int32Array;
  /** The relations that a cell is in: `memberships[memberStarts[c] .. memberStarts[c + 1])`. */
  readonly memberStarts: Int32Array;
  readonly memberships: Int32Array;
}

/** @param counts true ones, for the rests only */
export function buildRelations(layout: CubeLayout, counts: Int32Array): Relations {
  const builder = new RelationBuilder(counts);
  for (const table of layout.tables) {
    addRollUps(builder, table);
    for (const dimension of DIMENSIONS.keys()) addDimension(builder, layout, table, dimension);
  }
  for (const { table, node, parts, areOrganisations } of placeRelations(layout)) {
    for (let cell = 0; cell < table.width; cell++) {
      builder.begin(at(layout, table, node) + cell);
      for (const part of parts) {
        const organisation = areOrganisations ? (layout.places.organisationOf[part.node] ?? 0) : -1;
        builder.add(at(layout, part.table, part.node) + cell, organisation);
      }
      builder.end();
    }
  }
  return builder.finish();
}

const at = (layout: CubeLayout, table: LaidTable, node: number): number =>
  table.offset + (layout.positionOf[node] ?? 0) * table.width;

/** Categories, or roll-ups of them where declared, that make up `codes` exactly; the largest first. */
function partition(dimension: number, codes: readonly number[], except: number | null): readonly number[] {
  const { categories = [], rollUps = [] } = DIMENSIONS[dimension] ?? {};
  const all = [...categories, ...rollUps].map((_, entry) => ({ entry, members: membersOf(dimension, entry) }));
  const left = new Set(codes);
  const parts: number[] = [];
  for (const { entry, members } of all.toSorted((a, b) => b.members.length - a.members.length)) {
    if (entry === except || !members.every((code) => left.has(code))) continue;
    parts.push(entry);
    for (const code of members) left.delete(code);
  }
  return parts;
}

/** The total of a table with one dimension fewer. */
function addDimension(builder: RelationBuilder, layout: CubeLayout, table: LaidTable, dimension: number): void {
  const declared = DIMENSIONS[dimension];
  if (declared === undefined || table.dimensions.includes(dimension)) return;
  const { level, dimensions } = table.declaration;
  const finer = layout.byKey.get(tableKey({ level, dimensions: inDeclaredOrder([...dimensions, declared.key]) }));
  if (finer === undefined) return;
  const axis = finer.dimensions.indexOf(dimension);
  const parts = partition(dimension, [...declared.categories.keys()], null);
  for (const [position] of table.places.entries()) {
    for (let cell = 0; cell < table.width; cell++) {
      builder.begin(table.offset + position * table.width + cell);
      const entries = table.strides.map((stride, index) => Math.floor(cell / stride) % (table.sizes[index] ?? 1));
      for (const entry of parts) builder.add(cellAt(finer, position, entries.toSpliced(axis, 0, entry)), -1);
      builder.end();
    }
  }
}

/** A roll-up is the sum of its parts. */
function addRollUps(builder: RelationBuilder, table: LaidTable): void {
  for (const [axis, dimension] of table.dimensions.entries()) {
    const { categories = [], rollUps = [] } = DIMENSIONS[dimension] ?? {};
    const stride = table.strides[axis] ?? 1;
    for (const index of rollUps.keys()) {
      const rollUp = categories.length + index;
      const parts = partition(dimension, membersOf(dimension, rollUp), rollUp);
      for (let cell = 0; cell < table.size; cell++) {
        if (Math.floor(cell / stride) % (table.sizes[axis] ?? 1) !== rollUp) continue;
        builder.begin(table.offset + cell);
        for (const entry of parts) builder.add(table.offset + cell + (entry - rollUp) * stride, -1);
        builder.end();
      }
    }
  }
}

/** That nobody is missing, exactly: what is collected everywhere is known to be. Else how many at most, as a figure would tell. */
function mostOfRest(rest: number): number {
  const { roundTo, withheldTo } = CUBE_RULES;
  if (rest === 0) return 0;
  return rest <= withheldTo ? withheldTo : mostOf(roundHalfUp(rest, roundTo), CUBE_RULES);
}

class RelationBuilder {
  readonly #counts: Int32Array;
  readonly #parents: number[] = [];
  readonly #starts: number[] = [0];
  readonly #children: number[] = [];
  readonly #organisations: number[] = [];
  readonly #rests: number[] = [];

  constructor(counts: Int32Array) {
    this.#counts = counts;
  }

  begin(parent: number): void {
    this.#parents.push(parent);
  }

  add(child: number, organisation: number): void {
    this.#children.push(child);
    this.#organisations.push(organisation);
  }

  end(): void {
    let rest = this.#counts[this.#parents.at(-1) ?? 0] ?? 0;
    for (let index = this.#starts.at(-1) ?? 0; index < this.#children.length; index++) {
      rest -= this.#counts[this.#children[index] ?? 0] ?? 0;
    }
    this.#rests.push(rest);
    this.#starts.push(this.#children.length);
  }

  finish(): Relations {
    return indexMembers(this.#counts.length, {
      count: this.#parents.length,
      parents: Int32Array.from(this.#parents),
      starts: Int32Array.from(this.#starts),
      children: Int32Array.from(this.#children),
      mostRest: Int32Array.from(this.#rests, mostOfRest),
      organisations: Int32Array.from(this.#organisations),
    });
  }
}

/** Adds the relations of each cell. */
export function indexMembers(cells: number, sums: Omit<Relations, "memberStarts" | "memberships">): Relations {
  const { count, parents, starts, children } = sums;
  const each = (visit: (cell: number, relation: number) => void): void => {
    for (let relation = 0; relation < count; relation++) {
      visit(parents[relation] ?? 0, relation);
      for (let index = starts[relation] ?? 0; index < (starts[relation + 1] ?? 0); index++) visit(children[index] ?? 0, relation);
    }
  };
  const memberStarts = new Int32Array(cells + 1);
  each((cell) => {
    memberStarts[cell + 1] = (memberStarts[cell + 1] ?? 0) + 1;
  });
  for (let cell = 1; cell < memberStarts.length; cell++) {
    memberStarts[cell] = (memberStarts[cell] ?? 0) + (memberStarts[cell - 1] ?? 0);
  }
  const next = memberStarts.slice();
  const memberships = new Int32Array(memberStarts.at(-1) ?? 0);
  each((cell, relation) => {
    const to = next[cell] ?? 0;
    memberships[to] = relation;
    next[cell] = to + 1;
  });
  return { ...sums, memberStarts, memberships };
}
