// Short words about what was just done; said to screen readers too.

export interface Toast {
  id: number;
  text: string;
  bad: boolean;
  act?: { label: string; run: () => void };
}

class Toasts {
  all = $state.raw<Toast[]>([]);
  private next = 1;

  say(text: string, { bad = false, act, last = 8000 }: { bad?: boolean; act?: Toast['act']; last?: number } = {}): void {
    const toast: Toast = { id: this.next++, text, bad, ...(act ? { act } : {}) };
    this.all = [...this.all.slice(-2), toast];
    setTimeout(() => this.drop(toast.id), last);
  }

  drop(id: number): void {
    this.all = this.all.filter((one) => one.id !== id);
  }
}

export const toasts = new Toasts();
