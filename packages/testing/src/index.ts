export { given } from './steps.js';
