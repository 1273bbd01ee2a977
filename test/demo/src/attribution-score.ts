/** How the samples of one piece of work were linked. */
export interface AttributionScore {
  readonly work: string;
  samples: number;
  linked: number;
  /** Linked to a span that was not active there, or that never arrived. */
  wrongLink: number;
  /** With an endpoint. */
  named: number;
  wrongEndpoint: number;
}

export function emptyScore(work: string): AttributionScore {
  return { work, samples: 0, linked: 0, wrongLink: 0, named: 0, wrongEndpoint: 0 };
}

export function totalScore(scores: readonly AttributionScore[]): AttributionScore {
  const total = emptyScore('all');
  for (const score of scores) {
    for (const column of ['samples', 'linked', 'wrongLink', 'named', 'wrongEndpoint'] as const) total[column] += score[column];
  }
  return total;
}

export function formatScores(scores: readonly AttributionScore[]): string {
  const header = ['work', 'samples', 'linked', 'wrong link', 'named', 'wrong endpoint'];
  const rows = [...scores, totalScore(scores)].map(({ work, samples, linked, wrongLink, named, wrongEndpoint }) => [work, samples, linked, wrongLink, named, wrongEndpoint].map(String));
  return [header, ...rows].map(([work = '', ...numbers]) => work.padEnd(26) + numbers.map((cell) => cell.padStart(15)).join('')).join('\n');
}
