// Something of the server that a page shows: asked again when its address or the ledger changes.
import { untrack } from 'svelte';
import * as api from './api';
import { desk } from './desk.svelte';

export class Resource<T> {
  data = $state.raw<T | null>(null);
  problem = $state.raw<api.Problem | null>(null);
  loading = $state(false);
  private asked: AbortController | null = null;

  /** `where` gives the path and the query, or null while there is nothing to ask. */
  constructor(where: () => [path: string, query?: api.Query] | null, { keep = true } = {}) {
    let before = '';
    $effect(() => {
      const target = where();
      void desk.version;
      untrack(() => {
        this.asked?.abort();
        if (!target) {
          this.data = null;
          return;
        }
        if (!keep && before !== target[0]) this.data = null;
        before = target[0];
        void this.load(target[0], target[1] ?? {});
      });
    });
    $effect(() => () => this.asked?.abort());
  }

  private async load(path: string, query: api.Query): Promise<void> {
    const asked = (this.asked = new AbortController());
    this.loading = true;
    try {
      this.data = await api.get<T>(path, query, asked.signal);
      this.problem = null;
    } catch (error) {
      if (asked.signal.aborted) return;
      this.problem = error instanceof api.Problem ? error : new api.Problem('riwaya:server', 0, String(error));
      if (this.problem.status === 404) this.data = null;
    } finally {
      if (this.asked === asked) this.loading = false;
    }
  }
}
