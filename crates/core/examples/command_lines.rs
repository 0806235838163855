//! What `tests/sdk` holds the lines for command line tools against: reads a job of one batch from the
//! standard input as JSON and prints its lines, and the request that the page sends for it.

use relight_core::{
    clouds,
    i18n::Locale,
    ids::parse_ids,
    model::plan::{PlanInput, plan},
    signing::{Secret, Signer},
};
use serde_json::{Value, json};
use std::{error::Error, io, sync::Arc};

fn main() -> Result<(), Box<dyn Error>> {
    let job: Value = serde_json::from_reader(io::stdin())?;
    let text = |name: &str| job[name].as_str().unwrap_or_default().to_owned();
    let cloud = clouds::by_id(&text("cloud")).ok_or("no such cloud")?;
    let ids =
        parse_ids(&text("ids"), Some(cloud)).ids.into_iter().map(|parsed| parsed.id).collect();
    let options = job["options"].as_object().into_iter().flatten();
    let input = PlanInput {
        cloud,
        site: job["site"].as_str().map(str::to_owned),
        region: text("region"),
        operation: text("operation"),
        ids,
        options: options
            .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
            .collect(),
        limits: Arc::default(),
    };
    let plan = plan(&input, None).map_err(|refusal| format!("{refusal:?}"))?;
    let [batch] = plan.batches.as_slice() else { return Err("more than one batch".into()) };
    let signer = Signer {
        key_id: text("keyId"),
        token: None,
        unix_seconds: job["unixSeconds"].as_i64().unwrap_or_default(),
        nonce: text("nonce"),
        sign_action: true,
        // As in the line for `curl`.
        locale: Locale::En,
    };
    let prepared = clouds::protocol(cloud).prepare(&clouds::request(batch), &signer);
    let request = prepared.finish_with(&Secret::new(text("secret")));
    let (own, curl) = (clouds::command_line(batch), clouds::curl(batch));
    let headers: Vec<_> = request
        .headers()
        .iter()
        .map(|(name, value)| json!([name.as_str(), value.as_str()]))
        .collect();
    let answer = json!({
        "tool": own.tool,
        "line": own.line,
        "omitted": own.omitted,
        "curl": curl.line,
        "unsigned": clouds::UNSIGNED,
        "request": {
            "method": request.method(),
            "host": request.host(),
            "target": request.path_and_query(),
            "headers": headers,
            "body": request.body(),
        },
    });
    println!("{answer}");
    Ok(())
}
