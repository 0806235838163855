//! The routes of the page, and their addresses. The element follows the address only where the page is
//! its own: elsewhere the fragment belongs to the host page.

use relight_core::{
    clouds,
    explain::LAYERS_ID,
    signing::{percent_decode, percent_encode},
};

/// A page of the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Screen {
    /// Restart and start.
    RestartStart,
    /// Explain an error.
    Explain,
    /// Connection check.
    Diagnostics,
    /// The run history.
    History,
}

impl Screen {
    /// The public name.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Screen::RestartStart => "power",
            Screen::Explain => "explain",
            Screen::Diagnostics => "doctor",
            Screen::History => "runs",
        }
    }
}

/// A route of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PageRoute {
    /// Restart and start.
    RestartStart,
    /// Explain an error.
    Explain,
    /// The index of all errors.
    Errors(IndexFilter),
    /// Connection check.
    Diagnostics,
    /// The run history.
    History,
}

/// Which part of the index is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct IndexFilter {
    /// The errors of one cloud, by its id, or of [`LAYERS_ID`]; `None` shows all.
    pub section: Option<&'static str>,
    /// The code that is open, as in its address. The index may not have it.
    pub code: Option<String>,
}

impl IndexFilter {
    /// The filter at an address of the index: `cloud/code`.
    pub(crate) fn at(address: &str) -> Self {
        let (section, code) = address.split_once('/').unwrap_or((address, ""));
        let section = known_section(section);
        // A code has a meaning only in a cloud.
        let code = Some(code).filter(|code| !code.is_empty() && section.is_some());
        IndexFilter { section, code: code.map(percent_decode) }
    }
}

impl PageRoute {
    /// The route at a fragment; the form if there is none.
    pub(crate) fn of_hash(hash: &str) -> Self {
        let path = hash.trim_start_matches('#').trim_start_matches('/');
        match path.split_once('/').unwrap_or((path, "")) {
            ("explain", _) => PageRoute::Explain,
            ("doctor", _) => PageRoute::Diagnostics,
            ("runs", _) => PageRoute::History,
            ("errors", address) => PageRoute::Errors(IndexFilter::at(address)),
            _ => PageRoute::RestartStart,
        }
    }

    /// The fragment of its address.
    pub(crate) fn hash(&self) -> String {
        match self {
            PageRoute::RestartStart => "#/".into(),
            PageRoute::Explain => "#/explain".into(),
            PageRoute::Diagnostics => "#/doctor".into(),
            PageRoute::History => "#/runs".into(),
            PageRoute::Errors(shown) => match (shown.section, &shown.code) {
                (None, _) => "#/errors".into(),
                (Some(id), None) => format!("#/errors/{id}"),
                (Some(id), Some(code)) => format!("#/errors/{id}/{}", percent_encode(code)),
            },
        }
    }

    /// The page that it belongs to.
    pub(crate) const fn screen(&self) -> Screen {
        match self {
            PageRoute::RestartStart => Screen::RestartStart,
            PageRoute::Explain | PageRoute::Errors(_) => Screen::Explain,
            PageRoute::Diagnostics => Screen::Diagnostics,
            PageRoute::History => Screen::History,
        }
    }
}

impl From<Screen> for PageRoute {
    fn from(screen: Screen) -> Self {
        match screen {
            Screen::RestartStart => PageRoute::RestartStart,
            Screen::Explain => PageRoute::Explain,
            Screen::Diagnostics => PageRoute::Diagnostics,
            Screen::History => PageRoute::History,
        }
    }
}

/// The section of this name, as a `'static` string.
fn known_section(word: &str) -> Option<&'static str> {
    let clouds = clouds::ALL.iter().map(|cloud| cloud.id);
    clouds.chain([LAYERS_ID]).find(|known| known.eq_ignore_ascii_case(word))
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use super::{IndexFilter, PageRoute};
    use relight_core::{
        clouds,
        explain::{LAYERS_ID, index},
        i18n::Locale,
        signing::{percent_decode, percent_encode},
    };
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn every_address_leads_back_to_its_route() {
        let id = clouds::ALL[0].id;
        let shown = |section, code: Option<&str>| {
            PageRoute::Errors(IndexFilter { section, code: code.map(str::to_owned) })
        };
        for page_route in [
            PageRoute::RestartStart,
            PageRoute::Explain,
            PageRoute::Diagnostics,
            PageRoute::History,
            shown(None, None),
            shown(Some(id), None),
            shown(Some(id), Some("InvalidInstanceId.NotFound")),
            shown(Some(LAYERS_ID), Some("(listed in response.instanceIds) 100%/é")),
        ] {
            assert_eq!(PageRoute::of_hash(&page_route.hash()), page_route, "{}", page_route.hash());
        }
    }

    #[wasm_bindgen_test]
    fn every_item_of_the_index_has_an_address() {
        for item in index(Locale::En) {
            let page_route = PageRoute::Errors(IndexFilter::at(&item.address));
            assert_eq!(page_route.hash(), format!("#/errors/{}", item.address));
            assert_eq!(PageRoute::of_hash(&page_route.hash()), page_route);
        }
    }

    #[wasm_bindgen_test]
    fn any_address_leads_somewhere() {
        let all = PageRoute::Errors(IndexFilter::default());
        for (hash, page_route) in [
            ("", PageRoute::RestartStart),
            ("#", PageRoute::RestartStart),
            ("#section-2", PageRoute::RestartStart),
            ("#errors", all.clone()),
            ("#/errors/", all.clone()),
            ("#/errors/nowhere/SomeCode", all),
        ] {
            assert_eq!(PageRoute::of_hash(hash), page_route, "{hash}");
        }
    }

    #[wasm_bindgen_test]
    fn percent_codes_are_decoded_and_never_panic() {
        for text in ["to/ken+with=signs", "é", "100%", ""] {
            assert_eq!(percent_decode(&percent_encode(text)), text);
        }
        for odd in ["%", "%4", "%zz", "%é", "a%2", "%+4"] {
            assert_eq!(percent_decode(odd), odd);
        }
        assert_eq!(percent_decode("%%41"), "%A");
    }
}
