// The same form without a framework and without wasm: what a page of its kind costs at least. `CLOUDS`,
// with what our form offers in both languages, is put before this by `page.mjs`, from the module.
const WORDS = {
  en: {
    power: "Power", explain: "Explain an error", language: "中文", proxy: "this page’s proxy · /proxy",
    what: "What to do", step: "1 of 3", cloud: "Cloud", site: "Kind of account", region: "Region",
    choose: "Choose…", other: "Another region…", operation: "Operation", how: "How",
    instances: "Instances", hint: "Any separator will do. Ids are ", pasted: "pasted", valid: "valid",
    malformed: "malformed", repeated: "repeated", key: "Key", optional: "optional",
    kept: "Kept in this tab’s memory only. Closing the tab forgets it.", reboot: "Restart",
    start: "Start", check: (count) => (count ? `Check ${count} instances` : "Check instances"),
    nothing: "Nothing to review yet",
    nothingHint: "Paste instance ids and check them. Nothing is sent before you have seen it here.",
    one: "Say what to do, to which instances, and with which key.",
    two: "See every call, id and option that will be sent, and confirm.",
    three: "Follow each instance to its end, with the reason where it failed.",
  },
  zh: {
    power: "电源操作", explain: "解释错误", language: "English", proxy: "本页代理 · /proxy",
    what: "要做什么", step: "第 1 步，共 3 步", cloud: "云", site: "账号类型", region: "地域",
    choose: "请选择…", other: "其他地域…", operation: "操作", how: "方式", instances: "实例",
    hint: "任何分隔符均可。ID 为", pasted: "已粘贴", valid: "有效", malformed: "格式错误",
    repeated: "重复", key: "密钥", optional: "选填", kept: "仅保存在本标签页的内存中，关闭即清除。",
    reboot: "重启", start: "启动", check: (count) => (count ? `检查 ${count} 台实例` : "检查实例"),
    nothing: "还没有可查看的内容", nothingHint: "粘贴实例 ID 并检查。未在此处确认之前不会发送任何请求。",
    one: "说明要对哪些实例做什么，使用哪个密钥。", two: "查看将要发送的每个调用、ID 和选项，并确认。",
    three: "跟踪每台实例直到结束，失败时查看原因。",
  },
};
const SHAPES = [/^i-(?:[0-9a-z]{20}|[0-9a-z]{9})$/, /^ins-[0-9a-z]{8}$/, /^[0-9]{17,20}$/];

const form = document.querySelector("form");
const fields = form.elements;
const at = (id) => document.getElementById(id);
let language = navigator.language.startsWith("zh") ? "zh" : "en";

const chosenCloud = () => CLOUDS.find(({ id }) => id === fields.cloud.value);
const chosenOperation = () =>
  chosenCloud().operations.find(({ name }) => name === fields.operation.value);

function fill(select, values) {
  const before = select.value;
  select.replaceChildren(...values.map(([value, text]) => new Option(text, value)));
  if (values.some(([value]) => value === before)) select.value = before;
}

function choice(type, name, value, words, checked, more) {
  const label = document.createElement("label");
  const input = Object.assign(document.createElement("input"), { type, name, value, checked });
  const text = document.createElement("span");
  text.textContent = words;
  label.append(input, text);
  if (more) {
    label.className = "tick";
    const help = document.createElement("span");
    help.className = "small muted";
    help.textContent = more;
    text.append(help);
  }
  return label;
}

function draw() {
  const words = WORDS[language];
  document.querySelector(".relight").lang = language;
  for (const place of document.querySelectorAll("[data-say]")) place.textContent = words[place.dataset.say];
  fill(fields.cloud, CLOUDS.map(({ id, name, product }) => [id, `${name[language]} · ${product}`]));
  const cloud = chosenCloud();
  at("region").hidden = !cloud.regionRequired;
  const regions = cloud.regions.map(({ id, name }) => [id, `${id} · ${name[language]}`]);
  fill(fields.region, [["", words.choose], ...regions, ["other", words.other]]);
  at("site").hidden = cloud.sites.length < 2;
  fill(fields.site, cloud.sites.map(({ id, name }) => [id, name[language]]));
  fill(fields.operation, cloud.operations.map(({ name, verb }) => [name, `${words[verb]} · ${name}`]));
  at("ids-field").placeholder = cloud.instanceId.example;
  at("ids-help").textContent = `${words.hint}${cloud.instanceId.shape[language]}: ${cloud.instanceId.example}`;
  at("key-label").textContent = cloud.credential.keyIdLabel;
  at("secret-label").textContent = cloud.credential.secretLabel;
  at("token-field").hidden = !cloud.credential.tokenLabel;
  at("token-label").textContent = cloud.credential.tokenLabel ?? "";
  fields.token.placeholder = words.optional;
  choose();
  count();
}

function choose() {
  const { modes, parameters } = chosenOperation();
  at("how").hidden = modes.length < 2;
  const mode = modes.find(({ id }) => id === fields.mode?.value) ?? modes[0];
  at("modes").replaceChildren(
    ...modes.map(({ id, name }) => choice("radio", "mode", id, name[language], id === mode.id)),
  );
  at("mode-help").textContent = mode.help[language];
  at("options").replaceChildren(
    ...parameters
      .filter(({ role }) => ["dry-run", "batching", "erase"].includes(role))
      .map(({ role, values, label, help }) => {
        if (values === "boolean") return choice("checkbox", role, "true", label[language], false, help[language]);
        const set = document.createElement("fieldset");
        const several = document.createElement("div");
        several.className = "seg";
        several.append(...values.map((value, index) => choice("radio", role, value, value, index === 0)));
        const more = document.createElement("p");
        more.textContent = help[language];
        set.append(label[language], several, more);
        return set;
      }),
  );
}

function count() {
  const shape = SHAPES[CLOUDS.indexOf(chosenCloud())];
  const found = new Set();
  let [malformed, repeated] = [0, 0];
  for (const word of fields.instanceIds.value.split(/[\s,;，；、"'[\]]+/)) {
    if (!word) continue;
    if (!shape.test(word)) malformed += 1;
    else if (found.has(word)) repeated += 1;
    else found.add(word);
  }
  const pasted = found.size + malformed + repeated;
  document.querySelector(".counts").hidden = pasted === 0;
  at("ids-help").hidden = pasted > 0;
  for (const [id, number] of Object.entries({ pasted, valid: found.size, malformed, repeated })) {
    at(id).textContent = number;
  }
  at("check").textContent = WORDS[language].check(found.size);
}

fields.cloud.addEventListener("change", draw);
fields.operation.addEventListener("change", choose);
at("modes").addEventListener("change", choose);
fields.region.addEventListener("change", () => {
  fields.regionOther.hidden = fields.region.value !== "other";
});
fields.instanceIds.addEventListener("input", count);
form.addEventListener("submit", (event) => event.preventDefault());
at("language").addEventListener("click", () => {
  language = language === "en" ? "zh" : "en";
  draw();
});
draw();
