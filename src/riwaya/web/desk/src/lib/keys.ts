// Single keys, whatever the layout: on an Arabic keyboard the key of "c" gives another letter, and means the same.

const KEPT = 'riwaya-keys';

/** The Latin letter of a key, or the key as it is. */
export function letter(event: KeyboardEvent): string {
  if (/^[a-z?/]$/i.test(event.key) || event.key.length > 1) return event.key;
  const place = /^Key([A-Z])$/.exec(event.code);
  return place ? place[1]!.toLowerCase() : event.key === '؟' ? '?' : event.key;
}

/** Whether a key press is meant for the page and not for a field, and single keys are on. */
export function free(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement;
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return false;
  return !/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && singleKeys();
}

export const singleKeys = (): boolean => localStorage.getItem(KEPT) !== 'off';
export const turnKeys = (on: boolean): void => localStorage.setItem(KEPT, on ? 'on' : 'off');
