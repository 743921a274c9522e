// npm run servers -- NAME…: PostgreSQL and Kafka only, with a database per name, for other services.
import { installed } from './install.mjs';

installed();
const { startServersFor } = await import('./dist/start/servers.js');
await startServersFor(process.argv.slice(2));
