import { demoToken, ShopClient } from '@quadrille/load';
import { seed } from './start/seed.js';

/**
 * Seeds the shop at ORDER_URL, PAYMENT_URL and INVENTORY_URL with products, stock and accounts. For containers, where
 * npm start cannot do it. QUADRILLE_TOKEN is an operator's token, if services require authentication; or
 * IDENTITY_PROVIDER_URL is where the demonstration's identity provider gives one.
 */
const urlOf = (variable: string): string => {
  const url = process.env[variable];
  if (url) return url;
  throw new Error(`${variable} is missing; expected a URL such as http://localhost:3001.`);
};

try {
  const [order, payment, inventory] = [urlOf('ORDER_URL'), urlOf('PAYMENT_URL'), urlOf('INVENTORY_URL')];
  const { QUADRILLE_TOKEN, IDENTITY_PROVIDER_URL } = process.env;
  const token = QUADRILLE_TOKEN || (IDENTITY_PROVIDER_URL && (await demoToken(IDENTITY_PROVIDER_URL, 'operator')));
  await seed(new ShopClient({ order, payment, inventory }, token || undefined));
  console.log('The shop has products, stock and accounts.');
} catch (error) {
  console.error(`The shop could not be seeded: ${(error as Error).message}`);
  process.exitCode = 1;
}
