import type { AnchorHTMLAttributes, JSX } from 'preact';
import { navigate } from './address.ts';

export type LinkProps = AnchorHTMLAttributes & { readonly href: string };

/** A link within the page. Opening it in another tab works as anywhere. */
export function Link({ href, children, onClick, ...attributes }: LinkProps): JSX.Element {
  return (
    <a
      {...attributes}
      href={href}
      onClick={(event) => {
        onClick?.(event);
        if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        navigate(href);
      }}
    >
      {children}
    </a>
  );
}
