const BLOCKS = '▁▂▃▄▅▆▇█';

/** One line: title, least and most, and a block for each value between them. */
export function lineChart(title: string, values: readonly number[]): string {
  const least = Math.min(...values);
  const range = Math.max(...values) - least;
  const block = (value: number): string => BLOCKS[range === 0 ? 0 : Math.round(((value - least) / range) * (BLOCKS.length - 1))] ?? '';
  return `${title.padEnd(9)} ${least.toFixed(1)} to ${(least + range).toFixed(1)}  ${values.map(block).join('')}`;
}
