//! The pages of `examples/`, built with the npm package, in Chromium and Firefox: from a sub-path and
//! under the strict policy.

mod portal;
mod react;
mod support;

use anyhow::{Result, ensure};
use relight_e2e::{Fixture, Setting, case, suite, until};
use std::process::ExitCode;

const BELOW: fn(Setting) -> Setting = |setting| Setting { base: "/some/where/", ..setting };

fn main() -> Result<ExitCode> {
    let mut cases = vec![
        case!("examples::plain", plain).configured(BELOW),
        case!("examples::esbuild", esbuild).configured(BELOW),
        case!("examples::vite_react", vite_react).configured(BELOW),
        case!("examples::react_locked", react::locked).configured(BELOW),
        case!("examples::browser_worker", react::browser_worker).configured(BELOW),
        // Vue needs a Trusted Types policy, which the strict policy does not grant: it logs that.
        case!("examples::vite_vue", vite_vue).configured(BELOW).noisy(),
    ];
    cases.extend(portal::cases());
    suite::run(cases)
}

async fn plain(fixture: &mut Fixture) -> Result<()> {
    works(fixture, "index.html", "en").await
}

async fn esbuild(fixture: &mut Fixture) -> Result<()> {
    works(fixture, "esbuild/index.html", "en").await
}

async fn vite_react(fixture: &mut Fixture) -> Result<()> {
    works(fixture, "vite-react/index.html", "zh").await
}

async fn vite_vue(fixture: &mut Fixture) -> Result<()> {
    works(fixture, "vite-vue/index.html", "en").await
}

/// The console is rendered in its language and checks what is typed.
async fn works(fixture: &mut Fixture, page: &str, language: &str) -> Result<()> {
    fixture.page.open(&format!("{}{page}", fixture.site.url())).await?;
    fixture.page.fill("instanceIds", "i-bp1g6zv0ce8oghu7k2m4").await?;
    until("an id is counted", || async {
        Ok((fixture.page.text("[data-count=valid]").await?.starts_with('1')).then_some(()))
    })
    .await?;
    let text = fixture.page.all_text().await?;
    let is_chinese = text.contains("地域");
    ensure!(is_chinese == (language == "zh"), "{text}");
    ensure!(fixture.site.missing().is_empty(), "{:?}", fixture.site.missing());
    Ok(())
}
