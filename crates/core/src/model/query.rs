//! A query for instances, as typed: `web tag:team=web state:running`.

use super::outcome::{DescribedInstance, Phase};
use std::fmt;

/// A query for instances that match all terms. An empty one matches every instance.
///
/// ```
/// use relight_core::model::query::InstanceQuery;
///
/// let query = InstanceQuery::parse("Web tag:team=\"night shift\" state:running,stopped");
/// assert_eq!(query.to_string(), "web tag:team=\"night shift\" state:running,stopped");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstanceQuery {
    terms: Vec<Term>,
}

/// One term. Texts are in lower case except for tags, which are case-sensitive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// Occurs in the name, the id or an address.
    Text(String),
    /// Occurs in the name.
    Name(String),
    /// Occurs in the id.
    Id(String),
    /// Prefix of an address.
    Address(String),
    /// Suffix of the zone: `cn-hangzhou-h`, or `h`.
    Zone(String),
    /// The state is one of these, in the cloud's own word or in the common one.
    State(Vec<String>),
    /// Has the tag, with this value if one is given.
    Tag {
        /// The tag's key.
        key: String,
        /// Its value.
        value: Option<String>,
    },
}

impl InstanceQuery {
    /// Parses a query. It cannot fail: what is no known term is text.
    pub fn parse(text: &str) -> Self {
        InstanceQuery { terms: words(text).map(|word| Term::parse(&word)).collect() }
    }

    /// The terms as typed.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// A query that requires both.
    #[must_use]
    pub fn and(&self, other: &InstanceQuery) -> Self {
        InstanceQuery { terms: self.terms.iter().chain(&other.terms).cloned().collect() }
    }

    /// Whether it matches every instance.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The required tags, as key and value.
    pub fn tags(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.terms.iter().filter_map(|term| match term {
            Term::Tag { key, value } => Some((key.as_str(), value.as_deref())),
            Term::Text(_)
            | Term::Name(_)
            | Term::Id(_)
            | Term::Address(_)
            | Term::Zone(_)
            | Term::State(_) => None,
        })
    }

    /// The required state, where every cloud has exactly one word for it.
    pub fn state(&self) -> Option<Phase> {
        self.terms.iter().find_map(|term| match term {
            Term::State(states) if *states == ["running"] => Some(Phase::Running),
            Term::State(states) if *states == ["stopped"] => Some(Phase::Stopped),
            _ => None,
        })
    }

    /// The required zone, if it is a full zone name of this region.
    pub fn zone_of(&self, region: &str) -> Option<&str> {
        self.terms.iter().find_map(|term| match term {
            Term::Zone(zone) if !region.is_empty() && zone.starts_with(region) => {
                Some(zone.as_str())
            }
            _ => None,
        })
    }

    /// Whether an instance matches.
    pub fn matches(&self, listed: &ListedInstance) -> bool {
        self.terms.iter().all(|term| term.matches(listed))
    }
}

impl fmt::Display for InstanceQuery {
    /// Prints the query in the form that [`InstanceQuery::parse`] reads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, term) in self.terms.iter().enumerate() {
            if place > 0 {
                f.write_str(" ")?;
            }
            write!(f, "{term}")?;
        }
        Ok(())
    }
}

impl Term {
    fn parse(word: &str) -> Self {
        let text = || Term::Text(word.to_lowercase());
        let Some((name, value)) = word.split_once(':').filter(|(_, value)| !value.is_empty())
        else {
            return text();
        };
        match name.to_ascii_lowercase().as_str() {
            "name" => Term::Name(value.to_lowercase()),
            "id" => Term::Id(value.to_lowercase()),
            "ip" => Term::Address(value.to_lowercase()),
            "zone" => Term::Zone(value.to_lowercase()),
            "state" => {
                let states = value.split(',').filter(|state| !state.is_empty());
                Term::State(states.map(str::to_lowercase).collect())
            }
            "tag" => match value.split_once('=') {
                Some((key, value)) => {
                    Term::Tag { key: key.to_owned(), value: Some(value.to_owned()) }
                }
                None => Term::Tag { key: value.to_owned(), value: None },
            },
            _ => text(),
        }
    }

    fn matches(&self, listed: &ListedInstance) -> bool {
        let instance = &listed.instance;
        match self {
            Term::Text(text) => listed.text.contains(text.as_str()),
            Term::Name(text) => listed.name().contains(text.as_str()),
            Term::Id(text) => instance.id.to_lowercase().contains(text.as_str()),
            Term::Address(text) => instance.addresses.iter().any(|one| one.starts_with(text)),
            Term::Zone(text) => instance.zone.to_lowercase().ends_with(text.as_str()),
            Term::State(states) => states.iter().any(|state| {
                instance.state.eq_ignore_ascii_case(state) || phase_word(instance.phase) == state
            }),
            Term::Tag { key, value } => instance.tags.iter().any(|tag| {
                tag.key == *key && value.as_ref().is_none_or(|value| tag.value == *value)
            }),
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Term::Text(text) => f.write_str(&quoted(text)),
            Term::Name(text) => write!(f, "name:{}", quoted(text)),
            Term::Id(text) => write!(f, "id:{}", quoted(text)),
            Term::Address(text) => write!(f, "ip:{}", quoted(text)),
            Term::Zone(text) => write!(f, "zone:{}", quoted(text)),
            Term::State(states) => write!(f, "state:{}", quoted(&states.join(","))),
            Term::Tag { key, value: None } => write!(f, "tag:{}", quoted(key)),
            Term::Tag { key, value: Some(value) } => {
                write!(f, "tag:{}={}", quoted(key), quoted(value))
            }
        }
    }
}

/// The common word for a state.
pub fn phase_word(phase: Phase) -> &'static str {
    match phase {
        Phase::Running => "running",
        Phase::Stopped => "stopped",
        Phase::Starting => "starting",
        Phase::Stopping => "stopping",
        Phase::Recycled => "recycled",
        Phase::Busy => "busy",
        Phase::Unknown => "unknown",
    }
}

/// A described instance with its search text prepared: lists of thousands are filtered at each key
/// press.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedInstance {
    /// The instance as described.
    pub instance: DescribedInstance,
    /// Name, id and addresses in lower case, one per line.
    text: String,
    name_length: usize,
}

impl ListedInstance {
    /// Prepares an instance for searching.
    pub fn new(instance: DescribedInstance) -> Self {
        let mut text = instance.name.to_lowercase();
        let name_length = text.len();
        for more in std::iter::once(&instance.id).chain(&instance.addresses) {
            text.push('\n');
            text.push_str(&more.to_lowercase());
        }
        ListedInstance { instance, text, name_length }
    }

    fn name(&self) -> &str {
        self.text.get(..self.name_length).unwrap_or_default()
    }
}

/// Splits at white space, except within double quotes.
fn words(text: &str) -> impl Iterator<Item = String> {
    let mut words = vec![String::new()];
    let mut is_quoted = false;
    for char in text.chars() {
        match char {
            '"' => is_quoted = !is_quoted,
            blank if blank.is_whitespace() && !is_quoted => words.push(String::new()),
            other => words.last_mut().into_iter().for_each(|word| word.push(other)),
        }
    }
    words.into_iter().filter(|word| !word.is_empty())
}

fn quoted(text: &str) -> String {
    if text.contains(char::is_whitespace) { format!("\"{text}\"") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::outcome::Tag;

    fn listed() -> ListedInstance {
        ListedInstance::new(DescribedInstance {
            id: "ins-5hdvx000".into(),
            name: "Web-Front-01 夜班".into(),
            zone: "ap-guangzhou-3".into(),
            addresses: vec!["10.0.4.11".into(), "fe80::1".into()],
            state: "RUNNING".into(),
            phase: Phase::Running,
            tags: vec![Tag { key: "team".into(), value: "night shift".into() }],
            ..DescribedInstance::default()
        })
    }

    #[test]
    fn all_terms_must_match() {
        for text in [
            "",
            "  ",
            "web",
            "WEB front",
            "夜班",
            "5hdvx",
            "10.0.4",
            "fe80::1",
            "name:front",
            "id:INS-5",
            "ip:10.0",
            "zone:3",
            "zone:ap-guangzhou-3",
            "state:running",
            "state:stopped,Running",
            "tag:team",
            "tag:team=\"night shift\"",
            "web tag:team state:running ip:10.0.4.11",
        ] {
            assert!(InstanceQuery::parse(text).matches(&listed()), "{text}");
        }
        for text in [
            "webfront",
            "web back",
            "name:5hdvx",
            "id:web",
            "ip:0.4.11",
            "zone:2",
            "state:stopped",
            "tag:Team",
            "tag:team=night",
            "tag:team=",
            "http://web",
        ] {
            assert!(!InstanceQuery::parse(text).matches(&listed()), "{text}");
        }
    }

    #[test]
    fn a_printed_query_parses_to_itself() {
        for text in ["web name:a id:b ip:10. zone:h", "tag:a tag:b=c=d state:x,y", "a:b :", "name:"]
        {
            let query = InstanceQuery::parse(text);
            assert_eq!(query.to_string(), text);
            assert_eq!(InstanceQuery::parse(&query.to_string()), query);
        }
    }
}
