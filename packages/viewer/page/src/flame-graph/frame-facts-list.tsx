import type { JSX } from 'preact';
import type { FrameFacts } from './frame-facts.ts';

export function FrameFactsList({ facts: { name, place, origin, lines } }: { readonly facts: FrameFacts }): JSX.Element {
  return (
    <div class="flame-facts">
      <h3>{name}</h3>
      {place !== '' && <p class="mono">{place}</p>}
      {origin !== '' && <p>{origin}</p>}
      <dl>
        {lines.map(({ label, value }) => [<dt key={label} class="cut">{label}</dt>, <dd key={`${label} value`}>{value}</dd>])}
      </dl>
    </div>
  );
}
