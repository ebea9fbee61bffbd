// Colours for bodies: Okabe and Ito's, which people with colour-blindness tell apart; words always stand beside them.

export const PALETTE = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#b8a800'] as const;
export const OTHERS = '#7f8a8f';
const RULED = '#9aa5a9';

/** The colour of a body by how many places it holds; those beyond the palette share one. */
export function colourOf(rank: number | undefined): string {
  return rank === undefined || rank < 0 ? OTHERS : (PALETTE[rank] ?? OTHERS);
}

export const slotOf = (rank: number | undefined): number => (rank === undefined || rank < 0 || rank >= PALETTE.length ? PALETTE.length : rank);
export const SLOTS = [...PALETTE, OTHERS];
export const NOBODY = RULED;
