/**
 * Pages that are read and printed: HTML without scripts, headings and tables that a screen reader can walk, no colour that says something
 * by itself. Every text is escaped; the style is one constant, so that a content security policy can name it by its digest.
 */
import { createHash } from "node:crypto";

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? character);

const STYLE = `body{font:16px/1.5 Arial,sans-serif;max-width:60rem;margin:0 auto;padding:1rem;color:#212b32;background:#fff}
h1{font-size:1.6rem}h2{font-size:1.25rem;margin-top:2rem}caption h2{margin:1rem 0 0}table{border-collapse:collapse;width:100%;margin:.5rem 0 1rem}
caption{text-align:left;font-weight:bold;padding:.3rem 0}th,td{border-bottom:1px solid #768692;padding:.3rem .6rem;text-align:left;vertical-align:top}
td.number{text-align:right;font-variant-numeric:tabular-nums}
@media print{body{max-width:none;padding:0;font-size:11px}h2{break-after:avoid}tr{break-inside:avoid}}`;

/** Nothing may be loaded, run or framed; the one style is known by its digest. */
export const PAGE_SECURITY_POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

export interface PageTable {
  readonly caption: string;
  readonly columns: readonly string[];
  /** The first cell of a row is its heading. */
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** A piece of a page: paragraphs as texts, tables, headings of its own. */
export interface PageSection {
  readonly heading: string;
  readonly paragraphs?: readonly string[];
  readonly tables?: readonly PageTable[];
}

export function renderPage(title: string, intro: readonly string[], sections: readonly PageSection[]): string {
  const body = [
    `<h1>${escapeHtml(title)}</h1>`,
    ...intro.map(paragraph),
    ...sections.map(
      ({ heading, paragraphs = [], tables = [] }) =>
        `<section>${headingOf(heading, tables)}${paragraphs.map(paragraph).join("")}${tables.map((each) => table(each, heading)).join("")}</section>`,
    ),
  ].join("\n");
  return `<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body><main>${body}</main></body></html>
`;
}

/** A table that is all there is says the heading in its caption. */
const headingOf = (heading: string, tables: readonly PageTable[]): string =>
  tables.some(({ caption }) => caption === heading) ? "" : `<h2>${escapeHtml(heading)}</h2>`;

const paragraph = (text: string): string => `<p>${escapeHtml(text)}</p>`;

function table({ caption, columns, rows }: PageTable, heading: string): string {
  const head = columns.map((column) => `<th scope="col">${escapeHtml(column)}</th>`).join("");
  const body = rows.map(
    ([heading = "", ...cells]) => `<tr><th scope="row">${textOf(heading)}</th>${cells.map(cell).join("")}</tr>`,
  );
  const lines = rows.length === 0 ? `<tr><td colspan="${columns.length}">None.</td></tr>` : body.join("\n");
  const title = caption === heading ? `<h2>${escapeHtml(caption)}</h2>` : escapeHtml(caption);
  return `<table><caption>${title}</caption><thead><tr>${head}</tr></thead><tbody>${lines}</tbody></table>`;
}

const cell = (value: string | number | null): string =>
  `<td${typeof value === "number" ? ' class="number"' : ""}>${textOf(value)}</td>`;

/** An empty cell is read aloud as nothing; a dash says that there is nothing. */
const textOf = (value: string | number | null): string => (value === null ? "–" : escapeHtml(String(value)));
