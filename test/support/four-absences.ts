/**
 * Absent, empty, Unknown and clear are four different things (dataset Decision 14): histories of what records say of items that know an
 * Unknown, and the rule as a table, which knows nothing of rows, drafts or decisions.
 */
import fc from "fast-check";
import type { Input } from "./journey-records.ts";

/** One item in one record, as it is sent. */
export type Said =
  | { readonly says: "ABSENT" }
  | { readonly says: "EMPTY"; readonly value: null | "" }
  | { readonly says: "UNKNOWN" | "KNOWN"; readonly value: string }
  | { readonly says: "CLEAR" };

/** Items of a patient without which a patient can do. */
const ITEMS = {
  ethnicGroup: { known: ["WHITE_BRITISH", "INDIAN"], unknown: ["NOT_STATED", "NOT_KNOWN"] },
  maritalStatus: { known: ["MARRIED", "WIDOWED"], unknown: ["UNKNOWN"] },
} as const;
export type ItemName = keyof typeof ITEMS;
export const ITEM_NAMES = ["ethnicGroup", "maritalStatus"] as const satisfies readonly ItemName[];

export type RecordSaid = Readonly<Record<ItemName, Said>>;

type State = "NOTHING" | "UNKNOWN" | "KNOWN";

/** What a statement leaves, by what was there: `KEEP` what is there, `TAKE` what is said, or `EMPTY`. */
const TABLE: Readonly<Record<Said["says"], Readonly<Record<State, "KEEP" | "TAKE" | "EMPTY">>>> = {
  ABSENT: { NOTHING: "KEEP", UNKNOWN: "KEEP", KNOWN: "KEEP" },
  EMPTY: { NOTHING: "KEEP", UNKNOWN: "KEEP", KNOWN: "KEEP" },
  UNKNOWN: { NOTHING: "TAKE", UNKNOWN: "TAKE", KNOWN: "KEEP" },
  KNOWN: { NOTHING: "TAKE", UNKNOWN: "TAKE", KNOWN: "TAKE" },
  CLEAR: { NOTHING: "KEEP", UNKNOWN: "EMPTY", KNOWN: "EMPTY" },
};

const stateOf = (name: ItemName, value: string | null): State => {
  if (value === null) return "NOTHING";
  return ITEMS[name].unknown.some((key) => key === value) ? "UNKNOWN" : "KNOWN";
};

export function applyTable(name: ItemName, before: string | null, said: Said): string | null {
  const effect = TABLE[said.says][stateOf(name, before)];
  if (effect === "KEEP") return before;
  return effect === "TAKE" && "value" in said ? said.value : null;
}

const saidOf = (name: ItemName): fc.Arbitrary<Said> =>
  fc.oneof(
    fc.constantFrom<Said>({ says: "ABSENT" }, { says: "EMPTY", value: null }, { says: "EMPTY", value: "" }, { says: "CLEAR" }),
    fc.constantFrom(...ITEMS[name].unknown).map((value): Said => ({ says: "UNKNOWN", value })),
    fc.constantFrom(...ITEMS[name].known).map((value): Said => ({ says: "KNOWN", value })),
  );

export const record: fc.Arbitrary<RecordSaid> = fc.record({
  ethnicGroup: saidOf("ethnicGroup"),
  maritalStatus: saidOf("maritalStatus"),
});

/** The members of a patient as they are sent: what is absent is not there, and what is cleared stands in `clear`. */
export function toMembers(said: RecordSaid): Input {
  const stated = ITEM_NAMES.flatMap((name) => {
    const one = said[name];
    return "value" in one ? [[name, one.value] as const] : [];
  });
  const clear = ITEM_NAMES.filter((name) => said[name].says === "CLEAR");
  return { ...Object.fromEntries(stated), ...(clear.length === 0 ? {} : { clear }) };
}
