import { Fragment } from 'react';
import { partsOf } from './format.js';

/** An event's name, which may break between its words. */
export const EventName = ({ name }: { readonly name: string }) =>
  partsOf(name).map((part, at) => (
    <Fragment key={at}>
      {at > 0 && <wbr />}
      {part}
    </Fragment>
  ));
