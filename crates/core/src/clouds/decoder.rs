//! What is received from a cloud.

use crate::{
    catalogue::{Entry, Family, SuggestedAction},
    i18n::Text,
    model::{
        cloud::Cloud,
        eligibility::Eligibility,
        outcome::{BatchAnswer, Denied, Described, DescribedInstance, ErrorReport, Response},
        plan::{Batch, OperationSpec},
    },
};

/// Decodes a cloud's responses and what follows from them. All functions are pure.
pub trait Decoder: Sync {
    /// The cloud.
    fn cloud(&self) -> &'static Cloud;

    /// The outcome of each instance of the batch: exactly one each, in the batch's order. Never
    /// panics and never guesses: a response that is not understood is `unknown`.
    fn decode(&self, batch: &Batch, response: &Response) -> BatchAnswer;

    /// The instances of a describe response, or its error.
    fn decode_describe(&self, response: &Response) -> Described;

    /// Whether an instance in this state can take the operation, and why not.
    fn eligibility(&self, spec: &OperationSpec, instance: &DescribedInstance) -> Eligibility;

    /// The smallest policy for a grant, as the JSON that the cloud's console accepts. `None` for a
    /// cloud without such policies.
    fn policy(&self, grant: &Grant<'_>) -> Option<String>;

    /// Its errors and how they are recognised in texts.
    fn catalogue(&self) -> &'static Catalogue;
}

/// A cloud's errors and how they are recognised in texts.
#[derive(Debug)]
pub struct Catalogue {
    /// Every known error.
    pub errors: &'static [Entry],
    /// Marks of this cloud's errors besides the code, in lower case without white space: the
    /// vendor's domains, its SDK's names, the shape of a response.
    pub marks: &'static [&'static str],
    /// Codes that other products use, too: little evidence by themselves.
    pub common_codes: &'static [&'static str],
    /// Patterns of unknown codes, by what such names are about.
    pub families: &'static [(Family, &'static [&'static str])],
    /// The codes of a missing permission.
    pub permission_codes: &'static [&'static str],
    /// Extracts the missing permission from a text of this cloud.
    pub denied_in: Option<fn(&str) -> Denied>,
    /// The kinds of policies in its responses, and who decides on each.
    pub policy_kinds: &'static [(&'static str, Text)],
    /// Actions of the page by code, beyond those that follow from the entries.
    pub helps: &'static [(&'static str, SuggestedAction)],
    /// True for a lower-case host of the cloud's APIs, of any product. Not for data hosts (storage,
    /// images, databases): their faults say nothing about an operation.
    pub is_host: fn(&str) -> bool,
    /// Marks of the vendor's other products with codes of their own, such as object storage and
    /// logs; in lower case without white space.
    pub other_products: &'static [&'static str],
    /// Names of the cloud's own programs in their errors, in lower case: near these a network fault
    /// is theirs, even without a host.
    pub clients: &'static [&'static str],
    /// Codes of those programs without meaning: the cause is in the message.
    pub wrappers: &'static [&'static str],
    /// Whether a code is spelt like those of this cloud: runtimes have codes, too.
    pub is_code: fn(&str) -> bool,
    /// Prefixes of codes made up by those programs and not by the cloud.
    pub client_codes: &'static [&'static str],
    /// The prefix of an operation in a policy.
    pub action_prefix: &'static str,
    /// Texts of the cloud's web gateways instead of a response, in lower case.
    pub gateways: &'static [&'static str],
    /// Sequences of labels that form such a program's error, in lower case without white space.
    pub shapes: &'static [&'static [&'static str]],
    /// Prefixes of codes made up by tools around the cloud, in lower case.
    pub tools: &'static [&'static str],
    /// Sentences that only this cloud uses, each with its code: often copied without it.
    pub sentences: &'static [(&'static str, &'static str)],
    /// True for the format of a request id that few others share.
    pub is_request_id: fn(&str) -> bool,
    /// Reads a success response that lists failed instances, for clouds that have such.
    pub listed_failures: Option<fn(&str) -> Option<ErrorReport>>,
}

/// What a policy should allow.
#[derive(Clone, Copy, Debug)]
pub struct Grant<'a> {
    /// The operation, by the cloud's own name, or as in its policies: `RebootInstances`,
    /// `product:RebootInstances`.
    pub action: &'a str,
    /// The resources as named by the cloud; if any, region and ids are not used.
    pub resources: &'a [&'a str],
    /// The region; empty if unknown, which means any.
    pub region: &'a str,
    /// The instances; empty means all of the region.
    pub instance_ids: &'a [&'a str],
    /// Whether to allow the console's reads before and after, too.
    pub with_reads: bool,
}

impl Grant<'_> {
    /// Whether the resources of the action are known: named by the cloud, or instances.
    pub(super) fn names_resources(&self) -> bool {
        !self.resources.is_empty() || self.action.contains("Instance")
    }

    /// The resources of the policy: as named by the cloud, or each instance in the cloud's
    /// notation, where `*` is all of them.
    pub(super) fn resource_names(&self, of_instance: impl Fn(&str) -> String) -> Vec<String> {
        if !self.resources.is_empty() {
            self.resources.iter().map(|resource| (*resource).to_owned()).collect()
        } else if self.instance_ids.is_empty() {
            vec![of_instance("*")]
        } else {
            self.instance_ids.iter().map(|id| of_instance(id)).collect()
        }
    }
}
