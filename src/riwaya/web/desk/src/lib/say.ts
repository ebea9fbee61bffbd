// A problem in the words of the person at the desk.
import { words } from '../i18n/index.svelte';
import { Problem } from './api';
import { toasts } from './toasts.svelte';

export function inWords(error: unknown): string {
  const texts = words.t.problems as Record<string, string>;
  return (error instanceof Problem && texts[error.type]) || texts['riwaya:server']!;
}

export function complain(error: unknown): void {
  toasts.say(inWords(error), { bad: true });
}
