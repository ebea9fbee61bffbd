import { describe, expect, it } from 'vitest';
import { Points } from '../src/lib/codepoints';
import { roleMarks, runs, shownRole } from '../src/lib/runs';

describe('code points', () => {
  it('are units where a text is plain', () => {
    const points = new Points('سيطرت الفصائل');
    expect(points.length).toBe(13);
    expect(points.slice(6, 13)).toBe('الفصائل');
  });

  it('are counted once where a character takes two units', () => {
    const points = new Points('🔴 عاجل 🇸🇾: دخلت');
    expect(points.length).toBe([...'🔴 عاجل 🇸🇾: دخلت'].length);
    expect(points.slice(2, 6)).toBe('عاجل');
    expect(points.slice(11, 15)).toBe('دخلت');
  });

  it('hold with marks, tatweel and mixed directions', () => {
    const text = 'قُتِلَ 3 في (Homs) سيـــطر 👍🏽 حمص';
    const all = [...text];
    const points = new Points(text);
    for (let start = 0; start < all.length; start++) {
      for (let end = start; end <= all.length; end++) expect(points.slice(start, end)).toBe(all.slice(start, end).join(''));
    }
  });

  it('stay inside the text whatever is asked', () => {
    const points = new Points('أ😀');
    expect(points.slice(0, 99)).toBe('أ😀');
    expect(points.unit(-4)).toBe(0);
    expect(points.unit(99)).toBe(3);
  });

  it('take a half of a pair as one, as the ledger does', () => {
    expect(new Points('a\ud83d b😀').length).toBe(5);
  });
});

describe('runs', () => {
  const text = 'سيطرت الفصائل على حمص وحماة';
  const points = new Points(text);

  it('join to the whole text', () => {
    const found = runs(points, [{ start: 0, end: 5 }, { start: 3, end: 13 }, { start: 18, end: 21 }]);
    expect(found.map((run) => run.text).join('')).toBe(text);
    expect(found.map((run) => run.marks.length)).toEqual([1, 2, 1, 0, 1, 0]);
  });

  it('leave out marks without words', () => {
    expect(runs(points, [{ start: 4, end: 4 }])).toHaveLength(1);
    expect(runs(points, [{ start: 90, end: 99 }])).toHaveLength(1);
  });

  it('can be cut from a part', () => {
    const found = runs(points, [{ start: 0, end: 5 }], 3, 13);
    expect(found.map((run) => run.text)).toEqual(['رت', ' الفصائل']);
  });

  it('show the innermost role, the trigger beneath', () => {
    const marks = roleMarks({
      id: 'c',
      actor: [{ start: 0, end: 13 }],
      target: [],
      place: [{ start: 18, end: 21 }],
      toward: [],
      time: null,
      quantity: null,
      chain: [],
      trigger: { start: 0, end: 5 },
    });
    const cut = runs(points, marks);
    expect(cut.map((run) => shownRole(run.marks)?.role ?? '')).toEqual(['actor', 'actor', '', 'place', '']);
    expect(cut[0]!.marks.some((mark) => mark.role === 'trigger')).toBe(true);
  });
});
