/** Which cell of a cube is which of the cube before: the same table, the same place by its code, the same entries. */
import type { CubeLayout } from "../cube/cube-layout.ts";
import { LEVELS, type Level } from "../cube/dimensions.ts";

export const NO_CELL = -1;

export interface FormerCells {
  /** Of each cell of this cube the one before, and the other way round; `NO_CELL` where only one of the cubes has the place. */
  readonly formerOf: Int32Array;
  readonly nowOf: Int32Array;
}

export function mapCells(former: CubeLayout, now: CubeLayout): FormerCells {
  const formerOf = new Int32Array(now.cells).fill(NO_CELL);
  const nowOf = new Int32Array(former.cells).fill(NO_CELL);
  const positions = new Map(LEVELS.map((level) => [level, positionsOf(former, level)]));
  for (const { key, declaration, places, offset, width } of now.tables) {
    const before = former.byKey.get(key);
    if (before === undefined) continue;
    for (const [position, node] of places.entries()) {
      const old = positions.get(declaration.level)?.get(now.places.nodes[node]?.code ?? "");
      if (old === undefined) continue;
      for (let entry = 0; entry < width; entry++) {
        formerOf[offset + position * width + entry] = before.offset + old * width + entry;
        nowOf[before.offset + old * width + entry] = offset + position * width + entry;
      }
    }
  }
  return { formerOf, nowOf };
}

const positionsOf = ({ places }: CubeLayout, level: Level): ReadonlyMap<string, number> =>
  new Map(places.ofLevel[level].map((node, position) => [places.nodes[node]?.code ?? "", position]));
