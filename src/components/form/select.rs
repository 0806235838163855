//! A controlled `<select>`: it always shows what the state says.

use crate::components::common::dom::sync_value;
use yew::{
    AttrValue, Callback, Event, Html, Properties, component, html, use_effect, use_node_ref,
};

#[derive(PartialEq, Properties)]
pub(crate) struct SelectProps {
    pub(crate) name: &'static str,
    /// How many options are shown at a time, where it is not folded.
    #[prop_or_default]
    pub(crate) size: Option<AttrValue>,
    /// The value of the selected option.
    pub(crate) value: AttrValue,
    pub(crate) onchange: Callback<Event>,
    /// The ids of the elements that describe it.
    #[prop_or_default]
    pub(crate) described_by: Option<&'static str>,
    #[prop_or_default]
    pub(crate) is_invalid: bool,
    /// The options, each with its `selected`.
    pub(crate) children: Html,
}

/// A controlled `<select>`. Once a user has chosen an option, browsers ignore its `selected` attribute,
/// so the value is set on the element after each render.
#[component]
pub(crate) fn Select(props: &SelectProps) -> Html {
    let node = use_node_ref();
    {
        let (node, value) = (node.clone(), props.value.clone());
        use_effect(move || sync_value(&node, &value));
    }
    html! {
        <select ref={node} name={props.name} size={props.size.clone()} onchange={&props.onchange}
            aria-invalid={props.is_invalid.then_some("true")} aria-describedby={props.described_by}>
            { props.children.clone() }
        </select>
    }
}

/// An option of it.
pub(crate) fn choice(value: impl Into<AttrValue>, words: String, is_chosen: bool) -> Html {
    html! { <option value={value.into()} selected={is_chosen}>{ words }</option> }
}
