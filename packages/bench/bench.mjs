// npm run bench: measures the cost of a saga and compares it with the baseline. See --help.
import { installed } from '../../infra/local/install.mjs';

installed();
const { bench } = await import('./dist/main.js');
await bench(process.argv.slice(2));
