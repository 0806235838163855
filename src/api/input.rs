//! Reading what the caller gives. Each value is checked when it is read, and a refusal names it.

use super::{error::Failure, json::Json, text::text};
use relight_core::{
    clouds,
    i18n::Locale,
    ids::{IdProblem, parse_ids, parse_lines, parse_list},
    model::{
        cloud::Cloud,
        instance_id::InstanceId,
        outcome::Response,
        plan::{self, Batch, PlanInput},
    },
};
use std::{borrow::Cow, sync::Arc};
use wasm_bindgen::JsValue;

/// The members of an object that a function takes.
pub(super) struct Fields<'a> {
    members: Vec<(Cow<'a, str>, Json<'a>)>,
    /// The elements of `instanceIds`, a line each, if they did not come among the members.
    ids: Option<&'a str>,
}

impl<'a> Fields<'a> {
    /// Reads [`stringify`]'s text of the argument with this name.
    pub(super) fn parse(json: &'a str, argument: &str) -> Result<Self, Failure> {
        match serde_json::from_str(json) {
            Ok(Json::Object(members)) => Ok(Fields { members, ids: None }),
            Ok(_) | Err(_) => Err(Failure::argument(format!("`{argument}` must be an object."))),
        }
    }

    /// Members that did not come as JSON, and ids, a line each, that are not among them.
    pub(super) fn of_members(members: Vec<(Cow<'a, str>, Json<'a>)>, ids: Option<&'a str>) -> Self {
        Fields { members, ids }
    }

    /// The value of a field, `None` if it is `null` or not there.
    pub(super) fn value(&self, name: &str) -> Option<&Json<'a>> {
        let (_, value) = self.members.iter().find(|(other, _)| other == name)?;
        if matches!(value, Json::Null) { None } else { Some(value) }
    }

    /// A text.
    pub(super) fn text(&self, name: &str) -> Result<&str, Failure> {
        self.optional_text(name)?.ok_or_else(|| missing(name))
    }

    /// A text, or nothing.
    pub(super) fn optional_text(&self, name: &str) -> Result<Option<&str>, Failure> {
        match self.value(name) {
            None => Ok(None),
            Some(Json::Text(text)) => Ok(Some(text)),
            Some(_) => Err(not_text(name)),
        }
    }

    /// A text; empty if it is not there.
    pub(super) fn text_or_empty(&self, name: &str) -> Result<String, Failure> {
        Ok(self.optional_text(name)?.unwrap_or_default().to_owned())
    }

    /// `true` or `false`, or nothing.
    pub(super) fn optional_flag(&self, name: &str) -> Result<Option<bool>, Failure> {
        match self.value(name) {
            None => Ok(None),
            Some(Json::Flag(flag)) => Ok(Some(*flag)),
            Some(_) => Err(Failure::argument(format!("`{name}` must be true or false."))),
        }
    }

    /// An object whose values are texts, in its order; empty if it is not there.
    pub(super) fn pairs<T: for<'t> From<&'t str>>(
        &self,
        name: &str,
    ) -> Result<Vec<(T, T)>, Failure> {
        let members = match self.value(name) {
            None => return Ok(Vec::new()),
            Some(Json::Object(members)) => members,
            Some(_) => return Err(Failure::argument(format!("`{name}` must be an object."))),
        };
        let pairs = members.iter().map(|(key, value)| match value {
            Json::Text(text) => Ok((T::from(key), T::from(text))),
            _ => Err(not_text(&format!("{name}.{key}"))),
        });
        pairs.collect()
    }

    /// An array of texts; empty if it is not there.
    pub(super) fn texts<T: for<'t> From<&'t str>>(&self, name: &str) -> Result<Vec<T>, Failure> {
        let elements = match self.value(name) {
            None => return Ok(Vec::new()),
            Some(Json::Array(elements)) => elements,
            Some(_) => return Err(Failure::argument(format!("`{name}` must be an array."))),
        };
        let texts = elements.iter().enumerate().map(|(index, value)| match value {
            Json::Text(text) => Ok(T::from(text)),
            _ => Err(not_text(&format!("{name}[{index}]"))),
        });
        texts.collect()
    }

    /// A whole number that is not negative, or nothing.
    fn whole(&self, name: &str) -> Result<Option<usize>, Failure> {
        match self.value(name) {
            None => Ok(None),
            Some(Json::Number(number))
                if number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(number) =>
            {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "checked above"
                )]
                Ok(Some(*number as usize))
            }
            Some(_) => Err(Failure::argument(format!("`{name}` must be a whole number."))),
        }
    }

    /// The language that is asked for.
    fn locale(&self) -> Result<Locale, Failure> {
        Ok(self.optional_text("locale")?.map_or_else(Locale::default, Locale::from_tag))
    }

    fn cloud(&self) -> Result<&'static Cloud, Failure> {
        clouds::by_id(self.text("cloud")?).ok_or_else(|| {
            let known: Vec<_> = clouds::ALL.iter().map(|cloud| cloud.id).collect();
            Failure::argument(format!("`cloud` must be one of: {}.", known.join(", ")))
        })
    }

    /// Ids as a text or as an array. Each element of an array is taken by itself, so that none of
    /// them passes for the heading of another; a number is refused, since it may have been rounded.
    fn ids(&self, cloud: &'static Cloud) -> Result<(Vec<InstanceId>, Vec<IdProblem>), Failure> {
        if let Some(lines) = self.ids {
            return Ok(parse_lines(lines, cloud));
        }
        let elements = match self.value("instanceIds") {
            None => return Err(missing("instanceIds")),
            Some(Json::Text(text)) => {
                let parsed = parse_ids(text, Some(cloud));
                let ids = parsed.ids.into_iter().map(|parsed| parsed.id);
                return Ok((ids.collect(), parsed.problems));
            }
            Some(Json::Array(elements)) => elements,
            Some(_) => return Err(not_text("instanceIds")),
        };
        let texts = elements.iter().enumerate().map(|(index, element)| match element {
            Json::Text(text) => Ok(&**text),
            _ => Err(not_text(&format!("instanceIds[{index}]"))),
        });
        Ok(parse_list(texts.collect::<Result<Vec<_>, _>>()?, cloud))
    }

    /// Options with their values as text.
    fn options(&self) -> Result<Vec<(String, String)>, Failure> {
        let members = match self.value("options") {
            None => return Ok(Vec::new()),
            Some(Json::Object(members)) => members,
            Some(_) => return Err(Failure::argument("`options` must be an object.")),
        };
        let mut options = Vec::with_capacity(members.len());
        for (name, value) in members {
            match value {
                Json::Null => {}
                Json::Flag(flag) => options.push((name.to_string(), flag.to_string())),
                Json::Text(text) => options.push((name.to_string(), text.to_string())),
                Json::Number(_) | Json::Array(_) | Json::Object(_) => {
                    return Err(Failure::argument(format!(
                        "`options.{name}` must be true, false or text."
                    )));
                }
            }
        }
        Ok(options)
    }
}

/// The value as JSON; empty for what has none, such as a function or a cycle.
pub(super) fn stringify(value: &JsValue) -> String {
    js_sys::JSON::stringify(value).ok().and_then(|json| text(&json)).unwrap_or_default()
}

/// A text that is an argument by itself.
pub(super) fn text_argument(value: &JsValue, name: &str) -> Result<String, Failure> {
    text(value).ok_or_else(|| not_text(name))
}

/// The refusal of a field that is not there.
pub(super) fn missing(name: &str) -> Failure {
    Failure::argument(format!("`{name}` is missing."))
}

/// The refusal of something that must be text.
pub(super) fn not_text(name: &str) -> Failure {
    Failure::argument(format!("`{name}` must be text."))
}

/// What texts are read with.
#[derive(Default)]
pub(super) struct Options {
    /// The cloud that is meant, if it is known.
    pub(super) cloud: Option<&'static Cloud>,
    /// The operation that is meant, by the cloud's own name.
    pub(super) operation: Option<String>,
    /// The language of messages.
    pub(super) locale: Locale,
}

impl Options {
    pub(super) fn read(value: &JsValue) -> Result<Self, Failure> {
        if value.is_undefined() || value.is_null() {
            return Ok(Options::default());
        }
        let json = stringify(value);
        let fields = Fields::parse(&json, "options")?;
        Ok(Options {
            cloud: fields.value("cloud").map(|_| fields.cloud()).transpose()?,
            operation: fields.optional_text("operation")?.map(str::to_owned),
            locale: fields.locale()?,
        })
    }
}

/// A job, and what stood among its ids.
pub(super) struct Job {
    pub(super) spec: PlanInput,
    pub(super) problems: Vec<IdProblem>,
    pub(super) batch_size: Option<usize>,
    pub(super) locale: Locale,
}

impl Job {
    pub(super) fn read(fields: &Fields<'_>) -> Result<Self, Failure> {
        let cloud = fields.cloud()?;
        let (ids, problems) = fields.ids(cloud)?;
        Ok(Job {
            spec: PlanInput {
                cloud,
                site: fields.optional_text("site")?.map(str::to_owned),
                region: fields.text_or_empty("region")?,
                operation: fields.text("operation")?.to_owned(),
                ids,
                options: fields.options()?,
                // Limits are the page's; a program that signs is its own operator.
                limits: Arc::default(),
            },
            problems,
            batch_size: fields.whole("batchSize")?,
            locale: fields.locale()?,
        })
    }

    /// The one batch of a job whose ids must all be good.
    pub(super) fn into_batch(self) -> Result<Batch, Failure> {
        if let Some(problem) = self.problems.first() {
            let sentence = problem.sentence(self.locale);
            return Err(Failure::argument(format!("`instanceIds`: {sentence}")));
        }
        let spec = plan::checked_spec(&self.spec)
            .map_err(|refusal| Failure::refused(&refusal, self.locale))?;
        let (most, given) = (spec.operation().ids_max, self.spec.ids.len());
        plan::batch(&Arc::new(spec), self.spec.ids).ok_or_else(|| {
            Failure::argument(format!(
                "`instanceIds`: one call takes at most {most}; {given} are given."
            ))
        })
    }
}

/// An answer and the call that it answers.
pub(super) struct Reply {
    pub(super) batch: Batch,
    pub(super) response: Response,
}

impl Reply {
    pub(super) fn read(value: &JsValue) -> Result<Self, Failure> {
        let json = stringify(value);
        let fields = Fields::parse(&json, "reply")?;
        let mut job = Job::read(&fields)?;
        let regions = &job.spec.cloud.regions;
        if regions.required && job.spec.region.is_empty() {
            // An answer reads alike in every region.
            job.spec.region =
                regions.known.first().map(|region| region.id.to_owned()).unwrap_or_default();
        }
        let status = fields.whole("status")?.ok_or_else(|| missing("status"))?;
        let status = u16::try_from(status)
            .map_err(|_| Failure::argument("`status` must be an HTTP status."))?;
        let headers = fields.pairs::<String>("headers")?.into_iter();
        Ok(Reply {
            response: Response {
                status,
                headers: headers.map(|(name, value)| (name.to_ascii_lowercase(), value)).collect(),
                body: fields.text("body")?.to_owned(),
            },
            batch: job.into_batch()?,
        })
    }
}
