/** Where the gates apply: dataset.md decisions 34 to 37 and section 9. */
import type { GateStage } from "./ports.ts";

/** Where the National Data Opt-out is asked for. `NONE` needs the id of the document that allows it. */
export const NDO_STAGES = ["SUBMISSION", "RELEASE", "BOTH", "NONE"] as const;
export type NdoStage = (typeof NDO_STAGES)[number];

export const asksOptOut = (applyAt: NdoStage, stage: GateStage): boolean => applyAt === "BOTH" || applyAt === stage;

/** The National Data Opt-out is England's. */
export const hasOptOut = (nation: string): boolean => nation === "ENGLAND";

/**
 * Section 251 of the NHS Act 2006 is the law of England and Wales. Northern Ireland's rows go without its support; of a nation that nobody
 * knows they stay.
 */
export const needsSection251 = (nation: string): boolean => nation !== "NORTHERN_IRELAND";
