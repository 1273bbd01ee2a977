import type { ReadonlySignal } from '@preact/signals';
import { computed, effect, signal } from '@preact/signals';

export type Theme = 'light' | 'dark';
export type ThemeChoice = Theme | 'system';

const KEY = 'flamespan.theme';
const systemDark = matchMedia('(prefers-color-scheme: dark)');
const systemTheme = signal<Theme>(systemDark.matches ? 'dark' : 'light');
systemDark.addEventListener('change', () => (systemTheme.value = systemDark.matches ? 'dark' : 'light'));
const choice = signal<ThemeChoice>(stored());

export const themeChoice: ReadonlySignal<ThemeChoice> = computed(() => choice.value);
/** What is shown. A canvas reads it, so that it draws again with the other colours. */
export const theme: ReadonlySignal<Theme> = computed(() => (choice.value === 'system' ? systemTheme.value : choice.value));

export function chooseTheme(chosen: ThemeChoice): void {
  choice.value = chosen;
  try {
    if (chosen === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, chosen);
  } catch {
    // Storage that is switched off: the choice lasts as long as the page.
  }
}

export function applyTheme(): void {
  effect(() => {
    document.documentElement.dataset['theme'] = theme.value;
  });
}

/** A token's value for the current theme, for a canvas: `token('--text')`. */
export function token(name: `--${string}`): string {
  // Reading the signal makes a component that draws with it follow the theme.
  void theme.value;
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function stored(): ThemeChoice {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system';
  }
}
