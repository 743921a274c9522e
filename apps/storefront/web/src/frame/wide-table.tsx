import { Table } from '@mantine/core';
import type { ReactNode } from 'react';

interface WideTableProps {
  /** The accessible description of the table. */
  readonly caption: string;
  readonly heads: readonly string[];
  /** Whether the last column holds buttons; it has no visible head. */
  readonly actions?: boolean;
  readonly children: ReactNode;
}

/** A table on its own surface, which scrolls if it is wider than the page. */
export const WideTable = ({ caption, heads, actions = false, children }: WideTableProps) => (
  <Table.ScrollContainer
    minWidth={760}
    className="surface"
    scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'region', 'aria-label': caption } }}
  >
    <Table verticalSpacing="sm" horizontalSpacing="md" className="tabular">
      <caption className="only-for-screen-readers">{caption}</caption>
      <Table.Thead>
        <Table.Tr>
          {heads.map((head) => (
            <Table.Th key={head} scope="col">
              {head}
            </Table.Th>
          ))}
          {actions && (
            <Table.Th scope="col">
              <span className="only-for-screen-readers">Actions</span>
            </Table.Th>
          )}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>{children}</Table.Tbody>
    </Table>
  </Table.ScrollContainer>
);
