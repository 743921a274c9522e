import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core';

/** The only accent: lit and pressable elements. */
const accent: MantineColorsTuple = [
  '#e8f6f4',
  '#d0ebe8',
  '#a2d8d2',
  '#70c3bb',
  '#48b2a9',
  '#2ea69d',
  '#178d85',
  '#0c756f',
  '#08625d',
  '#044d49',
];

/** Compensation: failures, compensating steps, cancelled orders. */
const undo: MantineColorsTuple = [
  '#fdf1e7',
  '#fae0cc',
  '#f3c29b',
  '#eca266',
  '#e6863b',
  '#d76f1c',
  '#b95a10',
  '#9a480a',
  '#7d3a08',
  '#602c06',
];

/** Warm greys instead of Mantine's blue ones: paper, not glass. */
const gray: MantineColorsTuple = [
  '#faf9f7',
  '#f3f1ed',
  '#e8e5df',
  '#d9d5cd',
  '#bfbab0',
  '#98938a',
  '#757067',
  '#57534c',
  '#3a3733',
  '#24221f',
];

const dark: MantineColorsTuple = [
  '#dcdad6',
  '#b9b6b0',
  '#9b9891',
  '#6d6a65',
  '#3f3e3b',
  '#2f2e2c',
  '#252423',
  '#1b1b1a',
  '#151514',
  '#0f0f0e',
];

/** Filled elements have a text colour that is legible in both schemes: Mantine's own choice considers only the light one. */
const legibly: VariantColorsResolver = (input) => {
  const colours = defaultVariantColorsResolver(input);
  return input.variant === 'filled' ? { ...colours, color: 'var(--q-on-filled)' } : colours;
};

/** Calm: one typeface, one accent, few radii. */
export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 4 },
  variantColorResolver: legibly,
  colors: { accent, undo, gray, dark },
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, monospace",
  headings: { fontFamily: "'Inter Variable', system-ui, sans-serif", fontWeight: '600' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // A link within a text must be recognisable without its colour.
    Anchor: { defaultProps: { underline: 'always' } },
    Fieldset: { defaultProps: { radius: 'lg', mx: 0 } },
    // Their title is in a <header>, which would be a second banner of the page.
    Drawer: { defaultProps: { attributes: { header: { role: 'presentation' } } } },
    Modal: { defaultProps: { attributes: { header: { role: 'presentation' } } } },
  },
});

/** Names for the meaning of a colour; the pages use these and no shade. Both schemes ensure 4.5:1 for text. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': gray[7],
    '--mantine-color-body': '#fbfaf8',
    '--mantine-color-error': undo[7],
    '--q-surface': '#ffffff',
    '--q-on-filled': '#ffffff',
    '--q-line': gray[3],
    '--q-forward': accent[7],
    '--q-forward-soft': accent[0],
    '--q-undo': undo[7],
    '--q-undo-soft': undo[0],
    '--q-waiting': gray[7],
    '--q-expected': gray[4],
  },
  dark: {
    '--mantine-color-dimmed': dark[1],
    '--mantine-color-body': dark[8],
    '--mantine-color-error': undo[3],
    '--q-surface': dark[7],
    '--q-on-filled': dark[9],
    '--q-line': dark[4],
    '--q-forward': accent[3],
    '--q-forward-soft': '#12312e',
    '--q-undo': undo[3],
    '--q-undo-soft': '#37230f',
    '--q-waiting': dark[1],
    '--q-expected': '#57544f',
  },
});
