const COPIES = Symbol.for('quadrille:copies-of-choreography');
const loaded = globalThis as { [COPIES]?: number };
loaded[COPIES] = (loaded[COPIES] ?? 0) + 1;

/** How many copies of this package the process has loaded: two, if `node_modules` holds two versions, or by `import` and by `require`. */
export const copiesOfChoreography = (): number => loaded[COPIES] ?? 1;
