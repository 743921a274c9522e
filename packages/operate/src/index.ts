export { operateCommands } from './operate-commands.js';
