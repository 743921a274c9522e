import { Table } from '@mantine/core';
import classes from './docs.module.css';
import { fieldsOf, type JsonSchema, typeOf } from './schema.js';

/** The fields of a schema: name, type, constraints. */
export function SchemaTable({ schema, what }: { readonly schema: JsonSchema; readonly what: string }) {
  const fields = fieldsOf(schema);
  if (fields.length === 0) return <p className={classes.quiet}>{typeOf(schema)}</p>;
  return (
    <Table.ScrollContainer minWidth={420}>
      <Table verticalSpacing={5} fz="sm">
        <caption className="only-for-screen-readers">{what}</caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Field</Table.Th>
            <Table.Th scope="col">Kind</Table.Th>
            <Table.Th scope="col">Rules</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {fields.map(({ path, depth, name, type, required, rules, description }) => (
            <Table.Tr key={path}>
              <Table.Th scope="row" fw={500} style={{ paddingLeft: `${0.6 + depth * 1.1}rem` }}>
                <code>{name}</code>
                {!required && <span className={classes.quiet}> optional</span>}
              </Table.Th>
              <Table.Td>{type}</Table.Td>
              <Table.Td className={classes.quiet!}>{[rules, description].filter(Boolean).join('. ')}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
