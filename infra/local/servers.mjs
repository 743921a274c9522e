// npm run servers -- NAME…: PostgreSQL and Kafka alone, with a database for each name. For services of your own.
import { installed } from './install.mjs';

installed();
const { startServersFor } = await import('./dist/start/servers.js');
await startServersFor(process.argv.slice(2));
