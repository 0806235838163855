// The element in JSX, for React with TypeScript: `import type {} from "relight/react";`
import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type { Config } from "./relight.js";

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "relight-console": DetailedHTMLProps<HTMLAttributes<HTMLElement>, HTMLElement> & Config;
    }
  }
}
