/** Settings of the gate to the national side, as the environment names them. */
import path from "node:path";
import type { NdoStage } from "../consent/release-policy.ts";

export interface ConsentConfig {
  /** Absolute path of the objections' ledger; null: it is forgotten with the process, like a database in memory. */
  readonly ledgerFile: string | null;
  readonly ndo: {
    readonly applyAt: NdoStage;
    /** Days for which an answer of the check stands. */
    readonly cacheDays: number;
  };
  /** The folders of a MESH client; null: there is none. */
  readonly mesh: { readonly folder: string; readonly mailbox: string } | null;
}

interface ConsentEnvironment {
  readonly NACR_DATA_DIR: string;
  readonly NACR_LEDGER_FILE: string;
  readonly NACR_NDO_APPLY_AT: NdoStage;
  readonly NACR_NDO_EVIDENCE?: string | undefined;
  readonly NACR_NDO_CACHE_DAYS: number;
  readonly NACR_MESH_FOLDER?: string | undefined;
  readonly NACR_MESH_MAILBOX?: string | undefined;
}

export const toConsentConfig = (env: ConsentEnvironment): ConsentConfig => ({
  ledgerFile: path.resolve(env.NACR_DATA_DIR, env.NACR_LEDGER_FILE),
  ndo: { applyAt: env.NACR_NDO_APPLY_AT, cacheDays: env.NACR_NDO_CACHE_DAYS },
  mesh:
    env.NACR_MESH_FOLDER === undefined
      ? null
      : { folder: path.resolve(env.NACR_MESH_FOLDER), mailbox: env.NACR_MESH_MAILBOX ?? "" },
});

/** An opt-out is passed over only where a document allows it, and whoever reads the configuration finds which. */
export function consentProblems(env: ConsentEnvironment): readonly string[] {
  const problems: string[] = [];
  if (env.NACR_NDO_APPLY_AT === "NONE" && env.NACR_NDO_EVIDENCE === undefined)
    problems.push("NACR_NDO_APPLY_AT: NONE needs NACR_NDO_EVIDENCE, the id of the document that exempts the audit");
  if (env.NACR_NDO_APPLY_AT !== "NONE" && env.NACR_NDO_EVIDENCE !== undefined)
    problems.push("NACR_NDO_EVIDENCE: is read where NACR_NDO_APPLY_AT is NONE only");
  if ((env.NACR_MESH_FOLDER === undefined) !== (env.NACR_MESH_MAILBOX === undefined))
    problems.push("NACR_MESH_FOLDER: and NACR_MESH_MAILBOX need each other");
  return problems;
}
