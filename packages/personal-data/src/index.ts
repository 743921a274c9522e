export { type DataKey, DataKeys, eraseKey, KEY_CACHE_MS, KeysUnavailable } from './data-keys.js';
export { KeyedPersonalData } from './keyed-personal-data.js';
export { WrongSecret } from './master-key.js';
export { type Rewrapped, rewrapKeys } from './rewrap-keys.js';
export { type SealedCommand, sealCommandsOf } from './seal-commands.js';
export { isSecret, SECRET_EXPECTED, secretsIn } from './secrets.js';
