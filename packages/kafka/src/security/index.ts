export { plainHttpProblem } from './plain-http.js';
export { SecurityProblem, secretOf, type Variables } from './secret.js';
export type { PasswordLogin, Security, Tls, TokenLogin } from './security.js';
export { SASL_MECHANISMS, securityFrom } from './security-from.js';
