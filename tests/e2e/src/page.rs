//! The console as a user sees it, by its public names: fields, `data-action`, `data-step`,
//! `data-instance-id` and `data-outcome`.

use crate::{
    browser::{Browser, Session, Theme},
    machine, until,
};
use anyhow::{Context, Result, anyhow, ensure};
use serde_json::{Value, json};
use std::{collections::BTreeMap, path::PathBuf};
use thirtyfour::{Key, WebElement};

/// Everything inside the element is found by script: that works in every browser.
const ROOT: &str = "const host = document.querySelector('relight-console'); \
     const root = host?.shadowRoot; if (!root) return null; \
     const seen = e => e.checkVisibility({ visibilityProperty: true }); \
     const all = s => [...root.querySelectorAll(s)]; \
     const first = s => all(s).find(seen) ?? null; \
     const [a, b, c] = arguments;\n";

/// A page in a browser that is reused.
pub struct Page {
    session: Session,
}

/// The values for the form. `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub struct Form<'a> {
    /// By its id: `tencent`.
    pub cloud: &'a str,
    /// By its id.
    pub region: Option<&'a str>,
    /// The cloud's own name.
    pub operation: Option<&'a str>,
    /// By its id.
    pub mode: Option<&'a str>,
    /// Only check.
    pub dry_run: bool,
    /// The key's public half.
    pub key_id: &'a str,
    /// The key's secret half.
    pub secret: &'a str,
    /// The token of a temporary key.
    pub token: Option<&'a str>,
    /// As pasted.
    pub ids: &'a str,
}

impl Page {
    pub(crate) fn new(session: Session) -> Self {
        Self { session }
    }

    pub(crate) fn into_session(self) -> Session {
        self.session
    }

    pub(crate) fn session_mut(&mut self) -> &mut Session {
        &mut self.session
    }

    /// The browser.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Which browser it is.
    pub fn browser(&self) -> Browser {
        self.session.browser()
    }

    /// Opens an address, and waits until the page that was there is gone: not every driver does.
    pub async fn visit(&self, url: &str) -> Result<()> {
        let driver = self.session.driver();
        // It may be in a frame that is gone.
        let _ = driver.execute("window.isOld = true;", vec![]).await;
        driver.goto(url).await?;
        until("another page", || async {
            let is_old = driver.execute("return window.isOld === true;", vec![]).await?;
            Ok((is_old.json() == &Value::Bool(false)).then_some(()))
        })
        .await
    }

    /// Opens an address and waits for the form.
    pub async fn open(&self, url: &str) -> Result<()> {
        self.visit(url).await?;
        self.wait_for_step("compose").await?;
        // Where the operator has locked it, the field cannot be seen.
        let script = "return all('[name=cloud]').length > 0;";
        self.wait_until("the form", script, &[]).await.map(drop)
    }

    /// Runs a script in which `host` is the element, `root` its shadow root, `all(s)` every match of a
    /// selector, `first(s)` the first that can be seen, and `a`, `b`, `c` are the arguments. Null where
    /// the element is not there yet.
    pub async fn run(&self, script: &str, arguments: &[Value]) -> Result<Value> {
        let answer =
            self.session.driver().execute(format!("{ROOT}{script}"), arguments.to_vec()).await?;
        Ok(answer.json().clone())
    }

    /// Waits until a script returns something else than null and false.
    pub async fn wait_until(&self, what: &str, script: &str, arguments: &[Value]) -> Result<Value> {
        until(what, || async {
            let value = self.run(script, arguments).await?;
            Ok((!matches!(value, Value::Null | Value::Bool(false))).then_some(value))
        })
        .await
    }

    /// Waits until something can be seen.
    pub async fn wait_for(&self, selector: &str) -> Result<()> {
        self.wait_until(selector, "return first(a) !== null;", &[json!(selector)]).await.map(drop)
    }

    /// Waits until nothing of that kind can be seen.
    pub async fn wait_for_no(&self, selector: &str) -> Result<()> {
        let what = format!("no {selector}");
        self.wait_until(&what, "return first(a) === null;", &[json!(selector)]).await.map(drop)
    }

    /// Waits for the step `compose`, `review` or `run`.
    pub async fn wait_for_step(&self, step: &str) -> Result<()> {
        self.wait_for(&format!("[data-step={step}]")).await
    }

    /// Whether something can be seen now.
    pub async fn sees(&self, selector: &str) -> Result<bool> {
        Ok(self.run("return first(a) !== null;", &[json!(selector)]).await? == Value::Bool(true))
    }

    /// How many of a kind can be seen now.
    pub async fn count(&self, selector: &str) -> Result<usize> {
        let count = self.run("return all(a).filter(seen).length;", &[json!(selector)]).await?;
        Ok(usize::try_from(count.as_u64().unwrap_or_default())?)
    }

    /// What is written in the first of a kind, as far as it can be seen.
    pub async fn text(&self, selector: &str) -> Result<String> {
        self.wait_for(selector).await?;
        let text = self.run("return first(a)?.innerText;", &[json!(selector)]).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// What is written on the whole page.
    pub async fn all_text(&self) -> Result<String> {
        let text = self.run("return root.querySelector('.relight')?.innerText;", &[]).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// The first of a kind that can be seen.
    pub async fn element(&self, selector: &str) -> Result<WebElement> {
        until(selector, || async {
            let script = format!("{ROOT}return first(a);");
            let found = self.session.driver().execute(script, vec![json!(selector)]).await?;
            if found.json().is_null() { Ok(None) } else { Ok(Some(found.element()?)) }
        })
        .await
    }

    /// Clicks the first of a kind, once it can be clicked.
    pub async fn click(&self, selector: &str) -> Result<()> {
        // What sends is armed a moment after it is seen.
        let script = "const e = first(a); return e !== null && !e.disabled \
             && (e.part?.contains('confirm') ? e.dataset.armed !== undefined : true);";
        let what = format!("{selector} to be enabled");
        self.wait_until(&what, script, &[json!(selector)]).await?;
        until(format!("a click on {selector}"), || async {
            // As a user does who sees half of it under the bar at the bottom.
            self.run("first(a)?.scrollIntoView({ block: 'center' });", &[json!(selector)]).await?;
            // An error means that it was not clicked: something moved, or was rendered again.
            let element = self.element(selector).await?;
            let clicked = element.click().await;
            if clicked.is_err() && self.browser() == Browser::Webkit {
                // Its driver takes the placeholder of an empty field for an element above it. A pointer in
                // the same place hits what a user's would.
                let pointer = self.session.driver().action_chain();
                pointer.move_to_element_center(&element).click().perform().await?;
            } else {
                clicked?;
            }
            Ok(Some(()))
        })
        .await
    }

    /// Clicks the button of an action.
    pub async fn act(&self, action: &str) -> Result<()> {
        self.click(&format!("[data-action={action}]")).await
    }

    /// Chooses a value of a field: of a select, of radio buttons, or by typing it.
    pub async fn choose(&self, name: &str, value: &str) -> Result<()> {
        let field = format!("[name={name}]");
        self.unfold(name).await?;
        self.wait_until(&field, "return all(a).length > 0;", &[json!(field)]).await?;
        let kind = self.run("const e = all(a)[0]; return e.type;", &[json!(field)]).await?;
        match kind.as_str() {
            Some("select-one") => {
                let option = format!("[name={name}] option[value='{value}']");
                let script = "return all(a).length === 1;";
                self.wait_until(&option, script, &[json!(option)]).await?;
                let script = format!(
                    "{ROOT}const e = all(a)[0]; \
                     e?.closest('select').scrollIntoView({{ block: 'center' }}); return e ?? null;"
                );
                until(format!("a choice of {option}"), || async {
                    // An error means that it was not chosen: something moved, or was rendered again.
                    let found =
                        self.session.driver().execute(script.clone(), vec![json!(option)]).await?;
                    found.element()?.click().await?;
                    // The console may have replaced the form in between: then it is chosen again.
                    Ok((self.value(name).await? == value).then_some(()))
                })
                .await?;
            }
            Some("radio") => {
                let radio = format!("[name={name}][value='{value}']");
                let there = self.run("return all(a).length === 1;", &[json!(radio)]).await?;
                ensure!(there == Value::Bool(true), "{name} has no {value}");
                self.press_on(&radio).await?;
            }
            // The operator has chosen.
            Some("hidden") => {}
            _ => self.fill(name, value).await?,
        }
        let what = format!("{name} to be {value}");
        until(what, || async { Ok((self.value(name).await? == value).then_some(())) }).await
    }

    /// Opens what a field is folded away in, as a person does. The form alone has it not yet.
    async fn unfold(&self, name: &str) -> Result<()> {
        let field = format!("[name={name}]");
        let is_rare = matches!(name, "batching" | "dryRun" | "erase");
        if is_rare && self.run("return all(a).length === 0;", &[json!(field)]).await? == json!(true)
        {
            self.click("[data-advanced] > summary").await?;
            return self.wait_for(&field).await;
        }
        let summary = format!("details:not([open]):has({field}) > summary");
        if self.sees(&summary).await? { self.click(&summary).await } else { Ok(()) }
    }

    /// Clicks a box or a radio button: on its label, which is what people click.
    async fn press_on(&self, selector: &str) -> Result<()> {
        let script = format!(
            "{ROOT}const e = all(a)[0]; if (!e) return null; \
             const label = e.labels?.[0] ?? e; label.scrollIntoView({{ block: 'center' }}); return label;"
        );
        until(format!("a click on {selector}"), || async {
            let label =
                self.session.driver().execute(script.clone(), vec![json!(selector)]).await?;
            label.element()?.click().await?;
            Ok(Some(()))
        })
        .await
    }

    /// Holds Enter down, as the keyboard repeats it, and lets it go.
    pub async fn hold_enter(&self, times: usize) -> Result<()> {
        match self.browser() {
            Browser::Chromium => {
                // The driver presses it anew each time; only this event is a held key.
                let cdp = self.session.driver().cdp();
                for time in 0..times {
                    let key = json!({ "type": "keyDown", "key": "Enter", "code": "Enter",
                        "text": "\r", "windowsVirtualKeyCode": 13, "autoRepeat": time > 0 });
                    cdp.send_raw("Input.dispatchKeyEvent", key).await?;
                }
                let key = json!({ "type": "keyUp", "key": "Enter", "code": "Enter",
                    "windowsVirtualKeyCode": 13 });
                cdp.send_raw("Input.dispatchKeyEvent", key).await?;
            }
            // WebKit's driver lets nothing repeat: there it is one press that lasts.
            Browser::Firefox | Browser::Webkit => {
                let mut held = self.session.driver().action_chain();
                for _ in 0..times {
                    held = held.key_down(Key::Enter);
                }
                held.key_up(Key::Enter).perform().await?;
            }
        }
        Ok(())
    }

    /// The value of a field, as it is shown: of the chosen radio button, `true` or `false` of a box.
    pub async fn value(&self, name: &str) -> Result<String> {
        let script = "const e = all(`[name=${a}]`); \
             if (e[0]?.type === 'radio') return e.find(e => e.checked)?.value ?? ''; \
             if (e[0]?.type === 'checkbox') return String(e[0].checked); \
             return e[0]?.value ?? null;";
        let value = self.run(script, &[json!(name)]).await?;
        value.as_str().map(str::to_owned).ok_or_else(|| anyhow!("there is no field {name}"))
    }

    /// Waits until a field has this value, apart from whitespace around it.
    pub async fn wait_for_value(&self, name: &str, wanted: &str) -> Result<()> {
        let what = format!("{name} to be {wanted}");
        until(what, || async { Ok((self.value(name).await?.trim() == wanted).then_some(())) }).await
    }

    /// The label of the selected option or radio button.
    pub async fn shown(&self, name: &str) -> Result<String> {
        let script = "const e = all(`[name=${a}]`); \
             if (e[0]?.type === 'radio') return e.find(e => e.checked)?.labels?.[0]?.innerText; \
             return e[0]?.selectedOptions?.[0]?.innerText ?? e[0]?.value;";
        let words = self.run(script, &[json!(name)]).await?;
        Ok(words.as_str().unwrap_or_default().trim().to_owned())
    }

    /// Types into a field in place of what is there.
    pub async fn fill(&self, name: &str, text: &str) -> Result<()> {
        let selector = format!("[name={name}]");
        until(format!("a text in {name}"), || async {
            self.run("first(a)?.scrollIntoView({ block: 'center' });", &[json!(selector)]).await?;
            let field = self.element(&selector).await?;
            if text.is_empty() {
                // A driver's `clear` fires no `input`, by which a page learns of what a user does.
                let [control, up, backspace] =
                    [Key::Control, Key::Null, Key::Backspace].map(|key| key.value());
                field.send_keys(format!("{control}a{up}{backspace}")).await?;
                return Ok(self.value(name).await?.is_empty().then_some(()));
            }
            if field.clear().await.is_err() {
                // As a user begins; in a cross-origin frame nothing else sets the focus.
                field.click().await?;
                field.clear().await?;
            }
            // Stale: the console has replaced the form, and nothing was typed.
            self.element(&selector).await?.send_keys(text).await?;
            Ok(Some(()))
        })
        .await?;
        // A secret field commits its value when it loses the focus.
        if matches!(name, "secret" | "token") {
            self.run("first(`[name=${a}]`)?.blur(); return true;", &[json!(name)]).await?;
        }
        Ok(())
    }

    /// Puts a text into a field as a paste does: at once.
    pub async fn paste(&self, name: &str, text: &str) -> Result<()> {
        let script = "const e = first(`[name=${a}]`); if (!e) return null; e.focus(); \
             e.value = b; e.dispatchEvent(new InputEvent('input', \
             { bubbles: true, composed: true, inputType: 'insertFromPaste' })); return true;";
        self.wait_until(&format!("the field {name}"), script, &[json!(name), json!(text)])
            .await
            .map(drop)
    }

    /// Ticks a box, or not.
    pub async fn tick(&self, name: &str, on: bool) -> Result<()> {
        self.unfold(name).await?;
        if self.value(name).await? != on.to_string() {
            self.press_on(&format!("[name={name}]")).await?;
        }
        let what = format!("{name} to be {on}");
        until(what, || async { Ok((self.value(name).await? == on.to_string()).then_some(())) })
            .await
    }

    /// Fills in the form.
    pub async fn compose(&self, form: &Form<'_>) -> Result<()> {
        self.choose("cloud", form.cloud).await?;
        if let Some(operation) = form.operation {
            self.choose("operation", operation).await?;
        }
        if let Some(region) = form.region {
            self.choose("region", region).await?;
        }
        if let Some(mode) = form.mode {
            self.choose("mode", mode).await?;
        }
        if form.dry_run {
            self.tick("dryRun", true).await?;
        }
        self.fill("keyId", form.key_id).await?;
        self.fill("secret", form.secret).await?;
        if let Some(token) = form.token {
            self.fill("token", token).await?;
        }
        self.paste("instanceIds", form.ids).await
    }

    /// From the form, through the preflight, to the review.
    pub async fn review(&self) -> Result<()> {
        self.act("review").await?;
        self.wait_for_step("review").await?;
        self.wait_for("[data-action=send]").await
    }

    /// From the form to the review although the preflight fails.
    pub async fn review_without_preflight(&self) -> Result<()> {
        self.act("review").await?;
        self.act("review-unseen").await?;
        self.wait_for_step("review").await?;
        self.wait_for("[data-action=send]").await
    }

    /// From the review to the run.
    pub async fn send(&self) -> Result<()> {
        self.act("send").await?;
        self.wait_for_step("run").await
    }

    /// The outcome of each instance that is shown.
    pub async fn outcomes(&self) -> Result<BTreeMap<String, String>> {
        let script = "return Object.fromEntries(all('[data-instance-id][data-outcome]') \
             .map(e => [e.dataset.instanceId, e.dataset.outcome]));";
        Ok(serde_json::from_value(self.run(script, &[]).await?)?)
    }

    /// Waits until every one of these instances has an outcome that is wanted.
    pub async fn wait_for_outcomes(&self, ids: &[String], wanted: &[&str]) -> Result<()> {
        let what = format!("{wanted:?} for {ids:?}");
        until(&what, || async {
            let now = self.outcomes().await?;
            let fits = |id: &String| now.get(id).is_some_and(|one| wanted.contains(&one.as_str()));
            Ok(ids.iter().all(fits).then_some(()))
        })
        .await
        .with_context(|| what.clone())
    }

    /// Waits for a file that the page has downloaded, and returns its text; the file is removed.
    pub async fn downloaded(&self, name: &str) -> Result<String> {
        let path = self.session.downloads().join(name);
        let text = until(path.display(), || async {
            // A browser writes under another name and renames the file in the end; an empty file
            // may be the place that it holds free.
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            Ok((!text.is_empty()).then_some(text))
        })
        .await?;
        std::fs::remove_file(&path)?;
        Ok(text)
    }

    /// Waits for the export that the page has downloaded, with this ending, and
    /// returns its name and text; the file is removed.
    pub async fn exported(&self, ending: &str) -> Result<(String, String)> {
        let name = until(format!("a {ending} file"), || async {
            for file in std::fs::read_dir(self.session.downloads())? {
                let name = file?.file_name().to_string_lossy().into_owned();
                if name.starts_with("relight-2") && name.ends_with(ending) {
                    return Ok(Some(name));
                }
            }
            Ok(None)
        })
        .await?;
        let text = self.downloaded(&name).await?;
        Ok((name, text))
    }

    /// Takes back what was last typed where the focus is, as the keyboard does.
    pub async fn undo(&self) -> Result<()> {
        let keys = self.session.driver().action_chain();
        keys.key_down(Key::Control).send_keys("z").key_up(Key::Control).perform().await?;
        Ok(())
    }

    /// Presses keys wherever the focus is.
    pub async fn press(&self, keys: &str) -> Result<()> {
        self.session.driver().action_chain().send_keys(keys).perform().await?;
        Ok(())
    }

    /// Presses Tab until the focus is on the first match of a selector.
    pub async fn tab_to(&self, selector: &str) -> Result<()> {
        for _ in 0..60 {
            let script = "let e = document.activeElement; \
                 while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement; \
                 return e?.matches?.(a) ?? false;";
            if self.run(script, &[json!(selector)]).await? == Value::Bool(true) {
                return Ok(());
            }
            self.press(&String::from(Key::Tab.value())).await?;
        }
        Err(anyhow!("Tab does not lead to {selector}"))
    }

    /// Saves a picture of the whole page as it is in the window, and says where.
    pub async fn screenshot(&self, name: &str) -> Result<PathBuf> {
        let path = machine::screenshots().join(format!("{name}.png"));
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        self.session.driver().screenshot(&path).await?;
        Ok(path)
    }

    /// What axe finds wrong, as `rule: element`; nothing, if all is well.
    pub async fn accessibility_problems(&self) -> Result<Vec<String>> {
        let axe = std::fs::read_to_string(axe_file()?)?;
        let driver = self.session.driver();
        let there = driver.execute("return typeof window.axe === 'object';", vec![]).await?;
        if there.json() != &Value::Bool(true) {
            driver.execute(axe, vec![]).await?;
        }
        let script = "const done = arguments[arguments.length - 1]; \
             axe.run(document, { resultTypes: ['violations'] }).then( \
               r => done(r.violations.flatMap(v => v.nodes.map( \
                 n => `${v.id}: ${n.target.flat().join(' ')}: ${n.failureSummary}`))), \
               e => done([`axe itself: ${e}`]));";
        let found = driver.execute_async(script, vec![]).await?;
        Ok(serde_json::from_value(found.json().clone())?)
    }

    /// By how many CSS pixels the content is wider than the window.
    pub async fn overflow(&self) -> Result<i64> {
        let script = "const d = document.documentElement; return d.scrollWidth - d.clientWidth;";
        let wider = self.session.driver().execute(script, vec![]).await?;
        wider.json().as_i64().context("a width")
    }

    /// Everything of the page that can be read from outside: its markup with the shadow root, the
    /// values of fields, attributes, and both storages.
    pub async fn everything(&self) -> Result<String> {
        let script = "return [document.documentElement.outerHTML, root.innerHTML, \
             ...all('input, textarea, select').map(e => e.value), location.href, document.cookie, \
             JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.title, \
             JSON.stringify(history.state)].join('\\n');";
        let text = self.run(script, &[]).await?;
        text.as_str().map(str::to_owned).context("the page's content")
    }
}

/// The name of a picture: browser, width, theme, language, screen.
pub fn picture(browser: Browser, width: u32, theme: Theme, language: &str, screen: &str) -> String {
    format!("{browser}-{width}-{theme}-{language}-{screen}")
}

fn axe_file() -> Result<PathBuf> {
    let path = machine::axe();
    ensure!(path.is_file(), "there is no axe at {}; `RELIGHT_AXE` may name it", path.display());
    Ok(path)
}
