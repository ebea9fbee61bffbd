// Calendar days as words of the desk: no zone ever touches them.
import type { Day } from './types';

/** Midday in UTC of a day: far from every edge. */
export const noon = (day: Day): Date => new Date(`${day}T12:00:00Z`);

export const dayOf = (date: Date): Day => date.toISOString().slice(0, 10);

export function plus(day: Day, days: number): Day {
  return dayOf(new Date(noon(day).getTime() + days * 86_400_000));
}

/** Whole days from one day to another. */
export function between(from: Day, to: Day): number {
  return Math.round((noon(to).getTime() - noon(from).getTime()) / 86_400_000);
}

/** Every day from one to another, both included. */
export function range(from: Day, to: Day): Day[] {
  const found: Day[] = [];
  for (let i = 0; i <= between(from, to); i++) found.push(plus(from, i));
  return found;
}

export const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(noon(text).getTime()) && dayOf(noon(text)) === text;

/** A day kept between two others. */
export const clamp = (day: Day, first: Day, last: Day): Day => (day < first ? first : day > last ? last : day);
