import { describe, expect, it } from 'vitest';
import { between, clamp, isDay, plus, range } from '../src/lib/days';
import { changed, filtersOf, parse, write } from '../src/lib/query';
import { dayIndex, differing, marksOf, spanAt, statesAt, type Happening } from '../src/map/model';
import type { ControlDays } from '../src/lib/types';

describe('the address of a view', () => {
  it('comes back as it was written', () => {
    const params = { at: '2024-12-07', type: ['clash', 'shelling'], q: 'بالحديدة & «حمص»', origin: 'unnamed:مصدر أمني:outlet:a' };
    expect(parse(write(params))).toEqual(params);
  });

  it('is one for one view', () => {
    expect(write({ type: ['b', 'a', 'b'], at: '2024-12-07' })).toBe('?at=2024-12-07&type=a&type=b');
    expect(write({ at: '', q: null, type: [] })).toBe('');
  });

  it('is asked only with what the server filters by', () => {
    expect(filtersOf(parse('?at=2024-12-07&sel=sy-homs&window=all&type=clash'), ['at'])).toEqual({ type: ['clash'] });
  });

  it('changes one value and keeps the others', () => {
    expect(changed({ at: '2024-12-01', q: 'x' }, { q: null, place: 'sy-homs' })).toEqual({ at: '2024-12-01', place: 'sy-homs' });
  });
});

describe('days', () => {
  it('are counted over months and leap years', () => {
    expect(plus('2024-02-28', 2)).toBe('2024-03-01');
    expect(between('2024-11-27', '2024-12-08')).toBe(11);
    expect(range('2024-12-30', '2025-01-02')).toEqual(['2024-12-30', '2024-12-31', '2025-01-01', '2025-01-02']);
  });

  it('are told from what is none', () => {
    expect([isDay('2024-12-08'), isDay('2024-13-08'), isDay('2024-02-30'), isDay('today')]).toEqual([true, false, false, false]);
    expect(clamp('2024-12-30', '2024-12-01', '2024-12-08')).toBe('2024-12-08');
  });
});

const control: ControlDays = {
  days: range('2024-12-01', '2024-12-08'),
  known_by: null,
  places: [
    { id: 'a', label_ar: 'أ', label_en: 'A', level: 'place', lat: 1, lon: 1, parent: '', spans: [[0, 3, 'x', false, 0.9, []], [3, 5, null, true, 0.5, ['x', 'y']], [5, 8, 'y', false, 0.8, []]] },
    { id: 'b', label_ar: 'ب', label_en: 'B', level: 'place', lat: 2, lon: 2, parent: '', spans: [[6, 8, 'y', false, 0.7, []]] },
  ],
};

describe('the map of a day', () => {
  it('is a look into spans that end before their last day', () => {
    expect(statesAt(control, '2024-12-03').map((one) => [one.place.id, one.holder, one.since])).toEqual([['a', 'x', '2024-12-01']]);
    expect(statesAt(control, '2024-12-04')[0]).toMatchObject({ contested: true, rivals: ['x', 'y'] });
    expect(statesAt(control, '2024-12-08').map((one) => one.holder)).toEqual(['y', 'y']);
  });

  it('is empty before the first day and stays after the last', () => {
    expect(statesAt(control, '2024-11-30')).toEqual([]);
    expect(dayIndex(control.days, '2025-05-01')).toBe(7);
    expect(spanAt([], 3)).toBeNull();
  });

  it('is compared with another day by who holds what', () => {
    const found = differing(statesAt(control, '2024-12-02'), statesAt(control, '2024-12-07'));
    expect(found.map((one) => [one.place.id, one.before?.holder ?? null, one.after?.holder])).toEqual([['a', 'x', 'y'], ['b', null, 'y']]);
  });

  it('gathers events by place and group', () => {
    const one = (id: string, day: string, family: Happening['family'], place = 'a'): Happening => ({ id, type: 't', family, lat: 1, lon: 1, first: day, last: day, support: 0.5, disputed: id === '2', origins: 1, place });
    const marks = marksOf([one('1', '2024-12-01', 'fight'), one('2', '2024-12-02', 'fight'), one('3', '2024-12-02', 'strike'), one('4', '2024-12-05', 'fight', 'b')], '2024-12-01', '2024-12-02');
    expect(marks.map((mark) => [mark.family, mark.count, mark.slot, mark.of, mark.disputed])).toEqual([['fight', 2, 0, 2, true], ['strike', 1, 1, 2, false]]);
  });
});
