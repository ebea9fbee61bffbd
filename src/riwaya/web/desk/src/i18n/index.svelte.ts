// Words, numbers and days in the language of the person at the desk.
import { noon } from '../lib/days';
import type { Day, Lang } from '../lib/types';
import { ar } from './ar';
import { en, type Catalogue } from './en';

const KEPT = 'riwaya-language';
// Levantine month names and Arabic-Indic digits; the Gregorian calendar, as the news dates itself.
const LOCALES: Record<Lang, string> = { ar: 'ar-SY-u-nu-arab-ca-gregory', en: 'en-GB' };
const HIJRI: Record<Lang, string> = { ar: 'ar-SY-u-nu-arab-ca-islamic-umalqura', en: 'en-GB-u-ca-islamic-umalqura' };
// Harakat, Quranic marks and tatweel: labels are set small, and marks only blur them.
const MARKS = /[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]/g;

function first(): Lang {
  const kept = localStorage.getItem(KEPT);
  if (kept === 'ar' || kept === 'en') return kept;
  return navigator.languages.some((one) => one.startsWith('ar')) && !navigator.languages[0]?.startsWith('en') ? 'ar' : 'en';
}

class Words {
  lang = $state<Lang>(first());
  t = $derived<Catalogue>(this.lang === 'ar' ? ar : en);
  locale = $derived(LOCALES[this.lang]);
  dir = $derived<'rtl' | 'ltr'>(this.lang === 'ar' ? 'rtl' : 'ltr');
  private numbers = $derived(new Intl.NumberFormat(this.locale));
  private shares = $derived(new Intl.NumberFormat(this.locale, { style: 'percent', maximumFractionDigits: 0 }));
  private long = $derived(new Intl.DateTimeFormat(this.locale, { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }));
  private short = $derived(new Intl.DateTimeFormat(this.locale, { day: 'numeric', month: 'short', timeZone: 'UTC' }));
  private week = $derived(new Intl.DateTimeFormat(this.locale, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }));
  private hijri = $derived(new Intl.DateTimeFormat(HIJRI[this.lang], { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }));
  private clock = $derived(new Intl.DateTimeFormat(this.locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: 'UTC' }));
  private lists = $derived(new Intl.ListFormat(this.locale, { type: 'conjunction' }));

  set(lang: Lang): void {
    this.lang = lang;
    localStorage.setItem(KEPT, lang);
  }

  n = (value: number): string => this.numbers.format(value);
  share = (value: number): string => this.shares.format(value);
  list = (words: Iterable<string>): string => this.lists.format(words);

  day = (day: Day): string => this.long.format(noon(day));
  dayShort = (day: Day): string => this.short.format(noon(day));
  dayFull = (day: Day): string => this.week.format(noon(day));
  dayHijri = (day: Day): string => this.hijri.format(noon(day));

  /** Two days as one stretch. */
  stretch = (from: Day, until: Day): string => (from === until ? this.day(from) : this.long.formatRange(noon(from), noon(until)));

  /** A moment as its source wrote it, by the clock on its own wall. */
  moment = (moment: string): string => `${this.day(moment.slice(0, 10))}${this.hour(moment)}`;
  momentShort = (moment: string): string => `${this.dayShort(moment.slice(0, 10))}${this.hour(moment)}`;

  /** The clock of a moment; a source that gives only a day has none. */
  private hour(moment: string): string {
    const at = moment.slice(11, 16);
    return at && at !== '00:00' ? ` ${this.clock.format(new Date(`${moment.slice(0, 16)}:00Z`))}` : '';
  }

  /** A label in this language, or the other one where there is none. */
  label = (one: { label_ar?: string; label_en?: string; name?: string; id?: string } | null | undefined): string => {
    if (!one) return '';
    const [mine, other] = this.lang === 'ar' ? [one.label_ar, one.label_en] : [one.label_en, one.label_ar];
    return mine || other || one.name || one.id || '';
  };

  /** A name for the map: without marks. */
  plain = (name: string): string => name.replace(MARKS, '');
}

export const words = new Words();
