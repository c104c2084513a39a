/** The search for canaries finds them in every form it claims to, and takes nothing else for one. */
import { describe, expect, it } from "vitest";
import { canaryPatient } from "./canary-patients.ts";
import { CanarySearch } from "./canary-search.ts";

const patients = Array.from({ length: 1_234 }, (_, index) => canaryPatient(index));
const patient = canaryPatient(1_233);
const search = new CanarySearch(patients);

const FORMS: Readonly<Record<string, (text: string) => string>> = {
  "as it is": (text) => text,
  "in capitals": (text) => text.toUpperCase(),
  "in hexadecimal": (text) => Buffer.from(text).toString("hex"),
  "in hexadecimal of capitals": (text) => Buffer.from(text.toUpperCase()).toString("hex").toUpperCase(),
  "in base64": (text) => Buffer.from(text).toString("base64"),
  "in base64 behind one byte": (text) => Buffer.from(`"${text}`).toString("base64"),
  "in base64 behind two bytes": (text) => Buffer.from(`:"${text}`).toString("base64url"),
};

describe("the search for canaries", () => {
  it.each(Object.entries(FORMS))("finds a text %s", async (_name, form) => {
    const found = await search.lookIn("", `\0${form(`${patient.surname} and more`)}\0`);
    expect(found).toEqual([{ place: "", item: "surname", index: patient.index }]);
  });

  it("finds numbers, postcodes and dates however they are written, and across the border of two pieces", async () => {
    const { nhsNumber, postcode, dateOfBirth, index } = patient;
    const [year, month, day] = dateOfBirth.split("-");
    const written = {
      nhsNumber: [nhsNumber, nhsNumber.replace(/(...)(...)/, "$1 $2 "), Buffer.from(nhsNumber).toString("hex")],
      postcode: [postcode, postcode.replace(" ", "").toLowerCase()],
      dateOfBirth: [dateOfBirth, `${year}${month}${day}`, `${day}/${month}/${year}`, `${day}.${month}.${year}`],
    };
    for (const [item, forms] of Object.entries(written))
      for (const form of forms) {
        const pieces = [Buffer.from(`<${form.slice(0, 5)}`), Buffer.from(`${form.slice(5)}>`)];
        expect(await search.look("", pieces), form).toEqual([{ place: "", item, index }]);
      }
  });

  it("takes no part of an id, a digest or an instant for one", async () => {
    const { nhsNumber } = patient;
    const text = `0190a1b2-${nhsNumber}ab 2026-11-22T10:11:12.999000 ${"f".repeat(9)}${nhsNumber}`;
    expect(await search.lookIn("", text)).toEqual([]);
  });
});
