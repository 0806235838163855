/** What came back for a call. */
export interface Reply {
  cloud: CloudId;
  operation: string;
  /** The ids of the call. */
  instanceIds: readonly string[] | string;
  /** The HTTP status. */
  status: number;
  /**
   * The headers as they came, whatever the case of their names. Of an answer that came through a proxy
   * `Proxy-Status` must be among them: with it, only what a single `relight-proxy` vouches for is
   * `accepted`, and only its typed error is `not-sent`. Without it the caller is believed that nothing
   * stood between them and the cloud: what a gateway makes up in the cloud's shape then counts as the
   * cloud's.
   */
  headers?: Record<string, string>;
  /**
   * The body as text, exactly as it came. The function does not know the request: of a token or a
   * signature in it, only what looks like one is hidden in `error.message`.
   */
  body: string;
  /** The options of the call: a dry run is answered in a way of its own. */
  options?: Record<string, unknown>;
  region?: string;
  site?: string;
  locale?: Locale;
}

/** The one thing that is known of an instance. */
export type Outcome =
  | "skipped"
  | "queued"
  | "sending"
  | "not-sent"
  | "accepted"
  | "dry-run-passed"
  | "in-progress"
  | "proven"
  | "running-unproven"
  | "rejected"
  | "unknown"
  | "overdue";

/** An error, decoded and put in words. */
export interface Explanation {
  /** Whether it is in the catalogue. */
  recognised: boolean;
  cloud?: CloudId;
  code?: string;
  /** True for a passed dry run, which arrives in the shape of an error. */
  success: boolean;
  title: string;
  meaning: string;
  remedy: string;
  who: "you" | "administrator" | "account-owner" | "vendor";
  retry: "never" | "after-fix" | "later" | "check-first";
  requestId?: string;
  instanceIds?: string[];
  /** The cloud's own words, kept; secrets are hidden. */
  original: string;
  /** What to do about it, in a word. */
  group: ExplanationGroup;
  /** What the answer proves about the request. */
  effect: "nothing-done" | "throttled" | "clock-skew" | "maybe-echo" | "maybe-done" | "dry-run-passed";
  /** Whether the request reached the cloud. */
  reached: "no" | "unknown" | "yes";
  /** Between whom it failed, where that is known: inside the browser, from it to the proxy, from a program to
   * a proxy of its own, straight to the cloud, from the proxy to the cloud, at the cloud. */
  hop?: "page" | "browser-proxy" | "own-proxy" | "direct" | "proxy-cloud" | "cloud";
  /** The host at the far end of that, where the text names it. */
  host?: string;
  /** Where the index explains it, after `#/errors/`; not there for a code that it lacks. */
  address?: string;
  /** How sure it is that the text says this. */
  sure: "certain" | "likely" | "possible";
  /** The shape in which it stood in the text. */
  seenAs?: "code" | "json" | "xml" | "prose" | "page" | "header";
  /** By the cloud's own name, where it is known. */
  operation?: string;
  region?: string;
  /** What is known of the permission that is missing. */
  permission?: {
    denial: "explicit" | "implicit" | "unknown";
    advice: string;
    action?: string;
    resources?: string[];
    principal?: string;
    principalKind?: string;
    policyKind?: string;
    /** For an administrator, who can have the cloud decode it. */
    diagnostic?: string;
    /** The smallest policy that would allow it, as JSON text. */
    policy?: string;
  };
  /** What the cloud says it has signed; tokens are hidden. */
  signature?: { stringToSign?: string; canonicalRequest?: string };
  /** What may lie behind it. */
  hints?: {
    kind: "key-of-another-cloud" | "token-missing" | "key-malformed" | "clock" | "region";
    text: string;
  }[];
  /** What a page can do about it. */
  helps?: (
    | "refresh-state"
    | "start-instead"
    | "other-region"
    | "correct-clock"
    | "enter-key"
    | "copy-policy"
    | "compare-signature"
    | "send-again"
  )[];
  /** The vendor's own page on it. */
  vendorPage?: string;
}

/** What there is to do about an error. */
export type ExplanationGroup =
  | "look-first"
  | "wait"
  | "correct-request"
  | "correct-key"
  | "get-permission"
  | "prepare-instance"
  | "settle-account"
  | "mend-connection"
  | "ask-administrator"
  | "ask-vendor"
  | "leave-it"
  | "nothing-to-do";
