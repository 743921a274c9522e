import { checkout } from '@quadrille/contracts';
import { wayAhead } from '../order/way.js';
import classes from './shop.module.css';

const WAY = wayAhead(checkout, []);

/** The path of an order through the services, from the table, step by step. */
export const FlowStrip = () => (
  <figure className={classes.dance}>
    <ol>
      {WAY.map(({ step, event }, at) => (
        <li key={step} style={{ animationDelay: `${at * 0.7}s` }}>
          <strong>{event.service}</strong>
          <span>{event.name}</span>
        </li>
      ))}
    </ol>
    <figcaption>The path of an order without failures. Every step has a compensation.</figcaption>
  </figure>
);
