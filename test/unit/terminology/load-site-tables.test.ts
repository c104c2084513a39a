import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { lookUpCode } from "../../../mappings/concept-maps/clinical-codes.ts";
import { overlaySiteTables } from "../../../mappings/concept-maps/site-tables.ts";
import type { LogFields, Logger } from "../../../src/observability/logger.ts";
import { loadSiteTables, SiteTablesError } from "../../../src/terminology/load-site-tables.ts";
import { ContradictingTables, openTerminology } from "../../../src/wiring/terminology.ts";

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function writeFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "nacr-codes-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  return folder;
}

interface Line extends LogFields {
  readonly event: string;
}
function createListener(): { readonly logger: Logger; readonly lines: Line[] } {
  const lines: Line[] = [];
  return {
    lines,
    logger: { log: (_level, event, fields = {}) => void lines.push({ event, ...fields }), flush: () => undefined },
  };
}

const REFSET_HEADER = "id\teffectiveTime\tactive\tmoduleId\trefsetId\treferencedComponentId";

describe("The folder of a site's code tables", () => {
  it("holds tables of codes, told by their names and columns", async () => {
    const folder = await writeFolder({
      "snomed-local.csv": '\uFEFFcode,display,target,role\r\n11687002,"Diabetes, of a kind",DIABETES,comorbidity\r\n\r\n',
      "icd10.csv": "code,description,target,role\nI21.0,x,MI_STEMI,index\n",
    });
    expect((await loadSiteTables(folder)).codes).toEqual([
      { system: "ICD10", code: "I21.0", label: "x", target: "MI_STEMI", action: "index", place: "icd10.csv:2" },
      {
        system: "SNOMED",
        code: "11687002",
        label: "Diabetes, of a kind",
        target: "DIABETES",
        action: "comorbidity",
        place: "snomed-local.csv:2",
      },
    ]);
  });

  it("holds products of dm+d in the columns of several publishers", async () => {
    const folder = await writeFolder({
      "vmp.csv": "VPID,NM,BNF\n317972000,Furosemide 40mg tablets,0202020L0AABBBB\n",
      "sub/bnf-snomed.csv":
        '"BNF Code","SNOMED Code","DM+D: Product Description"\n"0202020L0AABBBB","317972000","Furosemide 40mg tablets"\n',
    });
    const { products } = await loadSiteTables(folder);
    expect(products).toMatchObject([
      { code: "317972000", name: "Furosemide 40mg tablets", bnf: "0202020L0AABBBB" },
      { code: "317972000", name: "Furosemide 40mg tablets", bnf: "0202020L0AABBBB" },
    ]);
  });

  it("holds reference sets: the latest version of a member counts, while it is active, of the sets that are named", async () => {
    const member = (id: string, time: string, active: string, set: string, concept: string): string =>
      [id, time, active, "999000011000000103", set, concept].join("\t");
    const folder = await writeFolder({
      "Full/Refset/der2_Refset_SimpleFull.txt": [
        REFSET_HEADER,
        member("a", "20230101", "1", "900001", "11687002"),
        member("b", "20240101", "0", "900001", "22298006"),
        member("b", "20230101", "1", "900001", "22298006"),
        member("c", "20240101", "1", "900001", "57054005"),
        member("c", "20230101", "0", "900001", "57054005"),
        member("d", "20230101", "1", "900002", "401303003"),
      ].join("\r\n"),
      "Full/sct2_Concept_Full.txt": "id\teffectiveTime\tactive\n1\t2\t3\n",
      "refsets.csv": "refsetId,target\n900001,DIABETES\n",
    });
    const { codes } = await loadSiteTables(folder);
    expect(codes.map(({ code, target }) => `${code} ${target}`)).toEqual(["11687002 DIABETES", "57054005 DIABETES"]);
  });

  it("has a version that changes with any of its rows", async () => {
    const versionOf = async (target: string): Promise<string> =>
      (await loadSiteTables(await writeFolder({ "icd10.csv": `code,target\nI21.0,${target}\n` }))).version;
    expect(await versionOf("MI_STEMI")).toBe(await versionOf("MI_STEMI"));
    expect(await versionOf("MI_STEMI")).not.toBe(await versionOf("MI_UNKNOWN"));
  });

  it.each([
    ["is not there", null, "the folder cannot be read"],
    ["is empty", {}, "the folder holds no table"],
    ["holds a table of another form", { "codes/list.csv": "kode,ziel\n1,2\n" }, "its columns are none of the forms"],
    [
      "holds codes of a system it does not name",
      { "codes.csv": "code,target\n1,DIABETES\n" },
      "begins with icd10, opcs4 or snomed",
    ],
    ["names sets without a target", { "refsets.csv": "refsetId\n1\n" }, "refsetId and target"],
  ])("is refused where it %s", async (_what, files, message) => {
    const folder = files === null ? "/nowhere/at/all" : await writeFolder(files);
    await expect(loadSiteTables(folder)).rejects.toThrow(SiteTablesError);
    await expect(loadSiteTables(folder)).rejects.toThrow(message);
  });
});

describe("At the start", () => {
  it("the log says what was added, replaced and refused, by file and line", async () => {
    const { logger, lines } = createListener();
    const folder = await writeFolder({
      "snomed.csv": "code,target\n11687002,DIABETES\n49436004,ARRHYTHMIA\n22298007,MI_UNKNOWN\n408546009,CABG\n",
    });
    const terminology = await openTerminology(folder, logger);
    expect(terminology.siteVersion).toMatch(/^[0-9a-f]{12}$/);
    expect(lines).toContainEqual(expect.objectContaining({ event: "codes-added", operation: "SNOMED", count: 1 }));
    expect(lines).toContainEqual(expect.objectContaining({ event: "code-replaced", code: "SNOMED 49436004" }));
    expect(lines.filter(({ event }) => event === "code-row-refused")).toEqual([
      expect.objectContaining({ reason: "CHECK_DIGIT", route: "snomed.csv:4" }),
    ]);
  });

  it("contradicting tables refuse it", async () => {
    const folder = await writeFolder({ "snomed.csv": "code,target\n11687002,MI_STEMI\n11687002,CHD_NOS\n" });
    await expect(openTerminology(folder, createListener().logger)).rejects.toThrow(ContradictingTables);
  });

  it("without a folder the shipped tables stand", async () => {
    expect((await openTerminology(null, createListener().logger)).siteVersion).toBeNull();
  });
});

const REFERENCE = "../shared/data/codes";
const present = existsSync(`${REFERENCE}/snomed.csv`);
if (!present) console.log(`skipped: no reference tables in ${REFERENCE}`);

describe.skipIf(!present)("The open reference tables, loaded as a site's own", () => {
  it("contradict nothing, replace nothing, and no row of them is malformed", async () => {
    const { terminology, report } = overlaySiteTables(await loadSiteTables(REFERENCE));
    expect(report.faults).toEqual([]);
    expect(report.replaced).toEqual([]);
    expect(new Set(report.refused.map(({ reason }) => reason))).toEqual(
      new Set(["SHIPPED_MEANING_STANDS", "NOT_OF_THESE_MAPS", "CLASS_CONTRADICTED"]),
    );
    expect(report.added.SNOMED).toBeGreaterThan(1_000);
    expect(report.added.PRODUCTS).toBeGreaterThan(9_000);
    // Furosemide 40 mg, as prescriptions name it.
    expect(terminology.findProduct("317972000")?.classes).toEqual(["DIURETIC"]);
    for (const code of ["408546009", "440332008", "175006004", "726011000", "175066001"])
      expect(terminology.lookUpCode("SNOMED", code)).toEqual(lookUpCode("SNOMED", code));
  });

  it("control: a wrong row among them is found", async () => {
    const folder = await writeFolder({});
    await cp(REFERENCE, folder, { recursive: true });
    await writeFile(path.join(folder, "snomed-more.csv"), "code,target\n401303003,MI_NSTEMI\n22298007,MI_UNKNOWN\n");
    const { report } = overlaySiteTables(await loadSiteTables(folder));
    expect(report.replaced).toEqual(["SNOMED 401303003"]);
    expect(report.faults).toEqual(["SNOMED 401303003: contradicting groups MI_STEMI and MI_NSTEMI"]);
    expect(report.refused.map(({ reason }) => reason)).toContain("CHECK_DIGIT");
  });
});
