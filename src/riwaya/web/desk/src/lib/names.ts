// Names of ids and kinds in the language of the desk.
import { words } from '../i18n/index.svelte';
import { desk } from './desk.svelte';
import type { Mention } from './types';

/** The neutral label of a body, or its id where no pack knows it. */
export function nameOf(id: string): string {
  const pair = desk.meta?.labels[id];
  if (pair) return words.lang === 'ar' ? pair[0] || pair[1] : pair[1] || pair[0];
  const actor = desk.actor(id);
  return actor ? words.label(actor) : id;
}

/** How a mention is shown: the neutral label where it is resolved, the report's own words else. */
export const mentionName = (mention: Mention): string => (mention.id ? (mention.label_ar || mention.label_en ? words.label(mention) : nameOf(mention.id)) : mention.name);

export const typeName = (id: string): string => words.label(desk.type(id)) || id;
export const statusName = (id: string): string => words.label(desk.status(id)) || id;
export const voiceName = (id: string): string => words.label(desk.voice(id)) || id;
export const extentName = (id: string): string => words.label(desk.meta?.extents.find((one) => one.id === id)) || id;
export const roleName = (id: string): string => words.label(desk.meta?.roles.find((one) => one.id === id)) || (words.t.claim as unknown as Record<string, string>)[id] || id;

/** An origin as a person would say it: a body's label, else the words the report used. */
export function originName(origin: { id?: string; origin?: string; name?: string; label_ar?: string; label_en?: string }): string {
  const id = origin.id ?? origin.origin ?? '';
  if (origin.label_ar || origin.label_en) return words.label(origin);
  if (desk.meta?.labels[id]) return nameOf(id);
  return origin.name || readable(id);
}

/** The name inside an id that was made of words, such as "unnamed:مصدر أمني:outlet:…". */
export function readable(id: string): string {
  const known = desk.meta?.origins.find((one) => one.id === id);
  if (known) return words.label(known) || known.id;
  if (desk.meta?.labels[id]) return nameOf(id);
  const parts = id.split(':');
  if (parts[0] === 'outlet') return desk.meta?.outlets.find((one) => plain(one.name) === plain(parts[1] ?? ''))?.name ?? parts[1] ?? id;
  return parts[1] || parts[0] || id;
}

/** A name as ids are made of it: letters that are written for one another are one. */
const plain = (name: string): string => name.replace(/ة/g, 'ه').replace(/ى/g, 'ي').replace(/[أإآٱ]/g, 'ا').toLowerCase();

type Amount = { min?: number | null; max?: number | null; unit?: string };

/** How many, as words. */
export function amountOf(quantity: Amount): string {
  const t = words.t.claim;
  const { min, max } = quantity;
  const unit = quantity.unit ? ` ${t.units[quantity.unit] ?? quantity.unit}` : '';
  if (min != null && max != null) return `${min === max ? words.n(min) : t.fromTo(words.n(min), words.n(max))}${unit}`;
  if (min != null) return `${t.atLeast(words.n(min))}${unit}`;
  if (max != null) return `${t.atMost(words.n(max))}${unit}`;
  return '';
}
