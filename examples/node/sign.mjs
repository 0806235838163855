import init, { signRequest } from "relight/sign";
await init();
const request = await signRequest({
  cloud: "tencent", region: "ap-guangzhou", operation: "RebootInstances", instanceIds: ["ins-r8hr2upy"],
  accessKeyId: "EXAMPLE-KEY-ID", secret: "example-secret-not-real", timestamp: 1700000000 });
console.log(request.headers.authorization);
