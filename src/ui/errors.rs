//! The index of every error that is known: to search, to link to and to print. Needs no key and no
//! network.

use super::markup::{Piece, class, html};
use super::{
    copy::copy_button,
    dom::{focus, value_of},
    explanation::badge,
    go::{Ways, go},
    icon::{Icon, icon},
    pager::{Pages, page_range, pager},
};
use crate::{
    place::{BELOW, Place, Shown},
    store::Intent,
    text::{self, Say, Tell, Todo},
};
use relight_core::{
    cloud::{self, Cloud, Manifest},
    explain::{self, Entry, ErrorReport, Explanation},
    words::Locale,
};
use std::{rc::Rc, slice};
use yew::{
    Callback, Html, InputEvent, NodeRef,
    functional::{Hook, HookContext},
    use_effect_with, use_memo, use_node_ref, use_state_eq,
};

/// Rows a page.
const PAGE_SIZE: usize = 30;

/// What of the index is shown.
#[derive(PartialEq)]
pub(crate) struct Props {
    pub(crate) locale: Locale,
    pub(crate) shown: Shown,
    pub(crate) ways: Ways,
    pub(crate) on: Callback<Intent>,
}

/// An error in the index.
#[derive(Clone, Copy)]
struct Item {
    /// The id of its cloud, or [`BELOW`].
    shelf: &'static str,
    entry: &'static Entry,
    todo: Todo,
}

/// The index.
pub(crate) fn errors(props: &Props, hooks: &mut HookContext) -> Html {
    let locale = props.locale;
    let t = |say: Say| say.in_locale(locale);
    let wanted = use_state_eq(String::new).run(hooks);
    let page = use_state_eq(|| 0_usize).run(hooks);
    let printing = use_state_eq(|| false).run(hooks);
    let heading = use_node_ref().run(hooks);
    let all = use_memo((), |()| all_items()).run(hooks);
    let found = use_memo(((*wanted).clone(), props.shown.shelf), |(wanted, shelf)| {
        search(&all, wanted, *shelf)
    })
    .run(hooks);
    {
        let heading = heading.clone();
        use_effect_with(props.shown.code.clone(), move |_| focus(&heading)).run(hooks);
    }
    {
        let page = page.clone();
        use_effect_with(props.shown.shelf, move |_| page.set(0)).run(hooks);
    }
    {
        // Everything that is to be printed is mounted first; the rest of the time few rows are.
        let printing = printing.clone();
        use_effect_with(*printing, move |now| {
            if *now {
                if let Some(window) = web_sys::window() {
                    // Where nothing can be printed nothing is.
                    let _ = window.print();
                }
                printing.set(false);
            }
        })
        .run(hooks);
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
    let open = props.shown.code.as_deref().zip(props.shown.shelf);
    html! {
        <section class={class(&["panel", "errors", if open.is_some() { "opened" } else { "" }])} aria-labelledby="h-errors">
            <div class="head">
                <h1 id="h-errors">{ t(Say::IndexTitle) }</h1>
                <span class="small muted grow">{ t(Say::IndexHint) }</span>
                <button type="button" class="tiny" data-action="print" onclick={onprint}>{ t(Say::Print) }</button>
                { go(&props.ways, Place::Explain, "tiny", "explain", false, t(Say::PasteAnError).html()) }
            </div>
            { tools(props, &all, &wanted, oninput) }
            <div class={if open.is_some() { "split wide-aside" } else { "" }}>
                <div class="entries" data-entries={found.len().to_string()}>
                    if *printing && open.is_none() {
                        { for found.iter().map(|item| meaning_card(*item, locale, true)) }
                    } else if found.is_empty() {
                        <p class="nothing muted" role="status">{ t(Say::NothingMatches) }</p>
                    } else {
                        { list(props, &found, *page) }
                        { pager(&Pages {
                            locale,
                            label: t(Say::IndexTitle),
                            total: found.len(),
                            size: PAGE_SIZE,
                            page: *page,
                            on_page: &Callback::from(move |to| page.set(to)),
                        }) }
                    }
                </div>
                if let Some((code, shelf)) = open {
                    { opened_code(props, shelf, code, &all, heading) }
                }
            </div>
        </section>
    }
}

/// The field to search with, and the clouds to choose from.
fn tools(props: &Props, all: &[Item], wanted: &str, oninput: Callback<InputEvent>) -> Html {
    let locale = props.locale;
    let t = |say: Say| say.in_locale(locale);
    let shelves = shelves().map(|shelf| {
        let count = all.iter().filter(|item| item.shelf == shelf).count();
        (Some(shelf), shelf_name(shelf, locale), count)
    });
    let shelves = std::iter::once((None, t(Say::All), all.len())).chain(shelves);
    html! {
        <div class="tools stack">
            <input name="findError" type="search" aria-label={t(Say::FindError)} placeholder={t(Say::FindError)}
                autocomplete="off" spellcheck="false" value={wanted.to_owned()} {oninput} />
            <nav class="counts" aria-label={t(Say::Cloud)}>
                { for shelves.map(|(shelf, name, count)| {
                    let place = Place::Errors(Shown { shelf, code: None });
                    let is_shown = props.shown.shelf == shelf;
                    let words = html! { <>{ name }{ " " }<b>{ text::number(locale, count) }</b></> };
                    go(&props.ways, place, "count", "shelf", is_shown, words)
                }) }
            </nav>
        </div>
    }
}

/// A code, beside the list.
fn opened_code(
    props: &Props,
    shelf: &'static str,
    code: &str,
    all: &[Item],
    heading: NodeRef,
) -> Html {
    let locale = props.locale;
    let up = Place::Errors(Shown { shelf: Some(shelf), code: None });
    html! {
        <aside aria-labelledby="h-error" data-error={code.to_owned()}>
            <div class="row">
                <h2 class="grow" id="h-error" tabindex="-1" ref={heading}><code>{ code.to_owned() }</code></h2>
                if let Some(address) = props.ways.routed.then(address).flatten() {
                    { copy_button(locale, address, Say::CopyLink, None, &props.on) }
                }
                { go(&props.ways, up, "tiny", "close", false, Say::Close.in_locale(locale).html()) }
            </div>
            { meanings(shelf, code, all, locale) }
        </aside>
    }
}

/// Everything that is said about a code of a cloud.
fn meanings(shelf: &'static str, code: &str, all: &[Item], locale: Locale) -> Html {
    let of_code = |fits: fn(&str, &str) -> bool| -> Vec<Item> {
        all.iter()
            .filter(|item| item.shelf == shelf && fits(item.entry.code, code))
            .copied()
            .collect()
    };
    let mut items = of_code(|known, code| known == code);
    if items.is_empty() {
        items = of_code(str::eq_ignore_ascii_case);
    }
    let unknown = items.is_empty().then(|| told(shelf, &[], code, locale));
    html! {
        <>
            if items.len() > 1 {
                <p class="small muted">{ Tell::Meanings(items.len()).in_locale(locale) }</p>
            }
            { for items.iter().map(|item| meaning_card(*item, locale, false)) }
            if let Some(unknown) = &unknown {
                <article class="group card" data-code={code.to_owned()}>
                    <h3>{ unknown.title.clone() }</h3>
                    <p>{ unknown.meaning.clone() }</p>
                    <p>{ unknown.remedy.clone() }</p>
                </article>
            }
            if let Some(manifest) = manifest(shelf) { { vendor_page(manifest, locale) } }
        </>
    }
}

/// The rows of one page, under what is to be done.
fn list(props: &Props, found: &[Item], page: usize) -> Html {
    let locale = props.locale;
    let rows = found.get(page_range(found.len(), PAGE_SIZE, page)).unwrap_or_default();
    let groups = rows.chunk_by(|one, other| one.todo == other.todo);
    html! {
        <>
            { for groups.map(|rows| {
                let todo = rows.first().map_or(Todo::Mend, |item| item.todo);
                let count = found.iter().filter(|item| item.todo == todo).count();
                html! {
                    <section class="todo" data-todo={todo.word()}>
                        <h2 class="row">
                            { todo.words().in_locale(locale) }
                            <span class="muted small">{ text::number(locale, count) }</span>
                        </h2>
                        <ul class="plain">{ for rows.iter().map(|item| row(props, *item)) }</ul>
                    </section>
                }
            }) }
        </>
    }
}

fn row(props: &Props, item: Item) -> Html {
    let locale = props.locale;
    let place =
        Place::Errors(Shown { shelf: Some(item.shelf), code: Some(item.entry.code.to_owned()) });
    let is_open = props.shown.code.as_deref() == Some(item.entry.code);
    html! {
        <li class="entry" data-entry={item.entry.code}>
            { go(&props.ways, place, "link", "open", is_open, told_of(item, locale).title.html()) }
            <code class="muted small">{ item.entry.code }</code>
            if props.shown.shelf.is_none() {
                <span class="pill">{ shelf_name(item.shelf, locale) }</span>
            }
        </li>
    }
}

/// One meaning of a code, in full.
fn meaning_card(item: Item, locale: Locale, with_code: bool) -> Html {
    let t = |say: Say| say.in_locale(locale);
    let told = told_of(item, locale);
    let entry = item.entry;
    let said: Vec<String> = entry.messages.iter().filter_map(|known| readable(known)).collect();
    html! {
        <article class={class(&["group", "card", if told.success { "good-card" } else { "" }])} data-code={entry.code}>
            <div class="row">
                <h3 class="grow">{ told.title.clone() }</h3>
                if told.success {
                    <span class="chip good">{ icon(Icon::Check) }{ t(Say::Success) }</span>
                } else {
                    { badge(told.retry, locale) }
                }
            </div>
            <p>{ told.meaning.clone() }</p>
            <div class="stack tight">
                <h4>{ t(Say::WhatToDoAboutIt) }</h4>
                <p>{ told.remedy.clone() }</p>
            </div>
            <dl class="kv">
                if with_code {
                    <dt>{ t(Say::Cloud) }</dt><dd>{ shelf_name(item.shelf, locale) }</dd>
                    <dt>{ t(Say::Code) }</dt><dd><code>{ entry.code }</code></dd>
                }
                <dt>{ t(Say::WhoLabel) }</dt><dd>{ text::who(told.who).in_locale(locale) }</dd>
                if !said.is_empty() {
                    <dt>{ t(Say::CloudSays) }</dt>
                    <dd lang="en">{ for said.iter().map(|said| html! { <div>{ said.clone() }</div> }) }</dd>
                }
                if let Some(status) = entry.status {
                    <dt>{ t(Say::Status) }</dt><dd>{ status.to_string() }</dd>
                }
                if !entry.operations.is_empty() {
                    <dt>{ t(Say::AnsweredBy) }</dt><dd>{ entry.operations.join(", ") }</dd>
                }
            </dl>
        </article>
    }
}

/// The vendor's own page on errors; its address is what one clicks on.
pub(crate) fn vendor_page(manifest: &'static Manifest, locale: Locale) -> Html {
    let url = manifest.errors_url;
    html! {
        <p class="small vendor-page">
            <span class="muted">{ Tell::VendorPage(manifest.name.in_locale(locale)).in_locale(locale) }</span>
            { " " }
            <a href={url} target="_blank" rel="noopener noreferrer">{ url }</a>
        </p>
    }
}

/// Every error, in the order of what is to be done, of the clouds and of the codes.
fn all_items() -> Rc<[Item]> {
    let mut items: Vec<Item> = shelves()
        .flat_map(|shelf| {
            let entries = manifest(shelf).map_or(explain::LAYERS, |manifest| manifest.errors);
            entries.iter().map(move |entry| Item { shelf, entry, todo: Todo::of(entry) })
        })
        .collect();
    let place = |shelf: &str| shelves().position(|other| other == shelf);
    items.sort_by_key(|item| (item.todo, place(item.shelf), item.entry.code));
    items.into()
}

/// The errors in which every word that is looked for occurs, in either language.
fn search(all: &[Item], wanted: &str, shelf: Option<&str>) -> Vec<Item> {
    let wanted = wanted.to_lowercase();
    let words: Vec<&str> = wanted.split_whitespace().collect();
    all.iter()
        .filter(|item| shelf.is_none_or(|shelf| shelf == item.shelf))
        .filter(|item| words.is_empty() || has_all(item.entry, &words))
        .copied()
        .collect()
}

fn has_all(entry: &Entry, words: &[&str]) -> bool {
    let mut text = entry.code.to_lowercase();
    for part in [entry.title, entry.meaning, entry.remedy] {
        for words in [part.en, part.zh] {
            text.push('\n');
            text.push_str(&words.to_lowercase());
        }
    }
    for said in entry.messages {
        text.push('\n');
        text.push_str(&said.to_lowercase());
    }
    words.iter().all(|word| text.contains(word))
}

fn told_of(item: Item, locale: Locale) -> Explanation {
    told(item.shelf, slice::from_ref(item.entry), item.entry.code, locale)
}

fn told(shelf: &'static str, entries: &'static [Entry], code: &str, locale: Locale) -> Explanation {
    let report = ErrorReport { code: code.to_owned(), ..ErrorReport::default() };
    let cloud = manifest(shelf).map(|manifest| manifest.id);
    explain::explain(cloud, entries, &report, None, locale)
}

/// A message as the cloud prints it, with `…` for what differs; `None` if all of it does.
fn readable(pattern: &str) -> Option<String> {
    let mut text = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        text.push('…');
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text.chars().any(char::is_alphabetic).then_some(text)
}

/// The ids of the clouds, and [`BELOW`].
fn shelves() -> impl Iterator<Item = &'static str> {
    cloud::ALL.iter().map(|cloud| cloud.manifest().id).chain([BELOW])
}

fn manifest(shelf: &str) -> Option<&'static Manifest> {
    cloud::by_id(shelf).map(Cloud::manifest)
}

fn shelf_name(shelf: &str, locale: Locale) -> &'static str {
    manifest(shelf)
        .map_or(Say::BelowTheClouds.in_locale(locale), |manifest| manifest.name.in_locale(locale))
}

/// The address of what is shown, to hand on.
fn address() -> Option<String> {
    web_sys::window()?.location().href().ok()
}

#[cfg(test)]
mod tests {
    use super::{all_items, readable, search};
    use relight_core::{cloud, explain::LAYERS};

    #[test]
    fn the_index_has_every_error_once() {
        let all = all_items();
        let known: usize = cloud::ALL.iter().map(|cloud| cloud.manifest().errors.len()).sum();
        assert_eq!(all.len(), known + LAYERS.len());
        assert!(all.is_sorted_by_key(|item| item.todo), "in groups");
    }

    #[test]
    fn it_is_searched_by_code_and_by_words_of_both_languages() {
        let all = all_items();
        for (wanted, code) in [
            ("incorrectinstancestatus", "IncorrectInstanceStatus"),
            ("present STATE", "IncorrectInstanceStatus"),
            ("当前状态 不支持", "IncorrectInstanceStatus"),
            ("does not support this operation", "IncorrectInstanceStatus"),
            ("name lookup", "dns_error"),
        ] {
            let found = search(&all, wanted, None);
            assert!(found.iter().any(|item| item.entry.code == code), "{wanted}");
            assert!(found.len() < all.len() / 4, "{wanted} finds {}", found.len());
        }
        assert_eq!(search(&all, "  ", None).len(), all.len());
        assert!(search(&all, "no such words in it", None).is_empty());
    }

    #[test]
    fn what_differs_in_a_message_is_left_open() {
        assert_eq!(readable("at most {limit} a {unit}.").as_deref(), Some("at most … a …."));
        assert_eq!(readable("as it is").as_deref(), Some("as it is"));
        assert_eq!(readable("{detail}"), None);
    }
}
