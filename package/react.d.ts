// The element in JSX, for React 19 with TypeScript: `import type {} from "relight/react";`
import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type { Config, RelightConsoleElement, RelightEvents } from "./relight.js";

/** Attributes, properties and events. React sets what the element has as a property; `on` before the
 * name of an event listens to it: `onrelight-run-finished={(event) => …}`. */
type Props = Omit<Config, "config"> &
  Partial<Pick<RelightConsoleElement, "config" | "credentials">> & {
    [K in keyof RelightEvents as `on${K}`]?: (event: RelightEvents[K]) => void;
  };

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "relight-console": DetailedHTMLProps<HTMLAttributes<RelightConsoleElement>, RelightConsoleElement> & Props;
    }
  }
}
