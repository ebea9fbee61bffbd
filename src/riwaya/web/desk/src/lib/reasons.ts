// Why a word weighs what it weighs, in the language of the desk: the server's reasons are short English codes.
import { words } from '../i18n/index.svelte';
import { desk } from './desk.svelte';
import { voiceName } from './names';

/** "own success ×0.45" or "media 2.7" in words; what is not known stays as it came. */
export function reasonIn(reason: string): string {
  const parts = /^(.*?)\s(×?)(-?[\d.]+)$/.exec(reason);
  if (!parts) {
    const replaced = /^(\d+) earlier word\(s\) of its own replaced$/.exec(reason);
    return replaced ? words.t.reasons.replaced(words.n(Number(replaced[1]))) : reason;
  }
  const [, what = '', times = '', value = ''] = parts;
  const name = desk.voice(what) ? voiceName(what) : ((words.t.reasons.words as Record<string, string>)[what] ?? what);
  return `${name} ${times}${words.n(Number(value))}`;
}
