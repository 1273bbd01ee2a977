/** Texts whose contrast with what is behind them is below 4.5 to 1 (WCAG 2.2, 1.4.3). Runs in the page. */
export function lowContrasts(): { background: 'light' | 'dark'; low: string[] } {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
  const rgba = (color: string): number[] => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = ([red = 0, green = 0, blue = 0]: number[]): number => {
    const [r = 0, g = 0, b = 0] = [red, green, blue].map((value) => (value / 255 <= 0.040_45 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element: Element | null): number[] => {
    for (let at = element; at !== null; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor);
      if (color[3] === 255) return color;
    }
    return rgba(getComputedStyle(document.documentElement).colorScheme.includes('dark') ? '#000' : '#fff');
  };
  const low: string[] = [];
  for (const element of document.querySelectorAll('body *')) {
    const text = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.textContent?.trim()).join('');
    const { width, height } = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    if (text === '' || width < 2 || height < 2 || style.visibility !== 'visible' || element.closest('[aria-disabled=true], :disabled, .visually-hidden, option, svg') !== null) continue;
    const [one, two] = [luminance(rgba(style.color)), luminance(behind(element))].toSorted((a, b) => b - a) as [number, number];
    const contrast = (one + 0.05) / (two + 0.05);
    if (contrast < 4.5) low.push(`${text.slice(0, 30)}: ${contrast.toFixed(1)}`);
  }
  return { background: luminance(behind(document.body)) > 0.5 ? 'light' : 'dark', low: [...new Set(low)] };
}
