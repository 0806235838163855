//! The release on hosts that know nothing of it.

use crate::support::{TENCENT, send};
use anyhow::{Result, ensure};
use relight_e2e::{Fixture, case, machine, plain::PlainServer, suite::Case};
use relight_sandbox::{Config, server};
use serde_json::json;

pub(crate) fn cases() -> Vec<Case> {
    vec![case!("hosting::a_plain_file_server_below_a_path", plain)]
}

/// A copied folder, deep below the root of a server without a rule or a header of ours: the page
/// restarts through a proxy elsewhere, and `?demo` works without any.
async fn plain(fixture: &mut Fixture) -> Result<()> {
    let host = PlainServer::start(&machine::dist(), "some/sub/path/")?;
    // A proxy that knows the host's origin, and counts.
    let origins = vec![host.origin()];
    let clouds = server::start(Config { origins, ..Config::default() })?;
    host.write(
        "relight.json",
        &json!({ "proxy": format!("http://{}/proxy", clouds.addr) }).to_string(),
    )?;
    fixture.page.open(&host.url()).await?;
    let ids = TENCENT.running(fixture, 1);
    send(fixture, &TENCENT.form(&ids[0])).await?;
    fixture.page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    let counted = || clouds.sandbox().calls().to_vec();
    let restarts = counted().into_iter().filter(|call| call.action == "RebootInstances");
    ensure!(restarts.count() == 1, "{:#?}", counted());
    let calls = counted().len();
    let address = format!("{}?demo", host.url());
    fixture.page.session().driver().goto(&address).await?;
    fixture.page.wait_for_no("[data-form-only]").await?;
    fixture.page.wait_for(".note.info").await?;
    ensure!(fixture.page.text(".note.info").await?.contains("sandbox-"), "no key of the demo's");
    ensure!(counted().len() == calls && fixture.calls().is_empty(), "the demo asked somebody");
    Ok(())
}
