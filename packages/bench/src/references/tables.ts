/** Of every service, but used by choreographies with an outbox only. */
const MESSAGES = `
  create table if not exists inbox (message_id uuid primary key);
  create table if not exists outbox (id uuid primary key, position bigint generated always as identity, topic text not null,
                                     key text not null, event text not null, payload text not null);`;

/** The tables of the references by service: those of the baseline. */
export const TABLES: Readonly<Record<ServiceOfReference, string>> = {
  order: `
    create table if not exists products (sku text primary key, price bigint not null, currency text not null);
    create table if not exists orders (order_id uuid primary key, status text not null, total bigint not null, details jsonb not null,
                         reason text, placed_at timestamptz not null, ended_at timestamptz);
    create table if not exists decisions (name text primary key, decision text not null);
    create table if not exists deadlines (order_id uuid primary key, due_at timestamptz not null);${MESSAGES}`,
  payment: `
    create table if not exists accounts (customer_id uuid primary key, currency text not null, available bigint not null,
                           held bigint not null);
    create table if not exists ledger_postings (id bigint generated always as identity primary key, transaction_id uuid not null,
                                  account text not null, customer_id uuid, order_id uuid, amount bigint not null);
    create table if not exists payments (order_id uuid primary key, status text not null, method text not null, amount bigint not null);${MESSAGES}`,
  inventory: `
    create table if not exists stock (sku text primary key, received bigint not null, available bigint not null,
                        reserved bigint not null, sold bigint not null);
    create table if not exists reservations (order_id uuid primary key, status text not null, items jsonb not null);${MESSAGES}`,
  shipping: `
    create table if not exists shipments (order_id uuid primary key, status text not null, address jsonb not null);${MESSAGES}`,
};

export const SERVICES = ['order', 'payment', 'inventory', 'shipping'] as const;
export type ServiceOfReference = (typeof SERVICES)[number];
