/** ADT messages of the size hospitals send (HL7 UK A.3, v2.4): twelve segments, 1.2 kB. Every person in them is made up. */
import { toTestNhsNumber } from "../src/dataset/nhs-number.ts";
import { createSeededRandom } from "../src/lib/seeded-random.ts";

/** What such a feed is made of: movements, updates that bring the coding, and changes of the person's details. */
const TRIGGERS = ["A01", "A02", "A03", "A08", "A08", "A28", "A31", "A31"] as const;
const CODED: ReadonlySet<string> = new Set(["A03", "A08"]);
const DIAGNOSES = ["I21.4^NSTEMI", "I21.1^STEMI", "I25.1^Atherosclerotic heart disease", "J18.9^Pneumonia", "E11.9^Diabetes"];
const PROCEDURES = ["K75.1^PTCA with stent", "K63.1^Angiography", "K40.1^Bypass", "U20.1^Echocardiography"];
const pad = (value: number, length = 2): string => String(value).padStart(length, "0");

function createMessage(seed: number): string {
  const random = createSeededRandom(seed);
  const trigger = random.pick(TRIGGERS);
  const day = `2025${pad(random.integer(1, 12))}${pad(random.integer(1, 28))}`;
  const doctor = "C9999998^Example^Robin^^^Dr^^^GMC";
  const address = `${random.integer(1, 99)} Sample Street^Newtown^Exampleton^Northshire^YO10 5DD^GBR^H`;
  const visit = `V${seed}^^^VISITID`;
  const isVisit = trigger !== "A28" && trigger !== "A31";
  const segments = [
    `MSH|^~\\&|PAS|RTEST|ROUTE|ROUTE|${day}1418||ADT^${trigger}^ADT_${trigger}|${1e15 + seed}|P|2.4|1|${day}141857|||GBR|UNICODE|EN||A.3`,
    `EVN|${trigger}|${day}1400|||111111111^Clerk^Alex^^^Mx^^RTEST|${day}1400`,
    `PID|1||${toTestNhsNumber(seed)}^^^NHS^NH~${7e6 + seed}^^^RTEST^MR||Testperson^Case${seed}^J^^MRS^^L|Formername^Mo^Y|19${pad(random.integer(30, 70))}${pad(random.integer(1, 12))}${pad(random.integer(1, 28))}|${random.pick(["1", "2", "M", "F"])}|||${address}||+440000000000||EN|M|C22|||||A|Newtown|||GBR||GBR`,
    "PD1|||EXAMPLE PRACTICE^^Y99999|G9999998^Example^Sam^^^Dr^^^GMC",
    `NK1|1|Testperson^Kin^J^^MR^^L|1|${address}|+440000000000||||||||||1|19631111||||EN`,
    isVisit
      ? `PV1|1|I|RTEST^WARD1^BAY2-6^RTEST|13|||${doctor}|${doctor}|${doctor}|320||||19|||||${visit}|||||||||||||||||${trigger === "A03" ? "19" : ""}||||||||${day}1000|${trigger === "A03" ? `${day}1900` : ""}`
      : `PV1|1|N||||||${doctor}`,
    "PV2||||||||||||||||||||||||||||||||||||||C",
    `AL1|1|DA|Z88.5|5||${day}1755`,
  ];
  if (CODED.has(trigger)) {
    segments.push(
      `DG1|1||${random.pick(DIAGNOSES)}^ICD10||${day}0900|A|||||||||1|${doctor}|D|N|${day}0900`,
      `DG1|2||${random.pick(DIAGNOSES)}^ICD10||${day}0900|A|||||||||2|${doctor}|D|N|${day}0900`,
      `PR1|1||${random.pick(PROCEDURES)}^OPCS4||${day}2056|D|34|||||${doctor}|C3`,
    );
  }
  segments.push(`ZU1|${day}1234|1|C|${day}1300||500|||||||||${day}1200|${day}1156|02|Y|0`);
  return segments.join("\r");
}

/** The same messages every time. */
export const createMessages = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => createMessage(index + 1));
