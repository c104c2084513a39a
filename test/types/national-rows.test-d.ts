import { describe, expectTypeOf, it } from "vitest";
import { defineNationalTable, type NationalValues } from "../../src/national/national-columns.ts";
import type { Pseudonym, RegisteredCode } from "../../src/national/national-values.ts";
import type { JourneyValues, NationalJourney } from "../../src/national/to-national-rows.ts";

const anyText: readonly string[] = [];

/** Names of columns to which any text could be given. */
type FreeText<Values> = { [Name in keyof Values]: string extends Values[Name] ? Name : never }[keyof Values];

describe("a table of the national side", () => {
  it("has columns of closed lists of codes, numbers and months", () => {
    const table = defineNationalTable({
      mode: { kind: "code", codes: ["A", "B"] },
      days: { kind: "integer" },
      at: { kind: "month" },
    });
    type Values = NationalValues<typeof table>;
    expectTypeOf<Values["mode"]>().toEqualTypeOf<"A" | "B" | null>();
    expectTypeOf<Values["days"]>().toEqualTypeOf<number | null>();
    // @ts-expect-error: a day of the calendar is no month.
    expectTypeOf<"2026-01-02">().toExtend<Values["at"]>();
  });

  it("has no column of free text: one does not compile", () => {
    // @ts-expect-error: codes that may be anything are text.
    defineNationalTable({ remarks: { kind: "code", codes: anyText } });
    // @ts-expect-error: sets of codes that may be anything are texts.
    defineNationalTable({ remarks: { kind: "codes", codes: anyText } });
    // @ts-expect-error: there is no kind for a text.
    defineNationalTable({ nhsNumber: { kind: "text" } });
  });

  it("takes no text for a pseudonym or a registered code that nobody read as one", () => {
    // @ts-expect-error: an identifier is no pseudonym.
    expectTypeOf<"9434765919">().toExtend<Pseudonym>();
    // @ts-expect-error: a text is no code of the register.
    expectTypeOf<"H-1">().toExtend<RegisteredCode>();
    expectTypeOf<FreeText<JourneyValues>>().toEqualTypeOf<never>();
    // The control: a text would be found.
    expectTypeOf<FreeText<JourneyValues & { readonly remarks: string }>>().toEqualTypeOf<"remarks">();
  });

  it("takes no row that the one function did not make", () => {
    type Made = Pick<NationalJourney, "row" | "assessments" | "acuteEvents" | "drugs">;
    // @ts-expect-error: everything a journey has, without the mark that nobody else can name.
    expectTypeOf<Made>().toExtend<NationalJourney>();
  });
});
