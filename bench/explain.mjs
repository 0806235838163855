// Explaining large and hostile texts: natively, and with the module in this process.
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inTurn, loadModule } from "./measure.mjs";

const SMALL = 100_000;
const LARGE = 2_000_000;

const answer =
  '{"Response":{"Error":{"Code":"LimitExceeded","Message":"Quota limit exceeded."},"RequestId":"aaaa-1111"}}';
const denied =
  '{"RequestId":"0DCC6ABD-2296","HostId":"ecs.aliyuncs.com","Code":"NoPermission","Message":"x","AccessDeniedDetail":{"AuthAction":"ecs:RebootInstances"}} ';

/** What is repeated to make a text. */
const PIECES = {
  "a log of ordinary lines": "2026-11-20T03:12:11Z INFO node-3 request served in 12 ms, nothing to see\n",
  "a log full of errors":
    "E1120 [TencentCloudSDKError] Code=MutexOperation.TaskRunning, Message=An identical job is running., RequestId=fe2bb395-4aab-401c-b53c-77475d9a0547\n",
  "answers, one after the other": `${answer}\n`,
  "denied permissions": denied,
  "brackets that never close": "[",
  "objects that never close": '{"a":',
  "quotes and braces": '"{',
  "JSON in strings": '{"a":"{\\"b\\":\\"{}\\"}"} ',
  "names without values": "Message=RequestId=Code=",
  "words like codes": "InvalidThing.NotKnown ",
  "bare codes": "InvalidInstanceId.NotFound MutexOperation.TaskRunning ",
  "headers of a proxy": "Proxy-Status: error=dns_error; ",
  "what looks like keys": "SecretKey=aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0 ",
  "one endless word": "aB3.",
  "zero-width and bidi": "重启\u{200b}\u{202e}",
  "script tags": "<script>alert('Code=InternalError')</script>",
  "a page": "<html><p>x</p>",
  "control characters": "\u{0}\u{1}\u{7f}\u{ff}",
  "what a cloud signed": "server StringToSign is [a] server CanonicalRequest is [b] SignatureDoesNotMatch aliyun ",
  "words of a browser":
    "Access to fetch at 'https://relay.example.com/ecs.cn-hangzhou.aliyuncs.com/' has been blocked by CORS policy: Response to preflight request ",
  "words of the network": "dial tcp: lookup ecs.cn-foo.aliyuncs.com: no such host proxyconnect tcp: ",
  "rows of instances": "2024-05-14 i-bp1aa3aakcsrhcuz2001 ins-5d8a23rs ok\n",
  "labels without answers": "错误码：Foo.Bar ErrorCode: RequestId: ",
  "escaped markup": "&lt;Code&gt;InternalError&lt;/Code&gt;",
};

const repeated = (piece, length) => piece.repeat(Math.ceil(length / piece.length)).slice(0, length);

/** The slowest text of each kind of measuring, in milliseconds for 100 kB. */
export async function explain() {
  const relight = await loadModule();
  const folder = await mkdtemp(join(tmpdir(), "relight-explain-"));
  const native = process.env.RELIGHT_BENCH_NATIVE;
  const rows = [];
  try {
    let files = 0;
    const texts = [];
    for (const [what, piece] of Object.entries(PIECES)) {
      for (const length of [SMALL, LARGE]) {
        const text = repeated(piece, length);
        const file = `${String(files).padStart(3, "0")}.txt`;
        await writeFile(join(folder, file), text);
        texts.push({ what, length, text, file });
        files += 1;
      }
    }
    const here = await inTurn(
      Object.fromEntries(
        texts.map(({ file, text }) => [
          file,
          () => {
            const start = performance.now();
            relight.explainError(text);
            return performance.now() - start;
          },
        ]),
      ),
      { rounds: 5, runs: 1, warmUpRounds: 1 },
    );
    const there = native ? JSON.parse(execFileSync(native, [folder], { encoding: "utf8" })) : {};
    for (const [what] of Object.entries(PIECES)) {
      const of = (times, length) => {
        const { file } = texts.find((text) => text.what === what && text.length === length);
        // Scaled to 100 kB, for which the limit is given.
        return (times[file] * SMALL) / length;
      };
      rows.push({
        what,
        module: of(here, SMALL),
        moduleLarge: of(here, LARGE),
        native: native ? of(there, SMALL) : undefined,
        nativeLarge: native ? of(there, LARGE) : undefined,
      });
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return rows;
}
