/** Dictionaries with proposed changes: made as any other is, so that what would not start a gateway is found before it is simulated. */
import type { Item, RecordType } from "../dataset/define.ts";
import type { Dictionary, DictionarySource } from "../dataset/dictionary.ts";
import type { Rule } from "../dataset/rule.ts";
import { LongWork } from "../lib/long-work.ts";
import type { CodesChange, ItemChange, ProposedChanges } from "./proposed-changes.ts";

/** What is wrong, with its place in the changes. */
export interface ChangeProblem {
  readonly path: string;
  readonly message: string;
}

/** By version. */
export type ByVersion = ReadonlyMap<string, Dictionary>;

/**
 * Compiles changed sources, each in place of the one of its version, among the others that are in service.
 * @throws Error for whatever is inconsistent in them: names and ids only, never values
 */
export type CompileSources = (changed: readonly DictionarySource[]) => ByVersion;

/** One change in its place. */
interface Step {
  readonly path: string;
  /** @throws Error where there is nothing to be changed */
  readonly apply: (source: DictionarySource) => DictionarySource;
}

/** Every change is made to those of the dictionaries that have what it changes. A problem is one that fits none of them. */
export async function changeDictionaries(
  dictionaries: readonly Dictionary[],
  changes: ProposedChanges,
  compile: CompileSources,
): Promise<{ readonly changed: ByVersion; readonly problems: readonly ChangeProblem[] }> {
  const steps = toSteps(changes);
  const sources = dictionaries.map(toSource);
  try {
    return { changed: compile(sources.map((source) => steps.reduce((made, step) => step.apply(made), source))), problems: [] };
  } catch {
    return await changeOneByOne(sources, steps, compile);
  }
}

/** One change after the other, each on top of what stands so far. */
async function changeOneByOne(sources: readonly DictionarySource[], steps: readonly Step[], compile: CompileSources) {
  const work = new LongWork();
  const problems: ChangeProblem[] = [];
  let standing = sources;
  for (const { path, apply } of steps) {
    const refusals: string[] = [];
    const change = (places: ReadonlySet<number>): boolean => {
      try {
        const next = standing.map((source, place) => (places.has(place) ? apply(source) : source));
        compile(next);
        standing = next;
        return true;
      } catch (error) {
        refusals.push(error instanceof Error ? error.message : "cannot be");
        return false;
      }
    };
    const everywhere = [...sources.keys()];
    if (change(new Set(everywhere))) continue;
    // Newest first: what an older version adds must have its place in the newer ones. Where something goes, it is the other way round.
    const once = everywhere.toReversed().filter((place) => !change(new Set([place])));
    const left = once.filter((place) => !change(new Set([place])));
    const [first] = refusals;
    if (left.length === everywhere.length && first !== undefined) problems.push({ path, message: first });
    await work.giveWay();
  }
  return { changed: compile(standing), problems };
}

const toSource = ({ version, recordTypes, codeLists, rules, issueCodes }: Dictionary): DictionarySource => ({
  version,
  recordTypes: recordTypes.map(({ definition }) => definition),
  codeLists: [...codeLists.values()].map(({ list }) => list),
  rules,
  issueCodes: [...issueCodes.values()],
});

/** What goes, goes first, so that an id or a code may be given anew. */
function toSteps({ rules, items, codes }: ProposedChanges): readonly Step[] {
  const stepsOf = <T>(list: readonly T[], path: string, apply: (source: DictionarySource, change: T) => DictionarySource) =>
    list.map((change, place): Step => ({ path: `${path}[${place}]`, apply: (source) => apply(source, change) }));
  return [
    ...stepsOf(rules.remove, "rules.remove", removeRule),
    ...stepsOf(rules.replace, "rules.replace", replaceRule),
    ...stepsOf(codes, "codes", changeCodes),
    ...stepsOf(items, "items", changeItem),
    ...stepsOf(rules.add, "rules.add", (source, rule) => ({ ...source, rules: [...source.rules, rule] })),
  ];
}

function requireRule(source: DictionarySource, id: string): void {
  if (!source.rules.some((rule) => rule.id === id)) throw new Error(`there is no rule ${id}`);
}

function removeRule(source: DictionarySource, id: string): DictionarySource {
  requireRule(source, id);
  return { ...source, rules: source.rules.filter((rule) => rule.id !== id) };
}

function replaceRule(source: DictionarySource, rule: Rule): DictionarySource {
  requireRule(source, rule.id);
  return { ...source, rules: source.rules.map((known) => (known.id === rule.id ? rule : known)) };
}

function changeCodes(source: DictionarySource, { list: name, add, retire }: CodesChange): DictionarySource {
  const list = source.codeLists.find((known) => known.name === name);
  if (list === undefined) throw new Error(`there is no code list ${name}`);
  const missing = retire.find((key) => !list.options.some((option) => option.key === key));
  if (missing !== undefined) throw new Error(`code list ${name} has no ${missing}`);
  const options = [...list.options.filter(({ key }) => !retire.includes(key)), ...add];
  return { ...source, codeLists: source.codeLists.map((known) => (known === list ? { ...list, options } : known)) };
}

function changeItem(source: DictionarySource, change: ItemChange): DictionarySource {
  const type = source.recordTypes.find(({ name }) => name === change.recordType);
  const item = type !== undefined && Object.hasOwn(type.items, change.item) ? type.items[change.item] : undefined;
  if (type === undefined || item === undefined) throw new Error(`${change.recordType} has no item ${change.item}`);
  const changed: RecordType = { ...type, items: { ...type.items, [change.item]: withLimits(item, change) } };
  return { ...source, recordTypes: source.recordTypes.map((known) => (known === type ? changed : known)) };
}

/** What is not named stays as it is. */
const withLimits = (item: Item, { mandatory, expected, hard }: ItemChange): Item => ({
  ...item,
  ...(mandatory === undefined ? {} : { mandatory }),
  ...(expected === undefined ? {} : { expected: expected ?? undefined }),
  ...(hard === undefined ? {} : { hard: hard ?? undefined }),
});
