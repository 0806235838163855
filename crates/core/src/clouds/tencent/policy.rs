//! The smallest CAM policy for a task (vendor documentation: policy language version 2.0, and the
//! actions and resource names of CVM).

use crate::{clouds::Grant, signing::request::push_json_texts};

/// Instances are named individually. The empty account in a resource name means the owner of the
/// policy. Reads are allowed for all resources, as in the vendor's own examples.
pub(super) fn policy(grant: &Grant<'_>) -> Option<String> {
    let action = action(grant.action).filter(|_| grant.names_resources())?;
    let of_instance = |id: &str| format!("qcs::cvm:{}::instance/{id}", grant.region);
    let resources = grant.resource_names(of_instance);
    let mut json = String::from("{\n  \"version\": \"2.0\",\n  \"statement\": [");
    push_statement(&mut json, action, &resources);
    if grant.with_reads {
        json.push(',');
        push_statement(&mut json, "DescribeInstances", &["*".to_owned()]);
    }
    json.push_str("\n  ]\n}\n");
    Some(json)
}

/// The action without its product, if it is this product: resource names of other products are not
/// known here.
fn action(action: &str) -> Option<&str> {
    let action = action.strip_prefix("name/").unwrap_or(action);
    match action.split_once(':') {
        Some(("cvm", action)) => Some(action),
        Some(_) => None,
        None => Some(action),
    }
}

fn push_statement(json: &mut String, action: &str, resources: &[String]) {
    let action = format!("cvm:{action}");
    json.push_str("\n    {\n      \"effect\": \"allow\",\n      \"action\": ");
    push_json_texts(json, [action.as_str()].into_iter());
    json.push_str(",\n      \"resource\": ");
    push_json_texts(json, resources.iter().map(String::as_str));
    json.push_str("\n    }");
}
