//! How many requests a second each key may send for each action.

use std::collections::{HashMap, VecDeque};

use crate::cloud::Cloud;

/// Requests of the last second, by cloud, key and action.
#[derive(Debug, Default)]
pub(crate) struct Rates {
    recent_ms: HashMap<(Cloud, String, String), VecDeque<i64>>,
}

impl Rates {
    /// Counts a request. The error is how many there are in this second, this one included.
    pub(crate) fn admit(
        &mut self,
        cloud: Cloud,
        key_id: &str,
        action: &str,
        limit_per_s: usize,
        now_ms: i64,
    ) -> Result<(), usize> {
        let recent =
            self.recent_ms.entry((cloud, key_id.to_owned(), action.to_owned())).or_default();
        while recent.front().is_some_and(|&sent_ms| sent_ms <= now_ms - 1_000) {
            recent.pop_front();
        }
        if recent.len() >= limit_per_s {
            return Err(recent.len() + 1);
        }
        recent.push_back(now_ms);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Rates;
    use crate::cloud::Cloud;

    #[test]
    fn the_window_slides() {
        let mut rates = Rates::default();
        let mut ask = |now_ms| rates.admit(Cloud::Tencent, "k", "RebootInstances", 2, now_ms);
        assert_eq!(ask(0), Ok(()));
        assert_eq!(ask(900), Ok(()));
        assert_eq!(ask(999), Err(3));
        assert_eq!(ask(1_000), Ok(()));
        assert_eq!(ask(1_500), Err(3));
    }
}
