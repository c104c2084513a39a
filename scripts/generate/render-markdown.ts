/** The little Markdown that the generated pages need. */

/** First line of every generated page. */
export const GENERATED_NOTICE =
  "<!-- Generated from schema/nacr by scripts/generate/generate-dataset-docs.ts. Change the dictionary, not this page. -->";

/** A table; bars in cells are escaped, so that a source text cannot break its row. */
export function renderTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Inline code, or nothing for nothing. */
export const renderCode = (text: string | undefined): string => (text === undefined || text === "" ? "" : `\`${text}\``);
