// Why a place's state is what it is, in a sentence: the acts that made it, or that nothing was heard since.
import { words } from '../i18n/index.svelte';
import { nameOf } from './names';
import type { HistorySpan } from './types';

export function whyIn(span: HistorySpan): string {
  const t = words.t.place;
  if (span.why === 'faded' || span.why === 'hindsight') return t[span.why];
  const sentences = t.acts as Record<string, (side: string) => string>;
  const said = span.acts.map((act) => `${sentences[act.act]?.(nameOf(act.side)) ?? `${nameOf(act.side)}: ${act.act}`}${act.probability ? ` (${words.share(act.probability)})` : ''}`);
  return [...new Set(said)].slice(0, 5).join(words.lang === 'ar' ? '؛ ' : '; ');
}
