import { describe, expect, it } from 'vitest';
import { ar } from '../src/i18n/ar';
import { en } from '../src/i18n/en';
import { countedAr } from '../src/i18n/plural';

/** Every text of a catalogue with the path to it; functions are called with samples. */
function texts(part: unknown, path = ''): [string, string][] {
  if (typeof part === 'string') return [[path, part]];
  if (typeof part === 'function') return [[path, String((part as (...args: unknown[]) => string)(...(part.length > 1 ? ['١', '٢', '٣'] : [path.startsWith('.n.') || path.endsWith('changed') ? 3 : '١'])))]];
  return Object.entries(part as Record<string, unknown>).flatMap(([key, value]) => texts(value, `${path}.${key}`));
}

describe('the catalogues', () => {
  it('have the same words in both languages', () => {
    expect(texts(ar).map(([path]) => path)).toEqual(texts(en).map(([path]) => path));
  });

  it('leave nothing empty', () => {
    for (const catalogue of [ar, en]) expect(texts(catalogue).filter(([, text]) => !text)).toEqual([]);
  });

  it('say it in Arabic where they are Arabic', () => {
    const foreign = texts(ar).filter(([path, text]) => !/[\u0600-\u06ff]/.test(text) && !/language\.other|credit|colon|comma|jobs/.test(path));
    expect(foreign).toEqual([]);
  });

  it('count in Arabic', () => {
    const n = countedAr('لا شيء', 'خبر واحد', 'خبران', 'أخبار', 'خبرا', 'خبر');
    expect([0, 1, 2, 3, 11, 100].map(n)).toEqual(['لا شيء', 'خبر واحد', 'خبران', '٣ أخبار', '١١ خبرا', '١٠٠ خبر']);
  });
});
