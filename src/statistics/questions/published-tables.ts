/** What can be asked of a cut: its declared tables. Codes, labels and numbers of cells; no figure. */
import { MEASURES, type Measure, TABLES } from "../cube/declaration.ts";
import { type Category, DIMENSIONS, type RollUp } from "../cube/dimensions.ts";
import type { PublishedCube } from "../cube/published-cube.ts";
import { normaliseQuestion } from "../cube/question.ts";
import type { Cut } from "../cuts/cut.ts";
import type { PublishedCuts } from "../cuts/cut-ports.ts";
import { type CubeChoice, chooseCube } from "./choose-cube.ts";
import { ASKED_DIMENSIONS, type NamedDimension } from "./question-words.ts";

export interface PublishedDimension extends NamedDimension {
  readonly categories: readonly Category[];
  readonly rollUps: readonly RollUp[];
}
export interface PublishedTable {
  /** Keys, the place first. */
  readonly dimensions: readonly string[];
  /** Keys of the measures that can be asked by these dimensions. */
  readonly measures: readonly string[];
  /** Of the table without its roll-ups: rows of an answer without a filter. */
  readonly cells: number;
}
export interface PublishedTables {
  readonly cut: Cut;
  readonly auditYear: number;
  readonly dimensions: readonly PublishedDimension[];
  readonly measures: readonly Measure[];
  /** Wide places first, few dimensions first. */
  readonly tables: readonly PublishedTable[];
}

/** @throws GatewayError NOT_FOUND, CUT_WITHDRAWN, NOT_PUBLISHED, DATABASE_UNAVAILABLE */
export type ListPublishedTables = (choice: CubeChoice) => Promise<PublishedTables>;

export const createListPublishedTables =
  (published: Pick<PublishedCuts, "find" | "inForce" | "reader">): ListPublishedTables =>
  async (choice) => {
    const { cut, auditYear, cube } = await chooseCube(published, choice, null);
    const dimensions = describeDimensions(cube.reader.cube);
    return { cut, auditYear, dimensions, measures: MEASURES, tables: listTables(dimensions) };
  };

const describeDimensions = ({ places }: PublishedCube): readonly PublishedDimension[] =>
  ASKED_DIMENSIONS.map((dimension) => {
    const declared = DIMENSIONS.find(({ key }) => key === dimension.key);
    if (declared !== undefined) return { ...dimension, categories: declared.categories, rollUps: declared.rollUps };
    const codes = Object.entries(places).find(([level]) => level === dimension.key)?.[1] ?? [];
    return { ...dimension, categories: codes.map((code) => ({ key: code, label: code })), rollUps: [] };
  });

/** By which dimensions what can be asked: follows from the declaration alone, so it is worked out once. */
let askable: readonly Omit<PublishedTable, "cells">[] | null = null;

function listAskable(): readonly Omit<PublishedTable, "cells">[] {
  askable ??= TABLES.map(({ level, dimensions }) => {
    const shown = level === "UNITED_KINGDOM" ? dimensions : [level, ...dimensions];
    const isAskable = (measure: string): boolean => normaliseQuestion({ measure, dimensions: shown, where: [] }) !== null;
    return { dimensions: shown, measures: MEASURES.map(({ key }) => key).filter(isAskable) };
  });
  return askable;
}

function listTables(dimensions: readonly PublishedDimension[]): readonly PublishedTable[] {
  const sizeOf = new Map(dimensions.map(({ key, categories }) => [key, categories.length]));
  return listAskable().map((table) => ({
    ...table,
    cells: table.dimensions.reduce((cells, key) => cells * (sizeOf.get(key) ?? 0), 1),
  }));
}
