// The two clocks of every question: the day asked about, and what was known by when.
import { between, clamp, isDay, plus } from './days';
import { desk } from './desk.svelte';
import type { Day } from './types';
import { url } from './url.svelte';

const WRITE = 250; // ms: browsers refuse an address that changes with every pixel of a slider

class Clocks {
  private moved = $state.raw<Record<string, string>>({});
  private timer: ReturnType<typeof setTimeout> | undefined;

  get first(): Day {
    return desk.meta?.dates.first ?? '2000-01-01';
  }

  get last(): Day {
    return desk.meta?.dates.last ?? this.first;
  }

  get days(): number {
    return between(this.first, this.last);
  }

  get knownFirst(): Day {
    return desk.meta?.dates.known_first?.slice(0, 10) ?? this.first;
  }

  get knownLast(): Day {
    return desk.meta?.dates.known_last?.slice(0, 10) ?? this.last;
  }

  /** The day shown; the last one where none is asked for. */
  get at(): Day {
    const at = this.moved.at ?? url.get('at');
    return isDay(at) ? clamp(at, this.first, this.last) : this.last;
  }

  /** By when it had to be known; "" is everything known today. */
  get known(): string {
    return this.moved.known_by ?? url.get('known_by');
  }

  /** Both clocks move together: each day as it was known that evening. */
  get follow(): boolean {
    return (this.moved.follow ?? url.get('follow')) === '1';
  }

  set(change: { at?: Day; known_by?: string; follow?: string }): void {
    this.moved = { ...this.moved, ...change };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      url.set({ ...this.moved });
      this.moved = {};
    }, WRITE);
  }

  step(days: number): void {
    this.set({ at: clamp(plus(this.at, days), this.first, this.last) });
  }

  /** What the server is asked with: only what was known by then. */
  get knownBy(): string | null {
    return this.follow ? this.at : this.known || null;
  }
}

export const clocks = new Clocks();
