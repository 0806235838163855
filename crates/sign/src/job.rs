//! A job as passed by programs.

use crate::{
    error::Failure,
    read::{self, Argument, InstanceIds, Members, OptionValue, Texts},
};
use relight_core::{
    i18n::Locale,
    ids::{IdProblem, parse_ids, parse_list},
    model::plan::{self, Batch, PlanInput},
};
use serde::Deserialize;
use std::sync::Arc;
use tsify::Tsify;

/// What somebody wants done.
#[derive(Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
struct Job {
    #[tsify(type = "CloudId")]
    cloud: String,
    /// The kind of account; the cloud's default unless given.
    #[tsify(optional)]
    site: Option<String>,
    #[tsify(optional)]
    region: Option<String>,
    /// The cloud's own name.
    operation: String,
    /// Ids, or a text that has them. Always text: a number would be rounded.
    #[tsify(type = "readonly string[] | string")]
    instance_ids: InstanceIds,
    /// The cloud's own parameters: booleans, or text.
    #[serde(default)]
    #[tsify(optional, type = "Record<string, unknown>")]
    options: Members<Option<OptionValue>>,
    /// The most ids in one call, if fewer than the cloud allows.
    #[tsify(optional)]
    batch_size: Option<u32>,
    #[tsify(optional, type = "Locale")]
    locale: Option<String>,
}

/// A job, with the problems among its ids.
pub struct ParsedJob {
    /// The input of core's planner.
    pub input: PlanInput,
    /// The problems among the ids.
    pub problems: Vec<IdProblem>,
    /// The most ids in one call.
    pub batch_size: Option<usize>,
    /// The language of messages.
    pub locale: Locale,
}

impl ParsedJob {
    /// Reads a job.
    pub fn read(argument: &Argument) -> Result<Self, Failure> {
        let job: Job = argument.read()?;
        let cloud = read::cloud(&job.cloud)?;
        let (ids, problems) = match job.instance_ids {
            InstanceIds::List(Texts(texts)) => parse_list(texts.iter().map(String::as_str), cloud),
            InstanceIds::Text(text) => {
                let parsed = parse_ids(&text, Some(cloud));
                (parsed.ids.into_iter().map(|parsed| parsed.id).collect(), parsed.problems)
            }
        };
        let Members(options) = job.options;
        let options = options.into_iter();
        Ok(ParsedJob {
            input: PlanInput {
                cloud,
                site: job.site,
                region: job.region.unwrap_or_default(),
                operation: job.operation,
                ids,
                options: options.filter_map(|(name, value)| Some((name, value?.0))).collect(),
                // The limits are those of the page; programs have none.
                limits: Arc::default(),
            },
            problems,
            batch_size: job.batch_size.map(|size| size as usize),
            locale: read::locale(job.locale.as_deref()),
        })
    }

    /// The batch of a job, if it is exactly one and all ids are valid.
    pub fn into_batch(self) -> Result<Batch, Failure> {
        if let Some(problem) = self.problems.first() {
            let sentence = problem.sentence(self.locale);
            return Err(Failure::argument(format!("`instanceIds`: {sentence}")));
        }
        let spec = plan::checked_spec(&self.input)
            .map_err(|refusal| Failure::refused(&refusal, self.locale))?;
        let (most, given) = (spec.operation().ids_max, self.input.ids.len());
        plan::batch(&Arc::new(spec), self.input.ids).ok_or_else(|| {
            Failure::argument(format!(
                "`instanceIds`: one call takes at most {most}; {given} are given."
            ))
        })
    }
}
