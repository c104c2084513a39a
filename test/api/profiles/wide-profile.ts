/** A made-up local system: one wide row for each patient, with its column profile and rows. All data are synthetic. */

export const SENDER = { vendor: "Example", product: "Files", version: "1" };

export const WIDE_PROFILE = {
  description: "One row for each patient and event.",
  dates: { formats: ["DD/MM/YYYY"] },
  codeMaps: {
    events: { "Heart attack (STEMI)": "MI_STEMI", "Heart attack (NSTEMI)": "MI NSTEMI" },
    yesNo: { Y: "YES", N: "NO" },
  },
  tables: [
    {
      records: [
        {
          record: "PATIENT",
          id: { columns: ["Ref"] },
          items: [
            { item: "nhsNumber", column: "NHS No" },
            { item: "dateOfBirth", column: "DOB" },
            { item: "gender", column: "Sex", codes: { M: "MALE", F: "FEMALE" } },
          ],
        },
        {
          record: "INITIATING_EVENT",
          items: [
            { item: "eventType", column: "Event", codes: "events" },
            { item: "eventDate", column: "Event date" },
          ],
        },
        {
          record: "REHABILITATION",
          items: [
            { item: "model", constant: "COMMISSIONING" },
            { item: "referralDate", column: "Referred" },
          ],
        },
        {
          record: "ASSESSMENT",
          items: [
            { item: "number", constant: 1 },
            { item: "date", column: "A1 date" },
            { item: "weightKg", column: "A1 weight (lb)", number: { unit: "[lb_av]" } },
          ],
        },
        { record: "COMORBIDITY", ticks: { item: "type", columns: { Diabetes: "DIABETES" } } },
      ],
      ignored: [{ column: "Notes", reason: "FREE_TEXT" }],
    },
  ],
};

const HEADER = "Ref,NHS No,DOB,Sex,Event,Event date,Referred,A1 date,A1 weight (lb),Diabetes,Notes";

export const wideFile = (...rows: readonly string[]): string => `${[HEADER, ...rows].join("\r\n")}\r\n`;

export const GOOD_ROW = "W1,9990000018,01/02/1950,M,Heart attack (STEMI),03/01/2026,05/01/2026,01/02/2026,150,Y,hello";
/** Its event is no code of the map. */
export const UNTRANSLATED_ROW = "W2,9990000026,02/02/1951,F,Heart atack (STEMI),04/01/2026,06/01/2026,,,N,";
