// What a side of a dispute says, in the language of the desk: the ledger says it in plain English.
import { words } from '../i18n/index.svelte';
import { desk } from './desk.svelte';

const ACTS = ['did not take a part of it', 'did not take it', 'took a part of it', 'took it', 'did not enter it', 'entered it', 'did not leave it', 'left it', 'does not hold it', 'holds it'] as const;
export type ActWords = (typeof ACTS)[number];

/** "Syrian National Army took it" in words; figures and what is not known stay as they came. */
export function sayIn(says: string): string {
  const t = words.t.sayings;
  if (says === 'it happened') return t.happened;
  if (says === 'it did not happen') return t.not;
  const act = ACTS.find((one) => says.endsWith(` ${one}`));
  if (act) return t.acts[act](sideIn(says.slice(0, -act.length - 1)));
  const figure = /^([\d.]+)(?: (?:to ([\d.]+)|(or more)))?$/.exec(says);
  if (!figure) return says;
  const low = words.n(Number(figure[1]));
  return figure[2] ? words.t.claim.fromTo(low, words.n(Number(figure[2]))) : figure[3] ? words.t.claim.atLeast(low) : low;
}

/** How a dispute was settled, in words. */
export function howIn(how: string): string {
  return (words.t.sayings.how as Record<string, string>)[how] ?? how;
}

function sideIn(english: string): string {
  if (words.lang === 'en') return english;
  const actor = desk.meta?.actors.find((one) => one.label_en === english);
  if (actor) return actor.label_ar;
  return Object.values(desk.meta?.labels ?? {}).find((pair) => pair[1] === english)?.[0] ?? english;
}
