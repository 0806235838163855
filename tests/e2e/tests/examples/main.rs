//! The pages of `examples/`, built with the npm package, in Chromium and Firefox: from a sub-path and
//! under the strict policy.

mod portal;
mod react;
mod support;

use anyhow::{Result, ensure};
use relight_e2e::{Setting, Stage, case, suite, until};
use std::process::ExitCode;

const BELOW: fn(Setting) -> Setting = |setting| Setting { base: "/some/where/", ..setting };

fn main() -> Result<ExitCode> {
    let mut cases = vec![
        case!("examples::plain", plain).dressed(BELOW),
        case!("examples::esbuild", esbuild).dressed(BELOW),
        case!("examples::vite_react", vite_react).dressed(BELOW),
        case!("examples::react_locked", react::locked).dressed(BELOW),
        case!("examples::browser_worker", react::browser_worker).dressed(BELOW),
        // Vue asks for a policy of Trusted Types, which the strict policy does not grant: it says so.
        case!("examples::vite_vue", vite_vue).dressed(BELOW).noisy(),
    ];
    cases.extend(portal::cases());
    suite::run(cases)
}

async fn plain(stage: &mut Stage) -> Result<()> {
    works(stage, "index.html", "en").await
}

async fn esbuild(stage: &mut Stage) -> Result<()> {
    works(stage, "esbuild/index.html", "en").await
}

async fn vite_react(stage: &mut Stage) -> Result<()> {
    works(stage, "vite-react/index.html", "zh").await
}

async fn vite_vue(stage: &mut Stage) -> Result<()> {
    works(stage, "vite-vue/index.html", "en").await
}

/// The console is drawn in its language and checks what is typed.
async fn works(stage: &mut Stage, page: &str, language: &str) -> Result<()> {
    stage.page.open(&format!("{}{page}", stage.site.url())).await?;
    stage.page.fill("instanceIds", "i-bp1g6zv0ce8oghu7k2m4").await?;
    until("an id is counted", || async {
        Ok((stage.page.text("[data-count=valid]").await?.starts_with('1')).then_some(()))
    })
    .await?;
    let text = stage.page.all_text().await?;
    let is_chinese = text.contains("地域");
    ensure!(is_chinese == (language == "zh"), "{text}");
    ensure!(stage.site.missing().is_empty(), "{:?}", stage.site.missing());
    Ok(())
}
