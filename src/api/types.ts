/** A text in every language. */
export interface Words {
  en: string;
  zh: string;
}

/** A cloud's facts. */
export interface CloudInfo {
  id: CloudId;
  name: Words;
  /** The product whose instances these are, in the vendor's spelling. */
  product: string;
  /** What the vendor calls the parts of a key. No `tokenLabel`: the cloud has no temporary keys. */
  credential: { keyIdLabel: string; secretLabel: string; tokenLabel?: string };
  /** The kinds of account, each with hosts of its own; the first is the default. */
  sites: { id: string; name: Words }[];
  /** Whether a request needs a region. If not, it must have none. */
  regionRequired: boolean;
  /** The regions that are known: an offer, never a limit. */
  regions: { id: string; name: Words }[];
  operations: OperationInfo[];
  /** The names of the signing algorithms; the first is the one that is used. */
  algorithms: string[];
  instanceId: { shape: Words; example: string };
  limits: { describeIdsMax: number; describeCallsPerSecond: number; overdueAfterMs: number };
}

/** Something that can be asked of a cloud. */
export interface OperationInfo {
  /** The cloud's own name. */
  name: string;
  verb: "reboot" | "start";
  /** The most ids in one call. */
  idsMax: number;
  callsPerSecond: number;
  /** Ways to do it, soft first; the first is preselected. `options` go into a job. */
  modes: { id: string; name: Words; help: Words; force: boolean; options: Record<string, string> }[];
  parameters: ParameterInfo[];
}

/** A parameter of an operation, by the cloud's own name. */
export interface ParameterInfo {
  name: string;
  /** The values that it takes. */
  values: "boolean" | string[];
  role: "force" | "dry-run" | "batching" | "erase" | "disused";
  label: Words;
  help: Words;
  /** Parameters that may not be given together with it. */
  excludes: string[];
}

/** A piece of text that is not sent, and why. */
export interface IdProblem {
  kind: "malformed" | "repeated" | "other-cloud" | "masked" | "near-miss";
  text: string;
  /** From 1; the position in an array of ids. */
  line: number;
  message: string;
  cloud?: CloudId;
  suggestion?: string;
}

/** What was found in a text. */
export interface ParsedIds {
  /** In the order of the text, each once. */
  ids: { id: string; cloud: CloudId; line: number; warning?: string }[];
  problems: IdProblem[];
  /** How many pieces of text stood beside ids and were taken for other columns or headings. */
  ignored: number;
  /** The first few of them. */
  ignoredExamples: string[];
}

/** A request without key, time or signature. */
export interface UnsignedRequest {
  method: "POST";
  /** Where it goes, without the parameters. */
  url: string;
  host: string;
  path: string;
  /** The operation and the version of the cloud's API. */
  action: string;
  version: string;
  region?: string;
  /** Decoded parameters, where they travel in the query. */
  query?: Record<string, string>;
  /** The body, where they travel in one: exactly these bytes. */
  body?: string;
}

/** What will be sent, and what will not. */
export interface Plan {
  calls: { operation: string; instanceIds: string[]; request: UnsignedRequest }[];
  problems: IdProblem[];
  warnings: string[];
}

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

/** What an answer says: exactly one outcome for each instance, in the order of the call. */
export interface BatchOutcome {
  requestId?: string;
  instances: {
    instanceId: string;
    outcome: Outcome;
    previousState?: string;
    state?: string;
    /** `code` is the cloud's, or a word for what failed below the cloud. */
    error?: { code: string; message: string };
  }[];
}

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
