/** What a measurement hands back, and how it is printed. */
import { median } from "./statistics.ts";

export interface Figure {
  readonly name: string;
  readonly unit: string;
  /** One value per round. A ratio is made from the two values of its round, never from two medians. */
  readonly rounds: readonly number[];
  /** What the gateway promises; absent for figures that only explain another one. */
  readonly floor?: number;
  /** The same for a figure that should be low. */
  readonly ceiling?: number;
}

const WIDTH = { name: 66, unit: 12, number: 10 };

const format = (value: number): string => {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en-GB");
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
};

function verdictOn({ rounds, floor, ceiling }: Figure): string {
  const value = median(rounds);
  if (floor !== undefined) return value < floor ? `BELOW ${format(floor)}` : `≥ ${format(floor)}`;
  if (ceiling !== undefined) return value > ceiling ? `ABOVE ${format(ceiling)}` : `≤ ${format(ceiling)}`;
  return "";
}

function formatRow(figure: Figure): string {
  const { name, unit, rounds } = figure;
  const numbers = [median(rounds), Math.min(...rounds), Math.max(...rounds)].map((value) => format(value).padStart(WIDTH.number));
  return `  ${name.padEnd(WIDTH.name)}${unit.padEnd(WIDTH.unit)}${numbers.join("")}${String(rounds.length).padStart(8)}  ${verdictOn(figure)}`;
}

/** Median, lowest and highest round, and the number of rounds of each figure. */
export function printFigures(title: string, load: string, figures: readonly Figure[]): void {
  const heads = ["median", "lowest", "highest"].map((head) => head.padStart(WIDTH.number)).join("");
  console.log(`\n${title}\n  load: ${load}`);
  console.log(`  ${"figure".padEnd(WIDTH.name)}${"unit".padEnd(WIDTH.unit)}${heads}  rounds  promised`);
  for (const figure of figures) console.log(formatRow(figure));
}
