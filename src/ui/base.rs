//! What parts are made of and drawn with.

pub(crate) use super::part::part;
pub(crate) use yew::{
    AttrValue as Text, Html, NodeRef,
    functional::{Hook, HookContext},
    use_effect_with, use_node_ref, use_state_eq,
};

use super::markup::Frame;
use std::rc::Rc;
use yew::virtual_dom::{AttributeOrProperty, Attributes, Key, VList, VTag};

/// The value of an attribute that never changes.
pub(crate) type Fixed = AttributeOrProperty;

/// Such a value.
pub(crate) const fn fixed(value: &'static str) -> Fixed {
    AttributeOrProperty::Static(value)
}

/// What heeds an event.
pub(crate) type Listener = Option<Rc<dyn yew::virtual_dom::Listener>>;

/// What heeds each of the events, by its attribute's name.
pub(crate) mod listener {
    use super::{Listener, Rc};
    use yew::Callback;

    macro_rules! listeners {
        ($($name:ident)*) => {
            $(pub(crate) fn $name(callback: Callback<yew::html::$name::Event>) -> Listener {
                Some(Rc::new(yew::html::$name::Wrapper::new(callback)))
            })*
        };
    }

    listeners!(onclick oninput onchange onkeydown onsubmit ontoggle);
}

impl Frame {
    /// The element, or the list, as a node.
    pub(super) fn html(self) -> Html {
        let key = self.key.map(|key| Key::from(&*key));
        if self.tag.is_empty() {
            return VList::with_children(self.children, key).into();
        }
        let mut tag = VTag::new(self.tag);
        tag.node_ref = self.node;
        tag.key = key;
        tag.attributes = if self.keys.is_empty() {
            Attributes::Static(self.fixed)
        } else {
            let values = self.keys.iter().zip(self.values).map(|(key, value)| match *key {
                // The attribute of an option that somebody has once chosen moves nothing any more.
                "selected" => Some(AttributeOrProperty::Property(value.is_some().into())),
                _ => value.map(AttributeOrProperty::Attribute),
            });
            Attributes::Dynamic { keys: self.keys, values: values.collect() }
        };
        if !self.listeners.is_empty() {
            tag.set_listeners(self.listeners.into_boxed_slice());
        }
        if self.value.is_some() {
            tag.set_value(self.value);
        }
        if let Some(checked) = self.checked {
            tag.set_checked(checked);
        }
        tag.add_children(self.children);
        tag.into()
    }
}
