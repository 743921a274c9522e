/** The tables of the references by service: those of the baseline without outbox and inbox. */
export const TABLES: Readonly<Record<ServiceOfReference, string>> = {
  order: `
    create table products (sku text primary key, price bigint not null, currency text not null);
    create table orders (order_id uuid primary key, status text not null, total bigint not null, itinerary jsonb not null,
                         reason text, placed_at timestamptz not null, ended_at timestamptz);
    create table decisions (name text primary key, decision text not null)`,
  payment: `
    create table accounts (customer_id uuid primary key, currency text not null, available bigint not null,
                           held bigint not null);
    create table ledger_postings (id bigint generated always as identity primary key, transaction_id uuid not null,
                                  account text not null, customer_id uuid, order_id uuid, amount bigint not null);
    create table payments (order_id uuid primary key, status text not null, method text not null, amount bigint not null)`,
  inventory: `
    create table stock (sku text primary key, received bigint not null, available bigint not null,
                        reserved bigint not null, sold bigint not null);
    create table reservations (order_id uuid primary key, status text not null, items jsonb not null)`,
  shipping: 'create table shipments (order_id uuid primary key, status text not null, address jsonb not null)',
};

export const SERVICES = ['order', 'payment', 'inventory', 'shipping'] as const;
export type ServiceOfReference = (typeof SERVICES)[number];
