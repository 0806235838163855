// The same form without a framework and without wasm: what a page of its kind costs at least.
const CLOUDS = {
  alibaba: { name: "Alibaba Cloud ECS", id: /^i-(?:[0-9a-z]{20}|[0-9a-z]{9})$/, regions: ["cn-hangzhou", "cn-shanghai", "cn-beijing", "ap-southeast-1"] },
  tencent: { name: "Tencent Cloud CVM", id: /^ins-[0-9a-z]{8}$/, regions: ["ap-guangzhou", "ap-shanghai", "ap-beijing", "ap-singapore"] },
  zenlayer: { name: "Zenlayer ZEC", id: /^[0-9]{17,20}$/, regions: [] },
};

const form = document.querySelector("form");
const { cloud, region, instanceIds } = form.elements;

function fill(select, values) {
  select.replaceChildren(...values.map(([value, text]) => new Option(text, value)));
}

function choose() {
  fill(region, CLOUDS[cloud.value].regions.map((id) => [id, id]));
  count();
}

function count() {
  const { id } = CLOUDS[cloud.value];
  const found = new Set(instanceIds.value.split(/[\s,;]+/).filter((word) => id.test(word)));
  document.querySelector("#count").textContent = found.size;
}

fill(cloud, Object.entries(CLOUDS).map(([id, { name }]) => [id, name]));
cloud.addEventListener("change", choose);
instanceIds.addEventListener("input", count);
form.addEventListener("submit", (event) => event.preventDefault());
choose();
form.dataset.ready = "";
