// What is being added: it goes on while other pages are open.
import * as api from './api';
import { desk } from './desk.svelte';
import { inWords } from './say';
import type { Job } from './types';

const WAIT = 300;

export interface Adding {
  key: number;
  name: string;
  sent: number;
  job: Job | null;
  problem: string;
}

class AddingList {
  all = $state<Adding[]>([]);
  private next = 1;

  files(files: readonly File[], about: { outlet?: string; published?: string } = {}): void {
    for (const file of files) {
      void this.run(file.name, (sent) => api.upload<{ job: Job }>('/uploads', { name: file.name, ...about }, file, sent));
    }
  }

  text(text: string, about: { title?: string; outlet?: string; published?: string; url?: string }): Promise<Job | null> {
    return this.run(about.title || text.trim().slice(0, 60), () => api.send<{ job: Job }>('POST', '/texts', { text, ...about }));
  }

  address(url: string, about: { outlet?: string; published?: string }): Promise<Job | null> {
    return this.run(url, () => api.send<{ job: Job }>('POST', '/addresses', { url, ...about }));
  }

  private async run(name: string, start: (sent: (share: number) => void) => Promise<{ job: Job }>): Promise<Job | null> {
    const key = this.next++;
    this.all = [{ key, name, sent: 0, job: null, problem: '' }, ...this.all];
    const put = (change: Partial<Adding>) => (this.all = this.all.map((one) => (one.key === key ? { ...one, ...change } : one)));
    try {
      let { job } = await start((sent) => put({ sent }));
      put({ sent: 1, job });
      while (job.state !== 'done' && job.state !== 'failed') {
        await new Promise((go) => setTimeout(go, WAIT));
        job = await api.get<Job>(`/jobs/${encodeURIComponent(job.id)}`);
        put({ job });
      }
      await desk.refresh();
      return job;
    } catch (error) {
      put({ problem: inWords(error) });
      return null;
    }
  }
}

export const adding = new AddingList();
