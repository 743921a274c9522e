import type { Page } from 'playwright-core';

/** What a customer may choose otherwise than it is filled in. */
export interface Choices {
  /** Names of products as the catalogue shows them. */
  readonly goods?: readonly string[];
  /** As the forms show it. */
  readonly customer?: string;
  /** The token of a test card; without it the account pays. */
  readonly card?: string;
  /** As the form shows it, from its beginning. */
  readonly country?: string;
}

/** Puts goods into the cart and fills in the checkout, up to the last button. */
export async function fillCheckout(page: Page, { goods = ['Teapot for four'], customer, card, country }: Choices) {
  await page.goto('/');
  for (const name of goods) await page.getByRole('button', { name: new RegExp(`: ${escaped(name)}$`) }).click();
  await page.getByRole('link', { name: 'To the checkout' }).click();
  if (customer) await page.getByLabel('Customer').selectOption({ label: customer });
  if (card) {
    await page.getByLabel(/^By card/).check();
    await page.getByLabel('Card', { exact: true }).selectOption(card);
  }
  if (country) {
    const options = page.getByLabel('Country').locator('option');
    const label = await options.filter({ hasText: country }).first().textContent();
    await page.getByLabel('Country').selectOption({ label: label! });
  }
}

/** The last button, and the order page it leads to; gives the order's id. */
export async function placeOrder(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Place the order' }).click();
  return orderShown(page);
}

/** Waits for an order page and gives the order's id. */
export async function orderShown(page: Page): Promise<string> {
  await page.waitForURL(/\/orders\/[0-9a-f-]{36}$/);
  return page.url().split('/').at(-1)!;
}

/** Waits until the page shows how the order ended, and gives that word. */
export async function endingShown(page: Page): Promise<string> {
  const standing = page.locator('[role=status][data-ending]');
  await standing.waitFor();
  return (await standing.getAttribute('data-ending'))!;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
