/**
 * Drug classes (interop 1.10). A class is known from an ATC or BNF code; any other code (dm+d, RxNorm) is read by the ingredient named
 * in its display, a declared fallback that warns: product lists of dm+d come to a site under its own licence.
 */
import type { SiteCodeReason } from "../support/site-codes.ts";

/** ATC prefixes, longest first decides. C03B-like thiazide groups are all diuretics. */
export const ATC_CLASSES: readonly (readonly [prefix: string, drugClass: string])[] = [
  ["B01AC06", "ASPIRIN"],
  ["C09DX04", "ARNI"],
  ["C01AA05", "OTHER"],
  ["C01EB17", "OTHER"],
  ["B01AC", "OTHER_ANTIPLATELET"],
  ["B01AA", "ANTICOAGULANT"],
  ["B01AE", "ANTICOAGULANT"],
  ["B01AF", "ANTICOAGULANT"],
  ["C03DA", "MRA"],
  ["A10BK", "SGLT2_INHIBITOR"],
  ["C10AA", "STATIN"],
  ["C01DA", "NITRATE"],
  ["C01B", "ANTI_ARRHYTHMIC"],
  ["C09A", "ACE_INHIBITOR"],
  ["C09B", "ACE_INHIBITOR"],
  ["C09C", "ARB"],
  ["C09D", "ARB"],
  ["C10A", "OTHER_LIPID_LOWERING"],
  ["C10BA10", "OTHER_LIPID_LOWERING"],
  ["C10B", "STATIN"],
  ["C03", "DIURETIC"],
  ["C07", "BETA_BLOCKER"],
  ["C08", "CALCIUM_CHANNEL_BLOCKER"],
];

/** The class of the second substance in groups of ATC that are combinations by name: with diuretics, with calcium channel blockers. */
export const ATC_PARTNERS: readonly (readonly [prefix: string, drugClass: string])[] = [
  ["C09BA", "DIURETIC"],
  ["C09BB", "CALCIUM_CHANNEL_BLOCKER"],
  ["C09DA", "DIURETIC"],
  ["C09DB", "CALCIUM_CHANNEL_BLOCKER"],
  ["C07B", "DIURETIC"],
  ["C07C", "DIURETIC"],
  ["C07D", "DIURETIC"],
  ["C07FB", "CALCIUM_CHANNEL_BLOCKER"],
  ["C10BA", "OTHER_LIPID_LOWERING"],
];

/** BNF chapters, longest first. */
export const BNF_CLASSES: readonly (readonly [prefix: string, drugClass: string])[] = [
  ["0205052AE", "ARNI"],
  ["0209000A0", "ASPIRIN"],
  // Chapter 0212 holds statins and others; only the substances we know by number are told apart.
  ["0212000AA", "STATIN"],
  ["0212000B0", "STATIN"],
  ["0212000M0", "STATIN"],
  ["0212000X0", "STATIN"],
  ["0212000Y0", "STATIN"],
  ["0212000L0", "OTHER_LIPID_LOWERING"],
  ["0205051", "ACE_INHIBITOR"],
  ["0205052", "ARB"],
  ["0201010", "OTHER"],
  ["020201", "DIURETIC"],
  ["020202", "DIURETIC"],
  ["020203", "MRA"],
  ["020601", "NITRATE"],
  ["020602", "CALCIUM_CHANNEL_BLOCKER"],
  ["020802", "ANTICOAGULANT"],
  ["0203", "ANTI_ARRHYTHMIC"],
  ["0204", "BETA_BLOCKER"],
  ["0209", "OTHER_ANTIPLATELET"],
];

export const INGREDIENTS: Readonly<Record<string, string>> = {
  ASPIRIN: "aspirin acetylsalicylic",
  OTHER_ANTIPLATELET: "clopidogrel prasugrel ticagrelor dipyridamole cangrelor ticlopidine cilostazol",
  ANTICOAGULANT: "warfarin apixaban rivaroxaban edoxaban dabigatran acenocoumarol phenindione",
  BETA_BLOCKER:
    "bisoprolol atenolol metoprolol carvedilol nebivolol propranolol sotalol labetalol acebutolol celiprolol nadolol pindolol oxprenolol esmolol",
  ACE_INHIBITOR:
    "ramipril lisinopril perindopril enalapril captopril trandolapril fosinopril quinapril imidapril moexipril cilazapril benazepril zofenopril",
  ARB: "losartan candesartan valsartan irbesartan telmisartan olmesartan eprosartan azilsartan",
  ARNI: "sacubitril",
  MRA: "spironolactone eplerenone finerenone",
  SGLT2_INHIBITOR: "dapagliflozin empagliflozin canagliflozin ertugliflozin sotagliflozin",
  STATIN: "simvastatin atorvastatin rosuvastatin pravastatin fluvastatin pitavastatin lovastatin",
  OTHER_LIPID_LOWERING:
    "ezetimibe fenofibrate bezafibrate gemfibrozil ciprofibrate colestyramine cholestyramine alirocumab evolocumab inclisiran bempedoic colesevelam colestipol icosapent",
  CALCIUM_CHANNEL_BLOCKER:
    "amlodipine diltiazem verapamil nifedipine felodipine lercanidipine lacidipine nicardipine isradipine nimodipine",
  NITRATE: "nitroglycerin glyceryl isosorbide",
  DIURETIC:
    "furosemide frusemide lasix bumetanide torasemide torsemide bendroflumethiazide bendrofluazide chlorothiazide indapamide hydrochlorothiazide chlortalidone chlorthalidone metolazone amiloride co-amilofruse co-amilozide triamterene xipamide cyclopenthiazide",
  ANTI_ARRHYTHMIC: "amiodarone dronedarone flecainide disopyramide propafenone mexiletine quinidine procainamide dofetilide",
  OTHER: "digoxin ivabradine nicorandil ranolazine hydralazine vericiguat",
};
/** UK trade names, where a name holds no ingredient. Our own selection. */
const TRADE_NAMES: Readonly<Record<string, string>> = {
  OTHER_ANTIPLATELET: "plavix brilique efient",
  ANTICOAGULANT: "eliquis xarelto lixiana pradaxa",
  BETA_BLOCKER: "cardicor emcor tenormin",
  ACE_INHIBITOR: "tritace zestril coversyl",
  ARB: "cozaar amias diovan",
  ARNI: "entresto",
  MRA: "aldactone inspra",
  SGLT2_INHIBITOR: "forxiga jardiance",
  STATIN: "lipitor crestor zocor",
  OTHER_LIPID_LOWERING: "ezetrol repatha praluent leqvio nilemdo",
  CALCIUM_CHANNEL_BLOCKER: "istin adalat",
  OTHER: "procoralan ranexa ikorel",
};
const CLASS_BY_INGREDIENT: ReadonlyMap<string, string> = new Map(
  [...Object.entries(INGREDIENTS), ...Object.entries(TRADE_NAMES)].flatMap(([drugClass, names]) =>
    names.split(" ").map((name) => [name, drugClass] as const),
  ),
);

/** Forms that are not given for the heart. */
const LOCAL_FORMS: ReadonlySet<string> = new Set([
  "eye",
  "ophthalmic",
  "rectal",
  "cream",
  "gel",
  "ointment",
  "suppository",
  "suppositories",
]);
const ASPIRIN_MIN_MG = 75;
const ASPIRIN_MAX_MG = 300;
const toWords = (name: string): readonly string[] => name.toLowerCase().split(/[^a-z-]+/);
const isLocal = (words: readonly string[]): boolean => words.some((word) => LOCAL_FORMS.has(word));

/** Whether a product's name says that it is given where it acts, not for the heart: eye drops of a beta blocker. */
export const isLocalForm = (name: string): boolean => isLocal(toWords(name));

const STRENGTH_MG = /(\d+(?:\.\d+)?)\s*(?:mg|milligrams?)\b/i;

/** In a combination the strength that follows the word is aspirin's. */
const ASPIRIN_STRENGTH_MG = /(?:aspirin|acetylsalicylic acid)[^\d]{0,20}(\d+(?:\.\d+)?)\s*(?:mg|milligrams?)\b/i;

/** Why a drug that was recognised is no statement about a class. */
export type DrugReason = "CLASS_BY_INGREDIENT_NAME" | "ASPIRIN_NOT_ANTIPLATELET_DOSE" | "NO_NACR_ITEM";

export interface DrugClassification {
  /** Keys of the drug class list, empty where none applies. */
  readonly classes: readonly string[];
  /** Null where a code told the class. */
  readonly reason: DrugReason | null;
  /** The organisation's own translation that told the class. */
  readonly siteCode?: SiteCodeReason;
}

const findPrefix = (rows: readonly (readonly [string, string])[], code: string): string | undefined =>
  rows.find(([prefix]) => code.startsWith(prefix))?.[1];

/** The URI of WHO, URIs of national editions (`http://fhir.de/CodeSystem/bfarm/atc`), the OID, the plain name. */
const IS_ATC = /whocc\.no|\batc\b|2\.16\.840\.1\.113883\.6\.73\b/i;

/** The class a code itself tells; undefined for dm+d and RxNorm. */
export function classifyByCode(system: string, code: string): string | undefined {
  if (IS_ATC.test(system)) return findPrefix(ATC_CLASSES, code.toUpperCase());
  return /\bbnf\b/i.test(system) ? findPrefix(BNF_CLASSES, code.toUpperCase()) : undefined;
}

/** All classes a code tells: two of a combination. */
export function classifyCombination(system: string, code: string): readonly string[] {
  const drugClass = classifyByCode(system, code);
  if (drugClass === undefined) return [];
  const partner = IS_ATC.test(system) ? findPrefix(ATC_PARTNERS, code.toUpperCase()) : undefined;
  return [...new Set([drugClass, partner ?? drugClass])];
}

/** Which drug of its class a medication is, as far as it tells. */
export interface DrugSubstances {
  readonly names: readonly string[];
  readonly codes: readonly string[];
}

const SUBSTANCES: ReadonlySet<string> = new Set(Object.values(INGREDIENTS).flatMap((names) => names.split(" ")));

/** The substances a name holds; a trade name tells none. */
export const findSubstances = (name: string): readonly string[] =>
  toWords(name)
    .flatMap((word) => [word, ...word.split("-")])
    .filter((word) => SUBSTANCES.has(word));

/** The substance a code itself tells, the fifth level of ATC: product codes differ with strength and form. */
export const findSubstanceCode = (system: string, code: string): string | null =>
  IS_ATC.test(system) && code.length === 7 ? code.toUpperCase() : null;

/** Classes by the ingredients a name holds. Aspirin counts at 75 to 300 mg only: above, or without a strength, it may be an analgesic. */
export function classifyByName(name: string): DrugClassification {
  const words = toWords(name);
  if (isLocal(words)) return { classes: [], reason: "NO_NACR_ITEM" };
  const classes = new Set(words.flatMap(classifyWord));
  // Sacubitril comes with valsartan: the pair is one class.
  if (classes.has("ARNI")) classes.delete("ARB");
  if (classes.has("ASPIRIN") && !isAntiplateletDose(name)) {
    classes.delete("ASPIRIN");
    if (classes.size === 0) return { classes: [], reason: "ASPIRIN_NOT_ANTIPLATELET_DOSE" };
  }
  return { classes: [...classes], reason: classes.size === 0 ? "NO_NACR_ITEM" : "CLASS_BY_INGREDIENT_NAME" };
}

/** A name of several parts, `CANDESARTAN-AMLODIPIN`, is read part by part where the whole is no substance (`co-amilofruse`). */
function classifyWord(word: string): readonly string[] {
  const parts = CLASS_BY_INGREDIENT.has(word) || word.endsWith("-free") ? [word] : word.split("-");
  return parts.flatMap((part) => CLASS_BY_INGREDIENT.get(part) ?? []);
}

function isAntiplateletDose(name: string): boolean {
  const strength = (ASPIRIN_STRENGTH_MG.exec(name) ?? STRENGTH_MG.exec(name))?.[1];
  return strength !== undefined && Number(strength) >= ASPIRIN_MIN_MG && Number(strength) <= ASPIRIN_MAX_MG;
}
