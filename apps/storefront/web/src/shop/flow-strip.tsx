import { checkout } from '@quadrille/contracts';
import { pathAhead } from '../order/path-ahead.js';
import classes from './shop.module.css';

const PATH = pathAhead(checkout, []);

/** The path of an order through the services, from the table, step by step. */
export const FlowStrip = () => (
  <figure className={classes.flow}>
    <ol>
      {PATH.map(({ step, event }, at) => (
        <li key={step} style={{ animationDelay: `${at * 0.7}s` }}>
          <strong>{event.service}</strong>
          <span>{event.name}</span>
        </li>
      ))}
    </ol>
    <figcaption>The path of an order without failures. Every step has a compensation.</figcaption>
  </figure>
);
