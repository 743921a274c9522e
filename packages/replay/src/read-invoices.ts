import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import type { InvoiceLine } from './invoice-line.js';

const COLUMNS = [
  'InvoiceNo',
  'StockCode',
  'Description',
  'Quantity',
  'InvoiceDate',
  'UnitPrice',
  'CustomerID',
  'Country',
];

const CONTROL = /\p{Cc}/gu;

interface Row {
  readonly record: Record<string, string>;
  readonly info: { readonly lines: number };
}

/** Reads an invoice file, `.csv` or `.csv.gz`. Throws an error of one sentence if the file is missing or has another format. */
export async function readInvoices(file: string): Promise<InvoiceLine[]> {
  const lines: InvoiceLine[] = [];
  const parser = parse({ columns: demandColumns, bom: true, skip_empty_lines: true, info: true });
  const collect = async (rows: AsyncIterable<Row>) => {
    for await (const { record, info } of rows) lines.push(lineOf(record, info.lines));
  };
  try {
    if (file.endsWith('.gz')) await pipeline(createReadStream(file), createGunzip(), parser, collect);
    else await pipeline(createReadStream(file), parser, collect);
  } catch (error) {
    throw new Error(`${file} cannot be replayed: ${(error as Error).message}`);
  }
  if (lines.length === 0) throw new Error(`${file} cannot be replayed: it has no invoice line.`);
  return lines;
}

function demandColumns(header: string[]): string[] {
  const missing = COLUMNS.filter((column) => !header.includes(column));
  if (missing.length > 0) throw new Error(`its first line lacks the columns ${missing.join(', ')}.`);
  return header;
}

const lineOf = (record: Record<string, string>, line: number): InvoiceLine => ({
  line,
  invoice: record.InvoiceNo?.trim() ?? '',
  stockCode: record.StockCode?.trim() ?? '',
  // It becomes the name of a product, which must not contain control characters.
  description: record.Description?.replaceAll(CONTROL, '\uFFFD').trim() ?? '',
  quantity: record.Quantity?.trim() ?? '',
  unitPrice: record.UnitPrice?.trim() ?? '',
  customer: record.CustomerID?.trim() ?? '',
  country: record.Country?.trim() ?? '',
});
