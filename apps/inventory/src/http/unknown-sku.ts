import { Problem } from '@quadrille/nest';

/** The problem of a SKU that is not in the catalogue, as receive-stock refuses it. */
export const unknownSku = (sku: string) =>
  new Problem(404, 'unknown-sku', `There is no product ${sku} in the catalogue.`);
