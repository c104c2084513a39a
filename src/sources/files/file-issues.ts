/** What is wrong with a file as a whole. */
import type { Issue, Severity } from "../../records/issue.ts";
import type { MappingName } from "../../submission/commands.ts";
import type { FileEntries } from "../../submission/file-ports.ts";

/** The root of expressions that mean the file itself. */
const FILE = "file";

export const fileIssue = (
  severity: Severity,
  code: string,
  expression: string = FILE,
  params: Readonly<Record<string, string | number>> = {},
): Issue => ({ severity, code, field: null, expression, params });

/** A file of which nothing is read. */
export function refuseFile(
  mapping: MappingName,
  bytesTotal: number,
  code: string,
  params: Readonly<Record<string, string | number>> = {},
): FileEntries {
  return refuseWith(mapping, bytesTotal, [fileIssue("ERROR", code, FILE, params)]);
}

export function refuseWith(mapping: MappingName, bytesTotal: number, issues: readonly Issue[]): FileEntries {
  return {
    issues,
    mapping,
    bytesTotal,
    async *chunks() {
      // Nothing is read.
    },
    close: async () => undefined,
  };
}
