//! The index of all known errors: to search, link to and print. Needs neither key nor network.

use crate::{
    components::{
        common::{
            copy::CopyButton,
            dom::{focus, value_of},
            icon::{Icon, icon},
            page_link::{PageLink, use_navigation},
            pager::{Pager, page_range, use_page_size},
            untrusted_text::escaped,
        },
        errors::explanation::badge,
    },
    context::use_locale,
    i18n::{self, MessageArgs, message, page},
    routes::{IndexFilter, PageRoute},
};
use relight_core::{
    catalogue::{Effect, LAYERS},
    clouds,
    explain::{self, Explanation, Item, LAYERS_ID, closest_in_index, find_in_index, index},
    i18n::{Locale, Text},
    model::outcome::ErrorReport,
};
use yew::{
    Callback, Html, InputEvent, Properties, classes, component, html, use_effect_with, use_memo,
    use_node_ref, use_state_eq,
};

/// Rows per page.
const PAGE_SIZE: usize = 30;

/// Which part of the index is shown.
#[derive(PartialEq, Properties)]
pub(crate) struct ErrorsPageProps {
    pub(crate) shown: IndexFilter,
}

/// An error in the index.
struct Listed {
    item: Item,
    /// What it is searched by: code and texts in both languages, in lower case.
    found_by: String,
}

/// The index.
#[component]
pub(crate) fn ErrorsPage(props: &ErrorsPageProps) -> Html {
    let locale = use_locale();
    let t = |text: Text| text.in_locale(locale);
    let wanted = use_state_eq(String::new);
    let (page, size) = (use_state_eq(|| 0_usize), use_page_size(PAGE_SIZE));
    let printing = use_state_eq(|| false);
    let all = use_memo(locale, |locale| listed(*locale));
    // An error opened from the full list leads back to the full list.
    let listed_section = use_state_eq(|| props.shown.section);
    let section = match props.shown.code {
        Some(_) => *listed_section,
        None => props.shown.section,
    };
    use_effect_with(section, move |section| listed_section.set(*section));
    let found = search(&all, &wanted, section);
    {
        let page = page.clone();
        use_effect_with(section, move |_| page.set(0));
    }
    {
        // All rows are mounted for printing only; otherwise one page of them.
        let printing = printing.clone();
        use_effect_with(*printing, move |now| {
            if *now {
                if let Some(window) = web_sys::window() {
                    // There is no `print` event where nothing can be printed.
                    let _ = window.print();
                }
                printing.set(false);
            }
        });
    }
    let oninput = {
        let (wanted, page) = (wanted.clone(), page.clone());
        Callback::from(move |event: InputEvent| {
            wanted.set(value_of(&event));
            page.set(0);
        })
    };
    let onprint = {
        let printing = printing.clone();
        Callback::from(move |_| printing.set(true))
    };
    let open = props.shown.code.as_deref().zip(props.shown.section);
    html! {
        <section class={classes!("panel", "errors", if open.is_some() { "opened" } else { "" })} part="panel errors"
            aria-labelledby="h-errors">
            <div class="head">
                <h1 id="h-errors">{ t(message::INDEX_TITLE) }</h1>
                <span class="small muted grow"><span class="wide">{ t(message::INDEX_HINT) }</span></span>
                <button type="button" class="tiny" data-action="print" onclick={onprint}>{ t(message::PRINT) }</button>
                <PageLink to={PageRoute::Explain} class="tiny" action="explain">{ t(message::PASTE_AN_ERROR) }</PageLink>
            </div>
            { tools(section, &all, &wanted, oninput, locale) }
            <div class={if open.is_some() { "split wide-aside" } else { "" }}>
                <div class="entries" data-entries={found.len().to_string()}>
                    if *printing && open.is_none() {
                        { for found.iter().map(|item| meaning_card(item, locale, true)) }
                    } else if found.is_empty() {
                        <p class="nothing muted" role="status">{ t(message::NOTHING_MATCHES) }</p>
                    } else {
                        { list(&props.shown, section, &found, (size, *page), locale) }
                        <Pager label={t(message::INDEX_TITLE)} total={found.len()} {size} page={*page}
                            on_page={Callback::from(move |to| page.set(to))} />
                    }
                </div>
                if let Some((code, of)) = open {
                    <OpenedCode listed={section} section={of} code={code.to_owned()} />
                }
            </div>
        </section>
    }
}

/// The search field and the filter by cloud.
fn tools(
    chosen: Option<&str>,
    all: &[Listed],
    wanted: &str,
    oninput: Callback<InputEvent>,
    locale: Locale,
) -> Html {
    let t = |text: Text| text.in_locale(locale);
    let sections = sections().map(|section| {
        let count = all.iter().filter(|one| one.item.cloud == section).count();
        (Some(section), section_name(section, locale), count)
    });
    let sections = std::iter::once((None, t(message::ALL), all.len())).chain(sections);
    html! {
        <div class="tools stack">
            <input name="findError" type="search" aria-label={t(message::FIND_ERROR)} placeholder={t(message::FIND_ERROR)}
                autocomplete="off" spellcheck="false" value={wanted.to_owned()} {oninput} />
            <nav class="counts" aria-label={t(message::CLOUD)}>
                { for sections.map(|(section, name, count)| {
                    let to = PageRoute::Errors(IndexFilter { section, code: None });
                    let is_shown = chosen == section;
                    html! {
                        <PageLink key={section.unwrap_or_default()} {to} class="count" action="shelf" is_here={is_shown}>
                            { name }{ " " }<b>{ i18n::number(locale, count) }</b>
                        </PageLink>
                    }
                }) }
            </nav>
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct OpenedCodeProps {
    /// The section that is listed.
    listed: Option<&'static str>,
    /// The section of the code.
    section: &'static str,
    code: String,
}

/// The meanings of a code, next to the list. It has the focus once it is shown.
#[component]
fn OpenedCode(props: &OpenedCodeProps) -> Html {
    let (locale, navigation) = (use_locale(), use_navigation());
    let OpenedCodeProps { listed, section, code } = props;
    let heading = use_node_ref();
    {
        let heading = heading.clone();
        use_effect_with(code.clone(), move |_| focus(&heading));
    }
    let up = PageRoute::Errors(IndexFilter { section: *listed, code: None });
    let items = find_in_index(section, code, locale);
    let code = items.first().map_or(code.as_str(), |item| item.code);
    let manifest = clouds::by_id(section);
    let report = ErrorReport { code: code.to_owned(), ..ErrorReport::default() };
    let entries = manifest.map_or(&[][..], |manifest| clouds::catalogue(manifest).errors);
    let explanation = explain::explain(manifest.map(|one| one.id), entries, &report, None, locale);
    html! {
        <aside aria-labelledby="h-error" data-error={code.to_owned()}>
            <div class="row">
                <h2 class="grow" id="h-error" tabindex="-1" ref={heading}><code>{ escaped(code) }</code></h2>
                if let Some(address) = navigation.routed.then(address).flatten() {
                    <CopyButton text={address} label={message::COPY_LINK} />
                }
                <PageLink to={up} class="tiny" action="close">{ message::CLOSE.in_locale(locale) }</PageLink>
            </div>
            if items.len() > 1 {
                <p class="small muted">{ MessageArgs::Meanings(items.len()).in_locale(locale) }</p>
            }
            { for items.iter().map(|item| meaning_card(item, locale, false)) }
            if items.is_empty() {
                <article class="group card" data-code={code.to_owned()}>
                    <h3>{ escaped(&explanation.title) }</h3>
                    <p>{ escaped(&explanation.meaning) }</p>
                    <p>{ escaped(&explanation.remedy) }</p>
                    { closest(Some(section), code, locale) }
                </article>
            }
            { vendor_page(&explanation, locale) }
        </aside>
    }
}

/// Known codes that are spelt like one that is not.
pub(crate) fn closest(cloud_id: Option<&str>, code: &str, locale: Locale) -> Html {
    let items = closest_in_index(cloud_id, code, locale);
    if items.is_empty() {
        return Html::default();
    }
    html! {
        <div class="row small" data-closest="">
            <span class="muted">{ page::CLOSEST.in_locale(locale) }</span>
            { for items.iter().map(|item| html! {
                <PageLink to={PageRoute::Errors(IndexFilter::at(&item.address))} class="tiny" action="open">
                    { item.code }
                </PageLink>
            }) }
        </div>
    }
}

/// The rows of one page, grouped by remedy.
fn list(
    open: &IndexFilter,
    chosen: Option<&str>,
    found: &[&Item],
    (size, page): (usize, usize),
    locale: Locale,
) -> Html {
    let rows = found.get(page_range(found.len(), size, page)).unwrap_or_default();
    let groups = rows.chunk_by(|one, other| one.group == other.group);
    html! {
        <>
            { for groups.filter_map(|rows| {
                let group = rows.first()?.group;
                let count = found.iter().filter(|item| item.group == group).count();
                Some(html! {
                    <section class="todo">
                        <h2 class="row">
                            { group.title().in_locale(locale) }
                            <span class="muted small">{ i18n::number(locale, count) }</span>
                        </h2>
                        <ul class="plain">
                            { for rows.iter().enumerate().map(|(at, item)| {
                                // A code may have several meanings.
                                let before = &rows[..at];
                                let nth = before.iter().filter(|other| other.address == item.address).count();
                                row(open, chosen, item, nth, locale)
                            }) }
                        </ul>
                    </section>
                })
            }) }
        </>
    }
}

fn row(open: &IndexFilter, chosen: Option<&str>, item: &Item, nth: usize, locale: Locale) -> Html {
    let filter = IndexFilter::at(&item.address);
    let is_here = *open == filter;
    html! {
        <li class="entry" key={format!("{} {nth}", item.address)} data-entry={item.address.clone()}>
            <PageLink to={PageRoute::Errors(filter)} class="link" action="open" {is_here}>{ item.title.clone() }</PageLink>
            <code class="muted small">{ item.code }</code>
            if chosen.is_none() {
                <span class="pill">{ section_name(item.cloud, locale) }</span>
            }
        </li>
    }
}

/// One meaning of a code, in full.
fn meaning_card(item: &Item, locale: Locale, with_code: bool) -> Html {
    let t = |text: Text| text.in_locale(locale);
    let good = item.effect == Effect::DryRunPassed;
    html! {
        <article class={classes!("group", "card", if good { "good-card" } else { "" })} data-code={item.code}>
            <div class="row">
                <h3 class="grow">{ item.title.clone() }</h3>
                if good {
                    <span class="chip good">{ icon(Icon::Check) }{ t(message::SUCCESS) }</span>
                } else {
                    { badge(item.retry, locale) }
                }
            </div>
            <p>{ item.meaning.clone() }</p>
            <div class="stack tight">
                <h4>{ t(message::WHAT_TO_DO_ABOUT_IT) }</h4>
                <p>{ item.remedy.clone() }</p>
            </div>
            <dl class="kv">
                if with_code {
                    <dt>{ t(message::CLOUD) }</dt><dd>{ section_name(item.cloud, locale) }</dd>
                    <dt>{ t(message::CODE) }</dt><dd><code>{ item.code }</code></dd>
                }
                <dt>{ t(message::WHO_LABEL) }</dt><dd>{ i18n::who(item.who).in_locale(locale) }</dd>
                if let Some(note) = &item.distinguished_by {
                    <dt>{ t(message::VENDOR_NOTE) }</dt><dd lang="en">{ note.clone() }</dd>
                }
                if let Some(status) = item.status {
                    <dt>{ t(message::STATUS) }</dt><dd>{ status.to_string() }</dd>
                }
                if !item.operations.is_empty() {
                    <dt>{ t(message::ANSWERED_BY) }</dt><dd>{ item.operations.join(", ") }</dd>
                }
            </dl>
        </article>
    }
}

/// The vendor's page on an error; its address is the link text.
pub(crate) fn vendor_page(explanation: &Explanation, locale: Locale) -> Option<Html> {
    let url = explanation.vendor_page.clone()?;
    let cloud = clouds::by_id(explanation.cloud?)?.name.in_locale(locale);
    Some(html! {
        <p class="small vendor-page">
            <span class="muted">{ MessageArgs::VendorPage(cloud).in_locale(locale) }</span>
            { " " }
            <a href={url.clone()} target="_blank" rel="noopener noreferrer">{ escaped(&url) }</a>
        </p>
    })
}

/// The index, ordered by remedy.
fn listed(locale: Locale) -> Vec<Listed> {
    let [english, chinese] = Locale::ALL.map(index);
    let others = if locale == Locale::Zh { english } else { chinese.clone() };
    let items = if locale == Locale::Zh { chinese } else { index(locale) };
    let entries =
        clouds::ALL.iter().flat_map(|cloud| clouds::catalogue(cloud).errors).chain(LAYERS);
    let mut listed: Vec<Listed> = items
        .into_iter()
        .zip(others)
        .zip(entries)
        .map(|((item, other), entry)| {
            let words = [&item, &other].map(|one| [&one.title, &one.meaning, &one.remedy]);
            let words = words.as_flattened().iter().map(|words| words.as_str());
            let parts = words.chain([item.code]).chain(entry.messages.iter().copied());
            let found_by = parts.flat_map(|part| [part, "\n"]).collect::<String>().to_lowercase();
            Listed { item, found_by }
        })
        .collect();
    listed.sort_by_key(|one| one.item.group);
    listed
}

/// The errors that contain every word of the search.
fn search<'a>(all: &'a [Listed], wanted: &str, section: Option<&str>) -> Vec<&'a Item> {
    let wanted = wanted.to_lowercase();
    all.iter()
        .filter(|one| section.is_none_or(|section| section == one.item.cloud))
        .filter(|one| wanted.split_whitespace().all(|word| one.found_by.contains(word)))
        .map(|one| &one.item)
        .collect()
}

/// The ids of the clouds, and [`LAYERS_ID`].
fn sections() -> impl Iterator<Item = &'static str> {
    clouds::ALL.iter().map(|cloud| cloud.id).chain([LAYERS_ID])
}

fn section_name(section: &str, locale: Locale) -> &'static str {
    let cloud = clouds::by_id(section).map(|cloud| cloud.name.in_locale(locale));
    cloud.unwrap_or(message::LAYERS_TITLE.in_locale(locale))
}

/// The address of what is shown, for links.
fn address() -> Option<String> {
    web_sys::window()?.location().href().ok()
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use super::{listed, search};
    use relight_core::{catalogue::LAYERS, clouds, i18n::Locale};
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn the_index_has_every_error_once_in_groups() {
        for locale in Locale::ALL {
            let all = listed(locale);
            let known: usize =
                clouds::ALL.iter().map(|cloud| clouds::catalogue(cloud).errors.len()).sum();
            assert_eq!(all.len(), known + LAYERS.len());
            assert!(all.is_sorted_by_key(|one| one.item.group));
        }
    }

    #[wasm_bindgen_test]
    fn it_is_searched_by_code_and_by_words_of_both_languages() {
        for locale in Locale::ALL {
            let all = listed(locale);
            for (wanted, code) in [
                ("incorrectinstancestatus", "IncorrectInstanceStatus"),
                ("present STATE", "IncorrectInstanceStatus"),
                ("当前状态 不支持", "IncorrectInstanceStatus"),
                ("does not support this operation", "IncorrectInstanceStatus"),
                ("name lookup", "dns_error"),
            ] {
                let found = search(&all, wanted, None);
                assert!(found.iter().any(|item| item.code == code), "{wanted}");
                assert!(found.len() < all.len() / 4, "{wanted} finds {}", found.len());
            }
            assert_eq!(search(&all, "  ", None).len(), all.len());
            assert!(search(&all, "no such words in it", None).is_empty());
        }
    }
}
