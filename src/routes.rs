//! The places of the page, and their addresses. The element goes by the address only where the page
//! is its own: elsewhere the part after `#` belongs to somebody else.

use crate::ui::Screen;
use relight_core::{cloud, explain::LAYERS_ID, sign::percent_encode};

/// Where somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Restart and start.
    Power,
    /// Put an error in words.
    Explain,
    /// The index of all errors.
    Errors(Shown),
    /// Look at the way to the cloud.
    Doctor,
    /// The runs that this browser keeps.
    Runs,
}

/// What of the index is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// The errors of one cloud, by its id, or of [`LAYERS_ID`]; `None` shows all.
    pub shelf: Option<&'static str>,
    /// The code that is open, as its address has it. It may be one that the index lacks.
    pub code: Option<String>,
}

impl Shown {
    /// What is shown at an address of the index: `cloud/code`.
    pub(crate) fn at(address: &str) -> Self {
        let (shelf, code) = address.split_once('/').unwrap_or((address, ""));
        let shelf = known_shelf(shelf);
        // A code means something only in a cloud.
        let code = Some(code).filter(|code| !code.is_empty() && shelf.is_some());
        Shown { shelf, code: code.map(percent_decode) }
    }
}

impl Place {
    /// The place at an address, of which this is the part from `#` on. The form, if there is none.
    pub(crate) fn of_hash(hash: &str) -> Self {
        let path = hash.trim_start_matches('#').trim_start_matches('/');
        match path.split_once('/').unwrap_or((path, "")) {
            ("explain", _) => Place::Explain,
            ("doctor", _) => Place::Doctor,
            ("runs", _) => Place::Runs,
            ("errors", address) => Place::Errors(Shown::at(address)),
            _ => Place::Power,
        }
    }

    /// The part of its address from `#` on.
    pub(crate) fn hash(&self) -> String {
        match self {
            Place::Power => "#/".into(),
            Place::Explain => "#/explain".into(),
            Place::Doctor => "#/doctor".into(),
            Place::Runs => "#/runs".into(),
            Place::Errors(shown) => match (shown.shelf, &shown.code) {
                (None, _) => "#/errors".into(),
                (Some(id), None) => format!("#/errors/{id}"),
                (Some(id), Some(code)) => format!("#/errors/{id}/{}", percent_encode(code)),
            },
        }
    }

    /// The page that it is on.
    pub(crate) const fn screen(&self) -> Screen {
        match self {
            Place::Power | Place::Runs => Screen::Power,
            Place::Explain | Place::Errors(_) => Screen::Explain,
            Place::Doctor => Screen::Doctor,
        }
    }
}

impl From<Screen> for Place {
    fn from(screen: Screen) -> Self {
        match screen {
            Screen::Power => Place::Power,
            Screen::Explain => Place::Explain,
            Screen::Doctor => Place::Doctor,
        }
    }
}

/// The shelf of this name, in the spelling that lives as long as the page.
fn known_shelf(word: &str) -> Option<&'static str> {
    let clouds = cloud::ALL.iter().map(|cloud| cloud.manifest().id);
    clouds.chain([LAYERS_ID]).find(|known| known.eq_ignore_ascii_case(word))
}

/// What a percent-encoded text stands for. What is not well encoded stays as it is.
pub(crate) fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = rest.strip_prefix(b"%").and_then(|rest| rest.get(..2)).and_then(hex_byte);
        if let Some(byte) = code {
            bytes.push(byte);
            rest = rest.get(3..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex_byte(digits: &[u8]) -> Option<u8> {
    // A number may have a sign before it, a code may not.
    let digits = Some(digits).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use super::{Place, Shown, percent_decode};
    use relight_core::{
        cloud,
        explain::{LAYERS_ID, index},
        i18n::Locale,
        sign::percent_encode,
    };
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn every_address_leads_back_to_its_place() {
        let id = cloud::ALL[0].manifest().id;
        let shown = |shelf, code: Option<&str>| {
            Place::Errors(Shown { shelf, code: code.map(str::to_owned) })
        };
        for place in [
            Place::Power,
            Place::Explain,
            Place::Doctor,
            Place::Runs,
            shown(None, None),
            shown(Some(id), None),
            shown(Some(id), Some("InvalidInstanceId.NotFound")),
            shown(Some(LAYERS_ID), Some("(listed in response.instanceIds) 100%/é")),
        ] {
            assert_eq!(Place::of_hash(&place.hash()), place, "{}", place.hash());
        }
    }

    #[wasm_bindgen_test]
    fn every_item_of_the_index_has_an_address() {
        for item in index(Locale::En) {
            let place = Place::Errors(Shown::at(&item.address));
            assert_eq!(place.hash(), format!("#/errors/{}", item.address));
            assert_eq!(Place::of_hash(&place.hash()), place);
        }
    }

    #[wasm_bindgen_test]
    fn any_address_leads_somewhere() {
        let all = Place::Errors(Shown::default());
        for (hash, place) in [
            ("", Place::Power),
            ("#", Place::Power),
            ("#section-2", Place::Power),
            ("#errors", all.clone()),
            ("#/errors/", all.clone()),
            ("#/errors/nowhere/SomeCode", all),
        ] {
            assert_eq!(Place::of_hash(hash), place, "{hash}");
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
