//! The smallest RAM policy for a task (vendor documentation: policy language version 1, and the
//! actions and resource names of ECS).

use crate::{clouds::Grant, signing::request::push_json_texts};

/// Instances are named individually; reads are allowed for the region, since RAM checks a read of
/// several instances against all of them.
pub(super) fn policy(grant: &Grant<'_>) -> Option<String> {
    let action = action(grant.action).filter(|_| grant.names_resources())?;
    let region = if grant.region.is_empty() { "*" } else { grant.region };
    let of_instance = |id: &str| format!("acs:ecs:{region}:*:instance/{id}");
    let resources = grant.resource_names(of_instance);
    let mut json = String::from("{\n  \"Version\": \"1\",\n  \"Statement\": [");
    push_statement(&mut json, action, &resources);
    if grant.with_reads {
        json.push(',');
        push_statement(&mut json, "DescribeInstances", &[of_instance("*")]);
    }
    json.push_str("\n  ]\n}\n");
    Some(json)
}

/// The action without its product, if it is this product: resource names of other products are not
/// known here.
fn action(action: &str) -> Option<&str> {
    match action.split_once(':') {
        Some(("ecs", action)) => Some(action),
        Some(_) => None,
        None => Some(action),
    }
}

fn push_statement(json: &mut String, action: &str, resources: &[String]) {
    let action = format!("ecs:{action}");
    json.push_str("\n    {\n      \"Effect\": \"Allow\",\n      \"Action\": ");
    push_json_texts(json, [action.as_str()].into_iter());
    json.push_str(",\n      \"Resource\": ");
    push_json_texts(json, resources.iter().map(String::as_str));
    json.push_str("\n    }");
}
