/** The regions of NHS England, as the register of organisations and the Office for National Statistics name them. */
import type { RegisteredCode } from "../national/national-values.ts";
import { readRegisteredCode } from "../national/national-values.ts";

const REGIONS = [
  { code: "Y56", ons: "E40000003", name: "London" },
  { code: "Y58", ons: "E40000006", name: "South West" },
  { code: "Y59", ons: "E40000005", name: "South East" },
  { code: "Y60", ons: "E40000011", name: "Midlands" },
  { code: "Y61", ons: "E40000007", name: "East of England" },
  { code: "Y62", ons: "E40000010", name: "North West" },
  { code: "Y63", ons: "E40000012", name: "North East and Yorkshire" },
] as const;

const BY_TEXT: ReadonlyMap<string, RegisteredCode | null> = new Map(
  REGIONS.flatMap(({ code, ons, name }) => {
    const region = readRegisteredCode(code);
    return [code, ons, name.toUpperCase(), `${name.toUpperCase()} COMMISSIONING REGION`].map((text) => [text, region] as const);
  }),
);

/** Null for a text that names no region, by its code in the register (`Y60`), its ONS code or its name. */
export const readRegion = (text: string): RegisteredCode | null => BY_TEXT.get(text.trim().toUpperCase()) ?? null;
