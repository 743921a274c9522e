import classes from './shop.module.css';

const SIDE = 4;
/** Possible shapes of a cell; empty ones leave space. */
const SHAPES = [
  '',
  'M0,0h10v10h-10z',
  'M0,0a10,10 0 0 1 10,10h-10z',
  'M10,0a10,10 0 0 0 -10,10h10z',
  'M5,0a5,5 0 1 1 0,10a5,5 0 1 1 0,-10z',
  '',
];

/** A generated picture per SKU, because demonstration products have no photographs. */
export function ProductPicture({ sku }: { readonly sku: string }) {
  const draw = numbersFrom(sku);
  const cells = Array.from({ length: SIDE * SIDE }, (_, at) => {
    const column = at % SIDE;
    // Mirrored, so that it looks intended.
    const mirrored = column >= SIDE / 2;
    const seed = draw[Math.floor(at / SIDE) * SIDE + (mirrored ? SIDE - 1 - column : column)]!;
    const shape = SHAPES[seed % SHAPES.length]!;
    return { at, shape, mirrored, tone: (seed >> 4) % 3, x: column * 10, y: Math.floor(at / SIDE) * 10 };
  });
  return (
    <svg viewBox="-6 -2 52 44" className={classes.picture} aria-hidden="true">
      {cells.map(({ at, shape, mirrored, tone, x, y }) => (
        <path
          key={at}
          d={shape}
          data-tone={tone}
          transform={mirrored ? `translate(${x + 10},${y}) scale(-1,1)` : `translate(${x},${y})`}
        />
      ))}
    </svg>
  );
}

/** The same numbers for the same text (FNV-1a, then xorshift). */
function numbersFrom(text: string): number[] {
  let state = 2_166_136_261;
  for (const character of text) state = Math.imul(state ^ character.codePointAt(0)!, 16_777_619);
  return Array.from({ length: SIDE * SIDE }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 8;
  });
}
