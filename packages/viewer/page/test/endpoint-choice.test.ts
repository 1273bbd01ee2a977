import { describe, expect, it } from 'vitest';
import type { EndpointChoice } from '../src/views/endpoints/endpoint-choice.ts';
import { choiceOfOne, choiceWith, choiceWithout, isChosen } from '../src/views/endpoints/endpoint-choice.ts';

const row = (text: string) => ({ service: text.slice(0, text.indexOf(' ')), endpoint: text.slice(text.indexOf(' ') + 1) });
const ROWS = ['shop GET /health', 'shop GET /cart', 'shop ', 'stock GET /health', 'stock GET /left', 'stock '].map(row);
const NONE: EndpointChoice = { service: '', endpoints: [] };
const ticked = (choice: EndpointChoice) => ROWS.filter((other) => isChosen(choice, other)).map(({ service, endpoint }) => `${service} ${endpoint}`);

describe('the choice of endpoints', () => {
  it.each(['shop GET /health', 'stock GET /health', 'shop ', 'stock GET /left'])('is the one row that was clicked: "%s"', (text) => {
    expect(ticked(choiceOfOne(NONE, ROWS, row(text)))).toEqual([text]);
    expect(ticked(choiceWith(NONE, ROWS, row(text)))).toEqual([text]);
  });

  it('leaves the services alone where the name says enough', () => {
    expect(choiceOfOne(NONE, ROWS, row('shop GET /cart'))).toEqual({ service: '', endpoints: ['GET /cart'] });
    expect(ticked(choiceWith(choiceOfOne(NONE, ROWS, row('shop GET /cart')), ROWS, row('stock GET /left')))).toEqual(['shop GET /cart', 'stock GET /left']);
  });

  it('keeps what is of the service that has to be chosen', () => {
    const both: EndpointChoice = { service: '', endpoints: ['GET /cart', 'GET /left'] };
    expect(choiceWith(both, ROWS, row('stock GET /health'))).toEqual({ service: 'stock', endpoints: ['GET /left', 'GET /health'] });
  });

  it('ends with a second click, and narrows what an address had of several services', () => {
    const shared: EndpointChoice = { service: '', endpoints: ['GET /health'] };
    expect(ticked(shared)).toEqual(['shop GET /health', 'stock GET /health']);
    const one = choiceOfOne(shared, ROWS, row('shop GET /health'));
    expect(ticked(one)).toEqual(['shop GET /health']);
    expect(choiceOfOne(one, ROWS.slice(0, 3), row('shop GET /health'))).toEqual({ service: 'shop', endpoints: [] });
    expect(choiceWithout(one, row('shop GET /health'))).toEqual({ service: 'shop', endpoints: [] });
  });
});
