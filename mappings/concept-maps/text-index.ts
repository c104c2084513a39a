/** Finds the labels that share most words with a text. Rare words count more; the cost is bounded whatever is asked. */

export interface TextIndex<T> {
  /** At most `most`, best first; only those that share most of what the words of both weigh. */
  find(text: string, most: number): readonly T[];
}

const LONGEST_TEXT = 200;
const MOST_WORDS = 12;
/** A word that stands in more labels than this tells little and costs much. */
const MOST_LABELS = 80;
const ENOUGH = 0.6;

/** Words of code systems that say nothing of the meaning. */
const EMPTY_WORDS: ReadonlySet<string> = new Set(
  "of the and or with without to in on by for from due not other unspecified nec nos disorder finding procedure situation".split(
    " ",
  ),
);
/** Our labels shorten what senders write out, and the other way round. */
const WRITTEN_OUT: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    mi: "myocardial infarction",
    cabg: "coronary artery bypass graft",
    pci: "percutaneous coronary intervention",
    ima: "internal mammary artery",
    copd: "chronic obstructive pulmonary disease",
    hf: "heart failure",
    chf: "heart failure",
    ihd: "ischaemic heart disease",
    chd: "coronary heart disease",
    tia: "transient ischaemic attack",
    tavi: "transcatheter aortic valve implantation",
    icd: "implantable cardioverter defibrillator",
    af: "atrial fibrillation",
    ckd: "chronic kidney disease",
    grafts: "graft",
    infarct: "infarction",
  }).map(([word, words]) => [word, words.split(" ")]),
);

interface Word {
  readonly weight: number;
  /** Positions of the labels that hold it. */
  readonly labels: readonly number[];
}

interface Label<T> {
  readonly value: T;
  /** Sum of the weights of its words. */
  readonly weight: number;
}

export function createTextIndex<T>(values: readonly T[], labelOf: (value: T) => string): TextIndex<T> {
  const texts = values.map((value) => toWords(labelOf(value)));
  const words = indexWords(texts);
  // What no label has weighs as if one had it.
  const rarest = Math.log(values.length + 1) + 1;
  const weigh = (text: ReadonlySet<string>): number => {
    let sum = 0;
    for (const word of text) sum += words.get(word)?.weight ?? rarest;
    return sum;
  };
  const labels = values.map((value, at): Label<T> => ({ value, weight: weigh(texts[at] ?? new Set()) }));
  return {
    find: (text, most) => {
      const asked = toWords(text.slice(0, LONGEST_TEXT));
      const shared = new Map<number, number>();
      for (const name of asked) {
        const word = words.get(name);
        if (word === undefined || word.labels.length > MOST_LABELS) continue;
        for (const at of word.labels) shared.set(at, (shared.get(at) ?? 0) + word.weight);
      }
      return shared.size === 0 ? [] : pickBest(shared, labels, weigh(asked), most);
    },
  };
}

function indexWords(texts: readonly ReadonlySet<string>[]): ReadonlyMap<string, Word> {
  const positions = new Map<string, number[]>();
  for (const [at, words] of texts.entries()) {
    for (const word of words) {
      const known = positions.get(word);
      if (known === undefined) positions.set(word, [at]);
      else known.push(at);
    }
  }
  const weightOf = (labels: readonly number[]): number => Math.log((texts.length + 1) / (labels.length + 1)) + 1;
  return new Map([...positions].map(([word, labels]) => [word, { labels, weight: weightOf(labels) }]));
}

/** Twice the weight of the shared words, over the weight of the words of both. */
function pickBest<T>(
  shared: ReadonlyMap<number, number>,
  labels: readonly Label<T>[],
  asked: number,
  most: number,
): readonly T[] {
  const scored: { readonly value: T; readonly score: number }[] = [];
  for (const [at, weight] of shared) {
    const label = labels[at];
    const score = label === undefined ? 0 : (2 * weight) / (asked + label.weight);
    if (label !== undefined && score >= ENOUGH) scored.push({ value: label.value, score });
  }
  return scored
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ value }) => value);
}

function toWords(text: string): ReadonlySet<string> {
  const words = new Set<string>();
  for (const word of text.toLowerCase().split(/[^a-z]+/)) {
    if (words.size >= MOST_WORDS) break;
    if (word.length < 2 || EMPTY_WORDS.has(word)) continue;
    for (const written of WRITTEN_OUT.get(word) ?? [toBritish(word)]) words.add(written);
  }
  return words;
}

/** Records from elsewhere write `ischemic`, ours `ischaemic`. */
const toBritish = (word: string): string =>
  word
    .replace("ischem", "ischaem")
    .replace("anem", "anaem")
    .replace(/^esoph/, "oesoph");
