export { type DataKey, DataKeys, eraseKey, KEY_CACHE_MS } from './data-keys.js';
export { KeyedPersonalData } from './keyed-personal-data.js';
export { WrongSecret } from './master-key.js';
export { type SealedCommand, sealCommandsOf } from './seal-commands.js';
