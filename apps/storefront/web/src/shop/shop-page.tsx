import { Page } from '../frame/page.js';

/** What is sold. */
export default function ShopPage() {
  return <Page title="Shop">…</Page>;
}
