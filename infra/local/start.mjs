// npm start: the whole system from a fresh clone. See --help.
import { installed } from './install.mjs';

installed();
const { start } = await import('./dist/start/start.js');
await start(process.argv.slice(2));
