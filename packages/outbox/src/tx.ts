/** An open database transaction that runs statements with parameters, such as a client of `pg` between `begin` and `commit`. */
export interface Tx {
  /** Runs one statement. Values are sent as parameters, never as part of the text. */
  query<Row extends object = Record<string, any>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ rows: Row[]; rowCount: number | null }>;
}
