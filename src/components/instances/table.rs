//! The rows of the list: sorted, filtered, and a page of them on the screen.

use crate::{
    components::{
        common::{
            dom::checked_of,
            pager::{Pager, page_range, use_page_size},
            untrusted_text::{escaped, untrusted_text},
        },
        run::chip::phase_chip,
    },
    context::{use_dispatch, use_locale},
    i18n::{
        instances::{self as texts, ListMessage},
        message,
    },
    store::{Intent, Shared},
};
use relight_core::{
    form::FormEdit,
    i18n::{Locale, Text},
    model::{
        outcome::DescribedInstance,
        query::{InstanceQuery, ListedInstance},
    },
    session::InstanceList,
};
use std::{cmp::Ordering, collections::HashSet, rc::Rc, sync::Arc};
use yew::{
    Callback, Event, Html, MouseEvent, Properties, component, html, use_effect_with, use_memo,
    use_state_eq,
};

/// As many as can be rendered at a key press without lag.
const ROWS_A_PAGE: usize = 50;

/// A column by which the rows can be sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Name,
    Id,
    Zone,
    Address,
    State,
    Tags,
}

impl Column {
    const ALL: [Column; 6] =
        [Column::Name, Column::Id, Column::Zone, Column::Address, Column::State, Column::Tags];

    const fn text(self) -> Text {
        match self {
            Column::Name => message::NAME,
            Column::Id => message::INSTANCE,
            Column::Zone => message::ZONE,
            Column::Address => message::IP_ADDRESS,
            Column::State => message::STATE_LABEL,
            Column::Tags => texts::TAGS,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Column::Name => "name",
            Column::Id => "id",
            Column::Zone => "zone",
            Column::Address => "address",
            Column::State => "state",
            Column::Tags => "tags",
        }
    }

    /// Whether it may be hidden.
    const fn is_optional(self) -> bool {
        matches!(self, Column::Zone | Column::Address | Column::Tags)
    }

    fn compare(self, one: &ListedInstance, other: &ListedInstance) -> Ordering {
        let (one, other) = (&one.instance, &other.instance);
        match self {
            Column::Name => one.name.cmp(&other.name),
            Column::Id => one.id.cmp(&other.id),
            Column::Zone => one.zone.cmp(&other.zone),
            Column::Address => one.address.cmp(&other.address),
            Column::State => one.state.cmp(&other.state),
            Column::Tags => tags_of(one).cmp(&tags_of(other)),
        }
    }
}

/// How the rows are sorted.
#[derive(Clone, Copy, PartialEq)]
struct Order {
    by: Column,
    is_descending: bool,
}

/// Props of [`Table`].
#[derive(PartialEq, Properties)]
pub(crate) struct TableProps {
    pub(crate) list: Shared<InstanceList>,
    pub(crate) query: Rc<InstanceQuery>,
    /// The ids that are chosen.
    pub(crate) chosen: Rc<HashSet<String>>,
}

/// The rows that match, and the ways to choose them.
#[component]
pub(crate) fn Table(props: &TableProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let TableProps { list, query, chosen } = props;
    let order = use_state_eq(|| None::<Order>);
    let hidden = use_state_eq(|| vec![Column::Tags]);
    let (page, size) = (use_state_eq(|| 0_usize), use_page_size(ROWS_A_PAGE));
    let ordered = use_memo((list.clone(), *order), |(list, order)| {
        let mut rows = list.instances().to_vec();
        if let Some(Order { by, is_descending }) = order {
            rows.sort_by(|one, other| {
                let ascending = by.compare(one, other);
                if *is_descending { ascending.reverse() } else { ascending }
            });
        }
        rows
    });
    let found: Rc<Vec<Arc<ListedInstance>>> =
        use_memo((list.clone(), *order, query.clone()), |(_, _, query)| {
            ordered.iter().filter(|listed| query.matches(listed)).cloned().collect()
        });
    {
        let page = page.clone();
        use_effect_with(query.clone(), move |_| page.set(0));
    }
    let range = page_range(found.len(), size, *page);
    let rows = found.get(range).unwrap_or_default();
    let unchosen = |rows: &[Arc<ListedInstance>]| -> Vec<String> {
        let ids = rows.iter().map(|listed| listed.instance.id.clone());
        ids.filter(|id| !chosen.contains(id)).collect()
    };
    let (of_page, of_all) = (unchosen(rows), unchosen(&found));
    let add =
        |ids: Vec<String>| dispatch.reform(move |_| Intent::Edit(FormEdit::AddIds(ids.clone())));
    let on_toggle = dispatch.reform(|(id, is_chosen): (String, bool)| {
        Intent::Edit(if is_chosen {
            FormEdit::AddIds(vec![id])
        } else {
            FormEdit::RemoveIds(vec![id])
        })
    });
    let is_shown = |column: Column| !hidden.contains(&column);
    let on_page = {
        let page = page.clone();
        Callback::from(move |to| page.set(to))
    };
    let on_order = {
        let order = order.clone();
        Callback::from(move |to| order.set(Some(to)))
    };
    let on_hidden = {
        let hidden = hidden.clone();
        Callback::from(move |to| hidden.set(to))
    };
    html! {
        <div class="instances">
            <div class="row tools">
                <span class="small muted" role="status" data-matching={found.len().to_string()}>
                    { ListMessage::Matching(found.len(), list.instances().len()).in_locale(locale) }
                </span>
                <span class="grow"></span>
                <button type="button" class="tiny" data-action="select-shown" disabled={of_page.is_empty()}
                    onclick={add(of_page.clone())}>
                    { ListMessage::SelectShown(rows.len()).in_locale(locale) }
                </button>
                if found.len() > rows.len() {
                    <button type="button" class="tiny" data-action="select-all" disabled={of_all.is_empty()}
                        onclick={add(of_all.clone())}>
                        { ListMessage::SelectAll(found.len()).in_locale(locale) }
                    </button>
                }
                { columns(&hidden, &on_hidden, locale) }
            </div>
            <div class="scroll" tabindex="0" role="region" aria-label={message::ENTER_TO_FOCUS_TABLE.in_locale(locale)}>
                <table class="listed">
                    <thead><tr>
                        <th scope="col"><span class="hidden">{ texts::SELECT.in_locale(locale) }</span></th>
                        { for Column::ALL.into_iter().filter(|column| is_shown(*column)).map(|column| {
                            heading(column, *order, &on_order, locale)
                        }) }
                    </tr></thead>
                    <tbody>
                        { for rows.iter().map(|listed| html! {
                            <ListedRow key={listed.instance.id.as_str()} listed={listed.clone()}
                                is_chosen={chosen.contains(&listed.instance.id)}
                                hidden={(*hidden).clone()} on_toggle={&on_toggle} />
                        }) }
                    </tbody>
                </table>
                if found.is_empty() && !list.is_reading() {
                    <p class="nothing muted">
                        { if list.instances().is_empty() { texts::NOTHING } else { texts::NO_MATCH }.in_locale(locale) }
                    </p>
                }
            </div>
            <Pager label={texts::TITLE.in_locale(locale)} total={found.len()} {size} page={*page} {on_page} />
        </div>
    }
}

/// The heading of a column: a click sorts by it, another reverses the order.
fn heading(
    column: Column,
    order: Option<Order>,
    on_order: &Callback<Order>,
    locale: Locale,
) -> Html {
    let sorted = order.filter(|order| order.by == column).map(|order| order.is_descending);
    let next = Order { by: column, is_descending: sorted == Some(false) };
    let onclick = on_order.reform(move |_: MouseEvent| next);
    let aria_sort =
        sorted.map(|is_descending| if is_descending { "descending" } else { "ascending" });
    let class = match column {
        Column::Name | Column::State => "",
        Column::Id | Column::Zone | Column::Address | Column::Tags => "aux",
    };
    html! {
        <th scope="col" {class} aria-sort={aria_sort}>
            <button type="button" class="sort" data-sort={column.as_str()} {onclick}>
                { column.text().in_locale(locale) }
                <span aria-hidden="true">
                    { match sorted { Some(true) => " ▾", Some(false) => " ▴", None => "" } }
                </span>
            </button>
        </th>
    }
}

/// Which columns are shown.
fn columns(hidden: &[Column], on_hidden: &Callback<Vec<Column>>, locale: Locale) -> Html {
    let choice = |column: Column| {
        let hidden = hidden.to_vec();
        let checked = !hidden.contains(&column);
        let onchange = on_hidden.reform(move |event: Event| {
            let mut hidden = hidden.clone();
            hidden.retain(|one| *one != column);
            if !checked_of(&event) {
                hidden.push(column);
            }
            hidden
        });
        html! {
            <label class="row small">
                <input type="checkbox" data-column={column.as_str()} {checked} {onchange} />
                { column.text().in_locale(locale) }
            </label>
        }
    };
    html! {
        <details class="bare columns aux">
            <summary>{ texts::COLUMNS.in_locale(locale) }</summary>
            <div class="row">
                { for Column::ALL.into_iter().filter(|column| column.is_optional()).map(choice) }
            </div>
        </details>
    }
}

#[derive(PartialEq, Properties)]
struct ListedRowProps {
    listed: Arc<ListedInstance>,
    is_chosen: bool,
    hidden: Vec<Column>,
    on_toggle: Callback<(String, bool)>,
}

#[component]
fn ListedRow(props: &ListedRowProps) -> Html {
    let locale = use_locale();
    let instance = &props.listed.instance;
    let is_shown = |column: Column| !props.hidden.contains(&column);
    let onchange = {
        let id = instance.id.clone();
        props.on_toggle.reform(move |event: Event| (id.clone(), checked_of(&event)))
    };
    let name = if instance.name.is_empty() { &instance.id } else { &instance.name };
    html! {
        <tr data-listed-id={instance.id.clone()} aria-current={props.is_chosen.then_some("true")}>
            <td>
                <input type="checkbox" checked={props.is_chosen} {onchange}
                    aria-label={ListMessage::Row(name).in_locale(locale)} />
            </td>
            <td class="name">
                { untrusted_text(&instance.name) }
                <span class="narrow small muted id">{ escaped(&instance.id) }</span>
            </td>
            <td class="id aux">{ escaped(&instance.id) }</td>
            if is_shown(Column::Zone) { <td class="muted aux">{ escaped(&instance.zone) }</td> }
            if is_shown(Column::Address) {
                <td class="muted aux" title={instance.addresses.join(", ")}>{ escaped(&instance.address) }</td>
            }
            <td>{ phase_chip(instance, locale) }</td>
            if is_shown(Column::Tags) { <td class="muted aux">{ untrusted_text(&tags_of(instance)) }</td> }
        </tr>
    }
}

fn tags_of(instance: &DescribedInstance) -> String {
    let tags: Vec<String> =
        instance.tags.iter().map(|tag| format!("{}={}", tag.key, tag.value)).collect();
    tags.join(", ")
}
