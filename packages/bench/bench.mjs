// npm run bench: what a saga costs, side by side with the tutorial way. See --help.
import { installed } from '../../infra/local/install.mjs';

installed();
const { bench } = await import('./dist/main.js');
await bench(process.argv.slice(2));
