// Part of each published package; runs when the package is loaded. Two copies in one process share no state, and an error of one is not
// an instance of the other's class. Without this line the first symptom would be events that are never published.
const COPIES = Symbol.for('quadrille.copies');
const copy = '__VERSION__ (__FORMAT__) in '.concat(import.meta.url.replace(/\/[^/]*$/, ''));
globalThis[COPIES] ??= new Map();
const first = globalThis[COPIES].get('__NAME__');
if (first === undefined) globalThis[COPIES].set('__NAME__', copy);
else if (first !== copy)
  console.warn(
    `__NAME__ is loaded twice: ${first} and ${copy}. The copies share no state. Use one version (npm ls __NAME__ lists the dependents), and load it either by import or by require.`,
  );
