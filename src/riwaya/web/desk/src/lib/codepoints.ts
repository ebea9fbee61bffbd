// Offsets of claims count Unicode code points; a string of the browser counts UTF-16 units.

const ASTRAL = /[\ud800-\udbff][\udc00-\udfff]/;

/** A text whose code points can be pointed at. Plain texts cost nothing; others one table. */
export class Points {
  readonly length: number;
  private readonly units: Uint32Array | null;

  constructor(readonly text: string) {
    this.units = ASTRAL.test(text) ? unitsOf(text) : null;
    this.length = this.units ? this.units.length - 1 : text.length;
  }

  /** Where a code point begins in UTF-16 units. */
  unit(point: number): number {
    const at = Math.max(0, Math.min(point, this.length));
    return this.units ? (this.units[at] ?? this.text.length) : at;
  }

  /** The words from one code point to another, the end exclusive. */
  slice(start: number, end: number): string {
    return this.text.slice(this.unit(start), this.unit(end));
  }
}

function unitsOf(text: string): Uint32Array {
  const found: number[] = [];
  for (let i = 0; i < text.length; ) {
    found.push(i);
    i += (text.codePointAt(i) ?? 0) > 0xffff ? 2 : 1;
  }
  found.push(text.length);
  return Uint32Array.from(found);
}
