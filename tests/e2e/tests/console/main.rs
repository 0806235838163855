//! The console in Chromium and Firefox.

use anyhow::Result;
use relight_e2e::{Setting, Stage, browser::Theme, case, suite};
use std::process::ExitCode;

fn main() -> Result<ExitCode> {
    suite::run(vec![
        case!(smoke),
        case!(smoke_bad),
        case!("dark", smoke).dressed(|s| Setting { theme: Theme::Dark, width: 360, base: "/a/b/", ..s }),
    ])
}

async fn smoke(stage: &mut Stage) -> Result<()> {
    let page = &stage.page;
    page.choose("cloud", "b").await?;
    page.fill("keyId", "hello").await?;
    page.act("review").await?;
    let t = page.text("[data-action=review]").await?;
    let w = page.run("return innerWidth", &[]).await?;
    let axe = page.accessibility_problems().await?;
    println!("{t} {w} {axe:?} br {}", stage.site.has_compressed());
    Ok(())
}
async fn smoke_bad(stage: &mut Stage) -> Result<()> {
    let page = &stage.page;
    page.fill("keyId", "bad").await?;
    page.act("review").await?;
    let t = page.text("[data-action=review]").await?;
    page.run("eval('1')", &[]).await.map_err(|e| println!("{e}"));
    Ok(())
}
