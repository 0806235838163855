const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
worker.addEventListener("message", ({ data }) => {
  document.querySelector("pre").textContent = JSON.stringify(data, null, 2);
});
worker.postMessage({
  cloud: "tencent", region: "ap-guangzhou", operation: "RebootInstances", instanceIds: ["ins-r8hr2upy"],
  accessKeyId: "EXAMPLE-KEY-ID", secret: "example-secret-not-real",
});
