// What every page knows: who works here, what the ledger holds, and when it changes.
import * as api from './api';
import type { ActorMeta, Counted, Meta, Session } from './types';

const POLL = 5000;

class Desk {
  session = $state.raw<Session | null>(null);
  meta = $state.raw<Meta | null>(null);
  version = $state('');
  problem = $state.raw<unknown>(null);
  private indexed = $derived.by(() => index(this.meta));

  get signedIn(): boolean {
    return this.session?.can.read ?? false;
  }

  get mayWrite(): boolean {
    return this.session?.can.write ?? false;
  }

  async open(): Promise<void> {
    api.onSignedOut(() => {
      if (this.session) this.session = { ...this.session, user: null, can: { read: false, write: false, admin: false } };
    });
    try {
      this.session = await api.session.open();
      await this.refresh();
    } catch (error) {
      this.problem = error;
    }
    setInterval(() => void this.poll(), POLL);
    document.addEventListener('visibilitychange', () => void this.poll());
  }

  async enter(name: string, password: string): Promise<void> {
    this.session = await api.session.signIn(name, password);
    await this.refresh();
  }

  async leave(): Promise<void> {
    this.session = await api.session.signOut();
    if (!this.signedIn) this.meta = null;
  }

  async rename(name: string): Promise<void> {
    this.session = await api.session.rename(name);
  }

  /** Ask for what the ledger holds; every page that shows something of it asks anew. */
  async refresh(): Promise<void> {
    if (!this.signedIn) return;
    const [meta, { version }] = await Promise.all([api.get<Meta>('/meta'), api.get<{ version: string }>('/version')]);
    this.meta = meta;
    this.version = version;
    this.problem = null;
  }

  private async poll(): Promise<void> {
    if (!this.signedIn || document.hidden) return;
    try {
      const { version } = await api.get<{ version: string }>('/version');
      if (version !== this.version || this.problem) await this.refresh();
    } catch (error) {
      if (error instanceof api.Problem && error.type === 'riwaya:unreachable') this.problem = error;
    }
  }

  type(id: string): (Counted & { family: string }) | undefined {
    return this.indexed.types.get(id);
  }

  status(id: string): Counted | undefined {
    return this.indexed.statuses.get(id);
  }

  actor(id: string): ActorMeta | undefined {
    return this.indexed.actors.get(id);
  }

  voice(id: string): { label_ar: string; label_en: string } | undefined {
    return this.indexed.voices.get(id);
  }
}

function index(meta: Meta | null) {
  const by = <T extends { id: string }>(rows: T[] | undefined) => new Map((rows ?? []).map((row) => [row.id, row]));
  return { types: by(meta?.types), statuses: by(meta?.statuses), actors: by(meta?.actors), voices: by(meta?.voices) };
}

export const desk = new Desk();
