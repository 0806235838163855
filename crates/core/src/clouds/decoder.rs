//! What comes back from a cloud.

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

/// What a cloud's answers mean, and what follows from them. All functions are pure.
pub trait Decoder: Sync {
    /// Whose it is.
    fn cloud(&self) -> &'static Cloud;

    /// What an answer says of each instance of the batch: exactly one outcome for each, in the
    /// batch's order. Never panics and never guesses: what is not understood is `unknown`.
    fn decode(&self, batch: &Batch, response: &Response) -> BatchAnswer;

    /// What a describe answer says, or the error in it.
    fn decode_describe(&self, response: &Response) -> Described;

    /// Whether the operation may be carried out on an instance in this state, and why not.
    fn eligibility(&self, spec: &OperationSpec, instance: &DescribedInstance) -> Eligibility;

    /// The smallest policy that allows this and nothing else, as the JSON text that the cloud's
    /// console takes. `None` where the cloud has no policies that could be written down.
    fn policy(&self, grant: &Grant<'_>) -> Option<String>;

    /// Its errors.
    fn catalogue(&self) -> &'static Catalogue;
}

/// What is known of a cloud's errors.
#[derive(Debug)]
pub struct Catalogue {
    /// Every error that is known.
    pub errors: &'static [Entry],
    /// What an error of this cloud has about it besides its code, in lower case and without blanks:
    /// the vendor's domains, its SDK's names, the shape of an answer.
    pub marks: &'static [&'static str],
    /// Codes that other products use, too: they say little by themselves.
    pub common_codes: &'static [&'static str],
    /// Patterns of codes, by what such names are about, for codes that are not among the errors.
    pub families: &'static [(Family, &'static [&'static str])],
    /// The codes that say that a permission is missing.
    pub permission_codes: &'static [&'static str],
    /// What a text in this cloud's words says of a missing permission besides the code.
    pub denied_in: Option<fn(&str) -> Denied>,
    /// The kinds of policies that its answers name, and who decides on each.
    pub policy_kinds: &'static [(&'static str, Text)],
    /// What the page can do about errors, beyond what their entries say: codes and helps.
    pub helps: &'static [(&'static str, SuggestedAction)],
    /// True for a host of the cloud's interface, of whatever product, in lower case. What carries
    /// data (storage, images, databases) is none: its faults say nothing of an operation.
    pub is_host: fn(&str) -> bool,
    /// What errors of other products of the vendor have about them that have codes of their own, as stores
    /// of objects and of logs do; in lower case and without blanks.
    pub other_products: &'static [&'static str],
    /// What the cloud's own programs call their errors, in lower case: with these around it a fault of
    /// the network is theirs, though no host is named.
    pub clients: &'static [&'static str],
    /// Codes of those programs that say nothing by themselves: the cause stands in the message.
    pub wrappers: &'static [&'static str],
    /// Whether a code is written as those of this cloud are: what runs a program has codes, too.
    pub is_code: fn(&str) -> bool,
    /// How codes begin that those programs make up themselves: no cloud has said them.
    pub client_codes: &'static [&'static str],
    /// What stands before an operation where a policy names it.
    pub action_prefix: &'static str,
    /// What the cloud's gateways for web sites say in the place of an answer, in lower case.
    pub gateways: &'static [&'static str],
    /// Labels that, one after the other, are the shape of such a program's error, in lower case and
    /// without blanks.
    pub shapes: &'static [&'static [&'static str]],
    /// What stands before codes that tools around the cloud made up, in lower case.
    pub tools: &'static [&'static str],
    /// Sentences that only this cloud says, each with the code that it belongs to: people copy them
    /// without it.
    pub sentences: &'static [(&'static str, &'static str)],
    /// True for the shape of a request id that few others share.
    pub is_request_id: fn(&str) -> bool,
    /// Reads a text that is a whole success in which the cloud lists instances that failed, where
    /// it has such answers.
    pub listed_failures: Option<fn(&str) -> Option<ErrorReport>>,
}

/// What a policy is to allow.
#[derive(Clone, Copy, Debug)]
pub struct Grant<'a> {
    /// The operation, by the cloud's own name, or as its policies spell it: `RebootInstances`,
    /// `product:RebootInstances`.
    pub action: &'a str,
    /// The resources as the cloud itself named them; if there are any, region and ids are not used.
    pub resources: &'a [&'a str],
    /// The region; empty if it is not known, which then means every one.
    pub region: &'a str,
    /// The instances; empty means all of the region.
    pub instance_ids: &'a [&'a str],
    /// Whether to allow the read that the console makes before and after, too.
    pub with_reads: bool,
}

impl Grant<'_> {
    /// Whether the resources of the action are known: the cloud named them, or it is one on instances.
    /// What a disk is created in is none.
    pub(super) fn names_resources(&self) -> bool {
        !self.resources.is_empty() || self.action.contains("Instance")
    }

    /// The resources that it is for: as the cloud named them, or each instance by its name in the
    /// cloud's notation, where `*` is all of them.
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
