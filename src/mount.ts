/** What a page can set; the same names as the element's attributes. */
export interface Config {
  /** The proxy's address, absolute or relative to the page. */
  proxy?: string;
  /** The language: `en` or `zh`. */
  lang?: string;
  /** The address of a `relight.json`. Attributes override it, unless it locks them. */
  config?: string;
  /** Light or dark; the system's setting unless given. */
  theme?: "light" | "dark";
  /** `hash`: the page's address is the console's own, so that its screens have links, the back button
   * works, and its parameters fill in the form. Only for a page that is nothing else. */
  routing?: "hash";
}

/** What an operator sets, as in `relight.json`; docs/configuration.md explains each setting. */
export interface Settings {
  /** For editors. */
  $schema?: string;
  /** The proxy's address, or one for each cloud. */
  proxy?: string | Record<CloudId, string>;
  /** Whether nothing is sent until the connection check has proven that the proxy refuses the second
   * copy of a request. */
  requireOnce?: boolean;
  /** The language; the reader's own unless given. */
  language?: Locale;
  /** Light or dark; as the reader's system is set unless given. */
  theme?: "light" | "dark";
  /** What is allowed; everything unless given. */
  allow?: {
    clouds?: CloudId[];
    regions?: string[];
    operations?: string[];
    modes?: string[];
    instancesMax?: number;
    instanceIds?: string[];
    /** A query that an instance must match as its cloud describes it: `tag:team=web`. */
    selection?: string;
    dryRunOnly?: boolean;
  };
  /** What must be confirmed before anything is sent. */
  confirm?: { typedCountAbove?: number; reasonRequired?: boolean };
  /** What is filled in at the start. Never a secret. */
  preset?: {
    cloud?: CloudId;
    site?: string;
    region?: string;
    operation?: string;
    mode?: string;
    dryRun?: boolean;
    keyId?: string;
    instanceIds?: string[];
    /** The instances, as a query, resolved again before each run. */
    selection?: string;
    reason?: string;
  };
  /** What of the preset, and of proxy, language and theme, cannot be changed. */
  locked?: (
    | "cloud" | "region" | "operation" | "mode" | "dryRun" | "instanceIds" | "proxy" | "language" | "theme"
  )[];
  /** Where run records go. */
  records?: { url: string };
  /** Who uses the page, for the records. */
  person?: string;
  /** The operator's own name and words. */
  brand?: { title?: string | Words; logo?: string; note?: string | Words };
  /** The clouds that are called without a proxy. */
  direct?: CloudId[];
  /** Where keys come from, and how long they stay. */
  credentials?: { url?: string; lockAfterSeconds?: number; keepInBrowser?: boolean };
  /** The origins of pages that may show this one in a frame. */
  frames?: string[];
}

/** What `prefill` fills in, by the names of the fields. There is no secret among them. */
export interface Prefill {
  cloud?: CloudId;
  site?: string;
  region?: string;
  /** The vendor's name of the operation, or `reboot` or `start`. */
  operation?: string;
  mode?: string;
  batching?: string;
  dryRun?: boolean;
  erase?: boolean;
  keyId?: string;
  /** A list, or a text that contains them. */
  instanceIds?: string | readonly string[];
  reason?: string;
}

/** Temporary keys, as the property `credentials` gives them. They go to the vault and nowhere else. */
export interface TemporaryKey {
  keyId: string;
  secret: string;
  token?: string | null;
  /** Seconds since 1970, or a text that `Date` reads. */
  expiresAt?: string | number | null;
}

/** What is about to be sent, or has begun. */
export interface OrderDetail {
  cloud: CloudId;
  region: string;
  /** The vendor's name of the operation. */
  operation: string;
  instanceIds: string[];
  /** How many calls it takes. */
  calls: number;
  dryRun: boolean;
  forced: boolean;
  /** Whether the connection check has proven that the proxy refuses the second copy of a request. Where
   * it is false a browser may send a request twice. */
  onceProven: boolean;
}

/** The same, before it is sent. */
export interface BeforeSendDetail extends OrderDetail {
  /** Takes a promise of the answer: only `true` approves, and only within ten minutes. To be called while
   * the event is dispatched. */
  waitUntil(answer: unknown): void;
}

/** Another outcome of an instance. */
export interface OutcomeDetail {
  instanceId: string;
  outcome: Outcome;
  /** The vendor's word for its state, if it was read. */
  state: string | null;
}

/** A finished run, as in the exported JSON. */
export interface RunRecord {
  /** How many instances have each outcome. */
  totals: Record<string, number>;
  [member: string]: unknown;
}

/** An error apart from a run. */
export interface ErrorDetail {
  kind: "configuration" | "journal" | "records";
  message: string;
}

/** The events of the element, by their names. None contains a secret. */
export interface RelightEvents {
  /** A person has confirmed; `preventDefault()` keeps everything from being sent. */
  "relight-before-send": CustomEvent<BeforeSendDetail>;
  /** The run begins. */
  "relight-run-started": CustomEvent<OrderDetail>;
  /** The outcome of an instance has changed. */
  "relight-outcome": CustomEvent<OutcomeDetail>;
  /** Nothing more will change without the user. */
  "relight-run-finished": CustomEvent<RunRecord>;
  /** The configuration, or a run of the journal, cannot be read; or records are not accepted. */
  "relight-error": CustomEvent<ErrorDetail>;
}

/** The element `<relight-console>`. */
export interface RelightConsoleElement extends HTMLElement {
  /** The configuration, in place of the file that the attribute of this name points to. */
  config: Settings | string | null;
  /** Gives temporary keys for a cloud whenever some are needed, within thirty seconds. */
  credentials: ((wanted: { cloud: CloudId }) => TemporaryKey | PromiseLike<TemporaryKey>) | null;
  /** Fills in fields, as far as the operator leaves them open. Throws a `RelightError` for a name that
   * is not known, and then fills in nothing. */
  prefill(values: Prefill): void;
  /** Wipes the key; a run in progress pauses for another. */
  lock(): void;
  /** Sends no further call; calls in flight cannot be recalled. */
  stop(): void;
  /** Listens to an event of the console. */
  addEventListener<K extends keyof RelightEvents>(
    type: K,
    listener: (this: RelightConsoleElement, event: RelightEvents[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  /** Listens to an event that any element has. */
  addEventListener<K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (this: HTMLElement, event: HTMLElementEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  /** Listens to any other event. */
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  /** Removes a listener. */
  removeEventListener<K extends keyof RelightEvents>(
    type: K,
    listener: (this: RelightConsoleElement, event: RelightEvents[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  /** Removes a listener. */
  removeEventListener<K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (this: HTMLElement, event: HTMLElementEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  /** Removes a listener. */
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

/** A console that `mount` has put on a page. */
export interface Handle {
  /** Listens to an event of the console; the function returned ends that. */
  on<K extends keyof RelightEvents>(name: K, listener: (event: RelightEvents[K]) => void): () => void;
}

declare global {
  interface HTMLElementTagNameMap {
    "relight-console": RelightConsoleElement;
  }
}
