// Light, dark, or as the system says.
const KEPT = 'riwaya-theme';
const dark = matchMedia('(prefers-color-scheme: dark)');

export type ThemeName = 'auto' | 'light' | 'dark';

class Theme {
  chosen = $state<ThemeName>((localStorage.getItem(KEPT) as ThemeName | null) ?? 'auto');
  private system = $state(dark.matches);
  now = $derived<'light' | 'dark'>(this.chosen === 'auto' ? (this.system ? 'dark' : 'light') : this.chosen);

  constructor() {
    dark.addEventListener('change', () => (this.system = dark.matches));
  }

  turn(): void {
    const order: ThemeName[] = ['auto', 'light', 'dark'];
    this.chosen = order[(order.indexOf(this.chosen) + 1) % order.length]!;
    localStorage.setItem(KEPT, this.chosen);
  }

  apply(): void {
    if (this.chosen === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = this.chosen;
  }
}

export const theme = new Theme();
