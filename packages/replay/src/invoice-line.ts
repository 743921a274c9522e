/** One line of an invoice file in the Online Retail format, unchanged. */
export interface InvoiceLine {
  /** Line number in the file; the header is line 1. */
  readonly line: number;
  /** Six digits; a leading `C` marks a return, whose quantities are negative. */
  readonly invoice: string;
  readonly stockCode: string;
  readonly description: string;
  readonly quantity: string;
  readonly unitPrice: string;
  /** Empty for a guest. */
  readonly customer: string;
  readonly country: string;
}

/** Result of a line, with the reason if it was not simply ordered. */
export interface Fate {
  readonly fate: 'ordered' | 'merged' | 'cancelled' | 'refused' | 'reported';
  readonly reason?: string;
}
